"""The states of a delivery and the only ways from one to another; the database holds the same table in a trigger."""

from __future__ import annotations

from collections.abc import Mapping

DRAFT = "draft"
IN_REVIEW = "in_review"
APPROVED = "approved"
QUEUED = "queued"
CLAIMED = "claimed"
SENDING = "sending"
SENT = "sent"
CORRECTED = "corrected"
WITHDRAWN = "withdrawn"
WAITING = "waiting"
REJECTED = "rejected"
UNKNOWN = "unknown"
MISSED = "missed"
HELD = "held"
CANCELLED = "cancelled"

STATES = (
    DRAFT, IN_REVIEW, APPROVED, QUEUED, CLAIMED, SENDING, SENT, CORRECTED, WITHDRAWN,
    WAITING, REJECTED, UNKNOWN, MISSED, HELD, CANCELLED,
)  # fmt: skip

TRANSITIONS: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({IN_REVIEW, CANCELLED}),
    IN_REVIEW: frozenset({APPROVED, REJECTED, MISSED, CANCELLED}),
    # `approved` is signed but not yet released to the clock; `in_review` is where anything changed goes back to.
    APPROVED: frozenset({QUEUED, IN_REVIEW, REJECTED, HELD, MISSED, CANCELLED}),
    QUEUED: frozenset({CLAIMED, IN_REVIEW, HELD, MISSED, CANCELLED}),
    # To `unknown` after a restore: it may have gone out after the backup was made, so its channel is read first.
    CLAIMED: frozenset({QUEUED, SENDING, WAITING, REJECTED, HELD, MISSED, UNKNOWN}),
    # Never to `queued`: what was being sent is first known to be out or not.
    SENDING: frozenset({SENT, WAITING, REJECTED, UNKNOWN}),
    UNKNOWN: frozenset({SENT, QUEUED, REJECTED}),
    WAITING: frozenset({CLAIMED, IN_REVIEW, HELD, MISSED, REJECTED, CANCELLED}),
    REJECTED: frozenset({QUEUED, IN_REVIEW, CANCELLED}),
    MISSED: frozenset({QUEUED, IN_REVIEW, CANCELLED}),
    HELD: frozenset({QUEUED, IN_REVIEW, MISSED, CANCELLED}),
    CANCELLED: frozenset({IN_REVIEW}),
    SENT: frozenset({CORRECTED, WITHDRAWN}),
    CORRECTED: frozenset({WITHDRAWN}),
    WITHDRAWN: frozenset(),
}

FINAL = frozenset({SENT, CORRECTED, WITHDRAWN})
"""Nothing more has to happen."""

OPEN = frozenset(STATES) - FINAL - {CANCELLED}
"""Something or somebody still has to act."""

CHANGEABLE = frozenset({DRAFT, IN_REVIEW, APPROVED, QUEUED, WAITING, REJECTED, MISSED, HELD})
"""States in which the bytes may still be replaced (and the approval thereby voided)."""

ALARM_AFTER_S: Mapping[str, float] = {
    # Ages at which a state is told to a person. Draft and review are judged by how near their time is instead.
    CLAIMED: 15 * 60,
    SENDING: 15 * 60,
    UNKNOWN: 10 * 60,
    WAITING: 60 * 60,
    QUEUED: 15 * 60,  # past its due moment
    APPROVED: 15 * 60,  # past its due moment, never released
    REJECTED: 0,
    MISSED: 0,
    HELD: 0,
}


def may_move(old: str, new: str) -> bool:
    """Whether a delivery may go from `old` to `new`."""
    return new in TRANSITIONS[old]
