"""Posts as JSON and back, and the signature an approval is bound to."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publisher.channels.base import Media, Post
from publisher.queue.artifacts import Artifacts

# Made once: json.dumps makes an encoder a call, which costs more than a short value does.
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, letters as they are."""
    return _ENCODE(value)


def sha256_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sign(content_hash: str, account: str, due_at: datetime, *, act: str = "publish", target: str | None = None) -> str:
    """What an approval signs: the hash of the bytes, the account, the moment, and what is to be done with them."""
    moment = due_at.astimezone(UTC).isoformat(timespec="microseconds")
    return sha256_text(canonical([content_hash, account, moment, act, target or ""]))


def store_post(post: Post, artifacts: Artifacts) -> str:
    """Put the media in the store and give the post as JSON with paths relative to it."""
    media = [
        {
            "path": artifacts.put(m.path, expected=m.sha256),
            "sha256": m.sha256,
            "bytes": m.bytes,
            "mime": m.mime,
            "role": m.role,
            "name": m.name,
            "alt": m.alt,
            "width": m.width,
            "height": m.height,
            "seconds": m.seconds,
        }
        for m in post.media
    ]
    value = {
        "key": post.key,
        "account": post.account,
        "shape": post.shape,
        "title": post.title,
        "text": post.text,
        "link": post.link,
        "html": post.html,
        "summary": post.summary,
        "author": post.author,
        "hashtags": list(post.hashtags),
        "media": media,
        "due_at": None if post.due_at is None else post.due_at.astimezone(UTC).isoformat(),
        "data": dict(post.data),
    }
    return canonical(value)


def load_post(text: str, artifacts: Artifacts) -> Post:
    """The post of `store_post`, media paths made whole again."""
    value = json.loads(text)
    value["media"] = tuple(Media(**{**m, "path": artifacts.root / Path(m["path"])}) for m in value["media"])
    value["hashtags"] = tuple(value["hashtags"])
    value["due_at"] = None if value["due_at"] is None else datetime.fromisoformat(value["due_at"])
    return Post(**value)
