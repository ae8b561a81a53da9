"""Putting planned pieces into the queue: the same slot once, changed bytes back to review."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from publisher.channels.base import Post
from publisher.errors import QueueError, Words
from publisher.queue import doubts, ledger, schema
from publisher.queue.artifacts import Artifacts
from publisher.queue.doubts import Gap
from publisher.queue.model import AddReport, Delivery, NewDelivery
from publisher.queue.posts import canonical, sha256_text, sign, store_post
from publisher.queue.rows import D, move
from publisher.queue.transitions import CHANGEABLE, CORRECTED, DRAFT, IN_REVIEW, SENT

MARKED = 2
"""`passes_freeze` of a piece that a person let through; 1 is the plan's word, and planning again undoes only that."""
_LEFT_ALONE = ("draft", "in_review")  # stay where they are when their bytes change: nobody has signed all of them


@dataclass(frozen=True)
class Ready:
    """A new delivery with its media stored and its hashes known: what is left to do is one transaction."""

    new: NewDelivery
    columns: dict[str, Any]


def make_ready(new: NewDelivery, artifacts: Artifacts) -> Ready:
    """Check it, store its media, and work out the row. Raises QueueError."""
    if new.post.key != new.id or new.post.account != new.account:
        raise QueueError(
            Words(
                f"{new.id}: its post is for {new.post.key} on {new.post.account}. Plan again.",
                f"{new.id}: nội dung là của {new.post.key} trên {new.post.account}. Lập lại kế hoạch.",
            )
        )
    if new.due_at.tzinfo is None or new.levels < 1 or new.grace_s < 0:
        raise QueueError(
            Words(
                f"{new.id}: needs a moment with its time zone, a level of 1 or more and a grace of 0 or more.",
                f"{new.id}: cần giờ có múi giờ, ít nhất một cấp duyệt, thời gian được trễ từ 0 trở lên.",
            )
        )
    if (new.act == "publish") != (new.target is None):
        raise QueueError(
            Words(
                f"{new.id}: a correction or withdrawal names what it is about, and nothing else does.",
                f"{new.id}: chỉ lệnh đính chính hoặc gỡ mới nêu bài nó nói đến.",
            )
        )
    content = canonical(new.post.content())
    content_hash = sha256_text(content)
    columns = {
        "id": new.id,
        "slot": new.slot or new.id,
        "campaign": new.campaign,
        "unit": new.unit,
        "account": new.account,
        "output": new.output,
        "act": new.act,
        "target": new.target,
        "due_at": new.due_at,
        "valid_until": new.valid_until,
        "late": new.late,
        "grace_s": new.grace_s,
        "content": content,
        "post": store_post(new.post, artifacts),
        "content_hash": content_hash,
        "signature": sign(content_hash, new.account, new.due_at, act=new.act, target=new.target),
        "levels": new.levels,
        "needs_release": int(new.needs_release),
        "passes_freeze": int(new.passes_freeze),
        "source": new.source,
        "facts": new.facts,
    }
    return Ready(new, columns)


def make_act(
    target: Delivery, post: Post, *, act: Literal["correct", "withdraw"], number: int, due_at: datetime
) -> NewDelivery:
    """A correction or withdrawal of something sent, as a delivery of its own."""
    delivery_id = f"{target.id}~{act}-{number}"
    post = dataclasses.replace(post, key=delivery_id, account=target.account, due_at=due_at)
    return NewDelivery(
        id=delivery_id,
        campaign=target.campaign,
        unit=target.unit,
        account=target.account,
        output=target.output,
        due_at=due_at,
        post=post,
        passes_freeze=True,  # taking something back or putting it right is never held by a freeze
        levels=target.levels,
        act=act,
        target=target.id,
    )


def add(connection: sa.Connection, ready: Sequence[Ready], *, author: str, now: datetime) -> AddReport:
    """Add or update every piece in this transaction."""
    report: dict[str, list[str]] = {"added": [], "updated": [], "unchanged": [], "kept": []}
    gap = doubts.last_gap(connection)
    for piece in ready:
        found = connection.execute(sa.select(D).where(D.c.slot == piece.columns["slot"])).mappings().first()
        report["added" if found is None else _update(connection, found, piece, author, now)].append(
            piece.new.id if found is None else found["id"]
        )
        if found is None:
            _insert(connection, piece, author, now, gap)
    return AddReport(**{name: tuple(ids) for name, ids in report.items()})


def _insert(connection: sa.Connection, piece: Ready, author: str, now: datetime, gap: Gap | None) -> None:
    taken = connection.execute(sa.select(D.c.slot).where(D.c.id == piece.new.id)).scalar()
    if taken is not None:
        raise QueueError(
            Words(
                f"{piece.new.id}: this name already fills another slot. Give the piece another name.",
                f"{piece.new.id}: tên này đã dùng cho bài khác. Đặt tên khác.",
            )
        )
    if piece.new.target is not None:
        _check_target(connection, piece.new)
    moments = {"created_at": now, "updated_at": now, "state_at": now}
    if gap is not None and gap.concerns(piece.new.due_at):
        moments |= {"doubt_from": gap.made_at, "doubt_until": gap.restored_at}
    connection.execute(D.insert(), {**piece.columns, **moments, "author": author, "state": DRAFT})
    data = {"content_hash": piece.columns["content_hash"], "due_at": piece.new.due_at.isoformat()}
    ledger.append(connection, ledger.Entry(now, "add", piece.new.id, author, "", DRAFT, data))


def _check_target(connection: sa.Connection, new: NewDelivery) -> None:
    what = sa.select(D.c.state, D.c.account, D.c.external_id, D.c.external_url)
    target = connection.execute(what.where(D.c.id == new.target)).first()
    if target is None or target.state not in (SENT, CORRECTED) or target.account != new.account:
        raise QueueError(
            Words(
                f"{new.id}: {new.target} is not out on {new.account}, so there is nothing to {new.act}.",
                f"{new.id}: {new.target} chưa đăng trên {new.account}, nên không có gì để đính chính hay gỡ.",
            )
        )
    if not target.external_id:
        # A person settled it by its address. Some services take a call without an id for "it is already gone".
        raise QueueError(
            Words(
                f"{new.id}: {new.target} is out at {target.external_url}, and its id on {new.account} is not known. "
                f"A person has to {new.act} it there.",
                f"{new.id}: {new.target} đã đăng ở {target.external_url}, không rõ mã bài trên {new.account}. "
                f"Cần người {'đính chính' if new.act == 'correct' else 'gỡ'} bài ở đó.",
            )
        )


# What an approval signs: a change of any of these needs a new one. The rest may change without.
_SIGNED = ("signature", "content", "levels")
_PLAIN = (
    "campaign", "unit", "output", "valid_until", "late", "grace_s", "needs_release", "passes_freeze", "source", "facts",
)  # fmt: skip


def _update(connection: sa.Connection, found: sa.RowMapping, piece: Ready, author: str, now: datetime) -> str:
    columns = {k: v for k, v in piece.columns.items() if k not in ("id", "slot", "act", "target")}
    if (found["act"], found["target"]) != (piece.new.act, piece.new.target):
        raise QueueError(
            Words(
                f"{piece.new.id}: a post, a correction and a withdrawal do not turn into each other.",
                f"{piece.new.id}: bài đăng, đính chính và lệnh gỡ không đổi thành nhau.",
            )
        )
    if found["id"] != piece.new.id:
        raise QueueError(
            Words(
                f"{piece.new.id}: its slot is already filled by {found['id']}. Keep that name.",
                f"{piece.new.id}: chỗ này đã có {found['id']}. Giữ tên ấy.",
            )
        )
    if found["passes_freeze"] == MARKED:
        columns["passes_freeze"] = MARKED
    signed = any(found[name] != columns[name] for name in _SIGNED) or _loosens(found, columns)
    if not signed and all(found[name] == columns[name] for name in _PLAIN):
        return "unchanged"
    if found["state"] not in CHANGEABLE:
        return "kept"
    if not signed:
        # `post` may differ in what nobody sees (the path's ending); approved rows keep theirs.
        plain = {name: columns[name] for name in _PLAIN}
        move(connection, found, found["state"], now=now, by=author, act="update", **plain)
        return "updated"
    void(connection, found["id"], now)
    to = found["state"] if found["state"] in _LEFT_ALONE else IN_REVIEW
    data = {"content_hash": columns["content_hash"], "due_at": piece.new.due_at.isoformat(), "voided": True}
    fresh = {"handles": "{}", "next_at": None, "tries": 0, "reason": "", "released_at": None, "freeze": 0}
    keeps = found["due_at"] == columns["due_at"] or found["passes_freeze"] == MARKED
    fresh["timed_by"] = found["timed_by"] if keeps else ""
    move(connection, found, to, now=now, by=author, act="change", data=data, author=author, **columns, **fresh)
    return "updated"


def _loosens(found: sa.RowMapping, columns: Mapping[str, Any]) -> bool:
    """Whether it would go out where so far a freeze or a missing release kept it: who approved it has to know."""
    freed = bool(columns["passes_freeze"] > found["passes_freeze"])
    return freed or bool(columns["needs_release"] < found["needs_release"])


def void(connection: sa.Connection, delivery_id: str, now: datetime) -> int:
    """Void every approval of the delivery; how many there were."""
    table = schema.approvals
    statement = table.update().where(table.c.delivery == delivery_id, table.c.voided_at.is_(None))
    return connection.execute(statement.values(voided_at=now)).rowcount
