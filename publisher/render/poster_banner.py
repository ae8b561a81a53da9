"""Banners: four times as wide as tall, read from a distance and in passing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from publisher.content.model import Figures
from publisher.errors import RenderError
from publisher.render.base import RenderJob, Size
from publisher.render.infographic_data import all_texts, base_data, closing_parts, hero_part
from publisher.render.infographic_layout import LIBRARY
from publisher.render.infographic_pages import Frame
from publisher.render.infographic_plan import runs
from publisher.render.poster_choice import MOST_FIGURES, choose_figures, name_left
from publisher.render.poster_formats import FORMATS, Sheets
from publisher.render.print_pdf import POINTS_A_MM
from publisher.render.theme import Theme
from publisher.render.typesetting import Source, check_letters, query

TALL = 1080.0  # the height of a banner in units
MARGIN, GUTTER = 120.0, 80.0
CONTACT, FIGURES = 500.0, 1060.0
SMALLEST_TITLE = 76
LABELS = (46, 40, 34)


def plan_banner(job: RenderJob, theme: Theme) -> Sheets:
    """The largest title with which everything has its place; fewer figures rather than smaller ones."""
    campaign, size = job.campaign, FORMATS["banner"]
    fonts = job.workspace.assets / "fonts"
    mark = {"mark.png": job.unit.mark.read_bytes()} if job.unit.mark else {}
    templates = job.workspace.templates
    folders = {"lib": templates / LIBRARY, "poster": templates / "poster", "theme": theme.folder}
    source = Source(folders, "poster/banner.typ", mark)
    pixels = Size(size.width * POINTS_A_MM, size.height * POINTS_A_MM)
    across = TALL * size.width / size.height
    base = base_data(campaign, job.unit, theme, pixels, Frame(across, TALL, 0, 0, 0, 0, 0))
    base |= {
        "unit": pixels.height / TALL,
        "margin": MARGIN,
        "gutter": GUTTER,
        "room": TALL - 2 * 70,
        "bleed": 0,
        "slug": 0,
    }
    check_letters(all_texts([base, hero_part(job, landscape=True)]), fonts=fonts, place=campaign.path)
    for tried in tries(job, across):
        data = {**base, **tried.data}
        laid = query(source, data, "laid", fonts=fonts)
        if all(one["height"] <= one["room"] for one in laid):
            return Sheets(source, data, data["pages"], tried.left_out)
    raise RenderError(f"{campaign.path}: title and summary do not fit on a banner. Shorten the title or the summary.")


@dataclass(frozen=True)
class Try:
    """One arrangement: what the template is given, and what is not on it."""

    data: dict[str, Any]
    left_out: tuple[str, ...]


def tries(job: RenderJob, across: float) -> Iterator[Try]:
    """From the most figures in the largest type to none; for each the title from large to small.

    The summary goes last: then the title stands for the whole.
    """
    counts = sorted({min(most, _count(job)) for most in range(MOST_FIGURES + 1)}, reverse=True)
    bare = replace(job, campaign=replace(job.campaign, summary=job.campaign.title))
    lost = name_left(job.campaign, 1, job.campaign.summary)
    for own, without in ((job, ()), (bare, (lost,))):
        for count in counts:
            figures, left_out = choose_figures(own.campaign, count)
            for label in LABELS if count else LABELS[:1]:
                for title in range(230, SMALLEST_TITLE - 1, -14):
                    data = arrange(own, figures if count else None, across, label=label, title=title)
                    yield Try(data, (*without, *left_out))


def _count(job: RenderJob) -> int:
    """How many figures the first block of figures has."""
    return next((len(block.items) for block in job.campaign.blocks() if isinstance(block, Figures)), 0)


def arrange(job: RenderJob, figures: Figures | None, across: float, *, label: int, title: int) -> dict[str, Any]:
    """What the banner's template is given."""
    *_, contact = closing_parts(job.campaign, job.unit)
    cells = [{"value": item.value, "lead": "", "label": runs(item.label)} for item in figures.items] if figures else []
    inside = across - 2 * MARGIN
    left = inside - CONTACT - GUTTER - (FIGURES + GUTTER if cells else 0)
    hero = {**hero_part(job, landscape=True), "size": title, "scale": 1.55}
    page = {
        "hero": hero,
        "cells": cells,
        "contact": contact,
        "label": job.campaign.ai_label,
        "parts": [{"kind": "figures", "cells": cells}, contact] if cells else [contact],
    }
    widths = [left, FIGURES, CONTACT] if cells else [left, CONTACT]
    return {"pages": [page], "widths": widths, "label": label, "value": round(label * 2.6)}
