"""Parts on pages: how many pages, where each ends, and how the room on it is shared out. Pure.

Lengths are in units; a page is 1080 of them wide, or fewer when everything on it is drawn larger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.content.model import Campaign
from publisher.render.base import Size
from publisher.render.infographic_plan import Part
from publisher.units import Unit

FULL = 1080.0
GAP, TIGHT = 30.0, 20.0  # between parts, and where that saves a page
PANEL_HEAD, PANEL_FOOT, AFTER_PANEL = 130.0, 60.0, 44.0
LONELY_HEADING = 50.0
EMPTY_FIRST_PAGE = 0.9  # of the cost of a page: a first page says something besides the title whenever it can
PAIRED, ALONE = 0.15, 0.4  # what a pair makes up for; what a last page with one part alone costs
LIFTED = 0.14  # of a page; what is emptier has its parts nearer to the middle
AIR_OF_LINE, AIR_OF_CARD, AIR_OF_ROW, AIR_OF_CELL = 180.0, 110.0, 40.0, 26.0  # what each may be taller on its page
LEAST_AIR = 20.0
RUNS = ("step", "bullet", "question", "figures")


@dataclass(frozen=True)
class Frame:
    """Where things stand on a page `across` units wide."""

    across: float
    height: float
    margin: float
    top: float
    bottom: float
    start: float
    foot: float

    @property
    def content(self) -> float:
        return self.across - 2 * self.margin

    @property
    def room(self) -> float:
        return self.height - self.start - self.foot

    @property
    def gutter(self) -> float:
        """Between two parts that stand side by side."""
        return 28.0

    @property
    def half(self) -> float:
        return (self.content - self.gutter) / 2


def frame_of(size: Size, across: float = FULL) -> Frame:
    """Margins and bands of a format; a story leaves the network's own buttons their place.

    Margins, head and foot stay as they are when everything else is drawn larger.
    """
    part = across / FULL
    height = size.height / size.width * across
    if height > 1700 * part:
        return Frame(across, height, 72 * part, 130 * part, 120 * part, 250 * part, 190 * part)
    if height < 700 * part:
        return Frame(across, height, 56 * part, 26 * part, 22 * part, 104 * part, 70 * part)
    return Frame(across, height, 72 * part, 52 * part, 40 * part, 160 * part, 104 * part)


@dataclass(frozen=True)
class Room:
    """What a page offers, in units: `first` below the hero panel, `other` on the pages after it."""

    first: float
    other: float
    gap: float


def ties(parts: Sequence[Part]) -> list[float]:
    """How near the next part stands to each, as a share of the gap; below zero when no page may end between them."""
    found: list[float] = []
    for at, part in enumerate(parts):
        following = parts[at + 1] if at + 1 < len(parts) else {"kind": ""}
        if part.get("keep"):
            found.append(-0.6)
        else:
            found.append(0.45 if part["kind"] == following["kind"] == "bullet" else 1.0)
    return found


def break_costs(parts: Sequence[Part]) -> list[float]:
    """What it costs to end a page after each part: nothing before a heading, most inside a list."""
    costs: list[float] = []
    for at, part in enumerate(parts):
        following = parts[at + 1] if at + 1 < len(parts) else {"kind": "heading"}
        inside = part["kind"] == following["kind"] and part["kind"] in RUNS
        if following.get("closing"):
            # Sources and the office alone make a poor last page, the office alone the poorest.
            costs.append(1.4 if part.get("closing") else 0.9)
        else:
            costs.append(0.0 if following["kind"] == "heading" else 0.35 if inside else 0.1)
    return costs


def pack(heights: Sequence[float], keep: Sequence[float], room: Room, breaks: Sequence[float]) -> list[list[int]]:
    """Parts on pages, in order: as few pages as it takes, as evenly filled as can be; a heading never ends a page.

    The first page may stay empty when nothing fits below the hero.
    """
    count = len(heights)
    best: list[tuple[float, list[list[int]]] | None] = [None] * (count + 1)
    best[count] = (0.0, [])
    for at in range(count - 1, -1, -1):
        best[at] = _best_from(at, heights, keep, room, breaks, best)
    first = _first_page(heights, keep, room, breaks, best)
    return first[1]


def _best_from(
    at: int,
    heights: Sequence[float],
    keep: Sequence[float],
    room: Room,
    breaks: Sequence[float],
    best: Sequence[tuple[float, list[list[int]]] | None],
) -> tuple[float, list[list[int]]] | None:
    found: tuple[float, list[list[int]]] | None = None
    for end in range(at + 1, len(heights) + 1):
        used = height_of(heights[at:end], keep[at:end], room.gap)
        if used > room.other and end > at + 1:
            break
        rest = best[end]
        if rest is None:
            continue
        cost = LONELY_HEADING if keep[end - 1] < 0 and end < len(heights) else 0.0
        cost += _slack_cost(used, room.other, last=end == len(heights)) + breaks[end - 1] + rest[0]
        if found is None or cost < found[0]:
            found = (cost, [list(range(at, end)), *rest[1]])
    return found


def _first_page(
    heights: Sequence[float],
    keep: Sequence[float],
    room: Room,
    breaks: Sequence[float],
    best: Sequence[tuple[float, list[list[int]]] | None],
) -> tuple[float, list[list[int]]]:
    found: tuple[float, list[list[int]]] | None = None
    for end in range(len(heights) + 1):
        used = height_of(heights[:end], keep[:end], room.gap) if end else 0.0
        rest = best[end]
        if used > room.first:
            break
        if rest is None or (end and keep[end - 1] < 0):
            continue
        bare = EMPTY_FIRST_PAGE if not end and room.first > 0 else breaks[end - 1] if end else 0.0
        cost = bare + 0.15 * (room.first - used) / max(room.other, 1) + rest[0]
        if found is None or cost < found[0]:
            found = (cost, [list(range(end)), *rest[1]])
    if found is not None:
        return found
    return 0.0, [[], *[[at] for at in range(len(heights))]]


def _slack_cost(used: float, room: float, *, last: bool) -> float:
    """A page costs 1; emptiness costs more the larger it is, less on the last page."""
    empty = max(0.0, room - used) / room
    return 1.0 + empty**2 * (0.4 if last else 1.0)


def height_of(heights: Sequence[float], keep: Sequence[float], gap: float) -> float:
    """Height of parts set below each other; what a heading introduces stands closer to it."""
    return sum(heights) + gap * sum(abs(weight) for weight in keep[:-1])


def gaps_of(keep: Sequence[float], gap: float, spare: float) -> list[float]:
    """Gaps between the parts of a page; spare room widens them to at most 1.9 times."""
    base = [gap * abs(weight) for weight in keep[:-1]]
    extra = min(spare, sum(base) * 0.9) if base else 0.0
    return [round(b + extra * b / (sum(base) or 1), 2) for b in base]


def first_room(hero_height: float, frame: Frame) -> float:
    """What is left below the hero panel of the first page."""
    return frame.height - frame.top - PANEL_HEAD - hero_height - PANEL_FOOT - AFTER_PANEL - frame.foot


def make_pages(
    hero: Part, hero_height: float, parts: Sequence[Part], heights: Sequence[float], frame: Frame, *, landscape: bool
) -> list[dict[str, Any]]:
    """The pages: hero above what fits below it, then the rest, evenly filled. `used` is what the parts take."""
    keep = ties(parts)
    first = 0.0 if landscape else first_room(hero_height, frame)
    # Rather smaller gaps than a page more; but larger type only where it has its usual gaps.
    gaps = (GAP, TIGHT) if frame.across == FULL else (GAP,)
    room = max(0.0, first)
    splits = [(pack(heights, keep, Room(room, frame.room, gap), break_costs(parts)), gap) for gap in gaps]
    split, gap = min(splits, key=lambda tried: len(tried[0]))
    pages = []
    for number, chosen in enumerate(split):
        own, page_keep = [parts[at] for at in chosen], [keep[at] for at in chosen]
        used = height_of([heights[at] for at in chosen], page_keep, gap)
        if number == 0:
            pages.append(first_page(hero, hero_height, own, page_keep, used, frame, room=first, gap=gap))
        else:
            pages.append(later_page(own, page_keep, used, frame, gap=gap))
    return pages


def first_page(
    hero: Part,
    hero_height: float,
    parts: list[Part],
    keep: Sequence[float],
    used: float,
    frame: Frame,
    *,
    room: float,
    gap: float,
) -> dict[str, Any]:
    """The panel with the title takes half of the room that is to spare, all of it when nothing stands below."""
    panel = frame.top + PANEL_HEAD + hero_height + PANEL_FOOT
    spare = max(0.0, room - used) if parts else frame.height - panel
    grown = min(spare, room * 0.55) if parts else spare
    return {
        "parts": parts,
        "hero": hero,
        "hero_width": frame.content,
        "start": frame.start,
        "panel": panel + grown,
        "after": AFTER_PANEL,
        "hero_at": frame.top + PANEL_HEAD + grown * (0.45 if parts else 0.34),
        "room": frame.height - panel - grown - AFTER_PANEL - frame.foot,
        "used": used,
        "gaps": gaps_of(keep, gap, spare - grown),
    }


def later_page(parts: list[Part], keep: Sequence[float], used: float, frame: Frame, *, gap: float) -> dict[str, Any]:
    """Room to spare goes between the parts, then into those that look better for it, then above them, so that few
    parts stand in the middle of their page."""
    _, rest = closing_gaps(parts, keep, frame.room - used, gap)
    parts, taken = stretch(parts, rest)
    gaps, rest = closing_gaps(parts, keep, frame.room - used - taken, gap)
    lift = rest * 0.4 if rest > frame.room * LIFTED else 0.0
    first = closing_at(parts)
    if first and lift:
        gaps[first - 1] = round(gaps[first - 1] - lift, 2)
    return {
        "parts": parts,
        "hero": None,
        "start": frame.start + lift,
        "room": frame.room - lift,
        "used": used,
        "gaps": gaps,
    }


def stretch(parts: Sequence[Part], spare: float) -> tuple[list[Part], float]:
    """The parts with as much of the spare room as becomes them (`air`), and how much that is."""
    most = [air_of(part) for part in parts]
    share = min(1.0, spare / (sum(most) or 1.0))
    if share * sum(most) < LEAST_AIR:
        return list(parts), 0.0
    air = [round(share * own, 2) for own in most]
    return [{**part, "air": own} if own else part for part, own in zip(parts, air, strict=True)], sum(air)


def air_of(part: Part) -> float:
    """How much taller a part may be drawn: a line rises more steeply, rows and steps stand farther apart."""
    kind, layout = part["kind"], str(part.get("layout", ""))
    if kind == "chart":
        between = AIR_OF_ROW * (len(part["rows"]) - 1)
        return {"line": AIR_OF_LINE, "bars": between, "grouped": between}.get(layout, 0.0)
    if kind == "figures":
        return {"ledger": 2 * AIR_OF_ROW * len(part.get("cells", ())), "grid": AIR_OF_CARD}.get(layout, 0.0)
    if kind == "steps" and layout == "list":
        return AIR_OF_ROW * (len(part["items"]) - 1)
    if kind == "table":
        return AIR_OF_CELL * len(part["rows"])
    return 0.0


def closing_at(parts: Sequence[Part]) -> int | None:
    """Where the sources and the office begin, when something stands before them."""
    return next((at for at, part in enumerate(parts) if part.get("closing")), None) or None


def closing_gaps(parts: Sequence[Part], keep: Sequence[float], spare: float, gap: float) -> tuple[list[float], float]:
    """Gaps of a page, and the room they leave; sources and the office go down to its foot."""
    gaps = gaps_of(keep, gap, spare)
    base = height_of([0.0] * len(parts), keep, gap)
    left = max(0.0, spare - (sum(gaps) - base))
    first = closing_at(parts)
    if first:
        gaps[first - 1] = round(gaps[first - 1] + left, 2)
    return gaps, left


def fill_of(pages: Sequence[Mapping[str, Any]], frame: Frame) -> float:
    """How full the pages after the first are, 0…1; the first one's panel fills it by itself."""
    later = pages[1:]
    return sum(page["used"] for page in later) / (len(later) * frame.room) if later else 1.0


def judge(pages: Sequence[Mapping[str, Any]], frame: Frame) -> tuple[int, float]:
    """How good pages are, the less the better: how many, then how unevenly filled, where parts that stand side by side
    make up for some emptiness."""
    empty = sum((1 - page["used"] / frame.room) ** 2 for page in pages[1:])
    pairs = sum(part["kind"] == "pair" for page in pages for part in page["parts"])
    alone = len(pages) > 1 and len(pages[-1]["parts"]) == 1
    return len(pages), empty - PAIRED * pairs + ALONE * alone


def number_pages(pages: list[dict[str, Any]], campaign: Campaign, unit: Unit) -> None:
    """Page marks at the head, the label the law asks for, or the office's site, at the foot of every page."""
    for number, page in enumerate(pages, 1):
        page["mark"] = f"{number}/{len(pages)}" if len(pages) > 1 else ""
        page["label"] = campaign.ai_label
        page["foot"] = campaign.ai_label or unit.website
