"""Civil times: a day and a clock become a moment, outside quiet hours, on a day that is free."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from publisher.schedule.plans import Defaults

FARTHEST_MOVE = 14  # days; a piece that finds no free day within two weeks stays where its plan put it


def to_moment(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, str]:
    """The moment in UTC. A time the clock change leaves out becomes the first one after it, and the words say so.

    Of a time that comes twice the first is meant.
    """
    moment = datetime.combine(day, clock, zone).astimezone(UTC)
    shown = moment.astimezone(zone)
    if shown.replace(tzinfo=None) == datetime.combine(day, clock):
        return moment, ""
    # In the gap, fold 1 counts with the offset that begins there: the moment lies before the gap by its length.
    before = datetime.combine(day, clock, zone).replace(fold=1).astimezone(UTC)
    change = first_after_change(before, moment, zone)
    words = f"{clock:%H:%M} does not exist on {day} (clock change); moved to {change.astimezone(zone):%H:%M}"
    return change, words


def first_after_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first whole minute in (before, after] with the offset of `after`."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds() // 60)
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(minutes=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return before + timedelta(minutes=low)


def is_quiet(clock: time, defaults: Defaults) -> bool:
    """Whether nothing may go out at that time of day. Equal ends mean that there are no quiet hours."""
    begin, end = defaults.quiet_from, defaults.quiet_to
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


def outside_quiet_hours(day: date, clock: time, zone: ZoneInfo, defaults: Defaults) -> tuple[datetime, str]:
    """The moment in UTC; inside the quiet hours it moves to their end, and the words say so."""
    if not is_quiet(clock, defaults):
        return to_moment(day, clock, zone)
    end = defaults.quiet_to
    overnight = defaults.quiet_from > end and clock >= defaults.quiet_from
    moment, words = to_moment(day + timedelta(days=1) if overnight else day, end, zone)
    quiet = f"{clock:%H:%M} lies in the quiet hours; moved to {end:%H:%M}"
    return moment, f"{quiet}, and {words}" if words else quiet


def after_quiet_hours(moment: datetime, begun: datetime, zone: ZoneInfo, defaults: Defaults) -> datetime:
    """Where a piece goes whose turn, counted from `begun`, came inside quiet hours: as far behind their end as it
    lay behind their beginning, so that the pieces stay apart."""
    local = moment.astimezone(zone)
    if moment == begun or not is_quiet(local.time(), defaults):
        return moment
    day = local.date() if local.time() >= defaults.quiet_from else local.date() - timedelta(days=1)
    start, _ = to_moment(day, defaults.quiet_from, zone)
    end, _ = outside_quiet_hours(day, defaults.quiet_from, zone, defaults)
    return end + (moment - start)


def free_day(day: date, offset: int, taken: Collection[date]) -> date:
    """The nearest free day, going away from the key day: before it earlier, after it later. The day itself stays."""
    if offset == 0:
        return day
    step = timedelta(days=1 if offset > 0 else -1)
    moved = day
    for _ in range(FARTHEST_MOVE):
        if moved not in taken:
            return moved
        moved += step
    return day
