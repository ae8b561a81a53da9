"""Torture: many deliveries, faulty channels, several processes killed with `kill -9`; the channels' own record judges.

`python -m publisher.queue.torture SEED=7 DELIVERIES=10000` prints what it does and ends with one line. WITHOUT=mark
or WITHOUT=look takes a protection out, to show that the judge sees what is then lost or doubled.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkProcess
from pathlib import Path

from publisher.channels.base import Absent, Outcome, Post
from publisher.channels.dummy import Chance, Dummy, Record
from publisher.channels.rates import Rate
from publisher.errors import PublisherError, UsageError
from publisher.queue.claims import Lease
from publisher.queue.model import NewDelivery
from publisher.queue.points import POINTS, arm, reach
from publisher.queue.reconcile import look
from publisher.queue.store import NO_RATE, Store
from publisher.queue.transitions import FINAL, HELD, MISSED, REJECTED, UNKNOWN
from publisher.queue.worker import Pace, Work, drain
from publisher.workspace import Person

EPOCH = datetime(2026, 5, 18, 1, 0, tzinfo=UTC)
SPEED = 60.0  # moments pass this much faster than on the machine, so that waits of minutes take seconds
# A lease outlives every call by far even so: 10 real seconds. An absence is read twice 1 real second apart.
PACE = Pace(lease_s=600.0, gap_s=60.0)
THREADS = 4
BATCH = 500


@dataclass(frozen=True)
class Plan:
    """What one run does; `database` empty means SQLite in `folder`. `hits`: how often each point must kill;
    `window_s`: all are due within so long."""

    seed: int = 1
    deliveries: int = 1000
    accounts: int = 30
    faults: int = 20
    processes: int = 1
    hits: int = 3
    database: str = ""
    folder: str = ""
    without: str = ""
    started: float = 0.0
    limit_s: float = 3600.0
    window_s: int = 600

    @property
    def url(self) -> str:
        return self.database or f"sqlite:///{self.folder}/queue.db"


class FastClock:
    """The machine's clock, many times faster, the same in every process of a run."""

    def __init__(self, started: float) -> None:
        self._started = started

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=(time.time() - self._started) * SPEED)

    def wait_until(self, moment: datetime) -> None:
        time.sleep(max(0.0, (moment - self.now()).total_seconds() / SPEED))


class Unmarked(Store):
    """The queue without the `sending` mark before the call: it is written only with the outcome."""

    _late: dict[str, tuple[Lease, Mapping[str, str], str, datetime]]

    def mark_sending(
        self,
        delivery_id: str,
        lease: Lease,
        *,
        handles: Mapping[str, str],
        fingerprint: str,
        now: datetime,
        rate: Rate = NO_RATE,
    ) -> bool:
        self._late = {**getattr(self, "_late", {}), delivery_id: (lease, handles, fingerprint, now)}
        return True

    def finish(self, delivery_id: str, lease: Lease, outcome: Outcome, *, now: datetime) -> str:
        _, handles, fingerprint, at = self._late[delivery_id]
        super().mark_sending(delivery_id, lease, handles=handles, fingerprint=fingerprint, now=at)
        return super().finish(delivery_id, lease, outcome, now=now)


class Unread(Dummy):
    """A channel whose read-back is taken out: it claims at once that nothing is there."""

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Absent:
        return Absent("not looked at")


# -- one worker process ------------------------------------------------------------------------------------------------


class Runner:
    """Drains and reconciles until nothing is awaited any more; threads share its store and its leases' heartbeat."""

    def __init__(self, plan: Plan) -> None:
        kind = Unmarked if plan.without == "mark" else Store
        self._store = kind.open(plan.url, artifacts=Path(plan.folder) / "store")
        self._plan = plan
        self._clock = FastClock(plan.started)
        self._random = random.Random(os.getpid())  # noqa: S311 - only the order in which accounts are tried
        self._name = f"{os.getpid()}-{time.time_ns()}"
        self._owners: set[str] = set()
        self._turns = 0
        self._stop = threading.Event()

    def run(self) -> None:
        """Work until the queue is idle."""
        heart = threading.Thread(target=self._beat, daemon=True)
        heart.start()
        with ThreadPoolExecutor(THREADS) as pool:
            while self._round(pool):
                pass
        self._stop.set()
        heart.join()
        self._store.close()

    def _round(self, pool: ThreadPoolExecutor) -> bool:
        """Do what is due now; False when nothing is awaited at all."""
        now = self._clock.now()
        self._store.recover(now)
        accounts = list(self._store.due_accounts(now))
        self._random.shuffle(accounts)
        jobs = [pool.submit(self._drain, account) for account in accounts[: THREADS * 4]]
        jobs += [pool.submit(self._look, *found) for found in list(self._store.due_looks(now))[: THREADS * 4]]
        for job in jobs:
            job.result()
        if jobs:
            return True
        if self._store.next_moment(now) is None:
            return False
        time.sleep(0.05)
        return True

    def _work(self, account: str) -> Work:
        kind = Unread if self._plan.without == "look" else Dummy
        channel = kind(account, Path(self._plan.folder), Chance(self._plan.seed, self._plan.faults), at=reach)
        self._turns += 1
        owner = f"{self._name}/{self._turns}/{account}"
        return Work(self._store, channel, self._clock, owner, pace=PACE, limit=10)

    def _drain(self, account: str) -> None:
        work = self._work(account)
        self._held(work, lambda: drain(account, work))

    def _look(self, delivery_id: str, account: str) -> None:
        work = self._work(account)
        self._held(work, lambda: look(delivery_id, work))

    def _held(self, work: Work, act: object) -> None:
        assert callable(act)  # noqa: S101
        self._owners.add(work.owner)
        try:
            act()
        except PublisherError as error:
            print(f"{work.owner}: {error}", file=sys.stderr)  # noqa: T201
        finally:
            self._owners.discard(work.owner)

    def _beat(self) -> None:
        while not self._stop.wait(PACE.lease_s / SPEED / 3):
            for owner in list(self._owners):
                self._store.renew(owner, now=self._clock.now(), lease_s=PACE.lease_s)


def work_once(plan: Plan, point: str = "") -> None:
    """One worker process, from its first line to its end or to the point at which it kills itself."""
    # The faults are the point of the run: each is in the ledger, none needs a line here.
    logging.getLogger("publisher.queue").setLevel(logging.CRITICAL)
    arm(point)
    Runner(plan).run()


# -- the run -----------------------------------------------------------------------------------------------------------


def fill(plan: Plan) -> None:
    """Put every delivery in, approved by another person than its author."""
    store = Store.open(plan.url, artifacts=Path(plan.folder) / "store")
    binh = Person("binh", "Bình", frozenset({"approver"}))
    drawn = random.Random(plan.seed)  # noqa: S311 - a repeatable plan is wanted
    pieces = [_piece(number, plan, drawn) for number in range(plan.deliveries)]
    for first in range(0, len(pieces), BATCH):
        batch = pieces[first : first + BATCH]
        ids = [piece.id for piece in batch]
        store.add(batch, author="an", now=EPOCH)
        store.submit(ids, by="an", now=EPOCH)
        store.approve(ids, person=binh, now=EPOCH)
    store.close()


def _piece(number: int, plan: Plan, drawn: random.Random) -> NewDelivery:
    account = f"acc-{number % plan.accounts:03}"
    due_at = EPOCH + timedelta(seconds=drawn.randrange(plan.window_s))
    post = Post(f"d-{number:06}", account, "text", "Tiêu đề", f"Tin số {number} của {account}", due_at=due_at)
    return NewDelivery(post.key, "torture", "xa-mau", account, "article", due_at, post, grace_s=10**7)


def torture(plan: Plan) -> Counter[str]:
    """Run worker processes until the queue is idle, killing them at every point in turn; gives kills by point."""
    context = multiprocessing.get_context("fork")
    killed: Counter[str] = Counter()
    drawn = random.Random(plan.seed)  # noqa: S311
    running: dict[ForkProcess, str] = {}
    deadline = time.monotonic() + plan.limit_s
    left = plan.processes
    while (left or running) and time.monotonic() < deadline:
        while left:
            point = _next_point(killed, Counter(running.values()), plan)
            die_at = f"{point}:{drawn.randrange(1, 6)}" if point else ""
            process = context.Process(target=work_once, args=(plan, die_at))
            process.start()
            running[process] = point
            left -= 1
        for process in [p for p in running if not p.is_alive()]:
            point = running.pop(process)
            if process.exitcode == -9:
                killed[point] += 1
            if process.exitcode != 0:
                left += 1
        time.sleep(0.01)
    for process in running:
        process.kill()
    return killed


def _next_point(killed: Counter[str], assigned: Counter[str], plan: Plan) -> str:
    """The point hit least so far; none once each was hit often enough."""
    missing = [(killed[p] + assigned[p], p) for p in POINTS if killed[p] + assigned[p] < plan.hits]
    return min(missing)[1] if missing else ""


@dataclass(frozen=True)
class Verdict:
    """What the channels' own record says about the run."""

    delivered: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    stuck: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def good(self) -> bool:
        return not (self.lost or self.twice or self.stuck)

    def __str__(self) -> str:
        return (
            f"{self.delivered} delivered, {len(self.lost)} lost, {len(self.twice)} sent twice, "
            f"{len(self.stuck)} stuck, {len(self.waiting)} waiting for a person"
        )


def judge(plan: Plan) -> Verdict:
    """Compare what each channel received with what the queue believes."""
    shown = Counter(received.key for received in Record(Path(plan.folder)).posts())
    store = Store.open(plan.url, artifacts=Path(plan.folder) / "store")
    delivered, lost, stuck, waiting = 0, [], [], []
    for d in store.list():
        asks = d.state in (REJECTED, HELD, MISSED) or (d.state == UNKNOWN and d.asks_person)
        if d.state in FINAL and shown[d.id] == 1:
            delivered += 1
        elif d.state in FINAL and shown[d.id] == 0:
            lost.append(d.id)
        elif asks:
            waiting.append(d.id)
        elif d.state not in FINAL:
            stuck.append(d.id)
    problems = store.verify_ledger()
    store.close()
    if problems:
        stuck += problems
    twice = tuple(sorted(key for key, number in shown.items() if number > 1))
    return Verdict(delivered, tuple(lost), twice, tuple(stuck), tuple(waiting))


def parse(arguments: Sequence[str]) -> Plan:
    """`NAME=value` words as a plan. Raises UsageError."""
    plan = Plan()
    kinds = {name: type(value) for name, value in asdict(plan).items()}
    for word in arguments:
        name, _, value = word.partition("=")
        kind = kinds.get(name.lower())
        if kind is None:
            raise UsageError(f"{name}: not a setting of the torture run; allowed: {', '.join(kinds).upper()}.")
        try:
            plan = replace(plan, **{name.lower(): kind(value)})
        except ValueError as error:
            raise UsageError(f"{name}: needs a number, found `{value}`.") from error
    if plan.without not in ("", "mark", "look"):
        raise UsageError(f"WITHOUT: `mark` or `look`, found `{plan.without}`.")
    return plan


def main(arguments: Sequence[str]) -> int:
    """Fill, torture, judge; 0 when nothing was lost, doubled or stuck."""
    plan = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="publisher-torture-") as folder:
        plan = replace(plan, folder=plan.folder or folder)
        begun = time.monotonic()
        fill(plan)
        plan = replace(plan, started=time.time())
        filled_s = time.monotonic() - begun
        killed = torture(plan)
        verdict = judge(plan)
        told = {
            "seed": plan.seed, "deliveries": plan.deliveries, "accounts": plan.accounts, "faults_percent": plan.faults,
            "processes": plan.processes, "without": plan.without, "kills": dict(sorted(killed.items())),
            "fill_s": round(filled_s, 1), "run_s": round(time.monotonic() - begun - filled_s, 1),
        }  # fmt: skip
        print(json.dumps(told))  # noqa: T201
        for name in ("lost", "twice", "stuck"):
            for key in getattr(verdict, name)[:10]:
                print(f"{name}: {key}")  # noqa: T201
        print(verdict)  # noqa: T201
        return 0 if verdict.good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
