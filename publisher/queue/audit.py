"""What the ledger proves about the rest of the database: states, content, approvals, settlements and addresses."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from publisher.queue import ledger, schema
from publisher.queue.airing import ON_AIR
from publisher.queue.posts import sha256_text

D, A, S = schema.deliveries, schema.approvals, schema.settlements
VOIDING = frozenset({"submit", "reject", "cancel", "reschedule", "change", "facts changed", "pass"})
"""Acts after which no earlier approval holds any more."""
_OUT = frozenset({"commit", "found", "settle", "confirm", ON_AIR})
_DELIVERIES = sa.select(D.c.id, D.c.state, D.c.content, D.c.content_hash, D.c.external_id, D.c.external_url)


@dataclass(frozen=True)
class _Signed:
    by: str
    at: datetime
    signature: str
    level: int
    voided_at: datetime | None = None


@dataclass
class _Told:
    """What the lines of the ledger say, by delivery."""

    states: dict[str, str] = field(default_factory=dict)
    signed: dict[str, list[_Signed]] = field(default_factory=lambda: defaultdict(list))
    settled: dict[tuple[str, int], tuple[str, str, datetime, str]] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)

    def hear(self, row: Mapping[str, Any] | sa.RowMapping) -> None:
        """Take in one line that is about a delivery; the lines come in their order."""
        delivery, act, at, data = row["delivery"], row["act"], _moment(row["at"]), json.loads(row["data"])
        self.states[delivery] = row["new"]
        if act in VOIDING:
            self.signed[delivery] = [replace(s, voided_at=s.voided_at or at) for s in self.signed[delivery]]
        elif act == "approve":
            self.signed[delivery].append(_Signed(row["by"], at, data.get("signature", ""), data.get("level", 0)))
        if data.get("verdict"):
            self.settled[delivery, data["attempt"]] = (data["verdict"], row["by"], at, data["evidence"])
        if act in _OUT and "external_url" in data:
            known, _ = self.places.get(delivery, ("", ""))  # a station that has read a script gives an address alone
            self.places[delivery] = (data.get("external_id", known), data["external_url"])


def verify(connection: sa.Connection) -> list[str]:
    """Every place where the ledger does not prove what the database says; empty when all of it holds."""
    told = _Told()
    problems = _verify_chain(connection, told)
    problems += _verify_deliveries(connection, told)
    problems += _verify_approvals(connection, told)
    return problems + _verify_settlements(connection, told)


def _verify_chain(connection: sa.Connection, told: _Told) -> list[str]:
    problems: list[str] = []
    previous, expected = ledger.GENESIS, 1
    for row in connection.execute(sa.select(schema.ledger).order_by(schema.ledger.c.seq)).mappings():
        line = row["seq"]
        if line != expected:
            problems.append(f"ledger line {expected}: missing; the next there is {line}")
        if row["previous"] != previous:
            problems.append(f"ledger line {line}: does not follow from the line before it")
        if row["hash"] != ledger.hash_line(row):
            problems.append(f"ledger line {line}: changed after it was written")
        if row["delivery"] and row["new"]:
            if row["old"] != told.states.get(row["delivery"], ""):
                problems.append(f"ledger line {line}: {row['delivery']} was not `{row['old']}` then")
            told.hear(row)
        previous, expected = row["hash"], line + 1
    return problems


def _verify_deliveries(connection: sa.Connection, told: _Told) -> list[str]:
    problems: list[str] = []
    unseen = set(told.states)
    for row in connection.execute(_DELIVERIES.order_by(D.c.id)):
        unseen.discard(row.id)
        state = told.states.get(row.id)
        if state != row.state:
            problems.append(f"delivery {row.id}: is `{row.state}`, the ledger says `{state or 'nothing'}`")
        if sha256_text(row.content) != row.content_hash:
            problems.append(f"delivery {row.id}: its content is not what its hash says")
        if (row.external_id, row.external_url) != told.places.get(row.id, ("", "")):
            problems.append(f"delivery {row.id}: where it is out is not what the ledger says")
    return problems + [f"delivery {missing}: in the ledger but not in the queue" for missing in sorted(unseen)]


def _verify_approvals(connection: sa.Connection, told: _Told) -> list[str]:
    """Each row is one line of the ledger and the other way round, voided when the ledger says so."""
    problems: list[str] = []
    left = {delivery: Counter(signed) for delivery, signed in told.signed.items()}
    for row in connection.execute(sa.select(A).order_by(A.c.delivery, A.c.id)):
        voided_at = _moment(row.voided_at) if row.voided_at else None
        signed = _Signed(row.by, _moment(row.at), row.signature, row.level, voided_at)
        if left.get(row.delivery, Counter())[signed] < 1:
            problems.append(f"approval of {row.delivery} by {row.by}: is not what the ledger says")
        else:
            left[row.delivery][signed] -= 1
    for delivery, missing in sorted(left.items()):
        for signed in missing.elements():
            problems.append(f"approval of {delivery} by {signed.by}: in the ledger, but not so in the database")
    return problems


def _verify_settlements(connection: sa.Connection, told: _Told) -> list[str]:
    problems: list[str] = []
    left = dict(told.settled)
    for row in connection.execute(sa.select(S).order_by(S.c.delivery, S.c.number)):
        said = left.pop((row.delivery, row.number), None)
        if said != (row.verdict, row.by, _moment(row.at), row.evidence):
            problems.append(f"settlement of {row.delivery}, attempt {row.number}: is not what the ledger says")
    gone = [f"settlement of {d}, attempt {n}: in the ledger, but not in the database" for d, n in sorted(left)]
    return problems + gone


def _moment(at: datetime) -> datetime:
    return at.astimezone(UTC)
