"""Liferay 7.4 and later: create-or-replace by an external reference code, the one true key against doubles."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import quote

from publisher.channels.article_body import Pictures, replace_sources
from publisher.channels.base import (
    Absent,
    Account,
    CannotTell,
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
)
from publisher.channels.fitting import fit_limits, images_of
from publisher.channels.outcomes import before_commit, judge
from publisher.channels.picture_host import public_name
from publisher.channels.portal_settings import Settings
from publisher.channels.portal_wordpress import LIMITS
from publisher.channels.radio_script import folder_name
from publisher.channels.web import Answer, Reply, Web


@dataclass
class Liferay(OfAccount):
    account: Account
    settings: Settings
    web: Web
    base: str
    help: str
    ask: Callable[..., Reply]
    """Makes one call, logged in."""
    limits: Limits = LIMITS

    def fit(self, post: Post) -> tuple[str, ...]:
        reasons = list(fit_limits(post, self.limits))
        if not post.title.strip() or not (post.html.strip() or post.text.strip()):
            reasons.append("title or article: empty; both are needed")
        return tuple(reasons)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Put the pictures into the site's documents, each under a code of its own."""
        handles = {}
        for number, image in enumerate(images_of(post)):
            code = f"publisher-{image.sha256[:40]}"
            described = json.dumps(
                {"title": public_name(image), "description": image.alt, "externalReferenceCode": code}
            )
            try:
                data = image.path.read_bytes()
            except OSError:
                return Rejected(f"{image.name}: the file is no longer there. Render the post again.")
            files = {"file": (public_name(image), data, image.mime), "document": (None, described, "application/json")}
            reply = self._call("PUT", f"documents/by-external-reference-code/{quote(code, safe='')}", files=files)
            outcome = self._judge(reply)
            if outcome is not None:
                return before_commit(outcome)
            handles[f"picture:{image.sha256}"] = str(_body(reply).get("contentUrl", ""))
            if number == 0:
                handles["cover_id"] = str(_body(reply).get("id", ""))
        return Prepared(handles)

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        if any(f"picture:{image.sha256}" not in handles for image in images_of(post)):
            return Rejected("its pictures were not uploaded: prepare the post again")
        return self._put(post, code_of(post), handles, "the portal took the article")

    def _put(self, post: Post, code: str, handles: Mapping[str, str], evidence: str) -> Outcome:
        """`code` is the one once given: a correction has a key of its own and must not become a second article."""
        addresses = {key.removeprefix("picture:"): url for key, url in handles.items() if key.startswith("picture:")}
        body = (
            replace_sources(post.html, addresses, Pictures(post.media)) if post.html else f"<p>{escape(post.text)}</p>"
        )
        value: dict[str, Any] = {
            "headline": post.title,
            "articleBody": body,
            "description": post.summary,
            "externalReferenceCode": code,
            "keywords": list(post.hashtags),
        }
        if handles.get("cover_id", "").isdigit():
            value["image"] = {"imageId": int(handles["cover_id"]), "caption": images_of(post)[0].alt}
        reply = self._call("PUT", f"{_ARTICLES}/{quote(code, safe='')}", json=value)
        outcome = self._judge(reply)
        return outcome if outcome is not None else Sent(code, self._url(_body(reply)), evidence)

    def confirm(self, post: Post, sent: Sent) -> Sent:
        look = self.find(post, {}, datetime.now(UTC))
        return look.sent if isinstance(look, Found) else sent

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        code = code_of(post)
        reply = self._call("GET", f"{_ARTICLES}/{quote(code, safe='')}")
        if isinstance(reply, Answer) and reply.status == 404:
            return Absent("the portal has no article with this delivery's code")
        outcome = self._judge(reply)
        if outcome is not None:
            reason = getattr(outcome, "reason", "no answer")
            return CannotTell(f"the portal could not be read: {reason}", self.settings.base_url)
        return Found(Sent(code, self._url(_body(reply)), "found by its code"), "found by its code")

    def check(self) -> tuple[Finding, ...]:
        reply = self._call("GET", "blog-postings", params={"pageSize": "1"})
        outcome = self._judge(reply)
        if outcome is None:
            return (Finding("ok", "the site answers"),)
        reason = getattr(outcome, "reason", "no answer")
        return (Finding("error" if isinstance(outcome, Rejected) else "warning", reason),)

    def correct(self, post: Post, sent: Sent) -> Outcome:
        ready = self.prepare(post, {})
        if not isinstance(ready, Prepared):
            return ready
        return self._put(post, sent.id, ready.handles, "the article was replaced")

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        reply = self._call("DELETE", f"{_ARTICLES}/{quote(sent.id, safe='')}")
        if isinstance(reply, Answer) and reply.status in (204, 404):
            return Sent(sent.id, "", "removed")
        outcome = self._judge(reply)
        return outcome if outcome is not None else Sent(sent.id, "", "removed")

    def _call(self, method: str, path: str, **parts: Any) -> Reply:
        site = f"{self.base}/o/headless-delivery/v1.0/sites/{self.settings.site_id}"
        return self.ask(method, f"{site}/{path}", **parts)

    def _judge(self, reply: Reply) -> Outcome | None:
        return judge(reply, web=self.web, token=self.help, said=str(_body(reply).get("title", "")))

    def _url(self, value: Mapping[str, Any]) -> str:
        path = value.get("friendlyUrlPath")
        return f"{self.settings.base_url}/b/{path}" if path else ""


_ARTICLES = "blog-postings/by-external-reference-code"


def code_of(post: Post) -> str:
    """The delivery's external reference code: the same for ever."""
    return f"publisher-{folder_name(post.key)}"


def _body(reply: Reply) -> dict[str, Any]:
    return reply.body if isinstance(reply, Answer) and isinstance(reply.body, dict) else {}
