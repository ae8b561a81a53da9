"""What a campaign says on air: every block as sentences for the ear, still in writing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from publisher.content.model import (
    Block,
    Bullets,
    Campaign,
    Chart,
    Figures,
    Number,
    Paragraph,
    Questions,
    Quotation,
    Steps,
    Subheading,
    Table,
    Text,
    plain_text,
)
from publisher.render.sentences import end_sentence, split_sentences
from publisher.units import Unit

MEASURES = frozenset(
    ("tỷ", "triệu", "nghìn", "đồng", "người", "hộ", "lượt", "xã", "tấn", "héc", "ha", "sáng", "hồ", "dự")
)
PERIODS = frozenset(("Năm", "Nửa", "Quý", "Tháng", "Tuần", "Ngày"))  # no names: written small inside a sentence
LONGEST_UNIT = 24
ROWS_FOLLOW = "Cụ thể như sau."
ALL_ROWS = 6  # a listener keeps so many figures of one table; of longer ones the ends are told


class Rank(IntEnum):
    """What a shorter version keeps: the lower, the longer it stays. `ALWAYS` stays in every version."""

    ALWAYS = 0
    LEAD = 1
    GREETING = 2
    HELP = 3
    STEPS = 4
    BODY = 5
    FAREWELL = 6
    TOPICS = 7
    SOURCES = 8


@dataclass(frozen=True)
class Said:
    """One sentence or more as written. `kind` is `question`, `answer` or ''.

    `opens` says nothing without what follows it; of a `whole` one no sentence is said without the others.
    """

    text: Text
    kind: str = ""
    rank: Rank = Rank.BODY
    opens: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Part:
    """A block of the script: its name for the editor, and what is said in it."""

    name: str
    said: tuple[Said, ...]


def tell_campaign(campaign: Campaign, unit: Unit, phrases: Mapping[str, str]) -> list[Part]:
    """The programme from greeting to farewell."""
    station = unit.station or unit.name
    programme = phrases["programme"].format(topic=unit.short_name)
    fill = {"programme": programme, "station": station}
    hello, *rest = split_sentences(phrases["greeting"].format(**fill))
    greeting = [_plain(hello, rank=Rank.ALWAYS), *(_plain(text, rank=Rank.GREETING) for text in rest)]
    topics = [end_sentence(section.heading.plain) for section in campaign.sections if section.heading]
    head = [_plain(phrases["headline"].format(title=campaign.title.rstrip(".")), rank=Rank.ALWAYS)]
    if len(topics) > 1:
        head.append(_plain(phrases["topics"], rank=Rank.TOPICS, opens=True))
        head += [_plain(topic, rank=Rank.TOPICS) for topic in topics]
    parts = [Part("Lời chào", tuple(greeting)), Part("Điểm tin", tuple(head))]
    if campaign.summary != campaign.title:
        parts.append(Part("Lời dẫn", (_plain(end_sentence(campaign.summary), rank=Rank.LEAD),)))
    for section in campaign.sections:
        said = [_plain(end_sentence(section.heading.plain), opens=True)] if section.heading else []
        said += [one for block in section.blocks for one in tell_block(block, phrases)]
        if len(said) > bool(section.heading):
            parts.append(Part(section.heading.plain or "Nội dung", tuple(said)))
    parts.append(Part("Lời kết", tuple(tell_end(campaign, unit, phrases, fill))))
    return parts


def tell_end(campaign: Campaign, unit: Unit, phrases: Mapping[str, str], fill: Mapping[str, str]) -> Iterator[Said]:
    if campaign.sources:
        yield _plain(phrases["sources"], rank=Rank.SOURCES)
        yield from (_plain(end_sentence(source), rank=Rank.SOURCES) for source in campaign.sources)
    if campaign.ai_label:
        yield _plain(phrases["ai"], rank=Rank.ALWAYS)
    if unit.hotline:
        yield _plain(phrases["hotline"].format(hotline=unit.hotline), rank=Rank.HELP)
    *rest, farewell = split_sentences(phrases["closing"].format(**fill))
    yield from (_plain(text, rank=Rank.FAREWELL) for text in rest)
    yield _plain(farewell, rank=Rank.ALWAYS)


def _plain(text: str, kind: str = "", *, rank: Rank = Rank.BODY, opens: bool = False) -> Said:
    return Said(plain_text(text), kind, rank, opens)


def tell_block(block: Block, phrases: Mapping[str, str]) -> Iterator[Said]:
    """One block for the ear. Pictures are for the eye and are left out."""
    if isinstance(block, Paragraph):
        yield Said(ended(block.text))
    elif isinstance(block, Bullets):
        yield from (Said(ended(item)) for item in block.items)
    elif isinstance(block, Figures):
        yield from (Said(ended(join(plain_text(figure.lead), figure.label))) for figure in block.items)
    elif isinstance(block, Steps):
        for number, step in enumerate(block.items, 1):
            text = plain_text(phrases["step"].format(number=number, text=step_text(step.head, step.body)))
            # Half of the steps lead nowhere; what people are to do is left out after the rest of the content.
            yield Said(text, rank=Rank.STEPS, opens=number < len(block.items), whole=True)
    elif isinstance(block, Subheading):
        yield Said(ended(block.text), opens=True)
    elif isinstance(block, Quotation):
        yield Said(plain_text(tell_quotation(block, phrases)), whole=True)
    elif isinstance(block, Chart):
        rows = list(tell_chart(block))
        # Some points of a line, or of rows told to follow, would mislead; grouped rows each stand for themselves.
        whole = len(block.header) == 2
        yield from (
            Said(plain_text(text), opens=whole and at < len(rows), whole=whole) for at, text in enumerate(rows, 1)
        )
    elif isinstance(block, Table):
        yield from (_plain(text) for text in tell_table(block))
    elif isinstance(block, Questions):
        yield from tell_questions(block, phrases)


def tell_questions(block: Questions, phrases: Mapping[str, str]) -> Iterator[Said]:
    """A dialogue: one announcer asks, the other answers."""
    for number, item in enumerate(block.items):
        phrase = phrases["ask_again"] if number else phrases["ask"]
        yield _plain(phrase.format(question=item.question.spoken.strip()), "question", opens=bool(item.answer))
        answers = [one for part in item.answer for one in tell_block(part, phrases)]
        # An answer is nothing without its question, so that its steps wait for their turn.
        yield from (replace(answer, kind="answer", rank=Rank.BODY) for answer in answers)


def tell_quotation(block: Quotation, phrases: Mapping[str, str]) -> str:
    text = " ".join(paragraph.spoken for paragraph in block.paragraphs)
    source = block.source.spoken.split("(")[0].strip(" ,")
    return phrases["quote"].format(source=source, text=text) if source else phrases["quote_unnamed"].format(text=text)


def step_text(head: Text, body: Text) -> str:
    """Head and body of a step: one sentence where the body goes on with it, else two."""
    first, second = head.spoken.strip(), body.spoken.strip()
    if not first or not second:
        return end_sentence(first or second)
    if second[0] in ",:;.":
        return end_sentence(f"{first}{second}")
    return end_sentence(f"{first} {second}") if second[0].islower() else f"{end_sentence(first)} {end_sentence(second)}"


def join(*texts: Text) -> Text:
    return Text(tuple(span for text in texts for span in text.spans))


def ended(text: Text) -> Text:
    """With a full stop at its end."""
    return text if text.plain.rstrip().endswith((".", "!", "?", "…", ":")) else join(text, plain_text("."))


def tell_chart(chart: Chart) -> Iterator[str]:
    """Every row of a short chart, the way of a line, or the highest and lowest of a long one."""
    if len(chart.header) > 2:
        yield from tell_groups(chart)
        return
    rows = [(label.plain, row[0]) for label, row in zip(chart.labels, chart.values, strict=True) if row[0] is not None]
    name = _without_unit(chart.header[1].plain)
    unit = chart.unit or spoken_unit(name)
    if not rows:
        return
    if chart.kind == "line":
        yield tell_way(name, rows, unit)
    elif len(rows) <= ALL_ROWS:
        yield ROWS_FOLLOW
        yield from (f"{label}: {amount(number, unit)}." for label, number in rows)
    else:
        ordered = sorted(rows, key=lambda row: row[1].value if row[1] else 0)
        (low, least), (high, most) = ordered[0], ordered[-1]
        yield f"Cao nhất là {high}, {amount(most, unit)}; thấp nhất là {low}, {amount(least, unit)}."


def spoken_unit(heading: str) -> str:
    """`Tỷ đồng` as the heading of a column is the unit of its figures."""
    first = heading.split(" ", maxsplit=1)[0].lower()
    return f"{heading[:1].lower()}{heading[1:]}" if first in MEASURES and len(heading) <= LONGEST_UNIT else ""


def tell_way(name: str, rows: Sequence[tuple[str, Number | None]], unit: str) -> str:
    """How a line went from its first point to its last, a sentence a point."""
    (start, first), (end, last) = rows[0], rows[-1]
    if first is None or last is None:
        return ""
    way = "tăng lên" if last.value > first.value else "giảm còn" if last.value < first.value else "vẫn là"
    told = [f"{_when(start)}, {name[:1].lower()}{name[1:]} là {amount(first, unit)}."]
    if len(rows) <= ALL_ROWS:
        told += [f"{_when(label)} là {amount(number, unit)}." for label, number in rows[1:-1] if number]
    told.append(f"Đến {_when(end)}, con số này {way} {amount(last, unit)}.")
    return " ".join(f"{text[:1].upper()}{text[1:]}" for text in told)


def tell_groups(chart: Chart) -> Iterator[str]:
    """One sentence a row of a chart with several columns."""
    series = [_without_unit(cell.plain) for cell in chart.header[1:]]
    for label, row in zip(chart.labels, chart.values, strict=True):
        parts = [f"{_when(name)} là {amount(n, chart.unit)}" for name, n in zip(series, row, strict=True) if n]
        yield f"{label.plain}: {', '.join(parts)}."


def tell_table(table: Table) -> Iterator[str]:
    """Every row as a sentence: what stands first names it."""
    first, *rest = (cell.plain for cell in table.header)
    for row in table.rows:
        head, *cells = (cell.spoken for cell in row)
        told = [
            cell if at == 0 else f"{name[:1].lower()}{name[1:]}: {cell}"
            for at, (name, cell) in enumerate(zip(rest, cells, strict=True))
            if cell.strip()
        ]
        lead = head if head.lower().startswith(first.lower()) else f"{first} {head}"
        yield f"{lead}: {', '.join(told)}." if told else f"{lead}."


def amount(number: Number | None, unit: str) -> str:
    """A figure with its unit, once."""
    if number is None:
        return ""
    text = number.written.strip()
    return text if not unit or unit in text else f"{text}{unit}" if unit == "%" else f"{text} {unit}"


def _when(label: str) -> str:
    """As it stands inside a sentence: `2024` → năm 2024, `Tháng 5` → tháng 5."""
    if label.isdigit() and len(label) == 4:
        return f"năm {label}"
    first = label.partition(" ")[0]
    return f"{first.lower()}{label[len(first) :]}" if first in PERIODS else label


def _without_unit(heading: str) -> str:
    return heading.split("(", maxsplit=1)[0].strip() or heading
