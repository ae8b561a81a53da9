"""Zalo Official Accounts: articles, made hidden first and then shown, so that no doubt can make a second one.

Zalo has no key against doubles and answers `create` with a token before the article exists. A hidden article is
invisible and has an id once it is verified; showing it is an update of that id, which may be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from publisher.channels import zalo_group
from publisher.channels.base import (
    Absent,
    Account,
    CannotTell,
    Channel,
    Finding,
    Found,
    Limits,
    Look,
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
from publisher.channels.outcomes import before_commit
from publisher.channels.picture_host import PictureHost, open_host
from publisher.channels.web import Web
from publisher.channels.zalo_api import MEDIUM, PROCESSING, Said, ZaloApi, ZaloReply
from publisher.channels.zalo_broadcast import lay_out
from publisher.channels.zalo_consent import ZaloConsent
from publisher.channels.zalo_find import find_draft, find_shown, mark_draft
from publisher.channels.zalo_login import OLD_AFTER_DAYS, ZaloLogin
from publisher.channels.zalo_payload import cover_of, make_payload, pictures_of, summary_of
from publisher.channels.zalo_settings import SECRETS, SETTINGS, Settings, parse_settings
from publisher.channels.zalo_video import upload_film
from publisher.errors import CredentialsError

__all__ = ["KIND", "LIMITS", "SECRETS", "SETTINGS", "Zalo", "ask_consent", "connect", "limits_of", "parse_settings"]

KIND = "zalo"
LIMITS = Limits(
    text=None,
    title=149,  # 150 by the clients' tables; a live client saw exactly 150 refused
    summary=299,  # 300 likewise
    images=20,
    image_bytes=1_000_000,  # clients' tables: pictures ≤ 1 MB
    image_mimes=("image/png", "image/jpeg"),
    video_bytes=50_000_000,  # Zalo's own libraries: mp4 or avi, at most 50 MB
    shapes=("article", "video"),
)
AUTHOR_LIMIT = 50


def limits_of(account: Account) -> Limits:
    """What an Official Account's article holds, or one message to a group."""
    return zalo_group.LIMITS if account.settings.get("via") == "group" else LIMITS


def connect(account: Account, link: Link) -> Channel:
    """The account's channel. Raises CredentialsError when a secret is not set."""
    settings = parse_settings(marked_settings(account), account.secrets)
    if settings.via == "group":
        folder = Path(settings.folder) if link.sandbox is None else link.folder / "group"
        title = str(account.settings.get("title", account.name))
        return zalo_group.GroupKit(account, folder, title, may_make_folder=link.sandbox is not None)
    first = link.secret(account, "refresh_token", SECRETS["refresh_token"])
    app_secret = link.secret(account, "app_secret", SECRETS["app_secret"])
    base, login_url = link.base(settings.base_url), link.base(settings.login_url)
    web = Web((base, login_url), settings.timeout_s, (first, app_secret), sandboxed=link.sandbox is not None)
    help_text = token_help(account, "refresh_token", SECRETS["refresh_token"])
    login = ZaloLogin(web, link.folder, settings.app_id, first, app_secret, login_url, help_text)
    return Zalo(account, settings, ZaloApi(web, login, base, help_text), open_host(settings, link), Notes(link.folder))


def ask_consent(account: Account, link: Link) -> ZaloConsent:
    """How an administrator gives consent. Raises CredentialsError when the application's secret is not set."""
    settings = parse_settings(marked_settings(account), account.secrets)
    if settings.via == "group":
        raise CredentialsError(f"{account.path}: a group needs no login.")
    app_secret = link.secret(account, "app_secret", SECRETS["app_secret"])
    if not settings.redirect_uri and link.sandbox is None:
        raise CredentialsError(
            f"{account.path}: redirect_uri: missing; consent needs it. Enter an address of your own at "
            "developers.zalo.me > the application > Official Account, and write the same here."
        )
    login_url = link.base(settings.login_url)
    web = Web((login_url,), settings.timeout_s, (app_secret,), sandboxed=link.sandbox is not None)
    return ZaloConsent(web, login_url, settings.app_id, app_secret, settings.redirect_uri)


@dataclass
class Zalo(OfAccount):
    account: Account
    settings: Settings
    api: ZaloApi
    host: PictureHost
    notes: Notes
    limits: Limits = LIMITS

    def fit(self, post: Post) -> tuple[str, ...]:
        reasons = list(fit_limits(post, self.limits))
        cover = cover_of(post)
        if cover is None:
            reasons.append("cover: none; every article needs a picture, and every film its still")
        elif cover.bytes > (self.limits.image_bytes or cover.bytes):
            reasons.append(f"{cover.name}: {cover.bytes} bytes; allowed: {self.limits.image_bytes}")
        if post.shape == "video" and media_of(post, "video") is None:
            reasons.append("video: none; a video article needs one")
        if not post.title.strip() or not summary_of(post):
            reasons.append("title or summary: empty; an article needs both")
        author = self._author(post)
        if len(author) > AUTHOR_LIMIT:
            reasons.append(f"author: {len(author)} characters; allowed: {AUTHOR_LIMIT}")
        return tuple(reasons)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Put the pictures where Zalo can fetch them, upload a film, and make the article, hidden."""
        ready = self._place(post, handles)
        if not isinstance(ready, dict):
            return ready
        payload = self._payload(post, ready, status="hide")
        known = handles.get("article_id") or find_draft(self.api, payload["type"], post.key)
        if not isinstance(known, str):
            return before_commit(known)
        draft = mark_draft(payload, post.key, limit=self.limits.title or len(payload["title"]))
        made = known or self._make("/v2.0/article/create", draft)
        if not isinstance(made, str):
            return before_commit(made)
        return Prepared({"article_id": made, **ready})

    def _place(self, post: Post, handles: Mapping[str, str]) -> dict[str, str] | Retry | Rejected:
        """Addresses of the pictures and the id of the film, as handles."""
        ready: dict[str, str] = {}
        for picture in pictures_of(post):
            placed = self.host.place(picture)
            if not isinstance(placed, str):
                return placed
            ready[f"picture:{picture.sha256}"] = placed
        film = media_of(post, "video")
        if post.shape != "video" or film is None:
            return ready
        if "video_id" in handles:
            return {**ready, "video_id": handles["video_id"]}
        known = self.notes.read(post.key)

        def note(learnt: Mapping[str, str]) -> None:
            self.notes.write(post.key, {**self.notes.read(post.key), **learnt})

        polls, poll_s = self.settings.polls, self.settings.poll_s
        video_id = upload_film(self.api, film, known, note, polls=polls, poll_s=poll_s)
        return {**ready, "video_id": video_id} if isinstance(video_id, str) else video_id

    def _payload(self, post: Post, handles: Mapping[str, str], *, status: str) -> dict[str, Any]:
        return make_payload(post, handles, author=self._author(post), comments=self.settings.comments, status=status)

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        article_id = handles.get("article_id", "")
        if not article_id:
            return Rejected("the article was not made: prepare the post again")
        return self._update(post, article_id, handles, status="show")

    def _update(self, post: Post, article_id: str, handles: Mapping[str, str], *, status: str) -> Outcome:
        payload = {**self._payload(post, handles, status=status), "id": article_id}
        made = self._make("/v2.0/article/update", payload)
        if not isinstance(made, str):
            return made
        if status == "show":
            self.notes.forget(post.key)
        return Sent(article_id, self._url(article_id), "Zalo verified the article")

    def lay_out_broadcast(self, post: Post, sent: Sent, now: datetime) -> tuple[str, ...]:
        """The sheet for the person who presses the broadcast; `now` is local to the readers. No request is made."""
        return lay_out(post, sent, now=now, audience=self.settings.audience).lines()

    def _make(self, path: str, payload: Mapping[str, Any]) -> str | Outcome:
        """Create or update, then wait for the article's id."""
        reply = self.api.call("POST", path, json=payload)
        if not isinstance(reply, Said):
            return reply
        if reply.error:
            return self.api.judge(reply)
        token = str(reply.data.get("token", ""))
        verified = self._verify(token)
        if isinstance(verified, Said) and not verified.error and verified.data.get("id"):
            return str(verified.data["id"])
        if isinstance(verified, Said) and verified.error == MEDIUM:
            return self.api.judge(verified)
        # The call itself was taken: whatever became of reading its result, it may have worked.
        return Unknown("Zalo took the article and did not say what became of it")

    def _verify(self, token: str) -> ZaloReply:
        reply: ZaloReply = Unknown("not asked yet")
        for turn in range(self.settings.polls):
            if turn:
                time.sleep(self.settings.poll_s)
            reply = self.api.call("POST", "/v2.0/article/verify", json={"token": token})
            if isinstance(reply, Said) and reply.error != PROCESSING:
                return reply
        return reply

    def confirm(self, post: Post, sent: Sent) -> Sent:
        reply = self.api.call("GET", "/v2.0/article/getdetail", params={"id": sent.id})
        if not isinstance(reply, Said) or reply.error:
            return sent
        url = str(reply.data.get("link_view") or sent.url)
        return Sent(sent.id, url, f"read back: {reply.data.get('status', 'no status')}")

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        return self.find_except(post, handles, since, frozenset())

    def find_except(self, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str]) -> Look:
        article_id = handles.get("article_id") or handles.get("id", "")
        if not article_id:  # after a restore: it may be out under a number that the backup does not hold
            return find_shown(self.api, post, others)
        reply = self.api.call("GET", "/v2.0/article/getdetail", params={"id": article_id})
        if isinstance(reply, Said) and not reply.error:
            status = str(reply.data.get("status", ""))
            if status == "show":
                return Found(Sent(article_id, self._url(article_id), "Zalo shows the article"), "status show")
            return Absent(f"the article is there and not shown (status {status})")
        return CannotTell("the article could not be read", self._url(article_id))

    def check(self) -> tuple[Finding, ...]:
        reply = self.api.call("GET", "/v2.0/oa/getoa")
        if isinstance(reply, Rejected):
            return (Finding("error", reply.reason),)
        if not isinstance(reply, Said):
            return (Finding("warning", getattr(reply, "reason", "no answer")),)
        if reply.error:
            return (Finding("error", getattr(self.api.judge(reply), "reason", reply.message)),)
        findings = [Finding("ok", f"{self.api.web.clean(reply.data.get('name', self.name))} answers")]
        age = self.api.login.age_days()
        if age is not None and age > OLD_AFTER_DAYS:
            findings.append(
                Finding("warning", f"the token was last renewed {age:.0f} days ago; it dies after about 90")
            )
        return tuple(findings)

    def correct(self, post: Post, sent: Sent) -> Outcome:
        """Replace the whole article under its id."""
        ready = self._place(post, {})
        if not isinstance(ready, dict):
            return ready
        return self._update(post, sent.id, ready, status="show")

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        reply = self.api.call("POST", "/v2.0/article/remove", json={"id": sent.id})
        if not isinstance(reply, Said):
            return reply
        return self.api.judge(reply) if reply.error else Sent(sent.id, "", "removed")

    def _author(self, post: Post) -> str:
        return post.author or self.settings.author

    def _url(self, article_id: str) -> str:
        return f"https://oa.zalo.me/article/{article_id}"
