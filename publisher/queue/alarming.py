"""Which alarms a recipient is to be told now: each once, again while nobody acts, and by one process only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from publisher.errors import NothingMatchedError, Words
from publisher.queue import ledger, schema, telling
from publisher.queue.database import Writer
from publisher.queue.model import Alarm, Notice
from publisher.workspace import Person

N = schema.alarms

TELL_LEASE_S = 300.0  # longer than a mail server may take; a process killed while telling leaves it to another then
FIRST_WAIT_S = 60.0  # after an alarm that did not get through, doubling to LONGEST_WAIT_S
LONGEST_WAIT_S = 3600.0
FOR_EVER = timedelta(days=36_500)
_BY_KEY = N.update().where(N.c.recipient == sa.bindparam("by_recipient"), N.c.key == sa.bindparam("by_key"))
ACCOUNT = "account:"
"""How the subject of an alarm about an account begins; pieces have none of it in their names."""


@dataclass(frozen=True)
class Asked:
    """What accounts said of their credentials: alarms, and the names of all that were asked (the others are left)."""

    alarms: tuple[Alarm, ...] = ()
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Change:
    fresh: tuple[Alarm, ...]
    due: tuple[tuple[sa.RowMapping, Alarm], ...]
    over: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.fresh or self.due or self.over)


def pending(connection: sa.Connection, recipient: str, asked: Asked, *, now: datetime) -> bool:
    """Whether `take` would change anything; writes nothing."""
    return bool(_compare(connection, recipient, asked, now))


def take(connection: sa.Connection, recipient: str, asked: Asked, *, now: datetime) -> list[Notice]:
    """What this recipient is to be told now, oldest first; nobody else tells it for the next TELL_LEASE_S seconds.

    Alarms that are over are forgotten: the same fault later is told anew.
    """
    change = _compare(connection, recipient, asked, now)
    if change.over:
        connection.execute(N.delete().where(N.c.id == sa.bindparam("by_id")), [{"by_id": n} for n in change.over])
    until = now + timedelta(seconds=TELL_LEASE_S)
    fresh = [
        {"key": a.key, "recipient": recipient, "subject": _subject(a), "raised_at": now, "next_at": until}
        for a in change.fresh
    ]
    if fresh:
        connection.execute(N.insert(), fresh)
    if change.due:
        _set(connection, recipient, [alarm for _, alarm in change.due], next_at=until)
    told = [Notice(alarm, 0) for alarm in change.fresh] + [Notice(alarm, row["times"]) for row, alarm in change.due]
    return sorted(told, key=lambda notice: (notice.alarm.since, notice.alarm.id))


def _compare(connection: sa.Connection, recipient: str, asked: Asked, now: datetime) -> _Change:
    current = {alarm.key: alarm for alarm in (*telling.alarms(connection, now=now), *asked.alarms)}
    rows = connection.execute(sa.select(N).where(N.c.recipient == recipient)).mappings().all()
    known = {row["key"]: row for row in rows}
    return _Change(
        tuple(alarm for key, alarm in current.items() if key not in known),
        tuple((row, current[key]) for key, row in known.items() if key in current and _due(row, now)),
        tuple(row["id"] for key, row in known.items() if key not in current and _judged(row["subject"], asked)),
    )


def _due(row: sa.RowMapping, now: datetime) -> bool:
    return row["next_at"] <= now and not row["seen_by"]


def _judged(subject: str, asked: Asked) -> bool:
    """Whether this process knows that the alarm is over: of an account only after asking it."""
    return not subject.startswith(ACCOUNT) or subject.removeprefix(ACCOUNT) in asked.accounts


def _subject(alarm: Alarm) -> str:
    return f"{ACCOUNT}{alarm.account}" if alarm.state == "credentials" else alarm.id


def note_told(
    connection: sa.Connection, recipient: str, notices: Sequence[Notice], *, now: datetime, repeat_s: float
) -> None:
    """It got through: repeated after `repeat_s` seconds (0: never), and in the ledger."""
    again = now + (timedelta(seconds=repeat_s) if repeat_s else FOR_EVER)
    alarms = [notice.alarm for notice in notices]
    _set(connection, recipient, alarms, told_at=now, next_at=again, times=N.c.times + 1, tries=0)
    ledger.append_all(
        connection,
        [
            ledger.Entry(now, "alarm", _piece(n.alarm), data={"to": recipient, "time": n.times + 1, "key": n.alarm.key})
            for n in notices
        ],
    )


def _piece(alarm: Alarm) -> str:
    return "" if alarm.state == "credentials" else alarm.id


def note_failed(connection: sa.Connection, recipient: str, notices: Sequence[Notice], *, now: datetime) -> datetime:
    """It did not get through; gives when it is tried again."""
    first = sa.select(N.c.tries).where(N.c.recipient == recipient, N.c.key == notices[0].alarm.key)
    tries = connection.execute(first).scalar() or 0
    again = now + timedelta(seconds=min(FIRST_WAIT_S * 2 ** min(tries, 10), LONGEST_WAIT_S))
    _set(connection, recipient, [notice.alarm for notice in notices], tries=tries + 1, next_at=again)
    return again


def _set(connection: sa.Connection, recipient: str, alarms: Sequence[Alarm], **values: Any) -> None:
    # Row by row: after an outage there may be more of them than one statement takes names.
    if alarms:
        rows = [{"by_recipient": recipient, "by_key": alarm.key} for alarm in alarms]
        connection.execute(_BY_KEY.values(**values), rows)


def note_seen(connection: sa.Connection, subjects: Collection[str], *, person: Person, now: datetime) -> list[str]:
    """A person takes care of it: those alarms are not repeated. Raises NothingMatchedError; gives the subjects."""
    wanted = {name for subject in subjects for name in (subject, f"{ACCOUNT}{subject}")}
    found = sorted(set(connection.execute(sa.select(N.c.subject).where(N.c.subject.in_(wanted))).scalars()))
    missing = sorted({s for s in subjects if s not in found and f"{ACCOUNT}{s}" not in found})
    if missing:
        raise NothingMatchedError(
            Words(
                f"{', '.join(missing)}: no alarm was told about it. See: publisher alarms list",
                f"{', '.join(missing)}: chưa báo việc nào về bài này.",
            )
        )
    connection.execute(N.update().where(N.c.subject.in_(found)).values(seen_by=person.id))
    ledger.append_all(
        connection,
        [
            ledger.Entry(now, "alarm seen", "" if s.startswith(ACCOUNT) else s, person.id, data={"subject": s})
            for s in found
        ],
    )
    return [subject.removeprefix(ACCOUNT) for subject in found]


def in_force(connection: sa.Connection) -> Mapping[str, Sequence[sa.RowMapping]]:
    """What each recipient was told of every alarm that is not over, by piece or account."""
    found: dict[str, list[sa.RowMapping]] = {}
    for row in connection.execute(sa.select(N).order_by(N.c.raised_at, N.c.id)).mappings():
        found.setdefault(row["subject"].removeprefix(ACCOUNT), []).append(row)
    return found


class AlarmBook:
    """The record of what was told to whom; every method is one durable write or none."""

    def __init__(self, reading: Callable[[], AbstractContextManager[sa.Connection]], writer: Writer) -> None:
        self._reading = reading
        self._writer = writer

    def take(self, recipient: str, asked: Asked, *, now: datetime) -> Sequence[Notice]:
        """What this recipient is to be told now. Nothing is written when there is nothing."""
        with self._reading() as c:
            if not pending(c, recipient, asked, now=now):
                return ()
        return self._writer.write(lambda c: take(c, recipient, asked, now=now))

    def note_told(self, recipient: str, notices: Sequence[Notice], *, now: datetime, repeat_s: float) -> None:
        """It got through."""
        self._writer.write(lambda c: note_told(c, recipient, notices, now=now, repeat_s=repeat_s))

    def note_failed(self, recipient: str, notices: Sequence[Notice], *, now: datetime) -> datetime:
        """It did not get through; gives when it is tried again."""
        return self._writer.write(lambda c: note_failed(c, recipient, notices, now=now))

    def note_seen(self, subjects: Collection[str], *, person: Person, now: datetime) -> Sequence[str]:
        """A person takes care of it. Raises NothingMatchedError."""
        return self._writer.write(lambda c: note_seen(c, subjects, person=person, now=now))

    def in_force(self) -> Mapping[str, Sequence[sa.RowMapping]]:
        """What was told of every alarm that is not over, by piece or account."""
        with self._reading() as c:
            return in_force(c)
