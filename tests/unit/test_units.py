"""The brand kit of an office: what is wrong in it is named with its line, and nothing is replaced in silence."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import SettingsError
from publisher.units import Approval, Unit, approval_of, list_unit_ids, load_person, load_unit
from publisher.workspace import Person, Workspace, load_workspace

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
        ("approval: {levels: 9}", "1 to 5"),
        ("approval: {levels: 2, people: [[minh]]}", "names 1 levels, `levels` says 2"),
        ("approval: {people: [khong-co]}", "no person `khong-co`"),
        ("approval: {people: [lan]}", "has not the role approver"),
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


def test_an_office_without_a_rule_of_approval_takes_that_of_the_office_above(workspace: Workspace) -> None:
    path = workspace.assets / "units" / "tinh-mau" / "unit.yaml"
    path.write_text(
        path.read_text("utf-8") + "approval: {people: [[minh], [minh, quan-tri]], release: true}\n", "utf-8"
    )
    units = {name: load_unit(workspace, name) for name in list_unit_ids(workspace)}
    assert approval_of("xa-mau", units) == Approval(2, (("minh",), ("minh", "quan-tri")), True)
    unit_with(workspace, "approval: {levels: 1}")
    units["xa-mau"] = load_unit(workspace, "xa-mau")
    assert approval_of("xa-mau", units) == Approval()
    assert approval_of("khac", units) == Approval()


def test_a_person_acts_for_the_offices_below_too_and_signs_at_the_levels_given(workspace: Workspace) -> None:
    unit_with(workspace, "approval: {people: [[minh], [quan-tri]]}")
    minh = Person("minh", "Minh", frozenset({"approver"}), frozenset({"tinh-mau"}))
    loaded = load_person(workspace, minh)
    assert loaded.units == {"tinh-mau", "xa-mau"}
    assert loaded.signs == {"xa-mau": frozenset({1})}
    assert load_person(workspace, replace(minh, units=None)).acts_for("xa-mau")
    assert not load_person(workspace, replace(minh, units=frozenset({"xa-mau"}))).acts_for("tinh-mau")
    with pytest.raises(SettingsError, match="no unit `xa-la`"):
        load_person(workspace, replace(minh, units=frozenset({"xa-la"})))
