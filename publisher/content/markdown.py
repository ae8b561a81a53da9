"""The Markdown that campaigns are written in: CommonMark with tables, and two rules that keep plain text whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_BRACES = {"{{": "}}", "{%": "%}", "{#": "#}"}
_PREFIX = re.compile(r"(?:\s|>|[-+*]\s|\d{1,9}[.)]\s)*")  # of a list or quotation that holds the table
_BORDER = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")  # a backslash before a sign is Markdown's way to write the sign
_LONGEST_BRACES = 400  # looked at per opening, so that a run of them stays cheap


def make_markdown() -> MarkdownIt:
    """A parser that lets every link through, because a refused one has to be reported, not hidden."""
    options = {"html": True, "store_labels": True, "inline_definitions": True}
    markdown = MarkdownIt("commonmark", options).enable("table")
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    markdown.core.ruler.disable("text_join")  # what was escaped stays apart from what only looks like Markdown
    markdown.inline.ruler.before("escape", "literal_braces", _keep_braces)
    markdown.inline.ruler.before("emphasis", "literal_star", _keep_star)
    return markdown


def _keep_braces(state: StateInline, silent: bool) -> bool:
    """`{{ a*b*c }}` is text, letter by letter: what looks like a template's command loses no sign to Markdown."""
    ending = _BRACES.get(state.src[state.pos : state.pos + 2])
    if ending is None:
        return False
    end = state.src.find(ending, state.pos + 2, min(state.pos + _LONGEST_BRACES, state.posMax))
    if end < 0 or "\n" in state.src[state.pos : end]:
        return False
    _push(state, end + 2, silent)
    return True


def _keep_star(state: StateInline, silent: bool) -> bool:
    """The star of `7*7` multiplies: one star between two letters or digits begins no emphasis."""
    at, text = state.pos, state.src
    if text[at] != "*" or not (0 < at < state.posMax - 1) or not (text[at - 1].isalnum() and text[at + 1].isalnum()):
        return False
    _push(state, at + 1, silent)
    return True


def _push(state: StateInline, end: int, silent: bool) -> None:
    if not silent:
        state.push("text_literal", "", 0).content = _ESCAPED.sub(r"\1", state.src[state.pos : end])
    state.pos = end


def walk(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Every inline token with the block token that holds it."""
    for token in tokens:
        for child in token.children or ():
            yield token, child


def unused_definitions(tokens: Sequence[Token]) -> Iterator[Token]:
    """Lines such as `[Lưu ý]: …`, which Markdown takes for addresses of links, that no link uses: they would vanish."""
    used = {str(child.meta["label"]) for _, child in walk(tokens) if "label" in child.meta}
    for token in tokens:
        if token.type == "definition":
            if token.meta["id"] not in used:
                yield token
            used.discard(token.meta["id"])  # only the first of two is read


def surplus_cells(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[tuple[Token, str]]:
    """Rows of tables with more cells than the heading, and the words of theirs that would vanish."""
    columns = 0
    heading = False
    for token in tokens:
        if token.type == "thead_open":
            columns, heading = 0, True
        elif token.type == "thead_close":
            heading = False
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and not heading and token.map:
            lost = " ".join(" ".join(split_row(lines[token.map[0]])[columns:]).split())
            if lost:
                yield token, lost


def split_row(line: str) -> list[str]:
    """The cells of a table's line; `\\|` is a sign, not a border."""
    cells = _BORDER.split(_PREFIX.sub("", line, count=1))
    if not cells[0].strip():
        cells = cells[1:]
    return cells[:-1] if cells and not cells[-1].strip() else cells
