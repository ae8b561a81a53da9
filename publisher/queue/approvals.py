"""Review: submitting, approving by another person, rejecting, releasing, cancelling, trying again, a new time."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from publisher.errors import QueueError, Words, join_words
from publisher.queue import schema
from publisher.queue.adding import MARKED, void
from publisher.queue.artifacts import Artifacts
from publisher.queue.model import Decision
from publisher.queue.posts import canonical, load_post, sign, store_post
from publisher.queue.rows import fetch_all, move
from publisher.queue.scripts import judge_script
from publisher.queue.transitions import (
    APPROVED,
    CANCELLED,
    CHANGEABLE,
    DRAFT,
    HELD,
    IN_REVIEW,
    MISSED,
    QUEUED,
    REJECTED,
    WAITING,
)  # fmt: skip
from publisher.queue.wording import ROLES, VERBS
from publisher.workspace import Person

A = schema.approvals
EVERYBODY = ("editor", "approver", "publisher")
_SIGNERS = (
    sa.select(A.c.delivery, A.c.by, A.c.signature)
    .where(A.c.delivery.in_(sa.bindparam("of", expanding=True)), A.c.voided_at.is_(None))
    .order_by(A.c.delivery, A.c.level, A.c.id)
)


def need_role(person: Person, roles: Sequence[str], *, verb: str) -> None:
    """Raise QueueError when the person holds none of the roles; an administrator holds all."""
    if not person.roles & {*roles, "administrator"}:
        names = " hoặc ".join(f"“{ROLES[role]}”" for role in roles or ("administrator",))
        raise QueueError(
            Words(
                f"{person.id}: may not {verb}; that takes the role {' or '.join(roles)}. "
                "Ask somebody who has it, or correct `people` in publisher.yaml.",
                f"{person.id}: không được {VERBS.get(verb, verb)}; việc này cần vai trò {names}.",
            )
        )


def need_unit(person: Person, rows: Sequence[Any], *, verb: str) -> None:
    """Raise QueueError naming every piece of an office that the person does not act for."""
    wrong = [
        Words(
            f"{r['id']}: {person.id} does not act for `{r['unit']}`",
            f"{r['id']}: {person.id} không phụ trách đơn vị `{r['unit']}`",
        )
        for r in rows
        if not person.acts_for(r["unit"])
    ]
    if wrong:
        remedy = Words(
            f"Somebody of that office must {verb}, or add it to `units` of {person.id}.",
            f"Người của đơn vị ấy mới được {VERBS.get(verb, verb)}.",
        )
        raise QueueError(join_words([*wrong, remedy]))


def submit(connection: sa.Connection, ids: Sequence[str], *, by: str, now: datetime) -> None:
    """Hand in for review."""
    for row in fetch_all(connection, ids, states=frozenset({DRAFT, REJECTED, CANCELLED}), verb="submit"):
        void(connection, row["id"], now)
        move(connection, row, IN_REVIEW, now=now, by=by, act="submit", reason="")


def valid_approvers(connection: sa.Connection, row: Mapping[str, Any] | sa.RowMapping) -> list[str]:
    """Who has signed exactly these bytes, this account and this time, and is not the author."""
    return list(valid_approvers_of(connection, [row])[row["id"]])


def valid_approvers_of(
    connection: sa.Connection, rows: Sequence[Mapping[str, Any] | sa.RowMapping]
) -> dict[str, tuple[str, ...]]:
    """`valid_approvers` of each row, by id."""
    known = {row["id"]: row for row in rows}
    signed: dict[str, dict[str, None]] = {delivery_id: {} for delivery_id in known}
    for delivery_id, by, signature in connection.execute(_SIGNERS, {"of": list(known)}):
        row = known[delivery_id]
        if signature == row["signature"] and by not in (row["author"], row["timed_by"]):
            signed[delivery_id][by] = None
    return {delivery_id: tuple(people) for delivery_id, people in signed.items()}


def approve(
    connection: sa.Connection,
    ids: Sequence[str],
    *,
    person: Person,
    now: datetime,
    seen: Mapping[str, str],
    artifacts: Artifacts,
) -> Decision:
    """Sign each piece. `seen` gives, where known, the content hash the person looked at.

    Raises QueueError naming every piece that cannot be approved; then none is.
    """
    need_role(person, ("approver",), verb="approve")
    rows = fetch_all(connection, ids, states=frozenset({IN_REVIEW}), verb="approve")
    need_unit(person, rows, verb="approve")
    wrong = _refuse_approval(connection, rows, person, now, seen) + _refuse_scripts(rows, artifacts)
    if wrong:
        raise QueueError(join_words([*wrong, Words("Nothing was approved.", "Chưa duyệt bài nào.")]))
    report: dict[str, list[str]] = {"queued": [], "approved": [], "pending": []}
    for row in rows:
        report[_sign(connection, row, person, now)].append(row["id"])
    return Decision(**{name: tuple(found) for name, found in report.items()})


def _refuse_approval(
    connection: sa.Connection, rows: Sequence[Any], person: Person, now: datetime, seen: Mapping[str, str]
) -> list[Words]:
    wrong = []
    for row in rows:
        reason = _why_not(connection, row, person, now, seen)
        if reason is not None:
            wrong.append(Words(f"{row['id']}: {reason.en}", f"{row['id']}: {reason.vi}"))
    return wrong


def _why_not(
    connection: sa.Connection, row: Any, person: Person, now: datetime, seen: Mapping[str, str]
) -> Words | None:
    """Why this person cannot sign this piece now."""
    who, signed = person.id, valid_approvers(connection, row)
    if who == row["author"] or person.name == json.loads(row["content"])["author"]:
        return Words(f"{who} wrote it; another person must approve it", f"{who} là người soạn; người khác phải duyệt")
    if who == row["timed_by"]:
        return Words(
            f"{who} decided when it goes out; another person must approve it",
            f"{who} là người hẹn giờ bài này; người khác phải duyệt",
        )
    if who in signed:
        return Words(
            f"{who} has already approved it; a second person is needed", f"{who} đã duyệt rồi; cần người thứ hai"
        )
    if not _signs_next(connection, row, person):
        level = len(signed) + 1
        return Words(
            f"level {level} of `{row['unit']}` is signed by others; see `approval` of the unit",
            f"cấp duyệt {level} của đơn vị `{row['unit']}` do người khác ký",
        )
    if row["facts"] and row["facts_hash"] != row["content_hash"]:
        return Words(
            f"have the facts changed ({row['facts']})? Answer first: publisher facts hold ID --as NAME",
            "dữ kiện đã đổi chưa? Trả lời trước khi duyệt",
        )
    if seen.get(row["id"], row["content_hash"]) != row["content_hash"]:
        return Words(f"changed since {who} looked at it; look again", f"đã đổi từ khi {who} xem; hãy xem lại")
    if row["valid_until"] is not None and row["valid_until"] < now:
        until = row["valid_until"].isoformat()
        return Words(f"valid only until {until}; change or cancel it", f"chỉ có giá trị đến {until}; hãy sửa hoặc hủy")
    return None


def _signs_next(connection: sa.Connection, row: Any, person: Person) -> bool:
    """Whether the next level is this person's, where the office says whose it is."""
    levels = person.signs.get(row["unit"])
    return levels is None or len(valid_approvers(connection, row)) + 1 in levels


def _refuse_scripts(rows: Sequence[Any], artifacts: Artifacts) -> list[Words]:
    """Scripts that no announcer can read as they are, whoever put them into the queue."""
    # Withdrawing what is out must never wait for a sentence to be mended.
    wrong = []
    for row in rows:
        if row["act"] == "withdraw":
            continue
        post = load_post(row["post"], artifacts)
        for media in post.media if post.shape == "script" else ():
            artifacts.bring(media.path, media.sha256)
        reason = judge_script(post)
        if reason:
            wrong.append(Words(f"{row['id']}: {reason.en}", f"{row['id']}: {reason.vi}"))
    return wrong


def _sign(connection: sa.Connection, row: Any, person: Person, now: datetime) -> str:
    level = len(valid_approvers(connection, row)) + 1
    signed = {"delivery": row["id"], "by": person.id, "at": now, "signature": row["signature"], "level": level}
    connection.execute(A.insert(), signed)
    data = {"signature": row["signature"], "level": level, "content_hash": row["content_hash"]}
    if level < row["levels"]:
        move(connection, row, IN_REVIEW, now=now, by=person.id, act="approve", data=data)
        return "pending"
    move(connection, row, APPROVED, now=now, by=person.id, act="approve", data=data, reason="")
    if row["needs_release"]:
        return "approved"
    move(connection, {**row, "state": APPROVED}, QUEUED, now=now, by=person.id, act="queue")
    return "queued"


def release(connection: sa.Connection, ids: Sequence[str], *, person: Person, now: datetime) -> None:
    """Give approved pieces to the clock."""
    need_role(person, ("publisher",), verb="release")
    rows = fetch_all(connection, ids, states=frozenset({APPROVED}), verb="release")
    need_unit(person, rows, verb="release")
    for row in rows:
        move(connection, row, QUEUED, now=now, by=person.id, act="release", released_at=now)


def reject(connection: sa.Connection, ids: Sequence[str], *, person: Person, reason: str, now: datetime) -> None:
    """Refuse in review, with a reason the author reads."""
    need_role(person, ("approver",), verb="reject")
    if not reason.strip():
        raise QueueError(
            Words("reject: needs a reason the author can act on. Add --reason.", "Ghi lý do để người soạn biết mà sửa.")
        )
    rows = fetch_all(connection, ids, states=frozenset({IN_REVIEW, APPROVED}), verb="reject")
    need_unit(person, rows, verb="reject")
    for row in rows:
        void(connection, row["id"], now)
        move(connection, row, REJECTED, now=now, by=person.id, act="reject", reason=reason)


def cancel(connection: sa.Connection, ids: Sequence[str], *, person: Person, reason: str, now: datetime) -> None:
    """Take pieces out for good; what is being sent or may be out cannot be cancelled."""
    need_role(person, EVERYBODY, verb="cancel")
    rows = fetch_all(connection, ids, states=CHANGEABLE, verb="cancel")
    need_unit(person, rows, verb="cancel")
    for row in rows:
        void(connection, row["id"], now)
        move(connection, row, CANCELLED, now=now, by=person.id, act="cancel", reason=reason)


def retry(connection: sa.Connection, ids: Sequence[str], *, person: Person, now: datetime) -> Decision:
    """Have pieces sent that were rejected by a channel, missed, held or are waiting; lateness counts from now.

    Those whose approval no longer holds go back to review instead; they are given as `pending`.
    """
    need_role(person, EVERYBODY, verb="retry")
    states = frozenset({REJECTED, MISSED, HELD, WAITING, CANCELLED})
    rows = fetch_all(connection, ids, states=states, verb="retry")
    need_unit(person, rows, verb="retry")
    by = person.id
    queued, pending = [], []
    for row in rows:
        if row["valid_until"] is not None and row["valid_until"] < now:
            until = row["valid_until"].isoformat()
            raise QueueError(
                Words(
                    f"{row['id']}: valid only until {until}. Change it or cancel it.",
                    f"{row['id']}: chỉ có giá trị đến {until}. Hãy sửa hoặc hủy.",
                )
            )
        signed = len(valid_approvers(connection, row)) >= row["levels"]
        fresh: dict[str, Any] = {
            "next_at": None,
            "tries": 0,
            "released_at": now,
            "reason": "",
            "freeze": 0,
            "asks_person": 0,
        }
        if row["state"] == CANCELLED or not signed:
            move(connection, row, IN_REVIEW, now=now, by=by, act="retry", **fresh)
            pending.append(row["id"])
            continue
        # A waiting piece keeps its state: it is due at once.
        to = WAITING if row["state"] == WAITING else QUEUED
        move(connection, row, to, now=now, by=by, act="retry", **fresh)
        queued.append(row["id"])
    return Decision(queued=tuple(queued), pending=tuple(pending))


def is_pending(connection: sa.Connection, row: Mapping[str, Any] | sa.RowMapping, person: Person) -> bool:
    """Whether another person decided when it goes out and nobody has approved that.

    Only one such person is remembered: a second decision over it would let the first approve their own.
    """
    return row["timed_by"] not in ("", person.id) and not valid_approvers(connection, row)


def reschedule(
    connection: sa.Connection, delivery_id: str, *, due_at: datetime, person: Person, now: datetime,
    artifacts: Artifacts,
) -> None:  # fmt: skip
    """Give a piece another moment; its approvals are void, since they signed the old one.

    Who wrote it and who gave it its time may both not approve it.
    """
    need_role(person, EVERYBODY, verb="reschedule")
    row = fetch_all(connection, [delivery_id], states=CHANGEABLE, verb="reschedule")[0]
    need_unit(person, [row], verb="reschedule")
    if row["passes_freeze"] == MARKED and is_pending(connection, row, person):
        raise QueueError(
            Words(
                f"{delivery_id}: {row['timed_by']} let it pass a freeze, which somebody must approve first.",
                f"{delivery_id}: {row['timed_by']} đã cho bài đi khi tạm dừng; phải có người duyệt việc ấy trước.",
            )
        )
    if due_at <= now:
        given = due_at.isoformat(timespec="minutes")
        raise QueueError(
            Words(
                f"{delivery_id}: {given} is already past. Give a later moment.",
                f"{delivery_id}: {given} đã qua. Chọn giờ sau bây giờ.",
            )
        )
    if row["valid_until"] is not None and due_at > row["valid_until"]:
        until = row["valid_until"].isoformat()
        raise QueueError(
            Words(
                f"{delivery_id}: valid only until {until}. Give an earlier moment.",
                f"{delivery_id}: chỉ có giá trị đến {until}. Chọn giờ sớm hơn.",
            )
        )
    void(connection, delivery_id, now)
    post = dataclasses.replace(load_post(row["post"], artifacts), due_at=due_at)
    signature = sign(row["content_hash"], row["account"], due_at, act=row["act"], target=row["target"])
    to = row["state"] if row["state"] in (DRAFT, IN_REVIEW) else IN_REVIEW
    changed = {"due_at": due_at, "signature": signature, "post": store_post(post, artifacts)}
    fresh = {"next_at": None, "released_at": None, "reason": "", "freeze": 0, "tries": 0, "timed_by": person.id}
    data = {"due_at": due_at.isoformat(), "voided": True}
    move(connection, row, to, now=now, by=person.id, act="reschedule", data=data, **changed, **fresh)


def content_of(row: Mapping[str, Any] | sa.RowMapping, artifacts: Artifacts) -> str:
    """The canonical content of the stored post, made anew: equal to the `content` column unless somebody tampered."""
    return canonical(load_post(row["post"], artifacts).content())
