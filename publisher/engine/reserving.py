"""Which posts a service holds for us by its own clock: those that are approved and free to go, and no others.

Runs beside the sending. What is held, frozen, cancelled or changed is taken back, until the service has it no more.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from publisher.channels.base import Channel, Rejected, Reserver, Retry
from publisher.errors import NothingMatchedError
from publisher.queue.judging import judge_bytes
from publisher.queue.model import Delivery, Freeze
from publisher.queue.store import Store
from publisher.queue.transitions import CANCELLED, CLAIMED, FINAL, OPEN, QUEUED, SENDING, UNKNOWN, WAITING

log = logging.getLogger(__name__)

AT_ONCE = 5  # new ones an account and round: a year's plan must not look like a burst


def reservers(channels: Mapping[str, Channel]) -> dict[str, Reserver]:
    """The channels that have posts held, or may."""
    return {name: channel for name, channel in channels.items() if isinstance(channel, Reserver)}


def keep_reservations(store: Store, channels: Mapping[str, Channel], *, now: datetime) -> list[tuple[str, str]]:
    """Take back what may no longer go, reserve what may; gives ids with `reserved`, `taken back` or `still held`."""
    found = reservers(channels)
    if not found:
        return []
    frozen = store.freezes(now)
    done: list[tuple[str, str]] = []
    for name, channel in found.items():
        if channel.reserves:
            # After a restore: what was reserved since the backup is held there, and nothing here says so.
            doubted = store.list(states=(*OPEN, CANCELLED), account=name, doubted=True)
            channel.reclaim([delivery.post for delivery in doubted])
        done += take_back(store, channel, frozen, now=now)
        if channel.reserves:
            done += _reserve(store, name, channel, frozen, now=now)
    return done


def take_back(store: Store, channel: Reserver, frozen: Sequence[Freeze], *, now: datetime) -> list[tuple[str, str]]:
    """Have everything deleted at the service that is not to go out as it was approved."""
    done = []
    for key in channel.reserved():
        fate = _fate(store, channel, key, frozen, now)
        if fate == "keep":
            channel.settle_reservation(key)
        elif fate == "done":
            channel.forget_reservation(key)
        elif fate == "unwanted":
            gone = channel.release(key)
            done.append((key, "taken back" if gone else "still held"))
            if not gone:
                log.warning("%s: still scheduled at the service; it is taken back again in a minute", key)
    return done


def _fate(store: Store, channel: Reserver, key: str, frozen: Sequence[Freeze], now: datetime) -> str:
    """`keep`, `done` (it is out and known to be), or `unwanted`."""
    try:
        delivery = store.get(key)
    except NothingMatchedError:
        return "unwanted"
    if delivery.state in FINAL:
        return "done"
    if delivery.state in (CLAIMED, SENDING, UNKNOWN):
        return "keep"  # a worker has it in hand; what it finds out decides
    wanted = channel.reserves and _may_go(store, delivery, frozen, now) and channel.holds(delivery.post)
    return "keep" if wanted else "unwanted"


def _may_go(store: Store, delivery: Delivery, frozen: Sequence[Freeze], now: datetime) -> bool:
    """Whether the piece is approved as it lies here and nothing holds it."""
    if delivery.state not in (QUEUED, WAITING) or delivery.act != "publish" or delivery.doubt_from is not None:
        return False
    if delivery.valid_until is not None and delivery.due_at > delivery.valid_until:
        return False
    if not delivery.passes_freeze and any(freeze.covers(delivery.unit) for freeze in frozen):
        return False
    return judge_bytes(delivery, store.approvers(delivery.id), store.artifacts) is None


def _reserve(
    store: Store, name: str, channel: Reserver, frozen: Sequence[Freeze], *, now: datetime
) -> list[tuple[str, str]]:
    held = set(channel.reserved())
    done: list[tuple[str, str]] = []
    for delivery in store.list(states=(QUEUED, WAITING), account=name):
        if len(done) >= AT_ONCE:
            break
        if delivery.id in held or not channel.may_reserve(delivery.post, now):
            continue
        if not _may_go(store, delivery, frozen, now):
            continue
        outcome = channel.reserve(delivery.post, now)
        if isinstance(outcome, Retry | Rejected):
            log.warning("%s: not scheduled at the service, it goes by our own clock: %s", delivery.id, outcome.reason)
            break  # whatever it is, the next one would meet it too
        done.append((delivery.id, "reserved"))
    return done
