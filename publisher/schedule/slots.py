"""Key days, plans and accounts → the slots of a year: what goes where, and when. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from publisher.content.model import Campaign, PlannedPost
from publisher.errors import Problem
from publisher.schedule.keydays import KeyDay, resolve_day
from publisher.schedule.plans import Defaults, Late, Plan, Post, read_post
from publisher.settings import Marked


@dataclass(frozen=True)
class AccountRef:
    """What the schedule has to know of an account."""

    name: str
    kind: str
    unit: str


@dataclass(frozen=True)
class Slot:
    """One piece for one account at one moment. `key` names it for ever; `at` and `valid_until` are aware UTC."""

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
class Planned:
    slots: tuple[Slot, ...]
    problems: tuple[Problem, ...]


def plan_year(campaigns: Sequence[Campaign], calendar: Calendar, year: int) -> Planned:
    """The slots of that year, in the order of their time. What cannot be planned is a problem with its place."""
    slots: list[Slot] = []
    problems: list[Problem] = []
    for campaign in campaigns:
        found, wrong = plan_campaign(campaign, calendar, year)
        slots += found
        problems += wrong
    slots = spread(slots, calendar.defaults.spread_s)
    slots = [slot for slot in slots if slot.valid_until is None or slot.at <= slot.valid_until]
    return Planned(tuple(sorted(slots, key=lambda slot: (slot.at, slot.key))), tuple(sorted(set(problems))))


def plan_span(campaigns: Sequence[Campaign], calendar: Calendar, first: date, last: date) -> Planned:
    """The slots from the first to the last day, both included."""
    found = [plan_year(campaigns, calendar, year) for year in range(first.year - 1, last.year + 2)]
    begin = datetime.combine(first, time(), calendar.zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), calendar.zone).astimezone(UTC)
    slots = sorted({s.key: s for planned in found for s in planned.slots if begin <= s.at < end}.values(), key=_order)
    problems = sorted({problem for planned in found for problem in planned.problems})
    return Planned(tuple(slots), tuple(problems))


def _order(slot: Slot) -> tuple[datetime, str]:
    return slot.at, slot.key


def plan_campaign(campaign: Campaign, calendar: Calendar, year: int) -> tuple[list[Slot], list[Problem]]:
    """One campaign's slots before they are spread."""
    posts, problems = posts_of(campaign, calendar)
    day, wrong = anchor_of(campaign, calendar, year)
    problems += wrong
    slots: list[Slot] = []
    for post in posts:
        at = (
            day
            if not post.when.date
            else date.fromisoformat(post.when.date)
            if post.when.date[:4] == str(year)
            else None
        )
        if at is None:
            if not post.when.date and not wrong and campaign.key_day is None:
                message = f"`{post.when}` counts from a key day and the campaign has none. Write key_day, or a date."
                problems.append(Problem(campaign.path, post.line, message))
            continue
        moment, moved = outside_quiet_hours(at + timedelta(days=post.when.days), post, calendar)
        problems += [Problem(campaign.path, 0, f"{moved}", "warning")] if moved else []
        slots += fill(campaign, post, moment, calendar, year)
        if not accounts_for(campaign, post, calendar):
            message = (
                f"plan post `{post.id}`: no account of {post.kind}:{post.account} for this office; nothing goes there."
            )
            problems.append(Problem(campaign.path, 0, message, "warning"))
    return slots, problems


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
    found = []
    for post in posts:
        values = {"at": post.at, "to": post.to, "send": post.send, **({"late": post.late} if post.late else {})}
        found.append(read_post(Marked(values, dict.fromkeys(values, post.line), path, post.line, problems), defaults))
    return tuple(found), problems


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


def outside_quiet_hours(day: date, post: Post, calendar: Calendar) -> tuple[datetime, str]:
    """The moment in UTC; inside the quiet hours it moves to their end, and the words say so."""
    quiet_from, quiet_to = calendar.defaults.quiet_from, calendar.defaults.quiet_to
    clock = post.when.time
    overnight = quiet_from > quiet_to
    quiet = (clock >= quiet_from or clock < quiet_to) if overnight else quiet_from <= clock < quiet_to
    if not quiet:
        return datetime.combine(day, clock, calendar.zone).astimezone(UTC), ""
    if overnight and clock >= quiet_from:
        day += timedelta(days=1)
    words = f"plan post `{post.id}` at {clock:%H:%M} lies in the quiet hours; moved to {quiet_to:%H:%M}."
    return datetime.combine(day, quiet_to, calendar.zone).astimezone(UTC), words


def accounts_for(campaign: Campaign, post: Post, calendar: Calendar) -> list[AccountRef]:
    """Accounts of the campaign's office and of every office below it."""
    office = campaign.unit or calendar.default_unit
    return sorted(
        (
            account
            for account in calendar.accounts
            if account.kind == post.kind
            and post.account in ("*", account.name)
            and is_below(account.unit or calendar.default_unit, office, calendar.parents)
        ),
        key=lambda account: account.name,
    )


def is_below(unit: str, office: str, parents: Mapping[str, str | None]) -> bool:
    """Whether the unit is that office or stands under it."""
    seen: set[str] = set()
    here: str | None = unit
    while here is not None and here not in seen:
        if here == office:
            return True
        seen.add(here)
        here = parents.get(here)
    return False


def fill(campaign: Campaign, post: Post, moment: datetime, calendar: Calendar, year: int) -> list[Slot]:
    """One slot an account."""
    end = None
    if campaign.valid_until is not None:
        next_day = campaign.valid_until + timedelta(days=1)
        end = datetime.combine(next_day, time(), calendar.zone).astimezone(UTC) - timedelta(seconds=1)
    return [
        Slot(
            key=f"{campaign.slug}.{year}.{post.id}.{account.name}",
            campaign=campaign.slug,
            unit=account.unit or calendar.default_unit,
            account=account.name,
            kind=account.kind,
            output=post.send,
            format=post.format,
            at=moment,
            late=campaign.late or post.late,
            grace_s=post.grace_s,
            valid_until=end,
            passes_freeze=post.passes_freeze,
        )
        for account in accounts_for(campaign, post, calendar)
    ]


def spread(slots: Sequence[Slot], step_s: int) -> list[Slot]:
    """No two accounts of one network at the same moment: the later ones, by name, follow `step_s` apart."""
    taken: dict[tuple[str, datetime], set[str]] = {}
    found = []
    for slot in sorted(slots, key=lambda s: (s.at, s.kind, s.account, s.key)):
        accounts = taken.setdefault((slot.kind, slot.at), set())
        accounts.add(slot.account)
        place = sorted(accounts).index(slot.account)
        found.append(replace(slot, at=slot.at + timedelta(seconds=step_s * place)) if place else slot)
    return found
