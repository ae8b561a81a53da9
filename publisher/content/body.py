"""The body of a campaign file → sections of blocks, each with the line it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markdown_it.token import Token

from publisher.content.figures import leading_strong, read_figure
from publisher.content.html import describe_html
from publisher.content.inline import Inline, InlinePicture, Level, read_inline, strip_text
from publisher.content.markdown import make_markdown, surplus_cells, unused_definitions
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
from publisher.content.picture_names import is_film, judge_picture_name
from publisher.content.tables import mixed_units, read_table
from publisher.errors import Problem

_QUESTIONS = re.compile(r"hỏi\s*(?:[–—/&-]|và)?\s*đáp", re.IGNORECASE)
_SOURCE = re.compile(r"\s*(?:—|–|--|-)\s*(\S.{0,200})")
# The line under a table's heading; in a paragraph it means that the table did not work out.
_RULER = re.compile(r"^ {0,3}\|?[ :]*-+[ :|-]*$", re.MULTILINE)
_ENDED = (".", "!", "?", "…", ":", ";", ",")


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


class _Reader:
    def __init__(self, path: str, first_line: int) -> None:
        self.path, self.first_line = path, first_line
        self.markdown = make_markdown()
        self.body = Body()
        self.heading, self.line, self.blocks = Text(), first_line, list[Block]()
        self.started = False
        self.env: dict[str, Any] = {}  # addresses that links of the whole body may refer to

    def read(self, text: str) -> Body:
        tokens = self.markdown.parse(text, self.env)
        self.find_lost(tokens, text.split("\n"))
        at = 0
        while at < len(tokens):
            end = _end_of(tokens, at)
            self.take(tokens[at : end + 1])
            at = end + 1
        self.close_section()
        return self.body

    def find_lost(self, tokens: Sequence[Token], lines: Sequence[str]) -> None:
        """Words that Markdown would leave out without a word."""
        for token in unused_definitions(tokens):
            message = (
                f"`[{token.meta['label'][:40]}]: …` is an address for links and shows nowhere; no link uses it. "
                "Take the brackets away, or the line."
            )
            self.complain(self.line_of(token), message)
        for token, lost in surplus_cells(tokens, lines):
            message = f"this row has more cells than the heading, “{lost[:40]}” would be lost. Add a column or a `\\|`."
            self.complain(self.line_of(token), message)

    # -- top level -------------------------------------------------------------------------------------------------

    def take(self, tokens: Sequence[Token]) -> None:
        first = tokens[0]
        if first.type == "heading_open":
            self.take_heading(tokens)
        else:
            self.blocks += self.read_block(tokens)

    def take_heading(self, tokens: Sequence[Token]) -> None:
        level, line = int(tokens[0].tag[1]), self.line_of(tokens[0])
        text = Text(tuple(replace(s, text=s.text.replace("\n", " ")) for s in self.text_of(tokens[1]).spans))
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
            blocks = self.gather_questions() if _QUESTIONS.search(self.heading.plain) else self.blocks
            self.body.sections.append(Section(self.heading, tuple(blocks), self.line))
        self.heading, self.blocks = Text(), []

    # -- blocks ----------------------------------------------------------------------------------------------------

    def read_block(self, tokens: Sequence[Token]) -> list[Block]:
        first = tokens[0]
        if first.type == "paragraph_open":
            return self.read_paragraph(tokens[1])
        if first.type == "bullet_list_open":
            return self.read_bullets(tokens)
        if first.type == "ordered_list_open":
            return [self.read_steps(tokens)]
        if first.type == "table_open":
            return [self.read_table(tokens)]
        if first.type == "blockquote_open":
            return self.read_quotation(tokens)
        if first.type in ("fence", "code_block"):
            return [Paragraph(text, at) for text, at in self.read_code(first)]
        if first.type == "html_block":
            self.name_html(first)
        return []

    def read_code(self, token: Token) -> Iterator[tuple[Text, int]]:
        """The lines of a code block: plain text, a paragraph each."""
        for number, part in enumerate(token.content.split("\n"), token.type == "fence"):
            if part.strip():
                yield Text((Span(part.strip()),)), self.line_of(token) + number

    def name_html(self, token: Token) -> None:
        self.complain(self.line_of(token), describe_html(token.content), level="warning")

    def read_paragraph(self, token: Token) -> list[Block]:
        inline = self.inline(token)
        line = self.line_of(token)
        if inline.pictures:  # where a picture was taken out, one blank is enough
            inline.text = Text(tuple(replace(s, text=re.sub(" {2,}", " ", s.text)) for s in inline.text.spans))
        if "|" in token.content and _RULER.search(token.content):
            message = "this table is not readable; the line of dashes has as many columns as the heading. Correct it."
            self.complain(line, message)
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
        settings = found.settings
        if not is_film(found.name) and (settings.cut or settings.speed != 1):
            self.complain(line, f"picture `{found.name}` stands still: cut and speed are for films. Remove them.")
        return Picture(
            found.name, found.name, found.alt, found.credit, settings.focus, line, settings.cut, settings.speed
        )

    def read_bullets(self, tokens: Sequence[Token]) -> list[Block]:
        """Runs of figure cards and runs of other items, in order."""
        runs: list[tuple[bool, list[Figure], list[Text], int]] = []
        for item in _items(tokens):
            text, line = self.item_text(item), self.line_of(item[0])
            figure = read_figure(text, line)
            if not text:
                continue
            if not runs or runs[-1][0] != (figure is not None):
                runs.append((figure is not None, [], [], line))
            if figure is not None:
                runs[-1][1].append(figure)
            else:
                runs[-1][2].append(text)
        return [
            Figures(tuple(figures), line) if counted else Bullets(tuple(texts), line)
            for counted, figures, texts, line in runs
        ]

    def read_steps(self, tokens: Sequence[Token]) -> Steps:
        start, line = int(tokens[0].attrs.get("start", 1)), self.line_of(tokens[0])
        if start != 1:
            message = (
                f"these steps begin with {start}; outputs count every list from 1. Write one list, or use bullets."
            )
            self.complain(line, message, level="warning")
        return Steps(tuple(self.read_step(item) for item in _items(tokens)), line)

    def read_step(self, item: Sequence[Token]) -> Step:
        text, line = self.item_text(item), self.line_of(item[0])
        head = leading_strong(text)
        unstrong = Text(tuple(replace(span, strong=False) for span in head))
        return Step(strip_text(unstrong), strip_text(Text(text.spans[len(head) :])), line)

    def item_text(self, item: Sequence[Token]) -> Text:
        """Every paragraph of the item, and items below it, as one run of text."""
        spans: list[Span] = []
        below = -1
        for token in item:
            below += token.type == "list_item_open"
            for text, _ in self.read_inner(token):
                if spans:
                    ended = spans[-1].strong or spans[-1].text.rstrip().endswith(_ENDED)
                    spans.append(Span(" " if ended else "; " if below else ". "))
                spans += text.spans
                below = 0
        return strip_text(Text(tuple(spans)))

    def read_inner(self, token: Token) -> Iterator[tuple[Text, int]]:
        """The text a token inside a list or quotation holds, with its line."""
        if token.type == "inline":
            yield self.text_of(token), self.line_of(token)
        elif token.type in ("fence", "code_block"):
            yield from self.read_code(token)
        elif token.type == "html_block":
            self.name_html(token)

    def read_table(self, tokens: Sequence[Token]) -> Chart | Table:
        rows: list[list[Text]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(strip_text(self.text_of(token)))
        line = self.line_of(tokens[0])
        block = read_table(rows[0], rows[1:], line)
        if isinstance(block, Chart) and (units := mixed_units(block)):
            message = (
                f"this chart holds {', '.join(units)} side by side; bars compare only what is counted alike. "
                "Make a table for each."
            )
            self.complain(line, message, level="warning")
        return block

    def read_quotation(self, tokens: Sequence[Token]) -> list[Block]:
        last = max((at for at, token in enumerate(tokens) if token.type == "inline"), default=-1)
        paragraphs: list[Text] = []
        source = Text()
        for at, token in enumerate(tokens):
            kept, named = self.cut_source(token) if at == last else (token, Text())
            source = named or source
            paragraphs += [strip_text(text) for text, _ in self.read_inner(kept) if text]
        if not paragraphs and not source:
            return []
        return [Quotation(tuple(paragraphs), source, self.line_of(tokens[0]))]

    def cut_source(self, token: Token) -> tuple[Token, Text]:
        """The last paragraph of a quotation without its last line, when that names the source."""
        lines = token.content.split("\n")
        match = _SOURCE.fullmatch(lines[-1])
        if match is None:
            return token, Text()
        source = self.text_of(self.parse_inline(match.group(1), token, len(lines) - 1))
        return self.parse_inline("\n".join(lines[:-1]), token, 0), source

    def gather_questions(self) -> list[Block]:
        """In a `Hỏi – đáp` section every `###` is a question, and what follows is its answer."""
        lead: list[Block] = []
        found: list[tuple[Subheading, list[Block]]] = []
        for block in self.blocks:
            if isinstance(block, Subheading) and block.level == 3:
                found.append((block, []))
            else:
                (found[-1][1] if found else lead).append(block)
        for asked, answer in found:
            if not answer:
                self.complain(asked.line, "this question has no answer. Write it below.", level="warning")
        if not found:
            self.complain(self.line, "no question here; a question is a line `### …`. Write one.", level="warning")
            return lead
        items = tuple(Question(asked.text, tuple(answer), asked.line) for asked, answer in found)
        return [*lead, Questions(items, items[0].line)]

    # -- inline ----------------------------------------------------------------------------------------------------

    def parse_inline(self, text: str, like: Token, below: int) -> Token:
        token = self.markdown.parseInline(text, self.env)[0]
        start = like.map[0] if like.map else 0
        token.map = [start + below, start + below + 1]
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

    def complain(self, line: int, message: str, *, level: Level = "error") -> None:
        self.body.problems.append(Problem(self.path, line, message, level))


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
