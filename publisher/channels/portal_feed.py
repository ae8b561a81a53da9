"""Feeds the portal reads by itself: RSS, Atom and JSON Feed files, with ids that never change.

Publishing is putting one record into a folder by one rename; the three files are made from the records.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
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
    OfAccount,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
)
from publisher.channels.feed_files import FeedItem, atom, json_feed, rss
from publisher.channels.fitting import fit_limits, images_of
from publisher.channels.picture_host import public_name
from publisher.channels.portal_settings import Settings
from publisher.channels.portal_wordpress import LIMITS
from publisher.channels.radio_script import folder_name
from publisher.errors import PublisherError
from publisher.files import write_bytes, write_text

KEPT = 100  # items in a feed; older ones stay in the folder


@dataclass
class Feed(OfAccount):
    account: Account
    settings: Settings
    folder: Path
    may_make_folder: bool = False
    limits: Limits = LIMITS

    def fit(self, post: Post) -> tuple[str, ...]:
        reasons = list(fit_limits(post, self.limits))
        if not post.title.strip():
            reasons.append("title: empty; an item needs one")
        return tuple(reasons)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Put the pictures beside the feeds; nothing leads to them yet."""
        if self.may_make_folder:
            self.folder.mkdir(parents=True, exist_ok=True)
        if not self.folder.is_dir():
            return Retry("folder: not there. Mount it, or correct it in the account's file.", 300.0)
        try:
            for image in images_of(post):
                write_bytes(self.folder / "anh" / public_name(image), image.path.read_bytes())
        except (OSError, PublisherError):
            return Rejected("folder: a picture could not be written. Look at its rights and free space.")
        return Prepared({"item": item_id(post)})

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        published = (post.due_at or datetime.now(UTC)).astimezone(UTC).isoformat()
        return self._put(post, item_id(post), (published, published), "the item is in the feeds")

    def _put(self, post: Post, item: str, dates: tuple[str, str], evidence: str) -> Outcome:
        """`item` is the id once given: a correction has a key of its own and must not become a second item."""
        value = {**self._value(post), "id": item, "published": dates[0], "updated": dates[1]}
        try:
            write_text(self._record(item), json.dumps(value, ensure_ascii=False, indent=1))
        except PublisherError:
            return Retry("the item could not be written: look at the folder's rights and free space", 300.0)
        try:
            self._write_feeds()
        except PublisherError:
            # The record is there: the next item, or the next look, writes the files.
            return Sent(item, self._url(), f"{evidence}; the files could not be renewed yet")
        return Sent(item, self._url(), evidence)

    def _value(self, post: Post) -> dict[str, Any]:
        base = self.settings.base_url
        addresses = {image.sha256: f"{base}/anh/{public_name(image)}" for image in images_of(post)}
        return {
            "content_sha256": post.content_hash(),
            "title": post.title,
            "summary": post.summary or post.text,
            "html": replace_sources(post.html, addresses, Pictures(post.media)),
            "author": post.author,
            "link": post.link if post.link.startswith(("https://", "http://")) else base,
            "image": next(iter(addresses.values()), ""),
        }

    def confirm(self, post: Post, sent: Sent) -> Sent:
        return sent

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        if not self.folder.is_dir():
            return CannotTell("the folder is not there", self.settings.base_url)
        if not self._record(item_id(post)).is_file():
            return Absent("no item of this id in the feed's folder")
        try:
            self._write_feeds()
        except PublisherError:
            return CannotTell("the item is there; the feeds could not be written", self.settings.base_url)
        return Found(Sent(item_id(post), self._url(), "found in the feed"), "the item is in the feed")

    def check(self) -> tuple[Finding, ...]:
        if self.folder.is_dir() or self.may_make_folder:
            return (Finding("ok", "the feed's folder is there"),)
        return (Finding("error", f"{self.account.path}: folder: not there. Mount it, or correct the line."),)

    def correct(self, post: Post, sent: Sent) -> Outcome:
        """Replace the item; its id and its first date stay."""
        ready = self.prepare(post, {})
        if not isinstance(ready, Prepared):
            return ready
        try:
            old = json.loads(self._record(sent.id).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return Rejected("the item is no longer in the feed's folder")
        # Readers fetch an item again only when its date of change has moved on.
        after = datetime.fromisoformat(old["updated"]) + timedelta(seconds=1)
        updated = max(datetime.now(UTC), after).isoformat(timespec="seconds")
        return self._put(post, sent.id, (str(old["published"]), updated), "the item was replaced")

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        self._record(sent.id).unlink(missing_ok=True)
        try:
            self._write_feeds()
        except PublisherError:
            return Retry("the feeds could not be written", 300.0)
        return Sent(sent.id, "", "taken out of the feeds; readers that already fetched it keep their copy")

    def _record(self, name: str) -> Path:
        return self.folder / "muc" / f"{name.rpartition(':')[2]}.json"

    def _url(self) -> str:
        return f"{self.settings.base_url}/feed.xml"

    def _write_feeds(self) -> None:
        records = [json.loads(p.read_text(encoding="utf-8")) for p in (self.folder / "muc").glob("[!.]*.json")]
        items = [FeedItem(**{k: v for k, v in r.items() if k != "content_sha256"}) for r in records]
        newest = sorted(items, key=lambda item: (item.published, item.id), reverse=True)[:KEPT]
        title = self.settings.feed_title or str(self.account.settings.get("title", self.account.name))
        for name, make in (("rss.xml", rss), ("feed.xml", atom), ("feed.json", json_feed)):
            write_text(self.folder / name, make(title, self.settings.base_url, newest))


def item_id(post: Post) -> str:
    """A URN that depends on the delivery's key only."""
    return f"urn:publisher:{folder_name(post.key)}"
