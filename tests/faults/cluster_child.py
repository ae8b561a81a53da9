"""A cluster worker of its own: `python -m tests.faults.cluster_child URL FOLDER ACCOUNTS`; ends on SIGTERM."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from publisher.channels.base import Outcome, Post
from publisher.channels.dummy import Dummy
from publisher.clock import SystemClock
from publisher.engine.cluster import Cluster
from publisher.engine.local import Service
from publisher.queue.store import Store
from publisher.queue.worker import Pace


class Slow(Dummy):
    """Takes its time, so that a worker killed meanwhile leaves something behind."""

    def commit(self, post: Post, handles: object) -> Outcome:
        time.sleep(0.05)
        outcome = super().commit(post, handles)  # type: ignore[arg-type]
        time.sleep(0.05)
        return outcome


def main(url: str, folder: Path, accounts: int) -> None:
    store = Store.open(url, artifacts=folder / "store")
    channels = {f"acc{n}": Slow(f"acc{n}", folder / "channel") for n in range(accounts)}
    clock = SystemClock()
    service = Service(store, channels, clock, pace=Pace(lease_s=3, gap_s=1))
    Cluster(service, store, clock, url, workers=4).run()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
