"""The service on one machine: wakes when something is due, steps through set time, stops when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from publisher.channels.base import Outcome, Post
from publisher.channels.dummy import Dummy, Record, Written
from publisher.channels.rates import Network, Rate, Usage
from publisher.clock import SetClock, SystemClock
from publisher.engine.local import Service
from publisher.errors import PublisherError
from publisher.queue.store import Store
from publisher.queue.worker import Event
from tests.faults.parts import NOW, piece, queue

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/queue.db")
    yield opened
    opened.close()


def test_a_set_clock_steps_through_key_days_in_the_same_order_every_time(store: Store, tmp_path: Path) -> None:
    days = [NOW, NOW + timedelta(days=136), NOW + timedelta(days=145)]
    pieces = [piece(f"k{n}-{a}", f"acc{a}", due_at=day) for n, day in enumerate(days) for a in (2, 1)]
    queue(store, *pieces)
    channels = {f"acc{a}": Dummy(f"acc{a}", tmp_path) for a in (1, 2)}
    clock = SetClock(NOW)
    events: list[Event] = []
    service = Service(store, channels, clock, listener=events.append)
    ended = service.run(until_idle=True, until=NOW + timedelta(days=140))
    assert [(e.id, e.at) for e in events] == [(f"k{n}-{a}", days[n]) for n in (0, 1) for a in (1, 2)]
    assert (ended.counts["sent"], ended.counts["queued"]) == (4, 2)
    assert clock.now() == days[1]


def test_without_a_limit_only_what_is_due_now_is_sent(store: Store, tmp_path: Path) -> None:
    queue(store, piece("k1"), piece("k2", due_at=NOW + timedelta(minutes=1)))
    ended = Service(store, {"acc": Dummy("acc", tmp_path)}, SetClock(NOW)).run(until_idle=True)
    assert ended.outcomes == (("k1", "sent"),)


def test_what_an_outage_held_up_goes_out_one_by_one(store: Store, tmp_path: Path) -> None:
    """An hour without power: four pieces are late, and each account sends its own ten minutes apart."""
    queue(store, *[piece(f"k{n}", due_at=NOW + timedelta(minutes=n)) for n in range(4)])
    queue(store, piece("other", "acc2"), piece("soon", "acc2", due_at=NOW + timedelta(minutes=65)))
    channels = {name: Dummy(name, tmp_path) for name in ("acc", "acc2")}
    back_at = NOW + timedelta(hours=1)
    Service(store, channels, SetClock(back_at)).run(until_idle=True, until=NOW + timedelta(hours=2))
    sent = {r.id: (r.sent_at - back_at).total_seconds() / 60 for r in store.receipts()}
    assert [sent[f"k{n}"] for n in range(4)] == [0, 10, 20, 30]
    assert (sent["other"], sent["soon"]) == (0, 10), "what is in time waits for the late one too, and is in time still"


def test_an_accounts_rate_spreads_its_pieces(store: Store, tmp_path: Path) -> None:
    queue(store, *[piece(f"k{n}") for n in range(4)])
    times: list[datetime] = []
    service = Service(
        store,
        {"acc": Dummy("acc", tmp_path)},
        SetClock(NOW),
        rates={"acc": Rate(spacing_s=120)},
        listener=lambda event: times.append(event.at),
    )
    service.run(until_idle=True, until=NOW + timedelta(hours=1))
    assert times == [NOW + timedelta(seconds=120 * n) for n in range(4)]


def test_a_hundred_pages_due_at_eight_go_out_one_after_the_other_each_waiting_for_its_own_moment(
    store: Store, tmp_path: Path
) -> None:
    names = [f"page{n:03}" for n in range(100)]
    queue(store, *[piece(f"k-{name}", name, late="send", grace_s=7200) for name in names])
    sent: list[datetime] = []
    waits: list[str] = []
    network = Network("facebook", Rate(every_s=20))

    def listen(event: Event) -> None:
        (sent.append(event.at) if event.outcome == "sent" else waits.append(event.outcome))

    channels = {name: Dummy(name, tmp_path) for name in names}
    networks = dict.fromkeys(names, network)
    service = Service(store, channels, SetClock(NOW), networks=networks, listener=listen)
    service.run(until_idle=True)
    waiting = store.get("k-page099")
    assert (len(sent), waiting.state, waits) == (1, "waiting", ["waiting"] * 99)
    assert waiting.next_at is not None
    assert "turn among all accounts of facebook" in waiting.reason
    service.run(until_idle=True, until=NOW + timedelta(hours=1))
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(sent)]
    assert len(sent) == 100
    assert min(gaps) >= 20
    assert len(waits) == 99, "nobody is woken only to wait again"
    assert sent[-1] - NOW < timedelta(minutes=34)


def test_a_service_that_is_nearly_used_up_is_left_alone_until_a_stated_moment(store: Store, tmp_path: Path) -> None:
    class Nearly(Dummy):
        usage = Usage(percent=97.0, app_percent=97.0)

    queue(store, piece("k1", "a"), piece("k2", "a"), piece("k3", "b", due_at=NOW + timedelta(minutes=1)))
    sent: dict[str, datetime] = {}
    network = Network("facebook", Rate(every_s=1))
    service = Service(
        store,
        {"a": Nearly("a", tmp_path), "b": Dummy("b", tmp_path)},
        SetClock(NOW),
        networks={"a": network, "b": network},
        listener=lambda event: sent.setdefault(event.id, event.at) if event.outcome == "sent" else None,
    )
    service.run(until_idle=True, until=NOW + timedelta(minutes=30))
    assert list(sent) == ["k1"]
    assert store.get("k3").next_at == NOW + timedelta(hours=1), "the other account shares the application's limit"


def test_one_account_that_asks_to_wait_does_not_hold_the_others(store: Store, tmp_path: Path) -> None:
    queue(store, piece("k1", "slow"), piece("k2", "fast"))
    channels = {"slow": Dummy("slow", tmp_path, Written({"prepare": ["retry"]})), "fast": Dummy("fast", tmp_path)}
    ended = Service(store, channels, SetClock(NOW)).run(until_idle=True)
    assert dict(ended.outcomes) == {"k1": "waiting", "k2": "sent"}


def test_the_running_service_sends_each_piece_when_it_is_due(store: Store, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    pieces = [piece(f"k{n}", f"acc{n % 2}", due_at=now + timedelta(milliseconds=150 * n)) for n in range(6)]
    queue(store, *pieces, now=now)
    events: list[Event] = []
    channels = {f"acc{n}": Dummy(f"acc{n}", tmp_path) for n in (0, 1)}
    service = Service(store, channels, SystemClock(), listener=events.append)
    ended = service.run(until_idle=True, until=now + timedelta(seconds=1))
    assert ended.counts["sent"] == 6
    due = {p.id: p.due_at for p in pieces}
    assert all(event.at >= due[event.id] for event in events)


def test_a_row_that_is_added_while_it_runs_is_seen(store: Store, tmp_path: Path) -> None:
    sent = threading.Event()
    service = Service(store, {"acc": Dummy("acc", tmp_path)}, SystemClock(), listener=lambda event: sent.set())
    thread = threading.Thread(target=service.run)
    thread.start()
    other = Store.open(f"sqlite:///{tmp_path}/queue.db")
    queue(other, piece("k1", due_at=datetime.now(UTC)), now=datetime.now(UTC))
    other.close()
    assert sent.wait(30)
    service.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert store.get("k1").state == "sent"


def test_a_stopped_service_finishes_what_it_is_sending_and_takes_nothing_more(store: Store, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    queue(store, *[piece(f"k{n}", due_at=now) for n in range(3)], now=now)

    class Slow(Dummy):
        def commit(self, post: Post, handles: object) -> Outcome:
            service.stop()
            return super().commit(post, {})

    service = Service(store, {"acc": Slow("acc", tmp_path)}, SystemClock())
    service.run()
    counts = store.counts()
    assert (counts["sent"], counts["queued"]) == (1, 2)


def test_a_step_by_step_run_ends_when_another_process_holds_what_is_due(store: Store, tmp_path: Path) -> None:
    queue(store, piece("k1"), piece("k2"))
    assert store.claim("acc", owner="elsewhere", now=NOW, lease_s=10**9) is not None
    ended = Service(store, {"acc": Dummy("acc", tmp_path)}, SetClock(NOW)).run(
        until_idle=True, until=NOW + timedelta(days=300)
    )
    assert (ended.counts["claimed"], ended.counts["queued"]) == (1, 1)


def test_a_run_until_idle_ends_with_the_error_when_the_database_is_full(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **kinds: object) -> None:
        raise PublisherError("database: could not be written: disk is full")

    queue(store, piece("k1"))
    monkeypatch.setattr(store, "claim_to_judge", full)
    with pytest.raises(PublisherError, match="disk is full"):
        Service(store, {"acc": Dummy("acc", tmp_path)}, SetClock(NOW)).run(until_idle=True)
    with pytest.raises(PublisherError, match="disk is full"):
        Service(store, {"acc": Dummy("acc", tmp_path)}, SystemClock()).run(until_idle=True)


def test_sigterm_ends_the_service_gently(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/queue.db")
    queue(store, piece("k1", due_at=datetime.now(UTC)), now=datetime.now(UTC))
    store.close()
    program = (
        "import sys, pathlib\n"
        "from publisher.channels.dummy import Dummy\n"
        "from publisher.clock import SystemClock\n"
        "from publisher.engine.local import Service\n"
        "from publisher.queue.store import Store\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "store = Store.open(f'sqlite:///{folder}/queue.db')\n"
        "said = lambda event: print(event.outcome, flush=True)\n"
        "ended = Service(store, {'acc': Dummy('acc', folder)}, SystemClock(), listener=said).run()\n"
        "print('ended', ended.counts['sent'], flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "sent\n"
    os.kill(process.pid, signal.SIGTERM)
    assert process.stdout.readline() == "ended 1\n"
    assert process.wait(30) == 0
    assert len(Record(tmp_path).posts()) == 1


def test_a_run_until_idle_ends_when_the_database_cannot_be_read(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(now: datetime) -> list[str]:
        raise PublisherError("database: could not be used: server closed the connection")

    monkeypatch.setattr(store, "due_accounts", away)
    with pytest.raises(PublisherError, match="server closed"):
        Service(store, {}, SystemClock()).run(until_idle=True)
