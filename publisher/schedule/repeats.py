"""Campaigns that have gone out before: each new year asks a person whether the facts still hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from publisher.schedule.slots import Slot

_KEY = re.compile(r"([^.]+)\.(\d{4})\.")


def mark_repeats(slots: Iterable[Slot], earlier: Iterable[str]) -> tuple[Slot, ...]:
    """The slots, those marked for review whose campaign went out in an earlier year and was not dated anew.

    `earlier` are keys of deliveries that exist, of any campaign.
    """
    first: dict[str, int] = {}
    for key in earlier:
        match = _KEY.match(key)
        if match is not None:
            slug, year = match.group(1), int(match.group(2))
            first[slug] = min(year, first.get(slug, year))
    return tuple(
        replace(slot, needs_review=slot.needs_review or _repeats(slot, first.get(slot.campaign, slot.year)))
        for slot in slots
    )


def _repeats(slot: Slot, first: int) -> bool:
    return first < slot.year and (slot.valid_until is None or slot.valid_until.year != slot.year)
