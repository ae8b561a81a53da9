"""WordPress: a draft with an address of its own, read back, then published by one small update.

WordPress suffixes a taken slug without a word, so the slug carries the delivery's key and is only ever looked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import Any

from publisher.channels.article_body import Pictures, replace_sources
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
from publisher.channels.fitting import fit_limits, images_of, normal
from publisher.channels.outcomes import StoppedError, before_commit, judge, need_list, need_object
from publisher.channels.picture_host import public_name
from publisher.channels.portal_settings import Settings
from publisher.channels.radio_script import folder_name
from publisher.channels.web import Answer, Reply, Web

LIMITS = Limits(
    text=None,
    title=None,
    images=100,
    image_bytes=8_000_000,  # PHP's usual upload_max_filesize or more; a host may set less and then says so
    image_mimes=("image/png", "image/jpeg"),
    shapes=("article",),
)
_ANY_STATUS = "publish,future,draft,pending,private"
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass
class WordPress(OfAccount):
    account: Account
    settings: Settings
    web: Web
    base: str
    help: str
    limits: Limits = LIMITS

    def fit(self, post: Post) -> tuple[str, ...]:
        reasons = list(fit_limits(post, self.limits))
        if not post.title.strip():
            reasons.append("title: empty; an article needs one")
        if not (post.html.strip() or post.text.strip()):
            reasons.append("article: empty; there is nothing to show")
        return tuple(reasons)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Upload pictures, make or renew the draft, and read it back."""
        try:
            post_id = handles.get("post_id") or self._find_id(post)
            fields = self._fields(post)
            if post_id:
                return self._renew_draft(post_id, fields)
            made = self._need("POST", "posts", json={**fields, "status": "draft", "slug": slug_of(post)})
            return self._read_back(str(made.get("id", "")), fields)
        except StoppedError as stop:
            return before_commit(stop.outcome)
        except FileNotFoundError:
            return Rejected("a picture of the article is no longer there. Render the post again.")

    def _renew_draft(self, post_id: str, fields: dict[str, Any]) -> Prepared | Retry | Rejected:
        there = self._need("GET", f"posts/{post_id}", params={"context": "edit"})
        if there.get("status") == "publish":  # an earlier commit landed: nothing that is out is touched here
            if _changed(there, fields):
                return Rejected("an earlier version of the article is out: correct it on the portal, then cancel this")
            return Prepared({"post_id": post_id})
        self._need("POST", f"posts/{post_id}", json=fields)
        return self._read_back(post_id, fields)

    def _read_back(self, post_id: str, fields: Mapping[str, Any]) -> Prepared | Rejected:
        """The draft must hold what was approved; a portal that rewrites HTML is refused, not accepted in silence."""
        there = self._need("GET", f"posts/{post_id}", params={"context": "edit"})
        changed = _changed(there, fields)
        if changed:
            return Rejected(
                f"the portal changed the {changed} of the draft. Give the user a role with unfiltered_html (Editor), "
                "or switch off the plugin that rewrites articles."
            )
        return Prepared({"post_id": post_id})

    def _fields(self, post: Post) -> dict[str, Any]:
        addresses: dict[str, str] = {}
        cover = 0
        for image in images_of(post):
            media_id, addresses[image.sha256] = self._place(image)
            cover = cover or media_id
        body = replace_sources(post.html, addresses, Pictures(post.media)) if post.html else _paragraphs(post.text)
        fields: dict[str, Any] = {"title": post.title, "content": body, "excerpt": post.summary}
        if cover:
            fields["featured_media"] = cover
        if self.settings.categories:
            fields["categories"] = list(self.settings.categories)
        return fields

    def _place(self, image: Media) -> tuple[int, str]:
        """A picture in the media library, by the hash in its name: uploaded once, however often this runs."""
        name = public_name(image)
        found = self._need_list("media", {"slug": name.partition(".")[0], "context": "edit"})
        entry = found[0] if found else self._upload(name, image)
        if entry.get("alt_text") != image.alt:
            entry = self._need("POST", f"media/{entry.get('id')}", json={"alt_text": image.alt})
        return int(str(entry.get("id", 0))), str(entry.get("source_url", ""))

    def _upload(self, name: str, image: Media) -> dict[str, Any]:
        headers = {"Content-Type": image.mime, "Content-Disposition": f'attachment; filename="{name}"'}
        return self._need("POST", "media", data=image.path.read_bytes(), headers=headers)

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        post_id = handles.get("post_id", "")
        if not post_id:
            return Rejected("the draft was not made: prepare the post again")
        return self._publish(post_id, {"status": "publish"}, "the portal says published")

    def _publish(self, post_id: str, fields: Mapping[str, Any], evidence: str) -> Outcome:
        reply = self._call("POST", f"posts/{post_id}", json=fields)
        outcome = self._judge(reply)
        if outcome is not None:
            return outcome
        value = reply.body if isinstance(reply, Answer) else {}
        if value.get("status") != "publish":
            return Unknown(f"the portal left the article in status {self.web.clean(value.get('status', '?'))}")
        return Sent(post_id, str(value.get("link", "")), evidence)

    def confirm(self, post: Post, sent: Sent) -> Sent:
        reply = self._call("GET", f"posts/{sent.id}", params={"context": "edit"})
        if not isinstance(reply, Answer) or not reply.ok or not isinstance(reply.body, dict):
            return sent
        return Sent(sent.id, str(reply.body.get("link") or sent.url), f"read back: {reply.body.get('status')}")

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        try:
            post_id = handles.get("post_id") or self._find_id(post)
            if not post_id:
                return Absent("no article with this delivery's slug, in any status")
            there = self._need("GET", f"posts/{post_id}", params={"context": "edit"})
        except StoppedError as stop:
            if isinstance(stop.outcome, Rejected) and "HTTP 404" in stop.outcome.reason:
                return Absent("the portal knows no article of this number")
            return CannotTell(f"the portal could not be read: {stop.reason}", self.settings.base_url)
        status = there.get("status")
        if status == "publish":
            return Found(Sent(str(post_id), str(there.get("link", "")), "found on the portal"), "status publish")
        return Absent(f"the article is there and not published (status {status})")

    def check(self) -> tuple[Finding, ...]:
        try:
            me = self._need("GET", "users/me", params={"context": "edit"})
        except StoppedError as stop:
            return (Finding("error" if isinstance(stop.outcome, Rejected) else "warning", stop.reason),)
        rights = me.get("capabilities")
        needed = ("publish_posts", "upload_files", "edit_published_posts")
        missing = [right for right in needed if isinstance(rights, dict) and not rights.get(right)]
        if missing:
            return (Finding("error", f"the user lacks {', '.join(missing)}: give the role Editor. {self.help}"),)
        unknown = self._unknown_categories()
        if unknown:
            numbers = ", ".join(map(str, unknown))
            text = f"{self.account.path}: categories: the portal has none of the number {numbers}. Correct the line."
            return (Finding("error", text),)
        return (Finding("ok", f"logged in as {self.web.clean(me.get('name', self.settings.user))}"),)

    def _unknown_categories(self) -> list[int]:
        """Numbers of the settings that are no category there; none where the portal does not say."""
        wanted = self.settings.categories
        if not wanted:
            return []
        params = {"include": ",".join(map(str, wanted)), "per_page": "100"}
        try:
            known = {entry.get("id") for entry in self._need_list("categories", params)}
        except StoppedError:
            return []
        return [number for number in wanted if number not in known]

    def correct(self, post: Post, sent: Sent) -> Outcome:
        """Replace words and pictures of what is out, under the same address."""
        try:
            fields = self._fields(post)
        except StoppedError as stop:
            return before_commit(stop.outcome)
        except FileNotFoundError:
            return Rejected("a picture of the article is no longer there. Render the post again.")
        return self._publish(sent.id, fields, "the article was replaced")

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        """Move the article to the trash, where a person can still read it."""
        reply = self._call("DELETE", f"posts/{sent.id}")
        if isinstance(reply, Answer) and reply.status in (404, 410):
            return Sent(sent.id, "", "it was no longer there")
        outcome = self._judge(reply)
        return outcome if outcome is not None else Sent(sent.id, "", "in the portal's trash")

    def _find_id(self, post: Post) -> str:
        """The number of this delivery's article in any status, or ''. The oldest, if there are two."""
        slug = slug_of(post)
        entries = self._need_list("posts", {"slug": f"{slug},{slug}-2", "status": _ANY_STATUS, "context": "edit"})
        numbers = sorted(int(str(entry.get("id", 0))) for entry in entries)
        return str(numbers[0]) if numbers else ""

    def _call(self, method: str, path: str, **parts: Any) -> Reply:
        return _unwrap(self.web.call(method, f"{self.base}/wp-json/wp/v2/{path}", **parts))

    def _need(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        reply = self._call(method, path, **parts)
        return need_object(reply, self._judge(reply))

    def _need_list(self, path: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
        reply = self._call("GET", path, params=params)
        return need_list(reply, self._judge(reply), service="WordPress")

    def _judge(self, reply: Reply) -> Outcome | None:
        return judge(reply, web=self.web, token=self.help, said=_said(reply))


def slug_of(post: Post) -> str:
    """The end of the article's address: readable, and of this delivery alone."""
    readable = _SLUG.sub("-", (post.data.get("slug") or "bai-viet").lower()).strip("-")[:80]
    return f"{readable}-{folder_name(post.key).rpartition('-')[2]}"


def _unwrap(reply: Reply) -> Reply:
    """WordPress checks parameters before logins: asking for drafts with a wrong password is a 400 around a 401."""
    if not isinstance(reply, Answer) or reply.status != 400 or not isinstance(reply.body, dict):
        return reply
    details = (reply.body.get("data") or {}).get("details") or {}
    inner = [value.get("data", {}).get("status") for value in details.values() if isinstance(value, dict)]
    refused = next((status for status in inner if status in (401, 403)), None)
    return reply if refused is None else replace(reply, status=refused)


def _changed(there: Mapping[str, Any], fields: Mapping[str, Any]) -> str:
    """The first part that is not there as it was given; '' when all is."""
    parts = ("title", "content")
    return next((key for key in parts if normal(_raw(there, key)) != normal(str(fields[key]))), "")


def _raw(value: Mapping[str, Any], key: str) -> str:
    part = value.get(key)
    return str(part.get("raw", "")) if isinstance(part, dict) else ""


def _said(reply: Reply) -> str:
    if not isinstance(reply, Answer) or not isinstance(reply.body, dict):
        return ""
    return f"{reply.body.get('code', '')} {reply.body.get('message', '')}".strip()


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{escape(part)}</p>" for part in text.split("\n") if part.strip())
