"""A campaign as the parts of an infographic, and the parts on pages. Pure: heights are asked of Typst elsewhere.

A part is a mapping of JSON values with a `kind`; lengths are in units of 1/1080 of the page's width.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from publisher.content.model import (
    Block,
    Bullets,
    Campaign,
    Chart,
    Figure,
    Figures,
    Number,
    Paragraph,
    Picture,
    Question,
    Questions,
    Quotation,
    Section,
    Step,
    Steps,
    Subheading,
    Table,
    Text,
)
from publisher.vietnamese.typography import keep_together, loosen, settle_title

Part: TypeAlias = dict[str, Any]

ROWS_A_CHART = 9
ROWS_A_TABLE = 8
LONELY_HEADING = 50.0
# Letters that have their place in the narrowest column there is: a card among others, a name in a chart, a line.
LETTERS_OF_CARDS = {1: 40, 2: 14, 3: 9, 4: 9}
LETTERS_OF_SERIES, LETTERS_OF_LINE = 13, 40
EMPTY_FIRST_PAGE = 0.9  # of the cost of a page: a first page says something besides the title whenever it can


def runs(text: Text) -> list[dict[str, Any]]:
    """Inline text as what templates are given."""
    return [
        {
            "t": keep_together(span.text),
            **({"b": True} if span.strong else {}),
            **({"i": True} if span.emphasis else {}),
        }
        for span in text.spans
    ]


def narrow_runs(text: Text, most: int) -> list[dict[str, Any]]:
    """As `runs`, for a column in which a word of `most` letters has its place."""
    return [{**run, "t": loosen(run["t"], most)} for run in runs(text)]


def heading_runs(text: Text) -> list[dict[str, Any]]:
    """As `runs`, with the last two syllables together: none stands alone on the last line of a heading."""
    settled = runs(text)
    return [*settled[:-1], {**settled[-1], "t": settle_title(settled[-1]["t"])}] if settled else settled


def plain_runs(text: str) -> list[dict[str, Any]]:
    return [{"t": keep_together(text)}] if text else []


def make_parts(campaign: Campaign, pictures: Mapping[str, str], *, landscape: bool) -> list[Part]:
    """Every part of the body, in order. `pictures` maps a picture's path to the name templates know it by."""
    parts: list[Part] = []
    for section in campaign.sections:
        parts += section_parts(section, pictures, landscape=landscape)
    return parts


def section_parts(section: Section, pictures: Mapping[str, str], *, landscape: bool) -> Iterator[Part]:
    if section.heading:
        yield {"kind": "heading", "runs": heading_runs(section.heading), "keep": True, "line": section.line}
    for block in section.blocks:
        for part in block_parts(block, pictures, landscape=landscape):
            yield {**part, "line": block.line}


def block_parts(block: Block, pictures: Mapping[str, str], *, landscape: bool) -> Iterator[Part]:
    """One block as one part or more; what may stand on two pages is several parts."""
    if isinstance(block, Figures):
        yield from figure_parts(block.items, landscape=landscape)
    elif isinstance(block, Steps):
        yield from (step_part(step, number) for number, step in enumerate(block.items, 1))
    elif isinstance(block, Chart):
        yield from chart_parts(block)
    elif isinstance(block, Table):
        yield from table_parts(block)
    elif isinstance(block, Quotation):
        source = runs(block.source)
        yield {"kind": "quote", "paragraphs": [runs(p) for p in block.paragraphs], "source": source}
    elif isinstance(block, Picture):
        credit = f"Ảnh: {block.credit}" if block.credit else ""
        yield {"kind": "picture", "file": pictures[block.path], "alt": block.alt, "credit": credit}
    elif isinstance(block, Paragraph):
        yield {"kind": "paragraph", "runs": runs(block.text)}
    elif isinstance(block, Bullets):
        yield from ({"kind": "bullet", "runs": runs(item)} for item in block.items)
    elif isinstance(block, Subheading):
        yield {"kind": "subheading", "runs": heading_runs(block.text), "keep": True}
    elif isinstance(block, Questions):
        for item in block.items:
            yield from question_parts(item, pictures, landscape=landscape)


def figure_parts(figures: Sequence[Figure], *, landscape: bool) -> Iterator[Part]:
    """One figure alone is a hero; two to nine stand in a grid; long labels stand beside their figure."""
    columns = figure_columns(figures, landscape=landscape) if len(figures) > 1 else 1
    letters = LETTERS_OF_CARDS[columns]
    cells = [{"value": figure.value, "label": narrow_runs(figure.label, letters)} for figure in figures]
    longest = max(len(figure.label.plain) for figure in figures)
    if len(cells) == 1:
        yield {"kind": "figures", "layout": "hero", "cells": cells, "columns": 1}
    elif longest > 110 and not landscape:
        yield from ({"kind": "figures", "layout": "row", "cells": [cell], "columns": 1} for cell in cells)
    else:
        rows = rows_of(cells, most=columns)
        peers = {"values": [figure.value for figure in figures], "most": max(len(row) for row in rows)}
        for row in rows:
            yield {"kind": "figures", "layout": "grid", "cells": row, "columns": len(row), **peers}


def figure_columns(figures: Sequence[Figure], *, landscape: bool) -> int:
    """Three short figures stand side by side, longer ones in pairs."""
    widest = max(len(figure.value) for figure in figures)
    longest_word = max((len(w) for f in figures for w in f.label.plain.split()), default=0)
    if landscape and widest <= 9:
        return 4 if widest <= 6 else 3
    return 3 if widest <= 5 and longest_word <= 9 and len(figures) % 2 else 2


def rows_of(cells: list[Any], *, most: int) -> list[list[Any]]:
    """Even rows: five cells in rows of three are 3 + 2, not 3 + 1 + 1."""
    count = -(-len(cells) // most)
    size, rest = divmod(len(cells), count)
    found, at = [], 0
    for row in range(count):
        width = size + (1 if row < rest else 0)
        found.append(cells[at : at + width])
        at += width
    return found


def step_part(step: Step, number: int) -> Part:
    return {"kind": "step", "number": number, "head": runs(step.head), "body": runs(step.below)}


def question_parts(item: Question, pictures: Mapping[str, str], *, landscape: bool) -> Iterator[Part]:
    """Question and the paragraphs of its answer in one card; other blocks of the answer follow it."""
    answers = [block for block in item.answer if isinstance(block, Paragraph)]
    yield {"kind": "question", "question": runs(item.question), "answer": [runs(a.text) for a in answers]}
    for block in item.answer:
        if not isinstance(block, Paragraph):
            yield from block_parts(block, pictures, landscape=landscape)


def chart_parts(chart: Chart) -> Iterator[Part]:
    """A chart in pieces of at most nine rows; every piece on the same scale."""
    values = [[number.value for number in row if number] for row in chart.values]
    most = max((value for row in values for value in row), default=Decimal(0))
    scale = max(most, Decimal(0)) or Decimal(1)
    layout = chart.kind if len(chart.labels) <= ROWS_A_CHART or chart.kind == "share" else fallback(chart)
    points = max(len(chart.labels) - 1, 1)
    letters = LETTERS_OF_LINE // points if layout == "line" else LETTERS_OF_LINE // 2
    rows = [
        {
            "label": loosen(keep_together(label.plain), letters),
            "values": [_value(number, chart, scale, layout, values) for number in row],
        }
        for label, row in zip(chart.labels, chart.values, strict=True)
    ]
    letters_of_names = LETTERS_OF_LINE if len(chart.header) == 2 else LETTERS_OF_SERIES
    series = [loosen(keep_together(cell.plain), letters_of_names) for cell in chart.header[1:]]
    corner = loosen(keep_together(chart.header[0].plain), LETTERS_OF_SERIES)
    title, by = (series[0], corner) if len(series) == 1 else (corner, "")
    size = len(rows) if layout in ("line", "share") else ROWS_A_CHART if len(series) == 1 else max(2, 12 // len(series))
    for at in range(0, len(rows), size):
        named = {"title": title, "by": by, "series": series}
        yield {"kind": "chart", "layout": layout, **named, "rows": rows[at : at + size]}


def fallback(chart: Chart) -> str:
    """Too many points for one line at phone width are shown as bars."""
    return "grouped" if len(chart.header) > 2 else "bars"


def _value(number: Number | None, chart: Chart, scale: Decimal, layout: str, values: list[list[Decimal]]) -> Part:
    if number is None:
        return {"text": "", "share": 0}
    shown = number.written
    if chart.unit and chart.unit == "%" and "%" not in shown:
        shown += "%"
    low = min((value for row in values for value in row), default=Decimal(0))
    if layout == "line":
        # A line may start above zero: it shows the way, and each point carries its number.
        base = low - (scale - low) * Decimal("0.35") if low > 0 else min(low, Decimal(0))
        share = (number.value - base) / ((scale - base) or Decimal(1))
    else:
        share = max(number.value, Decimal(0)) / scale
    return {"text": keep_together(shown), "share": round(float(share), 4)}


def table_parts(table: Table) -> Iterator[Part]:
    """A table in pieces of at most eight rows, each with its heading."""
    widths = column_widths(table)
    letters = [max(5, int(width / sum(widths) * LETTERS_OF_LINE) - 3) for width in widths]
    header, *rows = [
        [narrow_runs(cell, most) for cell, most in zip(row, letters, strict=True)]
        for row in (table.header, *table.rows)
    ]
    for at in range(0, max(len(rows), 1), ROWS_A_TABLE):
        yield {"kind": "table", "header": header, "rows": rows[at : at + ROWS_A_TABLE], "widths": widths}


def column_widths(table: Table) -> list[float]:
    """Shares of the width: by the longest cell, but never so narrow that a word would have to break."""
    found = []
    for column in zip(table.header, *table.rows, strict=True):
        longest = max(len(cell.plain) for cell in column)
        word = max((len(word) for cell in column for word in cell.plain.split()), default=1)
        found.append(round(max(longest**0.6, word * 0.75, 3.0), 3))
    return found


def title_size(title: str, *, landscape: bool) -> int:
    """Type size of a title by its length: short ones speak loudest."""
    for limit, size in ((28, 100), (48, 86), (80, 72), (120, 60), (10_000, 50)):
        if len(title) <= limit:
            return size if not landscape else round(size * 0.86)
    return 50


@dataclass(frozen=True)
class Room:
    """What a page offers, in units: `first` below the hero panel, `other` on the pages after it."""

    first: float
    other: float
    gap: float


def ties(parts: Sequence[Part]) -> list[float]:
    """How near the next part stands to each, as a share of the gap; below zero when no page may end between them."""
    found: list[float] = []
    for at, part in enumerate(parts):
        following = parts[at + 1] if at + 1 < len(parts) else {"kind": ""}
        if part.get("keep"):
            found.append(-0.6)
        else:
            found.append(0.45 if part["kind"] == following["kind"] == "bullet" else 1.0)
    return found


def break_costs(parts: Sequence[Part]) -> list[float]:
    """What it costs to end a page after each part: nothing before a heading, most inside a list."""
    costs: list[float] = []
    for at, part in enumerate(parts):
        following = parts[at + 1] if at + 1 < len(parts) else {"kind": "heading"}
        inside = part["kind"] == following["kind"] and part["kind"] in ("step", "bullet", "question", "figures")
        if following.get("closing"):
            costs.append(0.9)  # sources and the office alone make a poor last page
        else:
            costs.append(0.0 if following["kind"] == "heading" else 0.35 if inside else 0.1)
    return costs


def pack(heights: Sequence[float], keep: Sequence[float], room: Room, breaks: Sequence[float]) -> list[list[int]]:
    """Parts on pages, in order: as few pages as it takes, as evenly filled as can be; a heading never ends a page.

    The first page may stay empty when nothing fits below the hero.
    """
    count = len(heights)
    best: list[tuple[float, list[list[int]]] | None] = [None] * (count + 1)
    best[count] = (0.0, [])
    for at in range(count - 1, -1, -1):
        best[at] = _best_from(at, heights, keep, room, breaks, best)
    first = _first_page(heights, keep, room, breaks, best)
    return first[1]


def _best_from(
    at: int,
    heights: Sequence[float],
    keep: Sequence[float],
    room: Room,
    breaks: Sequence[float],
    best: Sequence[tuple[float, list[list[int]]] | None],
) -> tuple[float, list[list[int]]] | None:
    found: tuple[float, list[list[int]]] | None = None
    for end in range(at + 1, len(heights) + 1):
        used = height_of(heights[at:end], keep[at:end], room.gap)
        if used > room.other and end > at + 1:
            break
        rest = best[end]
        if rest is None:
            continue
        cost = LONELY_HEADING if keep[end - 1] < 0 and end < len(heights) else 0.0
        cost += _slack_cost(used, room.other, last=end == len(heights)) + breaks[end - 1] + rest[0]
        if found is None or cost < found[0]:
            found = (cost, [list(range(at, end)), *rest[1]])
    return found


def _first_page(
    heights: Sequence[float],
    keep: Sequence[float],
    room: Room,
    breaks: Sequence[float],
    best: Sequence[tuple[float, list[list[int]]] | None],
) -> tuple[float, list[list[int]]]:
    found: tuple[float, list[list[int]]] | None = None
    for end in range(len(heights) + 1):
        used = height_of(heights[:end], keep[:end], room.gap) if end else 0.0
        rest = best[end]
        if used > room.first:
            break
        if rest is None or (end and keep[end - 1] < 0):
            continue
        bare = EMPTY_FIRST_PAGE if not end and room.first > 0 else breaks[end - 1] if end else 0.0
        cost = bare + 0.15 * (room.first - used) / max(room.other, 1) + rest[0]
        if found is None or cost < found[0]:
            found = (cost, [list(range(end)), *rest[1]])
    if found is not None:
        return found
    return 0.0, [[], *[[at] for at in range(len(heights))]]


def _slack_cost(used: float, room: float, *, last: bool) -> float:
    """A page costs 1; emptiness costs more the larger it is, less on the last page."""
    empty = max(0.0, room - used) / room
    return 1.0 + empty**2 * (0.4 if last else 1.0)


def height_of(heights: Sequence[float], keep: Sequence[float], gap: float) -> float:
    """Height of parts set below each other; what a heading introduces stands closer to it."""
    return sum(heights) + gap * sum(abs(weight) for weight in keep[:-1])


def gaps_of(keep: Sequence[float], gap: float, spare: float) -> list[float]:
    """Gaps between the parts of a page; spare room widens them to at most 1.9 times."""
    base = [gap * abs(weight) for weight in keep[:-1]]
    extra = min(spare, sum(base) * 0.9) if base else 0.0
    return [round(b + extra * b / (sum(base) or 1), 2) for b in base]


def split_part(part: Part) -> list[Part] | None:
    """A part that is taller than a page, in two; None when it cannot be cut."""
    for key in ("runs", "body"):
        if part.get(key) and part["kind"] in ("paragraph", "bullet", "step", "heading", "subheading"):
            halves = _cut_runs(part[key])
            if halves is None:
                return None
            rest: Part = {**part, key: halves[1]}
            if part["kind"] == "step":
                rest.update(number=None, head=[])
            return [{**part, key: halves[0]}, rest]
    for key in ("rows", "paragraphs", "items"):
        values = part.get(key, [])
        if len(values) > 1:
            half = (len(values) + 1) // 2
            return [{**part, key: values[:half]}, {**part, key: values[half:]}]
    if part["kind"] == "question" and part["answer"]:
        return [{**part, "answer": []}, *({"kind": "paragraph", "runs": answer} for answer in part["answer"])]
    if part["kind"] == "quote" and len(part["paragraphs"]) == 1 and (halves := _cut_runs(part["paragraphs"][0])):
        return [{**part, "paragraphs": [halves[0]], "source": []}, {**part, "paragraphs": [halves[1]]}]
    if part["kind"] == "figures" and len(part["cells"]) > 1:
        return [{**part, "layout": "row", "cells": [cell], "columns": 1} for cell in part["cells"]]
    return None


def _cut_runs(parts: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
    """Cut near the middle, at the end of a sentence if there is one near, else between words."""
    whole = "".join(run["t"] for run in parts)
    middle = len(whole) // 2
    stops = [i + 2 for i in range(len(whole) - 2) if whole[i] in ".!?;" and whole[i + 1] == " "]
    blanks = [i + 1 for i, sign in enumerate(whole[:-1]) if sign == " "]
    near = [i for i in stops if abs(i - middle) < len(whole) * 0.3] or blanks
    if not near:
        return None
    at = min(near, key=lambda i: abs(i - middle))
    before, after, seen = [], [], 0
    for run in parts:
        left = max(0, min(len(run["t"]), at - seen))
        seen += len(run["t"])
        if run["t"][:left].strip():
            before.append({**run, "t": run["t"][:left].rstrip() if seen >= at else run["t"][:left]})
        if run["t"][left:].strip():
            after.append({**run, "t": run["t"][left:]})
    return (before, after) if before and after else None
