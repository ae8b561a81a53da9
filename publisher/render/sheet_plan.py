"""Where the parts of a campaign stand on printed sheets: how many columns, how large the type. Pure but for `Measure`.

Lengths are in units `u`; a sheet of `across` units is that many wide, so that more units mean smaller type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.render.infographic_pages import Room, break_costs, closing_gaps, gaps_of, height_of, pack, stretch, ties
from publisher.render.infographic_plan import Part, split_part

GAP = 30.0
GUTTER = 44.0
NARROWEST, WIDEST = 680.0, 1300.0  # a column in which cards, charts and tables stand well
STEPS = 14  # sizes of type that are tried between the largest and the smallest
MOST_COLUMNS = 4
SMALL_FOOT = 40.0  # the office's name alone, on a sheet after the first
VOICES = (1.0, 0.8, 0.64)
SOFTEST = 0.87  # of the office's smallest type, 28 units, something over 24 is left
QUIETER = 0.25  # a title 20 % smaller is worth text 6 % larger
SPARE = 0.45  # of a first column that the title may take when there is little to say

Measure = Callable[[Sequence[Part], float], list[float]]
"""Heights of parts set at a width, both in units."""


@dataclass(frozen=True)
class Grid:
    """A sheet cut into columns: all in units, `across` is the whole width and `tall` the whole height.

    `voice` is how loudly title and office speak, 1 being as loud as they like.
    """

    across: float
    tall: float
    columns: int
    margin: float
    voice: float = 1.0

    @property
    def content(self) -> float:
        return (self.inside - GUTTER * (self.columns - 1)) / self.columns

    @property
    def inside(self) -> float:
        return self.across - 2 * self.margin

    @property
    def scale(self) -> float:
        """How much larger title and office are than the text: they shrink with it, but not as fast."""
        return float((self.across / 1080) ** 0.55) * self.voice


@dataclass(frozen=True)
class Placed:
    """The grid that was chosen, and for every sheet its columns of places in the list of parts."""

    grid: Grid
    sheets: tuple[tuple[tuple[int, ...], ...], ...]
    parts: tuple[Part, ...]
    heights: tuple[float, ...]
    hero: Part
    panel: float
    contact: float

    @property
    def fits_one(self) -> bool:
        return len(self.sheets) == 1


def grids(ratio: float, *, largest: float, smallest: float) -> Iterator[Grid]:
    """Grids for a sheet `ratio` times as tall as wide, from the largest type to the smallest.

    Title and office lower their voice rather than the text become much smaller or go on a second sheet.
    """
    sizes = [largest * (smallest / largest) ** (step / STEPS) for step in range(STEPS + 1)]
    tried = [(across, voice) for voice in VOICES for across in sizes]
    for across, voice in sorted(tried, key=lambda one: one[0] / one[1] ** QUIETER):
        for columns in range(1, MOST_COLUMNS + 1):
            grid = Grid(across, across * ratio, columns, across * 0.052, voice)
            if NARROWEST <= grid.content <= WIDEST and grid.scale >= SOFTEST:
                yield grid


def place_parts(
    parts: Sequence[Part], hero: Part, contact: Part, *, choices: Sequence[Grid], measure: Measure, title_units: int
) -> Placed:
    """The largest type with which everything has its place on one sheet; else on as few as the smallest type takes."""
    tried: list[Placed] = []
    for grid in choices:
        placed = place_on(parts, hero, contact, grid=grid, measure=measure, title_units=title_units)
        if placed.fits_one:
            return placed
        tried.append(placed)
    if not tried:
        raise ValueError("no grid was given")
    return min(tried, key=lambda placed: len(placed.sheets))  # the first of them: the last sheet is the fullest


def place_on(
    parts: Sequence[Part], hero: Part, contact: Part, *, grid: Grid, measure: Measure, title_units: int
) -> Placed:
    """Everything on sheets of one grid."""
    scale = grid.scale
    title = {**hero, "scale": scale, "size": round(title_units * scale)}
    card = {**contact, "scale": scale}
    hero_height, contact_height = measure([title, card], grid.inside)
    panel = head_height(grid) + hero_height + 56 * scale
    first = grid.tall - panel - foot_height(grid, contact_height) - 44
    later = grid.tall - later_start(grid) - foot_height(grid, SMALL_FOOT)
    parts, heights = cut_to(parts, later, lambda some: measure(some, grid.content))
    sheets = fill_sheets(parts, heights, grid.columns, first=first, later=later)
    return Placed(grid, sheets, tuple(parts), tuple(heights), title, panel, contact_height)


def cut_to(
    parts: Sequence[Part], room: float, heights_of: Callable[[Sequence[Part]], list[float]]
) -> tuple[list[Part], list[float]]:
    """The parts with their heights; what is taller than a column is cut where it can be."""
    found = list(parts)
    for _ in range(40):
        heights = heights_of(found)
        tall = {at for at, height in enumerate(heights) if height > room}
        cut = [split_part(part) if at in tall else None for at, part in enumerate(found)]
        if not any(cut):
            break
        found = [piece for part, pieces in zip(found, cut, strict=True) for piece in pieces or [part]]
    return found, heights


def head_height(grid: Grid) -> float:
    """Down to where the title begins."""
    return (52 + 64 + 16 + 60) * grid.scale


def later_start(grid: Grid) -> float:
    """Down to where the parts begin on a sheet without a title."""
    return (52 + 80 + 44) * grid.scale


def foot_height(grid: Grid, contact: float) -> float:
    """What the office takes at the foot, with the room above it."""
    return contact + 52 * grid.scale + GAP * 1.4


def fill_sheets(
    parts: Sequence[Part], heights: Sequence[float], columns: int, *, first: float, later: float
) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Columns of the first sheet below the title, then those of the sheets after it."""
    found = []
    at, room = 0, first
    while True:
        rest = range(at, len(parts))
        packed = pack_columns([parts[i] for i in rest], [heights[i] for i in rest], room, columns)
        own = [tuple(at + i for i in column) for column in packed[:columns]]
        found.append(tuple(own))
        at += sum(len(column) for column in own)
        if at >= len(parts):
            return tuple(found)
        if not sum(len(column) for column in own):
            if room == later:
                return (*found, (tuple(rest),))  # said by the check of overflow, with its place
            found[-1] = ()
        room = later


def pack_columns(parts: Sequence[Part], heights: Sequence[float], room: float, columns: int) -> list[list[int]]:
    """Parts in columns of one height, in order. When they fit in so many, the columns are evenly filled."""
    if not parts or room <= 0:
        return []
    keep, breaks = ties(parts), break_costs(parts)

    def columns_of(tall: float) -> list[list[int]]:
        return [column for column in pack(heights, keep, Room(0.0, tall, GAP), breaks) if column]

    packed = columns_of(room)
    if columns == 1 or len(packed) > columns:
        return packed
    low, high = max(heights), room
    for _ in range(10):
        middle = (low + high) / 2
        even = columns_of(middle)
        fits = all(height_of([heights[i] for i in c], [keep[i] for i in c], GAP) <= middle for c in even)
        if len(even) <= columns and fits:
            packed, high = even, middle
        else:
            low = middle
    return packed


def describe_sheets(placed: Placed, contact: Part, *, ai_label: str) -> list[dict[str, Any]]:
    """The sheets as the template is given them. Spare room goes to the title and between the parts."""
    grid = placed.grid
    parts = placed.parts
    keep = ties(parts)
    pages = []
    for number, columns in enumerate(placed.sheets):
        is_first = number == 0
        room = grid.tall - foot_height(grid, placed.contact if is_first else SMALL_FOOT)
        room -= placed.panel + 44 if is_first else later_start(grid)
        used = max((height_of([placed.heights[i] for i in c], [keep[i] for i in c], GAP) for c in columns), default=0.0)
        grown = min(room - used, room * SPARE) * 0.5 if is_first and used < room else 0.0
        room -= grown
        pages.append(
            {
                "hero": placed.hero if is_first else None,
                "panel": placed.panel + grown,
                "hero_at": head_height(grid) + grown * 0.5,
                "start": placed.panel + grown + 44 if is_first else later_start(grid),
                "mark": f"{number + 1}/{len(placed.sheets)}" if len(placed.sheets) > 1 else "",
                "label": ai_label,
                "contact": {**contact, "scale": grid.scale} if is_first else None,
                "columns": _columns(columns, placed, keep, room),
                "parts": [parts[i] for column in columns for i in column],
            }
        )
    return pages


def _columns(
    columns: Sequence[Sequence[int]], placed: Placed, keep: Sequence[float], room: float
) -> list[dict[str, Any]]:
    """Each with its parts, the gaps between them, and how many parts stand before it on its sheet; sources go down to
    its foot."""
    found, before = [], 0
    for places in columns:
        own = [keep[i] for i in places]
        used = height_of([placed.heights[i] for i in places], own, GAP)
        spare = max(0.0, room - used)
        widened = sum(gaps_of(own, GAP, spare)) - height_of([0.0] * len(own), own, GAP)
        parts, taken = stretch([placed.parts[i] for i in places], spare - widened)
        gaps, _ = closing_gaps(parts, own, spare - taken, GAP)
        found.append({"parts": parts, "first": before, "gaps": gaps, "room": room})
        before += len(places)
    return found
