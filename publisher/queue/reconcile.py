"""Settling `unknown`: read the channel, twice and apart before an absence counts; what stays open goes to a person."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from publisher.channels.base import Absent, CannotTell, Channel, Found, KnownHere, Look, Recogniser, Sent
from publisher.queue.following import handle_below
from publisher.queue.model import Delivery
from publisher.queue.points import reach
from publisher.queue.worker import Work

log = logging.getLogger(__name__)

# A clock set to a wrong zone is up to half a day ahead, and would look for the post after the moment it has there.
# What so wide a window shows of other pieces is known by their ids and passed over.
BEFORE_S = 12 * 3600


def look(delivery_id: str, work: Work) -> str:
    """Read the channel once for an unknown piece and act on it.

    Gives `sent`, `queued`, `rejected`, `look again`, `ask`, or `lost` when another reader has it.
    """
    delivery = work.store.take_unknown(delivery_id, owner=work.owner, now=work.clock.now(), lease_s=work.pace.lease_s)
    if delivery is None:
        return "lost"
    reach("find.before")
    cannot = _cannot_find(delivery, work.channel)
    if cannot is not None:
        work.store.ask_person(
            delivery.id, owner=work.owner, evidence=cannot.evidence, look_at=cannot.look_at, now=work.clock.now()
        )
        work.tell(delivery, "ask", cannot.evidence)
        return "ask"
    assert work.channel is not None  # noqa: S101 - _cannot_find answers for a missing channel
    seen = _find(delivery, work.channel, work)
    reach("find.after")
    done = work.store.note_look(
        delivery.id, seen, owner=work.owner, attempt=delivery.attempt, gap_s=work.pace.gap_s, now=work.clock.now()
    )
    reach("settle.after")
    work.tell(delivery, done, seen.evidence)
    return done


def _cannot_find(delivery: Delivery, channel: Channel | None) -> CannotTell | None:
    """Why no reading can decide it, when none can."""
    if channel is None:
        return CannotTell(f"there is no enabled account `{delivery.account}` to read", "")
    if not channel.can_find:
        return CannotTell("this channel cannot be read back", f"the account `{delivery.account}`")
    if delivery.act == "correct":
        return CannotTell(
            "whether a correction arrived is seen by reading it", delivery.external_url or delivery.account
        )
    return None


def _find(delivery: Delivery, channel: Channel, work: Work) -> Look:
    started = work.store.commit_started_at(delivery.id, delivery.attempt) or delivery.due_at
    try:
        if delivery.act == "withdraw":
            return _find_withdrawn(delivery, channel, work)
        since = started - timedelta(seconds=BEFORE_S)
        seen = _recognise(delivery, delivery.handles, channel, since, work)
        if not isinstance(seen, Absent) or delivery.doubt_from is None:
            return seen
        if isinstance(channel, KnownHere) and channel.known_here_only(delivery.post):
            return CannotTell("what shows it may be newer than the backup that was restored", delivery.account)
        if delivery.handles:
            # Ids from before the backup may not be those it went out under afterwards: its words decide then.
            return _recognise(delivery, {}, channel, since, work)
        return seen
    except Exception as error:
        log.warning("find of %s failed: %s", delivery.id, type(error).__name__, exc_info=False)
        return CannotTell(f"reading the channel ended in an unexpected {type(error).__name__}", delivery.account)


def _recognise(delivery: Delivery, handles: Mapping[str, str], channel: Channel, since: datetime, work: Work) -> Look:
    """Read the channel for the piece; what is known to be another piece's post is not taken for this one's."""
    handles = {**handles, **handle_below(delivery, work.store.get)}
    if isinstance(channel, Recogniser):
        return channel.find_except(delivery.post, handles, since, work.store.ids_of_others(delivery))
    return channel.find(delivery.post, handles, since)


def _find_withdrawn(delivery: Delivery, channel: Channel, work: Work) -> Look:
    """For a withdrawal the question is the other way round: gone means done."""
    target = work.store.get(delivery.target or "")
    handles = {**target.handles, "id": target.external_id}
    seen = channel.find(target.post, handles, (target.sent_at or target.due_at) - timedelta(days=1))
    if isinstance(seen, Absent):
        return Found(Sent(target.external_id, target.external_url), f"gone: {seen.evidence}")
    if isinstance(seen, Found):
        return Absent(f"still there: {seen.evidence}")
    return seen
