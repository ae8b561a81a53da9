"""Where `now` comes from: the machine, or what `--now` says."""

from __future__ import annotations

import time
from collections.abc import Callable
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


def boot_seconds() -> float:
    """Seconds since the machine started, sleep included; nobody can set it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class JumpGuard:
    """Notices when the clock is set while we run: it then differs from the seconds that have really gone by."""

    def __init__(self, clock: Clock, seconds: Callable[[], float] = boot_seconds) -> None:
        self._clock = clock
        self._seconds = seconds
        self._before = clock.now(), seconds()

    def jumped_s(self) -> float:
        """How far the clock was set ahead (or, below 0, back) since the last call."""
        now, seconds = self._clock.now(), self._seconds()
        (then, before), self._before = self._before, (now, seconds)
        return (now - then).total_seconds() - (seconds - before)


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
