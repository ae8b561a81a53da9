"""The brand kit of an office: what is wrong in it is named with its line, and nothing is replaced in silence."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import SettingsError
from publisher.units import Unit, list_unit_ids, load_unit
from publisher.workspace import Workspace, load_workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    shutil.copytree(ROOT / "assets" / "units", tmp_path / "assets" / "units")
    (tmp_path / "assets" / "fonts").symlink_to(ROOT / "assets" / "fonts")
    return replace(load_workspace(ROOT), root=tmp_path)


def unit_with(workspace: Workspace, line: str) -> Unit:
    key = line.split(":", maxsplit=1)[0]
    path = workspace.assets / "units" / "xa-mau" / "unit.yaml"
    kept = [row for row in path.read_text("utf-8").splitlines() if not row.startswith(f"{key}:")]
    path.write_text("\n".join([*kept, line, ""]), "utf-8")
    return load_unit(workspace, "xa-mau")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("font: Comic Sans", "families of assets/fonts/ are: Be Vietnam Pro, Noto Sans"),
        ("region: hue", "north (nghìn, linh) or south (ngàn, lẻ)"),
        ("length_s: 5", "20 to 3600"),
        ("rate: 20", "60 to 400"),
        ("parent: tinh-khac", "tinh-khac"),
        ("slogan: hay", "slogan"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_allowed(line: str, said: str, workspace: Workspace) -> None:
    with pytest.raises(SettingsError) as raised:
        unit_with(workspace, line)
    message = str(raised.value)
    assert "assets/units/xa-mau/unit.yaml:" in message
    assert said in message


def test_an_office_chooses_font_region_and_length(workspace: Workspace) -> None:
    assert unit_with(workspace, "font: Noto Sans").font == "Noto Sans"
    assert unit_with(workspace, "region: south").region == "south"
    assert unit_with(workspace, "length_s: 90").length_s == 90


def test_the_units_that_come_with_the_program_are_sound() -> None:
    workspace = load_workspace(ROOT)
    assert {load_unit(workspace, name).id for name in list_unit_ids(workspace)} == {"tinh-mau", "xa-mau"}
