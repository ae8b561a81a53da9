"""Opening the database and writing to it: one writer at a time, many rows a commit, on SQLite and Postgres alike."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from publisher.errors import PublisherError, QueueError, Words
from publisher.queue.points import reach
from publisher.queue.schema import HEAD

log = logging.getLogger(__name__)

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
    with writing(engine) as connection:
        upgrade(connection, "head")
    found = _revision(engine)
    if found != HEAD:
        raise QueueError(f"database: its schema is `{found}`, this program knows `{HEAD}`. Install the newer program.")


def upgrade(connection: sa.Connection, revision: str) -> None:
    """Run the migrations up to that one, in the caller's transaction. Raises QueueError for one not known here."""
    # Needed once in a database's life, and a quarter of what starting a command would cost.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise QueueError(
            f"database: this program does not know the schema `{revision}`. Install a newer one."
        ) from error


def _revision(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def translated(error: sa.exc.SQLAlchemyError) -> PublisherError:
    """What the database refused, in its own first line; never the values it was given."""
    if not isinstance(error, sa.exc.DBAPIError):
        # The connection broke in the middle of a transaction, or none came free in time.
        return PublisherError(
            Words(
                "database: its connection was lost. Nothing of this step was kept. Run again.",
                "Mất kết nối với cơ sở dữ liệu. Bước này chưa được ghi; hãy làm lại.",
            )
        )
    said = str(error.orig).strip().splitlines()
    first = said[0] if said else "no reason given"
    if isinstance(error, sa.exc.OperationalError):
        return PublisherError(
            Words(
                f"database: could not be used: {first}. Nothing of this step was kept. "
                "Check free space and that the database is running, then run again.",
                f"Không dùng được cơ sở dữ liệu ({first}). Bước này chưa được ghi; xem chỗ trống trên đĩa rồi làm lại.",
            )
        )
    return QueueError(
        Words(f"database: refused: {first}. Nothing was changed.", f"Cơ sở dữ liệu từ chối ({first}). Chưa đổi gì.")
    )


Bulk: TypeAlias = Callable[[sa.Connection, Sequence[Any]], Sequence[Any]]
"""The same act for many asks in few statements: gives one result for each, or raises and has done nothing useful."""


class Job(Generic[T]):
    """One write that was handed in; `Writer.wait` gives its result once it is on the disk."""

    def __init__(self, bulk: Bulk, ask: Any) -> None:
        self.bulk = bulk
        self.ask = ask
        self.done = False
        self.awaited = False
        self.leads = False
        self.result: T | None = None
        self.error: BaseException | None = None
        self.latch = threading.Lock()
        self.latch.acquire()


def _one_by_one(connection: sa.Connection, works: Sequence[Callable[[sa.Connection], Any]]) -> list[Any]:
    """Acts that have no way of being done together."""
    return [work(connection) for work in works]


class Writer:
    """Group commit: threads that write at the same time share one commit, each act in its own savepoint.

    The first thread in leads: it does what all others handed in, acts of the same kind together, commits once and
    wakes them; then one of those that came meanwhile leads. A failing write takes back only itself. When `wait`
    returns, the rows are on the disk.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._led = False
        self._waiting: deque[Job[Any]] = deque()

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in a transaction and commit it. Raises what `work` raises, after taking it back."""
        return cast(T, self.wait(self.submit(_one_by_one, work)))

    def submit(self, bulk: Bulk, ask: Any) -> Job[Any]:
        """Hand in one ask; it is done with the next commit, whoever leads it, at the latest when it is waited for."""
        job: Job[Any] = Job(bulk, ask)
        with self._lock:
            self._waiting.append(job)
        return job

    def wait(self, job: Job[T]) -> T:
        """The result, when it is on the disk. Raises what the act raised; nothing of it was kept then."""
        with self._lock:
            job.awaited = True
            leads = not job.done and not self._led
            self._led = self._led or leads
        if not leads and not job.done:
            self._sleep(job)
        if leads or job.leads:
            self._lead(job)
        if isinstance(job.error, sa.exc.SQLAlchemyError):
            raise translated(job.error) from job.error
        if job.error is not None:
            raise job.error
        return cast(T, job.result)

    def flush(self) -> None:
        """Commit what was handed in and nobody waits for; nothing is done when there is nothing."""
        if self._waiting:
            self.write(lambda connection: None)  # first in, first on the disk

    def _sleep(self, job: Job[Any]) -> None:
        """Until its commit is over, or it is this thread's turn to lead."""
        try:
            job.latch.acquire()
        except BaseException:
            # Interrupted by a signal: whoever is asleep behind this thread must still be led.
            with self._lock:
                job.awaited = False
                heir = self._hand_over() if job.leads else None
            if heir is not None:
                heir.latch.release()
            raise

    def _lead(self, own: Job[Any]) -> None:
        jobs: list[Job[Any]] = []
        try:
            jobs = self._take(own)
            self._commit(jobs)
        finally:
            with self._lock:
                for job in jobs:
                    job.done = True
                asleep = [job for job in jobs if job.awaited and job is not own]
                heir = self._hand_over()
            # The heir first: its commit can begin while the others go back to their work.
            for job in jobs:
                if job.error is not None and not job.awaited:
                    log.warning("a write nobody waits for was refused: %s", type(job.error).__name__)
            for job in asleep if heir is None else [heir, *asleep]:
                job.latch.release()

    def _hand_over(self) -> Job[Any] | None:
        """Whose thread leads next; the lock is held."""
        heir = next((job for job in self._waiting if job.awaited), None)
        self._led = heir is not None
        if heir is not None:
            heir.leads = True
        return heir

    def _take(self, own: Job[Any]) -> list[Job[Any]]:
        with self._lock:
            taken = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            if own not in taken:
                self._waiting.remove(own)
                taken.append(own)
        return taken

    def _commit(self, jobs: list[Job[Any]]) -> None:
        try:
            with writing(self._engine) as connection:
                for alike in _alike(jobs):
                    _run(alike, connection, alone=len(jobs) == 1)
                reach("write.inside")
            reach("write.after")
        except BaseException as error:
            for job in jobs:
                job.error = job.error or error


def _alike(jobs: Sequence[Job[Any]]) -> list[list[Job[Any]]]:
    """Acts that can be done together, kinds in the order in which they were first handed in."""
    kinds: dict[Bulk, list[Job[Any]]] = {}
    for job in jobs:
        kinds.setdefault(job.bulk, []).append(job)
    whole = [[job] for job in kinds.pop(_one_by_one, [])]
    return whole + list(kinds.values())


def _run(jobs: list[Job[Any]], connection: sa.Connection, *, alone: bool) -> None:
    """Do them together; where that fails, each by itself, so that only what is wrong is refused."""
    if alone:
        jobs[0].result = jobs[0].bulk(connection, [jobs[0].ask])[0]  # the whole transaction is the savepoint
        return
    savepoint = connection.begin_nested()
    try:
        for job, result in zip(jobs, jobs[0].bulk(connection, [job.ask for job in jobs]), strict=True):
            job.result = result
        savepoint.commit()
    except Exception as error:
        if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
            raise  # there is no transaction any more in which the others could be tried
        savepoint.rollback()
        if len(jobs) == 1:
            jobs[0].error = error
            return
        for job in jobs:
            _run([job], connection, alone=False)
