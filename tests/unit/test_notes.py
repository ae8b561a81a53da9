"""What a channel notes in the middle of an upload is for this installation alone."""

from __future__ import annotations

from pathlib import Path

from publisher.channels.notes import Notes


def test_the_address_of_an_open_upload_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    """Whoever has it could put other bytes in the place of the approved ones."""
    notes = Notes(tmp_path / "account")
    notes.write("k1", {"session": "https://upload.example/1"})
    [path] = (tmp_path / "account").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert notes.read("k1") == {"session": "https://upload.example/1"}
