"""A unit: the office a campaign goes out for, with its names, colours and marks (`assets/units/<id>/unit.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from publisher.errors import Problem, SettingsError
from publisher.settings import Marked, describe, read_yaml
from publisher.workspace import MARKER, Person, Workspace


@dataclass(frozen=True)
class Approval:
    """How an office's pieces are approved: by `levels` different people, at each level by those of `people` (anybody
    with the role where it is empty); `release`: a publisher gives what is approved to the clock.
    """

    levels: int = 1
    people: tuple[tuple[str, ...], ...] = ()
    release: bool = False


@dataclass(frozen=True)
class Unit:
    """Brand kit and names of one office.

    `primary` and `accent` are `#rrggbb`; `mark` is the picture of the office's mark or None; `qr` is the address
    the code on print and end cards leads to; `font` is a family shipped in `assets/fonts/`.
    `rate` is how many syllables a minute its station reads; 0 means a studio's usual rate. `region` is whose words it
    reads with (`north`: nghìn, linh; `south`: ngàn, lẻ), `length_s` how long its scripts may be; 0 means no limit.
    """

    id: str
    name: str
    short_name: str
    parent: str | None
    primary: str
    accent: str
    font: str
    mark: Path | None
    hotline: str
    address: str
    website: str
    qr: str
    station: str
    folder: Path
    rate: int = 0
    region: Literal["north", "south"] = "north"
    length_s: int = 0
    approval: Approval | None = None
    """None: as the office above has it."""


MOST_LEVELS = 5
_KEYS = (
    "name", "short_name", "parent", "colours", "font", "mark", "hotline", "address", "website", "qr", "station", "rate",
    "region", "length_s", "approval",
)  # fmt: skip
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def list_unit_ids(workspace: Workspace) -> list[str]:
    """Every folder of `assets/units/` that holds a `unit.yaml`, sorted."""
    return sorted(path.parent.name for path in (workspace.assets / "units").glob("*/unit.yaml"))


def load_unit(workspace: Workspace, unit_id: str) -> Unit:
    """Read one office's brand kit. Raises SettingsError naming every wrong line."""
    known = list_unit_ids(workspace)
    if unit_id not in known:
        message = f"no unit `{unit_id}`; there are: {', '.join(known) or 'none'}. Add assets/units/<id>/unit.yaml."
        raise SettingsError([Problem("assets/units", 0, message)])
    folder = workspace.assets / "units" / unit_id
    marked = read_yaml(folder / "unit.yaml", shown=f"assets/units/{unit_id}/unit.yaml")
    marked.refuse_unknown(_KEYS, of="a unit")
    colours = marked.mapping("colours")
    colours.refuse_unknown(("primary", "accent"), of="colours")
    unit = Unit(
        id=unit_id,
        name=marked.text("name"),
        short_name=marked.text("short_name", marked.text("name", "")),
        parent=_parent(marked, known),
        primary=_colour(colours, "primary", "#0b4f8a"),
        accent=_colour(colours, "accent", "#f2a541"),
        font=_font(marked, workspace),
        mark=_mark(marked, folder),
        hotline=marked.text("hotline", ""),
        address=marked.text("address", ""),
        website=marked.text("website", ""),
        qr=marked.text("qr", ""),
        station=marked.text("station", ""),
        folder=folder,
        rate=_rate(marked),
        region=_region(marked),
        length_s=_length(marked),
        approval=_approval(marked, workspace),
    )
    if marked.problems:
        raise SettingsError(marked.problems)
    return unit


def approval_of(unit_id: str, units: Mapping[str, Unit]) -> Approval:
    """How that office's pieces are approved: its own rule, or that of the nearest office above which has one."""
    seen: set[str] = set()
    name: str | None = unit_id
    while name is not None and name in units and name not in seen:
        found = units[name].approval
        if found is not None:
            return found
        seen.add(name)
        name = units[name].parent
    return Approval()


def units_below(tops: Iterable[str], parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """Those units and every unit under them."""
    found = list(dict.fromkeys(tops))
    for name in found:
        found += [child for child, parent in parents.items() if parent == name and child not in found]
    return tuple(found)


def load_parents(workspace: Workspace) -> dict[str, str | None]:
    """Every office with the one above it."""
    return {name: load_unit(workspace, name).parent for name in list_unit_ids(workspace)}


def load_person(workspace: Workspace, person: Person) -> Person:
    """The person with every office acted for, those below included, and the levels signed for each."""
    units = {name: load_unit(workspace, name) for name in list_unit_ids(workspace)}
    unknown = sorted((person.units or frozenset()) - set(units))
    if unknown:
        message = f"people: {person.id}: no unit {describe(unknown[0])}; there are: {', '.join(units)}."
        raise SettingsError([Problem(MARKER, 0, message)])
    below = None
    if person.units is not None:
        below = frozenset(units_below(person.units, {name: unit.parent for name, unit in units.items()}))
    rules = {name: approval_of(name, units).people for name in units}
    signs = {
        name: frozenset(level for level, signers in enumerate(people, start=1) if person.id in signers)
        for name, people in rules.items()
        if people
    }
    return replace(person, units=below, signs=signs)


def _approval(marked: Marked, workspace: Workspace) -> Approval | None:
    if "approval" not in marked.values:
        return None
    own = marked.mapping("approval")
    own.refuse_unknown(("levels", "people", "release"), of="an approval")
    people = _signers(own, workspace)
    levels = own.number("levels", len(people) or 1)
    if levels != int(levels) or not 1 <= levels <= MOST_LEVELS:
        own.complain("levels", f"found {describe(levels)}; so many different people approve: 1 to {MOST_LEVELS}.")
        levels = 1
    if people and len(people) != levels:
        own.complain("people", f"names {len(people)} levels, `levels` says {levels:g}. Write as many.")
    return Approval(int(levels), people, own.flag("release", False))


def _signers(own: Marked, workspace: Workspace) -> tuple[tuple[str, ...], ...]:
    """Who signs at each level: a list of people, or a list of lists."""
    value = own.values.get("people")
    if value is None:
        return ()
    if not isinstance(value, list):
        own.complain("people", f"needs a list with one entry a level, found {describe(value)}.")
        return ()
    levels = tuple(tuple(str(v) for v in one) if isinstance(one, list) else (str(one),) for one in value)
    known = {person.id: person for person in workspace.people}
    for name in dict.fromkeys(name for level in levels for name in level):
        if name not in known:
            own.complain("people", f"no person {describe(name)} in publisher.yaml; there are: {', '.join(known)}.")
        elif not known[name].roles & {"approver", "administrator"}:
            own.complain("people", f"{describe(name)} has not the role approver. Give it in publisher.yaml.")
    return levels


def font_folder(workspace: Workspace, family: str) -> Path:
    """Where the files of a family of fonts lie."""
    return workspace.assets / "fonts" / family.lower().replace(" ", "-")


def _font(marked: Marked, workspace: Workspace) -> str:
    """A family of `assets/fonts/`: one that is not there would be replaced by another without a word."""
    font = marked.text("font", "Be Vietnam Pro")
    folders = sorted(path.name for path in (workspace.assets / "fonts").glob("*/") if any(path.glob("*.ttf")))
    if font_folder(workspace, font).name not in folders:
        known = ", ".join(name.replace("-", " ").title() for name in folders)
        marked.complain("font", f"found `{font}`; families of assets/fonts/ are: {known or 'none'}.")
    return font


def _region(marked: Marked) -> Literal["north", "south"]:
    region = marked.text("region", "north")
    if region not in ("north", "south"):
        marked.complain("region", f"found `{region}`; write north (nghìn, linh) or south (ngàn, lẻ).")
    return "south" if region == "south" else "north"


def _length(marked: Marked) -> int:
    length = marked.number("length_s", 0)
    if length and not 20 <= length <= 3600:
        marked.complain("length_s", f"{length:g} s; a script lasts 20 to 3600 s, and 0 means as long as it is.")
    return int(length)


def _rate(marked: Marked) -> int:
    rate = marked.number("rate", 0)
    if rate and not 60 <= rate <= 400:
        marked.complain(
            "rate", f"{rate:g} syllables a minute; people read 60 to 400. A studio has 230, a loudspeaker 190."
        )
    return int(rate)


def _parent(marked: Marked, known: list[str]) -> str | None:
    parent = marked.text("parent", "") or None
    if parent is not None and parent not in known:
        marked.complain("parent", f"no unit {describe(parent)}; there are: {', '.join(known)}.")
    return parent


def _colour(colours: Marked, key: str, default: str) -> str:
    value = colours.text(key, default)
    if not _COLOUR.fullmatch(value):
        colours.complain(key, f'a colour is written "#0b4f8a", found {describe(value)}.')
        return default
    return value


def _mark(marked: Marked, folder: Path) -> Path | None:
    name = marked.text("mark", "")
    if not name:
        return None
    path = folder / name
    if Path(name).name != name or not path.is_file() or path.is_symlink():
        marked.complain("mark", f"no picture {describe(name)} beside unit.yaml. Put a PNG there or remove the line.")
        return None
    return path
