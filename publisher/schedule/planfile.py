"""`plan.json`: what a person looked at, written so that `apply` does exactly that or refuses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from publisher.errors import UsageError
from publisher.schedule.slots import Planned, Slot

VERSION = 1


@dataclass(frozen=True)
class Line:
    """One slot with the hash of what it would send and of the account as it is set up."""

    slot: Slot
    content: str
    account: str
    change: str


@dataclass(frozen=True)
class PlanFile:
    zone: str
    made_at: datetime
    lines: tuple[Line, ...]


def write_plan(plan: PlanFile) -> str:
    """The plan as JSON, with a checksum over all of it."""
    value: dict[str, Any] = {
        "version": VERSION,
        "zone": plan.zone,
        "made_at": plan.made_at.isoformat(),
        "slots": [
            {**_slot_json(line.slot), "content": line.content, "account_settings": line.account, "change": line.change}
            for line in plan.lines
        ],
    }
    value["checksum"] = _checksum(value)
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def read_plan_file(text: str, *, path: str) -> PlanFile:
    """The plan of `write_plan`. Raises UsageError when it is no such file or was changed by hand."""
    try:
        value = json.loads(text)
        given = value.pop("checksum")
        if value["version"] != VERSION:
            raise UsageError(f"{path}: a plan of version {value['version']}; this program reads {VERSION}. Plan again.")
        if given != _checksum(value):
            raise UsageError(f"{path}: was changed after it was made. Plan again: publisher plan -o {path}")
        lines = tuple(_line(entry) for entry in value["slots"])
        return PlanFile(value["zone"], datetime.fromisoformat(value["made_at"]), lines)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: is no plan. Make one: publisher plan -o {path}") from error


def diff_plan(
    slots: Sequence[Slot],
    existing: Mapping[str, tuple[str, datetime]],
    content: Mapping[str, str],
    *,
    now: datetime | None = None,
) -> dict[str, str]:
    """For each slot `make`, `change` or `leave`; `existing` maps keys to (content, time) of what is queued.

    With `now`, a slot that is not queued and whose time has gone by, grace included, is `past`: too late to make.
    """
    changes = {}
    for slot in slots:
        queued = existing.get(slot.key)
        if queued is None:
            changes[slot.key] = "past" if now is not None and is_past(slot, now) else "make"
        else:
            changes[slot.key] = "leave" if queued == (content[slot.key], slot.at) else "change"
    return changes


def is_past(slot: Slot, now: datetime) -> bool:
    """Whether a piece made now could no longer go out by the rules of its plan."""
    grace = timedelta(seconds=slot.grace_s if slot.late == "send" else 0)
    return now > slot.at + grace or (slot.valid_until is not None and now > slot.valid_until)


def find_orphans(queued: Iterable[str], planned: Planned) -> tuple[str, ...]:
    """Keys of queued pieces that the plan, made anew, no longer holds: a post, an account or a day was taken out.

    Only pieces of the campaigns and years that were planned are judged. They would still go out: beside the piece
    that took their place, a reader would get both.
    """
    kept = {slot.key for slot in planned.slots}
    judged = {f"{campaign}.{year}" for campaign, year in planned.judged}
    # What follows a piece (`<piece>~comment`) stays or goes with it.
    gone = (key for key in queued if key.partition("~")[0] not in kept)
    return tuple(sorted(key for key in gone if ".".join(key.split(".")[:2]) in judged))


def _slot_json(slot: Slot) -> dict[str, Any]:
    value = asdict(slot)
    value["at"] = slot.at.isoformat()
    value["valid_until"] = slot.valid_until.isoformat() if slot.valid_until else None
    return value


def _line(entry: Mapping[str, Any]) -> Line:
    own = dict(entry)
    content, account, change = own.pop("content"), own.pop("account_settings"), own.pop("change")
    own["at"] = datetime.fromisoformat(own["at"])
    own["valid_until"] = datetime.fromisoformat(own["valid_until"]) if own["valid_until"] else None
    return Line(Slot(**own), content, account, change)


def _checksum(value: Mapping[str, Any]) -> str:
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
