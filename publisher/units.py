"""A unit: the office a campaign goes out for, with its names, colours and marks (`assets/units/<id>/unit.yaml`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from publisher.errors import Problem, SettingsError
from publisher.settings import Marked, describe, read_yaml
from publisher.workspace import Workspace


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


_KEYS = (
    "name", "short_name", "parent", "colours", "font", "mark", "hotline", "address", "website", "qr", "station", "rate",
    "region", "length_s",
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
    )
    if marked.problems:
        raise SettingsError(marked.problems)
    return unit


def _font(marked: Marked, workspace: Workspace) -> str:
    """A family of `assets/fonts/`: one that is not there would be replaced by another without a word."""
    font = marked.text("font", "Be Vietnam Pro")
    folders = sorted(path.name for path in (workspace.assets / "fonts").glob("*/") if any(path.glob("*.ttf")))
    if font.lower().replace(" ", "-") not in folders:
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
