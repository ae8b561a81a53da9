"""A campaign as Markdown again: every word of it plain text, whatever signs it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

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
    Span,
    Steps,
    Subheading,
    Table,
    Text,
)
from publisher.render.sentences import clean

# The signs that Markdown reads as its own anywhere in a line; each is written with a backslash before it. Brackets
# are among them, so round ones and `!`, `{` need none: they mean something only beside square brackets.
_SIGNS = re.compile(r"([\\`*_\[\]|])")
# What means a list, a heading or a quotation, at the start of a line only.
_LINE_START = re.compile(r"(\d{1,9}(?=[.)](?:\s|$))|(?=[-+#>]))")
_HREF = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)

PictureNames = Mapping[int, str]
"""File name of the picture or chart that stands on a line of the campaign file."""


def escape(text: str) -> str:
    """`text` so that a Markdown reader shows exactly these characters.

    `&` and `<` become entities, so no reader takes them for HTML.
    """
    shown = clean(text).replace("&", "&amp;").replace("<", "&lt;")
    shown = _SIGNS.sub(r"\\\1", shown).replace("~", "&#126;")
    start = _LINE_START.match(shown)
    if start:
        return f"{start[0]}\\{shown[start.end() :]}"
    return "&#61;" + shown[1:] if shown.startswith("=") else shown


def safe_href(href: str) -> str | None:
    """The address when it is http, https or mailto, with every sign that could end a link percent-coded."""
    if not _HREF.fullmatch(href):
        return None
    return "".join(c if c.isalnum() or c in "-._~:/?#@!$&*+,;=%" else _percent(c) for c in href)


def _percent(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "replace"))


def inline(text: Text) -> str:
    """One line of Markdown with the strong, emphasised and linked runs of `text`."""
    parts: list[str] = []
    previous_marked = False
    for span in _tidy(text.spans):
        body = span.text.strip()
        before, _, after = span.text.partition(body) if body else (span.text, "", "")
        marked = bool(body) and (span.strong or span.emphasis)
        # Two marked runs that touch would run their asterisks together; the words matter more than the weight.
        clash = marked and previous_marked and not before
        parts.append(before + _mark(span, escape(body), plain=clash) + after)
        previous_marked = marked and not clash and not after
    return "".join(parts).strip(" ")


def _tidy(spans: Sequence[Span]) -> Iterable[Span]:
    """The runs with their white space collapsed across run borders, and runs of one style joined."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        text = _collapse(span.text, after=last.text if last else " ")
        if last and (last.strong, last.emphasis, last.href) == (span.strong, span.emphasis, span.href):
            joined[-1] = Span(last.text + text, span.strong, span.emphasis, span.href)
        elif text:
            joined.append(Span(text, span.strong, span.emphasis, span.href))
    return joined


def _collapse(text: str, *, after: str) -> str:
    inner = clean(text)
    starts = text[:1].isspace() and text[:1] not in "\u00a0\u202f" and not after.endswith(" ")
    ends = len(text) > 0 and text[-1].isspace() and text[-1] not in "\u00a0\u202f" and bool(inner)
    return (" " if starts else "") + inner + (" " if ends else "")


def _mark(span: Span, body: str, *, plain: bool) -> str:
    if not body:
        return ""
    if not plain:
        stars = ("**" if span.strong else "") + ("*" if span.emphasis else "")
        body = stars + body + stars[::-1]
    href = safe_href(span.href) if span.href else None
    return f"[{body}]({href.replace('_', '%5F').replace('*', '%2A')})" if href else body


def campaign_markdown(campaign: Campaign, pictures: PictureNames) -> str:
    """The whole article as one Markdown file that this program reads again."""
    parts = [f"# {escape(campaign.title)}", f"**{escape(campaign.summary)}**"]
    for section in campaign.sections:
        if section.heading:
            parts.append(f"## {inline(section.heading)}")
        parts += _blocks(body_blocks(campaign, section.blocks), pictures)
    if campaign.sources:
        parts += ["## Nguồn tài liệu", "\n".join(f"- {escape(source)}" for source in campaign.sources)]
    parts += [f"*{escape(line)}*" for line in credit_lines(campaign)]
    return "\n\n".join(part for part in parts if part) + "\n"


def body_blocks(campaign: Campaign, blocks: Sequence[Block]) -> list[Block]:
    """The blocks without the paragraph that is the summary: it already stands as the lead."""
    lead = clean(campaign.summary)
    return [block for block in blocks if not (isinstance(block, Paragraph) and clean(block.text.plain) == lead)]


def credit_lines(campaign: Campaign) -> list[str]:
    """Author, editor and the notice on AI, each as one line; those not given are left out."""
    lines = [f"Người viết: {clean(campaign.author)}"] if campaign.author else []
    lines += [f"Biên tập: {clean(campaign.editor)}"] if campaign.editor else []
    return lines + ([campaign.ai_label] if campaign.ai_label else [])


def _blocks(blocks: Sequence[Block], pictures: PictureNames) -> list[str]:
    parts: list[str] = []
    sign = "-"
    for index, block in enumerate(blocks):
        # Two lists one after the other would become one; another bullet sign keeps them apart.
        follows_list = index > 0 and isinstance(blocks[index - 1], (Bullets, Figures))
        sign = ("*" if sign == "-" else "-") if follows_list else "-"
        parts.append(block_markdown(block, pictures, bullet=sign))
    return parts


def block_markdown(block: Block, pictures: PictureNames, *, bullet: str = "-", question_level: int = 3) -> str:
    """One block as Markdown."""
    match block:
        case Paragraph():
            return inline(block.text)
        case Subheading():
            return f"{'#' * min(max(block.level, 3), 6)} {inline(block.text)}"
        case Bullets():
            return "\n".join(f"{bullet} {inline(item)}" for item in block.items)
        case Figures():
            glued = ((f, f.lead.removeprefix(f.value)) for f in block.items)
            return "\n".join(f"{bullet} **{escape(f.value)}**{glue}{inline(f.label)}".rstrip() for f, glue in glued)
        case Steps():
            return "\n".join(f"{n}. {step_line(s.head, s.body)}" for n, s in enumerate(block.items, 1))
        case Table():
            return table_markdown([inline(c) for c in block.header], [[inline(c) for c in row] for row in block.rows])
        case Chart():
            return f"{picture_markdown(chart_alt(block), pictures.get(block.line, ''), '')}\n\n{chart_table(block)}"
        case Quotation():
            lines = [inline(p) for p in block.paragraphs] + ([f"— {inline(block.source)}"] if block.source else [])
            return "\n>\n".join(f"> {line}" for line in lines)
        case Picture():
            return picture_markdown(block.alt, pictures.get(block.line, ""), block.credit)
        case Questions():
            return _questions(block, pictures, level=question_level)


def _questions(block: Questions, pictures: PictureNames, *, level: int) -> str:
    parts: list[str] = []
    for item in block.items:
        parts += [f"{'#' * level} {inline(item.question)}", *_blocks(item.answer, pictures)]
    return "\n\n".join(parts)


def step_line(head: Text, body: Text) -> str:
    """One step on one line: the head in bold, then what follows it."""
    if not head:
        return inline(body)
    strong = inline(Text(tuple(Span(s.text, True, False, s.href) for s in head.spans)))
    glue = "" if body.plain[:1] in ",.;:" or not body else " "
    return f"{strong}{glue}{inline(body)}"


def picture_markdown(alt: str, name: str, credit: str) -> str:
    """An image with its text alternative and its credit; '' when there is no file for it."""
    if not name:
        return ""
    title = escape(credit).replace('"', "&quot;")
    return f"![{escape(alt)}]({name}" + (f' "{title}")' if title else ")")


def table_markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A pipe table; short rows are filled with empty cells."""
    width = max([len(header), *(len(row) for row in rows)])
    lines = [[*header, *[""] * (width - len(header))], ["---"] * width]
    lines += [[*row, *[""] * (width - len(row))] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def chart_table(chart: Chart) -> str:
    """The numbers behind a chart, as they were written."""
    rows = [
        [inline(label), *(escape(number.written) if number else "–" for number in values)]
        for label, values in zip(chart.labels, chart.values, strict=True)
    ]
    return table_markdown([inline(cell) for cell in chart.header], rows)


_KINDS = {"bars": "Biểu đồ cột", "grouped": "Biểu đồ cột nhóm", "line": "Biểu đồ đường", "share": "Biểu đồ cơ cấu"}


def chart_alt(chart: Chart) -> str:
    """What a reader who cannot see the chart is told: what it compares, its highest and lowest value."""
    names = ", ".join(cell.plain for cell in chart.header[1:])
    about = f"{_KINDS[chart.kind]} về {names} theo {chart.header[0].plain}, {len(chart.labels)} mục"
    known = [
        (number, label.plain)
        for label, row in zip(chart.labels, chart.values, strict=True)
        for number in row
        if number is not None
    ]
    if not known:
        return clean(f"{about}. Số liệu có trong bảng ngay sau hình.")
    high, low = max(known, key=_value), min(known, key=_value)
    ends = f"Cao nhất: {high[1]}, {high[0].written}; thấp nhất: {low[1]}, {low[0].written}"
    return clean(f"{about}. {ends}. Đủ số liệu trong bảng ngay sau hình.")


def _value(entry: tuple[Number, str]) -> Decimal:
    return entry[0].value
