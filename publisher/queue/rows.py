"""Reading delivery rows and moving them: every change of state in the queue goes through `move`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from publisher.errors import NothingMatchedError, QueueError, Words, join_words
from publisher.queue import ledger, schema
from publisher.queue.artifacts import Artifacts
from publisher.queue.model import Delivery
from publisher.queue.posts import load_post
from publisher.queue.transitions import TRANSITIONS, may_move
from publisher.queue.wording import VERBS, name_states

D = schema.deliveries

# Built once: putting a statement of forty columns together costs more than running it.
ROWS = sa.select(D)
_BY_ID = ROWS.where(D.c.id == sa.bindparam("by_id"))
_MOVE = D.update().where(
    D.c.id == sa.bindparam("by_id"), D.c.state == sa.bindparam("by_state"), D.c.attempt == sa.bindparam("by_attempt")
)

UNCHANGED = Words("Nothing was changed.", "Chưa đổi gì.")
_FLAGS = ("needs_release", "passes_freeze", "asks_person")
_NOT_SHOWN = ("content", "post", "handles", "freeze")


def to_delivery(row: Mapping[str, Any] | sa.RowMapping, artifacts: Artifacts) -> Delivery:
    values: dict[str, Any] = {key: row[key] for key in row if key not in _NOT_SHOWN}
    for flag in _FLAGS:
        values[flag] = bool(values[flag])
    return Delivery(**values, post=load_post(row["post"], artifacts), handles=json.loads(row["handles"]))


def fetch(connection: sa.Connection, delivery_id: str) -> sa.RowMapping:
    """The row of that id. Raises NothingMatchedError."""
    row = connection.execute(_BY_ID, {"by_id": delivery_id}).mappings().first()
    if row is None:
        raise NothingMatchedError(
            Words(
                f"{delivery_id}: no such delivery. See `publisher queue list`.",
                f"{delivery_id}: không có bài này trong hàng đợi.",
            )
        )
    return row


def fetch_all(connection: sa.Connection, ids: Sequence[str], *, states: frozenset[str], verb: str) -> list[Any]:
    """The rows of those ids, each in one of `states`. Raises QueueError naming every one that is not."""
    rows = [fetch(connection, delivery_id) for delivery_id in dict.fromkeys(ids)]
    allowed = sorted(states)
    wrong = [
        Words(
            f"{r['id']}: is `{r['state']}`; to {verb} it must be {', '.join(allowed)}",
            f"{r['id']}: {name_states([r['state']])}; muốn {VERBS.get(verb, verb)} thì phải là {name_states(allowed)}",
        )
        for r in rows
        if r["state"] not in states
    ]
    if wrong:
        raise QueueError(join_words([*wrong, UNCHANGED]))
    return rows


@dataclass(frozen=True)
class Move:
    """One delivery's way to the state `to`, with its new column values; `row` is what was read of it."""

    row: Mapping[str, Any] | sa.RowMapping
    to: str
    now: datetime
    by: str
    act: str
    data: Mapping[str, object] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def move(
    connection: sa.Connection,
    row: Mapping[str, Any] | sa.RowMapping,
    to: str,
    *,
    now: datetime,
    by: str,
    act: str,
    data: Mapping[str, object] | None = None,
    **values: Any,
) -> None:
    """Bring a delivery into state `to` with those column values and write the ledger's line.

    Raises QueueError when there is no such transition, or when the row has moved since it was read.
    """
    move_all(connection, [Move(row, to, now, by, act, data, values)])


def move_all(connection: sa.Connection, moves: Sequence[Move]) -> None:
    """Make every move or none. All set the same columns, and each row is named once. Raises QueueError as `move`."""
    if not moves:
        return
    changes = [_change(one) for one in moves]
    # A list of one would be taken for a batch, which reports no row count of its own on every driver.
    done = connection.execute(_MOVE, changes if len(changes) > 1 else changes[0])
    if done.rowcount != len(moves):
        names = ", ".join(one.row["id"] for one in moves)
        raise QueueError(
            Words(
                f"{names}: moved while it was looked at. Run the command again.",
                f"{names}: vừa đổi trạng thái. Mở lại trang rồi làm lại.",
            )
        )
    ledger.append_all(
        connection,
        [ledger.Entry(m.now, m.act, m.row["id"], m.by, m.row["state"], m.to, m.data) for m in moves],
    )


def _change(one: Move) -> dict[str, Any]:
    old, delivery_id = one.row["state"], one.row["id"]
    if one.to != old and not may_move(old, one.to):
        allowed = sorted(TRANSITIONS[old])
        raise QueueError(
            Words(
                f"{delivery_id}: cannot go from `{old}` to `{one.to}`; allowed: "
                f"{', '.join(allowed) or 'nothing: this state is final'}.",
                f"{delivery_id}: không thể từ {name_states([old])} sang {name_states([one.to])}.",
            )
        )
    change = {"state": one.to, "updated_at": one.now, **one.values}
    if one.to != old:
        change["state_at"] = one.now
    return {**change, "by_id": delivery_id, "by_state": old, "by_attempt": one.row["attempt"]}
