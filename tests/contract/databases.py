"""The databases that the queue's contract is held to: SQLite, and a real Postgres (`-m slow`)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.servers import postgres

EACH = ["sqlite", pytest.param("postgres", marks=pytest.mark.slow)]
Make = Callable[[str], str]
"""Gives the address of a new, empty database of that kind."""


@contextmanager
def databases(folder: Path) -> Iterator[Make]:
    """Makes databases for one test and removes them afterwards; one Postgres server for all of them."""
    with ExitStack() as stack:
        server: list[str] = []

        def make(kind: str) -> str:
            name = f"test_{uuid.uuid4().hex[:12]}"
            if kind == "sqlite":
                return f"sqlite:///{folder}/{name}/queue.db"
            if not server:
                address = stack.enter_context(postgres.running())
                if address is None:
                    pytest.skip("no Postgres here: apt-get install postgresql, or set PUBLISHER_TEST_POSTGRES")
                server.append(address)
            return stack.enter_context(_database(server[0], name))

        yield make


@contextmanager
def _database(server: str, name: str) -> Iterator[str]:
    address = sa.make_url(server).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield address.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()
