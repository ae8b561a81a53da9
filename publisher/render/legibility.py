"""Can every text be read? Asked of the drawn pixels themselves: what stands behind each letter, and how large it is.

The pages are drawn three times more: without their words, with every text in a colour that is its number, and with
every text in the opposite of that colour. Where both colours come out whole, a letter of that text covers the pixel;
the finished page says what colour the letter has there, the page without words what lies behind it. So a photograph
below a title, a decoration of a theme and an office's own colours are all judged as a reader sees them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from publisher.render.palette import LARGE, TEXT
from publisher.render.typesetting import Source, query, set_png

Pixels = NDArray[np.uint8]

SMALLEST = 24.0
"""Units of 1/1080 of a page's width: 8 px on a phone that shows the page 360 px wide, the least that can be read."""
LARGE_TYPE, LARGE_BOLD_TYPE = 72.0, 56.0
"""18 and 14 points (WCAG 2.2, 1.4.3) on that phone, in the same units."""
BOLD = 700
TOLERATED = 0.01
"""Share of a text's pixels that may fall short: a letter of a long line is more, a stray pixel of its edge less."""
BLENDING = 2
"""Typst mixes colours in whole numbers: a full pixel of a letter is at most so far from the letter's colour."""
ROUNDING = 0.05
"""Colours of a screen are whole numbers: 4.48 may be the nearest to 4.5 there is."""


@dataclass(frozen=True)
class Text:
    """One text as laid out. `part` is the index of its part on the page, or `hero`, `head`, `foot`."""

    id: int
    page: int
    part: int | str
    size: float
    weight: int
    decor: bool

    @property
    def needed(self) -> float:
        """The least contrast it may have with what is behind it."""
        large = self.size >= (LARGE_BOLD_TYPE if self.weight >= BOLD else LARGE_TYPE)
        return LARGE if large else TEXT

    @property
    def code(self) -> tuple[int, int, int]:
        """Its colour on the numbered page, as the templates work it out; blue first."""
        red, rest = divmod((self.id * 6700417 + 5417) % 16777213, 65536)
        return rest % 256, rest // 256, red


@dataclass(frozen=True)
class Flaw:
    """Why a text cannot be read: `found` and `needed` are contrasts (`contrast`) or sizes in units (`size`).

    `hidden`: no pixel of it can be seen; `cut`: it reaches over the edge of the page; `narrow`: out of its own place.
    """

    kind: str
    text: Text
    found: float = 0.0
    needed: float = 0.0
    ink: str = ""
    ground: str = ""


def find_flaws(
    source: Source, data: Mapping[str, Any], pages: Sequence[bytes], *, fonts: Path, ppi: float = 72.0
) -> list[Flaw]:
    """Every text of the pages, drawn as PNG at `ppi`, that is too small, too pale, hidden or cut; in order."""
    traced, against = {**data, "drawn_as": "trace"}, {**data, "drawn_as": "opposite"}
    texts = read_texts(query(source, traced, "seen", fonts=fonts))
    flaws = [Flaw("size", text, text.size, SMALLEST) for text in texts if text.size < SMALLEST - 0.01]
    ghosts = set_png(source, {**data, "drawn_as": "ghost"}, fonts=fonts, ppi=ppi)
    drawings = (set_png(source, way, fonts=fonts, ppi=ppi) for way in (traced, against))
    for number, (page, ghost, *traces) in enumerate(zip(pages, ghosts, *drawings, strict=True), 1):
        here = [text for text in texts if text.page == number and not text.decor]
        flaws += judge_page(here, open_png(page), open_png(ghost), [open_png(trace) for trace in traces])
    return sorted(flaws, key=lambda flaw: (flaw.text.page, flaw.text.id))


def read_texts(seen: Sequence[Mapping[str, Any]]) -> list[Text]:
    """The texts of a document, each with the part named last before it."""
    part: int | str = "head"
    found = []
    for entry in seen:
        if "part" in entry:
            part = entry["part"]
        else:
            found.append(Text(part=part, **{name: entry[name] for name in ("id", "page", "size", "weight", "decor")}))
    return found


def open_png(data: bytes) -> Pixels:
    """Its pixels, blue first, as OpenCV has them."""
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def judge_page(texts: Sequence[Text], page: Pixels, ghost: Pixels, traces: Sequence[Pixels]) -> list[Flaw]:
    """The flaws of one page's texts, from the pictures of it."""
    trace, opposite = traces
    # Of a pixel that a letter covers in part, something of the ground comes through in both, so they do not add up.
    whole = cv2.inRange(cv2.absdiff(trace, cv2.bitwise_not(opposite)), _NONE, _FEW)
    empty = cv2.inRange(cv2.absdiff(trace, opposite), _NONE, _NONE)
    outside = trace[(cv2.inRange(cv2.absdiff(opposite, ghost), _NONE, _FEW) != 0) & (np.asarray(empty) == 0)]
    edge = np.concatenate([trace[0], trace[-1], trace[:, 0], trace[:, -1]])
    rows, columns = np.nonzero((np.asarray(whole) != 0) & (np.asarray(empty) == 0))
    inked = trace[rows, columns]
    flaws = []
    for text in texts:
        at = has_colour(inked, text)
        y, x = rows[at], columns[at]
        if not y.size:
            flaws.append(Flaw("hidden", text))
        elif has_colour(edge, text).any():
            flaws.append(Flaw("cut", text))
        elif has_colour(outside, text).any():
            flaws.append(Flaw("narrow", text))
        elif flaw := judge_contrast(text, page[y, x], ghost[y, x]):
            flaws.append(flaw)
    return flaws


def has_colour(pixels: Pixels, text: Text) -> NDArray[np.bool_]:
    """Which of the pixels (n × 3) a letter of this text covers wholly."""
    apart = np.abs(pixels.astype(np.int16) - np.array(text.code, np.int16))
    return np.asarray(apart.max(axis=1, initial=0) <= BLENDING, np.bool_)


def judge_contrast(text: Text, ink: Pixels, ground: Pixels) -> Flaw | None:
    """The flaw when more than a stray pixel of the text has too little contrast with what is behind it."""
    ratios = contrasts(ink, ground)
    short = ratios < text.needed - ROUNDING
    if short.sum() <= TOLERATED * short.size:
        return None
    worst = int(np.argmin(ratios))
    flaw = Flaw("contrast", text, float(ratios[worst]), text.needed)
    return replace(flaw, ink=_hex(ink[worst]), ground=_hex(ground[worst]))


def contrasts(one: Pixels, other: Pixels) -> NDArray[np.float64]:
    """Contrast of each pixel of `one` with the same of `other`, 1…21 (WCAG 2.2)."""
    first, second = _luminance(one), _luminance(other)
    ratio: NDArray[np.float64] = (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)
    return ratio


_NONE, _FEW = (0, 0, 0), (2 * BLENDING,) * 3
_STEPS = np.arange(256) / 255
_LINEAR = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4)


def _luminance(pixels: Pixels) -> NDArray[np.float64]:
    light: NDArray[np.float64] = _LINEAR[pixels] @ np.array([0.0722, 0.7152, 0.2126])
    return light


def _hex(pixel: Pixels) -> str:
    blue, green, red = (int(channel) for channel in pixel)
    return f"#{red:02x}{green:02x}{blue:02x}"
