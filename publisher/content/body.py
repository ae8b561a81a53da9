"""The body of a campaign file → sections of blocks, each with the line it came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token

from publisher.content.inline import Inline, InlinePicture, html_message, read_inline
from publisher.content.model import (
    Block,
    Bullets,
    Chart,
    Figure,
    Figures,
    Paragraph,
    Picture,
    Question,
    Questions,
    Quotation,
    Section,
    Span,
    Step,
    Steps,
    Subheading,
    Table,
    Text,
)
from publisher.content.numbers import parse_number
from publisher.content.tables import read_table
from publisher.errors import Problem

_QUESTIONS = re.compile(r"hỏi\s*[–—-]\s*đáp", re.IGNORECASE)
_SOURCE = re.compile(r"\s*(?:—|–|--|-)\s*(\S.{0,200})")
_LONGEST_FIGURE = 24


@dataclass
class Body:
    """What the body holds: its title (first `#`), its sections, and what is wrong."""

    title: Text = field(default_factory=Text)
    title_line: int = 0
    sections: list[Section] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_body(text: str, *, path: str, first_line: int) -> Body:
    """Parse the body; `first_line` is the line of the file on which `text` begins."""
    return _Reader(path, first_line).read(text)


def make_markdown() -> MarkdownIt:
    """CommonMark with tables. Every link is let through here, because a refused one has to be reported, not hidden."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return markdown


class _Reader:
    def __init__(self, path: str, first_line: int) -> None:
        self.path, self.first_line = path, first_line
        self.markdown = make_markdown()
        self.body = Body()
        self.heading, self.line, self.blocks = Text(), first_line, list[Block]()
        self.started = False

    def read(self, text: str) -> Body:
        tokens = self.markdown.parse(text)
        at = 0
        while at < len(tokens):
            end = _end_of(tokens, at)
            self.take(tokens[at : end + 1])
            at = end + 1
        self.close_section()
        return self.body

    # -- top level -------------------------------------------------------------------------------------------------

    def take(self, tokens: Sequence[Token]) -> None:
        first = tokens[0]
        if first.type == "heading_open":
            self.take_heading(tokens)
        else:
            self.blocks += self.read_block(tokens)

    def take_heading(self, tokens: Sequence[Token]) -> None:
        level, line = int(tokens[0].tag[1]), self.line_of(tokens[0])
        text = self.text_of(tokens[1])
        if level == 1:
            if self.body.title:
                self.complain(line, "a second `#` heading; a campaign has one title. Write `##` for a section.")
            self.body.title, self.body.title_line = self.body.title or text, self.body.title_line or line
        elif level == 2:
            self.close_section()
            self.heading, self.line, self.started = text, line, True
        else:
            self.blocks.append(Subheading(text, level, line))

    def close_section(self) -> None:
        if self.blocks or self.started:
            blocks = gather_questions(self.blocks) if _QUESTIONS.search(self.heading.plain) else self.blocks
            self.body.sections.append(Section(self.heading, tuple(blocks), self.line))
        self.heading, self.blocks = Text(), []

    # -- blocks ----------------------------------------------------------------------------------------------------

    def read_block(self, tokens: Sequence[Token]) -> list[Block]:
        first = tokens[0]
        line = self.line_of(first)
        if first.type == "paragraph_open":
            return self.read_paragraph(tokens[1])
        if first.type == "bullet_list_open":
            return self.read_bullets(tokens)
        if first.type == "ordered_list_open":
            items = tuple(self.read_step(item) for item in _items(tokens))
            return [Steps(items, line)]
        if first.type == "table_open":
            return [self.read_table(tokens)]
        if first.type == "blockquote_open":
            return self.read_quotation(tokens)
        if first.type in ("fence", "code_block"):
            lines = [part for part in first.content.splitlines() if part.strip()]
            return [Paragraph(Text((Span(part.strip()),)), line) for part in lines]
        if first.type == "html_block":
            self.complain(line, html_message(first.content), level="warning")
        return []

    def read_paragraph(self, token: Token) -> list[Block]:
        inline = self.inline(token)
        line = self.line_of(token)
        blocks: list[Block] = [Paragraph(strip_text(inline.text), line)] if inline.text else []
        return blocks + [b for p in inline.pictures if (b := self.read_picture(p, line + p.offset))]

    def read_picture(self, found: InlinePicture, line: int) -> Picture | None:
        before = len(self.body.problems)
        if not found.alt:
            self.complain(
                line, f"picture `{found.name}` has no text between the brackets; say what it shows: ![…]({found.name})."
            )
        reason = judge_picture_name(found.name)
        if reason:
            self.complain(line, reason)
        if len(self.body.problems) > before:
            return None
        return Picture(found.name, found.name, found.alt, found.credit, found.focus, line)

    def read_bullets(self, tokens: Sequence[Token]) -> list[Block]:
        """Runs of figure cards and runs of other items, in order."""
        blocks: list[Block] = []
        for item in _items(tokens):
            text, line = self.item_text(item), self.line_of(item[0])
            figure = read_figure(text, line)
            last = blocks[-1] if blocks else None
            if figure is not None and isinstance(last, Figures):
                blocks[-1] = Figures((*last.items, figure), last.line)
            elif figure is not None:
                blocks.append(Figures((figure,), line))
            elif isinstance(last, Bullets):
                blocks[-1] = Bullets((*last.items, text), last.line)
            else:
                blocks.append(Bullets((text,), line))
        return blocks

    def read_step(self, item: Sequence[Token]) -> Step:
        text, line = self.item_text(item), self.line_of(item[0])
        head = _leading_strong(text)
        return (
            Step(_unstrong(head), strip_text(Text(text.spans[len(head) :])), line) if head else Step(Text(), text, line)
        )

    def item_text(self, item: Sequence[Token]) -> Text:
        """Every paragraph of the item, and items below it, as one run of text."""
        spans: list[Span] = []
        for token in item:
            if token.type == "inline":
                inline = self.inline(token)
                spans += [Span(" ")] * bool(spans) + list(inline.text.spans)
                for picture in inline.pictures:
                    self.complain(
                        self.line_of(token) + picture.offset,
                        f"picture `{picture.name}` inside a list; a picture stands in a paragraph of its own. Move it.",
                    )
            elif token.type in ("fence", "code_block"):
                spans.append(Span(" " * bool(spans) + " ".join(token.content.split())))
        return strip_text(Text(tuple(spans)))

    def read_table(self, tokens: Sequence[Token]) -> Chart | Table:
        rows: list[list[Text]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(strip_text(self.text_of(token)))
        return read_table(rows[0], rows[1:], self.line_of(tokens[0]))

    def read_quotation(self, tokens: Sequence[Token]) -> list[Block]:
        parts = [token for token in tokens if token.type == "inline"]
        paragraphs: list[Text] = []
        source = Text()
        for index, token in enumerate(parts):
            lines = token.content.split("\n")
            match = _SOURCE.fullmatch(lines[-1]) if index == len(parts) - 1 else None
            if match:
                source = self.text_of(self.parse_inline(match.group(1), token))
                lines = lines[:-1]
            if lines:
                paragraphs.append(strip_text(self.text_of(self.parse_inline("\n".join(lines), token))))
        line = self.line_of(tokens[0])
        return [Quotation(tuple(p for p in paragraphs if p), source, line)]

    # -- inline ----------------------------------------------------------------------------------------------------

    def parse_inline(self, text: str, like: Token) -> Token:
        token = self.markdown.parseInline(text)[0]
        token.map = like.map
        return token

    def inline(self, token: Token) -> Inline:
        inline = read_inline(token)
        for offset, level, message in inline.problems:
            self.complain(self.line_of(token) + offset, message, level=level)
        return inline

    def text_of(self, token: Token) -> Text:
        """Inline text where no picture may stand."""
        inline = self.inline(token)
        for picture in inline.pictures:
            message = f"picture `{picture.name}` stands here; a picture stands in a paragraph of its own. Move it."
            self.complain(self.line_of(token) + picture.offset, message)
        return strip_text(inline.text)

    def line_of(self, token: Token) -> int:
        return (token.map[0] if token.map else 0) + self.first_line

    def complain(self, line: int, message: str, *, level: str = "error") -> None:
        self.body.problems.append(Problem(self.path, line, message, "warning" if level == "warning" else "error"))


def _end_of(tokens: Sequence[Token], at: int) -> int:
    """Index of the token that closes the block opened at `at`."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth <= 0:
            return index
    return len(tokens) - 1


def _items(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """The tokens of each item of a list, opening token first."""
    items = []
    at = 1
    while at < len(tokens) - 1:
        end = _end_of(tokens, at)
        items.append(tokens[at : end + 1])
        at = end + 1
    return items


def read_figure(text: Text, line: int) -> Figure | None:
    """`**80%** người dân…` as a figure card; None when the item does not start with a bold figure."""
    head = _leading_strong(text)
    value = "".join(span.text for span in head).strip()
    if not head or len(value) > _LONGEST_FIGURE or not any(c.isdigit() for c in value):
        return None
    label = Text(text.spans[len(head) :])
    first = label.spans[0].text.lstrip(" :–—-") if label.spans else ""
    rest = (Span(first, *_style(label.spans[0])), *label.spans[1:]) if label.spans else ()
    return Figure(value, strip_text(Text(rest)), parse_number(value), line)


def _style(span: Span) -> tuple[bool, bool, str | None, str | None]:
    return (span.strong, span.emphasis, span.href, span.spoken)


def _leading_strong(text: Text) -> tuple[Span, ...]:
    head = []
    for span in text.spans:
        if not span.strong:
            break
        head.append(span)
    return tuple(head)


def _unstrong(spans: tuple[Span, ...]) -> Text:
    return strip_text(Text(tuple(Span(s.text, False, s.emphasis, s.href, s.spoken) for s in spans)))


def strip_text(text: Text) -> Text:
    """Without blanks at either end, and without empty runs."""
    spans = [s for s in text.spans if s.text]
    if spans:
        spans[0] = Span(spans[0].text.lstrip(), *_style(spans[0]))
        spans[-1] = Span(spans[-1].text.rstrip(), *_style(spans[-1]))
    return Text(tuple(s for s in spans if s.text))


def gather_questions(blocks: Sequence[Block]) -> list[Block]:
    """In a `Hỏi – đáp` section every `###` is a question, and what follows is its answer."""
    lead: list[Block] = []
    questions: list[Question] = []
    for block in blocks:
        if isinstance(block, Subheading) and block.level == 3:
            questions.append(Question(block.text, (), block.line))
        elif questions:
            last = questions[-1]
            questions[-1] = Question(last.question, (*last.answer, block), last.line)
        else:
            lead.append(block)
    return [*lead, Questions(tuple(questions), questions[0].line)] if questions else lead


def judge_picture_name(name: str) -> str | None:
    """Why a picture's name is refused before any file is looked for."""
    remedy = "Put the file beside the campaign or under assets/ and write its name."
    if not name or "\x00" in name or "\\" in name or ":" in name or name.startswith(("/", "~")):
        return f"picture `{name[:60]}`: a picture is a file of this workspace, never an address. {remedy}"
    if ".." in PurePosixPath(name).parts or "%" in name:
        return f"picture `{name[:60]}`: its path leaves the folder. {remedy}"
    return None
