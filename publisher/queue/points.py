"""Named places of the delivery path at which a test may kill this process, to prove that nothing is lost there."""

from __future__ import annotations

import os
import signal
from collections import Counter

DIE_AT = "PUBLISHER_DIE_AT"

POINTS = (
    "claim.before",
    "claim.after",
    "verify.after",
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
)
"""`commit.inside` stands in the scripted channel: the service has the post, the answer is not on its way yet."""

_passed: Counter[str] = Counter()


def reach(point: str) -> None:
    """Die here with SIGKILL when PUBLISHER_DIE_AT says `point` or, for the nth passing, `point:n`."""
    wanted = os.environ.get(DIE_AT)
    if not wanted:
        return
    name, _, count = wanted.partition(":")
    if name == point:
        _passed[point] += 1
        if _passed[point] == int(count or 1):
            os.kill(os.getpid(), signal.SIGKILL)
