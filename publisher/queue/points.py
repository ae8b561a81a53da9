"""Named places of the delivery path at which a test may kill this process, to prove that nothing is lost there."""

from __future__ import annotations

import functools
import os
import signal
from collections import Counter

DIE_AT = "PUBLISHER_DIE_AT"

POINTS = (
    "claim.before",
    "claim.after",
    "verify.after",
    "prepare.inside",
    "prepare.after",
    "sending.before",
    "sending.after",
    "commit.inside",
    "commit.after",
    "outcome.after",
    "confirm.after",
    "find.before",
    "find.after",
    "settle.after",
    "write.inside",
    "write.after",
)
"""`….inside` of a call: the whole request has left, nothing of the answer is here; that point stands in the channel or
below it. `write.inside`: rows are written and not yet committed; `write.after`: committed, and nobody was told."""

_passed: Counter[str] = Counter()


@functools.cache
def _wanted() -> str:
    """Read once: the environment is looked up slowly, and every piece passes ten points."""
    return os.environ.get(DIE_AT, "")


def arm(point: str) -> None:
    """Set the point for this process from now on; empty for none."""
    os.environ[DIE_AT] = point
    _wanted.cache_clear()


def reach(point: str) -> None:
    """Die here with SIGKILL when PUBLISHER_DIE_AT says `point` or, for the nth passing, `point:n`."""
    wanted = _wanted()
    if not wanted:
        return
    name, _, count = wanted.partition(":")
    if name == point:
        _passed[point] += 1
        if _passed[point] == int(count or 1):
            os.kill(os.getpid(), signal.SIGKILL)
