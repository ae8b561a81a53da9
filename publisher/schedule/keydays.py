"""Key days: `schedules/key-days.yaml` → the solar date of each in any year, its name and its theme of that year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from publisher.errors import SettingsError
from publisher.settings import Marked, describe, read_yaml
from publisher.vietnamese.lunar import lunar_to_solar
from publisher.workspace import Workspace

FILE = "key-days.yaml"
_KEYS = (
    "id", "name", "names", "rule", "since", "until", "window", "windows", "lead_days", "alone", "plan", "category",
    "source", "themes", "note",
)  # fmt: skip
_ID = re.compile(r"[a-z0-9-]{1,60}")
_SOLAR = re.compile(r"(\d{1,2})/(\d{1,2})")
_LUNAR = re.compile(r"(\d{1,2})/(\d{1,2}) âm")
_WINDOW = re.compile(r"D([+-]\d{1,3})\s*\.\.\s*D([+-]\d{1,3})")
_SPAN = re.compile(r"(\d{1,2})/(\d{1,2})\s*\.\.\s*(\d{1,2})/(\d{1,2})")
LONGEST_MONTH = 30  # of the lunar calendar; the others have 29 days
LEAD_DAYS = 30  # before a window opens: time to check the facts, write, draw and approve


@dataclass(frozen=True)
class Rule:
    """A day of the year: solar `18/5`, or of the Vietnamese lunar calendar `10/3 âm`.

    Day 30 of a lunar month means its last day, also when the month has 29 (as people keep New Year's Eve).
    """

    day: int
    month: int
    lunar: bool

    def __str__(self) -> str:
        return f"{self.day:02d}/{self.month:02d}{' âm lịch' if self.lunar else ''}"


@dataclass(frozen=True)
class KeyDay:
    """One key day. `names` maps the first year of validity to the name; `themes` a year to its official theme.

    `window` is (first, last) in days from the day itself: when campaigns for it may run; `windows` replaces it for
    a year by the dates an authority announced. `lead_days` before the window opens work on it begins. On a day that
    stands `alone` only pieces for that day go out.
    """

    id: str
    names: Mapping[int, str]
    rule: Rule
    since: int
    until: int | None
    window: tuple[int, int]
    plan: str | None
    category: str
    source: str
    themes: Mapping[int, str]
    line: int
    windows: Mapping[int, tuple[date, date]] = field(default_factory=dict)
    lead_days: int = LEAD_DAYS
    alone: bool = False

    def name_in(self, year: int) -> str:
        """What the day is called in that year."""
        valid = [first for first in sorted(self.names) if first <= year]
        return self.names[valid[-1] if valid else min(self.names)]

    def holds_in(self, year: int) -> bool:
        return self.since <= year and (self.until is None or year <= self.until)


def resolve_day(day: KeyDay, year: int) -> date:
    """The solar date in that year. A lunar day of the old lunar year that falls into it counts as well.

    Raises ValueError when the year does not have the day (a late lunar day may skip a solar year).
    """
    if not day.rule.lunar:
        return date(year, day.rule.month, day.rule.day)
    for lunar_year in (year, year - 1):
        found = lunar_day(day.rule, lunar_year)
        if found.year == year:
            return found
    raise ValueError(f"{day.id}: its lunar day does not fall into {year}")


def lunar_day(rule: Rule, lunar_year: int) -> date:
    """The solar date of the rule's day in a lunar year."""
    try:
        return lunar_to_solar(rule.day, rule.month, lunar_year)
    except ValueError:
        if rule.day != LONGEST_MONTH:
            raise
        return lunar_to_solar(LONGEST_MONTH - 1, rule.month, lunar_year)


def window_of(day: KeyDay, year: int) -> tuple[date, date]:
    """First and last day on which pieces for it may go out."""
    if year in day.windows:
        return day.windows[year]
    anchor = resolve_day(day, year)
    return anchor + timedelta(days=day.window[0]), anchor + timedelta(days=day.window[1])


def load_key_days(workspace: Workspace) -> dict[str, KeyDay]:
    """Every key day by id. Raises SettingsError with every problem of the file."""
    marked = read_yaml(workspace.schedules / FILE, shown=f"schedules/{FILE}")
    marked.refuse_unknown(("days",), of="the list of key days")
    days: dict[str, KeyDay] = {}
    for entry in marked.mappings("days"):
        day = _day(entry)
        if day.id in days:
            entry.complain("id", f"{describe(day.id)} stands here twice; each day has its own. Rename one.")
        days[day.id] = day
    if marked.problems:
        raise SettingsError(marked.problems)
    return days


def _day(entry: Marked) -> KeyDay:
    entry.refuse_unknown(_KEYS, of="a key day")
    identity = entry.text("id")
    if identity and not _ID.fullmatch(identity):
        entry.complain("id", f"{describe(identity)}; an id has a-z, 0-9 and hyphen. Write another.")
    since = int(entry.number("since", 1900))
    return KeyDay(
        id=identity,
        names=_names(entry, since),
        rule=_rule(entry),
        since=since,
        until=int(entry.number("until", 0)) or None,
        window=_window(entry),
        plan=entry.text("plan", "") or None,
        category=entry.text("category", ""),
        source=entry.text("source", ""),
        themes=_by_year(entry, "themes"),
        line=entry.line,
        windows=_windows(entry),
        lead_days=_lead_days(entry),
        alone=entry.flag("alone", False),
    )


def _lead_days(entry: Marked) -> int:
    days = entry.number("lead_days", LEAD_DAYS)
    if days != int(days) or not 0 <= days <= 365:
        entry.complain("lead_days", f"found {describe(days)}; a number of days from 0 to 365. Correct it.")
        return LEAD_DAYS
    return int(days)


def _windows(entry: Marked) -> dict[int, tuple[date, date]]:
    """`2025: 22/9 .. 5/10`; an end before the beginning lies in the next year."""
    found = {}
    for year, text in _by_year(entry, "windows").items():
        match = _SPAN.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            first_day, first_month, last_day, last_month = map(int, match.groups())
            first, last = date(year, first_month, first_day), date(year, last_month, last_day)
            found[year] = first, last if last >= first else last.replace(year=year + 1)
        except ValueError:
            entry.complain("windows", f"{year}: found {describe(text)}; written `22/9 .. 5/10`. Correct it.")
    return found


def _names(entry: Marked, since: int) -> dict[int, str]:
    named = _by_year(entry, "names")
    if "name" in entry.values or not named:
        named[since] = entry.text("name")
    return named


def _by_year(entry: Marked, key: str) -> dict[int, str]:
    marked = entry.mapping(key)
    found = {}
    for year in marked.values:
        if not re.fullmatch(r"(?:19|20|21)\d\d", str(year)):
            marked.complain(str(year), f"{describe(year)}; before the colon stands a year such as 2026. Correct it.")
            continue
        found[int(year)] = marked.text(str(year))
    return found


def _rule(entry: Marked) -> Rule:
    text = entry.text("rule")
    lunar = _LUNAR.fullmatch(text)
    match = lunar or _SOLAR.fullmatch(text)
    if match is None:
        entry.complain("rule", f"found {describe(text)}; a day is written 18/5, or 10/3 âm for the lunar calendar.")
        return Rule(1, 1, False)
    rule = Rule(int(match.group(1)), int(match.group(2)), lunar is not None)
    try:
        if rule.lunar and not (1 <= rule.day <= 30 and 1 <= rule.month <= 12):
            raise ValueError
        if not rule.lunar:
            date(2025, rule.month, rule.day)  # a day every year has
    except ValueError:
        entry.complain("rule", f"{describe(text)} is no day of every year. Write day/month, such as 18/5.")
        return Rule(1, 1, False)
    return rule


def _window(entry: Marked) -> tuple[int, int]:
    text = entry.text("window", "D-30 .. D+10")
    match = _WINDOW.fullmatch(text)
    if match is None or int(match.group(1)) > int(match.group(2)):
        entry.complain("window", f"found {describe(text)}; written `D-9 .. D+4`, first before last. Correct it.")
        return (-30, 10)
    return int(match.group(1)), int(match.group(2))
