"""After a restore: pieces that may have gone out since the backup was made, so that their channel is read first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from publisher.queue import ledger, schema
from publisher.queue.claims import FREE, Lease, held
from publisher.queue.rows import D, move
from publisher.queue.transitions import CLAIMED, FINAL, UNKNOWN

R = schema.restores
T = schema.attempts

NEAR = timedelta(days=31)
"""Nobody brings a piece forward by more than a month; what is due later has not gone out in the gap."""

REASON = "it may have gone out after the backup that was restored, so the channel is read first"


@dataclass(frozen=True)
class Gap:
    """From the moment the backup shows to the restore: what happened then is not known."""

    made_at: datetime
    restored_at: datetime

    def concerns(self, due_at: datetime) -> bool:
        """Whether a piece of that time may have gone out in the gap, by its plan or because somebody brought it
        forward."""
        return due_at <= self.restored_at + NEAR


def last_gap(connection: sa.Connection) -> Gap | None:
    """The gap of the newest restore; None when nothing was ever restored."""
    row = connection.execute(sa.select(R.c.made_at, R.c.restored_at).order_by(R.c.id.desc()).limit(1)).first()
    return None if row is None else Gap(row.made_at, row.restored_at)


def mark_restored(connection: sa.Connection, gap: Gap, *, by: str) -> int:
    """Write the restore down and put everything in doubt that may have gone out in the gap; gives how many."""
    row = {"made_at": gap.made_at, "restored_at": gap.restored_at, "by": by}
    connection.execute(R.insert(), row)
    doubtful = (
        D.update()
        .where(D.c.state.not_in(sorted(FINAL)), D.c.due_at <= gap.restored_at + NEAR)
        .values(doubt_from=gap.made_at, doubt_until=gap.restored_at)
    )
    number = connection.execute(doubtful).rowcount
    data = {"made_at": gap.made_at.isoformat(), "in_doubt": number}
    ledger.append(connection, ledger.Entry(gap.restored_at, "restore", by=by, data=data))
    return number


def begin(connection: sa.Connection, delivery_id: str, lease: Lease, *, fingerprint: str, now: datetime) -> bool:
    """Make a claimed piece in doubt `unknown`, as if an attempt had begun when the backup was made. False: lease lost.

    From there the reconciler settles it like any other: found, it is adopted; surely absent, it is queued again.
    """
    row = held(connection, delivery_id, lease, (CLAIMED,))
    if row is None or row["lease_owner"] != lease.owner or row["doubt_from"] is None:
        return False
    attempt = {
        "delivery": delivery_id, "number": lease.attempt, "phase": "commit", "fingerprint": fingerprint,
        "started_at": row["doubt_from"], "ended_at": now, "outcome": "unknown", "essentials": REASON,
    }  # fmt: skip
    connection.execute(T.insert(), attempt)
    data = {"attempt": lease.attempt, "since": row["doubt_from"].isoformat()}
    move(connection, row, UNKNOWN, now=now, by=lease.owner, act="doubt", data=data, reason=REASON, next_at=now,
         absences=0, looks=0, asks_person=0, **FREE)  # fmt: skip
    return True


def dismiss(connection: sa.Connection, delivery_id: str, lease: Lease, *, now: datetime) -> bool:
    """End the doubt about a claimed piece that was not due in the gap, on a channel that cannot be read."""
    row = held(connection, delivery_id, lease, (CLAIMED,))
    if row is None or row["lease_owner"] != lease.owner:
        return False
    data = {"reason": "not due before the restore, and the channel cannot be read"}
    move(connection, row, CLAIMED, now=now, by=lease.owner, act="doubt ended", data=data, **OVER)
    return True


OVER: dict[str, None] = {"doubt_from": None, "doubt_until": None}
