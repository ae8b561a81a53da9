"""`plan.json`: what a person looked at, written so that `apply` does exactly that or refuses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from publisher.errors import UsageError
from publisher.schedule.slots import Slot

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
    slots: Sequence[Slot], existing: Mapping[str, tuple[str, datetime]], content: Mapping[str, str]
) -> dict[str, str]:
    """For each slot `make`, `change` or `leave`; `existing` maps keys to (content, time) of what is queued."""
    changes = {}
    for slot in slots:
        queued = existing.get(slot.key)
        if queued is None:
            changes[slot.key] = "make"
        else:
            changes[slot.key] = "leave" if queued == (content[slot.key], slot.at) else "change"
    return changes


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
