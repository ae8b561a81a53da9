"""Posters and standees: the parts of an infographic, in columns on sheets of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from publisher.errors import RenderError
from publisher.render.base import RenderJob, Size
from publisher.render.infographic_data import all_texts, base_data, closing_parts, hero_part
from publisher.render.infographic_heights import Ruler
from publisher.render.infographic_layout import LIBRARY
from publisher.render.infographic_pages import Frame
from publisher.render.infographic_plan import make_parts, title_size
from publisher.render.pictures import crop_picture
from publisher.render.poster_choice import drop_least
from publisher.render.poster_formats import FORMATS, REACH, SMALLEST_UNITS, Sheets
from publisher.render.print_pdf import POINTS_A_MM
from publisher.render.sheet_plan import GUTTER, Grid, Placed, describe_sheets, grids, place_parts
from publisher.render.theme import Theme
from publisher.render.typesetting import Source, check_letters


def plan_sheets(job: RenderJob, theme: Theme, name: str) -> Sheets:
    """The largest type with which everything is on one sheet; else more sheets, or for a passer-by a choice of it."""
    campaign = job.campaign
    left_out: tuple[str, ...] = ()
    choices = list(choices_of(name))
    sheets, placed = place(replace(job, campaign=campaign), theme, name, choices)
    while not REACH[name].whole and not placed.fits_one:
        campaign, dropped = drop_least(campaign)
        if not dropped:
            raise RenderError(
                f"{campaign.path}: title, summary and office do not fit on a {name}. Shorten the title or the summary."
            )
        left_out += dropped
        smallest = choices[-1:]
        sheets, placed = place(replace(job, campaign=campaign), theme, name, smallest)
        if placed.fits_one:
            sheets, placed = place(replace(job, campaign=campaign), theme, name, choices)
    return replace(sheets, left_out=left_out)


def choices_of(name: str) -> Sequence[Grid]:
    """Grids from the largest type, 24 units of 1/1080 of the width, to the smallest this print is read at."""
    size, reach = FORMATS[name], REACH[name]
    smallest = size.width * POINTS_A_MM * SMALLEST_UNITS / reach.smallest_pt
    ratio = size.height / size.width
    return list(grids(ratio, largest=1080.0, smallest=max(smallest, 1080.0)))


def place(job: RenderJob, theme: Theme, name: str, choices: Sequence[Grid]) -> tuple[Sheets, Placed]:
    """The campaign on sheets of one of the grids."""
    campaign, unit, size = job.campaign, job.unit, FORMATS[name]
    pictures = prepare_pictures(job, name, choices[0])
    mark = {"mark.png": unit.mark.read_bytes()} if unit.mark else {}
    folders = {
        "lib": job.workspace.templates / LIBRARY,
        "poster": job.workspace.templates / "poster",
        "theme": theme.folder,
    }
    files = {**dict(pictures.values()), **mark}
    fonts = job.workspace.assets / "fonts"
    names = {path: file for path, (file, _) in pictures.items()}
    *sources, contact = closing_parts(campaign, unit)
    parts = [*make_parts(campaign, names, landscape=False), *sources]
    hero = hero_part(job, landscape=False)
    width_pt = size.width * POINTS_A_MM

    def data_of(across: float, content: float) -> dict[str, Any]:
        pixels = Size(width_pt, size.height * POINTS_A_MM)
        frame = Frame(across, pixels.height / width_pt * across, 0, 52, 52, 160, 104)
        base = base_data(campaign, unit, theme, pixels, frame)
        return {**base, "unit": width_pt / across, "content": content, "chart": 300.0}

    ruler = Ruler(Source(folders, "lib/measure.typ", files), data_of(1080.0, 900.0), fonts)
    check_letters(all_texts([hero, *parts, data_of(1080.0, 900.0)]), fonts=fonts, place=campaign.path)
    units = title_size(campaign.title, landscape=False)
    placed = place_parts(parts, hero, contact, choices=choices, measure=ruler.heights, title_units=units)
    grid = placed.grid
    pages = describe_sheets(placed, contact, ai_label=campaign.ai_label)
    data = {
        **data_of(grid.across, grid.content),
        **{"bleed": 0, "slug": 0, "scale": grid.scale, "across": grid.inside, "gutter": GUTTER},
        **{"margin": grid.margin, "top": 52 * grid.scale, "bottom": 52 * grid.scale, "pages": pages},
    }
    return Sheets(Source(folders, "poster/sheet.typ", files), data, pages, ()), placed


def prepare_pictures(job: RenderJob, name: str, grid: Grid) -> dict[str, tuple[str, bytes]]:
    """Each picture cropped to a column of the widest grid, with the pixels its print needs."""
    inches = FORMATS[name].width / 25.4 * grid.content / grid.across
    width = round(inches * REACH[name].dpi)
    found: dict[str, tuple[str, bytes]] = {}
    for picture in job.campaign.pictures():
        if picture.path not in found:
            data = crop_picture(
                picture, job.workspace.root, width=width, height=round(width * 0.58), place=job.campaign.path
            )
            found[picture.path] = (f"picture-{len(found)}.jpg", data)
    return found
