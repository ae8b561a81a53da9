"""A theme on every block and every format as one picture, for the designer who makes it."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from publisher.errors import RenderError
from publisher.files import write_bytes
from publisher.render import clip, infographic, led, poster, poster_formats
from publisher.render.base import RenderJob
from publisher.render.screen import make_screen
from publisher.render.stills import draw_stills
from publisher.render.theme import Theme, load_theme

WIDTH, MARGIN, GAP = 2400, 60, 24
INSIDE = WIDTH - 2 * MARGIN
HEAD, NAME = MARGIN + 110, 62  # down to the first row; from a row's name to its pages
SHARE, PROBLEM = 300, 80  # least width of a row, for its name; height of a reason
GROUND, INK, SOFT, BROKEN = "#e6e8eb", "#1a1f26", "#4c5560", "#a3200f"
TALL = 440  # of a page that stands upright; broad ones get half of it
MAIN_FONTS = ("BeVietnamPro_700Bold.ttf", "BeVietnamPro_400Regular.ttf")


@dataclass(frozen=True)
class Row:
    """One format of an output: its pages, or why it could not be drawn."""

    name: str
    pages: tuple[Image.Image, ...]
    problem: str = ""


@dataclass(frozen=True)
class ThemeSheet:
    """The picture of a theme: how many formats and pages are on it, and every format that could not be drawn."""

    theme: Theme
    path: Path
    width: int
    height: int
    formats: int
    pages: int
    problems: tuple[str, ...]

    @property
    def alt(self) -> str:
        """What the picture shows, as a sentence."""
        return f"Kiểu “{self.theme.name}” trên {self.formats} khuôn hình, {self.pages} trang."


def draw_theme_sheet(job: RenderJob, theme_id: str, path: Path) -> ThemeSheet:
    """Write a JPEG with every page of every format of the job's campaign in a theme.

    A format that cannot be drawn stands on it with its reason. Raises SettingsError when the theme itself is wrong.
    """
    theme = load_theme(job.workspace, theme_id)
    own = replace(job, campaign=replace(job.campaign, theme=theme_id))
    rows = list(draw_rows(own))
    sheet = lay_rows(rows, f"{theme.name} · templates/{theme_id}", fonts=job.workspace.assets / "fonts")
    stream = io.BytesIO()
    sheet.save(stream, "JPEG", quality=88, subsampling=0, optimize=True)
    write_bytes(path, stream.getvalue())
    problems = tuple(f"{row.name}: {row.problem}" for row in rows if row.problem)
    return ThemeSheet(theme, path, sheet.width, sheet.height, len(rows), sum(len(r.pages) for r in rows), problems)


def draw_rows(job: RenderJob) -> Iterator[Row]:
    """Every format of infographic, poster, clip and LED wall, in the order the sheet shows them."""
    tasks = [("infographic", name) for name in infographic.FORMATS] + [
        ("poster", name) for name in poster_formats.FORMATS
    ]
    tasks += [("clip", name) for name in clip.FORMATS] + [("led", name) for name in led.FORMATS]
    for number, (kind, name) in enumerate(tasks, 1):
        try:
            yield Row(f"{kind} · {name}", tuple(draw_pages(job, kind, name)))
        except RenderError as error:
            yield Row(f"{kind} · {name}", (), str(error))
        job.progress(number, len(tasks))


def draw_pages(job: RenderJob, kind: str, name: str) -> list[Image.Image]:
    """The pages of one format, or the scenes at rest of a film, as small as the sheet shows them."""
    if kind == "clip":
        return [shrink(still) for still in draw_stills(clip.make_film(job, name))]
    if kind == "led":
        size = led.FORMATS[name]
        return [
            shrink(still) for still in draw_stills(led.make_loop(job, make_screen(int(size.width), int(size.height))))
        ]
    render = infographic.render if kind == "infographic" else poster.render
    pages = []
    for artifact in render(replace(job, formats=(name,))):
        if artifact.role == "image":
            with Image.open(artifact.path) as image:
                pages.append(shrink(image.convert("RGB")))
    return pages


def shrink(page: Image.Image) -> Image.Image:
    """Broad pages half as tall as upright ones, none wider than the sheet."""
    side = page.width / page.height
    tall = min(TALL if side < 1 else TALL * 0.8 if side < 1.4 else TALL * 0.5, INSIDE / side)
    return page.resize((max(1, round(tall * side)), max(1, round(tall))), Image.Resampling.LANCZOS)


def lay_rows(rows: Sequence[Row], title: str, *, fonts: Path) -> Image.Image:
    """The formats below each other, each under its name; small ones share a line."""
    bold, plain = (str(fonts / "be-vietnam-pro" / name) for name in MAIN_FONTS)
    head, name, note = (ImageFont.truetype(f, s) for f, s in ((bold, 56), (bold, 30), (plain, 26)))
    places = list(place_rows(rows))
    sheet = Image.new("RGB", (WIDTH, HEAD + max(place.bottom for place in places) + MARGIN), GROUND)
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, MARGIN - 10), title, font=head, fill=INK)
    for place in places:
        row, x, y = place.row, MARGIN + place.x, HEAD + place.y
        pen.text((x, y + 10), row.name, font=name, fill=INK)
        if row.problem:
            pen.multiline_text((x, y + NAME), fold(row.problem), font=note, fill=BROKEN, spacing=10)
        for page, across, down in place.pages:
            sheet.paste(page, (x + across, y + NAME + down))
    return sheet


@dataclass(frozen=True)
class Place:
    """Where a row stands, in pixels from the corner below the title, and its pages from its own corner."""

    row: Row
    x: int
    y: int
    pages: tuple[tuple[Image.Image, int, int], ...]
    width: int
    bottom: int


def place_rows(rows: Sequence[Row]) -> Iterator[Place]:
    """Rows from left to right while there is room, then below."""
    x = y = deepest = 0
    for row in rows:
        pages = tuple(place_pages(row.pages))
        width = max([SHARE, *(across + page.width for page, across, _ in pages)]) if not row.problem else INSIDE
        tall = (
            max([PROBLEM, *(down + page.height for page, _, down in pages)])
            if row.problem
            else max(down + page.height for page, _, down in pages)
        )
        if x and x + width > INSIDE:
            x, y = 0, deepest
        place = Place(row, x, y, pages, width, y + NAME + tall + GAP * 2)
        yield place
        x, deepest = x + width + GAP * 2, max(deepest, place.bottom)


def place_pages(pages: Sequence[Image.Image]) -> Iterator[tuple[Image.Image, int, int]]:
    """Each page with its distance from the left and the top, in as many lines as they need."""
    x = y = 0
    for page in pages:
        if x and x + page.width > INSIDE:
            x, y = 0, y + page.height + GAP
        yield page, x, y
        x += page.width + GAP


def fold(text: str) -> str:
    """A reason on lines as wide as the sheet."""
    return textwrap.fill(text, 150, max_lines=2, placeholder=" …")
