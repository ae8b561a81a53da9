"""People, posts and queues the queue's tests share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publisher.channels.base import Media, Post
from publisher.files import hash_file
from publisher.queue.model import NewDelivery
from publisher.queue.store import Store
from publisher.workspace import Person

NOW = datetime(2026, 5, 18, 1, 0, tzinfo=UTC)
AN = Person("an", "An", frozenset({"editor"}))
BINH = Person("binh", "Bình", frozenset({"approver", "publisher"}))
CHI = Person("chi", "Chi", frozenset({"approver"}))


def piece(
    delivery_id: str = "k1", account: str = "acc", *, text: str = "", media: Sequence[Path] = (), **kinds: Any
) -> NewDelivery:
    """A piece due now, unless `due_at` says otherwise."""
    files = tuple(
        Media(path, hash_file(path), path.stat().st_size, "image/png", "image", path.name, "mô tả") for path in media
    )
    due_at = kinds.pop("due_at", NOW)
    post = Post(delivery_id, account, "text", "Tiêu đề", text or f"Xin chào {delivery_id}", media=files, due_at=due_at)
    return NewDelivery(delivery_id, "chien-dich", "xa-mau", account, "article", due_at, post, **kinds)


def queue(store: Store, *pieces: NewDelivery, now: datetime = NOW) -> list[str]:
    """Add, submit and approve; gives the ids."""
    ids = [p.id for p in pieces]
    store.add(pieces, author=AN.id, now=now)
    store.submit(ids, by=AN.id, now=now)
    store.approve(ids, person=BINH, now=now)
    return ids
