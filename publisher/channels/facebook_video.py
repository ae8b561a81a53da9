"""Videos and Reels of a Page: the id is known, and noted, before anything can be seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from publisher.channels.base import Absent, CannotTell, Found, Look, Media, Post, Prepared, Rejected, Retry, Sent
from publisher.channels.facebook_find import whole_url
from publisher.channels.facebook_graph import Graph, Graphed, GraphError, GraphReply, unread
from publisher.channels.fitting import media_of

_ANSWERLESS_S = 120.0
_MOST_CHUNKS = 10_000
_WRONG_OFFSET = 1363037
NOT_BEGUN = "uploaded and not published"
"""What is seen of a video nobody has asked to publish yet, or of one whose status lags behind the asking."""


@dataclass(frozen=True)
class Film:
    """One upload: the Page, what is known of it from earlier, and where to note what is learnt."""

    page_id: str
    known: Mapping[str, str]
    note: Callable[[Mapping[str, str]], None]


Refuse = Callable[[GraphReply], Retry | Rejected]


def prepare_video(graph: Graph, films: Graph, post: Post, film: Film, refuse: Refuse) -> Prepared | Retry | Rejected:
    """Upload the bytes; nothing is published. An upload begun earlier is continued."""
    media = media_of(post, "video")
    if media is None:
        return Rejected("video: none; this post needs one")
    if not media.path.is_file():
        return Rejected(f"{media.name}: the file is no longer there. Render the post again.")
    if post.shape == "reel":
        return _prepare_reel(graph, media, film, refuse)
    return _prepare_film(films, media, film, refuse)


def _prepare_reel(graph: Graph, media: Media, film: Film, refuse: Refuse) -> Prepared | Retry | Rejected:
    video_id = film.known.get("video_id", "")
    offset = _bytes_there(graph, video_id) if video_id else None
    if offset is None:
        reply = graph.write(f"{film.page_id}/video_reels", {"upload_phase": "start"})
        if not isinstance(reply, Graphed):
            return refuse(reply)
        video_id, offset = str(reply.value.get("video_id", "")), 0
        if not video_id:
            return Retry("Facebook gave the Reel no id", _ANSWERLESS_S)
        film.note({"video_id": video_id})
    if offset < media.bytes:
        reply = graph.send_bytes(video_id, media.path, offset=offset)
        if not isinstance(reply, Graphed):
            return refuse(reply)
    return Prepared({"video_id": video_id})


def _bytes_there(graph: Graph, video_id: str) -> int | None:
    """How many bytes of an earlier upload arrived, or None when that upload is of no use any more."""
    reply = graph.read(video_id, fields="status")
    status = reply.value.get("status") if isinstance(reply, Graphed) else None
    if not isinstance(status, dict) or status.get("video_status") in ("error", "expired", "upload_failed"):
        return None
    phase = status.get("uploading_phase")
    if not isinstance(phase, dict):
        return None
    # The documentation and real answers spell this field differently.
    count = phase.get("bytes_transferred", phase.get("bytes_transfered", 0))
    return count if isinstance(count, int) and count >= 0 else 0


def _prepare_film(films: Graph, media: Media, film: Film, refuse: Refuse) -> Prepared | Retry | Rejected:
    """The three phases of a feed video, up to the last byte."""
    node = f"{film.page_id}/videos"
    reply = films.write(node, {"upload_phase": "start", "file_size": media.bytes})
    if not isinstance(reply, Graphed):
        return refuse(reply)
    session, video_id = str(reply.value.get("upload_session_id", "")), str(reply.value.get("video_id", ""))
    if not session or not video_id:
        return Retry("Facebook gave the video no id", _ANSWERLESS_S)
    film.note({"video_id": video_id, "upload_session_id": session})
    start, end = _offsets(reply.value)
    for _ in range(_MOST_CHUNKS):
        if start >= end:
            return Prepared({"video_id": video_id, "upload_session_id": session})
        reply = _send_chunk(films, node, session, media, start, end)
        if isinstance(reply, GraphError) and reply.subcode == _WRONG_OFFSET:
            return Retry("the upload lost its place", _ANSWERLESS_S)
        if not isinstance(reply, Graphed):
            return refuse(reply)
        start, end = _offsets(reply.value)
    return Retry("the upload did not come to an end", _ANSWERLESS_S)


def _send_chunk(films: Graph, node: str, session: str, media: Media, start: int, end: int) -> GraphReply:
    with media.path.open("rb") as stream:
        stream.seek(start)
        chunk = stream.read(end - start)
    fields = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": start}
    return films.upload_bytes(node, fields, "video_file_chunk", chunk)


def _offsets(value: Mapping[str, Any]) -> tuple[int, int]:
    try:
        return int(str(value.get("start_offset", 0))), int(str(value.get("end_offset", 0)))
    except ValueError:
        return 0, 0


def finish_video(graph: Graph, films: Graph, post: Post, page_id: str, handles: Mapping[str, str]) -> GraphReply:
    """The one call that publishes."""
    if post.shape == "reel":
        fields = {
            "upload_phase": "finish",
            "video_id": handles["video_id"],
            "video_state": "PUBLISHED",
            "description": post.text,
            "title": post.title,
        }
        return graph.write(f"{page_id}/video_reels", fields)
    fields = {
        "upload_phase": "finish",
        "upload_session_id": handles.get("upload_session_id", ""),
        "title": post.title,
        "description": post.text,
        "published": "true",
    }
    return films.write(f"{page_id}/videos", fields)


def look_at_video(graph: Graph, video_id: str) -> Look:
    """What became of a video whose id is known."""
    look_at = f"https://www.facebook.com/{video_id}"
    reply = graph.read(video_id, fields="status,permalink_url,published")
    if isinstance(reply, GraphError) and reply.code == 100 and reply.subcode == 33:
        return Absent("Facebook knows no video of this id")
    if not isinstance(reply, Graphed) or not isinstance(reply.value.get("status"), dict):
        return CannotTell(f"the video's status could not be read: {unread(reply)}", look_at)
    status = reply.value["status"]
    state = str(status.get("video_status", ""))
    publishing = status.get("publishing_phase")
    publish = publishing if isinstance(publishing, dict) else {}
    if publish.get("publish_status") == "published" or (state == "ready" and reply.value.get("published") is True):
        url = whole_url(str(reply.value.get("permalink_url") or look_at))
        return Found(Sent(video_id, url, "the video's status says published"), "published")
    if state in ("error", "expired", "upload_failed") or publish.get("publish_status") == "error":
        return Absent(f"the video's status is {state or 'error'}: {_why(status)}")
    if publish.get("publish_status") in (None, "draft") and publish.get("status") in (None, "not_started"):
        return Absent(f"{NOT_BEGUN} (status {state})")
    return CannotTell(f"still in work (status {state})", look_at)


def _why(status: Mapping[str, Any]) -> str:
    for phase in ("uploading_phase", "processing_phase", "publishing_phase"):
        part = status.get(phase)
        errors = part.get("errors") if isinstance(part, dict) else None
        if isinstance(errors, list) and errors and isinstance(errors[0], dict):
            return str(errors[0].get("message", "no reason given"))[:200]
    return "no reason given"
