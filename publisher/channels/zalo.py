"""Zalo Official Accounts: articles, made hidden first and then shown, so that no doubt can make a second one.

Zalo has no key against doubles and answers `create` with a token before the article exists. A hidden article is
invisible and has an id once it is verified; showing it is an update of that id, which may be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publisher.channels.article_body import Pictures, TextItem, split_body
from publisher.channels.base import (
    Absent,
    Account,
    CannotTell,
    Finding,
    Found,
    Limits,
    Look,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.fitting import fit_limits, images_of, normal
from publisher.channels.link import Link, marked_settings, token_help
from publisher.channels.outcomes import before_commit
from publisher.channels.picture_host import PictureHost, open_host
from publisher.channels.web import Web
from publisher.channels.zalo_api import MEDIUM, PROCESSING, Said, ZaloApi, ZaloReply
from publisher.channels.zalo_consent import ZaloConsent
from publisher.channels.zalo_login import OLD_AFTER_DAYS, ZaloLogin
from publisher.channels.zalo_settings import SECRETS, SETTINGS, Settings, parse_settings
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
    shapes=("article",),
)
AUTHOR_LIMIT = 50
_SLICE = 10  # the most getslice gives at once
_SLICES = 10


def limits_of(account: Account) -> Limits:
    """The same for every account of this kind."""
    return LIMITS


def connect(account: Account, link: Link) -> Zalo:
    """The account's channel. Raises CredentialsError when a secret is not set."""
    settings = parse_settings(marked_settings(account), account.secrets)
    first = link.secret(account, "refresh_token", SECRETS["refresh_token"])
    app_secret = link.secret(account, "app_secret", SECRETS["app_secret"])
    base, login_url = link.base(settings.base_url), link.base(settings.login_url)
    web = Web((base, login_url), settings.timeout_s, (first, app_secret), sandboxed=link.sandbox is not None)
    help_text = token_help(account, "refresh_token", SECRETS["refresh_token"])
    login = ZaloLogin(web, link.folder, settings.app_id, first, app_secret, login_url, help_text)
    return Zalo(account, settings, ZaloApi(web, login, base, help_text), open_host(settings, link))


def ask_consent(account: Account, link: Link) -> ZaloConsent:
    """How an administrator gives consent. Raises CredentialsError when the application's secret is not set."""
    settings = parse_settings(marked_settings(account), account.secrets)
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
class Zalo:
    account: Account
    settings: Settings
    api: ZaloApi
    host: PictureHost
    limits: Limits = LIMITS
    can_find: bool = True
    can_correct: bool = True
    can_withdraw: bool = True

    @property
    def name(self) -> str:
        return self.account.name

    def fit(self, post: Post) -> tuple[str, ...]:
        reasons = list(fit_limits(post, self.limits))
        if not images_of(post):
            reasons.append("cover: none; every article needs a picture")
        if not post.title.strip() or not self._summary(post):
            reasons.append("title or summary: empty; an article needs both")
        author = self._author(post)
        if len(author) > AUTHOR_LIMIT:
            reasons.append(f"author: {len(author)} characters; allowed: {AUTHOR_LIMIT}")
        return tuple(reasons)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Put the pictures where Zalo can fetch them and make the article, hidden."""
        urls: dict[str, str] = {}
        for image in images_of(post):
            placed = self.host.place(image)
            if not isinstance(placed, str):
                return placed
            urls[image.sha256] = placed
        payload = self._payload(post, urls, status="hide")
        known = handles.get("article_id") or self._find_hidden(payload)
        if not isinstance(known, str):
            return before_commit(known)
        if known:
            return Prepared({"article_id": known, **_url_handles(urls)})
        made = self._make("/v2.0/article/create", payload)
        if not isinstance(made, str):
            return before_commit(made)
        return Prepared({"article_id": made, **_url_handles(urls)})

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        article_id = handles.get("article_id", "")
        if not article_id:
            return Rejected("the article was not made: prepare the post again")
        return self._update(post, article_id, handles, status="show")

    def _update(self, post: Post, article_id: str, handles: Mapping[str, str], *, status: str) -> Outcome:
        urls = {key.removeprefix("picture:"): url for key, url in handles.items() if key.startswith("picture:")}
        made = self._make("/v2.0/article/update", {**self._payload(post, urls, status=status), "id": article_id})
        if not isinstance(made, str):
            return made
        return Sent(article_id, self._url(article_id), "Zalo verified the article")

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
        article_id = handles.get("article_id", "")
        if not article_id:
            return Absent("no article was ever made for this post")
        reply = self.api.call("GET", "/v2.0/article/getdetail", params={"id": article_id})
        if isinstance(reply, Said) and not reply.error:
            status = str(reply.data.get("status", ""))
            if status == "show":
                return Found(Sent(article_id, self._url(article_id), "Zalo shows the article"), "status show")
            return Absent(f"the article is there and not shown (status {status})")
        return CannotTell("the article could not be read", self._url(article_id))

    def _find_hidden(self, payload: Mapping[str, Any]) -> str | Outcome:
        """The id of an equal hidden article an earlier, interrupted prepare made; '' when there is none."""
        for number in range(_SLICES):
            params = {"offset": str(number * _SLICE), "limit": str(_SLICE), "type": "normal"}
            reply = self.api.call("GET", "/v2.0/article/getslice", params=params)
            if not isinstance(reply, Said):
                return reply
            if reply.error:
                return self.api.judge(reply)
            medias = reply.data.get("medias")
            entries = [e for e in medias if isinstance(e, dict)] if isinstance(medias, list) else []
            for entry in entries:
                same_title = normal(str(entry.get("title"))) == normal(payload["title"])
                if entry.get("status") == "hide" and same_title and self._is_same(str(entry.get("id")), payload):
                    return str(entry["id"])
            if len(entries) < _SLICE:
                return ""
        return ""

    def _is_same(self, article_id: str, payload: Mapping[str, Any]) -> bool:
        reply = self.api.call("GET", "/v2.0/article/getdetail", params={"id": article_id})
        if not isinstance(reply, Said) or reply.error:
            return False
        return all(reply.data.get(key) == payload[key] for key in ("title", "description", "body"))

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
        urls: dict[str, str] = {}
        for image in images_of(post):
            placed = self.host.place(image)
            if not isinstance(placed, str):
                return placed
            urls[image.sha256] = placed
        return self._update(post, sent.id, _url_handles(urls), status="show")

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        reply = self.api.call("POST", "/v2.0/article/remove", json={"id": sent.id})
        if not isinstance(reply, Said):
            return reply
        return self.api.judge(reply) if reply.error else Sent(sent.id, "", "removed")

    def _payload(self, post: Post, urls: Mapping[str, str], *, status: str) -> dict[str, Any]:
        cover = images_of(post)[0]
        return {
            "type": "normal",
            "title": post.title,
            "author": self._author(post),
            "cover": {"cover_type": "photo", "photo_url": urls.get(cover.sha256, ""), "status": "show"},
            "description": self._summary(post),
            "body": make_body(post, urls),
            "status": status,
            "comment": "show" if self.settings.comments else "hide",
        }

    def _author(self, post: Post) -> str:
        return post.author or self.settings.author

    def _summary(self, post: Post) -> str:
        return (post.summary or post.text).strip()

    def _url(self, article_id: str) -> str:
        return f"https://oa.zalo.me/article/{article_id}"


def make_body(post: Post, urls: Mapping[str, str]) -> list[dict[str, str]]:
    """The article as Zalo's items. Pictures the post does not hold are named by their description instead."""
    pictures = Pictures(post.media)
    body: list[dict[str, str]] = []
    for item in split_body(post.html or ""):
        media = None if isinstance(item, TextItem) else pictures.find(item.name)
        if isinstance(item, TextItem):
            body.append({"type": "text", "content": item.text})
        elif media is not None and media.sha256 in urls:
            body.append({"type": "image", "url": urls[media.sha256], "caption": item.alt or media.alt})
        elif item.alt:
            body.append({"type": "text", "content": item.alt})
    return body or [{"type": "text", "content": post.text or post.summary or post.title}]


def _url_handles(urls: Mapping[str, str]) -> dict[str, str]:
    return {f"picture:{digest}": url for digest, url in urls.items()}
