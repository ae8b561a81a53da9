"""Which accounts a post goes to, and each account's own seat in the row, so that one network never sees a burst."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class AccountRef:
    """What the schedule has to know of an account. One that is switched off keeps its seat and gets nothing."""

    name: str
    kind: str
    unit: str
    enabled: bool = True


def accounts_below(
    office: str, accounts: Iterable[AccountRef], parents: Mapping[str, str | None]
) -> tuple[AccountRef, ...]:
    """Accounts of that office and of every office under it, by name."""
    below = (account for account in accounts if account.enabled and is_below(account.unit, office, parents))
    return tuple(sorted(below, key=lambda account: account.name))


def is_below(unit: str, office: str, parents: Mapping[str, str | None]) -> bool:
    """Whether the unit is that office or stands under it."""
    return office in line_of(unit, parents)


def line_of(unit: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The unit and every office above it; a circle of offices ends where it closes."""
    line: list[str] = []
    here: str | None = unit
    while here is not None and here not in line:
        line.append(here)
        here = parents.get(here)
    return tuple(line)


def seat_accounts(accounts: Sequence[AccountRef], parents: Mapping[str, str | None]) -> dict[str, int]:
    """Each account's seat in its network, from 0: higher offices first, then by name.

    A seat does not depend on the campaigns that are planned, so that planning one more moves no other's times.
    """
    seats: dict[str, int] = {}
    taken: dict[str, int] = {}
    for account in sorted(accounts, key=lambda a: (a.kind, len(line_of(a.unit, parents)), a.name)):
        seats[account.name] = taken.get(account.kind, 0)
        taken[account.kind] = seats[account.name] + 1
    return seats
