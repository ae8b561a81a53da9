"""YouTube: the film goes up as a private video, resumably; making it public is the one call that publishes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from publisher.channels.base import (
    Absent,
    Account,
    CannotTell,
    Finding,
    Found,
    Limits,
    Look,
    Media,
    OfAccount,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.fitting import fit_limits, media_of
from publisher.channels.link import Link, marked_settings, token_help
from publisher.channels.notes import Notes
from publisher.channels.outcomes import PREPARE_S, before_commit
from publisher.channels.parsing import read_address, read_whole
from publisher.channels.web import Answer, Web
from publisher.channels.youtube_api import UPLOAD_S, YoutubeApi
from publisher.channels.youtube_consent import YoutubeConsent
from publisher.channels.youtube_find import find_film, url_of
from publisher.channels.youtube_quota import UNITS, UPLOADS, Quota
from publisher.settings import Marked

KIND = "youtube"
LIMITS = Limits(
    text=5_000,  # videos.insert: bytes, checked as bytes in `fit`
    title=100,
    video_bytes=256_000_000_000,
    shapes=("video",),
)
PROCESSING_S = 60.0  # a film of a minute is processed in about that time
_OF = "content"
MOST_TAGS = 500  # characters of all tags together
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "client_id": "the OAuth client's id",
        "category": "number of the category (25: news, 27: education, 28: science and technology)",
        "units_per_day": "units the project may use in a day, all its channels together",
        "uploads_per_day": "films the project may upload in a day, all its channels together",
        "base_url": "address of the API",
        "login_url": "address of the token server",
        "consent_url": "address where the channel's owner gives consent (channels login)",
        "timeout_s": "seconds without an answer after which a call is given up",
    }
)
SECRETS: Mapping[str, str] = MappingProxyType(
    {
        "refresh_token": "Consent of the channel's owner with the scope youtube.force-ssl: publisher channels login "
        "NAME; the client out of Testing, or the token dies after 7 days.",
        "client_secret": "Google Cloud console > APIs & Services > Credentials > the OAuth client.",
    }
)


@dataclass(frozen=True)
class Settings:
    client_id: str
    category: int = 28
    units_per_day: int = UNITS
    uploads_per_day: int = UPLOADS
    base_url: str = "https://www.googleapis.com"
    login_url: str = "https://oauth2.googleapis.com"
    consent_url: str = "https://accounts.google.com"
    timeout_s: float = 30.0


def parse_settings(marked: Marked, secrets: Mapping[str, str]) -> Settings:
    """The channel's settings; what is wrong is reported in `marked` with its line."""
    for name, remedy in SECRETS.items():
        if name not in secrets:
            marked.complain(f"{name}_env", f"missing. {remedy}")
    return Settings(
        client_id=marked.text("client_id"),
        category=int(read_whole(marked, "category", Settings.category, low=1, high=99)),
        units_per_day=int(read_whole(marked, "units_per_day", UNITS, low=1, high=1e9)),
        uploads_per_day=int(read_whole(marked, "uploads_per_day", UPLOADS, low=1, high=1e6)),
        base_url=read_address(marked, "base_url", Settings.base_url),
        login_url=read_address(marked, "login_url", Settings.login_url),
        consent_url=read_address(marked, "consent_url", Settings.consent_url),
        timeout_s=read_whole(marked, "timeout_s", Settings.timeout_s, low=0.1, high=600),
    )


def limits_of(account: Account) -> Limits:
    """The same for every account of this kind."""
    return LIMITS


def connect(account: Account, link: Link) -> Youtube:
    """The channel. Raises CredentialsError when a secret is not set."""
    settings = parse_settings(marked_settings(account), account.secrets)
    refresh = link.secret(account, "refresh_token", SECRETS["refresh_token"])
    client_secret = link.secret(account, "client_secret", SECRETS["client_secret"])
    base, login = link.base(settings.base_url), link.base(settings.login_url)
    web = Web((base, login), settings.timeout_s, (refresh, client_secret), sandboxed=link.sandbox is not None)
    help_text = token_help(account, "refresh_token", SECRETS["refresh_token"])
    quota = Quota(
        link.folder.parent / "youtube-quota", settings.client_id, settings.units_per_day, settings.uploads_per_day
    )
    api = YoutubeApi(web, base, login, settings.client_id, client_secret, refresh, help_text, quota)
    return Youtube(account, settings, api, Notes(link.folder))


def ask_consent(account: Account, link: Link) -> YoutubeConsent:
    """How the channel's owner gives consent. Raises CredentialsError when the client's secret is not set."""
    settings = parse_settings(marked_settings(account), account.secrets)
    client_secret = link.secret(account, "client_secret", SECRETS["client_secret"])
    consent, login = link.base(settings.consent_url), link.base(settings.login_url)
    web = Web((login,), settings.timeout_s, (client_secret,), sandboxed=link.sandbox is not None)
    return YoutubeConsent(web, consent, login, settings.client_id, client_secret)


@dataclass
class Youtube(OfAccount):
    account: Account
    settings: Settings
    api: YoutubeApi
    notes: Notes
    limits: Limits = LIMITS

    def fit(self, post: Post) -> tuple[str, ...]:
        reasons = list(fit_limits(post, self.limits))
        size = len(post.text.encode())
        if size > 5_000:
            reasons.append(f"text: {size} bytes; allowed: 5000. Shorten it; nothing is cut by itself")
        if any(letter in post.title + post.text for letter in "<>"):
            reasons.append("title and text: YouTube takes no `<` or `>`")
        if media_of(post, "video") is None or not post.title.strip():
            reasons.append("video or title: missing; both are needed")
        if sum(len(tag) + 1 for tag in post.hashtags) > MOST_TAGS:
            reasons.append(f"hashtags: over {MOST_TAGS} characters together")
        return tuple(reasons)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Upload the film as a private video, going on where an earlier upload stopped, then its still."""
        film = media_of(post, "video")
        if film is None or not film.path.is_file():
            return Rejected("the film is no longer there. Render the post again.")
        known = {**self._noted(post), **handles}
        if known.get("video_id") and isinstance(self._refused(known["video_id"]), Rejected):
            known = {}  # a person has asked again: the film goes up afresh
        video_id = known.get("video_id") or self._upload(post, film, known.get("session", ""))
        if not isinstance(video_id, str):
            return video_id
        done: dict[str, str] = {"video_id": video_id}
        done.update((part, known[part]) for part in ("thumbnail", "captions") if part in known)
        self._note(post, done)
        for part, put in (("thumbnail", self._set_still), ("captions", self._add_captions)):
            media = media_of(post, part)
            if media is None or done.get(part) == media.sha256:
                continue
            wrong = put(video_id, media)
            if wrong is not None:
                return wrong
            done[part] = media.sha256
            self._note(post, done)
        return self._refused(video_id) or Prepared(done)

    def _note(self, post: Post, learnt: Mapping[str, str]) -> None:
        self.notes.write(post.key, {**learnt, _OF: post.content_hash()})

    def _noted(self, post: Post) -> dict[str, str]:
        """What is known of an earlier upload of just this content: another film or title must not go out for it."""
        noted = self.notes.read(post.key)
        return noted if noted.pop(_OF, "") == post.content_hash() else {}

    def _refused(self, video_id: str) -> Retry | Rejected | None:
        """Why the uploaded film cannot be made public now; YouTube takes bytes first and judges them later."""
        params = {"part": "status", "id": video_id}
        reply = self.api.call("GET", f"{self.api.base}/youtube/v3/videos", params=params)
        outcome = self.api.judge(reply)
        if outcome is not None:
            return before_commit(outcome)
        items = reply.body.get("items") if isinstance(reply, Answer) and isinstance(reply.body, dict) else None
        status = items[0].get("status", {}) if isinstance(items, list) and items else {}
        state = str(status.get("uploadStatus", "deleted"))
        if state == "processed":
            return None
        if state == "uploaded":
            return Retry("YouTube is still processing the film", PROCESSING_S)
        why = self.api.web.clean(status.get("failureReason") or status.get("rejectionReason") or "no reason given")
        return Rejected(f"YouTube could not use the film ({state}: {why}). Look at it in YouTube Studio, then retry.")

    def _upload(self, post: Post, film: Media, session: str) -> str | Retry | Rejected:
        offset = self._bytes_there(session, film) if session else None
        if isinstance(offset, str | Retry):
            return offset
        if offset is None:
            started = self._start(post, film)
            if not isinstance(started, str):
                return started
            session, offset = started, 0
            self._note(post, {"session": session})
        headers = {"Content-Type": film.mime}
        if offset:
            headers["Content-Range"] = f"bytes {offset}-{film.bytes - 1}/{film.bytes}"
        with film.path.open("rb") as stream:
            stream.seek(offset)
            reply = self.api.web.call("PUT", session, data=stream, headers=headers, timeout_s=UPLOAD_S)
        if isinstance(reply, Answer) and reply.status == 308:  # here: not all bytes arrived
            return Retry("the upload is not complete", PREPARE_S)
        outcome = self.api.judge(reply)
        if outcome is not None:
            return before_commit(outcome)
        return _id(reply) or Retry("YouTube gave the video no id", PREPARE_S)

    def _start(self, post: Post, film: Media) -> str | Retry | Rejected:
        body = {
            "snippet": self._snippet(post),
            "status": {"privacyStatus": "private", "selfDeclaredMadeForKids": False},
        }
        url = f"{self.api.base}/upload/youtube/v3/videos"
        headers = {"X-Upload-Content-Length": str(film.bytes), "X-Upload-Content-Type": film.mime}
        params = {"uploadType": "resumable", "part": "snippet,status"}
        reply = self.api.call("POST", url, params=params, json=body, headers=headers)
        if isinstance(reply, Answer) and reply.ok:
            session = reply.headers.get("location", "")
            if self.api.web.covers(session):
                return session
            return Retry("YouTube gave no address for the upload", PREPARE_S)
        return before_commit(self.api.judge(reply) or Unknown("an unexpected answer"))

    def _bytes_there(self, session: str, film: Media) -> int | str | Retry | None:
        """Bytes of an earlier upload, its video's id if it was complete, or None when it is gone.

        Retry where that cannot be learnt now: a new session would cost another of the day's uploads.
        """
        headers = {"Content-Range": f"bytes */{film.bytes}"}
        reply = self.api.web.call("PUT", session, data=b"", headers=headers)
        if not isinstance(reply, Answer) or reply.status >= 500:
            return Retry("how much of the film has arrived cannot be read now", PREPARE_S)
        if reply.ok:
            return _id(reply) or None
        if reply.status != 308:
            return None
        last = reply.headers.get("range", "").rpartition("-")[2]
        return int(last) + 1 if last.isdigit() else 0

    def _set_still(self, video_id: str, still: Media) -> Retry | Rejected | None:
        url = f"{self.api.base}/upload/youtube/v3/thumbnails/set"
        reply = self.api.call(
            "POST",
            url,
            params={"videoId": video_id, "uploadType": "media"},
            data=still.path.read_bytes(),
            headers={"Content-Type": still.mime},
        )
        outcome = self.api.judge(reply)
        return None if outcome is None else before_commit(outcome)

    def _add_captions(self, video_id: str, captions: Media) -> Retry | Rejected | None:
        """Add Vietnamese captions; a track an earlier, interrupted prepare added is kept as it is."""
        params = {"part": "snippet", "videoId": video_id}
        listed = self.api.call("GET", f"{self.api.base}/youtube/v3/captions", params=params)
        outcome = self.api.judge(listed)
        if outcome is not None:
            return before_commit(outcome)
        if isinstance(listed, Answer) and isinstance(listed.body, dict) and listed.body.get("items"):
            return None
        kind, body = make_related(
            {"snippet": {"videoId": video_id, "language": "vi", "name": "Tiếng Việt"}}, captions.path.read_bytes()
        )
        reply = self.api.call(
            "POST",
            f"{self.api.base}/upload/youtube/v3/captions",
            params={"part": "snippet", "uploadType": "multipart"},
            data=body,
            headers={"Content-Type": kind},
        )
        outcome = self.api.judge(reply)
        return None if outcome is None else before_commit(outcome)

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        video_id = handles.get("video_id", "")
        if not video_id:
            return Rejected("the film was not uploaded: prepare the post again")
        body = {"id": video_id, "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False}}
        reply = self.api.call("PUT", f"{self.api.base}/youtube/v3/videos", params={"part": "status"}, json=body)
        outcome = self.api.judge(reply)
        if outcome is not None:
            return outcome
        if _status(reply.body if isinstance(reply, Answer) else {}) != "public":
            return Rejected("YouTube keeps the video private: the project needs YouTube's audit before it may publish.")
        self.notes.forget(post.key)
        return Sent(video_id, url_of(video_id), "YouTube says public")

    def confirm(self, post: Post, sent: Sent) -> Sent:
        look = self._look(sent.id)
        return look.sent if isinstance(look, Found) else sent

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        return self.find_except(post, handles, since, frozenset())

    def find_except(self, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str]) -> Look:
        own, noted = handles.get("video_id", ""), self._noted(post).get("video_id", "")
        look = self._look(own or noted) if own or noted else Absent("no upload of it is known here")
        if isinstance(look, Absent) and not own:
            # The id is stored before the commit. A backup that lacks it proves nothing about a later upload.
            return find_film(self.api, post, since, others)
        return look

    def _look(self, video_id: str) -> Look:
        params = {"part": "status", "id": video_id}
        reply = self.api.call("GET", f"{self.api.base}/youtube/v3/videos", params=params)
        items = reply.body.get("items") if isinstance(reply, Answer) and isinstance(reply.body, dict) else None
        if not isinstance(items, list) or self.api.judge(reply) is not None:
            return CannotTell("the video could not be read", url_of(video_id))
        if not items:
            return Absent("YouTube knows no video of this id")
        status = _status(items[0])
        if status == "public":
            return Found(Sent(video_id, url_of(video_id), "YouTube says public"), "public")
        return Absent(f"uploaded and not public (status {status})")

    def check(self) -> tuple[Finding, ...]:
        params = {"part": "snippet", "mine": "true"}
        reply = self.api.call("GET", f"{self.api.base}/youtube/v3/channels", params=params)
        outcome = self.api.judge(reply)
        if outcome is None:
            used = self.api.quota.used()
            low = used.uploads + 1 >= self.api.quota.uploads or used.units * 10 >= self.api.quota.units * 9
            return (
                Finding("ok", "the channel answers"),
                Finding("warning" if low else "ok", self.api.quota.shown()),
            )
        reason = getattr(outcome, "reason", "no answer")
        return (Finding("error" if isinstance(outcome, Rejected) else "warning", reason),)

    def correct(self, post: Post, sent: Sent) -> Outcome:
        """Replace title, words and tags; YouTube lets no film be exchanged."""
        body = {"id": sent.id, "snippet": self._snippet(post)}
        reply = self.api.call("PUT", f"{self.api.base}/youtube/v3/videos", params={"part": "snippet"}, json=body)
        outcome = self.api.judge(reply)
        return outcome if outcome is not None else Sent(sent.id, sent.url, "title and words were replaced")

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        reply = self.api.call("DELETE", f"{self.api.base}/youtube/v3/videos", params={"id": sent.id})
        if isinstance(reply, Answer) and reply.status in (204, 404):
            return Sent(sent.id, "", "deleted")
        return self.api.judge(reply) or Sent(sent.id, "", "deleted")

    def _snippet(self, post: Post) -> dict[str, Any]:
        return {
            "title": post.title,
            "description": post.text,
            "tags": list(post.hashtags),
            "categoryId": str(self.settings.category),
            "defaultLanguage": "vi",
        }


def make_related(value: Mapping[str, Any], data: bytes) -> tuple[str, bytes]:
    """A multipart/related body of JSON and a file: its content type and its bytes."""
    boundary = f"phan-{hashlib.sha256(data).hexdigest()[:32]}"  # cannot stand in the data it is the hash of
    head = f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json.dumps(value)}\r\n"
    middle = f"--{boundary}\r\nContent-Type: application/octet-stream\r\n\r\n"
    body = head.encode() + middle.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return f"multipart/related; boundary={boundary}", body


def _id(reply: object) -> str:
    return str(reply.body.get("id", "")) if isinstance(reply, Answer) and isinstance(reply.body, dict) else ""


def _status(value: object) -> str:
    status = value.get("status") if isinstance(value, dict) else None
    return str(status.get("privacyStatus", "")) if isinstance(status, dict) else ""
