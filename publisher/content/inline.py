"""Inline Markdown → Text: styles, links and `{đọc: …}` overrides; everything else is plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from markdown_it.token import Token

from publisher.content.html import describe_html
from publisher.content.model import Span, Text
from publisher.content.picture_settings import SETTINGS, PictureSettings, read_picture_settings
from publisher.content.signs import judge_signs, tidy

# `[57-NQ/TW]{đọc: năm mươi bảy}`: bounded on both sides, no nesting.
_SPOKEN = re.compile(r"\[([^\[\]\n]{1,200})\]\{\s*[đĐ]ọc\s*:\s*([^{}\n]{1,400})\}")
SAFE_SCHEMES = ("http", "https", "mailto", "tel")
_MARKS = "".join(chr(code) for code in range(0x300, 0x370))  # tones and other marks above and below letters
_TEXTS = ("text", "text_literal", "text_special", "code_inline")

Level = Literal["error", "warning"]
Finding = tuple[int, Level, str]
"""How many lines below the start, how bad, and what."""

# Markdown that did not work out and would be read by everybody as it stands.
_LEFT_OVER: tuple[tuple[re.Pattern[str], Level, str], ...] = (
    (
        re.compile(r"!\[[^\[\]\n]{0,200}\]\("), "error",
        "this picture is not readable; a name with blanks stands in angle brackets. Write ![…](<tên ảnh.png>).",
    ),
    (
        re.compile(r"(?<!!)\[[^\[\]\n]{1,200}\]\("), "warning",
        "this link is not readable and shows as it stands; an address has no blanks. Correct it.",
    ),
    (
        re.compile(r"\*\*"), "warning",
        "`**` shows as it stands: bold letters end before a blank or a sign. Put the sign after the second `**`.",
    ),
)  # fmt: skip
_LEFT_BRACES = re.compile(r"\{\s*(?:[đĐd]ọ?o?c|focus|cut|speed)\s*:[^{}\n]{0,60}", re.IGNORECASE)


@dataclass(frozen=True)
class InlinePicture:
    name: str
    alt: str
    credit: str
    settings: PictureSettings
    offset: int


@dataclass
class Inline:
    """What one run of inline Markdown holds: its text, its pictures, and what is wrong with it."""

    text: Text
    pictures: list[InlinePicture] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)


def read_inline(token: Token) -> Inline:
    """Take one inline token apart. Raw HTML is left out and reported; links with an unsafe target are reported."""
    state = _State()
    children = token.children or []
    for index, child in enumerate(children):
        following = children[index + 1] if index + 1 < len(children) else None
        state.take(child, following)
    spans = tuple(split_spoken(merge(state.spans)))
    if any(child.type == "text" and _LEFT_BRACES.search(child.content) for child in children):
        state.problems += _left_braces(spans)
    return Inline(Text(spans), state.pictures, state.problems)


def read_line(text: str) -> Text:
    """A line of the front matter: plain text in which only `[…]{đọc: …}` means something."""
    return Text(tuple(split_spoken([Span(text)]))) if text else Text()


@dataclass
class _State:
    spans: list[Span] = field(default_factory=list)
    pictures: list[InlinePicture] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    strong: int = 0
    emphasis: int = 0
    href: str | None = None
    offset: int = 0
    swallow: str = ""

    def take(self, token: Token, following: Token | None) -> None:
        kind = token.type
        if kind in _TEXTS:
            self.take_text(token)
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
            self.note("warning", describe_html(token.content))
            self.offset += token.content.count("\n")

    def take_text(self, token: Token) -> None:
        text = self.without_swallowed(token.content)
        if token.type == "text":
            for pattern, level, message in _LEFT_OVER:
                if pattern.search(text):
                    self.note(level, message)
        self.add(text)

    def note(self, level: Level, message: str) -> None:
        self.problems.append((self.offset, level, message))

    def add(self, text: str) -> None:
        """Take text as it shows; an entity such as `&#x202E;` may have brought a sign the source did not hold."""
        for refused, message in judge_signs(text):
            self.note("error" if refused else "warning", message)
        if text:
            self.spans.append(Span(text, strong=self.strong > 0, emphasis=self.emphasis > 0, href=self.href))

    def open_link(self, target: str) -> None:
        problem = judge_link(target)
        if problem:
            self.note("error", problem)
        else:
            self.href = target

    def add_picture(self, token: Token, following: Token | None) -> None:
        settings = PictureSettings()
        match = SETTINGS.match(following.content) if following is not None and following.type == "text" else None
        if match:
            self.swallow = match.group()
            settings = read_picture_settings(match.group(1))
            for problem in settings.problems:
                self.note("error", problem)
        alt = "".join(c.content if c.type in _TEXTS else " " * c.type.endswith("break") for c in token.children or [])
        name, credit = str(token.attrs.get("src", "")), str(token.attrs.get("title", ""))
        for refused, message in judge_signs(alt + name + credit):
            self.note("error" if refused else "warning", message)
        alt, credit = (" ".join(tidy(words).split()) for words in (alt, credit))
        self.pictures.append(InlinePicture(tidy(name), alt, credit, settings, self.offset))

    def without_swallowed(self, text: str) -> str:
        """The text after a picture without the `{focus: …}` that belonged to it."""
        rest = text.removeprefix(self.swallow) if self.swallow else text
        self.swallow = ""
        return rest


def merge(spans: Iterable[Span]) -> list[Span]:
    """Neighbours of one style as one span, so that an override is seen whole and marks meet their letters."""
    runs: list[tuple[Span, list[str]]] = []
    for span in spans:
        style, text = replace(span, text=""), span.text
        if runs and runs[-1][0] != style:
            marks = len(text) - len(text.lstrip(_MARKS))  # a mark written behind a `*` still belongs to its letter
            runs[-1][1].append(text[:marks])
            text = text[marks:]
        if runs and runs[-1][0] == style:
            runs[-1][1].append(text)
        elif text:
            runs.append((style, [text]))
    return [restyle(style, tidy("".join(texts))) for style, texts in runs]


def split_spoken(spans: Sequence[Span]) -> Iterator[Span]:
    """Cut `[shown]{đọc: said}` out of the text as spans of their own."""
    for span in spans:
        at = 0
        for match in _SPOKEN.finditer(span.text):
            if match.start() > at:
                yield restyle(span, span.text[at : match.start()])
            yield replace(span, text=match.group(1), spoken=match.group(2).strip())
            at = match.end()
        if at < len(span.text):
            yield restyle(span, span.text[at:])


def _left_braces(spans: Iterable[Span]) -> Iterator[Finding]:
    """`{đọc: …}` and `{focus: …}` that belong to nothing: they would be published as they stand."""
    for span in spans:
        if match := _LEFT_BRACES.search(span.text):
            shown = match.group()[:40]
            message = (
                f"`{shown}` belongs to nothing here; `{{đọc: …}}` follows `[chữ]` and `{{focus: 30% 40%}}` a picture. "
                "Correct it."
            )
            yield 0, "error", message


def restyle(span: Span, text: str) -> Span:
    """Another text in the same style."""
    return replace(span, text=text)


def strip_text(text: Text) -> Text:
    """Without blanks at either end, and without empty runs."""
    spans = [s for s in text.spans if s.text]
    if spans:
        spans[0] = restyle(spans[0], spans[0].text.lstrip())
        spans[-1] = restyle(spans[-1], spans[-1].text.rstrip())
    return Text(tuple(s for s in spans if s.text))


def judge_link(target: str) -> str | None:
    """Why a link's target is refused; None when it is a web, mail or telephone address."""
    try:
        parts = urlsplit(target)
    except ValueError:
        parts = urlsplit("")
    scheme, clean = parts.scheme.lower(), target == tidy(target) and not re.search(r"\s", target)
    if clean and scheme in SAFE_SCHEMES and (parts.netloc if scheme in ("http", "https") else parts.path):
        return None
    shown = tidy(target)[:60]
    return f"link to `{shown}`: a link leads to https://…, mailto:… or tel:…. Write the whole address, or take it out."
