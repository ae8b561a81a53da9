"""The worker's writes: a claim under a lease, the `sending` mark, the outcome, and taking back what the dead held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from publisher.channels.base import Outcome, Rejected, Retry, Sent, Unknown
from publisher.channels.rates import Rate
from publisher.errors import QueueError
from publisher.queue import pacing, schema
from publisher.queue.posts import canonical
from publisher.queue.rows import ROWS, D, fetch, move
from publisher.queue.transitions import (
    CLAIMED,
    CORRECTED,
    HELD,
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
A = schema.accounts

MAX_TRIES = 12  # surely-not-sent answers in a row before a person is asked
CLOCK_SLACK_S = 60.0  # two machines' clocks differ, and `now` was read before waiting up to 30 s for the writer's turn


class ClockError(QueueError):
    """The clock stands before something that was already sent; nothing is sent until it is right."""


def _first_due() -> sa.Select[Any]:
    """The first piece that may be taken on an account: its moment has come, nothing of the account is going out."""
    account: sa.BindParameter[str] = sa.bindparam("of_account")
    now = sa.bindparam("at", type_=schema.Moment)
    busy = D.alias("busy")
    return (
        ROWS.where(D.c.account == account, D.c.state.in_((QUEUED, WAITING)), D.c.due_at <= now)
        .where(sa.or_(D.c.next_at.is_(None), D.c.next_at <= now))
        .where(~sa.exists().where(busy.c.account == account, busy.c.state.in_((CLAIMED, SENDING))))
        .where(~sa.exists().where(A.c.account == account, A.c.next_at > now))
        .order_by(sa.func.coalesce(D.c.next_at, D.c.due_at), D.c.id)
        .limit(1)
    )


_FIRST_DUE = _first_due()
_OF_ATTEMPT = ROWS.where(D.c.id == sa.bindparam("by_id"), D.c.attempt == sa.bindparam("by_attempt"))


@dataclass(frozen=True)
class Lease:
    """Who holds a row and until when; every write of the holder names it, so a lost lease writes nothing."""

    owner: str
    attempt: int


def claim(
    connection: sa.Connection, account: str, *, owner: str, now: datetime, lease_s: float
) -> sa.RowMapping | None:
    """Take the first piece due on the account. None when nothing is due or the account is busy.

    Raises ClockError when a piece is due but the clock stands before the last commit.
    """
    row = connection.execute(_FIRST_DUE, {"of_account": account, "at": now}).mappings().first()
    if row is None:
        return None
    _refuse_backwards(connection, now)
    held = {"lease_owner": owner, "lease_until": now + timedelta(seconds=lease_s), "attempt": row["attempt"] + 1}
    move(connection, row, CLAIMED, now=now, by=owner, act="claim", **held)
    return fetch(connection, row["id"])


def _refuse_backwards(connection: sa.Connection, now: datetime) -> None:
    last = pacing.last_commit(connection)
    if last is not None and now < last - timedelta(seconds=CLOCK_SLACK_S):
        raise ClockError(
            f"clock: it is {now.isoformat(timespec='seconds')} now, but something was sent at "
            f"{last.isoformat(timespec='seconds')}. Nothing is sent while the clock is behind. "
            "Set the clock right (or --now later), then run again."
        )


def renew(connection: sa.Connection, owner: str, *, now: datetime, lease_s: float) -> int:
    """Lengthen every lease of the owner; how many it holds."""
    until = now + timedelta(seconds=lease_s)
    statement = D.update().where(D.c.lease_owner == owner, D.c.state.in_((CLAIMED, SENDING, UNKNOWN)))
    return connection.execute(statement.values(lease_until=until)).rowcount


def _held(connection: sa.Connection, delivery_id: str, lease: Lease, states: tuple[str, ...]) -> sa.RowMapping | None:
    row = connection.execute(_OF_ATTEMPT, {"by_id": delivery_id, "by_attempt": lease.attempt}).mappings().first()
    return row if row is not None and row["state"] in states else None


_FREE: dict[str, Any] = {"lease_owner": "", "lease_until": None}


def give_back(
    connection: sa.Connection, delivery_id: str, lease: Lease, *, to: str, now: datetime, reason: str, freeze: int = 0
) -> bool:
    """End a claim without sending: `queued`, `held`, `missed` or `rejected`. False when the lease was lost."""
    row = _held(connection, delivery_id, lease, (CLAIMED,))
    if row is None or row["lease_owner"] != lease.owner:
        return False
    move(
        connection, row, to, now=now, by=lease.owner, act="judge", data={"reason": reason}, reason=reason,
        freeze=freeze, **_FREE,
    )  # fmt: skip
    return True


def mark_sending(
    connection: sa.Connection, delivery_id: str, lease: Lease, *, handles: Mapping[str, str], fingerprint: str,
    now: datetime, rate: Rate,
) -> bool:  # fmt: skip
    """Write down, before the irreversible call, that this attempt makes it. False when the lease was lost."""
    row = _held(connection, delivery_id, lease, (CLAIMED,))
    if row is None or row["lease_owner"] != lease.owner:
        return False
    _note_prepare(connection, row, "prepared", ", ".join(f"{k}={v}" for k, v in sorted(handles.items())), now)
    attempt = {
        "delivery": delivery_id, "number": lease.attempt, "phase": "commit", "fingerprint": fingerprint,
        "started_at": now,
    }  # fmt: skip
    connection.execute(T.insert(), attempt)
    move(
        connection, row, SENDING, now=now, by=lease.owner, act="mark",
        data={"attempt": lease.attempt, "fingerprint": fingerprint}, handles=canonical(dict(handles)),
        absences=0, looks=0, asks_person=0,
    )  # fmt: skip
    pacing.note_commit(connection, row["account"], rate, now=now)
    return True


def note_retry(connection: sa.Connection, delivery_id: str, lease: Lease, retry: Retry, *, now: datetime) -> str:
    """A prepare that surely sent nothing: wait, or ask a person after too many. Empty: lease lost."""
    row = _held(connection, delivery_id, lease, (CLAIMED,))
    if row is None or row["lease_owner"] != lease.owner:
        return ""
    _note_prepare(connection, row, "retry", retry.reason, now)
    return _wait(connection, row, retry, lease, now)


def note_rejected(connection: sa.Connection, delivery_id: str, lease: Lease, reason: str, *, now: datetime) -> str:
    """A prepare the channel refused: a person must change something. Empty: lease lost."""
    row = _held(connection, delivery_id, lease, (CLAIMED,))
    if row is None or row["lease_owner"] != lease.owner:
        return ""
    _note_prepare(connection, row, "rejected", reason, now)
    move(connection, row, REJECTED, now=now, by=lease.owner, act="prepare", data={"reason": reason}, reason=reason,
         **_FREE)  # fmt: skip
    return REJECTED


def _note_prepare(connection: sa.Connection, row: sa.RowMapping, outcome: str, essentials: str, now: datetime) -> None:
    connection.execute(
        T.insert(),
        {
            "delivery": row["id"],
            "number": row["attempt"],
            "phase": "prepare",
            "started_at": row["state_at"],
            "ended_at": now,
            "outcome": outcome,
            "essentials": essentials,
        },
    )


def finish(connection: sa.Connection, delivery_id: str, lease: Lease, outcome: Outcome, *, now: datetime) -> str:
    """Record what commit answered; gives the state reached. A late answer counts while the attempt is the newest.

    Empty when somebody has settled the attempt meanwhile: the answer is then written to the attempt only.
    """
    name = type(outcome).__name__.lower()
    essentials = f"{outcome.id} {outcome.url}".strip() if isinstance(outcome, Sent) else outcome.reason
    commit = T.update().where(T.c.delivery == delivery_id, T.c.number == lease.attempt, T.c.phase == "commit")
    connection.execute(commit.values(ended_at=now, outcome=name, essentials=essentials))
    row = _held(connection, delivery_id, lease, (SENDING, UNKNOWN))
    if row is None:
        _hold_if_out(connection, delivery_id, lease, outcome, now=now)
        return ""
    if isinstance(outcome, Sent):
        adopt(connection, row, outcome, by=lease.owner, act="commit", now=now)
        return SENT
    if row["state"] == UNKNOWN:
        # The lease had ended and the row waits for settlement: what surely did not leave is settled by this answer.
        if isinstance(outcome, Unknown):
            return UNKNOWN
        return settle_not_sent(connection, row, by=lease.owner, now=now, evidence=outcome.reason)
    if isinstance(outcome, Retry):
        return _wait(connection, row, outcome, lease, now)
    to = REJECTED if isinstance(outcome, Rejected) else UNKNOWN
    data = {"attempt": lease.attempt, "reason": outcome.reason}
    move(connection, row, to, now=now, by=lease.owner, act="commit", data=data, reason=outcome.reason,
         next_at=None if to == REJECTED else now, **_FREE)  # fmt: skip
    return to


def _hold_if_out(connection: sa.Connection, delivery_id: str, lease: Lease, outcome: Outcome, *, now: datetime) -> None:
    """An answer that came after the piece was settled as not sent: stop it before it goes out a second time."""
    row = _held(connection, delivery_id, lease, (QUEUED,))
    if row is not None and isinstance(outcome, Sent):
        reason = (
            f"settled as not sent, then the channel answered that it is out: {outcome.url or outcome.id}. Cancel it."
        )
        data = {"attempt": lease.attempt, "external_id": outcome.id, "external_url": outcome.url}
        move(connection, row, HELD, now=now, by=lease.owner, act="late answer", data=data, reason=reason)


def confirm(connection: sa.Connection, delivery_id: str, lease: Lease, sent: Sent, *, now: datetime) -> bool:
    """Keep what reading back gave. Never moves the piece; False when it is no longer simply sent."""
    row = _held(connection, delivery_id, lease, (SENT,))
    if row is None:
        return False
    attempt = {
        "delivery": delivery_id, "number": lease.attempt, "phase": "confirm", "started_at": row["sent_at"],
        "ended_at": now, "outcome": "confirmed", "essentials": f"{sent.id} {sent.url} {sent.evidence}".strip(),
    }  # fmt: skip
    connection.execute(T.insert(), attempt)
    if (sent.id, sent.url) != (row["external_id"], row["external_url"]):
        values = {"external_id": sent.id, "external_url": sent.url}
        move(connection, row, SENT, now=now, by=lease.owner, act="confirm", data=values, **values)
    return True


def adopt(connection: sa.Connection, row: sa.RowMapping, sent: Sent, *, by: str, act: str, now: datetime) -> None:
    """It is out: keep the channel's id and address, and mark what it corrected or withdrew."""
    data = {"attempt": row["attempt"], "external_id": sent.id, "external_url": sent.url}
    move(
        connection, row, SENT, now=now, by=by, act=act, data=data, external_id=sent.id, external_url=sent.url,
        sent_at=now, reason="", next_at=None, asks_person=0, tries=0, **_FREE,
    )  # fmt: skip
    if row["target"] is not None:
        target = connection.execute(ROWS.where(D.c.id == row["target"])).mappings().one()
        to = CORRECTED if row["act"] == "correct" else WITHDRAWN
        if to == target["state"] or may_move(target["state"], to):
            move(connection, target, to, now=now, by=by, act=row["act"], data={"by_delivery": row["id"]})


def settle_not_sent(connection: sa.Connection, row: sa.RowMapping, *, by: str, now: datetime, evidence: str) -> str:
    """The attempt is surely not out: write the settlement, then queue the piece again or, after too many, reject it."""
    settlement = {
        "delivery": row["id"], "number": row["attempt"], "verdict": "not_sent", "by": by, "at": now,
        "evidence": evidence,
    }  # fmt: skip
    connection.execute(schema.settlements.insert(), settlement)
    tries = row["tries"] + 1
    to = QUEUED if tries < MAX_TRIES else REJECTED
    reason = "" if to == QUEUED else f"not out after {tries} tries; last seen: {evidence}"
    data = {"attempt": row["attempt"], "verdict": "not_sent", "evidence": evidence}
    again = {"tries": tries, "next_at": None, "asks_person": 0, "absences": 0, "looks": 0}
    move(connection, row, to, now=now, by=by, act="settle", data=data, reason=reason, **again, **_FREE)
    return to


def _wait(connection: sa.Connection, row: sa.RowMapping, retry: Retry, lease: Lease, now: datetime) -> str:
    tries = row["tries"] + 1
    data = {"attempt": lease.attempt, "tries": tries, "reason": retry.reason}
    if tries >= MAX_TRIES:
        reason = f"not sent after {tries} tries; the last answer: {retry.reason}"
        move(connection, row, REJECTED, now=now, by=lease.owner, act="give up", data=data, reason=reason,
             tries=tries, next_at=None, **_FREE)  # fmt: skip
        return REJECTED
    next_at = now + timedelta(seconds=pacing.wait_s(row["id"], tries, retry.after_s))
    move(connection, row, WAITING, now=now, by=lease.owner, act="wait", data=data, reason=retry.reason, tries=tries,
         next_at=next_at, **_FREE)  # fmt: skip
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
            move(connection, row, QUEUED, now=now, by="", act="lease ended", **_FREE)
            freed += 1
        else:
            reason = "the worker stopped while it was sending, so it may be out"
            data = {"attempt": row["attempt"], "reason": reason}
            move(connection, row, UNKNOWN, now=now, by="", act="lease ended", data=data, reason=reason,
                 next_at=now, **_FREE)  # fmt: skip
            doubtful += 1
    return freed, doubtful
