"""Pieces that follow another one, such as the first comment below a post: they wait until it is out. Pure.

A comment is a piece of its own: approved, sent at most once, settled and taken back like any other. What is special
is only that it needs to know the id of the post it belongs to, which exists once that post is out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from publisher.channels.base import REPLY_TO
from publisher.errors import NothingMatchedError
from publisher.queue.judging import Stop
from publisher.queue.model import Delivery
from publisher.queue.transitions import CANCELLED, CORRECTED, HELD, SENT, WITHDRAWN

WAIT_S = 60.0


@dataclass(frozen=True)
class NotYet:
    """The piece it follows is not out; look again after `after_s` seconds."""

    reason: str
    after_s: float = WAIT_S


def handle_below(delivery: Delivery, get: Callable[[str], Delivery]) -> dict[str, str]:
    """The handle with the id of what the piece follows; empty where it follows nothing, or that is not known."""
    known = follow(delivery, get)
    name = known.handles.get(REPLY_TO, "") if isinstance(known, Delivery) else ""
    return {REPLY_TO: name} if name else {}


def follow(delivery: Delivery, get: Callable[[str], Delivery]) -> Delivery | NotYet | Stop:
    """The delivery, knowing what it follows; it is given back as it is when it follows nothing."""
    name = delivery.post.data.get(REPLY_TO, "")
    if not name or delivery.act != "publish":
        return delivery
    try:
        leader = get(name)
    except NothingMatchedError:
        return Stop(HELD, f"the piece it belongs to, {name}, is no longer in the queue; cancel this")
    if leader.state in (CANCELLED, WITHDRAWN):
        return Stop(HELD, f"the piece it belongs to, {name}, is {leader.state}; cancel this too")
    if leader.state not in (SENT, CORRECTED):
        return NotYet(f"{name}, which it belongs to, is not out yet (it is {leader.state})")
    if not leader.external_id:
        return Stop(HELD, f"{name} is out and its id is not known, so nothing can be put below it; do it by hand")
    return replace(delivery, handles={**delivery.handles, REPLY_TO: leader.external_id})
