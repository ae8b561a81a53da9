"""A campaign that repeats: somebody says whether its facts still hold, before anybody approves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from publisher.errors import QueueError, Words
from publisher.queue.adding import void
from publisher.queue.approvals import EVERYBODY, need_role, need_unit
from publisher.queue.rows import fetch_all, move
from publisher.queue.transitions import DRAFT, IN_REVIEW, REJECTED
from publisher.workspace import Person


def hold(connection: sa.Connection, ids: Sequence[str], *, person: Person, note: str, now: datetime) -> list[str]:
    """The facts of these pieces still hold, as their content now stands: a changed content is asked about again.

    Gives the ids that were asked about. Raises QueueError when none was.
    """
    asked = _asked(connection, ids, person)
    for row in asked:
        data = {"question": row["facts"], "content_hash": row["content_hash"], "note": note}
        move(connection, row, row["state"], now=now, by=person.id, act="facts hold", data=data,
             facts_hash=row["content_hash"], facts_by=person.id)  # fmt: skip
    return [row["id"] for row in asked]


def changed(connection: sa.Connection, ids: Sequence[str], *, person: Person, note: str, now: datetime) -> list[str]:
    """The facts have changed: the pieces go back to be written anew, with the note as the reason."""
    if not note.strip():
        raise QueueError(
            Words(
                "facts changed: needs a note on what has changed, for whoever mends it. Add --note.",
                "Ghi điều gì đã đổi, để người sửa biết.",
            )
        )
    asked = _asked(connection, ids, person)
    for row in asked:
        if row["state"] == DRAFT:
            move(connection, row, IN_REVIEW, now=now, by=person.id, act="submit")
        void(connection, row["id"], now)
        data = {"question": row["facts"], "note": note}
        move(connection, {**row, "state": IN_REVIEW}, REJECTED, now=now, by=person.id, act="facts changed", data=data,
             reason=f"the facts have changed: {note}")  # fmt: skip
    return [row["id"] for row in asked]


def _asked(connection: sa.Connection, ids: Sequence[str], person: Person) -> list[sa.RowMapping]:
    need_role(person, EVERYBODY, verb="answer for facts")
    rows = fetch_all(connection, ids, states=frozenset({DRAFT, IN_REVIEW}), verb="answer for its facts")
    need_unit(person, rows, verb="answer for facts")
    asked = [row for row in rows if row["facts"] and row["facts_hash"] != row["content_hash"]]
    if not asked:
        raise QueueError(
            Words(
                "facts: nobody is asked about these pieces, or somebody has answered. See: publisher facts list",
                "Các bài này không có câu hỏi về dữ kiện, hoặc đã có người trả lời.",
            )
        )
    return asked
