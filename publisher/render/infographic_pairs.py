"""Parts that stand side by side: a chart beside its steps says more at a glance than one above the other. Pure.

A pair is a part of its own, `{"kind": "pair", "columns": [{"parts", "gaps"}, …]}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.render.infographic_pages import GAP, gaps_of, height_of, ties
from publisher.render.infographic_plan import Part
from publisher.vietnamese.typography import loosen

SHOWN = frozenset({"chart", "picture", "figures"})
TOLD = frozenset({"steps", "quote", "question", "bullet", "paragraph", "figures"})
RUNS = frozenset({"bullet", "question", "figures"})
CARDS = frozenset({"chart", "quote", "question", "figures"})
LETTERS = 13  # of a word, or of words kept together, that surely fit into half a page
SIGNS = {"quote": 190, "paragraph": 240, "bullet": 240, "question": 300, "steps": 300, "figures": 200}
ROWS, POINTS, CELLS = 6, 4, 3
HEAD_GAP = 20.0
EVEN, WORTH = 0.55, 0.92  # of the taller column, the lower one has at least; of the stack, a pair is at most as tall


@dataclass(frozen=True)
class Unit:
    """Headings and what they introduce: the parts from `start` to `end`, the first `heads` of them headings."""

    start: int
    end: int
    heads: int


@dataclass(frozen=True)
class Pair:
    """Two units of a list of parts that may stand side by side: the heading of either column, then its parts.

    A heading that introduces only the first of them stays above both, and then neither column has one.
    """

    start: int
    end: int
    heads: tuple[Part, ...]
    left: tuple[Part, ...]
    right: tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.heads, *self.left, *self.right)


@dataclass(frozen=True)
class Heights:
    """How tall the headings, the left and the right column of a pair are."""

    head: float
    left: float
    right: float

    @property
    def whole(self) -> float:
        return self.head + max(self.left, self.right)


def find_pairs(parts: Sequence[Part], *, landscape: bool) -> list[Pair]:
    """What may stand side by side, from the first part to the last; no part is in two pairs."""
    found: list[Pair] = []
    units = list(units_of(parts, RUNS - {"question"} if landscape else RUNS))
    at = 0
    while at + 1 < len(units):
        pair = pair_of(parts, units[at], units[at + 1], landscape=landscape)
        if pair:
            found.append(pair)
        at += 2 if pair else 1
    return found


def units_of(parts: Sequence[Part], runs: frozenset[str]) -> Iterator[Unit]:
    """The parts up to the sources, each with the headings before it; parts of the kinds in `runs` go together."""
    at = 0
    while at < len(parts) and not parts[at].get("closing"):
        start = at
        while at + 1 < len(parts) and parts[at].get("keep"):
            at += 1
        heads, kind = at - start, parts[at]["kind"]
        at += 1
        while at < len(parts) and kind in runs and parts[at]["kind"] == kind:
            at += 1
        yield Unit(start, at, heads)


def pair_of(parts: Sequence[Part], one: Unit, other: Unit, *, landscape: bool) -> Pair | None:
    """The two units side by side, when both are short and plain enough for half a page."""
    bodies = [half_parts(parts[unit.start + unit.heads : unit.end]) for unit in (one, other)]
    kinds = [body[0]["kind"] if body else "" for body in bodies]
    if not all(kinds) or not suits(kinds, landscape=landscape):
        return None
    if one.heads > 1 or other.heads > 1:
        return None
    small = [[small_heading(part) for part in parts[u.start : u.start + u.heads]] for u in (one, other)]
    if other.heads and not one.heads:
        if not (landscape and kinds[0] == "picture"):
            return None
        heads, bodies[1] = [], [*small[1], *bodies[1]]
    else:
        heads = [*small[0], *small[1]] if other.heads else []
    if longest_word([*heads, *bodies[0], *bodies[1]]) > LETTERS:
        return None
    start = one.start if other.heads else one.start + one.heads
    return Pair(start, other.end, tuple(heads), tuple(bodies[0]), tuple(bodies[1]))


def small_heading(part: Part) -> Part:
    """A heading as half a page shows it."""
    return {**part, "small": True, "runs": [{**run, "t": loosen(run["t"], LETTERS)} for run in part["runs"]]}


def suits(kinds: Sequence[str], *, landscape: bool) -> bool:
    """Upright pages put something to look at beside something to read; broad ones any two."""
    if landscape:
        return all(kind in SHOWN | TOLD for kind in kinds)
    one, other = kinds
    return (one in SHOWN and other in TOLD) or (one in TOLD and other in SHOWN) or one == other == "chart"


def half_parts(parts: Sequence[Part]) -> list[Part]:
    """The parts as half a page shows them; nothing when they are too many or too long for it."""
    kind = parts[0]["kind"]
    if kind == "figures":
        cells = [cell for part in parts for cell in part["cells"]]
        parts = [{**parts[0], "layout": "list", "cells": cells, "columns": 1}] if len(cells) <= CELLS else []
    elif kind == "chart":
        parts = [part for part in parts if is_small(part)]
    elif kind == "steps":
        parts = [{**part, "layout": "list"} for part in parts]
    elif kind == "picture":
        parts = [{**part, "half": True} for part in parts]
    return list(parts) if sum(len(text) for p in parts for text in texts_of(p)) <= SIGNS.get(kind, 10_000) else []


def is_small(chart: Part) -> bool:
    """Whether a chart reads well in half a page."""
    values = [value["text"] for row in chart["rows"] for value in row["values"]]
    if chart["layout"] == "line":
        few = len(chart["rows"]) <= POINTS and len(chart["series"]) == 1
        return few and all(len(text) <= 5 for text in [*values, *(row["label"] for row in chart["rows"])])
    return chart["layout"] in ("bars", "share") and len(chart["rows"]) <= ROWS and all(len(v) <= 9 for v in values)


def texts_of(value: Any, key: str = "") -> Iterator[str]:
    """What a part shows as text, piece by piece."""
    if isinstance(value, str) and key not in ("kind", "layout", "file", "path", "alt"):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in ("values",) or key == "rows":
                yield from texts_of(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_of(inner, key)


def longest_word(parts: Sequence[Part]) -> int:
    """Letters that no line may break, at most; capitals count for more, as they are broader."""
    texts = "\n".join(text for part in parts for text in texts_of(part))
    words = texts.replace("\u200b", " ").split(" ")
    pieces = [piece for word in words for piece in word.split("\n")]
    return max((round(sum(1.35 if sign.isupper() else 1 for sign in piece)) for piece in pieces), default=0)


def heights_of(pair: Pair, each: Sequence[float]) -> Heights:
    """The columns from the heights of `pair.parts`."""
    heads, left = len(pair.heads), len(pair.heads) + len(pair.left)
    return Heights(
        max(each[:heads]) + HEAD_GAP if heads else 0.0,
        height_of(each[heads:left], ties(pair.left), GAP),
        height_of(each[left:], ties(pair.right), GAP),
    )


def join(
    parts: Sequence[Part], heights: Sequence[float], pairs: Sequence[tuple[Pair, Heights]], *, room: float
) -> tuple[list[Part], list[float]]:
    """The parts with every pair that is even, saves room and fits."""
    found: list[Part] = []
    tall: list[float] = []
    at = 0
    for pair, own in pairs:
        stacked = height_of(heights[pair.start : pair.end], ties(parts[pair.start : pair.end]), GAP)
        low, high = sorted((own.left, own.right))
        above = 100.0 if pair.start and parts[pair.start - 1].get("keep") else 0.0
        if low < high * EVEN or own.whole > stacked * WORTH or own.whole + above > room:
            continue
        found += [*parts[at : pair.start], make_pair(pair, own)]
        tall += [*heights[at : pair.start], own.whole]
        at = pair.end
    return [*found, *parts[at:]], [*tall, *heights[at:]]


def make_pair(pair: Pair, heights: Heights) -> Part:
    """The part that is drawn; a card beside something taller grows to the same height."""
    columns: list[dict[str, Any]] = []
    for own, tall, other in ((pair.left, heights.left, heights.right), (pair.right, heights.right, heights.left)):
        parts = list(own)
        if other > tall and parts[-1]["kind"] in CARDS:
            parts[-1] = {**parts[-1], "grow": round(other - tall, 2)}
        head = {"head": pair.heads[len(columns)]} if pair.heads else {}
        columns.append({**head, "parts": parts, "gaps": gaps_of(ties(parts), GAP, 0.0)})
    gap = HEAD_GAP if pair.heads else 0
    return {"kind": "pair", "columns": columns, "gap": gap, "line": pair.parts[0].get("line", 0)}
