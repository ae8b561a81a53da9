"""What the templates of an infographic are told of the campaign and its office, beside the parts of its text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publisher.content.model import Campaign
from publisher.render.base import RenderJob, Size
from publisher.render.infographic_pages import Frame
from publisher.render.infographic_plan import Part, title_size
from publisher.render.palette import make_palette
from publisher.render.qr import qr_matrix
from publisher.render.theme import Theme
from publisher.units import Unit
from publisher.vietnamese.typography import keep_together, settle_title


def base_data(campaign: Campaign, unit: Unit, theme: Theme, size: Size, frame: Frame) -> dict[str, Any]:
    """What every template of the library is told beside the parts."""
    return {
        "unit": size.width / frame.across,
        "width": size.width,
        "height": size.height,
        "content": frame.content,
        "gutter": frame.gutter,
        "dense": size.width > size.height,
        "chart": chart_height(frame, landscape=size.width > size.height),
        "margin": frame.margin,
        "top": frame.top,
        "bottom": frame.bottom,
        "colours": make_palette(unit.primary, unit.accent, theme.tints),
        "look": theme.look,
        "fonts": list(dict.fromkeys([unit.font, "Noto Sans"])),
        "mark": "mark.png" if unit.mark else None,
        "title": campaign.title,
        "short": shorten(campaign.title, 46),
        "author": unit.name,
        "name": settle_title(unit.name),
        "parts": [],
        "pages": [],
    }


def chart_height(frame: Frame, *, landscape: bool) -> float:
    """How tall the lines of a chart rise, on a page that has room for its heading as well."""
    return min(300.0, max(80.0, frame.room - (290 if landscape else 310)))


def shorten(text: str, most: int) -> str:
    """A title for the head of a page: whole words, marked where something is left out."""
    if len(text) <= most:
        return text
    head = text[: most + 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-")
    return f"{head or text[:most]}…"


def hero_part(job: RenderJob, *, landscape: bool) -> Part:
    campaign = job.campaign
    summary = "" if campaign.summary == campaign.title else settle_title(campaign.summary)
    return {
        "kind": "hero",
        "kicker": keep_together(job.options.get("kicker", "")),
        "title": settle_title(campaign.title),
        "size": title_size(campaign.title, landscape=landscape),
        "summary": summary,
    }


def closing_parts(campaign: Campaign, unit: Unit) -> list[Part]:
    """Sources and the office, at the end of the last page."""
    parts: list[Part] = []
    if campaign.sources:
        items = [settle_title(source) for source in campaign.sources]
        parts.append({"kind": "sources", "title": "Nguồn:", "items": items, "closing": True})
    lines = [("Điện thoại:", unit.hotline), ("Trang tin:", unit.website), ("Địa chỉ:", unit.address)]
    shown = [[label, settle_title(text)] for label, text in lines if text]
    qr = list(qr_matrix(unit.qr)) if unit.qr else []
    parts.append({"kind": "contact", "name": settle_title(unit.name), "lines": shown, "qr": qr, "closing": True})
    return parts


def all_texts(value: Any) -> Iterator[str]:
    """Every text inside JSON values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from all_texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from all_texts(inner)
