"""New times for what a freeze kept back: the same time of day on a later, free day, one a day and account. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from publisher.schedule.moments import FARTHEST_MOVE, outside_quiet_hours
from publisher.schedule.plans import Defaults

CLOSE = timedelta(minutes=30)
"""Two pieces of one account nearer to each other than this would look like a burst."""


@dataclass(frozen=True)
class Missed:
    """A piece whose time has passed; moments are aware."""

    id: str
    account: str
    due_at: datetime
    valid_until: datetime | None


@dataclass(frozen=True)
class Replanned:
    """New moments by id, and the ids for which there is none within two weeks or their validity."""

    moments: dict[str, datetime]
    left: tuple[str, ...]


def replan(
    missed: Sequence[Missed],
    busy: Iterable[tuple[str, datetime]],
    *,
    earliest: datetime,
    taken: Collection[date],
    zone: ZoneInfo,
    defaults: Defaults,
) -> Replanned:
    """A new moment for each, from `earliest` on, in the order of their old ones.

    `busy` are accounts with moments at which they send already; `taken` are days that stay free.
    """
    used: dict[str, list[datetime]] = {}
    for account, moment in busy:
        used.setdefault(account, []).append(moment)
    moments: dict[str, datetime] = {}
    left: list[str] = []
    for piece in sorted(missed, key=lambda p: (p.due_at, p.id)):
        own = used.setdefault(piece.account, [])
        found = _first_free(piece, own, earliest, taken, zone, defaults)
        if found is None:
            left.append(piece.id)
        else:
            own.append(found)
            moments[piece.id] = found
    return Replanned(moments, tuple(left))


def _first_free(
    piece: Missed, used: Sequence[datetime], earliest: datetime, taken: Collection[date], zone: ZoneInfo,
    defaults: Defaults,
) -> datetime | None:  # fmt: skip
    clock = piece.due_at.astimezone(zone).time()
    first = earliest.astimezone(zone).date()
    for day in (first + timedelta(days=n) for n in range(FARTHEST_MOVE + 1)):
        moment, _ = outside_quiet_hours(day, clock, zone, defaults)
        if moment < earliest or moment.astimezone(zone).date() in taken:
            continue
        if piece.valid_until is not None and moment > piece.valid_until:
            return None
        if all(abs(moment - other) >= CLOSE for other in used):
            return moment
    return None
