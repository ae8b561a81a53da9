"""The writes around the irreversible call, for many pieces at once: the `sending` mark, the answer, the read-back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from publisher.channels.base import Outcome, Rejected, Retry, Sent, Unknown
from publisher.channels.rates import Rate
from publisher.queue import freezes, pacing, schema
from publisher.queue.claims import FREE, Lease, adopt, held, note_prepare, settle_not_sent, wait
from publisher.queue.model import Freeze
from publisher.queue.posts import canonical
from publisher.queue.rows import D, Move, fetch, move, move_all
from publisher.queue.transitions import (
    CLAIMED,
    HELD,
    MISSED,
    QUEUED,
    REJECTED,
    SENDING,
    SENT,
    UNKNOWN,
    WAITING,
    may_move,
)  # fmt: skip

T = schema.attempts

# What the marks and answers need of a row: reading all forty columns of it would cost more than writing it.
_BY_IDS = sa.select(
    D.c.id,
    D.c.state,
    D.c.attempt,
    D.c.lease_owner,
    D.c.account,
    D.c.unit,
    D.c.passes_freeze,
    D.c.target,
    D.c.state_at,
    D.c.sent_at,
    D.c.external_id,
    D.c.external_url,
).where(D.c.id.in_(sa.bindparam("ids", expanding=True)))
_ANSWER = T.update().where(
    T.c.delivery == sa.bindparam("of"), T.c.number == sa.bindparam("nth"), T.c.phase == sa.literal("commit")
)
_BEGIN = T.insert()
_COMES_AGAIN = (QUEUED, WAITING, CLAIMED, HELD, MISSED, REJECTED)
"""States from which the clock, a worker or a person's retry leads to another sending."""


@dataclass(frozen=True)
class Mark:
    """One attempt that is about to make its irreversible call."""

    delivery_id: str
    lease: Lease
    handles: Mapping[str, str]
    fingerprint: str
    now: datetime
    rate: Rate | None
    """What the account lets go; None for what adds no post, which takes nothing from it."""


@dataclass(frozen=True)
class Answer:
    """What the channel said to one attempt."""

    delivery_id: str
    lease: Lease
    outcome: Outcome
    now: datetime


class _Rows:
    """Rows of the pieces named, given only to the attempt that is their newest."""

    def __init__(self, connection: sa.Connection, acts: Sequence[Mark | Answer]) -> None:
        found = connection.execute(_BY_IDS, {"ids": [act.delivery_id for act in acts]}).mappings()
        self._rows: dict[str, Mapping[str, Any]] = {row["id"]: dict(row) for row in found}

    def of(self, act: Mark | Answer) -> Mapping[str, Any] | None:
        row = self._rows.get(act.delivery_id)
        return row if row is not None and row["attempt"] == act.lease.attempt else None


def mark_all(connection: sa.Connection, marks: Sequence[Mark]) -> list[bool]:
    """Write down, before the irreversible calls, that these attempts make them.

    False where the lease was lost or a freeze has come: that piece must not be sent.
    """
    rows = _Rows(connection, marks)
    frozen = freezes.active(connection, now=min(mark.now for mark in marks))
    read = [(mark, rows.of(mark)) for mark in marks]
    good = [(mark, row) for mark, row in read if row is not None and _may_send(row, mark, frozen)]
    if good:
        connection.execute(_BEGIN, [_prepared(mark, row) for mark, row in good])
        connection.execute(_BEGIN, [_begun(mark) for mark, _ in good])
        move_all(connection, [_marked(mark, row) for mark, row in good])
        pacing.note_commits(connection, [(row["account"], mark.rate, mark.now) for mark, row in good])
    marked = {id(mark) for mark, _ in good}
    return [id(mark) in marked for mark in marks]


def _may_send(row: Mapping[str, Any], mark: Mark, frozen: Sequence[Freeze]) -> bool:
    if row["state"] != CLAIMED or row["lease_owner"] != mark.lease.owner:
        return False
    return bool(row["passes_freeze"]) or not any(freeze.covers(row["unit"]) for freeze in frozen)


def _prepared(mark: Mark, row: Mapping[str, Any]) -> dict[str, Any]:
    essentials = ", ".join(f"{key}={value}" for key, value in sorted(mark.handles.items()))
    return note_prepare(row, "prepared", essentials, mark.now)


def _begun(mark: Mark) -> dict[str, Any]:
    return {
        "delivery": mark.delivery_id, "number": mark.lease.attempt, "phase": "commit",
        "fingerprint": mark.fingerprint, "started_at": mark.now,
    }  # fmt: skip


def _marked(mark: Mark, row: Mapping[str, Any]) -> Move:
    data = {"attempt": mark.lease.attempt, "fingerprint": mark.fingerprint}
    values = {"handles": canonical(dict(mark.handles)), "absences": 0, "looks": 0, "asks_person": 0}
    return Move(row, SENDING, mark.now, mark.lease.owner, "mark", data, values)


def finish_all(connection: sa.Connection, answers: Sequence[Answer]) -> list[str]:
    """Record what commit answered; gives the states reached. A late answer counts while its attempt is the newest.

    Empty where somebody has settled the attempt meanwhile: the answer is then written to the attempt only.
    """
    connection.execute(_ANSWER, [_answered(answer) for answer in answers])
    rows = _Rows(connection, answers)
    read = [(answer, rows.of(answer)) for answer in answers]
    plain = [(answer, row) for answer, row in read if row is not None and _is_plain(answer, row)]
    move_all(connection, [_sent(answer, row) for answer, row in plain])
    done = {id(answer) for answer, _ in plain}
    return [SENT if id(answer) in done else _finish(connection, answer) for answer in answers]


def _is_plain(answer: Answer, row: Mapping[str, Any]) -> bool:
    """It was being sent, it is out, and nothing but itself changes by that."""
    return isinstance(answer.outcome, Sent) and row["state"] == SENDING and row["target"] is None


def _answered(answer: Answer) -> dict[str, Any]:
    outcome = answer.outcome
    essentials = f"{outcome.id} {outcome.url}".strip() if isinstance(outcome, Sent) else outcome.reason
    name = type(outcome).__name__.lower()
    return {
        "of": answer.delivery_id, "nth": answer.lease.attempt, "ended_at": answer.now, "outcome": name,
        "essentials": essentials,
    }  # fmt: skip


def _sent(answer: Answer, row: Mapping[str, Any]) -> Move:
    sent = _out(answer)
    data = {"attempt": row["attempt"], "external_id": sent.id, "external_url": sent.url}
    values = {
        "external_id": sent.id, "external_url": sent.url, "sent_at": answer.now, "reason": "", "next_at": None,
        "asks_person": 0, "tries": 0, **FREE,
    }  # fmt: skip
    return Move(row, SENT, answer.now, answer.lease.owner, "commit", data, values)


def _finish(connection: sa.Connection, answer: Answer) -> str:
    """The rarer answers, one by one."""
    outcome, lease, now = answer.outcome, answer.lease, answer.now
    row = held(connection, answer.delivery_id, lease, (SENDING, UNKNOWN))
    if row is None:
        _hold_if_out(connection, answer)
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
        return wait(connection, row, outcome, lease, now)
    to = REJECTED if isinstance(outcome, Rejected) else UNKNOWN
    data = {"attempt": lease.attempt, "reason": outcome.reason}
    move(connection, row, to, now=now, by=lease.owner, act="commit", data=data, reason=outcome.reason,
         next_at=None if to == REJECTED else now, **FREE)  # fmt: skip
    return to


def _hold_if_out(connection: sa.Connection, answer: Answer) -> None:
    """An answer that came after the piece was settled as not sent: stop it before it goes out a second time."""
    outcome, lease = answer.outcome, answer.lease
    row = fetch(connection, answer.delivery_id)
    if not isinstance(outcome, Sent) or row["state"] not in _COMES_AGAIN:
        return
    reason = f"settled as not sent, then the channel answered that it is out: {outcome.url or outcome.id}. Cancel it."
    data = {"attempt": lease.attempt, "external_id": outcome.id, "external_url": outcome.url}
    # What is claimed anew is taken from its worker, whose `sending` mark is then refused.
    to = HELD if may_move(row["state"], HELD) else row["state"]
    move(connection, row, to, now=answer.now, by=lease.owner, act="late answer", data=data, reason=reason, **FREE)


def confirm_all(connection: sa.Connection, answers: Sequence[Answer]) -> list[bool]:
    """Keep what reading back gave. Never moves a piece; False where it is no longer simply sent."""
    rows = _Rows(connection, answers)
    read = [(answer, rows.of(answer)) for answer in answers]
    kept = [(answer, row) for answer, row in read if row is not None and row["state"] == SENT]
    if kept:
        connection.execute(_BEGIN, [_confirmed(answer, row) for answer, row in kept])
    for answer, row in kept:
        sent = _out(answer)
        if (sent.id, sent.url) != (row["external_id"], row["external_url"]):
            values = {"external_id": sent.id, "external_url": sent.url}
            move(connection, row, SENT, now=answer.now, by=answer.lease.owner, act="confirm", data=values, **values)
    done = {id(answer) for answer, _ in kept}
    return [id(answer) in done for answer in answers]


def _out(answer: Answer) -> Sent:
    assert isinstance(answer.outcome, Sent)  # noqa: S101 - only what is out is confirmed
    return answer.outcome


def _confirmed(answer: Answer, row: Mapping[str, Any]) -> dict[str, Any]:
    sent = _out(answer)
    essentials = f"{sent.id} {sent.url} {sent.evidence}".strip()
    return {
        "delivery": answer.delivery_id, "number": answer.lease.attempt, "phase": "confirm",
        "started_at": row["sent_at"], "ended_at": answer.now, "outcome": "confirmed", "essentials": essentials,
    }  # fmt: skip
