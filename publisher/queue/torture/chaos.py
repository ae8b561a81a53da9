"""What befalls the machines of a run: connections to the database cut, disks that take nothing, clocks that jump."""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import time
from collections import Counter
from multiprocessing.connection import Connection
from typing import Any

import sqlalchemy as sa

from publisher.errors import PublisherError
from publisher.queue.database import connect
from publisher.queue.torture.services import Flag
from publisher.queue.torture.worker import World

FULL_S = 0.8  # of the machine
CUT_EVERY_S, FULL_EVERY_S, JUMP_EVERY_S = 2.0, 6.0, 12.0
AHEAD_S = (
    1.5  # of the machine, that a clock stays ahead: meanwhile, and until the others reach its last sending, they stop
)
FURTHEST_S = 600  # of the fast clock


class Chaos:
    """`pids`: of the workers, by slot, 0 where there is none."""

    def __init__(self, world: World, pids: Any) -> None:
        self._world = world
        self._pids = pids
        self._random = random.Random(world.plan.seed)  # noqa: S311
        self._engine = connect(world.plan.url) if world.plan.database.startswith("postgresql") else None
        self.done: Counter[str] = Counter()

    def cut(self) -> None:
        """Cut some connections to the database, whatever they are in the middle of."""
        for pid in self._backends(2):
            with _forgiving():
                assert self._engine is not None  # noqa: S101
                with self._engine.begin() as connection:
                    connection.execute(sa.select(sa.func.pg_terminate_backend(pid)))
                self.done["connections cut"] += 1

    def fill_disk(self) -> None:
        """For a moment no file of a worker can grow, nor one of a database process: the kernel refuses the write."""
        victims = [pid for pid in self._pids if pid]
        backends = self._backends(1) if self.done["disks full"] % 4 == 1 else []
        full = [pid for pid in (*self._random.sample(victims, min(1, len(victims))), *backends) if _limit(pid, "0")]
        if full:
            self.done["disks full"] += 1
            self.done["disks of the database full"] += bool(set(full) & set(backends))
        time.sleep(FULL_S)
        for pid in full:
            _limit(pid, "unlimited")

    def jump(self) -> None:
        """Put one machine's clock forward, and back to the right time soon after."""
        slot = self._random.randrange(len(self._world.offsets))
        self._world.offsets[slot] = float(self._random.randrange(30, FURTHEST_S))
        self.done["clocks forward"] += 1
        time.sleep(AHEAD_S)
        self._world.offsets[slot] = 0.0
        self.done["clocks back"] += 1

    def still(self) -> None:
        """All clocks right, no disk full."""
        for slot in range(len(self._world.offsets)):
            self._world.offsets[slot] = 0.0

    def _backends(self, number: int) -> list[int]:
        """Process ids of some connections of the workers, the busy ones first."""
        if self._engine is None:
            return []
        query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        with _forgiving(), self._engine.connect() as connection:
            found = connection.execute(sa.text(f"{query} ORDER BY state, random() LIMIT {number}"))
            return [int(pid) for pid in found.scalars()]
        return []


class _forgiving:
    """The database is away at the moment: nothing to do to it."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> bool:
        return isinstance(error, sa.exc.SQLAlchemyError | PublisherError)


def _limit(pid: int, size: str) -> bool:
    """Let no file of the process grow beyond so many bytes; False when it is gone or not ours."""
    try:
        owner = os.stat(f"/proc/{pid}")
        # In its owner's name: the limits of another user's process are not even root's to change everywhere.
        done = subprocess.run(
            ["prlimit", f"--pid={pid}", f"--fsize={size}:unlimited"],
            user=owner.st_uid, group=owner.st_gid, extra_groups=[] if os.geteuid() == 0 else None,
            check=False, capture_output=True,
        )  # fmt: skip
    except OSError:
        return False
    return done.returncode == 0


def rage(world: World, pids: Any, told: Connection, ended: Flag) -> None:
    """Until told to stop; then every clock is right again and the counts are told."""
    logging.disable(logging.CRITICAL)
    chaos = Chaos(world, pids)
    now = time.monotonic()
    acts = [(now + 1.0, CUT_EVERY_S, chaos.cut), (now + 2.0, FULL_EVERY_S, chaos.fill_disk),
            (now + 3.0, JUMP_EVERY_S, chaos.jump)]  # fmt: skip
    while not ended.wait(max(0.0, min(at for at, _, _ in acts) - time.monotonic())):
        acts.sort(key=lambda act: act[0])
        at, every_s, act = acts[0]
        act()
        acts[0] = (max(at, time.monotonic()) + every_s * chaos._random.uniform(0.5, 1.5), every_s, act)
    chaos.still()
    told.send(json.dumps(chaos.done))
