"""The tables as lines of JSON and back, the same on SQLite and Postgres: what a backup of the queue is made of.

One form for both databases, rather than a copy of the one and a dump of the other: it is restored by any later
version, moves an office from SQLite to a server, and needs no client program of the server's own version.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from publisher.errors import PublisherError
from publisher.queue import schema
from publisher.queue.ledger import tip
from publisher.queue.posts import canonical

KEPT = ("deliveries", "approvals", "attempts", "settlements", "ledger", "freezes", "accounts", "alarms", "restores")
"""In the order in which they are put back. Logins and sessions are secrets and are in no backup."""

LINES = 500  # rows that are put back with one statement


@dataclass(frozen=True)
class Dump:
    """Files by name with their SHA-256, row counts, and the end of the ledger: number and hash of its last line."""

    files: Mapping[str, str]
    rows: Mapping[str, int]
    ledger: tuple[int, str]
    revision: str
    media: tuple[str, ...]


def dump(engine: sa.Engine, folder: Path) -> Dump:
    """Write every table as of one moment into `folder`; writers are not held up."""
    files, rows, media = {}, {}, set[str]()
    with _snapshot(engine) as connection:
        for name in KEPT:
            path = folder / f"{name}.jsonl.gz"
            rows[name] = _write(path, _read(connection, schema.metadata.tables[name], media))
            files[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        end = tip(connection)
    return Dump(files, rows, end, schema.HEAD, tuple(sorted(media)))


@contextmanager
def _snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Everything read shows the same moment: SQLite's WAL by itself, Postgres when told."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _read(connection: sa.Connection, table: sa.Table, media: set[str]) -> Iterator[dict[str, Any]]:
    order: list[Any] = list(table.primary_key.columns)
    if table.name == "deliveries":
        # What is corrected or withdrawn stands before what does it.
        order = [table.c.target.is_not(None), table.c.created_at, table.c.id]
    for row in connection.execution_options(yield_per=LINES).execute(sa.select(table).order_by(*order)).mappings():
        if table.name == "deliveries":
            media.update(m["path"] for m in json.loads(row["post"])["media"])
        yield {key: v.isoformat() if isinstance(v, datetime) else v for key, v in row.items()}


def _write(path: Path, rows: Iterator[dict[str, Any]]) -> int:
    count = 0
    # Without a name or time inside, the same rows are the same bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as stream:
        for row in rows:
            stream.write(canonical(row).encode() + b"\n")
            count += 1
    return count


def is_empty(engine: sa.Engine) -> bool:
    """Whether the database holds no tables yet."""
    with engine.connect() as connection:
        return not sa.inspect(connection).get_table_names()


def load(connection: sa.Connection, folder: Path, rows: Mapping[str, int]) -> None:
    """Put every table back into a database whose schema is that of the dump. Raises PublisherError when rows lack.

    The triggers are off while that is done: they refuse what is not a draft. The ledger is verified afterwards.
    """
    found = sa.MetaData()
    found.reflect(connection, only=list(rows))
    with _triggers_off(connection, list(rows)):
        for name in rows:
            count = _fill(connection, found.tables[name], folder / f"{name}.jsonl.gz")
            if count != rows[name]:
                raise PublisherError(f"backup: {name} holds {count} rows, not {rows[name]}. Take another backup.")
    if connection.dialect.name == "postgresql":
        _advance_sequences(connection, found)


def _fill(connection: sa.Connection, table: sa.Table, path: Path) -> int:
    moments = {c.name for c in table.columns if isinstance(c.type, sa.DateTime)}
    count, batch = 0, list[dict[str, Any]]()
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            batch.append(_with_moments(json.loads(line), moments))
            count += 1
            if len(batch) == LINES:
                connection.execute(table.insert(), batch)
                batch = []
    if batch:
        connection.execute(table.insert(), batch)
    return count


def _with_moments(row: dict[str, Any], moments: set[str]) -> dict[str, Any]:
    read = {name: datetime.fromisoformat(row[name]).astimezone(UTC) for name in moments if row[name] is not None}
    return {**row, **read}


@contextmanager
def _triggers_off(connection: sa.Connection, tables: Sequence[str]) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        for name in tables:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        yield
        for name in tables:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        return
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, statement in found:
        connection.exec_driver_sql(statement)


def _advance_sequences(connection: sa.Connection, found: sa.MetaData) -> None:
    """New rows are numbered after those put back."""
    for table in found.tables.values():
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = connection.execute(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))).scalar()
        last = connection.execute(sa.select(sa.func.max(column))).scalar()
        if sequence and last:
            connection.execute(sa.select(sa.func.setval(sequence, last)))
