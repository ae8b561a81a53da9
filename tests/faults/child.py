"""A worker process of its own, to be killed: `python -m tests.faults.child FOLDER SCRIPT [unmarked]`."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

from publisher.channels.dummy import Dummy, Written
from publisher.clock import SetClock
from publisher.engine.local import Service
from publisher.queue.points import reach
from publisher.queue.store import Store
from publisher.queue.torture.broken import Unmarked
from tests.faults.parts import NOW


def main(folder: Path, script: str, *, unmarked: bool) -> None:
    kind = Unmarked if unmarked else Store
    store = kind.open(f"sqlite:///{folder}/queue.db")
    channel = Dummy("acc", folder, Written(json.loads(script)), at=reach)
    Service(store, {"acc": channel}, SetClock(NOW)).run(until_idle=True, until=NOW + timedelta(hours=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], unmarked="unmarked" in sys.argv[3:])
