"""Blocks of a campaign as drafts of scenes: what is shown together, before any time or pixel is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from publisher.content.model import (
    Block,
    Bullets,
    Campaign,
    Chart,
    Figures,
    Number,
    Paragraph,
    Picture,
    Questions,
    Quotation,
    Section,
    Steps,
    Subheading,
    Table,
)

SceneKind = Literal[
    "opening", "lead", "figures", "bars", "line", "steps", "quotation", "picture", "question", "table", "text", "end"
]


@dataclass(frozen=True)
class Item:
    """One thing that arrives on its own.

    `head` is a figure's value, a step's lead clause, a bar's label or a question; `body` what is read with it.
    `number` is set when the head (figures) or the body (bars) counts up; `share` is a bar's part of the longest, 0…1.
    `mark` is a step's number. In a chart, `series` counts its columns and `group` its rows; `leads` says that no bar is
    longer.
    """

    head: str = ""
    body: str = ""
    number: Number | None = None
    share: float = 0.0
    mark: str = ""
    line: int = 0
    picture: Picture | None = None
    series: int = 0
    group: int = -1
    leads: bool = False

    @property
    def shown_s(self) -> float:
        """Seconds that the part of a film takes; 0 for what stands still or has no part named."""
        cut = self.picture.cut if self.picture else None
        return (cut[1] - cut[0]) / self.picture.speed if cut and self.picture else 0.0

    @property
    def text(self) -> str:
        """Everything of it as one line to read."""
        lead = f"{self.mark}. " if self.mark else ""
        if not self.head or not self.body:
            return lead + (self.head or self.body)
        joint = " " if self.head[-1] in ".?!:" or self.number is not None else ": "
        return f"{lead}{self.head}{joint}{self.body}"


@dataclass(frozen=True)
class Draft:
    """A scene without times. Scenes made from one block share `block` and are its parts 0…parts-1."""

    kind: SceneKind
    heading: str
    items: tuple[Item, ...]
    block: int = -1
    line: int = 0
    part: int = 0
    parts: int = 1
    more: bool = False


@dataclass(frozen=True)
class Room:
    """How much a screen holds: characters in one line of body text and such lines under the heading."""

    line: int = 30
    lines: int = 20

    @property
    def characters(self) -> int:
        return self.line * self.lines

    def filled(self, part: float) -> Room:
        """Room for less, so that what is put in surely fits."""
        return Room(self.line, max(round(self.lines * part), 3))


AMOUNT_WORDS = (
    "ít nhất", "tối thiểu", "tối đa", "không quá", "hơn", "gần", "trên", "dưới", "khoảng", "chừng", "tăng",
    "tăng thêm", "giảm", "giảm còn", "đạt", "đạt trên", "còn", "chỉ", "chỉ còn", "thêm", "cả", "đủ", "lên", "lên tới",
    "≥", "≤", ">", "<", "~",
)  # fmt: skip
"""What may stand before an amount; before anything else digits are a name (`Điều 7`)."""

_YEAR = re.compile(r"(1[89]|20)\d\d")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_CLAUSE = re.compile(r"(?<=[,;:])\s+")


def counts_up(number: Number | None) -> bool:
    """Whether counting from zero makes sense: an amount, not a year, a date, a document's number or a range."""
    if number is None or number.value <= 0:
        return False
    before = number.prefix.strip().lower()
    if before and before not in AMOUNT_WORDS:
        return False
    if _YEAR.fullmatch(number.digits) and not number.suffix.strip():
        return False
    return not number.suffix.startswith(("/", "-", "–", ":", "."))


def draft_scenes(campaign: Campaign, room: Room) -> Iterator[Draft]:
    """Every scene the campaign could have, in its order; the summary first."""
    seen = set[str]()
    block_id = 0
    if campaign.summary.strip():
        seen.add(campaign.summary)
        yield from _parts("lead", "", _pieces(campaign.summary, room, campaign.summary_line), room, 0)
    for section in campaign.sections:
        heading, texts = section.heading.plain, list[Item]()
        for kind, head, items in _section_scenes(section, heading, room):
            if kind == "text":
                texts += [piece for item in items if item.text not in seen for piece in _split_item(item, room)]
                continue
            block_id += 1
            whole = [piece for item in items for piece in _split_item(item, room)]
            yield from _parts(kind, head, whole, room, block_id)
        if texts:
            block_id += 1
            yield from _parts("text", heading, texts, room, block_id)


def _section_scenes(section: Section, heading: str, room: Room) -> Iterator[tuple[SceneKind, str, list[Item]]]:
    for block in section.blocks:
        if isinstance(block, Questions):
            for question in block.items:
                answer = " ".join(_plain(block) for block in question.answer)
                item = Item(question.question.plain, answer, line=question.line)
                yield "question", heading, [item]
        else:
            yield _block_scene(block, heading, room)


def _block_scene(block: Block, heading: str, room: Room) -> tuple[SceneKind, str, list[Item]]:
    match block:
        case Figures():
            items = [Item(f.value, f.label.plain, f.number, line=f.line) for f in block.items]
            return "figures", heading, items
        case Steps():
            steps = enumerate(block.items, start=1)
            return "steps", heading, [Item(s.head.plain, s.below.plain, mark=str(n), line=s.line) for n, s in steps]
        case Chart():
            return _chart_scene(block, heading, room)
        case Quotation():
            said = " ".join(paragraph.plain for paragraph in block.paragraphs)
            return "quotation", heading, [Item(said, block.source.plain, line=block.line)]
        case Picture():
            return "picture", heading, [Item(body=block.alt, line=block.line, picture=block)]
        case Table():
            return "table", heading, list(_table_items(block))
        case Bullets():
            return "text", heading, [Item(body=text.plain, line=block.line) for text in block.items]
        case _:
            return "text", heading, [Item(body=_plain(block), line=block.line)]


def _chart_scene(chart: Chart, heading: str, room: Room) -> tuple[SceneKind, str, list[Item]]:
    """One line where its points have room for their numbers; all else as bars."""
    if chart.kind == "line" and len(chart.header) == 2:
        items = list(_chart_items(chart, bare=chart.unit != "%"))
        # At the smallest type a letter of a label takes 27 pixels and one of a number 31; body type takes 24.
        needs = [max(27 * len(item.head), 31 * len(item.body)) + 24 for item in items]
        if len(items) * max(needs, default=0) <= 24 * (room.line + 4):
            named = bool(chart.unit) and chart.unit != "%" and f"({chart.unit})" not in heading
            return "line", f"{heading} ({chart.unit})".strip() if named else _measured(heading, chart), items
    return "bars", _measured(heading, chart), list(_chart_items(chart))


def _measured(heading: str, chart: Chart) -> str:
    """The heading with what is measured, when the numbers do not carry their unit themselves."""
    if chart.unit or len(chart.header) != 2 or not chart.header[1]:
        return heading
    return f"{heading} ({chart.header[1].plain})" if heading else chart.header[1].plain


def _chart_items(chart: Chart, *, bare: bool = False) -> Iterator[Item]:
    """One bar for each cell; in grouped charts the row and the column together name it. `bare` leaves units out."""
    cells = [n.value for row in chart.values for n in row if n is not None]
    most = max(cells, default=Decimal(0))
    # Parts of a whole are shown on the whole: 45% is not a full bar.
    longest = Decimal(100) if chart.unit == "%" and most <= 100 else most
    several = len(chart.header) > 2
    for group, (label, row) in enumerate(zip(chart.labels, chart.values, strict=True)):
        for column, number in enumerate(row):
            if number is None:
                continue
            name = label.plain if len(row) == 1 else f"{label.plain} – {chart.header[column + 1].plain}"
            share = float(number.value / longest) if longest > 0 and number.value > 0 else 0.0
            between = "" if chart.unit == "%" else " "
            shown = number.written if chart.unit in number.written else f"{number.written}{between}{chart.unit}"
            if bare:
                shown = f"{number.prefix}{number.digits}"
            leads = number.value == most and not several
            yield Item(name, shown, number, share, "", chart.line, None, column, group if several else -1, leads)


def _table_items(table: Table) -> Iterator[Item]:
    for row in table.rows:
        rest = [
            f"{head.plain}: {cell.plain}" for head, cell in zip(table.header[1:], row[1:], strict=False) if cell.plain
        ]
        yield Item(row[0].plain if row else "", "; ".join(rest), line=table.line)


def _plain(block: Block) -> str:
    match block:
        case Paragraph() | Subheading():
            return block.text.plain
        case Bullets():
            return "; ".join(item.plain for item in block.items)
        case Figures():
            return "; ".join(f"{f.lead}{f.label.plain}" for f in block.items)
        case Steps():
            return " ".join(f"{n}. {s.head.plain} {s.below.plain}".strip() for n, s in enumerate(block.items, start=1))
        case Quotation():
            return " ".join(p.plain for p in block.paragraphs)
        case Picture():
            return block.alt
        case Table():
            return "; ".join(" ".join(cell.plain for cell in row) for row in block.rows)
        case Chart():
            return "; ".join(item.text for item in _chart_items(block))
        case Questions():
            return " ".join(q.question.plain for q in block.items)


def _pieces(text: str, room: Room, line: int) -> list[Item]:
    return _split_item(Item(body=text, line=line), room)


def _split_item(item: Item, room: Room) -> list[Item]:
    """The item, or several with the same head when its body is longer than a screen can show."""
    most = max(room.characters * 6 // 10 - len(item.head), room.line * 2)
    if len(item.body) <= most:
        return [item]
    return [
        Item(item.head, piece, item.number, item.share, item.mark, item.line, item.picture)
        for piece in split_text(item.body, most)
    ]


def split_text(text: str, most: int) -> list[str]:
    """Cut at ends of sentences, else at clauses, else between words, into pieces of at most `most` characters."""
    for pattern in (_SENTENCE, _CLAUSE, re.compile(r"\s+")):
        parts = pattern.split(text.strip())
        if len(parts) > 1 and (max(map(len, parts)) <= most or pattern.pattern == r"\s+"):
            return _join_short(parts, most)
    return [text]


def _join_short(parts: Sequence[str], most: int) -> list[str]:
    joined = [parts[0]]
    for part in parts[1:]:
        if len(joined[-1]) + 1 + len(part) <= most:
            joined[-1] += " " + part
        else:
            joined.append(part)
    return joined


def _height(kind: SceneKind, item: Item, room: Room) -> int:
    """Lines of body text that the item takes, its own margins counted."""
    lines = -(-len(item.body) // room.line)
    heads = -(-len(item.head) // room.line)
    match kind:
        case "figures":
            return 3 + lines
        case "bars" | "line":
            return 1 + heads
        case "picture":
            return room.lines
        case "quotation" | "lead":
            return 2 + 2 * (heads + lines)
        case "question":
            return 3 + heads * 2 + lines
        case _:
            return 2 + heads + lines


def _parts(kind: SceneKind, heading: str, items: Iterable[Item], room: Room, block: int) -> Iterator[Draft]:
    """Screens of whole items, evenly filled: five items that fit four and one become three and two."""
    everything = list(items)
    if not everything:
        return
    # A line is one picture: half of it says nothing.
    units = _units(everything) if kind != "line" else [(0, len(everything))]
    heights = [sum(_height(kind, item, room) for item in everything[first:last]) for first, last in units]
    screens = _pack(heights, room.lines)
    least = len(screens)
    for limit in range(max(heights), room.lines):
        tighter = _pack(heights, limit)
        if len(tighter) == least:
            screens = tighter
            break
    for part, (first, last) in enumerate(screens):
        shown = tuple(everything[units[first][0] : units[last - 1][1]])
        yield Draft(kind, heading, shown, block, shown[0].line, part, len(screens))


def _units(items: Sequence[Item]) -> list[tuple[int, int]]:
    """Ranges of items that stay on one screen: the bars of a group, else each alone."""
    starts = [i for i, item in enumerate(items) if i == 0 or item.group < 0 or item.group != items[i - 1].group]
    return list(zip(starts, [*starts[1:], len(items)], strict=True))


def _pack(heights: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """Ranges of items whose heights stay under `limit`; an item taller than that has a screen of its own."""
    screens, first, filled = list[tuple[int, int]](), 0, 0
    for index, height in enumerate(heights):
        if index > first and filled + height > limit:
            screens.append((first, index))
            first, filled = index, 0
        filled += height
    screens.append((first, len(heights)))
    return screens
