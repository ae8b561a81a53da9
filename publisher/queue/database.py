"""Opening the database and writing to it: one writer at a time, many rows a commit, on SQLite and Postgres alike."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from publisher.errors import PublisherError, QueueError
from publisher.queue.schema import HEAD

T = TypeVar("T")

BUSY_S = 30  # how long SQLite waits for another process's commit
BATCH = 256  # writes in one commit; bounds how long the first of them waits for the last
WRITER_LOCK = 0x5075_626C  # any fixed number; the same in every process of one Postgres database


def connect(url: str) -> sa.Engine:
    """An engine for the address. Raises PublisherError without ever showing a password."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite_engine(parsed)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        return sa.create_engine(parsed, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as error:
        raise PublisherError(
            "database: not an address the queue can use; allowed: sqlite:///var/publisher.db or "
            "postgresql://user@host/name (pip install publisher[cluster]). Correct `database` in publisher.yaml."
        ) from error


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise PublisherError(
            "database: kept in memory only; what was sent must outlive the process. Write sqlite:///var/publisher.db."
        )
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, pool_size=8, max_overflow=16, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def _set_up(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we write BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_S * 1000}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A write takes its lock at once: a read that grows into a write would fail instead of waiting.
        writes = connection.get_execution_options().get("publisher_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that is the only writing one of the whole database until it ends."""
    with engine.connect().execution_options(publisher_writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITER_LOCK)))
        yield connection


def migrate(engine: sa.Engine) -> None:
    """Bring the database to the newest schema; nothing is done when it is there already."""
    if _revision(engine) == HEAD:
        return
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    found = _revision(engine)
    if found != HEAD:
        raise QueueError(f"database: its schema is `{found}`, this program knows `{HEAD}`. Install the newer program.")


def _revision(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def translated(error: sa.exc.DBAPIError) -> PublisherError:
    """What the database refused, in its own first line; never the values it was given."""
    said = str(error.orig).strip().splitlines()
    first = said[0] if said else "no reason given"
    if isinstance(error, sa.exc.OperationalError):
        return PublisherError(
            f"database: could not be used: {first}. Nothing of this step was kept. "
            "Check free space and that the database is running, then run again."
        )
    return QueueError(f"database: refused: {first}. Nothing was changed.")


class _Job(Generic[T]):
    def __init__(self, work: Callable[[sa.Connection], T]) -> None:
        self.work = work
        self.done = False
        self.result: T | None = None
        self.error: BaseException | None = None


class Writer:
    """Group commit: threads that write at the same time share one commit, each in its own savepoint.

    The first thread in does the work of all that queued up behind the commit before; a failing write takes back
    only itself. When `write` returns, the rows are on the disk.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._waiting: deque[_Job[Any]] = deque()

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in a transaction and commit it. Raises what `work` raises, after taking it back."""
        job = _Job(work)
        self._waiting.append(job)
        with self._turn:
            if not job.done:
                self._commit(self._take(job))
        if isinstance(job.error, sa.exc.DBAPIError):
            raise translated(job.error) from job.error
        if job.error is not None:
            raise job.error
        return job.result  # type: ignore[return-value]

    def _take(self, own: _Job[Any]) -> list[_Job[Any]]:
        taken: list[_Job[Any]] = []
        found = False
        while self._waiting and (len(taken) < BATCH or not found):
            taken.append(self._waiting.popleft())
            found = found or taken[-1] is own
        return taken

    def _commit(self, jobs: list[_Job[Any]]) -> None:
        try:
            with writing(self._engine) as connection:
                for job in jobs:
                    self._run(job, connection, alone=len(jobs) == 1)
        except BaseException as error:
            for job in jobs:
                job.error = job.error or error
        finally:
            for job in jobs:
                job.done = True

    @staticmethod
    def _run(job: _Job[Any], connection: sa.Connection, *, alone: bool) -> None:
        if alone:
            job.result = job.work(connection)  # the whole transaction is the savepoint
            return
        savepoint = connection.begin_nested()
        try:
            job.result = job.work(connection)
            savepoint.commit()
        except Exception as error:
            savepoint.rollback()
            job.error = error
