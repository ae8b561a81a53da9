"""Infographics: a carousel of pages in every screen format, laid out by Typst from the campaign's own structure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from publisher.content.model import Campaign, Picture, Questions
from publisher.errors import RenderError
from publisher.files import hash_file, write_bytes
from publisher.render.base import Artifact, RenderJob, Size
from publisher.render.infographic_alt import describe_page
from publisher.render.infographic_plan import (
    Part,
    Room,
    break_costs,
    gaps_of,
    height_of,
    make_parts,
    pack,
    split_part,
    ties,
    title_size,
)
from publisher.render.legibility_report import refuse_unreadable
from publisher.render.palette import make_palette
from publisher.render.pictures import crop_picture
from publisher.render.proof import OWN, prove
from publisher.render.qr import qr_matrix
from publisher.render.theme import Theme, load_theme
from publisher.render.typesetting import Source, check_letters, query, set_pdf, set_png
from publisher.units import Unit
from publisher.vietnamese.typography import keep_together, settle_title

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
LIBRARY = "infographic"
GAP = 30.0
PANEL_HEAD, PANEL_FOOT, AFTER_PANEL = 130.0, 60.0, 44.0
SMALLEST_WITH_LEAD = 0.74
MOST_SPLITS = 400


@dataclass(frozen=True)
class Frame:
    """Where things stand on a page, in units of 1/1080 of its width."""

    height: float
    margin: float
    top: float
    bottom: float
    start: float
    foot: float

    @property
    def content(self) -> float:
        return 1080 - 2 * self.margin

    @property
    def room(self) -> float:
        return self.height - self.start - self.foot


def frame_of(size: Size) -> Frame:
    """Margins and bands of a format; a story leaves the network's own buttons their place."""
    height = size.height / size.width * 1080
    if height > 1700:
        return Frame(height, 72, 130, 120, 250, 190)
    if height < 700:
        return Frame(height, 56, 26, 22, 104, 70)
    return Frame(height, 72, 52, 40, 160, 104)


@dataclass(frozen=True)
class Layout:
    """Everything a format needs: what the templates see, the data, and the pages as planned."""

    source: Source
    data: dict[str, Any]
    pages: list[dict[str, Any]]


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
    layout = lay_out(job, theme, FORMATS[name], cover=name == COVER)
    fonts = job.workspace.assets / "fonts"
    data = {**layout.data, "pages": layout.pages}
    check_overflow(query(layout.source, data, "laid", fonts=fonts), job.campaign)
    pages = set_png(layout.source, data, fonts=fonts)
    flaws = prove(layout.source, data, pages, fonts=fonts)
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


# ---- from campaign to pages --------------------------------------------------------------------------------------


def lay_out(job: RenderJob, theme: Theme, size: Size, *, cover: bool = False) -> Layout:
    """Parts, measured by Typst, on as many pages as they need."""
    campaign, unit = job.campaign, job.unit
    frame = frame_of(size)
    landscape = size.width > size.height
    pictures = prepare_pictures(job, frame, size)
    names = {path: name for path, (name, _) in pictures.items()}
    bytes_of = dict(pictures.values())
    mark = {"mark.png": unit.mark.read_bytes()} if unit.mark else {}
    folders = {"lib": job.workspace.templates / LIBRARY, "theme": theme.folder}
    fonts = job.workspace.assets / "fonts"
    data = base_data(campaign, unit, theme, size, frame)
    hero = hero_part(job, landscape=landscape)
    if cover:
        hero["summary"] = ""  # it stands beside the cover, as the article's own lead
    parts = [] if cover else [*make_parts(campaign, names, landscape=landscape), *closing_parts(campaign, unit)]
    check_letters(all_texts([hero, *parts, data]), fonts=fonts, place=campaign.path)
    measure = Source(folders, "lib/measure.typ", {**bytes_of, **mark})
    parts, heights = measured(parts, measure, data, fonts=fonts, room=frame.room, place=campaign.path)
    lead = 0.0 if landscape else lead_height(parts, heights)
    hero, hero_height, summary = fit_hero(hero, measure, data, fonts=fonts, frame=frame, lead=lead, place=campaign.path)
    if summary and not cover:
        parts, heights = measured([*summary, *parts], measure, data, fonts=fonts, room=frame.room, place=campaign.path)
    pages = make_pages(hero, hero_height, parts, heights, frame, landscape=landscape)
    number_pages(pages, campaign, unit)
    return Layout(Source(folders, "lib/pages.typ", {**bytes_of, **mark}), data, pages)


def base_data(campaign: Campaign, unit: Unit, theme: Theme, size: Size, frame: Frame) -> dict[str, Any]:
    """What every template of the library is told beside the parts."""
    return {
        "unit": size.width / 1080,
        "width": size.width,
        "height": size.height,
        "content": frame.content,
        "chart": min(300.0, max(80.0, frame.room - 310)),
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
        "name": unit.name,
        "parts": [],
        "pages": [],
    }


def shorten(text: str, most: int) -> str:
    """A title for the head of a page: whole words, marked where something is left out."""
    if len(text) <= most:
        return text
    head = text[: most + 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-")
    return f"{head or text[:most]}…"


def hero_part(job: RenderJob, *, landscape: bool) -> Part:
    campaign = job.campaign
    summary = "" if campaign.summary == campaign.title else keep_together(campaign.summary)
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
        items = [keep_together(source) for source in campaign.sources]
        parts.append({"kind": "sources", "title": "Nguồn:", "items": items, "closing": True})
    lines = [("Điện thoại:", unit.hotline), ("Trang tin:", unit.website), ("Địa chỉ:", unit.address)]
    shown = [[label, keep_together(text)] for label, text in lines if text]
    qr = list(qr_matrix(unit.qr)) if unit.qr else []
    parts.append({"kind": "contact", "name": unit.name, "lines": shown, "qr": qr, "closing": True})
    return parts


def prepare_pictures(job: RenderJob, frame: Frame, size: Size) -> dict[str, tuple[str, bytes]]:
    """Each picture of the campaign, cropped for this format: path → (name in the templates, JPEG)."""
    width = round(frame.content * size.width / 1080)
    height = round(min(frame.content * 0.58, frame.room * 0.66) * size.width / 1080)
    found: dict[str, tuple[str, bytes]] = {}
    for picture in walk_pictures(job.campaign):
        if picture.path not in found:
            data = crop_picture(picture, job.workspace.root, width=width, height=height, place=job.campaign.path)
            found[picture.path] = (f"picture-{len(found)}.jpg", data)
    return found


def walk_pictures(campaign: Campaign) -> Iterator[Picture]:
    for block in campaign.blocks():
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Questions):
            for item in block.items:
                yield from (part for part in item.answer if isinstance(part, Picture))


def measured(
    parts: list[Part], source: Source, data: dict[str, Any], *, fonts: Path, room: float, place: str
) -> tuple[list[Part], list[float]]:
    """The parts with their heights; what is taller than a page is cut at natural places until nothing is."""
    heights = ask_heights(parts, source, data, fonts=fonts)
    for _ in range(MOST_SPLITS):
        tall = [at for at, height in enumerate(heights) if height > room - led(parts, heights, at)]
        if not tall:
            return parts, heights
        parts, changed = cut_tall(parts, set(tall), place)
        heights = ask_heights(parts, source, data, fonts=fonts) if changed else heights
    raise RenderError(f"{place}: a block is too long for a page. Cut it into several paragraphs.")


def led(parts: Sequence[Part], heights: Sequence[float], at: int) -> float:
    """What stands above a part on every page: the heading that introduces it."""
    return heights[at - 1] + GAP * 0.6 if at and parts[at - 1].get("keep") else 0.0


def cut_tall(parts: list[Part], tall: set[int], place: str) -> tuple[list[Part], bool]:
    """Every tall part in pieces."""
    found: list[Part] = []
    for at, part in enumerate(parts):
        pieces = split_part(part) if at in tall else [part]
        if pieces is None:
            raise RenderError(
                f"{place}: a {part['kind']} does not fit on a page of this format. Shorten it or take a taller format."
            )
        found += pieces
    return found, True


def ask_heights(parts: Sequence[Part], source: Source, data: dict[str, Any], *, fonts: Path) -> list[float]:
    """How tall each part is at the width of the page's text, in units.

    The office's own part is asked for by itself: the other question is then the same for every office, and Typst
    remembers the answer within a run.
    """
    shared = {**data, **dict.fromkeys(OWN)}
    heights: dict[int, float] = {}
    for is_own in (False, True):
        chosen = [at for at, part in enumerate(parts) if (part["kind"] == "contact") is is_own]
        if chosen:
            asked = {**shared, "parts": [parts[at] for at in chosen]}
            heights |= zip(chosen, map(float, query(source, asked, "height", fonts=fonts)), strict=True)
    return [heights[at] for at in range(len(parts))]


def lead_height(parts: Sequence[Part], heights: Sequence[float]) -> float:
    """Height of the first heading with what it introduces."""
    if not parts:
        return 0.0
    end = next((at for at, part in enumerate(parts) if not part.get("keep")), len(parts) - 1) + 1
    return height_of(heights[:end], ties(parts[:end]), GAP)


def fit_hero(
    hero: Part, source: Source, data: dict[str, Any], *, fonts: Path, frame: Frame, lead: float, place: str
) -> tuple[Part, float, list[Part]]:
    """The title panel at the largest type with which it has its page, and if it can, the first block below it.

    A summary that is too long for the panel is given back as the first paragraph of what follows.
    """
    most = frame.height - frame.top - 150 - frame.foot
    beside = frame.height - frame.top - PANEL_HEAD - PANEL_FOOT - AFTER_PANEL - frame.foot - lead
    largest = int(hero["size"])
    sizes = list(range(largest, 31, -3)) or [largest]
    heights = ask_heights([{**hero, "size": size} for size in sizes], source, data, fonts=fonts)
    fitting = [(size, height) for size, height in zip(sizes, heights, strict=True) if height <= most]
    if not fitting and hero["summary"]:
        moved: Part = {"kind": "paragraph", "runs": [{"t": hero["summary"]}]}
        bare, height, _ = fit_hero({**hero, "summary": ""}, source, data, fonts=fonts, frame=frame, lead=0, place=place)
        return bare, height, [moved]
    if not fitting:
        raise RenderError(f"{place}: the title does not fit on a page of this format. Shorten it.")
    # A title a little smaller is worth a first page that already says something.
    with_lead = [(size, h) for size, h in fitting if lead and h <= beside and size >= largest * SMALLEST_WITH_LEAD]
    if lead and not with_lead:
        # The title has the whole page: let it speak up.
        sizes = [round(largest * 1.3), round(largest * 1.15)]
        heights = ask_heights([{**hero, "size": size} for size in sizes], source, data, fonts=fonts)
        fitting = [(s, h) for s, h in zip(sizes, heights, strict=True) if h <= most * 0.72] + fitting
    size, height = (with_lead or fitting)[0]
    return {**hero, "size": size}, height, []


def make_pages(
    hero: Part, hero_height: float, parts: list[Part], heights: list[float], frame: Frame, *, landscape: bool
) -> list[dict[str, Any]]:
    """The pages: hero above what fits below it, then the rest, evenly filled."""
    keep = ties(parts)
    hero_at = frame.top + PANEL_HEAD
    panel = hero_at + hero_height + PANEL_FOOT
    after = AFTER_PANEL
    first = 0.0 if landscape else frame.height - panel - after - frame.foot
    split = pack(heights, keep, Room(max(0.0, first), frame.room, GAP), break_costs(parts))
    pages = []
    for number, chosen in enumerate(split):
        page_keep = [keep[at] for at in chosen]
        used = height_of([heights[at] for at in chosen], page_keep, GAP)
        page: dict[str, Any] = {"parts": [parts[at] for at in chosen], "hero": None, "start": frame.start}
        if number == 0:
            spare = max(0.0, first - used) if chosen else frame.height - panel
            grown = min(spare, first * 0.55) if chosen else spare
            page.update(
                hero=hero, panel=panel + grown, after=after, hero_at=hero_at + grown * (0.45 if chosen else 0.34)
            )
            page["room"] = frame.height - panel - grown - after - frame.foot
            page["gaps"] = gaps_of(page_keep, GAP, spare - grown)
        else:
            page["room"] = frame.room
            page["gaps"] = closing_gaps(page["parts"], page_keep, frame.room - used)
        pages.append(page)
    return pages


def closing_gaps(parts: Sequence[Part], keep: Sequence[float], spare: float) -> list[float]:
    """Gaps of a page; sources and the office go down to its foot."""
    gaps = gaps_of(keep, GAP, spare)
    base = height_of([0.0] * len(parts), keep, GAP)
    left = spare - (sum(gaps) - base)
    first = next((at for at, part in enumerate(parts) if part.get("closing")), None)
    if first and left > 0:
        gaps[first - 1] = round(gaps[first - 1] + left, 2)
    return gaps


def number_pages(pages: list[dict[str, Any]], campaign: Campaign, unit: Unit) -> None:
    """Page marks at the head, the label the law asks for, or the office's site, at the foot of every page."""
    for number, page in enumerate(pages, 1):
        page["mark"] = f"{number}/{len(pages)}" if len(pages) > 1 else ""
        page["foot"] = campaign.ai_label or unit.website


def check_overflow(laid: Sequence[Mapping[str, Any]], campaign: Campaign) -> None:
    """What Typst laid out must stand inside the page it was planned for."""
    for page in laid:
        if page["height"] > 0 and page["height"] > page["room"] + 2:
            raise RenderError(
                f"{campaign.path}: page {page['page'] or '1'} of the infographic is {page['height']:.0f} units tall, "
                f"room is for {page['room']:.0f}. Shorten the longest block of that page."
            )


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
