"""docs/channels.md says what the kinds say."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import yaml
from test_channels import CASES

TOOL = Path(__file__).parents[2] / "tools" / "write_channel_table.py"


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_channel_table", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_every_real_server_has_been_spoken_to() -> None:
    """A case against a real server without a dated proof, or a proof of a case that is gone."""
    proofs = yaml.safe_load(load_tool().PROOFS.read_text(encoding="utf-8"))
    assert {case.name: case.real for case in CASES if case.real} == {
        name: proof["server"] for name, proof in proofs.items()
    }, "run: make proof"
    for name, proof in proofs.items():
        assert date.fromisoformat(str(proof["on"])), name
        assert proof["version"], name
        assert proof["checks"] > 5, name


def test_the_channel_page_is_not_stale() -> None:
    tool = load_tool()
    assert tool.TARGET.read_text(encoding="utf-8") == tool.write_page(), (
        "run: .venv/bin/python tools/write_channel_table.py"
    )
