"""Posters, standees and banners: PDF for a printing house, with bleed and crop marks, and a picture for a screen."""

from __future__ import annotations

from pathlib import Path

from publisher.files import hash_file, write_bytes
from publisher.render.base import Artifact, RenderJob
from publisher.render.infographic import check_overflow
from publisher.render.infographic_alt import describe_page
from publisher.render.legibility import find_flaws
from publisher.render.legibility_report import refuse_unreadable
from publisher.render.poster_banner import plan_banner
from publisher.render.poster_formats import FORMATS, SCREEN_PX, SLUG_MM
from publisher.render.poster_sheets import plan_sheets
from publisher.render.print_pdf import POINTS_A_MM, set_boxes
from publisher.render.theme import Theme, load_theme
from publisher.render.typesetting import query, set_pdf, set_png

KIND = "poster"
OPTIONS = ("kicker",)
TEMPLATES = ("infographic", "poster")


def render(job: RenderJob) -> list[Artifact]:
    """Every print asked for: one PDF with all its sheets, and each sheet as a picture. Raises RenderError."""
    names = list(job.formats) or ["a3"]
    theme = load_theme(job.workspace, job.campaign.theme)
    artifacts: list[Artifact] = []
    for number, name in enumerate(names, 1):
        artifacts += draw_print(job, theme, name)
        job.progress(number, len(names))
    return artifacts


def draw_print(job: RenderJob, theme: Theme, name: str) -> list[Artifact]:
    """One format: plan, look at what came out, write the PDF and the pictures."""
    size = FORMATS[name]
    sheets = plan_banner(job, theme) if name == "banner" else plan_sheets(job, theme, name)
    fonts = job.workspace.assets / "fonts"
    check_overflow(query(sheets.source, sheets.data, "laid", fonts=fonts), job.campaign)
    paper = {**sheets.data, "bleed": size.bleed_mm * POINTS_A_MM, "slug": SLUG_MM * POINTS_A_MM}
    pdf = set_pdf(sheets.source, paper, fonts=fonts)
    pdf = set_boxes(pdf, trim_mm=(size.width, size.height), bleed_mm=size.bleed_mm, slug_mm=SLUG_MM)
    longest = max(size.width, size.height) * POINTS_A_MM
    pixels = SCREEN_PX * (2 if name == "banner" else 1)
    ppi = 72 * pixels / longest
    pictures = set_png(sheets.source, sheets.data, fonts=fonts, ppi=ppi)
    # A pixel a unit is what thin strokes need to be seen; print has it, the picture for a screen may not.
    fine = max(ppi, 72 / sheets.data["unit"])
    closely = set_png(sheets.source, sheets.data, fonts=fonts, ppi=fine) if fine > ppi else pictures
    flaws = find_flaws(sheets.source, sheets.data, closely, fonts=fonts, ppi=fine)
    refuse_unreadable(flaws, sheets.pages, job.campaign, unit=job.unit.id, shape=name)
    count = len(sheets.pages)
    folder = job.folder / KIND
    path = folder / f"{job.campaign.slug}-{name}.pdf"
    whole = f"{job.campaign.title}. {job.campaign.summary}"
    artifacts = [_write(job, name, path, pdf, page=0, pages=count, alt=whole, left_out=sheets.left_out)]
    for number, (page, png) in enumerate(zip(sheets.pages, pictures, strict=True), 1):
        path = folder / f"{job.campaign.slug}-{name}-{number:02d}.png"
        alt = describe_page(page, job.campaign, number, count)
        artifacts.append(_write(job, name, path, png, page=number, pages=count, alt=alt, left_out=()))
    return artifacts


def _write(
    job: RenderJob, name: str, path: Path, data: bytes, *, page: int, pages: int, alt: str, left_out: tuple[str, ...]
) -> Artifact:
    """One file. A picture's size is in pixels, the print's in millimetres."""
    write_bytes(path, data)
    is_print = path.suffix == ".pdf"
    size = FORMATS[name]
    width, height = (size.width, size.height) if is_print else _png_size(data)
    return Artifact(
        kind=KIND,
        format=name,
        role="pdf" if is_print else "image",
        unit=job.unit.id,
        campaign=job.campaign.slug,
        path=path,
        sha256=hash_file(path),
        bytes=len(data),
        mime="application/pdf" if is_print else "image/png",
        width=int(width),
        height=int(height),
        page=page,
        pages=pages,
        alt=alt,
        left_out=left_out,
    )


def _png_size(data: bytes) -> tuple[int, int]:
    """Width and height, which a PNG says in its first chunk."""
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
