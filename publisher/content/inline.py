"""Inline Markdown → Text: styles, links and `{đọc: …}` overrides; everything else is plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from markdown_it.token import Token

from publisher.content.model import Span, Text

# `[57-NQ/TW]{đọc: năm mươi bảy}`: bounded on both sides, no nesting.
_SPOKEN = re.compile(r"\[([^\[\]\n]{1,200})\]\{\s*đọc\s*:\s*([^{}\n]{1,400})\}")
_FOCUS = re.compile(r"\s*\{\s*focus\s*:\s*(\d{1,3})\s*%\s+(\d{1,3})\s*%\s*\}")
SAFE_SCHEMES = ("http", "https", "mailto", "tel")


@dataclass
class Inline:
    """What one run of inline Markdown holds: its text, its pictures, and what is wrong with it (offset in lines)."""

    text: Text
    pictures: list[InlinePicture] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class InlinePicture:
    name: str
    alt: str
    credit: str
    focus: tuple[float, float] | None
    offset: int


def read_inline(token: Token) -> Inline:
    """Take one inline token apart. Raw HTML is left out and reported; links with an unsafe target are reported."""
    state = _State()
    children = token.children or []
    for index, child in enumerate(children):
        following = children[index + 1] if index + 1 < len(children) else None
        state.take(child, following)
    return Inline(Text(tuple(split_spoken(state.merged()))), state.pictures, state.problems)


@dataclass
class _State:
    spans: list[Span] = field(default_factory=list)
    pictures: list[InlinePicture] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    strong: int = 0
    emphasis: int = 0
    href: str | None = None
    offset: int = 0
    swallow: str = ""

    def take(self, token: Token, following: Token | None) -> None:
        kind = token.type
        if kind in ("text", "code_inline", "text_special"):
            self.add(self.without_swallowed(token.content))
        elif kind in ("softbreak", "hardbreak"):
            self.offset += 1
            self.add(" " if kind == "softbreak" else "\n")
        elif kind in ("strong_open", "strong_close"):
            self.strong += 1 if kind == "strong_open" else -1
        elif kind in ("em_open", "em_close"):
            self.emphasis += 1 if kind == "em_open" else -1
        elif kind == "link_open":
            self.open_link(str(token.attrs.get("href", "")))
        elif kind == "link_close":
            self.href = None
        elif kind == "image":
            self.add_picture(token, following)
        elif kind == "html_inline":
            self.problems.append((self.offset, "warning", html_message(token.content)))

    def add(self, text: str) -> None:
        if text:
            self.spans.append(Span(text, strong=self.strong > 0, emphasis=self.emphasis > 0, href=self.href))

    def open_link(self, target: str) -> None:
        problem = judge_link(target)
        if problem:
            self.problems.append((self.offset, "error", problem))
        else:
            self.href = target

    def add_picture(self, token: Token, following: Token | None) -> None:
        focus = None
        match = _FOCUS.match(following.content) if following is not None and following.type == "text" else None
        if match:
            self.swallow = match.group()
            focus = (int(match.group(1)) / 100, int(match.group(2)) / 100)
            if max(focus) > 1:
                self.problems.append(
                    (self.offset, "error", "focus: needs two parts of 0% to 100%. Write {focus: 30% 40%}.")
                )
        alt = "".join(c.content for c in token.children or [] if c.type in ("text", "code_inline", "text_special"))
        name = str(token.attrs.get("src", ""))
        credit = str(token.attrs.get("title", ""))
        self.pictures.append(InlinePicture(name, alt.strip(), credit.strip(), focus, self.offset))

    def without_swallowed(self, text: str) -> str:
        """The text after a picture without the `{focus: …}` that belonged to it."""
        rest = text.removeprefix(self.swallow) if self.swallow else text
        self.swallow = ""
        return rest

    def merged(self) -> list[Span]:
        """Neighbours of one style as one span, so that an override is seen whole."""
        spans: list[Span] = []
        for span in self.spans:
            last = spans[-1] if spans else None
            if last and (last.strong, last.emphasis, last.href) == (span.strong, span.emphasis, span.href):
                spans[-1] = Span(last.text + span.text, span.strong, span.emphasis, span.href)
            else:
                spans.append(span)
        return spans


def split_spoken(spans: list[Span]) -> Iterator[Span]:
    """Cut `[shown]{đọc: said}` out of the text as spans of their own."""
    for span in spans:
        at = 0
        for match in _SPOKEN.finditer(span.text):
            if match.start() > at:
                yield Span(span.text[at : match.start()], span.strong, span.emphasis, span.href)
            yield Span(match.group(1), span.strong, span.emphasis, span.href, spoken=match.group(2).strip())
            at = match.end()
        if at < len(span.text):
            yield Span(span.text[at:], span.strong, span.emphasis, span.href)


def judge_link(target: str) -> str | None:
    """Why a link's target is refused; None when it is a web, mail or telephone address."""
    try:
        scheme = urlsplit(target).scheme.lower()
    except ValueError:
        scheme = ""
    if scheme in SAFE_SCHEMES:
        return None
    shown = target[:60]
    return f"link to `{shown}`: a link leads to https://…, mailto:… or tel:…. Write the whole address, or take it out."


def html_message(content: str) -> str:
    """What `check` says of raw HTML."""
    shown = content.strip().splitlines()[0][:40] if content.strip() else ""
    return f"HTML `{shown}` is shown in no output. Write it as Markdown, or take it out."
