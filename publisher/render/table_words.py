"""Words of a table that have no room in their column on the page of an infographic: told before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from publisher.content.model import Block, Campaign, Questions, Table
from publisher.errors import Problem
from publisher.render.base import Size
from publisher.render.infographic_pages import frame_of
from publisher.render.infographic_plan import column_widths, table_parts
from publisher.vietnamese.typography import BREAK

SHAPE = Size(1080, 1350)
"""The narrowest page there is, whose type is as large as any page's."""
INSET = 22.0
HEADER, CELL = (27.0, 700), (28.0, 400)
"""Sizes in units and weights, as the template sets them."""
BOLD = 700
SHOWN_IN = frozenset({"infographic", "poster"})


def find_wide_words(campaign: Campaign, fonts: Path) -> list[Problem]:
    """An error for each word that no line of its column holds; `fonts` is the folder of the office's own type."""
    if not SHOWN_IN.intersection(campaign.outputs):
        return []
    found = [problem for table in tables_of(campaign.blocks()) for problem in _check(table, campaign.path, fonts)]
    return list(dict.fromkeys(found))


def tables_of(blocks: Sequence[Block]) -> Iterator[Table]:
    """Every table, also inside answers."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Questions):
            for item in block.items:
                yield from tables_of(item.answer)


def _check(table: Table, path: str, fonts: Path) -> Iterator[Problem]:
    widths = column_widths(table)
    rooms = [frame_of(SHAPE).content * width / sum(widths) - 2 * INSET for width in widths]
    pieces = list(table_parts(table))
    rows = [row for piece in pieces for row in piece["rows"]]
    # The heading stands on the table's first line, a line of dashes on the next.
    lines = [(table.line, pieces[0]["header"], HEADER)]
    lines += [(table.line + 2 + at, row, CELL) for at, row in enumerate(rows)]
    for line, row, look in lines:
        for cell, room in zip(row, rooms, strict=True):
            for word in wide_words(cell, room, look, fonts):
                said = f"“{word}” is wider than its column of the table; every word has to be seen whole."
                yield Problem(path, line, f"{said} Write it in two, shorten it, or give the table fewer columns.")


def wide_words(cell: Sequence[Mapping[str, Any]], room: float, look: tuple[float, int], fonts: Path) -> Iterator[str]:
    """The words of a cell's runs that are wider than `room`."""
    size, weight = look
    for run in cell:
        for word in run["t"].replace(BREAK, " ").split(" "):
            if len(word) * size * 1.2 > room and _width(word, size, fonts, BOLD if run.get("b") else weight) > room:
                yield word


def _width(word: str, size: float, fonts: Path, weight: int) -> float:
    from publisher.render.layers import advance  # noqa: PLC0415 - few tables have a word that needs measuring

    file = next(path for path in sorted(fonts.glob(f"*_{weight}*.ttf")) if "Italic" not in path.name)
    return advance(word, size, font=file)
