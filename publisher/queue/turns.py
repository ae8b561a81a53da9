"""Turns on a network: all accounts of one kind share one rate, each piece gets its own moment and waits for it.

A hundred Pages due at 08:00 get a hundred moments at once, in one row; none is woken only to find that it must wait on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from publisher.channels.rates import Bucket, Network, full, hold, next_at, refill
from publisher.queue import schema
from publisher.queue.claims import FREE, Lease, held
from publisher.queue.posts import canonical
from publisher.queue.rows import move
from publisher.queue.transitions import CLAIMED, WAITING

A = schema.accounts
FORGOTTEN_S = 3600.0  # a turn nobody came for: its piece was cancelled, or went to a person


def take_turn(
    connection: sa.Connection, delivery_id: str, lease: Lease, *, network: Network, now: datetime
) -> datetime | None:
    """None when the piece may go now. Else the moment of its turn: it is `waiting` until then, with that time."""
    row = held(connection, delivery_id, lease, (CLAIMED,))
    if row is None:
        return None  # whoever holds it now asks for itself
    bucket, turns = _read(connection, network, now)
    kept = {d: at for d, at in turns.items() if at >= now - timedelta(seconds=FORGOTTEN_S)}
    moment = kept.pop(delivery_id, None)
    # Whose account opened only after its turn goes to the end of the row: others have the moments since.
    if moment is None or now - moment > timedelta(seconds=network.rate.every_s):
        moment = next_at(bucket, network.rate, now)
        filled = refill(bucket, network.rate, now)
        # The bucket may owe: what is taken ahead makes the next piece's moment the later.
        bucket = Bucket(filled.tokens - 1, filled.at, now, filled.not_before)
    elif bucket.not_before is not None:  # the service has asked for patience since the turn was given
        moment = max(moment, bucket.not_before)
    if moment > now:
        kept[delivery_id] = moment
    _write(connection, network, bucket, kept)
    if moment <= now:
        return None
    reason = f"its turn among all accounts of {network.name}, so that they do not look like a burst"
    data = {"attempt": lease.attempt, "reason": reason}
    move(connection, row, WAITING, now=now, by=lease.owner, act="turn", data=data, reason=reason, next_at=moment,
         **FREE)  # fmt: skip
    return moment


def close(connection: sa.Connection, network: Network, *, until: datetime, now: datetime) -> None:
    """The service asked all of our accounts together to wait: nothing before `until`."""
    bucket, turns = _read(connection, network, now)
    _write(connection, network, hold(bucket, until), turns)


def _read(connection: sa.Connection, network: Network, now: datetime) -> tuple[Bucket, Mapping[str, datetime]]:
    found = connection.execute(sa.select(A.c.bucket).where(A.c.account == _row_name(network))).scalar()
    if found is None:
        connection.execute(A.insert(), {"account": _row_name(network)})
    if not found:
        return full(network.rate, now), {}
    value: dict[str, Any] = json.loads(found)
    return Bucket.from_json(value), {d: datetime.fromisoformat(at) for d, at in value.get("turns", {}).items()}


def _write(connection: sa.Connection, network: Network, bucket: Bucket, turns: Mapping[str, datetime]) -> None:
    value = {**bucket.to_json(), "turns": {d: at.isoformat() for d, at in turns.items()}}
    connection.execute(A.update().where(A.c.account == _row_name(network)).values(bucket=canonical(value)))


def _row_name(network: Network) -> str:
    """No account can have this name: a file's name holds no colon."""
    return f"network:{network.name}"
