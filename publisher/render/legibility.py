"""Can every text be read? Asked of the drawn pixels themselves: what stands behind each letter, and how large it is.

The pages are drawn twice more: without their words, and with every text in a colour that is its number, cut off at
its own place. The finished page says what colour a letter has, the page without words what lies behind it. So a
photograph below a title, a decoration of a theme and an office's own colours are all judged as a reader sees them.

Where anything looks wrong, two more drawings tell what: every text in its colour and in the opposite of it. Where
both come out whole, a letter of that text covers the pixel, and no mixture of two others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from publisher.render.infographic_pairs import texts_of
from publisher.render.palette import LARGE, TEXT
from publisher.render.typesetting import Source, query, set_png

Pixels = NDArray[np.uint8]
Places = NDArray[np.int64]
"""Pixels by their number, row after row: what a page has of ink is little, and all that is looked at."""

SMALLEST = 24.0
"""Units of 1/1080 of a page's width: 8 px on a phone that shows the page 360 px wide, the least that can be read."""
LARGE_TYPE, LARGE_BOLD_TYPE = 72.0, 56.0
"""18 and 14 points (WCAG 2.2, 1.4.3) on that phone, in the same units."""
BOLD = 700
TOLERATED = 0.01
"""Share of a text's pixels that may fall short: a letter of a long line is more, a stray pixel of its edge less."""
BLENDING = 2
"""Typst mixes colours in whole numbers: a full pixel of a letter is at most so far from the letter's colour."""
CLEAR = 48
"""A pixel that differs so much from the ground has ink on it, not the palest rim of a letter."""
STRAY, HANDFUL = 4, 12
"""Pixels."""
LONG, LONG_OF_OFFICE = 20, 34
"""Letters that have room on a line of any card, and of what closes the last page."""
CLOSING = ("contact", "sources")
COARSE = 0.34
"""Of the resolution: a letter that runs out of its place is seen at a ninth of the pixels too."""
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
    ways = [{**data, "drawn_as": way} for way in ("ghost", "fenced", "trace", "opposite")]

    def draw(way: dict[str, Any], *, part: float = 1.0) -> list[bytes]:
        return set_png(source, way, fonts=fonts, ppi=ppi * part)

    with ThreadPoolExecutor(2) as threads:  # Typst and OpenCV both work beside Python
        ghosts = threads.submit(draw, ways[0])
        texts = read_texts(query(source, ways[1], "seen", fonts=fonts))
        shown = [[text for text in texts if text.page == page and not text.decor] for page in range(1, len(pages) + 1)]
        flaws = [Flaw("size", text, text.size, SMALLEST) for text in texts if text.size < SMALLEST - 0.01]
        sheets = list(zip(pages, ghosts.result(), draw(ways[1]), strict=True))
        coarse = [draw(way, part=COARSE) for way in ways[1:3]] if has_long_words(data["pages"]) else [[], []]
        is_cut = any(map(runs_out, *coarse, ghosts.result()))
        if is_cut or not all(threads.map(looks_sound, shown, sheets)):
            drawings = threads.map(draw, ways[2:])
            sheets = [(page, ghost, *rest) for (page, ghost, _), *rest in zip(sheets, *drawings, strict=True)]
            flaws += [flaw for found in threads.map(judge_drawings, shown, sheets) for flaw in found]
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


def has_long_words(pages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any word may be wider than its place: few have one, and only those pages are drawn for it.

    What only no-break blanks hold together was loosened beforehand wherever a column is narrow.
    """
    for part in (part for page in pages for part in [*page["parts"], page.get("contact") or {}]):
        most = LONG_OF_OFFICE if part.get("kind") in CLOSING else LONG
        if any(len(word) > most for text in texts_of(part) for word in re.split("[\\s\u200b]", text)):
            return True
    return False


def runs_out(fenced: bytes, free: bytes, ghost: bytes) -> bool:
    """Whether some text of a page shows more where nothing cuts it off: it runs out of its place.

    The page itself does not tell where its ink is as pale as the paper it runs onto, or the same. The first two are
    drawn at the coarse resolution.
    """
    shown = open_png(free)
    height, width = shown.shape[:2]
    ground = np.asarray(cv2.resize(open_png(ghost), (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    is_ink, is_cut = (
        np.asarray(cv2.inRange(cv2.absdiff(shown, other), _NONE, (CLEAR,) * 3)) == 0
        for other in (ground, open_png(fenced))
    )
    return int(np.count_nonzero(is_ink & is_cut)) > STRAY


def looks_sound(texts: Sequence[Text], sheets: Sequence[bytes]) -> bool:
    """Whether nothing at all is wrong with one page's texts; False where that takes a closer look.

    `sheets` are PNG of the page, of its ghost and of it with fenced texts.
    """
    page, ghost, fenced = (open_png(sheet) for sheet in sheets)
    is_still = np.asarray(cv2.inRange(cv2.absdiff(fenced, ghost), _NONE, (BLENDING,) * 3)) != 0
    is_clear = np.asarray(cv2.inRange(cv2.absdiff(page, ghost), _NONE, (CLEAR,) * 3)) == 0
    if np.count_nonzero(is_still & is_clear) > STRAY:
        return False  # ink where no text may be
    inked = np.flatnonzero(~is_still)
    numbers = number_places(texts, fenced, inked)
    height, width = is_still.shape
    rows, columns = np.divmod(inked[numbers != 0], width)
    if np.isin(rows, (0, height - 1)).any() or np.isin(columns, (0, width - 1)).any():
        return False
    by_text = group_places(numbers, inked)
    page, ghost = page.reshape(-1, 3), ghost.reshape(-1, 3)
    for number, text in enumerate(texts, 1):
        places = by_text.get(number)
        # Some pixels may be a mixture of two other texts' colours: a handful is no proof that a text is there.
        if places is None or places.size < HANDFUL or judge_contrast(text, page[places], ghost[places]):
            return False
    return True


def judge_drawings(texts: Sequence[Text], sheets: Sequence[bytes]) -> list[Flaw]:
    """The flaws of one page's texts, from PNG of the page, its ghost, and its texts in colours and in the opposite."""
    page, ghost, trace, opposite = (open_png(sheet) for sheet in sheets)
    return judge_page(texts, page, ghost, (trace, opposite))


def judge_page(texts: Sequence[Text], page: Pixels, ghost: Pixels, traces: tuple[Pixels, Pixels]) -> list[Flaw]:
    """The flaws of one page's texts, from the pictures of it (height × width × 3)."""
    trace, opposite = traces
    # Of a pixel that a letter covers in part, something of the ground comes through in both, so they do not add up.
    whole = np.asarray(cv2.inRange(cv2.absdiff(trace, cv2.bitwise_not(opposite)), _NONE, _FEW)) != 0
    inked = np.asarray(cv2.inRange(cv2.absdiff(trace, opposite), _NONE, _NONE)) == 0
    outside = inked & (np.asarray(cv2.inRange(cv2.absdiff(opposite, ghost), _NONE, _FEW)) != 0)
    numbers = number_places(texts, trace, np.arange(whole.size)).reshape(whole.shape)
    chosen = np.flatnonzero(whole & inked)
    by_text = group_places(numbers.reshape(-1)[chosen], chosen)
    page, ghost = page.reshape(-1, 3), ghost.reshape(-1, 3)
    edge = np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]])
    cut, narrow = set(np.unique(edge)), set(np.unique(numbers[outside]))
    flaws = []
    for number, text in enumerate(texts, 1):
        if number not in by_text:
            flaws.append(Flaw("hidden", text))
        elif number in cut:
            flaws.append(Flaw("cut", text))
        elif number in narrow:
            flaws.append(Flaw("narrow", text))
        elif flaw := judge_contrast(text, page[by_text[number]], ghost[by_text[number]]):
            flaws.append(flaw)
    return flaws


def number_places(texts: Sequence[Text], trace: Pixels, places: Places) -> NDArray[np.uint16]:
    """For each of the pixels the place (from 1) of the text that covers it wholly, 0 where none does.

    Every colour there is gets its answer beforehand: one look a pixel, however many texts a page has.
    """
    answers = np.zeros((256, 256, 256), np.uint16)
    for number, text in enumerate(texts, 1):
        answers[tuple(slice(max(0, value - BLENDING), value + BLENDING + 1) for value in text.code)] = number
    blue, green, red = trace.reshape(-1, 3)[places].T.astype(np.int32)
    return np.asarray(answers.reshape(-1)[(blue << 16) | (green << 8) | red], np.uint16)


def group_places(numbers: NDArray[np.uint16], places: Places) -> dict[int, Places]:
    """The places of each number but 0."""
    order = np.argsort(numbers, kind="stable")
    names, starts = np.unique(numbers[order], return_index=True)
    parts = np.split(places[order], starts[1:])
    return {int(name): part for name, part in zip(names, parts, strict=True) if name}


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
