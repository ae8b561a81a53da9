"""What one run does, read from `NAME=value` words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from publisher.errors import UsageError
from publisher.queue.worker import Pace

WITHOUT = ("", "mark", "look", "doubt")


@dataclass(frozen=True)
class Plan:
    """`faults` is the percentage of requests that go wrong; commits fail half as often again. `hits`: how often each
    point must kill; `database` empty means SQLite in `folder`; all are due within `window_s` seconds.

    `without` takes a protection out: the `mark` before the call, the `look` at the channel, or the `doubt` about a
    lost answer.
    """

    seed: int = 1
    deliveries: int = 1000
    accounts: int = 30
    faults: int = 20
    processes: int = 1
    hits: int = 3
    database: str = ""
    folder: str = ""
    without: str = ""
    started: float = 0.0
    limit_s: float = 7200.0
    window_s: int = 600
    chaos: int = 1

    @property
    def url(self) -> str:
        return self.database or f"sqlite:///{self.folder}/queue.db"

    @property
    def artifacts(self) -> Path:
        return Path(self.folder) / "store"

    @property
    def state(self) -> Path:
        """What channels note for themselves; shared by all processes, as on a cluster."""
        return Path(self.folder) / "state"

    @property
    def services(self) -> Path:
        """The stand-ins' own records."""
        return Path(self.folder) / "services"


SPEED = 150.0  # moments pass this much faster than on the machine, so that waits of minutes take seconds
TIMEOUT_S = 1.0  # of the machine, not of the fast clock: after so long a call is given up
SLOW_S = 1.4
# By the machine: a lease outlives every call by far (15 s), and an absence is read twice 5 s apart.
PACE = Pace(lease_s=15 * SPEED, gap_s=5 * SPEED)
THREADS = 16


def parse(arguments: Sequence[str]) -> Plan:
    """`NAME=value` words as a plan. Raises UsageError."""
    plan = Plan()
    kinds = {name: type(value) for name, value in asdict(plan).items()}
    for word in arguments:
        name, _, value = word.partition("=")
        kind = kinds.get(name.lower())
        if kind is None:
            raise UsageError(f"{name}: not a setting of the torture run; allowed: {', '.join(kinds).upper()}.")
        try:
            plan = replace(plan, **{name.lower(): kind(value)})
        except ValueError as error:
            raise UsageError(f"{name}: needs a number, found `{value}`.") from error
    if plan.without not in WITHOUT:
        raise UsageError(f"WITHOUT: `mark`, `look` or `doubt`, found `{plan.without}`.")
    return plan
