"""Settling `unknown`: taking a row to look at it, what a look decides, and what a person decides."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from publisher.channels.base import Absent, CannotTell, Duplicate, Found, Look, Sent
from publisher.errors import QueueError, Words
from publisher.queue import schema
from publisher.queue.approvals import need_role, need_unit
from publisher.queue.claims import adopt, settle_not_sent
from publisher.queue.rows import D, fetch_all, move
from publisher.queue.transitions import UNKNOWN
from publisher.workspace import Person

MAX_LOOKS = 6  # readings that decide nothing before a person is asked
ABSENCES_NEEDED = 2


def due_looks(connection: sa.Connection, *, now: datetime, limit: int = 100) -> list[tuple[str, str]]:
    """Ids and accounts of unknown pieces that may be looked at now, oldest first."""
    found = connection.execute(
        sa.select(D.c.id, D.c.account)
        .where(D.c.state == UNKNOWN, D.c.asks_person == 0, D.c.next_at <= now)
        .where(sa.or_(D.c.lease_until.is_(None), D.c.lease_until <= now))
        .order_by(D.c.next_at, D.c.id)
        .limit(limit)
    )
    return [(row.id, row.account) for row in found]


def take(
    connection: sa.Connection, delivery_id: str, *, owner: str, now: datetime, lease_s: float
) -> sa.RowMapping | None:
    """Take an unknown piece for one look; None when another took it."""
    statement = (
        D.update()
        .where(D.c.id == delivery_id, D.c.state == UNKNOWN, D.c.asks_person == 0, D.c.next_at <= now)
        .where(sa.or_(D.c.lease_until.is_(None), D.c.lease_until <= now))
        .values(lease_owner=owner, lease_until=now + timedelta(seconds=lease_s))
    )
    if connection.execute(statement).rowcount != 1:
        return None
    return connection.execute(sa.select(D).where(D.c.id == delivery_id)).mappings().one()


def started_at(connection: sa.Connection, delivery_id: str, number: int) -> datetime | None:
    """When the commit of that attempt began."""
    table = schema.attempts
    statement = sa.select(table.c.started_at).where(
        table.c.delivery == delivery_id, table.c.number == number, table.c.phase == "commit"
    )
    return connection.execute(statement).scalar()


def ids_of_others(connection: sa.Connection, delivery_id: str, account: str) -> frozenset[str]:
    """The channel's ids of what other pieces of the account published."""
    statement = sa.select(D.c.external_id).where(D.c.account == account, D.c.id != delivery_id)
    found = connection.execute(statement.where(D.c.act == "publish", D.c.external_id != "")).scalars()
    return frozenset(found)


def note_look(
    connection: sa.Connection, delivery_id: str, look: Look, *, owner: str, attempt: int, gap_s: float, now: datetime
) -> str:
    """Act on one reading of the channel. Gives `sent`, `queued`, `rejected`, `look again`, `ask` or `lost`."""
    statement = sa.select(D).where(
        D.c.id == delivery_id, D.c.state == UNKNOWN, D.c.attempt == attempt, D.c.lease_owner == owner
    )
    row = connection.execute(statement).mappings().first()
    if row is None:
        return "lost"
    look = _not_anothers(connection, row, look)
    _note_attempt(connection, row, look, now)
    if isinstance(look, Found):
        _settle_sent(connection, row, look.sent, by=owner, act="found", now=now, evidence=look.evidence)
        return "sent"
    if isinstance(look, Absent) and row["absences"] + 1 >= ABSENCES_NEEDED:
        copy = _was_copy(connection, row)
        return settle_not_sent(connection, row, by=owner, now=now, evidence=look.evidence, copy=copy)
    if isinstance(look, CannotTell) and row["looks"] + 1 >= MAX_LOOKS:
        ask(connection, row, evidence=look.evidence, look_at=look.look_at, now=now)
        return "ask"
    _look_again(connection, row, look, gap_s=gap_s, now=now)
    return "look again"


def _was_copy(connection: sa.Connection, row: sa.RowMapping) -> bool:
    """Whether the channel refused the attempt as a copy of what is there."""
    table = schema.attempts
    statement = sa.select(table.c.outcome).where(
        table.c.delivery == row["id"], table.c.number == row["attempt"], table.c.phase == "commit"
    )
    return bool(connection.execute(statement).scalar() == Duplicate.__name__.lower())


def _not_anothers(connection: sa.Connection, row: sa.RowMapping, look: Look) -> Look:
    """One post is one piece's: two that read at the same moment must not both have it."""
    if not isinstance(look, Found) or row["act"] != "publish" or not look.sent.id:
        return look
    if look.sent.id not in ids_of_others(connection, row["id"], row["account"]):
        return look
    return CannotTell(f"the post found, {look.sent.id}, belongs to another piece", look.sent.url)


def _note_attempt(connection: sa.Connection, row: sa.RowMapping, look: Look, now: datetime) -> None:
    table = schema.attempts
    turns = sa.select(sa.func.count()).where(
        table.c.delivery == row["id"], table.c.number == row["attempt"], table.c.phase == "find"
    )
    connection.execute(
        table.insert(),
        {
            "delivery": row["id"],
            "number": row["attempt"],
            "phase": "find",
            "turn": connection.execute(turns).scalar_one() + 1,
            "started_at": now,
            "ended_at": now,
            "outcome": type(look).__name__.lower(),
            "essentials": look.evidence,
        },
    )


def _look_again(connection: sa.Connection, row: sa.RowMapping, look: Look, *, gap_s: float, now: datetime) -> None:
    absent = isinstance(look, Absent)
    # Two absences count only when they stand next to each other.
    values = {"absences": row["absences"] + 1 if absent else 0, "looks": row["looks"] + (0 if absent else 1)}
    # A reading that failed is repeated at growing distance; the second absence waits exactly the gap.
    wait_s = gap_s if absent else gap_s * 2 ** min(row["looks"], 6)
    data = {"attempt": row["attempt"], "look": type(look).__name__.lower(), "evidence": look.evidence}
    move(
        connection, row, UNKNOWN, now=now, by=row["lease_owner"], act="look", data=data, lease_owner="",
        lease_until=None, next_at=now + timedelta(seconds=wait_s), **values,
    )  # fmt: skip


def ask(connection: sa.Connection, row: sa.RowMapping, *, evidence: str, look_at: str, now: datetime) -> None:
    """Leave it to a person: the reason says what is known and which page to open."""
    where = f" Look at {look_at}." if look_at else ""
    reason = f"{row['reason']}; {evidence}.{where}" if row["reason"] else f"{evidence}.{where}"
    move(
        connection, row, UNKNOWN, now=now, by=row["lease_owner"], act="ask", data={"evidence": evidence,
        "look_at": look_at}, reason=reason, asks_person=1, lease_owner="", lease_until=None, next_at=None,
    )  # fmt: skip


def settle(
    connection: sa.Connection, delivery_id: str, *, person: Person, now: datetime, sent: str | None, not_sent: bool,
    note: str,
) -> None:  # fmt: skip
    """A person's decision about an unknown piece, after looking at the channel."""
    need_role(person, ("publisher", "approver"), verb="settle")
    if (sent is not None) == not_sent:
        raise QueueError(
            Words(
                f"{delivery_id}: say either --sent URL or --not-sent.",
                f"{delivery_id}: chọn đã đăng (kèm địa chỉ) hoặc chắc chắn chưa đăng.",
            )
        )
    row = fetch_all(connection, [delivery_id], states=frozenset({UNKNOWN}), verb="settle")[0]
    need_unit(person, [row], verb="settle")
    if sent is None:
        evidence = note or f"{person.id} looked at the channel and it is not there"
        settle_not_sent(connection, row, by=person.id, now=now, evidence=evidence)
        return
    evidence = note or f"{person.id} saw it at {sent}"
    place = Sent(id="", url=sent)
    _settle_sent(connection, row, place, by=person.id, act="settle", now=now, evidence=evidence)


def _settle_sent(
    connection: sa.Connection, row: sa.RowMapping, sent: Sent, *, by: str, act: str, now: datetime, evidence: str
) -> None:
    settlement = {
        "delivery": row["id"], "number": row["attempt"], "verdict": "sent", "by": by, "at": now, "evidence": evidence,
    }  # fmt: skip
    connection.execute(schema.settlements.insert(), settlement)
    # The ledger has all of it too: a settlement changed in the table alone is found.
    adopt(connection, row, sent, by=by, act=act, now=now, settled={"verdict": "sent", "evidence": evidence})
