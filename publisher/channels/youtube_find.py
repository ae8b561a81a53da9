"""A channel's uploads, read for a film whose number nobody here knows: recognised by its title and words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from publisher.channels.base import Absent, CannotTell, Found, Look, Post, Sent
from publisher.channels.fitting import normal
from publisher.channels.web import Answer
from publisher.channels.youtube_api import YoutubeApi

STUDIO = "https://studio.youtube.com"
_PAGES = 10  # of 50 films, newest first: no office makes so many in the month a doubt lasts
_BEFORE = timedelta(days=1)  # a film goes up before it is made public


def find_film(api: YoutubeApi, post: Post, since: datetime, others: frozenset[str]) -> Look:
    """Whether a film of these words went up since shortly before `since` and is public; those in `others` are not it.

    One that has only the title or only the words may be this film, corrected since: then a person looks.
    """
    seen, after, playlist = 0, "", _read_playlist(api)
    if not playlist:
        return CannotTell("the channel's uploads could not be read", STUDIO)
    for _ in range(_PAGES):
        params = {"part": "snippet,contentDetails,status", "playlistId": playlist, "maxResults": "50"}
        page = _read(api, "playlistItems", {**params, **({"pageToken": after} if after else {})})
        if page is None:
            return CannotTell("the channel's uploads could not be read", STUDIO)
        for entry in _entries(page, since - _BEFORE, others):
            seen += 1
            look = _judge(entry, post)
            if look is not None:
                return look
        after = str(page.get("nextPageToken") or "")
        if not after:
            return Absent(f"{seen} films since {(since - _BEFORE).isoformat()} read, none is this one")
    return CannotTell("the channel has more films than can be read", STUDIO)


def url_of(video_id: str) -> str:
    return f"https://www.youtube.com/watch?v={quote(video_id, safe='')}"


def _judge(entry: dict[str, Any], post: Post) -> Look | None:
    """What this film says about the post; None when it is another one."""
    snippet, video_id = _part(entry, "snippet"), str(_part(entry, "contentDetails").get("videoId", ""))
    if _part(entry, "status").get("privacyStatus") != "public":
        return None
    title = normal(str(snippet.get("title"))) == normal(post.title)
    words = bool(post.text.strip()) and normal(str(snippet.get("description"))) == normal(post.text)
    if title and (words or not post.text.strip()):
        return Found(Sent(video_id, url_of(video_id), "found by its title and words"), "public")
    return CannotTell("a film has its title or its words, but not both", url_of(video_id)) if title or words else None


def _entries(page: dict[str, Any], since: datetime, others: frozenset[str]) -> Iterator[dict[str, Any]]:
    items = page.get("items")
    for entry in items if isinstance(items, list) else ():
        if not isinstance(entry, dict) or str(_part(entry, "contentDetails").get("videoId")) in others:
            continue
        at = _moment(_part(entry, "snippet").get("publishedAt"))
        if at is None or at >= since:
            yield entry


def _read_playlist(api: YoutubeApi) -> str:
    """The playlist that holds all of the channel's uploads; '' when it could not be read."""
    page = _read(api, "channels", {"part": "contentDetails", "mine": "true"})
    items = page.get("items") if page is not None else None
    first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
    return str(_part(_part(first, "contentDetails"), "relatedPlaylists").get("uploads", ""))


def _read(api: YoutubeApi, what: str, params: dict[str, str]) -> dict[str, Any] | None:
    reply = api.call("GET", f"{api.base}/youtube/v3/{what}", params=params)
    fine = api.judge(reply) is None and isinstance(reply, Answer) and isinstance(reply.body, dict)
    return dict(reply.body) if fine and isinstance(reply, Answer) else None


def _part(value: dict[str, Any], name: str) -> dict[str, Any]:
    part = value.get(name)
    return part if isinstance(part, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
