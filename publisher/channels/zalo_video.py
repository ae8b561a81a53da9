"""Films for Zalo's video articles: uploaded, converted by Zalo, and known by an id before anything can be seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from publisher.channels.base import Media, Outcome, Rejected, Retry
from publisher.channels.outcomes import PREPARE_S, before_commit
from publisher.channels.zalo_api import Said, ZaloApi

READY, PROCESSING = 1, 3
_LOST: Mapping[int, str] = MappingProxyType({2: "locked", 4: "not convertible", 5: "deleted"})

UPLOAD_S = 300.0  # at most 50 MB, over a commune's line
Note = Callable[[Mapping[str, str]], None]


def upload_film(
    api: ZaloApi, film: Media, known: Mapping[str, str], note: Note, *, polls: int, poll_s: float
) -> str | Retry | Rejected:
    """The film's id at Zalo. `known` is what an earlier, interrupted upload noted; bytes go up once."""
    video_id = known.get(f"video:{film.sha256}", "")
    if video_id:
        return video_id
    token = known.get(f"upload:{film.sha256}", "") or _send(api, film, note)
    if not isinstance(token, str):
        return token
    state = _wait(api, token, polls=polls, poll_s=poll_s)
    if isinstance(state, str):
        note({f"video:{film.sha256}": state})
    elif isinstance(state, Rejected):
        note({f"upload:{film.sha256}": ""})  # this upload is of no use any more; another one may be
    return state


def _send(api: ZaloApi, film: Media, note: Note) -> str | Retry | Rejected:
    try:
        files = {"file": ("clip.mp4", film.path.read_bytes(), film.mime)}
    except OSError:
        return Rejected(f"{film.name}: the file is no longer there. Render the post again.")
    reply = api.call("POST", "/v2.0/article/upload_video/preparevideo", files=files, timeout_s=UPLOAD_S)
    if not isinstance(reply, Said) or reply.error:
        return before_commit(_outcome(api, reply))
    token = str(reply.data.get("token", ""))
    if not token:
        return Retry("Zalo gave the film no token", PREPARE_S)
    note({f"upload:{film.sha256}": token})
    return token


def _wait(api: ZaloApi, token: str, *, polls: int, poll_s: float) -> str | Retry | Rejected:
    for turn in range(polls):
        if turn:
            time.sleep(poll_s)
        reply = api.call("GET", "/v2.0/article/upload_video/verify", headers={"token": token})
        if not isinstance(reply, Said) or reply.error:
            return before_commit(_outcome(api, reply))
        status = reply.data.get("status")
        if status == READY and reply.data.get("video_id"):
            return str(reply.data["video_id"])
        if isinstance(status, int) and status in _LOST:
            said = api.web.clean(reply.data.get("status_message") or "")
            return Rejected(f"Zalo says the film is {_LOST[status]}: render it again. {said}".strip())
    return Retry("Zalo is still converting the film", PREPARE_S)


def _outcome(api: ZaloApi, reply: Said | Outcome) -> Outcome:
    return api.judge(reply) if isinstance(reply, Said) else reply
