"""The ledger: every act and every move between states, append-only, each line carrying the hash of the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from publisher.queue import schema
from publisher.queue.model import LedgerLine
from publisher.queue.posts import canonical, sha256_text

GENESIS = "0" * 64
_TIP = sa.select(schema.ledger.c.seq, schema.ledger.c.hash).order_by(schema.ledger.c.seq.desc()).limit(1)
_APPEND = schema.ledger.insert()


@dataclass(frozen=True)
class Entry:
    """What is to be written; `old` and `new` are states, both empty for an act that moves nothing."""

    at: datetime
    act: str
    delivery: str = ""
    by: str = ""
    old: str = ""
    new: str = ""
    data: Mapping[str, object] | None = None


def append(connection: sa.Connection, entry: Entry) -> None:
    """Add a line to the chain. The caller holds the one writing transaction, so the tip cannot move meanwhile."""
    append_all(connection, [entry])


def append_all(connection: sa.Connection, entries: Sequence[Entry]) -> None:
    """Add lines to the chain in that order, with one look at its tip and one statement."""
    if not entries:
        return
    seq, previous = tip(connection)
    rows = []
    for entry in entries:
        seq += 1
        row: dict[str, object] = {
            "seq": seq,
            "at": entry.at,
            "delivery": entry.delivery,
            "act": entry.act,
            "by": entry.by,
            "old": entry.old,
            "new": entry.new,
            "data": canonical(dict(entry.data or {})),
            "previous": previous,
        }
        previous = row["hash"] = hash_line(row)
        rows.append(row)
    connection.execute(_APPEND, rows)


def tip(connection: sa.Connection) -> tuple[int, str]:
    """Number and hash of the last line."""
    found = connection.execute(_TIP).first()
    return (found.seq, found.hash) if found else (0, GENESIS)


def read(connection: sa.Connection, delivery: str) -> list[LedgerLine]:
    """The lines about one delivery, oldest first."""
    table = schema.ledger
    rows = connection.execute(sa.select(table).where(table.c.delivery == delivery).order_by(table.c.seq))
    return [LedgerLine(r.seq, r.at, r.delivery, r.act, r.by, r.old, r.new, json.loads(r.data)) for r in rows]


def hash_line(row: Mapping[str, object] | sa.RowMapping) -> str:
    """SHA-256 over the line and the hash of the one before."""
    at = row["at"]
    assert isinstance(at, datetime)  # noqa: S101 - the column holds moments only
    parts = [row["seq"], at.astimezone(UTC).isoformat(timespec="microseconds")]
    parts += [row[name] for name in ("delivery", "act", "by", "old", "new", "data", "previous")]
    return sha256_text(canonical(parts))
