"""One worker process: drains and reconciles over real HTTP until nothing is awaited, or until it is killed."""

from __future__ import annotations

import logging
import os
import random
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from publisher.channels.base import Account
from publisher.channels.registry import connect
from publisher.channels.secrets import Secrets
from publisher.errors import PublisherError
from publisher.queue.points import arm
from publisher.queue.reconcile import look
from publisher.queue.store import Store
from publisher.queue.torture.accounts import NETWORKS
from publisher.queue.torture.broken import Unmarked
from publisher.queue.torture.channel import Tortured, watch_requests
from publisher.queue.torture.clock import FastClock
from publisher.queue.torture.plan import PACE, SPEED, THREADS, Plan
from publisher.queue.worker import Work, drain

BREATH_S = 0.1  # between two looks at what is due
TURN = 5  # pieces of one account before another gets its turn
BROKEN = 3  # exit code
AHEAD = 2 * THREADS  # jobs handed out at a time: what waits for a thread is not claimed yet


@dataclass(frozen=True)
class World:
    """What all processes of a run share: where the services are, whose clock is wrong, what the person still does."""

    plan: Plan
    accounts: Mapping[str, Account]
    urls: Mapping[str, str]
    secrets: Mapping[str, str]
    offsets: Any
    """Seconds by which each worker's clock is wrong."""
    rounds: Any
    """How often the person has been through everything; negative while there is something left to do."""


class Runner:
    """`slot` says which machine's clock is ours."""

    def __init__(self, world: World, slot: int) -> None:
        plan = world.plan
        kind = Unmarked if plan.without == "mark" else Store
        self._store = kind.open(plan.url, artifacts=plan.artifacts)
        self._world = world
        self._clock = FastClock(plan.started, lambda: float(world.offsets[slot]))
        self._random = random.Random(os.getpid())  # noqa: S311 - only the order in which accounts are tried
        self._name = f"{os.getpid()}-{time.time_ns()}"
        self._channels: dict[str, Tortured] = {}
        self._owners: set[str] = set()
        self._running: dict[str, Future[None]] = {}
        self._turns = 0
        self._stop = threading.Event()

    def run(self) -> None:
        """Work until the queue is idle and the person has nothing left to do."""
        heart = threading.Thread(target=self._beat, daemon=True)
        heart.start()
        idle_since: int | None = None
        with ThreadPoolExecutor(THREADS) as pool:
            while True:
                awaited = self._dispatch(pool)
                rounds = int(self._world.rounds.value)
                if awaited or rounds < 0:
                    idle_since = None
                elif idle_since is None:
                    idle_since = rounds
                elif rounds >= idle_since + 2:  # a whole round of the person's lies within our idleness
                    break
                time.sleep(BREATH_S)
        self._stop.set()
        heart.join()
        self._store.close()

    def _dispatch(self, pool: ThreadPoolExecutor) -> bool:
        """Hand out what is due; False when nothing is awaited at all."""
        self._running = {key: job for key, job in self._running.items() if not job.done()}
        try:
            now = self._clock.now()
            self._store.recover(now)
            free = AHEAD - len(self._running)
            for found in list(self._store.due_looks(now))[: max(0, free // 2)]:
                self._hand_out(pool, f"?{found[0]}", self._look, *found)
            accounts = list(self._store.due_accounts(now))
            self._random.shuffle(accounts)
            for account in accounts[: max(0, AHEAD - len(self._running))]:
                self._hand_out(pool, account, self._drain, account)
            return bool(self._running) or self._store.next_moment(now) is not None
        except PublisherError:
            return True  # the database is away or full; what was claimed comes back with the end of its lease

    def _hand_out(self, pool: ThreadPoolExecutor, key: str, act: Callable[..., None], *about: str) -> None:
        if key not in self._running:
            self._running[key] = pool.submit(act, *about)

    def _drain(self, account: str) -> None:
        self._held(account, lambda work: drain(account, work))

    def _look(self, delivery_id: str, account: str) -> None:
        self._held(account, lambda work: look(delivery_id, work))

    def _work(self, account: str) -> Work:
        self._turns += 1
        owner = f"{self._name}/{self._turns}/{account}"
        network = NETWORKS.get(self._world.accounts[account].kind)
        return Work(self._store, self._channel(account), self._clock, owner, pace=PACE, limit=TURN, network=network)

    def _channel(self, name: str) -> Tortured:
        if name not in self._channels:
            account, world = self._world.accounts[name], self._world
            channel = connect(
                account, secrets=Secrets(world.secrets), folder=world.plan.state, sandbox=world.urls[account.kind]
            )
            self._channels[name] = Tortured(channel, world.plan.without)
        return self._channels[name]

    def _held(self, account: str, act: Callable[[Work], object]) -> None:
        owner = ""
        try:
            work = self._work(account)
            owner = work.owner
            self._owners.add(owner)
            act(work)
        except PublisherError:
            time.sleep(BREATH_S)  # a database that is away is not asked a hundred times a second
        except BaseException:
            traceback.print_exc()
            os._exit(BROKEN)  # a mistake of ours, which must not pass for a quiet queue
        finally:
            self._owners.discard(owner)

    def _beat(self) -> None:
        while not self._stop.wait(PACE.lease_s / SPEED / 5):
            for owner in list(self._owners):
                try:
                    self._store.renew(owner, now=self._clock.now(), lease_s=PACE.lease_s)
                except PublisherError:
                    continue


def work_once(world: World, slot: int, point: str = "") -> None:
    """One worker process, from its first line to its end or to the point at which it kills itself."""
    # The faults are the point of the run: each is in the ledger, none needs a line here.
    logging.disable(logging.CRITICAL)
    watch_requests()
    arm(point)
    try:
        Runner(world, slot).run()
    except PublisherError:
        time.sleep(0.5)  # the database could not be opened: the next process tries again
        os._exit(1)
