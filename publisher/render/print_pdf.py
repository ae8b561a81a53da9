"""What a printing house asks of a PDF beyond its pages: where the sheet is cut, how far the colour runs over."""

from __future__ import annotations

import io

import pikepdf

POINTS_A_MM = 72 / 25.4


def set_boxes(pdf: bytes, *, trim_mm: tuple[float, float], bleed_mm: float, slug_mm: float) -> bytes:
    """The PDF with TrimBox and BleedBox on every page; `slug_mm` is the margin around the trim."""
    slug, bleed = slug_mm * POINTS_A_MM, bleed_mm * POINTS_A_MM
    width, height = (side * POINTS_A_MM for side in trim_mm)
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            page.trimbox = _box(slug, slug, slug + width, slug + height)
            page.bleedbox = _box(slug - bleed, slug - bleed, slug + width + bleed, slug + height + bleed)
        document.save(stream, deterministic_id=True)
    return stream.getvalue()


def _box(*corners: float) -> pikepdf.Array:
    return pikepdf.Array([round(corner, 3) for corner in corners])
