"""The first comment below a post of the Page: made once, read back by the words, on a post whose id is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.channels.base import (
    REPLY_TO,
    Absent,
    CannotTell,
    Found,
    Look,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Sent,
    Unknown,
)
from publisher.channels.facebook_errors import judge_graph
from publisher.channels.facebook_graph import Graph, Graphed, GraphError, UnreadError
from publisher.channels.fitting import normal

TEXT = 8_000  # clients' tables; the documentation names no number
_FIELDS = "id,message,from,permalink_url,created_time"


def fit_comment(post: Post) -> tuple[str, ...]:
    """Why Facebook would refuse the comment; empty when it fits."""
    reasons = []
    if not post.text.strip():
        reasons.append("text: empty; a comment needs words")
    if len(post.text) > TEXT:
        reasons.append(f"text: {len(post.text)} characters; a comment holds {TEXT}. Name fewer sources")
    if post.media:
        reasons.append("media: a comment of ours holds words only")
    return tuple(reasons)


def prepare_comment(handles: Mapping[str, str]) -> Prepared | Rejected:
    if not handles.get(REPLY_TO):
        return Rejected("the post it belongs to is not known: send that first")
    return Prepared({REPLY_TO: handles[REPLY_TO]})


def send_comment(graph: Graph, post: Post, handles: Mapping[str, str], *, token: str) -> Outcome:
    """The one call that everybody sees."""
    below = handles.get(REPLY_TO, "")
    if not below:
        return Rejected("the post it belongs to is not known: send that first")
    reply = graph.write(f"{below}/comments", {"message": post.text})
    if isinstance(reply, GraphError) and reply.code == 100 and reply.subcode == 33:
        return Rejected("the post it belongs to is no longer on the Page; cancel this")
    if not isinstance(reply, Graphed):
        return judge_graph(reply, token=token)
    comment_id = str(reply.value.get("id", ""))
    if not comment_id:
        return Unknown("Facebook accepted the comment and gave no id, so it may be out")
    return Sent(comment_id, f"https://www.facebook.com/{comment_id}", "Facebook gave the id")


def find_comment(graph: Graph, page_id: str, post: Post, handles: Mapping[str, str]) -> Look:
    """Read every comment below the post: the Page's own with these words is ours."""
    below = handles.get(REPLY_TO, "")
    look_at = f"https://www.facebook.com/{below or page_id}"
    if not below:
        return CannotTell("the post it belongs to is not known", look_at)
    seen = 0
    try:
        for entry in graph.entries(f"{below}/comments", fields=_FIELDS, filter="stream"):
            seen += 1
            if _is_ours(entry, page_id, post):
                url = str(entry.get("permalink_url") or look_at)
                return Found(Sent(str(entry.get("id", "")), url, "found below the post"), "below the post")
    except UnreadError as stop:
        if stop.reply is None:
            return CannotTell("there are more comments than can be read", look_at)
        if isinstance(stop.reply, GraphError) and (stop.reply.code, stop.reply.subcode) == (100, 33):
            return Absent("the post it belongs to is no longer on the Page")
        return CannotTell("the comments could not be read", look_at)
    return Absent(f"{seen} comments below the post read, none is this one")


def _is_ours(entry: Mapping[str, Any], page_id: str, post: Post) -> bool:
    writer = entry.get("from")
    # Without the right to read people's names, `from` is given for the Page itself only.
    by_us = isinstance(writer, dict) and str(writer.get("id", "")) == page_id
    return by_us and normal(str(entry.get("message") or "")) == normal(post.text)
