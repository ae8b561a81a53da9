"""Pictures that a service fetches from the office's own web server: the approved bytes, or the piece waits."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from channel_case import make_picture

from publisher.channels.base import Retry
from publisher.channels.picture_host import FolderHost, public_name
from publisher.channels.web import Web


@pytest.fixture
def host(tmp_path: Path) -> Iterator[FolderHost]:
    folder = tmp_path / "www"
    folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        yield FolderHost(folder, url, Web((url,), sandboxed=True))
        server.shutdown()


def test_a_file_of_the_same_length_is_no_approved_picture(host: FolderHost, tmp_path: Path) -> None:
    media = make_picture(tmp_path, "bia.png", (3, 90, 160), "Mô tả")
    target = host.folder / public_name(media)
    target.write_bytes(b"x" * media.bytes)
    assert host.place(media) == f"{host.url}/{target.name}"
    assert target.read_bytes() == media.path.read_bytes()


def test_another_picture_at_the_public_address_is_named(host: FolderHost, tmp_path: Path) -> None:
    """The web server serves another folder, or an old copy of this one."""
    media, elsewhere = make_picture(tmp_path, "bia.png", (3, 90, 160), "Mô tả"), tmp_path / "elsewhere"
    (host.folder / public_name(media)).write_bytes(b"x" * media.bytes)
    elsewhere.mkdir()
    outcome = FolderHost(elsewhere, host.url, host.web).place(media)
    assert isinstance(outcome, Retry)
    assert "other bytes" in outcome.reason
