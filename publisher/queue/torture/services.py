"""The services: one process a kind, on real sockets, holding what they were sent in files of their own."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Protocol

from publisher.channels.base import Account
from publisher.queue.torture.clock import FastClock
from publisher.queue.torture.plan import SLOW_S, Plan
from publisher.sandbox.faults import FAULTS, Faults
from publisher.sandbox.server import Sandbox

# A refusal by policy needs other words from a person: nobody in a run could give them.
PLAYED = tuple(name for name in FAULTS if name != "policy")
# A commit is one request, a preparation many; both are to fail noticeably often and still to succeed in the end.
SHARES: Mapping[str, float] = {"commit": 1.5, "video": 1.0, "verify": 1.0, "read": 0.6, "change": 0.6, "login": 0.2}
OTHERS = 0.5
UP_S, DOWN_S = 4.0, 0.45  # one connection in ten is refused: nobody listens


class Flag(Protocol):
    def wait(self, timeout: float) -> bool: ...


class Chance(Faults):
    """Faults by a seed: the same request of the same kind and step, counted from the start, fails in the same way."""

    def __init__(self, seed: int, percent: int) -> None:
        super().__init__()
        self.played: Counter[str] = Counter()
        self.requests = 0
        self._seed = seed
        self._percent = percent
        self._counts: Counter[tuple[str, str]] = Counter()

    def take(self, kind: str, step: str) -> str | None:
        with self._lock:
            self.requests += 1
            self._counts[kind, step] += 1
            drawn = hashlib.sha256(f"{self._seed}/{kind}/{step}/{self._counts[kind, step]}".encode()).digest()
            share = SHARES.get(step, OTHERS)
            if int.from_bytes(drawn[:4], "big") / 2**32 >= self._percent / 100 * share:
                return None
            name = PLAYED[drawn[4] % len(PLAYED)]
            self.played[name] += 1
            return name


def serve(plan: Plan, kind: str, accounts: Mapping[str, Account], told: Connection, ended: Flag) -> None:
    """Play all accounts of the kind until `ended`; tells its address first and what it played last."""
    chance = Chance(plan.seed, plan.faults)
    clock = FastClock(plan.started)
    sandbox = Sandbox(
        plan.services, accounts=[a for a in accounts.values() if a.kind == kind], clock=clock, slow_s=SLOW_S
    )
    sandbox.faults = chance
    sandbox.start()
    told.send(sandbox.url)
    outages = 0
    while not ended.wait(UP_S):
        if plan.faults:
            outages += 1
            sandbox.stop()
            time.sleep(DOWN_S)
            sandbox.start()
    sandbox.stop()
    told.send(json.dumps({"requests": chance.requests, "played": chance.played, "outages": outages,
                          "errors": sandbox.errors[:5]}))  # fmt: skip
