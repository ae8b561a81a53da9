"""A campaign as short lines, one a part with its line number: what the case files expect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
    Steps,
    Subheading,
    Table,
    Text,
)
from publisher.errors import Problem


def outline(campaign: Campaign, problems: Iterable[Problem]) -> list[str]:
    """Title, summary, every section and block, and every problem."""
    lines = [f"title {campaign.title_line}: {campaign.title}", f"summary {campaign.summary_line}: {campaign.summary}"]
    for section in campaign.sections:
        lines.append(f"section {section.line}: {written(section.heading)}".rstrip())
        lines += [line for block in section.blocks for line in outline_block(block)]
    return lines + [f"{problem.level} {problem.line}: {problem.message}" for problem in problems]


def written(text: Text) -> str:
    """Styles and overrides made visible: `*…*` bold, `/…/` slanted, `<…>` link, `{…}` said."""
    shown = []
    for span in text.spans:
        part = span.text.replace("\n", "⏎")
        part = f"*{part}*" if span.strong else part
        part = f"/{part}/" if span.emphasis else part
        part = f"{part}<{span.href}>" if span.href else part
        shown.append(part if span.spoken is None else f"{part}{{{span.spoken}}}")
    return "".join(shown)


def value_of(number: Number | None) -> str:
    return "–" if number is None else str(number.value)


def outline_block(block: Block) -> Iterator[str]:
    match block:
        case Figures(items):
            yield from (f"figure {f.line}: {f.value} ({value_of(f.number)}) | {written(f.label)}" for f in items)
        case Steps(items):
            yield from (f"step {s.line}: {written(s.head)} | {written(s.body)}" for s in items)
        case Bullets(items, line):
            yield from (f"bullet {line}: {written(item)}" for item in items)
        case Chart():
            yield f"{block.kind} {block.line} [{block.unit}]: {' | '.join(written(h) for h in block.header)}"
            for label, row in zip(block.labels, block.values, strict=True):
                yield f"  {written(label)} | {' | '.join(value_of(v) for v in row)}"
        case Table():
            yield f"table {block.line}: {' | '.join(written(h) for h in block.header)}"
            yield from (f"  {' | '.join(written(cell) for cell in row)}" for row in block.rows)
        case Quotation(paragraphs, source, line):
            yield f"quotation {line}: {' ¶ '.join(written(p) for p in paragraphs)} — {written(source)}"
        case Picture():
            shown = f"picture {block.line}: {block.name} | {block.alt} | {block.credit} | {block.focus}"
            yield f"{shown} | cut {block.cut} | speed {block.speed}" if block.cut or block.speed != 1 else shown
        case Paragraph(text, line):
            yield f"paragraph {line}: {written(text)}"
        case Subheading(text, level, line):
            yield f"h{level} {line}: {written(text)}"
        case Questions(items):
            for item in items:
                yield f"question {item.line}: {written(item.question)}"
                yield from (f"  {line}" for part in item.answer for line in outline_block(part))
