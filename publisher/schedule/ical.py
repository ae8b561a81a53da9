"""Slots and key days as a calendar file (RFC 5545) that phones and mail programs subscribe to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from publisher.schedule.calendar import Occasion
from publisher.schedule.slots import Slot
from publisher.schedule.wording import LATE, name_moment, name_network, name_output

LINE_BYTES = 75  # RFC 5545, 3.1: content lines are folded at 75 octets, the line end not counted
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def to_ical(
    slots: Sequence[Slot],
    occasions: Sequence[Occasion] = (),
    *,
    titles: Mapping[str, str],
    zone: ZoneInfo,
    made_at: datetime,
) -> str:
    """One event a slot and an all-day event a key day. `titles` maps campaigns to their titles.

    The same input gives the same bytes; an event keeps its UID when its time moves, so that subscribers see it move.
    """
    stamp = f"DTSTAMP:{_utc(made_at)}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//publisher//schedule//VI", "CALSCALE:GREGORIAN"]
    for occasion in sorted(occasions, key=lambda o: (o.day, o.id)):
        lines += ["BEGIN:VEVENT", stamp, *_occasion(occasion), "END:VEVENT"]
    for slot in sorted(slots, key=lambda s: (s.at, s.key)):
        lines += ["BEGIN:VEVENT", stamp, *_slot(slot, titles.get(slot.campaign, slot.campaign), zone), "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def _slot(slot: Slot, title: str, zone: ZoneInfo) -> list[str]:
    told = [
        f"{name_network(slot.kind)}: {slot.account}",
        f"{name_moment(slot.at, zone)} ({zone.key})",
        LATE[slot.late],
    ]
    if slot.needs_review:
        told.append("Xem lại dữ kiện trước khi duyệt.")
    return [
        f"UID:{escape(slot.key)}@publisher",
        f"DTSTART:{_utc(slot.at)}",
        "DURATION:PT5M",
        f"SUMMARY:{escape(f'{title} – {name_output(slot.output)} → {slot.account}')}",
        f"DESCRIPTION:{escape(chr(10).join(told))}",
        f"CATEGORIES:{escape(name_network(slot.kind))}",
        f"STATUS:{'TENTATIVE' if slot.needs_review else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
    ]


def _occasion(occasion: Occasion) -> list[str]:
    told = [text for text in (occasion.theme, occasion.lunar, occasion.source) if text]
    return [
        f"UID:{escape(occasion.id)}.{occasion.day.year}@publisher",
        f"DTSTART;VALUE=DATE:{_day(occasion.day)}",
        f"DTEND;VALUE=DATE:{_day(occasion.day + timedelta(days=1))}",
        f"SUMMARY:{escape(occasion.name)}",
        *([f"DESCRIPTION:{escape(chr(10).join(told))}"] if told else []),
        *([f"CATEGORIES:{escape(occasion.category)}"] if occasion.category else []),
        "TRANSP:TRANSPARENT",
    ]


def escape(text: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line ends written as the format wants; no other control sign."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def fold(line: str) -> str:
    """The line in parts of at most 75 bytes, never cut inside a letter; the next part begins with a space."""
    parts: list[str] = []
    part, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LINE_BYTES:
            parts.append(part)
            part, size = " ", 1
        part += sign
        size += width
    return "\r\n".join([*parts, part])


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
