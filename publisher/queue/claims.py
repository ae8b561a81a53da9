"""Leases: giving a claim back, waiting for the next try, adopting what is out, taking back what the dead held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from publisher.channels.base import Retry, Sent
from publisher.errors import QueueError
from publisher.queue import pacing, schema
from publisher.queue.rows import ROWS, D, move
from publisher.queue.transitions import (
    CLAIMED,
    CORRECTED,
    QUEUED,
    REJECTED,
    SENDING,
    SENT,
    UNKNOWN,
    WAITING,
    WITHDRAWN,
    may_move,
)  # fmt: skip

T = schema.attempts

MAX_TRIES = 12  # surely-not-sent answers in a row before a person is asked
CLOCK_SLACK_S = 60.0  # two machines' clocks differ, and `now` was read before waiting up to 30 s for the writer's turn


class ClockError(QueueError):
    """The clock stands before something that was already sent; nothing is sent until it is right."""


_OF_ATTEMPT = ROWS.where(D.c.id == sa.bindparam("by_id"), D.c.attempt == sa.bindparam("by_attempt"))


@dataclass(frozen=True)
class Lease:
    """Who holds a row and until when; every write of the holder names it, so a lost lease writes nothing."""

    owner: str
    attempt: int


def renew(connection: sa.Connection, owner: str, *, now: datetime, lease_s: float) -> int:
    """Lengthen every lease of the owner; how many it holds."""
    until = now + timedelta(seconds=lease_s)
    statement = D.update().where(D.c.lease_owner == owner, D.c.state.in_((CLAIMED, SENDING, UNKNOWN)))
    return connection.execute(statement.values(lease_until=until)).rowcount


def held(connection: sa.Connection, delivery_id: str, lease: Lease, states: tuple[str, ...]) -> sa.RowMapping | None:
    """The row, when that attempt is its newest and it is in one of those states."""
    row = connection.execute(_OF_ATTEMPT, {"by_id": delivery_id, "by_attempt": lease.attempt}).mappings().first()
    return row if row is not None and row["state"] in states else None


FREE: dict[str, Any] = {"lease_owner": "", "lease_until": None}


def give_back(
    connection: sa.Connection, delivery_id: str, lease: Lease, *, to: str, now: datetime, reason: str, freeze: int = 0
) -> bool:
    """End a claim without sending: `queued`, `held`, `missed` or `rejected`. False when the lease was lost."""
    row = held(connection, delivery_id, lease, (CLAIMED,))
    if row is None or row["lease_owner"] != lease.owner:
        return False
    move(
        connection, row, to, now=now, by=lease.owner, act="judge", data={"reason": reason}, reason=reason,
        freeze=freeze, **FREE,
    )  # fmt: skip
    return True


def wait_until(
    connection: sa.Connection, delivery_id: str, lease: Lease, *, until: datetime, reason: str, now: datetime
) -> bool:
    """End a claim without sending: it waits until that moment, and no try is counted. False when the lease was lost."""
    row = held(connection, delivery_id, lease, (CLAIMED,))
    if row is None or row["lease_owner"] != lease.owner:
        return False
    move(connection, row, WAITING, now=now, by=lease.owner, act="follow", data={"reason": reason}, reason=reason,
         next_at=until, **FREE)  # fmt: skip
    return True


def note_retry(connection: sa.Connection, delivery_id: str, lease: Lease, retry: Retry, *, now: datetime) -> str:
    """A prepare that surely sent nothing: wait, or ask a person after too many. Empty: lease lost."""
    row = held(connection, delivery_id, lease, (CLAIMED,))
    if row is None or row["lease_owner"] != lease.owner:
        return ""
    connection.execute(T.insert(), note_prepare(row, "retry", retry.reason, now))
    return wait(connection, row, retry, lease, now)


def note_rejected(connection: sa.Connection, delivery_id: str, lease: Lease, reason: str, *, now: datetime) -> str:
    """A prepare the channel refused: a person must change something. Empty: lease lost."""
    row = held(connection, delivery_id, lease, (CLAIMED,))
    if row is None or row["lease_owner"] != lease.owner:
        return ""
    connection.execute(T.insert(), note_prepare(row, "rejected", reason, now))
    move(connection, row, REJECTED, now=now, by=lease.owner, act="prepare", data={"reason": reason}, reason=reason,
         **FREE)  # fmt: skip
    return REJECTED


def note_prepare(
    row: Mapping[str, Any] | sa.RowMapping, outcome: str, essentials: str, now: datetime
) -> dict[str, Any]:
    """The attempt's line about its prepare."""
    return {
        "delivery": row["id"], "number": row["attempt"], "phase": "prepare", "started_at": row["state_at"],
        "ended_at": now, "outcome": outcome, "essentials": essentials,
    }  # fmt: skip


def adopt(
    connection: sa.Connection, row: sa.RowMapping, sent: Sent, *, by: str, act: str, now: datetime,
    settled: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """It is out: keep the channel's id and address, and mark what it corrected or withdrew.

    `settled` is the verdict and its evidence where the outcome had been unknown.
    """
    data = {"attempt": row["attempt"], "external_id": sent.id, "external_url": sent.url, **(settled or {})}
    move(
        connection, row, SENT, now=now, by=by, act=act, data=data, external_id=sent.id, external_url=sent.url,
        sent_at=now, reason="", next_at=None, asks_person=0, tries=0, **FREE,
    )  # fmt: skip
    if row["target"] is not None:
        target = connection.execute(ROWS.where(D.c.id == row["target"])).mappings().one()
        to = CORRECTED if row["act"] == "correct" else WITHDRAWN
        if to == target["state"] or may_move(target["state"], to):
            move(connection, target, to, now=now, by=by, act=row["act"], data={"by_delivery": row["id"]})


def settle_not_sent(
    connection: sa.Connection, row: sa.RowMapping, *, by: str, now: datetime, evidence: str, copy: bool = False
) -> str:
    """The attempt is surely not out: write the settlement, then queue the piece again or, after too many, reject it.

    A `copy` of something else that is there is rejected at once: it would be refused again.
    """
    settlement = {
        "delivery": row["id"], "number": row["attempt"], "verdict": "not_sent", "by": by, "at": now,
        "evidence": evidence,
    }  # fmt: skip
    connection.execute(schema.settlements.insert(), settlement)
    tries = row["tries"] + 1
    to = QUEUED if tries < MAX_TRIES and not copy else REJECTED
    answer = f"the last answer: {row['reason']}; " if row["reason"] else ""
    reason = "" if to == QUEUED else f"not out after {tries} tries; {answer}last seen: {evidence}"
    if copy:
        reason = f"{row['reason']}; it is none of ours: {evidence}. Change its words, or cancel it."
    data = {"attempt": row["attempt"], "verdict": "not_sent", "evidence": evidence}
    again = {
        "tries": tries, "next_at": None, "asks_person": 0, "absences": 0, "looks": 0,
        "doubt_from": None, "doubt_until": None,
    }  # fmt: skip
    move(connection, row, to, now=now, by=by, act="settle", data=data, reason=reason, **again, **FREE)
    return to


def wait(connection: sa.Connection, row: sa.RowMapping, retry: Retry, lease: Lease, now: datetime) -> str:
    """Surely not sent: another try at a stated time, or a person after too many."""
    tries = row["tries"] + 1
    data = {"attempt": lease.attempt, "tries": tries, "reason": retry.reason}
    if tries >= MAX_TRIES:
        reason = f"not sent after {tries} tries; the last answer: {retry.reason}"
        move(connection, row, REJECTED, now=now, by=lease.owner, act="give up", data=data, reason=reason,
             tries=tries, next_at=None, **FREE)  # fmt: skip
        return REJECTED
    next_at = now + timedelta(seconds=pacing.wait_s(row["id"], tries, retry.after_s))
    move(connection, row, WAITING, now=now, by=lease.owner, act="wait", data=data, reason=retry.reason, tries=tries,
         next_at=next_at, **FREE)  # fmt: skip
    pacing.hold_after(connection, row["account"], retry.after_s, now=now)
    return WAITING


def ended_leases(connection: sa.Connection, *, now: datetime) -> Sequence[sa.RowMapping]:
    """Rows whose holder has not been heard of in time."""
    ended = ROWS.where(D.c.state.in_((CLAIMED, SENDING)), D.c.lease_until <= now).order_by(D.c.id)
    return connection.execute(ended).mappings().all()


def recover(connection: sa.Connection, *, now: datetime) -> tuple[int, int]:
    """Take back what dead workers held: `claimed` to `queued`, `sending` to `unknown`. Gives both counts."""
    freed = doubtful = 0
    for row in ended_leases(connection, now=now):
        if row["state"] == CLAIMED:
            move(connection, row, QUEUED, now=now, by="", act="lease ended", **FREE)
            freed += 1
        else:
            reason = "the worker stopped while it was sending, so it may be out"
            data = {"attempt": row["attempt"], "reason": reason}
            move(connection, row, UNKNOWN, now=now, by="", act="lease ended", data=data, reason=reason,
                 next_at=now, **FREE)  # fmt: skip
            doubtful += 1
    return freed, doubtful
