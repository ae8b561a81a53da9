"""One run: fill the queue, start services, workers, a person and what befalls them, wait until all is quiet, judge."""

from __future__ import annotations

import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Any

from publisher.channels.base import Account
from publisher.channels.registry import kinds
from publisher.errors import PublisherError
from publisher.queue.points import POINTS
from publisher.queue.store import Store
from publisher.queue.torture.accounts import KINDS, make_accounts, make_pieces
from publisher.queue.torture.chaos import rage
from publisher.queue.torture.clock import EPOCH
from publisher.queue.torture.judge import Verdict, judge
from publisher.queue.torture.person import attend
from publisher.queue.torture.plan import Plan, parse
from publisher.queue.torture.services import serve
from publisher.queue.torture.worker import BROKEN, World, work_once
from publisher.sandbox.service import fake_secret, services
from publisher.workspace import Person

BATCH = 500
SAY_S = 15.0
CONTEXT = multiprocessing.get_context("fork")  # a worker is there at once: three hundred of them die in a run


def fill(plan: Plan) -> None:
    """Put every delivery in, approved by another person than its author."""
    store = Store.open(plan.url, artifacts=plan.artifacts)
    binh = Person("binh", "Bình", frozenset({"approver"}))
    pieces = list(make_pieces(plan))
    for first in range(0, len(pieces), BATCH):
        batch = pieces[first : first + BATCH]
        ids = [piece.id for piece in batch]
        store.add(batch, author="an", now=EPOCH)
        store.submit(ids, by="an", now=EPOCH)
        store.approve(ids, person=binh, now=EPOCH)
    store.close()


@dataclass
class Run:
    """Processes and what they share. No thread and no connection is ever opened here: what forks stays simple."""

    plan: Plan
    accounts: Mapping[str, Account]
    killed: Counter[str] = field(default_factory=Counter)
    told: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ended = CONTEXT.Event()
        self._said = time.monotonic()
        self._pids = CONTEXT.Array("i", self.plan.processes, lock=False)
        self._random = random.Random(self.plan.seed)  # noqa: S311
        self._others: dict[str, tuple[ForkProcess, Connection | None]] = {}

    def run(self) -> None:
        """Until every worker has ended by itself, or the time is over."""
        world = self._start()
        try:
            self._work(world)
        finally:
            self._ended.set()
            self._gather()

    def _start(self) -> World:
        kinds()  # read once, here, so that no process has to
        services()
        urls = {}
        for kind in KINDS:
            connection = self._begin(kind, serve, self.plan, kind, self.accounts)
            urls[kind] = connection.recv()
        names = {name for account in self.accounts.values() for name in account.secrets.values()}
        world = World(
            self.plan, self.accounts, urls, {name: fake_secret(name) for name in names},
            CONTEXT.Array("d", self.plan.processes, lock=False), CONTEXT.Value("i", 0, lock=False),
        )  # fmt: skip
        if self.plan.chaos:
            self._begin("chaos", rage, world, self._pids)
        person = CONTEXT.Process(target=attend, args=(world, self._ended))
        person.start()
        self._others["person"] = (person, None)
        return world

    def _begin(self, name: str, target: Any, *about: Any) -> Connection:
        ours, theirs = CONTEXT.Pipe(duplex=False)
        process = CONTEXT.Process(target=target, args=(*about, theirs, self._ended))
        process.start()
        theirs.close()
        self._others[name] = (process, ours)
        return ours

    def _gather(self) -> None:
        """What the others have to tell at their end."""
        for name, (process, connection) in self._others.items():
            if connection is not None and connection.poll(20.0):
                self.told[name] = json.loads(connection.recv())
            process.join(20.0)
            process.kill()

    def _work(self, world: World) -> None:
        """Keep every slot filled with a worker until it has ended by itself; kill at every point in turn."""
        running: dict[int, tuple[ForkProcess, str]] = {}
        done: set[int] = set()
        deadline = time.monotonic() + self.plan.limit_s
        while len(done) < self.plan.processes and time.monotonic() < deadline:
            for slot in range(self.plan.processes):
                if slot not in running and slot not in done:
                    running[slot] = self._hire(world, slot, Counter(point for _, point in running.values()))
            for slot, (process, point) in list(running.items()):
                if process.is_alive():
                    continue
                del running[slot]
                self._pids[slot] = 0
                self.killed[point] += process.exitcode == -9
                if process.exitcode == 0:
                    done.add(slot)
                if process.exitcode == BROKEN:
                    raise PublisherError("torture: a worker broke by a mistake of its own; it stands above.")
            self._say(deadline - self.plan.limit_s, len(done))
            time.sleep(0.01)
        for process, _ in running.values():
            process.kill()
            process.join()

    def _say(self, begun: float, done: int) -> None:
        """A line now and then for whoever watches."""
        now = time.monotonic()
        if now - self._said >= SAY_S:
            self._said = now
            text = f"{now - begun:.0f} s, {self.killed.total()} kills, {done} of {self.plan.processes} workers done"
            print(text, file=sys.stderr, flush=True)  # noqa: T201

    def _hire(self, world: World, slot: int, assigned: Counter[str]) -> tuple[ForkProcess, str]:
        point = self._next_point(assigned)
        # Many writes are made at the same moment; a point of one piece's own way is passed less often.
        most = 40 if point.startswith("write.") else 6
        die_at = f"{point}:{self._random.randrange(1, most)}" if point else ""
        process = CONTEXT.Process(target=work_once, args=(world, slot, die_at))
        process.start()
        self._pids[slot] = process.pid or 0
        return process, point

    def _next_point(self, assigned: Counter[str]) -> str:
        """The point hit least so far; none once each was hit often enough."""
        so_far = {point: self.killed[point] + assigned[point] for point in POINTS}
        missing = [(number, point) for point, number in so_far.items() if number < self.plan.hits]
        return min(missing)[1] if missing else ""


def torture(plan: Plan) -> tuple[Verdict, dict[str, Any]]:
    """One run in `plan.folder`: its verdict, and what happened in it."""
    begun = time.monotonic()
    fill(plan)
    plan = replace(plan, started=time.time())
    filled_s = time.monotonic() - begun
    run = Run(plan, make_accounts(plan))
    run.run()
    verdict = judge(plan, run.accounts)
    kinds_told = {kind: run.told.get(kind, {}) for kind in KINDS}
    played: Counter[str] = Counter()
    for told in kinds_told.values():
        played.update(told.get("played", {}))
    requests = sum(told.get("requests", 0) for told in kinds_told.values())
    return verdict, {
        "seed": plan.seed, "deliveries": plan.deliveries, "accounts": plan.accounts, "faults_percent": plan.faults,
        "database": plan.url.partition(":")[0], "processes": plan.processes, "without": plan.without,
        "requests": requests, "failed_percent": round(100 * played.total() / max(1, requests), 1),
        "faults": dict(sorted(played.items())),
        "outages": sum(told.get("outages", 0) for told in kinds_told.values()),
        "mistakes_of_stand_ins": [error for told in kinds_told.values() for error in told.get("errors", [])],
        "befell": dict(sorted(run.told.get("chaos", {}).items())),
        "kills": {point: run.killed[point] for point in POINTS},
        "fill_s": round(filled_s, 1), "run_s": round(time.monotonic() - begun - filled_s, 1),
    }  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Torture, print what happened and the verdict; 0 when nothing was lost, doubled or stuck."""
    plan = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="publisher-torture-") as folder:
        verdict, told = torture(replace(plan, folder=plan.folder or folder))
    print(json.dumps(told))  # noqa: T201
    for name in ("lost", "twice", "stuck", "waiting"):
        for text in getattr(verdict, name)[:10]:
            print(f"{name}: {text}")  # noqa: T201
    print(verdict)  # noqa: T201
    missed = [point for point, number in told["kills"].items() if number < plan.hits]
    if missed:
        print(f"not hit often enough: {', '.join(missed)}", file=sys.stderr)  # noqa: T201
    return 0 if verdict.good and not missed and not told["mistakes_of_stand_ins"] else 1
