"""Asking stations whether what was delivered to them was read on air."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from publisher.channels.base import Broadcaster, Channel, Sent
from publisher.queue.store import Store

log = logging.getLogger(__name__)


def hear_stations(store: Store, channels: Mapping[str, Channel], accounts: Sequence[str], *, now: datetime) -> int:
    """Keep every station's word that is new; gives how many there were. One that cannot be reached hides no other."""
    heard = 0
    for airing in store.awaited_airings(accounts, now=now):
        channel = channels.get(airing.account)
        if not isinstance(channel, Broadcaster):
            continue
        delivery = store.get(airing.id)
        try:
            word = channel.aired(delivery.post, Sent(delivery.external_id, delivery.external_url))
        except Exception as error:  # a kind's mistake must not stop the asking of the others
            log.warning("%s: could not be asked whether it was read: %s", airing.id, type(error).__name__)
            continue
        if word is not None and store.note_aired(airing.id, word, by=airing.account, now=now):
            heard += 1
    return heard
