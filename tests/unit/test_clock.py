"""A clock that is set while the service runs: ahead, and nothing goes out early; back, and nothing goes out twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from publisher.channels.dummy import Dummy
from publisher.channels.rates import Network, Rate
from publisher.clock import JumpGuard, SetClock, SystemClock
from publisher.engine.local import Service
from publisher.queue.store import Store
from tests.faults.parts import BINH, NOW, piece, queue


class Movable(SystemClock):
    """The machine's clock, which somebody sets."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/queue.db")
    yield opened
    opened.close()


def test_the_guard_tells_setting_from_waiting() -> None:
    clock, seconds = SetClock(NOW), [0.0]
    guard = JumpGuard(clock, lambda: seconds[0])
    clock.advance(3600)
    seconds[0] += 3600
    assert guard.jumped_s() == 0
    clock.advance(86_400)
    seconds[0] += 1
    assert guard.jumped_s() == 86_399
    seconds[0] += 60
    assert guard.jumped_s() == -60


def wait_for(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def test_a_clock_set_a_day_ahead_sends_nothing_early_and_tells_people(store: Store, tmp_path: Path) -> None:
    clock, channel = Movable(), Dummy("acc", tmp_path)
    begin = clock.now()
    queue(store, piece("now", due_at=begin), piece("tomorrow", due_at=begin + timedelta(days=1)), now=begin)
    service = Service(store, {"acc": channel}, clock)
    thread = threading.Thread(target=service.run)
    thread.start()
    try:
        wait_for(lambda: store.get("now").state == "sent")
        clock.ahead = timedelta(days=1, seconds=5)
        wait_for(lambda: store.get("tomorrow").state == "held")
    finally:
        service.stop()
        thread.join(20)
    assert [received.key for received in channel.received()] == ["now"]
    (freeze,) = store.freezes(clock.now())
    assert (freeze.by, "1440 minutes ahead" in freeze.reason) == ("clock", True)
    (alarm,) = [a for a in store.alarms(clock.now()) if a.id == f"freeze {freeze.id}"]
    assert "check the time and date" in alarm.text
    store.unfreeze(person=BINH, now=begin + timedelta(minutes=5))
    assert store.alarms(begin + timedelta(minutes=5)) == []


def test_a_clock_set_many_times_is_one_freeze(store: Store) -> None:
    assert len({store.hold_for_clock(ahead_s=600 * n, now=NOW) for n in (1, 2, 3)}) == 1


def test_after_an_outage_a_network_sees_no_flood(store: Store, tmp_path: Path) -> None:
    """Twenty Pages, six pieces each, all due while nothing ran for five hours: what is still in time goes out at the
    network's pace and the account's, the rest is told as missed."""
    names = [f"page{n:02}" for n in range(20)]
    pieces = [
        piece(f"k{hour}-{name}", name, due_at=NOW + timedelta(hours=hour), late="send", grace_s=3 * 3600)
        for hour in range(6)
        for name in names
    ]
    queue(store, *pieces)
    sent: list[tuple[str, datetime]] = []
    network = Network("facebook", Rate(every_s=20))
    service = Service(
        store,
        {name: Dummy(name, tmp_path) for name in names},
        SetClock(NOW + timedelta(hours=5)),
        rates=dict.fromkeys(names, Rate(spacing_s=600)),
        networks=dict.fromkeys(names, network),
        listener=lambda event: sent.append((event.account, event.at)) if event.outcome == "sent" else None,
    )
    service.run(until_idle=True, until=NOW + timedelta(hours=9))
    counts = store.counts()
    assert counts["missed"] + counts["sent"] == len(pieces)
    assert counts["missed"] >= 40  # those of the first two hours are beyond their grace
    times = sorted(moment for _, moment in sent)
    assert all((later - earlier).total_seconds() >= 20 for earlier, later in pairwise(times))
    for name in names:
        own = [moment for account, moment in sent if account == name]
        assert all((later - earlier).total_seconds() >= 600 for earlier, later in pairwise(own))
