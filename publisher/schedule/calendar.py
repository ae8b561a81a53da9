"""The editors' calendar: which key days come, from when to work on them, what an authority has yet to announce."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from publisher.schedule.keydays import KeyDay, resolve_day, window_of
from publisher.schedule.wording import name_day


@dataclass(frozen=True)
class Occasion:
    """A key day in one year. Work on it begins on `prepare_from`; pieces go out from `first` to `last`.

    `theme_due` says that earlier years had a theme and this year's is not entered yet.
    """

    id: str
    name: str
    day: date
    lunar: str
    theme: str
    theme_due: bool
    prepare_from: date
    first: date
    last: date
    plan: str
    category: str
    source: str


def list_occasions(days: Mapping[str, KeyDay], first: date, last: date) -> tuple[Occasion, ...]:
    """Every key day from the first to the last date, both included, in the order of the calendar."""
    found = []
    for year in range(first.year, last.year + 1):
        for day in days.values():
            occasion = occasion_of(day, year)
            if occasion is not None and first <= occasion.day <= last:
                found.append(occasion)
    return tuple(sorted(found, key=lambda occasion: (occasion.day, occasion.id)))


def occasion_of(day: KeyDay, year: int) -> Occasion | None:
    """The key day in that year; None when it is not valid then or the year does not have it."""
    if not day.holds_in(year):
        return None
    try:
        anchor = resolve_day(day, year)
    except ValueError:
        return None
    first, last = window_of(day, year)
    return Occasion(
        id=day.id,
        name=day.name_in(year),
        day=anchor,
        lunar=str(day.rule) if day.rule.lunar else "",
        theme=day.themes.get(year, ""),
        theme_due=year not in day.themes and any(known < year for known in day.themes),
        prepare_from=first - timedelta(days=day.lead_days),
        first=first,
        last=last,
        plan=day.plan or "",
        category=day.category,
        source=day.source,
    )


def tell_calendar(occasions: Sequence[Occasion], today: date) -> tuple[tuple[str, ...], ...]:
    """Rows for a table: day, name, how far off, when pieces may go out, what is to be done."""
    return tuple(
        (
            name_day(occasion.day),
            f"{occasion.name} ({occasion.lunar})" if occasion.lunar else occasion.name,
            tell_distance((occasion.day - today).days),
            f"{occasion.first:%d/%m}–{occasion.last:%d/%m}",
            tell_work(occasion, today),
        )
        for occasion in occasions
    )


def tell_distance(days: int) -> str:
    if days == 0:
        return "hôm nay"
    return f"còn {days} ngày" if days > 0 else f"đã qua {-days} ngày"


def tell_work(occasion: Occasion, today: date) -> str:
    """What an editor has to do about it now; empty when nothing."""
    if not occasion.plan or today > occasion.last:
        return ""
    tasks = []
    if today >= occasion.prepare_from:
        tasks.append("soạn và duyệt" if today < occasion.first else "đang trong đợt")
        if occasion.theme_due:
            tasks.append(f"nhập chủ đề năm {occasion.day.year}")
    return "; ".join(tasks)
