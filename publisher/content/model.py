"""What a campaign file says, as values: every part carries the number of the line it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

Output = Literal["infographic", "clip", "article", "radio", "poster", "led"]
Late = Literal["send", "skip", "ask"]
AiUse = Literal["none", "edit", "generated", "imitates"]
ChartKind = Literal["bars", "grouped", "line", "share"]


@dataclass(frozen=True)
class Span:
    """A run of text in one style; `spoken` (`{đọc: …}`) replaces `text` read aloud; `href` is http(s) or mailto."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str | None = None
    spoken: str | None = None


@dataclass(frozen=True)
class Text:
    """A line of inline text in NFC, never markup: `plain` is what every output shows."""

    spans: tuple[Span, ...] = ()

    @property
    def plain(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def spoken(self) -> str:
        """The text with `{đọc: …}` overrides put in, not yet read aloud."""
        return "".join(span.text if span.spoken is None else span.spoken for span in self.spans)

    def __bool__(self) -> bool:
        return bool(self.plain.strip())


def plain_text(text: str) -> Text:
    """One unstyled run."""
    return Text((Span(text),))


@dataclass(frozen=True)
class Number:
    """A figure as written (`1.234,5 tỷ`) taken apart: `prefix + digits + suffix == written`, `value` exact."""

    written: str
    value: Decimal
    prefix: str
    digits: str
    suffix: str
    decimals: int


@dataclass(frozen=True)
class Figure:
    """A figure card: `- **80%** người dân…`. `number` is None when the bold part starts with no number.

    `parted` says that a colon or a dash stood between the two (`**4 triệu đồng**: vượt đèn đỏ`).
    """

    value: str
    label: Text
    number: Number | None
    line: int
    parted: bool = False

    @property
    def lead(self) -> str:
        """The value with what joins it to its label in running text."""
        return f"{self.value}: " if self.parted and self.label else f"{self.value} "


@dataclass(frozen=True)
class Figures:
    items: tuple[Figure, ...]
    line: int


@dataclass(frozen=True)
class Step:
    """One numbered step; `head` is the lead clause in bold, or empty."""

    head: Text
    body: Text
    line: int

    @property
    def below(self) -> Text:
        """The body as a line of its own under the head: without the comma or colon that joins them in a sentence."""
        if not self.head or not self.body:
            return self.body
        first, *rest = self.body.spans
        return Text((replace(first, text=first.text.lstrip(" ,:;–—")), *rest))


@dataclass(frozen=True)
class Steps:
    items: tuple[Step, ...]
    line: int


@dataclass(frozen=True)
class Chart:
    """A table whose later columns are numbers. `values[row][column]`; None is an empty cell.

    `unit` is what follows the numbers (`%`) or stands in brackets in the column's heading.
    """

    kind: ChartKind
    header: tuple[Text, ...]
    labels: tuple[Text, ...]
    values: tuple[tuple[Number | None, ...], ...]
    unit: str
    line: int


@dataclass(frozen=True)
class Table:
    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    line: int


@dataclass(frozen=True)
class Quotation:
    paragraphs: tuple[Text, ...]
    source: Text
    line: int


@dataclass(frozen=True)
class Picture:
    """A picture file. `name` is as written; `path` is relative to the workspace, checked to lie inside it.

    `focus` is (x, y) in 0…1 of the picture's width and height; None means the default. Of a film (`is_film(name)`) the
    seconds from and to of `cut` are played at `speed` times their own pace; elsewhere than in clips one frame stands.
    """

    name: str
    path: str
    alt: str
    credit: str
    focus: tuple[float, float] | None
    line: int
    cut: tuple[float, float] | None = None
    speed: float = 1.0


@dataclass(frozen=True)
class Paragraph:
    text: Text
    line: int


@dataclass(frozen=True)
class Bullets:
    items: tuple[Text, ...]
    line: int


@dataclass(frozen=True)
class Subheading:
    text: Text
    level: int
    line: int


@dataclass(frozen=True)
class Question:
    question: Text
    answer: tuple[Block, ...]
    line: int


@dataclass(frozen=True)
class Questions:
    items: tuple[Question, ...]
    line: int


Block: TypeAlias = Figures | Steps | Chart | Table | Quotation | Picture | Paragraph | Bullets | Subheading | Questions


@dataclass(frozen=True)
class Section:
    """What stands under one `##`; the first may have no heading (text before any `##`)."""

    heading: Text
    blocks: tuple[Block, ...]
    line: int


@dataclass(frozen=True)
class Override:
    """What a campaign says for one channel kind or account instead of what would be derived."""

    text: str | None = None
    title: str | None = None
    hashtags: tuple[str, ...] | None = None
    image: str | None = None
    audio: str | None = None
    line: int = 0
    image_line: int = 0
    audio_line: int = 0


@dataclass(frozen=True)
class PlannedPost:
    """A post written out in a plan: when (`D-7 08:00`), where (`facebook:*`), what (`infographic`)."""

    at: str
    to: str
    send: str
    late: Late | None = None
    line: int = 0


@dataclass(frozen=True)
class Campaign:
    """One campaign file, complete and without errors. Text is NFC; nothing in it is ever executed."""

    path: str
    title: str
    summary: str
    slug: str
    sections: tuple[Section, ...]
    key_day: str | None = None
    unit: str | None = None
    author: str = ""
    editor: str = ""
    sources: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    theme: str = "default"
    outputs: tuple[Output, ...] = ("infographic", "clip", "article", "radio")
    plan: str | tuple[PlannedPost, ...] | None = None
    valid_until: date | None = None
    late: Late | None = None
    ai_use: AiUse = "none"
    voice: str | None = None
    channels: Mapping[str, Override] = field(default_factory=dict)
    alts: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    alts_line: int = 1
    title_line: int = 1
    summary_line: int = 1
    voice_line: int = 1
    title_text: Text = field(default_factory=Text)
    summary_text: Text = field(default_factory=Text)

    @property
    def title_spoken(self) -> str:
        """The title with its `{đọc: …}` overrides put in, not yet read aloud."""
        return self.title_text.spoken if self.title_text.plain == self.title else self.title

    @property
    def summary_spoken(self) -> str:
        """The summary with its `{đọc: …}` overrides put in, not yet read aloud."""
        return self.summary_text.spoken if self.summary_text.plain == self.summary else self.summary

    @property
    def ai_label(self) -> str:
        """The notice the law asks for, or an empty string (Nghị định 142/2026/NĐ-CP)."""
        return "Nội dung có sử dụng AI" if self.ai_use in ("generated", "imitates") else ""

    def blocks(self) -> tuple[Block, ...]:
        """Every block of every section, in order."""
        return tuple(block for section in self.sections for block in section.blocks)

    def pictures(self) -> Iterator[Picture]:
        """Every picture, also inside answers."""
        for block in self.blocks():
            if isinstance(block, Picture):
                yield block
            elif isinstance(block, Questions):
                for item in block.items:
                    yield from (part for part in item.answer if isinstance(part, Picture))
