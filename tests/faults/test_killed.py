"""A worker killed with `kill -9` at every named point: nothing is lost, nothing goes out twice; the channel judges."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.channels.dummy import Dummy, Record, Written
from publisher.clock import SetClock
from publisher.engine.local import Service
from publisher.queue.points import DIE_AT, POINTS
from publisher.queue.store import Store
from tests.faults.parts import NOW, piece, queue

ROOT = Path(__file__).parents[2]
LOST = {"commit": ["lost"]}  # for the points that only an unknown outcome reaches


def open_queue(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder}/queue.db")


def die(folder: Path, point: str, *, unmarked: bool = False) -> int:
    """Run a worker that kills itself at the point; gives how it ended."""
    script = LOST if point.startswith(("find.", "settle.")) else {}
    arguments = [sys.executable, "-m", "tests.faults.child", str(folder), json.dumps(script)]
    done = subprocess.run(
        arguments + ["unmarked"] * unmarked,
        env={**os.environ, DIE_AT: point},
        cwd=ROOT,
        timeout=60,
        capture_output=True,
    )
    return done.returncode


def go_on(folder: Path, script: Written | None = None) -> Store:
    """Another worker takes over once the dead one's leases have ended."""
    store = open_queue(folder)
    clock = SetClock(NOW + timedelta(minutes=10))
    channel = Dummy("acc", folder, script)
    Service(store, {"acc": channel}, clock).run(until_idle=True, until=NOW + timedelta(hours=2))
    return store


def shown(folder: Path) -> Counter[str]:
    return Counter(received.key for received in Record(folder).posts())


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_there_loses_nothing_and_sends_nothing_twice(point: str, tmp_path: Path) -> None:
    store = open_queue(tmp_path)
    queue(store, piece("k1"), piece("k2"), piece("k3", due_at=NOW + timedelta(minutes=30)))
    store.close()
    assert die(tmp_path, point) == -9, "the point was not reached"
    store = go_on(tmp_path)
    assert shown(tmp_path) == {"k1": 1, "k2": 1, "k3": 1}
    assert store.counts()["sent"] == 3
    assert store.verify_ledger() == []
    store.close()


@pytest.mark.parametrize("point", ["commit.inside", "commit.after"])
def test_the_judge_sees_the_double_when_the_mark_is_taken_out(point: str, tmp_path: Path) -> None:
    """The check can fail: without `sending` on the disk the same kill sends the piece twice."""
    store = open_queue(tmp_path)
    queue(store, piece("k1"))
    store.close()
    assert die(tmp_path, point, unmarked=True) == -9
    go_on(tmp_path).close()
    assert shown(tmp_path) == {"k1": 2}


def test_an_answer_that_cannot_be_recorded_does_not_lead_to_a_second_post(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full exactly when the answer comes: the row stays `sending` and the channel is read instead."""
    from publisher.errors import PublisherError
    from publisher.queue import worker

    store = open_queue(tmp_path)
    queue(store, piece("k1"))
    monkeypatch.setattr(worker, "RECORD_TRIES", 2)

    def full(*args: object, **kinds: object) -> str:
        raise PublisherError("database: could not be written: disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(store, "finish", full)
        Service(store, {"acc": Dummy("acc", tmp_path)}, SetClock(NOW)).run(until_idle=True)
    assert store.get("k1").state == "sending"
    store.close()
    store = go_on(tmp_path)
    assert (store.get("k1").state, shown(tmp_path)) == ("sent", {"k1": 1})
    store.close()
