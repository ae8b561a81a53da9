"""What the queue can tell: counts, receipts, alarms, and when something is due next."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import sqlalchemy as sa

from publisher.queue import freezes, pacing, schema
from publisher.queue.model import Alarm, Receipt
from publisher.queue.rows import D
from publisher.queue.transitions import (
    ALARM_AFTER_S,
    APPROVED,
    CLAIMED,
    DRAFT,
    FINAL,
    HELD,
    IN_REVIEW,
    OPEN,
    QUEUED,
    SENDING,
    STATES,
    UNKNOWN,
    WAITING,
)  # fmt: skip

A = schema.accounts
NEAR_S = 24 * 3600  # a draft this near to its moment is told


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many deliveries are in each state, every state named."""
    found = connection.execute(sa.select(D.c.state, sa.func.count()).group_by(D.c.state))
    numbers = dict.fromkeys(STATES, 0)
    numbers.update((row[0], row[1]) for row in found)
    return numbers


def receipts(connection: sa.Connection, *, campaign: str | None = None) -> list[Receipt]:
    """One receipt for everything that went out, in the order of its time."""
    statement = sa.select(D).where(D.c.state.in_(sorted(FINAL))).order_by(D.c.sent_at, D.c.id)
    if campaign is not None:
        statement = statement.where(D.c.campaign == campaign)
    rows = connection.execute(statement).mappings().all()
    signed = _approvers(connection)
    same = (
        "id", "campaign", "unit", "account", "output", "act", "state", "due_at", "sent_at", "external_id",
        "external_url", "content_hash", "author",
    )  # fmt: skip
    return [
        Receipt(
            **{name: row[name] for name in same},
            approved_by=signed.get((row["id"], row["signature"]), ()),
            attempts=row["attempt"],
        )
        for row in rows
    ]


def _approvers(connection: sa.Connection) -> dict[tuple[str, str], tuple[str, ...]]:
    table = schema.approvals
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in connection.execute(sa.select(table).where(table.c.voided_at.is_(None)).order_by(table.c.id)).mappings():
        key = (row["delivery"], row["signature"])
        found[key] = (*found.get(key, ()), row["by"])
    return found


def due_accounts(connection: sa.Connection, *, now: datetime) -> list[str]:
    """Accounts with something that may be taken now, by name."""
    statement = (
        sa.select(D.c.account)
        .distinct()
        .where(D.c.state.in_((QUEUED, WAITING)), D.c.due_at <= now)
        .where(sa.or_(D.c.next_at.is_(None), D.c.next_at <= now))
        .where(~pacing.is_closed(now))
        .order_by(D.c.account)
    )
    return list(connection.execute(statement).scalars())


def next_moment(connection: sa.Connection, *, now: datetime) -> datetime | None:
    """The next moment at which there is something to do; None when nothing is awaited. May be past."""
    first = sa.func.min(sa.func.coalesce(D.c.next_at, D.c.due_at), type_=schema.Moment)
    opens_at = sa.case((pacing.adds_no_post(), A.c.held_until), else_=A.c.next_at)
    by_account = (
        sa.select(first, sa.type_coerce(opens_at, schema.Moment))
        .select_from(D.outerjoin(A, A.c.account == D.c.account))
        .where(D.c.state.in_((QUEUED, WAITING)))
        .group_by(D.c.account, opens_at)
    )
    # An account that is closed for a while opens later than its first piece is due.
    moments = [max(filter(None, tuple(row))) for row in connection.execute(by_account)]
    moments += connection.execute(
        sa.select(sa.func.min(D.c.next_at)).where(D.c.state == UNKNOWN, D.c.asks_person == 0)
    ).scalars()
    leases = sa.select(sa.func.min(D.c.lease_until)).where(D.c.state.in_((CLAIMED, SENDING)))
    moments += connection.execute(leases).scalars()
    frozen = schema.freezes
    moments += connection.execute(
        sa.select(sa.func.min(frozen.c.until_at)).where(frozen.c.ended_at.is_(None))
    ).scalars()
    return min((m for m in moments if m is not None), default=None)


def alarms(connection: sa.Connection, *, now: datetime) -> list[Alarm]:
    """Everything a person must look at, oldest first."""
    found = []
    columns = (
        D.c.id,
        D.c.account,
        D.c.state,
        D.c.state_at,
        D.c.due_at,
        D.c.next_at,
        D.c.reason,
        D.c.asks_person,
        D.c.freeze,
    )
    for row in connection.execute(sa.select(*columns).where(D.c.state.in_(sorted(OPEN)))).mappings():
        since = _alarming_since(row)
        if since is not None and since <= now:
            found.append(Alarm(row["id"], row["account"], row["state"], since, _alarm_text(row)))
    found += _alarms_of_freezes(connection)
    return sorted(found, key=lambda alarm: (alarm.since, alarm.id))


def _alarms_of_freezes(connection: sa.Connection) -> list[Alarm]:
    """A freeze that a person began is known; one that the service began is told."""
    table = schema.freezes
    own = sa.select(table).where(table.c.ended_at.is_(None), table.c.by == freezes.CLOCK)
    return [Alarm(f"freeze {row.id}", "", HELD, row.from_at, row.reason) for row in connection.execute(own)]


def _alarming_since(row: sa.RowMapping) -> datetime | None:
    """When the row's state becomes one to be told."""
    state_at: datetime = row["state_at"]
    due_at: datetime = row["due_at"]
    if row["asks_person"]:
        return state_at
    if row["freeze"]:
        return None  # held as everybody knows; the end of the freeze brings it back
    if row["state"] in (DRAFT, IN_REVIEW):
        return due_at - timedelta(seconds=NEAR_S)
    after = timedelta(seconds=ALARM_AFTER_S[row["state"]])
    if row["state"] == WAITING:
        return due_at + after  # every try renews the state's own age
    if row["state"] in (QUEUED, APPROVED):
        return max(due_at, state_at, row["next_at"] or due_at) + after
    return state_at + after


def _alarm_text(row: sa.RowMapping) -> str:
    if row["state"] in (DRAFT, IN_REVIEW):
        return "its time is near and it is not approved"
    if row["state"] in (QUEUED, APPROVED):
        return "its time is past and it has not gone out; is the service running?"
    return str(row["reason"]) or f"has been `{row['state']}` for long"


def last_line(connection: sa.Connection, delivery: str) -> dict[str, object]:
    """The data of the newest ledger line of a delivery that says something."""
    table = schema.ledger
    statement = sa.select(table.c.data).where(table.c.delivery == delivery, table.c.data != "{}")
    data = connection.execute(statement.order_by(table.c.seq.desc()).limit(1)).scalar()
    return dict(json.loads(data)) if data else {}
