"""Reading a Page back: did this post get out? Ids of its pictures decide first, its words second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from publisher.channels.base import Absent, CannotTell, Found, Look, Post, Sent
from publisher.channels.facebook_graph import Graph, Graphed, GraphError, GraphReply, unread
from publisher.channels.fitting import normal

_FIELDS = "id,message,created_time,permalink_url,is_published,attachments{target{id},subattachments{target{id}}}"
_EARLY = timedelta(minutes=2)  # two machines' clocks never agree
_MOST_PAGES = 10  # about 600 posts a year can be read at all; a thousand is more than any window holds


def find_post(
    graph: Graph, page_id: str, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str]
) -> Look:
    """Look through everything published since shortly before `since` that is not one of `others`."""
    look_at = f"https://www.facebook.com/{page_id}"
    photos = {value for key, value in handles.items() if key.startswith("photo:")}
    after, seen = "", 0
    for _ in range(_MOST_PAGES):
        reply = _read_page(graph, page_id, since, after)
        if not isinstance(reply, Graphed) or not isinstance(reply.value.get("data"), list):
            return CannotTell(f"the Page could not be read: {unread(reply)}", look_at)
        entries = [entry for entry in reply.value["data"] if isinstance(entry, dict)]
        seen += len(entries)
        for entry in entries:
            if str(entry.get("id")) not in others and is_same(entry, post, photos):
                return Found(_sent(entry), f"on the Page since {entry.get('created_time', '?')}")
        paging = reply.value.get("paging")
        after = _cursor(paging if isinstance(paging, dict) else {})
        if not after:  # an empty page is not the end; a missing `next` is
            return Absent(f"{seen} posts since {(since - _EARLY).isoformat()} read, none is this one")
    return CannotTell("the Page has more posts in this time than can be read", look_at)


def look_up(graph: Graph, post_id: str) -> Look:
    """Whether a post or comment of that number is still there."""
    look_at = f"https://www.facebook.com/{post_id}"
    reply = graph.read(post_id, fields="id,permalink_url")
    if isinstance(reply, GraphError) and reply.code == 100 and reply.subcode == 33:
        return Absent("Facebook knows nothing of this number")
    if not isinstance(reply, Graphed):
        return CannotTell("it could not be read", look_at)
    url = str(reply.value.get("permalink_url") or look_at)
    return Found(Sent(post_id, url, "found by its number"), "found by its number")


def is_same(entry: Mapping[str, Any], post: Post, photos: set[str]) -> bool:
    """Whether a post of the Page is ours. Where both sides know picture ids they alone decide."""
    targets = set(_targets(entry.get("attachments")))
    if photos and targets:
        return bool(photos & targets)
    return normal(str(entry.get("message") or "")) == normal(post.text) and bool(post.text.strip())


def _read_page(graph: Graph, page_id: str, since: datetime, after: str) -> GraphReply:
    parameters = {"fields": _FIELDS, "since": str(int((since - _EARLY).timestamp())), "limit": "100"}
    if after:
        parameters["after"] = after
    return graph.read(f"{page_id}/published_posts", **parameters)


def _cursor(paging: Mapping[str, Any]) -> str:
    """Where to go on; the `next` address itself holds a token and is never called."""
    cursors = paging.get("cursors")
    if not paging.get("next") or not isinstance(cursors, dict):
        return ""
    return str(cursors.get("after") or "")


def _targets(attachments: object) -> Iterator[str]:
    for item in _data(attachments):
        target = item.get("target")
        if isinstance(target, dict) and target.get("id"):
            yield str(target["id"])
        yield from _targets(item.get("subattachments"))


def _data(value: object) -> list[dict[str, Any]]:
    data = value.get("data") if isinstance(value, dict) else None
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []


def _sent(entry: Mapping[str, Any]) -> Sent:
    post_id = str(entry.get("id", ""))
    url = str(entry.get("permalink_url") or f"https://www.facebook.com/{post_id}")
    return Sent(post_id, url, "found on the Page")
