"""Workers of a cluster on one Postgres: each piece once, also when a worker is killed in the middle of its work."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.channels.dummy import Record
from publisher.queue.store import Store
from tests.contract.databases import Make, databases
from tests.faults.parts import piece, queue

ROOT = Path(__file__).parents[2]
ACCOUNTS, EACH = 8, 12
pytestmark = pytest.mark.slow


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    with databases(tmp_path) as made:
        yield made


def start(url: str, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.faults.cluster_child", url, str(folder), str(ACCOUNTS)]
    return subprocess.Popen(command, cwd=ROOT)


def wait_until_settled(store: Store, seconds: float = 90) -> dict[str, int]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        counts = {state: number for state, number in store.counts().items() if number}
        if set(counts) <= {"sent"}:
            return counts
        time.sleep(0.2)
    return counts


def test_two_workers_and_one_killed_send_each_piece_once(make: Make, tmp_path: Path) -> None:
    url = make("postgres")
    store = Store.open(url, artifacts=tmp_path / "store")
    now = datetime.now(UTC)
    due = now + timedelta(seconds=2)
    names = [(f"k{n}-{a}", f"acc{a}") for n in range(EACH) for a in range(ACCOUNTS)]
    queue(store, *[piece(name, account, due_at=due, late="send", grace_s=3600) for name, account in names], now=now)
    record = Record(tmp_path / "channel")
    workers = [start(url, tmp_path) for _ in range(3)]
    try:
        end = time.monotonic() + 60
        while len(record.posts()) < 10 and time.monotonic() < end:
            time.sleep(0.05)
        workers[0].kill()  # it may be the one that hands out the work; another takes that over
        counts = wait_until_settled(store)
        assert counts == {"sent": len(names)}
    finally:
        for worker in workers[1:]:
            worker.terminate()
        ended = [worker.wait(30) for worker in workers[1:]]
        workers[0].wait(10)
    assert ended == [0, 0]
    seen = Counter(received.key for received in record.posts())
    assert seen == Counter(name for name, _ in names)
    owners = {line.by.split("/")[0] for name, _ in names for line in store.history(name) if line.act == "claim"}
    assert len(owners) >= 2, "more than one worker had a part in it"
    assert store.verify_ledger() == []
    store.close()
