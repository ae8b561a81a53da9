"""When an account may be posted to again: its rate, what the service asked for, and how long a retry waits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from publisher.channels.rates import Bucket, Rate, full, next_at, refill
from publisher.queue import schema
from publisher.queue.model import COMMENT
from publisher.queue.posts import canonical

A, D = schema.accounts, schema.deliveries
_BY_NAME = sa.select(A).where(A.c.account == sa.bindparam("name"))
_BY_NAMES = sa.select(A).where(A.c.account.in_(sa.bindparam("names", expanding=True)))
_SET = A.update().where(A.c.account == sa.bindparam("name"))
_LAST_COMMIT = sa.select(sa.func.max(A.c.last_commit_at, type_=schema.Moment))

FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 3600.0


def adds_no_post() -> sa.ColumnElement[bool]:
    """Whether readers see no further post by it: a comment below one, a correction, a withdrawal. None waits."""
    return sa.or_(D.c.output == COMMENT, D.c.act != "publish")


def is_closed(now: sa.BindParameter[Any] | datetime) -> sa.ColumnElement[bool]:
    """Whether a delivery's account lets nothing of its kind go yet."""
    own = sa.and_(A.c.next_at > now, sa.not_(adds_no_post()))
    return sa.exists().where(A.c.account == D.c.account, sa.or_(A.c.held_until > now, own))


def wait_s(delivery_id: str, tries: int, asked_s: float) -> float:
    """Seconds until the next try: doubling, never less than asked, spread by the delivery's name."""
    doubled = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (tries - 1))
    spread = hashlib.sha256(f"{delivery_id}#{tries}".encode()).digest()[0] / 255
    return max(asked_s, doubled * (0.75 + 0.5 * spread))


def note_commits(connection: sa.Connection, taken: Sequence[tuple[str, Rate | None, datetime]]) -> None:
    """Take one post from each account's rate at that moment; nothing more is claimed before the rate allows.

    No rate (it adds no post) takes nothing, and only notes that something was sent. An account may be named twice;
    the accounts are read and written together.
    """
    rows = _rows(connection, [account for account, _, _ in taken])
    for account, rate, now in taken:
        rows[account] = {**rows[account], **_taken(rows[account], rate, now)}
    changes = [
        {"name": name, "bucket": row["bucket"], "last_commit_at": row["last_commit_at"], "next_at": row["next_at"]}
        for name, row in rows.items()
    ]
    connection.execute(_SET, changes if len(changes) > 1 else changes[0])


def _taken(row: Mapping[str, Any], rate: Rate | None, now: datetime) -> dict[str, Any]:
    if rate is None:
        return {"last_commit_at": max(now, row["last_commit_at"] or now)}
    bucket = Bucket.from_json(json.loads(row["bucket"])) if row["bucket"] else full(rate, now)
    filled = refill(bucket, rate, now)
    # Taken even from an empty bucket: a person's retry goes out, and the next piece waits the longer.
    taken = Bucket(filled.tokens - 1, filled.at, now, filled.not_before)
    return {
        "bucket": canonical(taken.to_json()),
        "last_commit_at": max(now, row["last_commit_at"] or now),
        "next_at": max(next_at(taken, rate, now), row["next_at"] or now),
    }


def _rows(connection: sa.Connection, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    wanted = list(dict.fromkeys(names))
    found: dict[str, Mapping[str, Any]] = {
        row["account"]: dict(row) for row in connection.execute(_BY_NAMES, {"names": wanted}).mappings()
    }
    missing = [name for name in wanted if name not in found]
    if missing:
        connection.execute(A.insert(), [{"account": name} for name in missing])
        fresh = {"bucket": "", "last_commit_at": None, "next_at": None}
        found |= {name: {"account": name, **fresh} for name in missing}
    return found


def hold(connection: sa.Connection, account: str, *, until: datetime) -> None:
    """Nothing is claimed for the account before `until`; a later hold already there stays."""
    row = _row(connection, account)
    held_until, opens_at = max(until, row["held_until"] or until), max(until, row["next_at"] or until)
    _set(connection, account, held_until=held_until, next_at=opens_at)


def last_commit(connection: sa.Connection) -> datetime | None:
    """When anything was last sent, on any account."""
    return connection.execute(_LAST_COMMIT).scalar()


def hold_after(connection: sa.Connection, account: str, after_s: float, *, now: datetime) -> None:
    """The service asked everybody for patience, not one piece only."""
    hold(connection, account, until=now + timedelta(seconds=max(after_s, 1.0)))


def _row(connection: sa.Connection, account: str) -> sa.RowMapping:
    row = connection.execute(_BY_NAME, {"name": account}).mappings().first()
    if row is None:
        connection.execute(A.insert(), {"account": account})
        row = connection.execute(_BY_NAME, {"name": account}).mappings().one()
    return row


def _set(connection: sa.Connection, account: str, **values: datetime | str) -> None:
    connection.execute(_SET, {**values, "name": account})
