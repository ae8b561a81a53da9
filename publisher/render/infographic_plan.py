"""A campaign as the parts of an infographic, and the parts on pages. Pure: heights are asked of Typst elsewhere.

A part is a mapping of JSON values with a `kind`; lengths are in units of 1/1080 of the page's width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from publisher.vietnamese.typography import BREAK, hold_brackets, keep_together, loosen, settle_title

Part: TypeAlias = dict[str, Any]
_LED = re.compile(r"([^\W\d_][^\d+≈~≥≤<>–-]*?)[ \u00a0]+([\d+≈~≥≤<>–-].*)")

ROWS_A_CHART, LINES = 9, 2
ROWS_A_TABLE = 8
# Letters that have their place in the narrowest column there is: a card among others, a name in a chart, a line.
LETTERS_OF_CARDS = {1: 40, 2: 14, 3: 9, 4: 9}
LETTERS_OF_BROAD_CARDS = {1: 40, 2: 24, 3: 14, 4: 10}
LETTERS_OF_SERIES, LETTERS_OF_LINE = 13, 40
STEPS_TOGETHER, SIGNS_TOGETHER = 4, 420
SIGNS_BESIDE, LETTERS_BESIDE = 90, 12  # of a step among others on a broad page, and of its words
PAIRS, LONG_LABEL = 2, 110
SHORT_TEXT, LAST_TWO = 14, 12  # signs: of a text of one line everywhere, and of two syllables any column holds
BRACKETS = 24  # letters; of a heading across the page
LETTER, INSETS = 16.8 / 936, 52 / 936  # of a table on an upright page: a letter, and what a column has beside its words
LONG_WORD = 18  # letters; half a column of a poster is not wide enough for more
FEW, CARD_LABEL = 4, 44  # figures that are cards whatever their labels; signs of a label in a narrow card
LEDGER = 5  # figures in one list


def runs(text: Text) -> list[dict[str, Any]]:
    """Inline text as what templates are given; where it takes more than a line, no short syllable ends it alone."""
    found: list[dict[str, Any]] = [
        {
            "t": keep_together(span.text),
            **({"b": True} if span.strong else {}),
            **({"i": True} if span.emphasis else {}),
        }
        for span in text.spans
    ]
    last = found[-1]["t"] if found else ""
    if len(last) > SHORT_TEXT and len(" ".join(last.split(" ")[-2:])) <= LAST_TWO:
        found[-1]["t"] = settle_title(last)
    return found


def narrow_runs(text: Text, most: int) -> list[dict[str, Any]]:
    """As `runs`, for a column in which a word of `most` letters has its place."""
    return [{**run, "t": loosen(run["t"], most)} for run in runs(text)]


def heading_runs(text: Text) -> list[dict[str, Any]]:
    """As `runs`, with the last two syllables together, and what is in brackets: neither stands torn apart."""
    held = [{**run, "t": hold_brackets(run["t"], lambda found: len(found) <= BRACKETS)} for run in runs(text)]
    return [*held[:-1], {**held[-1], "t": settle_title(held[-1]["t"])}] if held else held


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
        yield from step_parts(block.items, landscape=landscape)
    elif isinstance(block, Chart):
        yield from chart_parts(block, landscape=landscape)
    elif isinstance(block, Table):
        yield from table_parts(block)
    elif isinstance(block, Quotation):
        source = runs(block.source)
        yield {"kind": "quote", "paragraphs": [runs(p) for p in block.paragraphs], "source": source}
    elif isinstance(block, Picture):
        credit = f"Ảnh: {block.credit}" if block.credit else ""
        yield {"kind": "picture", "path": block.path, "file": pictures[block.path], "alt": block.alt, "credit": credit}
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
    """One figure alone is a hero, a few are cards, many with long labels a list."""
    columns = figure_columns(figures, landscape=landscape) if len(figures) > 1 else 1
    letters = (LETTERS_OF_BROAD_CARDS if landscape else LETTERS_OF_CARDS)[columns]
    cells = [figure_cell(figure, letters) for figure in figures]
    word = unbroken(word for figure in figures for word in figure.label.plain.split())
    longest = max(len(figure.label.plain) for figure in figures)
    peers = {"values": [cell["value"] for cell in cells]}
    if len(cells) == 1:
        yield {"kind": "figures", "layout": "hero", "cells": cells, "columns": 1}
    elif not landscape and (longest > LONG_LABEL or word > LONG_WORD):
        yield from ({"kind": "figures", "layout": "row", "cells": [cell], "columns": 1} for cell in cells)
    elif not landscape and columns == PAIRS and (len(cells) % PAIRS or (len(cells) > FEW and longest > CARD_LABEL)):
        yield from ({"kind": "figures", "layout": "ledger", "cells": some} for some in rows_of(cells, most=LEDGER))
    else:
        rows = rows_of(cells, most=columns)
        most = max(len(row) for row in rows)
        for row in rows:
            yield {
                "kind": "figures",
                "layout": "grid",
                "cells": row,
                "columns": len(row),
                **peers,
                "most": most,
                "broad": landscape,
            }


def figure_cell(figure: Figure, letters: int) -> Part:
    lead, value = split_value(figure.value)
    return {"value": value, "lead": lead, "label": narrow_runs(figure.label, letters)}


def split_value(value: str) -> tuple[str, str]:
    """`Ít nhất 80%` as its words and its number: the number is what a reader has to see first."""
    match = _LED.fullmatch(value)
    return (match[1], match[2]) if match else ("", value)


def figure_columns(figures: Sequence[Figure], *, landscape: bool) -> int:
    """Three short figures stand side by side, longer ones in pairs."""
    widest = max(len(split_value(figure.value)[1]) for figure in figures)
    longest_word = max((len(w) for f in figures for w in f.label.plain.split()), default=0)
    longest = max(len(figure.label.plain) for figure in figures)
    if landscape and widest <= 9 and longest_word <= 14:
        return 4 if widest <= 6 and longest_word <= 9 and len(figures) % 3 else 3
    short = widest <= 7 and longest_word <= 9 and longest <= CARD_LABEL
    return 3 if short and (len(figures) % 2 or len(figures) > FEW) else 2


def unbroken(words: Iterable[str]) -> int:
    """Letters of the longest piece that stays on one line: addresses end a line after their signs."""
    return max((len(piece) for word in words for piece in loosen(word, 1).split(BREAK)), default=0)


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


def step_parts(steps: Sequence[Step], *, landscape: bool) -> Iterator[Part]:
    """A few short steps stand together, on a broad page side by side; many or long ones each for itself."""
    items = [step_part(step, number) for number, step in enumerate(steps, 1)]
    signs = [len(step.head.plain) + len(step.body.plain) for step in steps]
    if not 1 < len(items) <= STEPS_TOGETHER or sum(signs) > SIGNS_TOGETHER:
        yield from items
        return
    words = [word for step in steps for word in f"{step.head.plain} {step.body.plain}".split()]
    beside = landscape and len(items) > 2 and max(signs) <= SIGNS_BESIDE and max(map(len, words)) <= LETTERS_BESIDE
    yield {"kind": "steps", "layout": "columns" if beside else "list", "items": items}


def step_part(step: Step, number: int) -> Part:
    return {"kind": "step", "number": number, "head": runs(step.head), "body": runs(step.below)}


def question_parts(item: Question, pictures: Mapping[str, str], *, landscape: bool) -> Iterator[Part]:
    """Question and the paragraphs of its answer in one card; other blocks of the answer follow it."""
    answers = [block for block in item.answer if isinstance(block, Paragraph)]
    yield {"kind": "question", "question": runs(item.question), "answer": [runs(a.text) for a in answers]}
    for block in item.answer:
        if not isinstance(block, Paragraph):
            yield from block_parts(block, pictures, landscape=landscape)


def chart_parts(chart: Chart, *, landscape: bool) -> Iterator[Part]:
    """A chart in pieces of at most nine rows; every piece on the same scale."""
    values = [[number.value for number in row if number] for row in chart.values]
    most = max((value for row in values for value in row), default=Decimal(0))
    scale = max(most, Decimal(0)) or Decimal(1)
    most_lines = 1 if landscape else LINES
    crowded = len(chart.labels) > ROWS_A_CHART or len(chart.header) - 1 > most_lines
    layout = fallback(chart) if chart.kind == "line" and crowded else chart.kind
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
    """Too many points for one line at phone width, and lines that have no room for their numbers, are shown as bars."""
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
    found, words = [], []
    for column in zip(table.header, *table.rows, strict=True):
        longest = max(len(cell.plain) for cell in column)
        word = unbroken(word for cell in column for word in cell.plain.split())
        words.append(word * LETTER + INSETS)
        found.append(round(max(longest**0.6, word * 0.75, 3.0), 3))
    roomy = all(own / sum(found) >= word for own, word in zip(found, words, strict=True))
    return found if roomy else even_out(found, words)


def even_out(widths: Sequence[float], words: Sequence[float]) -> list[float]:
    """Widths at which every column has room for its longest word, as far as there is room; the rest goes to those that
    were to have more."""
    spare = max(0.0, 1 - sum(words))
    over = [max(0.0, own / sum(widths) - word) for own, word in zip(widths, words, strict=True)]
    return [round(100 * (word + spare * own / (sum(over) or 1)), 3) for word, own in zip(words, over, strict=True)]


def title_size(title: str, *, landscape: bool) -> int:
    """Type size of a title by its length: short ones speak loudest."""
    for limit, size in ((28, 100), (48, 86), (80, 72), (120, 60), (10_000, 50)):
        if len(title) <= limit:
            return size if not landscape else round(size * 0.86)
    return 50


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
    if part["kind"] == "figures" and part["layout"] == "ledger" and len(part["cells"]) > 1:
        half = (len(part["cells"]) + 1) // 2
        return [{**part, "cells": part["cells"][:half]}, {**part, "cells": part["cells"][half:]}]
    if part["kind"] == "steps" and part["layout"] == "columns":
        return [{**part, "layout": "list"}]
    if part["kind"] == "steps":
        return [{**item, "line": part.get("line", 0)} for item in part["items"]]
    if part.get("layout") == "share":
        return [{**part, "layout": "bars"}]  # parts of a whole are seen together or not at all
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
        together = part.get("broad") and len(part["cells"]) <= LEDGER
        rows = [part["cells"]] if together else [[cell] for cell in part["cells"]]
        return [{**part, "layout": "ledger" if together else "row", "cells": cells} for cells in rows]
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
