"""A worker whose disk fills up while a post is going out: `python -m tests.faults.full_disk DISK RECORD` in its own
mount namespace, where DISK is a small file system. Prints what readers saw and what the queue believes, as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from publisher.channels.dummy import Dummy, Record
from publisher.clock import SetClock
from publisher.engine.local import Service
from publisher.errors import PublisherError
from publisher.queue.store import Store
from tests.faults.parts import NOW, piece, queue

PIECES = 12
FULL_AT = 4  # while this one is going out


def main(disk: Path, record: Path) -> None:
    store = Store.open(f"sqlite:///{disk}/queue.db")
    queue(store, *(piece(f"k{number:02}", grace_s=10**6) for number in range(PIECES)))
    ballast, commits = disk / "ballast", []

    def fill(point: str) -> None:
        if point == "commit.inside":
            commits.append(point)
            if len(commits) == FULL_AT:
                fill_up(ballast)

    said = send(store, record, SetClock(NOW), fill)
    believed = store.counts()
    store.close()
    ballast.unlink(missing_ok=True)
    store = Store.open(f"sqlite:///{disk}/queue.db")
    send(store, record, SetClock(NOW + timedelta(minutes=10)), lambda point: None)
    shown = Counter(received.key for received in Record(record).posts())
    told = {"said": said, "sending": believed["sending"], "shown": shown, "sent": store.counts()["sent"],
            "ledger": list(store.verify_ledger())}  # fmt: skip
    sys.stdout.write(json.dumps(told))


def fill_up(ballast: Path) -> None:
    """To the last byte."""
    with ballast.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(b"\0" * 4096)
    fd = os.open(ballast, os.O_WRONLY | os.O_APPEND)
    with contextlib.suppress(OSError):
        while True:
            os.write(fd, b"\0")
    os.close(fd)


def send(store: Store, record: Path, clock: SetClock, at) -> str:
    service = Service(store, {"acc": Dummy("acc", record, at=at)}, clock)
    try:
        service.run(until_idle=True, until=clock.now() + timedelta(hours=2))
    except PublisherError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
