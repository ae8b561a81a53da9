"""docs/channels.md says what the kinds say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml
from test_channels import CASES

from tests.by_path import load_by_path

TOOL = Path(__file__).parents[2] / "tools" / "write_channel_table.py"


def test_the_channel_page_is_not_stale() -> None:
    tool = load_by_path(TOOL, "write_channel_table")
    assert tool.TARGET.read_text(encoding="utf-8") == tool.write_page(), (
        "run: .venv/bin/python tools/write_channel_table.py"
    )


def test_every_real_server_has_been_spoken_to() -> None:
    """A case against a real server without a dated proof, or a proof of a case that is gone."""
    proofs = yaml.safe_load(load_by_path(TOOL, "write_channel_table").PROOFS.read_text(encoding="utf-8"))
    assert {case.name: case.real for case in CASES if case.real} == {
        name: proof["server"] for name, proof in proofs.items()
    }, "run: make proof"
    for name, proof in proofs.items():
        assert date.fromisoformat(str(proof["on"])), name
        assert proof["version"], name
        assert proof["checks"] > 5, name
