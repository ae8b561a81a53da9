"""An article's HTML taken apart or given other picture addresses, for services that take their own forms. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import PurePosixPath

from publisher.channels.base import Media

_BLOCKS = frozenset(
    {
        "article", "aside", "blockquote", "caption", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1",
        "h2", "h3", "h4", "h5", "h6", "header", "li", "ol", "p", "section", "table", "tr", "ul",
    }
)  # fmt: skip
_SOURCE = re.compile(r'(<img\b[^>]*?\bsrc=")([^"]*)(")', re.IGNORECASE)


@dataclass(frozen=True)
class TextItem:
    """One paragraph, list item, heading or table row, as plain text."""

    text: str
    heading: bool = False


@dataclass(frozen=True)
class ImageItem:
    """A picture of the post, by the name it has in the HTML."""

    name: str
    alt: str


Item = TextItem | ImageItem


def split_body(body: str) -> tuple[Item, ...]:
    """The article's words and pictures in order. Every word is kept; no markup is."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    reader.flush()
    return tuple(reader.items)


@dataclass
class _List:
    ordered: bool
    count: int = 0


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.items: list[Item] = []
        self._text: list[str] = []
        self._lead = ""
        self._heading = False
        self._lists: list[_List] = []
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.flush()
        if tag in ("ul", "ol"):
            self._lists.append(_List(tag == "ol"))
        elif tag == "li" and self._lists:
            self._lists[-1].count += 1
            self._lead = f"{self._lists[-1].count}. " if self._lists[-1].ordered else "• "
        elif tag in ("td", "th"):
            if self._cells:
                self._text.append(" – ")
            self._cells += 1
        elif tag == "tr":
            self._cells = 0
        elif tag == "br":
            self._text.append("\n")
        elif tag == "img":
            self.flush()
            values = dict(attrs)
            self.items.append(ImageItem(values.get("src") or "", values.get("alt") or ""))
        elif re.fullmatch(r"h[1-6]", tag):
            self._heading = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.flush()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag == "tr":
            self._cells = 0

    def handle_data(self, data: str) -> None:
        self._text.append(data.replace("\n", " "))  # a line end of the source is a blank; only <br> breaks a line

    def flush(self) -> None:
        lines = "".join(self._text).split("\n")
        text = "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)
        if text:
            self.items.append(TextItem(f"{self._lead}{text}", self._heading))
            self._lead = ""
        self._text, self._heading = [], False


@dataclass(frozen=True)
class Pictures:
    """The post's pictures as an article names them: by file name, or by its stem where the file was re-encoded."""

    media: Iterable[Media]
    by_name: Mapping[str, Media] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str, Media] = {}
        for item in self.media:
            if item.role == "image":
                found.setdefault(PurePosixPath(item.name).stem, item)
                found[item.name] = item
        object.__setattr__(self, "by_name", found)

    def find(self, source: str) -> Media | None:
        name = PurePosixPath(source).name
        return self.by_name.get(name) or self.by_name.get(PurePosixPath(name).stem)


def replace_sources(body: str, addresses: Mapping[str, str], pictures: Pictures) -> str:
    """The HTML with each picture's address; `addresses` goes by SHA-256. A picture without one is left out."""

    def put(match: re.Match[str]) -> str:
        media = pictures.find(html.unescape(match[2]))
        address = addresses.get(media.sha256, "") if media else ""
        return f"{match[1]}{html.escape(address, quote=True)}{match[3]}"

    return _SOURCE.sub(put, body)


def names_in(body: str) -> tuple[str, ...]:
    """The names of all pictures the HTML asks for."""
    return tuple(html.unescape(match[2]) for match in _SOURCE.finditer(body))
