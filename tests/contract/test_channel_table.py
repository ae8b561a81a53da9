"""docs/channels.md says what the kinds say."""

from __future__ import annotations

from pathlib import Path

from tests.by_path import load_by_path

TOOL = Path(__file__).parents[2] / "tools" / "write_channel_table.py"


def test_the_channel_page_is_not_stale() -> None:
    tool = load_by_path(TOOL, "write_channel_table")
    assert tool.TARGET.read_text(encoding="utf-8") == tool.write_page(), (
        "run: .venv/bin/python tools/write_channel_table.py"
    )
