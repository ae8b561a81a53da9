"""Key days, plans and accounts → the slots of a year: what goes where, and when. Pure."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from publisher.content.model import Campaign, PlannedPost
from publisher.errors import Problem, UsageError
from publisher.schedule.keydays import KeyDay, resolve_day, window_of
from publisher.schedule.moments import FARTHEST_MOVE, after_quiet_hours, free_day, outside_quiet_hours, to_moment
from publisher.schedule.plans import Defaults, Late, Plan, Post, read_post
from publisher.schedule.review import why_review
from publisher.schedule.seats import AccountRef, accounts_below, seat_accounts
from publisher.schedule.telling import note, tell_expired, tell_review, tell_twins
from publisher.settings import Marked

__all__ = [
    "AccountRef", "Calendar", "Planned", "Slot", "accounts_for", "anchor_of", "plan_campaign", "plan_span", "plan_year",
    "posts_of", "read_own_posts",
]  # fmt: skip


FIRST_YEAR, LAST_YEAR = 1970, 2199
"""From the year after Vietnam's calendar went over to UTC+7 to the end of what the lunar calendar here is valid for."""


@dataclass(frozen=True)
class Slot:
    """One piece for one account at one moment. `key` names it for ever; `at` and `valid_until` are aware UTC.

    `post` is its line of the plan; `needs_review` asks a person whether the facts still hold before it is approved.
    """

    key: str
    campaign: str
    unit: str
    account: str
    kind: str
    output: str
    format: str
    at: datetime
    late: Late
    grace_s: int
    valid_until: datetime | None
    passes_freeze: bool = False
    post: str = ""
    needs_review: bool = False

    @property
    def year(self) -> int:
        """The year of its key day, which at the turn of the year may not be that of `at`."""
        return int(self.key.split(".")[1])


@dataclass(frozen=True)
class Calendar:
    """Everything a plan is made from."""

    days: Mapping[str, KeyDay]
    plans: Mapping[str, Plan]
    accounts: Sequence[AccountRef]
    parents: Mapping[str, str | None]
    zone: ZoneInfo
    default_unit: str
    defaults: Defaults


@dataclass(frozen=True)
class Taken:
    """Why a day is not free, in words that follow the date; `owner` is the key day it belongs to, or nothing."""

    owner: str
    words: str


@dataclass(frozen=True)
class Planned:
    """Slots and what was found. `judged` names every (campaign, year) that was planned in full."""

    slots: tuple[Slot, ...]
    problems: tuple[Problem, ...]
    judged: frozenset[tuple[str, int]] = frozenset()


def plan_year(campaigns: Sequence[Campaign], calendar: Calendar, year: int) -> Planned:
    """The slots of that year's key days, in the order of their time. What cannot be planned is a problem.

    A slot depends on its own campaign, the settings and the accounts, never on which other campaigns are planned.
    Raises UsageError for a year outside FIRST_YEAR to LAST_YEAR.
    """
    refuse_year(year)
    slots: list[Slot] = []
    problems: list[Problem] = []
    taken = taken_days(calendar, year)
    for campaign in campaigns:
        found, wrong = plan_campaign(campaign, calendar, year, taken=taken)
        kept = [slot for slot in found if slot.valid_until is None or slot.at <= slot.valid_until]
        slots += kept
        problems += wrong + tell_expired(campaign, year, lost=len(found) - len(kept), of=len(found))
        problems += tell_review(campaign, year) if kept else []
    judged = frozenset((campaign.slug, year) for campaign in campaigns)
    return Planned(tuple(sorted(slots, key=_order)), tuple(sorted(set(problems))), judged)


def plan_span(campaigns: Sequence[Campaign], calendar: Calendar, first: date, last: date) -> Planned:
    """The slots from the first to the last day, both included, and the problems of the years they belong to."""
    if last < first:
        raise UsageError(f"the plan's last day {last} lies before its first, {first}. Turn them round.")
    refuse_year(first.year)
    refuse_year(last.year)
    years = range(max(FIRST_YEAR, first.year - 1), min(LAST_YEAR, last.year + 1) + 1)
    found = [plan_year(campaigns, calendar, year) for year in years]
    begin, _ = to_moment(first, time(), calendar.zone)
    end, _ = to_moment(last + timedelta(days=1), time(), calendar.zone)
    slots = sorted({s.key: s for planned in found for s in planned.slots if begin <= s.at < end}.values(), key=_order)
    inside = [planned for year, planned in zip(years, found, strict=True) if first.year <= year <= last.year]
    problems = sorted({problem for planned in inside for problem in planned.problems})
    return Planned(tuple(slots), tuple(problems))


def refuse_year(year: int) -> None:
    """Raise UsageError for a year that the calendars here do not reach."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError(f"year {year}: a plan is made for a year from {FIRST_YEAR} to {LAST_YEAR}. Choose another.")


def _order(slot: Slot) -> tuple[datetime, str]:
    return slot.at, slot.key


def taken_days(calendar: Calendar, year: int) -> dict[date, Taken]:
    """Days to keep free: key days that stand alone, and those of the house rules."""
    taken = {day: Taken("", f"is kept free ({why})") for day, why in calendar.defaults.taken.items()}
    for near in (year - 1, year, year + 1):
        for day in calendar.days.values():
            if day.alone and day.holds_in(near):
                with contextlib.suppress(ValueError):  # a lunar day that this solar year does not have
                    taken[resolve_day(day, near)] = Taken(day.id, f"belongs to {day.id} alone")
    return taken


def plan_campaign(
    campaign: Campaign, calendar: Calendar, year: int, *, taken: Mapping[date, Taken]
) -> tuple[list[Slot], list[Problem]]:
    """One campaign's slots, also those that lie after its last day."""
    posts, problems = posts_of(campaign, calendar)
    anchor, wrong = anchor_of(campaign, calendar, year)
    problems += wrong + tell_twins(campaign, posts)
    slots: list[Slot] = []
    for post in posts:
        if post.when.date:
            day = date.fromisoformat(post.when.date) if post.when.date.startswith(f"{year:04d}-") else None
        else:
            day = anchor
        if day is None:
            if not post.when.date and campaign.key_day is None:
                message = f"`{post.when}` counts from a key day and the campaign has none. Write key_day, or a date."
                problems.append(Problem(campaign.path, post.line, message))
            continue
        moment, notes = place_post(campaign, post, day, calendar, taken)
        problems += notes
        slots += fill(campaign, post, moment, calendar, year)
        if not accounts_for(campaign, post, calendar):
            message = f"no account of {post.kind}:{post.account} for this office; nothing goes there."
            problems.append(note(campaign, post, message))
    return slots, problems


def place_post(
    campaign: Campaign, post: Post, anchor: date, calendar: Calendar, taken: Mapping[date, Taken]
) -> tuple[datetime, list[Problem]]:
    """The post's moment, moved off taken days and quiet hours, with a note for every move."""
    planned = anchor + timedelta(days=post.when.days)
    others = weekends_around(planned) if post.workdays else {}
    others |= {day: why for day, why in taken.items() if why.owner != campaign.key_day}
    day = free_day(planned, post.when.days, others)
    notes = []
    if day != planned:
        notes.append(note(campaign, post, f"{planned} {others[planned].words}; moved to {day}."))
    elif planned in others:
        stays = "it stays, since it has no other day. Look at it."
        notes.append(note(campaign, post, f"{planned} {others[planned].words}; {stays}"))
    own = calendar.days.get(campaign.key_day or "")
    if own is not None and not post.when.date:
        first, last = window_of(own, anchor.year)
        if not first <= day <= last:
            message = f"{day} lies outside the days of {own.id} ({first} to {last}). Change the plan or the window."
            notes.append(note(campaign, post, message))
    moment, moved = outside_quiet_hours(day, post.when.time, calendar.zone, calendar.defaults)
    return moment, [*notes, *([note(campaign, post, f"{moved}.")] if moved else [])]


def weekends_around(day: date) -> dict[date, Taken]:
    """Saturdays and Sundays as far as a piece may move from that day."""
    near = (day + timedelta(days=n) for n in range(-FARTHEST_MOVE, FARTHEST_MOVE + 1))
    return {other: Taken("", "is at the weekend") for other in near if other.weekday() >= 5}


def posts_of(campaign: Campaign, calendar: Calendar) -> tuple[tuple[Post, ...], list[Problem]]:
    """The campaign's own posts, the plan it names, or the plan of its key day."""
    if isinstance(campaign.plan, tuple):
        return read_own_posts(campaign.plan, campaign.path, calendar.defaults)
    name = campaign.plan
    day = calendar.days.get(campaign.key_day or "")
    if name is None and day is not None:
        name = day.plan
    if name is None:
        return (), []
    if name not in calendar.plans:
        known = ", ".join(sorted(calendar.plans)) or "none"
        return (), [Problem(campaign.path, 0, f"plan: no `{name}` in schedules/; there are: {known}.")]
    return calendar.plans[name].posts, []


def read_own_posts(
    posts: Sequence[PlannedPost], path: str, defaults: Defaults
) -> tuple[tuple[Post, ...], list[Problem]]:
    """Posts written out in a campaign, read like those of a plan."""
    problems: list[Problem] = []
    found: list[Post] = []
    for post in posts:
        values = {"at": post.at, "to": post.to, "send": post.send, **({"late": post.late} if post.late else {})}
        marked = Marked(values, dict.fromkeys(values, post.line), path, post.line, problems)
        found.append(name_apart(read_post(marked, defaults), found, marked))
    return tuple(found), problems


def name_apart(post: Post, before: Sequence[Post], marked: Marked) -> Post:
    """A second post of the same day, place and output is named after its time too; the first keeps its name, since
    it may be out under it. Exactly the same post twice is a problem."""
    names = {other.id for other in before}
    if post.id not in names:
        return post
    renamed = replace(post, id=f"{post.id}-{post.when.time:%H%M}")
    if renamed.id in names or any(other.id == post.id and other.when == post.when for other in before):
        marked.complain("at", f"`{post.when}` sends {post.send} to {marked.text('to')} twice. Remove one of the two.")
    return renamed


def anchor_of(campaign: Campaign, calendar: Calendar, year: int) -> tuple[date | None, list[Problem]]:
    """The solar date of the campaign's key day in that year; None when it has none or the day is not valid then."""
    if campaign.key_day is None:
        return None, []
    day = calendar.days.get(campaign.key_day)
    if day is None:
        known = ", ".join(sorted(calendar.days))
        return None, [Problem(campaign.path, 0, f"key_day: no `{campaign.key_day}`; there are: {known}.")]
    if not day.holds_in(year):
        return None, []
    try:
        return resolve_day(day, year), []
    except ValueError as error:
        return None, [Problem(campaign.path, 0, f"{error}. Choose another year.", "warning")]


def accounts_for(campaign: Campaign, post: Post, calendar: Calendar) -> list[AccountRef]:
    """Accounts of the campaign's office and of every office below it that the post goes to."""
    office = campaign.unit or calendar.default_unit
    below = accounts_below(office, calendar.accounts, calendar.parents)
    return [a for a in below if a.kind == post.kind and post.account in ("*", a.name)]


def fill(campaign: Campaign, post: Post, moment: datetime, calendar: Calendar, year: int) -> list[Slot]:
    """One slot an account, each at its own turn."""
    end = None
    if campaign.valid_until is not None:
        midnight, _ = to_moment(campaign.valid_until + timedelta(days=1), time(), calendar.zone)
        end = midnight - timedelta(seconds=1)
    review = bool(why_review(campaign, year))
    seats = seat_accounts(calendar.accounts, calendar.parents)
    return [
        Slot(
            key=f"{campaign.slug}.{year}.{post.id}.{account.name}",
            campaign=campaign.slug,
            unit=account.unit,
            account=account.name,
            kind=account.kind,
            output=post.send,
            format=post.format,
            # Who names one account has chosen its minute.
            at=take_turn(moment, post.kind, seats[account.name], calendar) if post.account == "*" else moment,
            late=campaign.late or post.late,
            grace_s=post.grace_s,
            valid_until=end,
            passes_freeze=post.passes_freeze,
            post=post.id,
            needs_review=review,
        )
        for account in accounts_for(campaign, post, calendar)
    ]


def take_turn(moment: datetime, kind: str, seat: int, calendar: Calendar) -> datetime:
    """When an account's turn comes: accounts of one network follow one another, `spread_s` apart."""
    step = calendar.defaults.spread.get(kind, calendar.defaults.spread_s)
    turn = moment + timedelta(seconds=step * seat)
    return after_quiet_hours(turn, moment, calendar.zone, calendar.defaults)
