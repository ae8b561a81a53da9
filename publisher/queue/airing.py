"""What was read on air and what was not: a station's word about a piece that was delivered to it long before.

Delivered is not read. The word is an attempt's line of its own (`confirm`, turn 1) and a line of the ledger; a piece
without one, past its day, is shown as not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from publisher.channels.base import Aired
from publisher.errors import QueueError, Words
from publisher.queue import schema
from publisher.queue.rows import D, fetch, move
from publisher.queue.transitions import CORRECTED, SENT
from publisher.queue.wording import name_states

T = schema.attempts
ON_AIR = "on air"
_TURN = 1  # 0 is the reading back right after sending
ASKED_DAYS = 30  # after a month nobody puts a file back any more


@dataclass(frozen=True)
class Airing:
    """One delivered script: `text` is the station's word, `aired_at` when it became known; None: not read so far."""

    id: str
    account: str
    due_at: datetime
    aired_at: datetime | None
    text: str
    url: str


def airings(connection: sa.Connection, accounts: Sequence[str]) -> list[Airing]:
    """Every script delivered to these accounts, by time."""
    word = sa.and_(T.c.delivery == D.c.id, T.c.phase == "confirm", T.c.turn == _TURN)
    found = connection.execute(
        sa.select(D.c.id, D.c.account, D.c.due_at, T.c.ended_at, T.c.essentials, D.c.external_url)
        .select_from(D.outerjoin(T, word))
        .where(D.c.account.in_(list(accounts)), D.c.state.in_((SENT, CORRECTED)), D.c.act == "publish")
        .order_by(D.c.due_at, D.c.id)
    )
    return [Airing(r[0], r[1], r[2], r[3], r[4] or "", r[5] or "") for r in found]


def awaited(connection: sa.Connection, accounts: Sequence[str], *, now: datetime) -> list[Airing]:
    """Those a station may still say something about."""
    since = now - timedelta(days=ASKED_DAYS)
    return [a for a in airings(connection, accounts) if a.aired_at is None and since <= a.due_at <= now]


def note_aired(connection: sa.Connection, delivery_id: str, aired: Aired, *, by: str, now: datetime) -> bool:
    """Write the station's word down; False when there is one already. Raises QueueError for what is not out."""
    row = fetch(connection, delivery_id)
    if row["state"] not in (SENT, CORRECTED):
        raise QueueError(
            Words(
                f"{delivery_id}: is `{row['state']}`; only what was delivered can have been read on air.",
                f"{delivery_id}: {name_states([row['state']])}; chỉ bài đã giao cho đài mới có thể đã phát.",
            )
        )
    known = sa.select(T.c.id).where(T.c.delivery == delivery_id, T.c.phase == "confirm", T.c.turn == _TURN)
    if connection.execute(known).first() is not None:
        return False
    line = {
        "delivery": delivery_id, "number": row["attempt"], "phase": "confirm", "turn": _TURN, "started_at": now,
        "ended_at": now, "outcome": ON_AIR, "essentials": f"{aired.text} {aired.url}".strip(),
    }  # fmt: skip
    connection.execute(T.insert(), line)
    url = aired.url or row["external_url"]
    data = {"text": aired.text, "external_url": url}
    move(connection, row, row["state"], now=now, by=by, act=ON_AIR, data=data, external_url=url)
    return True
