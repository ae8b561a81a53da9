"""Where `now` comes from: the machine, or what `--now` says."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def wait_until(self, moment: datetime) -> None:
        """Return when `moment` has come."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait_until(self, moment: datetime) -> None:
        time.sleep(max(0.0, (moment - self.now()).total_seconds()))


class SetClock:
    """A clock that stands where it was put and jumps when waited on; tests and `--now` use it."""

    def __init__(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        return self._moment

    def wait_until(self, moment: datetime) -> None:
        self._moment = max(self._moment, moment.astimezone(UTC))

    def advance(self, seconds: float) -> None:
        self._moment += timedelta(seconds=seconds)
