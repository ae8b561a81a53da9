"""Infographics: a carousel of pages in every screen format, laid out by Typst from the campaign's own structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from publisher.content.model import Campaign
from publisher.errors import RenderError
from publisher.files import hash_file, write_bytes
from publisher.render.base import Artifact, RenderJob, Size
from publisher.render.infographic_alt import describe_page
from publisher.render.infographic_layout import lay_out
from publisher.render.legibility_report import refuse_unreadable
from publisher.render.proof import prove
from publisher.render.theme import Theme, load_theme
from publisher.render.typesetting import query, set_pages, set_pdf

KIND = "infographic"
OPTIONS = ("kicker",)
TEMPLATES = ("infographic",)
FORMATS: Mapping[str, Size] = MappingProxyType(
    {
        "feed": Size(1080, 1350),
        "square": Size(1080, 1080),
        "story": Size(1080, 1920),
        "link": Size(1200, 630),
        "wide": Size(1920, 1080),
        "cover": Size(1200, 630),
    }
)
COVER = "cover"
"""The title alone, as articles and link previews carry it: one picture, no carousel."""


def render(job: RenderJob) -> list[Artifact]:
    """Every page of every format as PNG, and one PDF a format."""
    formats = list(job.formats) or ["feed"]
    theme = load_theme(job.workspace, job.campaign.theme)
    artifacts: list[Artifact] = []
    for index, name in enumerate(formats):
        artifacts += draw_format(job, theme, name)
        job.progress(index + 1, len(formats))
    return artifacts


def draw_format(job: RenderJob, theme: Theme, name: str) -> list[Artifact]:
    """One format: plan, draw, look at what came out, write."""
    fonts = job.workspace.assets / "fonts"
    for larger in (True, False):
        layout = lay_out(job, theme, FORMATS[name], cover=name == COVER, larger=larger)
        data = {**layout.data, "pages": layout.pages}
        check_overflow(query(layout.source, data, "laid", fonts=fonts), job.campaign)
        pages = set_pages(layout.source, data, fonts=fonts)
        flaws = prove(layout.source, data, pages, fonts=fonts)
        if not (flaws and layout.is_larger):
            break  # else a word may have no room in type that was set larger only to fill the page
    refuse_unreadable(flaws, layout.pages, job.campaign, unit=job.unit.id, shape=name)
    pdf = set_pdf(layout.source, data, fonts=fonts)
    folder = job.folder / KIND
    alts = [describe_page(page, job.campaign, number, len(pages)) for number, page in enumerate(layout.pages, 1)]
    artifacts = []
    for number, (png, alt) in enumerate(zip(pages, alts, strict=True), 1):
        path = folder / f"{job.campaign.slug}-{name}-{number:02d}.png"
        artifacts.append(_write(job, name, path, png, ("image", "image/png"), number, len(pages), alt))
    path = folder / f"{job.campaign.slug}-{name}.pdf"
    whole = f"{job.campaign.title}. {job.campaign.summary}"
    artifacts.append(_write(job, name, path, pdf, ("pdf", "application/pdf"), 0, len(pages), whole))
    return artifacts


def _write(
    job: RenderJob, name: str, path: Path, data: bytes, sort: tuple[str, str], page: int, pages: int, alt: str
) -> Artifact:
    write_bytes(path, data)
    size = FORMATS[name]
    return Artifact(
        kind=KIND,
        format=name,
        role=sort[0],
        unit=job.unit.id,
        campaign=job.campaign.slug,
        path=path,
        sha256=hash_file(path),
        bytes=len(data),
        mime=sort[1],
        width=int(size.width),
        height=int(size.height),
        page=page,
        pages=pages,
        alt=alt,
    )


def check_overflow(laid: Sequence[Mapping[str, Any]], campaign: Campaign) -> None:
    """What Typst laid out must stand inside the page it was planned for."""
    for page in laid:
        if page["height"] > 0 and page["height"] > page["room"] + 2:
            raise RenderError(
                f"{campaign.path}: page {page['page'] or '1'} of the infographic is {page['height']:.0f} units tall, "
                f"room is for {page['room']:.0f}. Shorten the longest block of that page."
            )
