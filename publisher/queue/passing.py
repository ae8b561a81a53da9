"""Letting single pieces through a freeze: a person's word, with its reason, that another person then approves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from publisher.errors import QueueError, Words, join_words
from publisher.queue.adding import MARKED, void
from publisher.queue.approvals import is_pending, need_role, need_unit
from publisher.queue.rows import UNCHANGED, fetch_all, move
from publisher.queue.transitions import CHANGEABLE, DRAFT, IN_REVIEW
from publisher.workspace import Person

ROLES = ("publisher", "approver")


def let_pass(connection: sa.Connection, ids: Sequence[str], *, person: Person, reason: str, now: datetime) -> None:
    """Mark pieces as going out during a freeze; their approvals are void, since nobody signed that.

    Who marks a piece decides when it goes out, as who reschedules it does, and may not approve it either.
    """
    need_role(person, ROLES, verb="let a piece pass a freeze")
    if not reason.strip():
        raise QueueError(
            Words("pass: needs a reason that everybody can read. Add --reason.", "Ghi lý do để ai cũng đọc được.")
        )
    rows = fetch_all(connection, ids, states=CHANGEABLE, verb="pass a freeze")
    need_unit(person, rows, verb="let it pass")
    wrong = [
        Words(f"{row['id']}: is marked to pass a freeze already", f"{row['id']}: đã được đánh dấu vẫn đi")
        for row in rows
        if row["passes_freeze"]
    ]
    # Only one person can be kept from approving beside the author: a time nobody has approved yet comes first.
    wrong += [
        Words(
            f"{row['id']}: {row['timed_by']} gave it its time, which somebody must approve first",
            f"{row['id']}: {row['timed_by']} đã hẹn giờ lại; phải có người duyệt giờ ấy trước",
        )
        for row in rows
        if is_pending(connection, row, person)
    ]
    if wrong:
        raise QueueError(join_words([*wrong, UNCHANGED]))
    for row in rows:
        void(connection, row["id"], now)
        to = row["state"] if row["state"] in (DRAFT, IN_REVIEW) else IN_REVIEW
        # Whoever lets it through has seen how late it is.
        fresh = {"next_at": None, "released_at": now, "reason": "", "freeze": 0, "tries": 0}
        move(connection, row, to, now=now, by=person.id, act="pass", data={"reason": reason, "voided": True},
             passes_freeze=MARKED, timed_by=person.id, **fresh)  # fmt: skip


def hold_again(connection: sa.Connection, ids: Sequence[str], *, person: Person, reason: str, now: datetime) -> None:
    """Take the mark away: a freeze holds these pieces like the others. Their approvals stay."""
    need_role(person, ROLES, verb="take that mark away")
    rows = fetch_all(connection, ids, states=CHANGEABLE, verb="be held by a freeze again")
    need_unit(person, rows, verb="take that mark away")
    wrong = [
        Words(f"{row['id']}: no person marked it to pass a freeze", f"{row['id']}: không ai đánh dấu cho bài đi")
        for row in rows
        if row["passes_freeze"] != MARKED
    ]
    if wrong:
        raise QueueError(join_words([*wrong, UNCHANGED]))
    for row in rows:
        data = {"reason": reason}
        move(connection, row, row["state"], now=now, by=person.id, act="hold again", data=data, passes_freeze=0)
