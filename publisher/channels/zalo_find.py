"""Articles that an Official Account has already: a piece's own hidden draft, and what is shown under its words.

Zalo keeps no key of ours. A draft carries the piece's mark in its title, which only administrators see and which
showing the article replaces: two pieces with the same words each find their own, whichever machine prepares them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from publisher.channels.base import Absent, CannotTell, Found, Look, Outcome, Post, Sent
from publisher.channels.fitting import normal
from publisher.channels.zalo_api import Said, ZaloApi
from publisher.channels.zalo_payload import summary_of

_SLICE = 10  # the most getslice gives at once
_OF_DRAFTS, _OF_SHOWN = 10, 50  # slices, newest first; a draft is hours old, what a restored backup lacks weeks
SHOWN_AT = "https://oa.zalo.me/manage/article"


def mark_of(key: str) -> str:
    """What stands at the end of a draft's title."""
    return f" #{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def mark_draft(payload: Mapping[str, Any], key: str, *, limit: int) -> dict[str, Any]:
    """The payload of the draft, its title of at most `limit` characters ending with the piece's mark."""
    mark = mark_of(key)
    return {**payload, "title": payload["title"][: limit - len(mark)].rstrip() + mark}


def find_draft(api: ZaloApi, kind: str, key: str) -> str | Outcome:
    """The id of the piece's draft that an earlier, interrupted prepare made; '' when there is none."""
    for entries in _read_slices(api, kind, _OF_DRAFTS):
        if not isinstance(entries, list):
            return entries
        for entry in entries:
            if entry.get("status") == "hide" and str(entry.get("title")).endswith(mark_of(key)):
                return str(entry["id"])
    return ""


def find_shown(api: ZaloApi, post: Post, others: frozenset[str]) -> Look:
    """Whether an article of these words is shown that is not one of `others`."""
    kind = "video" if post.shape == "video" else "normal"
    seen = last = 0
    for entries in _read_slices(api, kind, _OF_SHOWN):
        if not isinstance(entries, list):
            return CannotTell("the articles could not be read", SHOWN_AT)
        seen, last = seen + len(entries), len(entries)
        for entry in entries:
            if entry.get("status") != "show" or normal(str(entry.get("title"))) != normal(post.title):
                continue
            article_id = str(entry.get("id"))
            same = article_id not in others and _has_summary(api, article_id, post)
            if same is None:
                return CannotTell("an article of this title could not be read", SHOWN_AT)
            if same:
                return Found(
                    Sent(article_id, f"https://oa.zalo.me/article/{article_id}", "found by its words"), "shown"
                )
    if last == _SLICE:
        return CannotTell(f"more than the {seen} articles that were read", SHOWN_AT)
    return Absent(f"{seen} articles read, none of them is this one")


def _has_summary(api: ZaloApi, article_id: str, post: Post) -> bool | None:
    """None when it could not be read."""
    reply = api.call("GET", "/v2.0/article/getdetail", params={"id": article_id})
    if not isinstance(reply, Said) or reply.error:
        return None
    return normal(str(reply.data.get("description"))) == normal(summary_of(post))


def _read_slices(api: ZaloApi, kind: str, most: int) -> Iterator[list[dict[str, Any]] | Outcome]:
    """The account's articles, newest first, ten by ten; an answer that is no list ends it."""
    for number in range(most):
        params = {"offset": str(number * _SLICE), "limit": str(_SLICE), "type": kind}
        reply = api.call("GET", "/v2.0/article/getslice", params=params)
        if not isinstance(reply, Said):
            yield reply
            return
        if reply.error:
            yield api.judge(reply)
            return
        medias = reply.data.get("medias")
        entries = [e for e in medias if isinstance(e, dict)] if isinstance(medias, list) else []
        yield entries
        if len(entries) < _SLICE:
            return
