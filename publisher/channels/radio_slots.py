"""Room in a station's programme: its broadcasts, what is scheduled in them, and the first gap long enough. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_LENGTH = re.compile(r"(?:(\d+) )?(\d{1,3}):(\d{2}):(\d{2}(?:\.\d+)?)")


@dataclass(frozen=True)
class Slot:
    """One broadcast of a programme."""

    id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Entry:
    """Something scheduled: which file, in which broadcast, from when to when."""

    id: int
    file: int | None
    instance: int | None
    starts_at: datetime
    ends_at: datetime


def first_room(slot: Slot, entries: Iterable[Entry], length: timedelta) -> datetime | None:
    """The first moment of the broadcast from which `length` is free; None when there is none."""
    start = slot.starts_at
    for entry in sorted(entries, key=lambda entry: entry.starts_at):
        if entry.ends_at <= start or entry.starts_at >= slot.ends_at:
            continue
        if entry.starts_at >= start + length:
            break
        start = entry.ends_at
    return start if start + length <= slot.ends_at else None


def read_slots(values: Sequence[Mapping[str, Any]], *, show: str) -> list[Slot]:
    """The broadcasts of one programme, earliest first; those the service describes in another way are left out."""
    slots = []
    for value in values:
        start, end = read_moment(value.get("starts_at")), read_moment(value.get("ends_at"))
        if str(value.get("show")) == show and isinstance(value.get("id"), int) and start and end:
            slots.append(Slot(value["id"], start, end))
    return sorted(slots, key=lambda slot: slot.starts_at)


def read_entries(values: Sequence[Mapping[str, Any]]) -> list[Entry]:
    entries = []
    for value in values:
        start, end = read_moment(value.get("starts_at")), read_moment(value.get("ends_at"))
        if isinstance(value.get("id"), int) and start and end:
            entries.append(Entry(value["id"], value.get("file"), value.get("instance"), start, end))
    return entries


def read_moment(text: object) -> datetime | None:
    """An ISO moment; without a zone it is UTC, as LibreTime keeps its times."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_length(text: object) -> timedelta | None:
    """`00:03:25.480000`, or with days before it; None when it is not one, or is nothing."""
    match = _LENGTH.fullmatch(str(text or ""))
    if match is None:
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return length or None
