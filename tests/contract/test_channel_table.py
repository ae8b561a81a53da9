"""docs/channels.md says what the kinds say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

TOOL = Path(__file__).parents[2] / "tools" / "write_channel_table.py"


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_channel_table", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_the_channel_page_is_not_stale() -> None:
    tool = load_tool()
    assert tool.TARGET.read_text(encoding="utf-8") == tool.write_page(), (
        "run: .venv/bin/python tools/write_channel_table.py"
    )
