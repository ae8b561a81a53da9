"""Whether a claimed piece may go out now: approval, bytes on the disk, freezes, lateness. Decides; changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from publisher.queue.artifacts import Artifacts
from publisher.queue.model import Delivery, Freeze
from publisher.queue.posts import sign
from publisher.queue.transitions import HELD, MISSED, REJECTED

ON_TIME_S = 900
"""Up to here nothing counts as late; newsrooms' schedulers take 10 to 15 minutes for the same line."""


@dataclass(frozen=True)
class Stop:
    """Why a piece does not go out now, and the state it goes to."""

    to: str
    reason: str
    freeze: int = 0


def judge_time(delivery: Delivery, now: datetime, freezes: Sequence[Freeze]) -> Stop | None:
    """Freezes, validity and lateness, in that order; None when it may go out."""
    for freeze in freezes:
        if freeze.covers(delivery.unit) and not delivery.passes_freeze:
            return Stop(HELD, f"a freeze is in force: {freeze.reason}", freeze.id)
    if delivery.valid_until is not None and now > delivery.valid_until:
        return Stop(MISSED, f"it was valid only until {delivery.valid_until.isoformat(timespec='minutes')}")
    if not is_late(delivery, now):
        return None
    late_by = _late_by(delivery, now)
    minutes = int(late_by.total_seconds() // 60)
    if delivery.late == "ask":
        return Stop(HELD, f"it is {minutes} minutes late; a person decides whether it still goes out")
    if delivery.late == "skip":
        return Stop(MISSED, f"it is {minutes} minutes late, and its plan says to skip then")
    if late_by > timedelta(seconds=delivery.grace_s):
        return Stop(MISSED, f"it is {minutes} minutes late; its plan allows {delivery.grace_s // 60}")
    return None


def is_late(delivery: Delivery, now: datetime) -> bool:
    """Whether it goes out noticeably after its time."""
    return _late_by(delivery, now) > timedelta(seconds=ON_TIME_S)


def _late_by(delivery: Delivery, now: datetime) -> timedelta:
    # A person who releases or retries a piece has seen that it is late.
    return now - max(filter(None, (delivery.due_at, delivery.released_at)))


def judge_bytes(delivery: Delivery, approvers: Sequence[str], artifacts: Artifacts) -> Stop | None:
    """Whether what lies here is byte for byte what enough other people signed; None when it is."""
    content_hash = delivery.post.content_hash()
    signature = sign(content_hash, delivery.account, delivery.due_at, act=delivery.act, target=delivery.target)
    if signature != delivery.signature or content_hash != delivery.content_hash:
        return Stop(REJECTED, "its text or files are not those that were approved; plan it again and approve it again")
    if len([person for person in approvers if person != delivery.author]) < delivery.levels:
        return Stop(REJECTED, "nobody but its author has approved it as it is now; submit it for approval")
    return judge_files(delivery, artifacts)


def judge_files(delivery: Delivery, artifacts: Artifacts) -> Stop | None:
    """Whether every file still has the bytes that were approved."""
    for media in delivery.post.media:
        wrong = artifacts.verify(media.path, media.sha256)
        if wrong is not None:
            return Stop(REJECTED, f"{media.name}: {wrong}; render and plan it again, then approve it again")
    return None
