"""What the store takes and gives: deliveries, reports of acts, receipts and lines of history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from publisher.channels.base import Post

Late = Literal["send", "skip", "ask"]
Act = Literal["publish", "correct", "withdraw"]

COMMENT = "comment"
"""Output and shape of a piece that goes below a post: its account's rate is the post's matter, not the comment's."""
DEFAULT_GRACE_S = 6 * 3600
"""How late a `send` piece may still go out when the plan says nothing."""


@dataclass(frozen=True)
class NewDelivery:
    """One piece for one account at one moment, as a plan makes it.

    `id` is the human-readable key for ever and equals `post.key`; `slot` says which place of the plan it fills
    (`id` when empty): the same slot is filled once. `levels` is how many different people must approve;
    `needs_release` keeps an approved piece back until a publisher releases it. `grace_s`: seconds it may be late.
    """

    id: str
    campaign: str
    unit: str
    account: str
    output: str
    due_at: datetime
    post: Post
    slot: str = ""
    valid_until: datetime | None = None
    late: Late = "send"
    grace_s: int = DEFAULT_GRACE_S
    passes_freeze: bool = False
    levels: int = 1
    needs_release: bool = False
    act: Act = "publish"
    target: str | None = None
    source: str = ""
    """SHA-256 over everything the piece was made from; planning compares it, nobody signs it."""
    facts: str = ""
    """Why a person must say that the facts still hold before it is approved; empty when nobody is asked."""


@dataclass(frozen=True)
class Delivery:
    """A row as it stands. Moments are aware UTC; `signature` is what an approval signs."""

    id: str
    slot: str
    campaign: str
    unit: str
    account: str
    output: str
    act: Act
    target: str | None
    due_at: datetime
    valid_until: datetime | None
    late: Late
    grace_s: int
    state: str
    author: str
    post: Post
    content_hash: str
    signature: str
    levels: int
    needs_release: bool
    passes_freeze: bool
    created_at: datetime
    updated_at: datetime
    state_at: datetime
    next_at: datetime | None
    released_at: datetime | None
    attempt: int
    tries: int
    lease_owner: str
    lease_until: datetime | None
    external_id: str
    external_url: str
    sent_at: datetime | None
    reason: str
    absences: int
    looks: int
    asks_person: bool
    handles: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    timed_by: str = ""
    facts: str = ""
    facts_hash: str = ""
    facts_by: str = ""
    doubt_from: datetime | None = None
    doubt_until: datetime | None = None

    @property
    def facts_open(self) -> bool:
        """Whether somebody still has to say that the facts hold."""
        return bool(self.facts) and self.facts_hash != self.content_hash


@dataclass(frozen=True)
class AddReport:
    """Ids by what `add` did; `kept` are those that may no longer change (being sent, sent, cancelled)."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What an approval led to: `queued` go out in time, `approved` wait for release, `pending` for more people."""

    queued: tuple[str, ...] = ()
    approved: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """Proof of one piece that went out."""

    id: str
    campaign: str
    unit: str
    account: str
    output: str
    act: Act
    state: str
    due_at: datetime
    sent_at: datetime
    external_id: str
    external_url: str
    content_hash: str
    author: str
    approved_by: tuple[str, ...]
    attempts: int


@dataclass(frozen=True)
class LedgerLine:
    """One line of the ledger: who did what to which piece, and the state before and after."""

    seq: int
    at: datetime
    delivery: str
    act: str
    by: str
    old: str
    new: str
    data: Mapping[str, object]


@dataclass(frozen=True)
class Attempt:
    """One phase of one attempt; `essentials` is what the channel answered, without secrets."""

    delivery: str
    number: int
    phase: str
    turn: int
    fingerprint: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    essentials: str


@dataclass(frozen=True)
class Approval:
    delivery: str
    by: str
    at: datetime
    signature: str
    level: int
    voided_at: datetime | None


@dataclass(frozen=True)
class Freeze:
    """A hold over some units; `units` empty means all."""

    id: int
    reason: str
    units: frozenset[str]
    by: str
    from_at: datetime
    until_at: datetime | None

    def covers(self, unit: str) -> bool:
        return not self.units or unit in self.units


@dataclass(frozen=True)
class Alarm:
    """Something a person must look at: a piece, or an account whose credentials need a look (`id` is its name then).

    `since` is when it came to that.
    """

    id: str
    account: str
    state: str
    since: datetime
    text: str
    key: str = ""
    """What is wrong, for as long as nobody has acted; `id`, `state` and `since` where nothing else is given."""

    def __post_init__(self) -> None:
        if not self.key:
            object.__setattr__(self, "key", f"{self.id}|{self.state}|{self.since.isoformat(timespec='seconds')}")


@dataclass(frozen=True)
class Notice:
    """An alarm that one recipient is to be told now; `times` counts how often it was told before."""

    alarm: Alarm
    times: int


@dataclass(frozen=True)
class Claimed:
    """A piece somebody has taken, with what it is judged by: who validly approved it, and the freezes in force."""

    delivery: Delivery
    approvers: tuple[str, ...]
    freezes: tuple[Freeze, ...]
