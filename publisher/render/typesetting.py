"""The only module that calls Typst: pages as PNG or PDF from a template's folder and data, and questions to a layout.

Text reaches a template as data in a JSON file, `/data.json`, and is never parsed. A template sees a folder with this,
with copies of its own files and of the pictures given: no link, no other file, no package, no network, no font of the
system.

Typst remembers within a run what it laid out, while all that it was made from is the same. Whatever is in `sys.inputs`
counts as part of everything and would make each question a new one: that is why the data are in a file. For the same
reason a template that much is made with names what it needs of the data one by one.
"""

from __future__ import annotations

import importlib.metadata
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

from publisher.errors import RenderError
from publisher.render.staging import staged

# Characters that stand for layout, not for ink.
_INVISIBLE = frozenset("\n\t\u00a0\u202f\u2060\u200b\u00ad\u2011 ")
_TIMESTAMP = 0  # the same input gives the same bytes
QUESTIONS = 4
"""After so many Typst counts what it remembers as older; what has not been used ten times, it drops."""
_questions = itertools.count(1)


@dataclass(frozen=True)
class Source:
    """What a template may see: folders by the name they get below the root, and pictures as `/pictures/<name>`."""

    folders: Mapping[str, Path]
    main: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def set_png(source: Source, data: Mapping[str, Any], *, fonts: Path, ppi: float = 72.0) -> list[bytes]:
    """Each page as a PNG; at 72 ppi one point is one pixel. Raises RenderError."""
    return _compile(source, data, fonts=fonts, format="png", ppi=ppi)


def set_pages(source: Source, data: Mapping[str, Any], *, fonts: Path) -> list[bytes]:
    """Each of `data["pages"]` as a PNG at 72 ppi, like `set_png`, but half of them drawn beside the others.

    Nothing on a page may depend on another page. Raises RenderError.
    """
    half = (len(data["pages"]) + 1) // 2
    shares = [{**data, "pages": pages} for pages in (data["pages"][:half], data["pages"][half:]) if pages]
    with ThreadPoolExecutor(len(shares)) as threads:  # Typst works beside Python
        drawn = threads.map(lambda share: set_png(source, share, fonts=fonts), shares)
        return [png for pages in drawn for png in pages]


def set_pdf(source: Source, data: Mapping[str, Any], *, fonts: Path) -> bytes:
    """All pages as one PDF with the fonts embedded. Raises RenderError."""
    return _compile(source, data, fonts=fonts, format="pdf", ppi=None)[0]


def query(source: Source, data: Mapping[str, Any], label: str, *, fonts: Path) -> list[Any]:
    """The values of every `metadata(…) <label>` of the laid-out document. Raises RenderError."""
    with _compiler(source, data, fonts) as compiler:
        try:
            text = compiler.query(f"<{label}>", field="value")
        except RuntimeError as error:
            raise _translate(error, source) from error
    _forget_old()
    found: list[Any] = json.loads(text)
    return found


def versions() -> str:
    """What a cache key has to hold of this module's library."""
    return f"typst-{importlib.metadata.version('typst')}"


def _forget_old() -> None:
    """Let Typst drop what it laid out long ago: of itself it does so only when it draws."""
    if next(_questions) % QUESTIONS == 0:
        typst.Compiler(b"", font_paths=[], ignore_system_fonts=True).compile(format="svg")


@contextmanager
def _compiler(source: Source, data: Mapping[str, Any], fonts: Path) -> Iterator[Any]:
    with staged(source.folders, source.pictures) as root:
        (root / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        yield typst.Compiler(
            input=str(root / source.main),
            root=str(root),
            font_paths=_fonts(fonts),
            ignore_system_fonts=True,
            package_path=str(root / "no-packages"),
            package_cache_path=str(root / "no-packages"),
        )


def _compile(source: Source, data: Mapping[str, Any], *, fonts: Path, format: str, ppi: float | None) -> list[bytes]:
    with _compiler(source, data, fonts) as compiler:
        try:
            result = compiler.compile(format=format, ppi=ppi, timestamp=_TIMESTAMP)
        except RuntimeError as error:
            raise _translate(error, source) from error
    return list(result) if isinstance(result, list) else [result]


def _translate(error: Exception, source: Source) -> RenderError:
    message = str(getattr(error, "message", "") or error)
    return RenderError(f"template {source.main}: {message}. Correct the template, or take the one that came with it.")


@lru_cache(maxsize=4)
def _fonts(folder: Path) -> Any:
    """The shipped fonts and no others."""
    paths = sorted({str(path.parent) for path in folder.glob("*/*.ttf")})
    if not paths:
        raise RenderError("assets/fonts: no font there. Put the folders that came with the program back.")
    _check_readable(folder)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)


def _check_readable(folder: Path) -> None:
    """A damaged font would silently be replaced by another: refuse it instead."""
    for path in sorted(folder.glob("*/*.ttf")):
        _letters_of(path)


@lru_cache(maxsize=64)
def _letters_of(path: Path) -> frozenset[int]:
    try:
        with TTFont(path, lazy=True) as font:
            return frozenset(font.getBestCmap())
    except Exception as error:  # fontTools raises whatever its parser stumbles over
        raise RenderError(
            f"assets/fonts/{path.parent.name}/{path.name}: not readable as a font. Put it back."
        ) from error


@lru_cache(maxsize=4)
def covered_letters(fonts: Path) -> frozenset[int]:
    """Code points that at least one shipped font draws."""
    found: set[int] = set()
    for path in sorted(fonts.glob("*/*.ttf")):
        found |= _letters_of(path)
    return frozenset(found)


def check_letters(texts: Iterable[str], *, fonts: Path, place: str) -> None:
    """Raise RenderError naming every character that no shipped font draws: it would vanish without a word."""
    letters = covered_letters(fonts)
    missing = sorted({c for text in texts for c in text if ord(c) not in letters and c not in _INVISIBLE})
    if missing:
        named = ", ".join(f"{c} (U+{ord(c):04X})" for c in missing[:12])
        raise RenderError(f"{place}: no font has {named}. Write these characters another way.")
