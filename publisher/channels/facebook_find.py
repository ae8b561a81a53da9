"""Reading a Page back: did this post get out? Ids of its pictures decide first, its words second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from publisher.channels.base import Absent, CannotTell, Found, Look, Post, Sent
from publisher.channels.facebook_graph import Graph, Graphed, GraphError, UnreadError
from publisher.channels.fitting import normal

_FIELDS = "id,message,created_time,permalink_url,is_published,attachments{target{id},subattachments{target{id}}}"
_FILM_FIELDS = "id,title,description,created_time,permalink_url,published"
_FILM_EARLY = timedelta(days=1)  # a film goes up before it is made public
_EARLY = timedelta(minutes=2)  # two machines' clocks never agree


def find_post(
    graph: Graph, page_id: str, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str]
) -> Look:
    """Look through everything published since shortly before `since` that is not one of `others`."""
    look_at = f"https://www.facebook.com/{page_id}"
    photos = {value for key, value in handles.items() if key.startswith("photo:")}
    seen = 0
    try:
        for entry in graph.entries(f"{page_id}/published_posts", fields=_FIELDS, since=_stamp(since)):
            seen += 1
            if str(entry.get("id")) not in others and is_same(entry, post, photos):
                return Found(_sent(entry), f"on the Page since {entry.get('created_time', '?')}")
    except UnreadError as stop:
        why = stop.say("the Page could not be read", "the Page has more posts in this time than can be read")
        return CannotTell(why, look_at)
    return Absent(f"{seen} posts since {(since - _EARLY).isoformat()} read, none is this one")


def find_film(graph: Graph, page_id: str, post: Post, since: datetime, others: frozenset[str]) -> Look:
    """Look through the Page's films since a day before `since` for one with these words: its number is not known.

    One with the same title and other words may be this film, corrected since: then a person looks.
    """
    look_at = f"https://www.facebook.com/{page_id}/videos"
    edge = "video_reels" if post.shape == "reel" else "videos"
    if not post.text.strip():
        return CannotTell("a film without words is known by its number only", look_at)
    try:
        films = graph.entries(f"{page_id}/{edge}", fields=_FILM_FIELDS, since=_stamp(since - _FILM_EARLY))
        entries = [entry for entry in films if str(entry.get("id")) not in others]
    except UnreadError as stop:
        why = stop.say("the Page's films could not be read", "the Page has more films in this time than can be read")
        return CannotTell(why, look_at)
    return _judge_films(entries, post, look_at)


def _judge_films(entries: list[dict[str, Any]], post: Post, look_at: str) -> Look:
    shown = [entry for entry in entries if entry.get("published") is not False]
    for entry in shown:
        if normal(str(entry.get("description") or "")) == normal(post.text):
            url = whole_url(str(entry.get("permalink_url") or look_at))
            return Found(Sent(str(entry.get("id", "")), url, "found by its words"), "among the Page's films")
    if post.title.strip() and any(normal(str(entry.get("title") or "")) == normal(post.title) for entry in shown):
        return CannotTell("a film of the Page has its title and other words", look_at)
    if shown and not any(entry.get("description") for entry in shown):
        return CannotTell("Facebook does not tell the words of the Page's films", look_at)
    return Absent(f"{len(entries)} films of the Page read, none is this one")


def whole_url(url: str) -> str:
    """Videos give their address without a host."""
    return f"https://www.facebook.com{url}" if url.startswith("/") else url


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


def _stamp(since: datetime) -> str:
    """The moment as Graph takes it, a little earlier."""
    return str(int((since - _EARLY).timestamp()))


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
