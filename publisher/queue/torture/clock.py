"""The machine's clock, many times faster, that somebody else may move: one offset a process, in shared memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from publisher.queue.torture.plan import SPEED

EPOCH = datetime(2026, 5, 18, 1, 0, tzinfo=UTC)


class FastClock:
    """`offset` gives the seconds by which this clock is wrong at the moment."""

    def __init__(self, started: float, offset: Callable[[], float] = lambda: 0.0) -> None:
        self._started = started
        self._offset = offset

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=(time.time() - self._started) * SPEED + self._offset())

    def wait_until(self, moment: datetime) -> None:
        time.sleep(max(0.0, (moment - self.now()).total_seconds() / SPEED))
