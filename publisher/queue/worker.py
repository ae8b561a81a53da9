"""Sending what is due on one account: prepare, mark, commit, record, confirm; no attempt is committed twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from publisher.channels.base import (
    Channel,
    KnownHere,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Reserver,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.rates import Network, Rate, Usage, spread
from publisher.clock import Clock
from publisher.errors import PublisherError
from publisher.queue import doubts
from publisher.queue.claims import Lease
from publisher.queue.following import NotYet, follow
from publisher.queue.judging import Stop, is_late, judge_bytes, judge_files, judge_time
from publisher.queue.model import COMMENT, Claimed, Delivery
from publisher.queue.points import reach
from publisher.queue.posts import canonical, sha256_text
from publisher.queue.store import Store
from publisher.queue.transitions import HELD, UNKNOWN, WAITING

log = logging.getLogger(__name__)

RECORD_TRIES = 4  # the answer is in hand; a busy or full disk gets a few seconds to take it
PREPARE_FAILED_S = 60.0
LATE_SPACING_S = 600.0  # what an outage held up reaches an account's readers one by one, not all in one minute


@dataclass(frozen=True)
class Pace:
    """Times the worker and the reconciler keep. `lease_s` must exceed the longest silence of a heartbeat;
    `gap_s` stands between the two readings that make an absence certain."""

    lease_s: float = 120.0
    gap_s: float = 120.0


@dataclass(frozen=True)
class Event:
    """One thing that happened to one piece."""

    at: datetime
    id: str
    account: str
    outcome: str
    text: str


class Listener(Protocol):
    def __call__(self, event: Event, /) -> None: ...


def say_nothing(event: Event) -> None:
    """For callers that only want the result."""


@dataclass
class Work:
    """All that a drain needs: where from, where to, whose name, how fast, whom to tell, and when to stop."""

    store: Store
    channel: Channel | None
    clock: Clock
    owner: str
    rate: Rate = field(default_factory=Rate)
    network: Network | None = None
    pace: Pace = field(default_factory=Pace)
    limit: int | None = None
    stopped: Callable[[], bool] = lambda: False
    listener: Listener = say_nothing

    def tell(self, delivery: Delivery, outcome: str, text: str = "") -> None:
        self.listener(Event(self.clock.now(), delivery.id, delivery.account, outcome, text))


def drain(account: str, work: Work) -> list[tuple[str, str]]:
    """Send everything due on one account, in order, until nothing is due, its rate says stop or the limit is reached.

    Gives ids with what became of each. Raises ClockError when the clock stands before what was already sent.
    """
    done: list[tuple[str, str]] = []
    while not work.stopped() and (work.limit is None or len(done) < work.limit):
        reach("claim.before")
        claimed = work.store.claim_to_judge(account, owner=work.owner, now=work.clock.now(), lease_s=work.pace.lease_s)
        if claimed is None:
            break
        reach("claim.after")
        delivery = claimed.delivery
        outcome = _deliver(claimed, work)
        done.append((delivery.id, outcome))
        if outcome == "lost":
            break
    work.store.flush()
    return done


def _deliver(claimed: Claimed, work: Work) -> str:
    """Take one claimed piece to its outcome; gives the outcome's name."""
    delivery = claimed.delivery
    lease = Lease(work.owner, delivery.attempt)
    # A service that held it may have published it while this machine was off: being late is then no longer a question.
    out = isinstance(work.channel, Reserver) and work.channel.published(delivery.post) is not None
    stop = _judge(claimed, work, out=out)
    if stop is not None:
        return _give_back(delivery, lease, stop, work)
    assert work.channel is not None  # noqa: S101 - _judge holds pieces without a channel
    following = follow(delivery, work.store.get)
    if isinstance(following, Stop):
        return _give_back(delivery, lease, following, work)
    if isinstance(following, NotYet):
        return _wait_for(delivery, lease, following, work)
    delivery = following
    reach("verify.after")
    if delivery.doubt_from is not None and not _ends_doubt(delivery, lease, work.channel, work):
        return UNKNOWN
    if not _has_turn(delivery, lease, work):
        return WAITING
    handles = _prepare(delivery, lease, work.channel, work)
    if isinstance(handles, str):
        return handles
    reach("prepare.after")
    # Uploading can take minutes: its time may have passed, or the files changed, while it ran.
    stop = (None if out else judge_time(delivery, work.clock.now(), ())) or judge_files(delivery, work.store.artifacts)
    if stop is not None:
        return _give_back(delivery, lease, stop, work)
    reach("sending.before")
    if not _mark(delivery, lease, handles, work):
        return _not_marked(delivery, lease, work)
    reach("sending.after")
    outcome = _commit(delivery, handles, work)
    reach("commit.after")
    reached = _record(delivery, lease, outcome, work)
    _heed_usage(delivery.account, work)
    return reached


def _heed_usage(account: str, work: Work) -> None:
    """The service says how much of its limit is used: go slower before it blocks, with a moment to go on."""
    usage, now = getattr(work.channel, "usage", None), work.clock.now()
    if not isinstance(usage, Usage):
        return
    until = spread(usage, now)
    shared = spread(Usage(percent=usage.app_percent), now)
    try:
        if until is not None:
            work.store.close_account(account, until=until)
        if shared is not None and work.network is not None:
            work.store.close_network(work.network, until=shared, now=now)
    except PublisherError as error:
        log.error("%s: its use of the limit could not be noted: %s", account, error)


def _ends_doubt(delivery: Delivery, lease: Lease, channel: Channel, work: Work) -> bool:
    """After a restore: whether the piece surely did not go out in the gap. Else it is `unknown` and gets looked for."""
    now = work.clock.now()
    due_in_gap = delivery.doubt_until is None or delivery.due_at <= delivery.doubt_until
    if not due_in_gap and not _can_be_looked_for(delivery, channel):
        return work.store.end_doubt(delivery.id, lease, now=now)
    work.store.begin_doubt(delivery.id, lease, fingerprint=fingerprint(delivery.post), now=now)
    work.tell(delivery, UNKNOWN, doubts.REASON)
    return False


def _can_be_looked_for(delivery: Delivery, channel: Channel) -> bool:
    """Whether its channel can show that it did not go out in the gap."""
    if not channel.can_find or delivery.act == "correct":
        return False
    shown_here = isinstance(channel, KnownHere) and channel.known_here_only(delivery.post)
    return delivery.act == "withdraw" or not shown_here


def _has_turn(delivery: Delivery, lease: Lease, work: Work) -> bool:
    """Whether the piece goes now; else it waits, with the moment of its turn on its network."""
    if work.network is None or delivery.act != "publish":
        return True
    moment = work.store.take_turn(delivery.id, lease, network=work.network, now=work.clock.now())
    if moment is not None:
        work.tell(delivery, WAITING, moment.isoformat(timespec="seconds"))
    return moment is None


def _wait_for(delivery: Delivery, lease: Lease, not_yet: NotYet, work: Work) -> str:
    until = work.clock.now() + timedelta(seconds=not_yet.after_s)
    kept = work.store.wait_until(delivery.id, lease, until=until, reason=not_yet.reason, now=work.clock.now())
    outcome = WAITING if kept else "lost"
    work.tell(delivery, outcome, not_yet.reason)
    return outcome


def _mark(delivery: Delivery, lease: Lease, handles: dict[str, str], work: Work) -> bool:
    now = work.clock.now()
    return work.store.mark_sending(
        delivery.id,
        lease,
        handles=handles,
        fingerprint=fingerprint(delivery.post),
        now=now,
        rate=_rate_of(delivery, now, work),
    )


def _rate_of(delivery: Delivery, now: datetime, work: Work) -> Rate | None:
    """The account's own rate; after a late piece, which is rarely the only one, the next one waits longer.

    None for what adds no post: a comment belongs to its own, and a mistake is put right at once.
    """
    if delivery.output == COMMENT or delivery.act != "publish":
        return None
    if not is_late(delivery, now):
        return work.rate
    return replace(work.rate, spacing_s=max(work.rate.spacing_s, LATE_SPACING_S))


def _not_marked(delivery: Delivery, lease: Lease, work: Work) -> str:
    """A freeze came while it was prepared, or another worker holds it: either way it is not sent."""
    now = work.clock.now()
    stop = judge_time(delivery, now, work.store.freezes(now))
    if stop is not None:
        return _give_back(delivery, lease, stop, work)
    work.tell(delivery, "lost", "another worker holds it")
    return "lost"


def _judge(claimed: Claimed, work: Work, *, out: bool) -> Stop | None:
    delivery = claimed.delivery
    if work.channel is None:
        return Stop(HELD, f"there is no enabled account `{delivery.account}` in channels/; add it, then retry")
    if delivery.act == "correct" and not work.channel.can_correct:
        return Stop(HELD, "this channel cannot correct a post; correct it there by hand, then cancel this")
    if delivery.act == "withdraw" and not work.channel.can_withdraw:
        return Stop(HELD, "this channel cannot take a post back; remove it there by hand, then cancel this")
    late = None if out else judge_time(delivery, work.clock.now(), claimed.freezes)
    return late or judge_bytes(delivery, claimed.approvers, work.store.artifacts)


def _give_back(delivery: Delivery, lease: Lease, stop: Stop, work: Work) -> str:
    kept = work.store.give_back(
        delivery.id, lease, to=stop.to, now=work.clock.now(), reason=stop.reason, freeze=stop.freeze
    )
    outcome = stop.to if kept else "lost"
    work.tell(delivery, outcome, stop.reason)
    return outcome


def _prepare(delivery: Delivery, lease: Lease, channel: Channel, work: Work) -> dict[str, str] | str:
    """Handles to commit with, or the name of the outcome when it ended here."""
    if delivery.act != "publish":
        return dict(delivery.handles)
    try:
        prepared: Prepared | Retry | Rejected = channel.prepare(delivery.post, delivery.handles)
    except Exception as error:
        # Prepare publishes nothing, so trying it again is safe. The message may quote a request: only its kind is kept.
        log.warning("prepare of %s failed: %s", delivery.id, type(error).__name__, exc_info=False)
        prepared = Retry(f"preparing it ended in an unexpected {type(error).__name__}", PREPARE_FAILED_S)
    if isinstance(prepared, Prepared):
        return {**delivery.handles, **prepared.handles}
    outcome = work.store.note_prepare(delivery.id, lease, prepared, now=work.clock.now()) or "lost"
    work.tell(delivery, outcome, prepared.reason)
    return outcome


def _commit(delivery: Delivery, handles: dict[str, str], work: Work) -> Outcome:
    """The one irreversible call. Whatever escapes from it may have happened after the post was out."""
    channel = work.channel
    assert channel is not None  # noqa: S101
    try:
        if delivery.act == "publish":
            return channel.commit(delivery.post, handles)
        target = work.store.get(delivery.target or "")
        sent = Sent(target.external_id, target.external_url)
        if delivery.act == "correct":
            return channel.correct(delivery.post, sent)
        return channel.withdraw(target.post, sent)
    except Exception as error:
        log.warning("commit of %s failed: %s", delivery.id, type(error).__name__, exc_info=False)
        return Unknown(f"the call ended in an unexpected {type(error).__name__}, so it may be out")


def _record(delivery: Delivery, lease: Lease, outcome: Outcome, work: Work) -> str:
    """Write down what the channel answered, then confirm. Nothing here ever leads back into commit."""
    reached = _write_outcome(delivery, lease, outcome, work)
    if not reached:
        work.tell(
            delivery,
            "unrecorded",
            "the answer was not recorded (settled meanwhile, or the database is away); the channel is read instead",
        )
        return "lost"
    reach("outcome.after")
    text = outcome.url if isinstance(outcome, Sent) else outcome.reason
    if isinstance(outcome, Sent) and delivery.act == "publish":
        text = _confirm(delivery, lease, outcome, work).url or text
        reach("confirm.after")
    work.tell(delivery, reached, text)
    return reached


def _write_outcome(delivery: Delivery, lease: Lease, outcome: Outcome, work: Work) -> str:
    for turn in range(RECORD_TRIES):
        try:
            return work.store.finish(delivery.id, lease, outcome, now=work.clock.now())
        except PublisherError as error:
            log.error("%s: its outcome could not be recorded: %s", delivery.id, error)
            time.sleep(0.05 * 4**turn)
    return ""


def _confirm(delivery: Delivery, lease: Lease, sent: Sent, work: Work) -> Sent:
    """Read back for the receipt; a failure here changes nothing about the piece being out."""
    assert work.channel is not None  # noqa: S101
    try:
        confirmed = work.channel.confirm(delivery.post, sent)
        work.store.confirm_later(delivery.id, lease, confirmed, now=work.clock.now())
    except Exception as error:
        log.warning("confirm of %s failed: %s", delivery.id, type(error).__name__, exc_info=False)
        return sent
    return confirmed


def fingerprint(post: Post) -> str:
    """What identifies this post among others on a channel: its words without spacing, and its files."""
    words = ["".join(text.split()) for text in (post.title, post.text, post.html)]
    return sha256_text(canonical([words, [m.sha256 for m in post.media]]))[:32]
