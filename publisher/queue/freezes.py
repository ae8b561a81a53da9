"""Freezes: national mourning or an emergency holds everything but what is marked to pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from publisher.errors import NothingMatchedError, QueueError, Words
from publisher.queue import ledger, schema
from publisher.queue.approvals import need_role
from publisher.queue.model import Freeze
from publisher.queue.rows import D, move
from publisher.queue.transitions import HELD, QUEUED
from publisher.queue.wording import VERBS
from publisher.units import units_below
from publisher.workspace import Person

F = schema.freezes
CLOCK = "clock"
"""Who began a freeze that no person began; no person's id has meaning here, and people are told of it."""
PASSED = "its time passed during a freeze; give it a new time or cancel it"
_ACTIVE = (
    sa.select(F)
    .where(F.c.ended_at.is_(None))
    .where(sa.or_(F.c.until_at.is_(None), F.c.until_at > sa.bindparam("at", type_=schema.Moment)))
    .order_by(F.c.id)
)


def start(
    connection: sa.Connection, *, reason: str, units: Iterable[str], until: datetime | None, person: Person,
    now: datetime,
) -> int:  # fmt: skip
    """Begin a freeze over those units (none: all of them); gives its number."""
    need_role(person, ("publisher", "approver"), verb="freeze")
    if not reason.strip():
        raise QueueError(
            Words("freeze: needs a reason that everybody can read. Add --reason.", "Ghi lý do để ai cũng đọc được.")
        )
    if until is not None and until <= now:
        raise QueueError(
            Words(
                f"freeze: --until {until.isoformat()} is already past. Give a later moment.",
                f"Tạm dừng đến {until.isoformat()}: giờ ấy đã qua. Chọn giờ sau bây giờ.",
            )
        )
    chosen = sorted(set(units))
    _need_units(person, chosen, verb="freeze")
    names = " ".join(chosen)
    row = {"reason": reason, "units": names, "by": person.id, "from_at": now, "until_at": until}
    number = int(connection.execute(F.insert().returning(F.c.id), row).scalar_one())
    data = {"freeze": number, "reason": reason, "units": names, "until": until.isoformat() if until else ""}
    ledger.append(connection, ledger.Entry(now, "freeze", by=person.id, data=data))
    return number


def hold_for_clock(connection: sa.Connection, *, ahead_s: float, now: datetime) -> int:
    """The clock was set ahead while the service ran: hold everything until a person has looked; gives its number.

    One such freeze is enough, however often the clock is set.
    """
    known = connection.execute(sa.select(F.c.id).where(F.c.ended_at.is_(None), F.c.by == CLOCK)).scalar()
    if known is not None:
        return int(known)
    minutes = round(ahead_s / 60)
    reason = f"the clock was set {minutes} minutes ahead while the service ran; check the time and date, then unfreeze"
    row = {"reason": reason, "units": "", "by": CLOCK, "from_at": now, "until_at": None}
    number = int(connection.execute(F.insert().returning(F.c.id), row).scalar_one())
    ledger.append(connection, ledger.Entry(now, "freeze", by=CLOCK, data={"freeze": number, "reason": reason}))
    return number


def active(connection: sa.Connection, *, now: datetime) -> list[Freeze]:
    """Freezes in force, oldest first."""
    return [
        Freeze(r.id, r.reason, frozenset(r.units.split()), r.by, r.from_at, r.until_at)
        for r in connection.execute(_ACTIVE, {"at": now})
    ]


def end(connection: sa.Connection, number: int | None, *, person: Person, now: datetime) -> tuple[list[str], list[str]]:
    """End that freeze, or all of them. Gives the ids that are queued again and those that need a new time."""
    need_role(person, ("publisher", "approver"), verb="unfreeze")
    found = [freeze for freeze in active(connection, now=now) if number is None or freeze.id == number]
    if not found:
        raise NothingMatchedError(
            Words("unfreeze: no such freeze is in force. See `publisher doctor`.", "Không có lệnh tạm dừng này.")
        )
    for freeze in found:
        _need_units(person, sorted(freeze.units), verb="unfreeze")
    numbers = [freeze.id for freeze in found]
    return _lift(connection, numbers, by=person.id, now=now)


def _need_units(person: Person, units: Sequence[str], *, verb: str) -> None:
    """Who acts for one office does not hold or free the others; no units named means all of them."""
    if person.units is not None and (not units or not person.units.issuperset(units)):
        own = ", ".join(sorted(person.units))
        raise QueueError(
            Words(
                f"{person.id}: acts for {own or 'no unit'} only; to {verb} more takes somebody who acts for all of "
                "them. Name a unit: --unit ID.",
                f"{person.id}: chỉ phụ trách {own or 'không đơn vị nào'}; muốn {VERBS[verb]} rộng hơn cần người phụ "
                "trách mọi đơn vị ấy. Chọn một đơn vị.",
            )
        )


def widen(connection: sa.Connection, parents: Mapping[str, str | None], *, now: datetime) -> list[str]:
    """Bring offices that stand below a frozen one only since it was frozen under the freeze; gives their names.

    `parents` is every office with the one above it.
    """
    found: list[str] = []
    for freeze in active(connection, now=now):
        below = units_below(sorted(freeze.units), parents) if freeze.units else ()
        added = sorted(set(below) - freeze.units)
        if added:
            names = " ".join(sorted({*below}))
            connection.execute(F.update().where(F.c.id == freeze.id).values(units=names))
            data = {"freeze": freeze.id, "units": " ".join(added)}
            ledger.append(connection, ledger.Entry(now, "widen freeze", data=data))
            found += added
    return found


def ended(connection: sa.Connection, *, now: datetime) -> list[int]:
    """Freezes whose last moment has come and that were not ended yet."""
    statement = sa.select(F.c.id).where(F.c.ended_at.is_(None), F.c.until_at <= now)
    return list(connection.execute(statement).scalars())


def lift_ended(connection: sa.Connection, *, now: datetime) -> tuple[list[str], list[str]]:
    """End the freezes whose last moment has come."""
    numbers = ended(connection, now=now)
    return _lift(connection, numbers, by="", now=now) if numbers else ([], [])


def _lift(connection: sa.Connection, numbers: list[int], *, by: str, now: datetime) -> tuple[list[str], list[str]]:
    connection.execute(F.update().where(F.c.id.in_(numbers)).values(ended_at=now, ended_by=by))
    ledger.append(connection, ledger.Entry(now, "unfreeze", by=by, data={"freezes": numbers}))
    held = sa.select(D).where(D.c.state == HELD, D.c.freeze.in_(numbers)).order_by(D.c.due_at, D.c.id)
    queued, late = [], []
    for row in connection.execute(held).mappings().all():
        # What is still in time goes on; the rest needs a new moment, not a flood of stale posts.
        in_time = row["late"] == "send" and now <= row["due_at"] + timedelta(seconds=row["grace_s"])
        expired = row["valid_until"] is not None and now > row["valid_until"]
        if in_time and not expired:
            move(connection, row, QUEUED, now=now, by=by, act="unfreeze", reason="", freeze=0)
            queued.append(row["id"])
        else:
            move(connection, row, HELD, now=now, by=by, act="unfreeze", reason=PASSED, freeze=0)
            late.append(row["id"])
    return queued, late
