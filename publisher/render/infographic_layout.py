"""From a campaign to the pages of a format: parts measured by Typst, paired, and drawn as large as the pages allow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any

from publisher.errors import RenderError
from publisher.render.base import RenderJob, Size
from publisher.render.infographic_data import all_texts, base_data, chart_height, closing_parts, hero_part
from publisher.render.infographic_heights import Asked, Ruler
from publisher.render.infographic_pages import (
    FULL,
    GAP,
    Frame,
    fill_of,
    frame_of,
    height_of,
    judge,
    make_pages,
    number_pages,
    ties,
)
from publisher.render.infographic_pairs import Heights, Pair, find_pairs, heights_of, join
from publisher.render.infographic_plan import Part, make_parts, split_part
from publisher.render.infographic_title import SMALLEST_WITH_LEAD, first_sizes, fit_hero
from publisher.render.pictures import crop_picture
from publisher.render.theme import Theme
from publisher.render.typesetting import Source, check_letters

LIBRARY = "infographic"
MOST_SPLITS = 400
LARGER, WORTH = 1.24, 1.05  # how much larger everything may be drawn, and from when on it is worth it
WELL_FILLED = 0.94
SHAPES = (0.58, 0.5, 0.44)  # heights of a picture below the title, as shares of its width
HALF_SHAPE = 0.8
BROADEST = 1.6  # times as wide as tall, on a broad page
TITLE_BESIDE = 0.6  # of the width, beside a picture


@dataclass(frozen=True)
class Layout:
    """Everything a format needs: what the templates see, the data, and the pages as planned."""

    source: Source
    data: dict[str, Any]
    pages: list[dict[str, Any]]
    fill: float
    quality: tuple[int, float]

    @property
    def is_larger(self) -> bool:
        """Whether type is larger than it need be."""
        return bool(self.data["unit"] * FULL > self.data["width"] + 1e-6)


def lay_out(job: RenderJob, theme: Theme, size: Size, *, cover: bool = False, larger: bool = True) -> Layout:
    """Parts, measured by Typst, on as many pages as they need, and, if `larger`, as large as so many pages allow.

    Raises RenderError.
    """
    setter = Setter(job, theme, size, cover=cover)
    first = setter.set_pages(FULL)
    if not larger:
        return first
    most = min(LARGER, math.sqrt(WELL_FILLED / max(first.fill, 0.1)))
    for factor in (most, math.sqrt(most)):
        if factor < WORTH:
            break
        if not setter.may_win(FULL / factor, first):
            continue
        try:
            layout = setter.set_pages(FULL / factor)
        except RenderError:
            continue  # what has room in smaller type may have none in larger
        if layout.quality <= first.quality:
            return layout
    return first


@dataclass(frozen=True)
class Packed:
    """What pages were made of: the height of the title, the parts and their heights, in units."""

    title: float
    parts: Sequence[Part]
    heights: Sequence[float]


@dataclass
class Setter:
    """A campaign in one theme and format, to be set in any size of type; pictures are cropped once."""

    job: RenderJob
    theme: Theme
    size: Size
    cover: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    packed: list[Packed] = field(default_factory=list)

    def __post_init__(self) -> None:
        unit, workspace = self.job.unit, self.job.workspace
        if unit.mark:
            self.files["mark.png"] = unit.mark.read_bytes()
        self.fonts = workspace.assets / "fonts"
        self.folders = {"lib": workspace.templates / LIBRARY, "theme": self.theme.folder}
        self.landscape = self.size.width > self.size.height
        self.pictures = {picture.path: picture for picture in self.job.campaign.pictures()}

    @property
    def place(self) -> str:
        return self.job.campaign.path

    def source(self, main: str) -> Source:
        return Source(self.folders, main, self.files)

    def set_pages(self, across: float) -> Layout:
        """The pages when they are so many units wide."""
        frame = frame_of(self.size, across)
        data = base_data(self.job.campaign, self.job.unit, self.theme, self.size, frame)
        parts, hero = self.parts(frame), hero_part(self.job, landscape=self.landscape)
        if self.cover:
            hero["summary"] = ""  # it stands beside the cover, as the article's own lead
        check_letters(all_texts([hero, *parts, data]), fonts=self.fonts, place=self.place)
        ruler = Ruler(self.source("lib/measure.typ"), data, self.fonts)
        ruler.ask(self.foreseen(hero, parts, frame))
        parts, heights = measured(parts, ruler, frame, place=self.place)
        stacked = self.compose(hero, parts, heights, ruler, frame)
        paired = join(parts, heights, list(self.sides(parts, ruler, frame)), room=frame.room)
        if len(paired[0]) < len(parts):
            composed = self.compose(hero, *paired, ruler, frame)
            stacked = min(composed, stacked, key=lambda pages: judge(pages, frame))
        number_pages(stacked, self.job.campaign, self.job.unit)
        fill, quality = fill_of(stacked, frame), judge(stacked, frame)
        for page in stacked:
            del page["used"]  # nothing is drawn from it, and it is another number for every office
        return Layout(self.source("lib/pages.typ"), data, stacked, fill, quality)

    def may_win(self, across: float, first: Layout) -> bool:
        """Whether pages so many units wide may do with no more of them than those set first, FULL units wide.

        On a narrower page a part takes as many units of height or more, but for pictures, which keep their shape, and
        charts, which are as tall as the page allows; the title, and a picture below it, may come out smaller for the
        sake of what else the first page is to show.
        """
        frame = frame_of(self.size, across)
        flat = SHAPES[-1] / SHAPES[0] * across / FULL
        before, after = (chart_height(one, landscape=self.landscape) for one in (frame_of(self.size), frame))

        def least_of(part: Part, tall: float) -> float:
            if part["kind"] == "picture":
                return tall * flat
            return tall - (before - after) if part["kind"] in ("chart", "pair") else tall

        def least(packed: Packed) -> int:
            heights = [least_of(part, tall) for part, tall in zip(packed.parts, packed.heights, strict=True)]
            title = packed.title * SMALLEST_WITH_LEAD
            return len(make_pages({"kind": "hero"}, title, packed.parts, heights, frame, landscape=self.landscape))

        return any(least(packed) <= first.quality[0] for packed in self.packed)

    def pages(
        self, hero: Part, title: float, parts: Sequence[Part], heights: Sequence[float], frame: Frame
    ) -> list[dict[str, Any]]:
        if frame.across == FULL:
            self.packed.append(Packed(title, parts, heights))
        return make_pages(hero, title, parts, heights, frame, landscape=self.landscape)

    def foreseen(self, hero: Part, parts: Sequence[Part], frame: Frame) -> Iterator[Asked]:
        """What is going to be measured, whatever comes of it."""
        beside = self.landscape and bool(parts) and parts[0]["kind"] == "picture"
        for size in first_sizes(hero, alone=not self.landscape):
            yield {**hero, "size": size}, frame.content * TITLE_BESIDE if beside else frame.content
        for part in [*parts, *([] if self.landscape else small_figures(parts))]:
            yield part, frame.content
        for pair in find_pairs(parts, landscape=self.landscape):
            yield from ((part, frame.half) for part in self.shape(pair, frame).parts)

    def parts(self, frame: Frame) -> list[Part]:
        """Every part of the campaign, its pictures cropped."""
        if self.cover:
            return []
        tall, wide = min(frame.content * SHAPES[0], frame.room * 0.66), frame.content
        if self.landscape:
            tall = min(frame.room * 0.8, frame.content * SHAPES[0])
            wide = min(frame.content, tall * BROADEST)
        names = {path: self.crop(path, frame, wide, tall) for path in self.pictures}
        made = make_parts(self.job.campaign, names, landscape=self.landscape)
        if self.landscape:
            made = [{**part, "wide": wide} if part["kind"] == "picture" else part for part in made]
        return [*made, *closing_parts(self.job.campaign, self.job.unit)]

    def crop(self, path: str, frame: Frame, width: float, height: float) -> str:
        """The name of a picture cropped to a size in units; a size that was asked for before is not cropped again."""
        pixels = self.size.width / frame.across
        across, down = round(width * pixels), round(height * pixels)
        name = f"picture-{list(self.pictures).index(path)}-{across}x{down}.jpg"
        if name not in self.files:
            root = self.job.workspace.root
            self.files[name] = crop_picture(self.pictures[path], root, width=across, height=down, place=self.place)
        return name

    def sides(self, parts: Sequence[Part], ruler: Ruler, frame: Frame) -> Iterator[tuple[Pair, Heights]]:
        """What may stand side by side, and how tall it is there."""
        pairs = [self.shape(pair, frame) for pair in find_pairs(parts, landscape=self.landscape)]
        ruler.ask((part, frame.half) for pair in pairs for part in pair.parts)
        for pair in pairs:
            yield pair, heights_of(pair, ruler.heights(pair.parts, frame.half))

    def shape(self, pair: Pair, frame: Frame) -> Pair:
        """The pair with its pictures cropped for half a page."""

        def settle(part: Part) -> Part:
            if part["kind"] != "picture":
                return part
            tall = min(frame.half * HALF_SHAPE, frame.room * 0.72)
            return {**part, "file": self.crop(part["path"], frame, frame.half, tall)}

        return replace(pair, left=tuple(map(settle, pair.left)), right=tuple(map(settle, pair.right)))

    def compose(
        self, hero: Part, parts: list[Part], heights: list[float], ruler: Ruler, frame: Frame
    ) -> list[dict[str, Any]]:
        """The pages of these parts: the title, with what it leaves room for, then the rest."""
        if self.landscape and parts and parts[0]["kind"] == "picture":
            try:
                return self.compose_beside(hero, parts, heights, ruler, frame)
            except RenderError:
                pass  # the title needs the whole width
        leads = [] if self.landscape else list(self.leads(parts, heights, ruler, frame))
        hero, hero_height, summary, lead = fit_hero(
            hero, ruler, frame, width=frame.content, leads=[tall for tall, *_ in leads], place=self.place
        )
        if lead is not None:
            _, parts, heights = leads[lead]
            parts = [self.reshape(part, frame) for part in parts]
        if summary and not self.cover:
            moved, own_heights = measured(summary, ruler, frame, place=self.place)
            parts, heights = [*moved, *parts], [*own_heights, *heights]
        return self.pages(hero, hero_height, parts, heights, frame)

    def compose_beside(
        self, hero: Part, parts: list[Part], heights: list[float], ruler: Ruler, frame: Frame
    ) -> list[dict[str, Any]]:
        """The pages of a broad format that begins with a picture: it stands beside the title, as tall as the page."""
        picture, wide = parts[0], frame.content * TITLE_BESIDE
        hero, hero_height, moved, _ = fit_hero(hero, ruler, frame, width=wide, leads=(), place=self.place)
        if moved or (self.job.campaign.ai_label and picture["credit"]):
            raise RenderError(f"{self.place}: the title does not fit beside a picture.")
        file = self.crop(picture["path"], frame, frame.across - wide - 2 * frame.margin, frame.height)
        hero["side"] = {"file": file, "alt": picture["alt"], "credit": picture["credit"]}
        pages = self.pages(hero, hero_height, parts[1:], heights[1:], frame)
        pages[0]["hero_width"] = wide
        return pages

    def leads(
        self, parts: list[Part], heights: list[float], ruler: Ruler, frame: Frame
    ) -> Iterator[tuple[float, list[Part], list[float]]]:
        """How tall that is which has to stand below the title, with all parts and their heights: as they are, then
        with a flatter picture or smaller figures at the beginning."""
        at = first_body(parts)
        if at is None:
            return
        yield height_of(heights[: at + 1], ties(parts[: at + 1]), GAP), parts, heights
        for tall, changed in self.smaller(parts, heights, at, ruler, frame):
            all_heights = [*heights[:at], *tall, *heights[at + len(tall) :]]
            own = [*parts[:at], *changed, *parts[at + len(changed) :]]
            yield height_of(all_heights[: at + 1], ties(own[: at + 1]), GAP), own, all_heights

    def smaller(
        self, parts: list[Part], heights: list[float], at: int, ruler: Ruler, frame: Frame
    ) -> Iterator[tuple[list[float], list[Part]]]:
        """What begins at a place in forms that take less room, with their heights."""
        part = parts[at]
        if part["kind"] == "picture":
            whole = min(frame.content * SHAPES[0], frame.room * 0.66)
            for tall in (frame.content * shape for shape in SHAPES[1:]):
                if tall < whole:
                    yield [heights[at] - whole + tall], [{**part, "tall": tall}]
        elif changed := small_figures(parts):
            yield ruler.heights(changed, frame.content), changed

    def reshape(self, part: Part, frame: Frame) -> Part:
        """A picture that takes less room is cropped anew."""
        if "tall" not in part:
            return part
        return {**part, "file": self.crop(part["path"], frame, frame.content, part["tall"])}


def first_body(parts: Sequence[Part]) -> int | None:
    """Where the first part is that no other introduces."""
    return next((at for at, part in enumerate(parts) if not part.get("keep")), None)


def small_figures(parts: Sequence[Part]) -> list[Part]:
    """The figures that the parts begin with, in smaller cards; nothing when they begin otherwise."""
    at = first_body(parts)
    if at is None or parts[at]["kind"] != "figures" or parts[at]["layout"] != "grid":
        return []
    return [{**part, "small": True} for part in takewhile(lambda part: part["kind"] == "figures", parts[at:])]


def measured(parts: list[Part], ruler: Ruler, frame: Frame, *, place: str) -> tuple[list[Part], list[float]]:
    """The parts with their heights; what is taller than a page is cut at natural places until nothing is."""
    heights = ruler.heights(parts, frame.content)
    for _ in range(MOST_SPLITS):
        tall = {at for at, height in enumerate(heights) if height > frame.room - led(parts, heights, at)}
        if not tall:
            return parts, heights
        parts = cut_tall(parts, heights, tall, room=frame.room, place=place)
        heights = ruler.heights(parts, frame.content)
    raise RenderError(f"{place}: a block is too long for a page. Cut it into several paragraphs.")


def led(parts: Sequence[Part], heights: Sequence[float], at: int) -> float:
    """What stands above a part on every page: the headings that introduce it."""
    total = 0.0
    while at and parts[at - 1].get("keep"):
        at -= 1
        total += heights[at] + GAP * 0.6
    return total


def cut_tall(parts: list[Part], heights: Sequence[float], tall: set[int], *, room: float, place: str) -> list[Part]:
    """Every tall part in pieces; one that cannot be cut but has a page for itself lets its heading go.

    Raises RenderError when a part has no room on any page.
    """
    found: list[Part] = []
    for at, part in enumerate(parts):
        pieces = split_part(part) if at in tall else [part]
        if pieces is None and heights[at] <= room and found:
            found[-1] = {**found[-1], "keep": False}
            pieces = [part]
        if pieces is None:
            raise RenderError(
                f"{place}: a {part['kind']} does not fit on a page of this format. Shorten it or take a taller format."
            )
        found += pieces
    return found
