"""RSS 2.0, Atom and JSON Feed from the same items. Pure: the same items give the same bytes."""

from __future__ import annotations

import email.utils
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from publisher.content.signs import tidy


@dataclass(frozen=True)
class FeedItem:
    """`id` never changes; `published` and `updated` are ISO 8601 in UTC."""

    id: str
    title: str
    summary: str
    html: str
    author: str
    published: str
    updated: str
    link: str
    image: str = ""


def rss(title: str, address: str, items: Sequence[FeedItem]) -> str:
    """RSS 2.0; `guid` is our id and no address."""
    items, title = [_clean(item) for item in items], tidy(title)
    entries = "".join(
        f"<item><title>{escape(i.title)}</title><link>{escape(i.link)}</link>"
        f'<guid isPermaLink="false">{escape(i.id)}</guid><pubDate>{_rfc822(i.published)}</pubDate>'
        f"<description>{escape(i.html or escape(i.summary))}</description></item>\n"
        for i in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>{escape(address)}</link><description>{escape(title)}</description>"
        f"<language>vi</language>\n{entries}</channel></rss>\n"
    )


def atom(title: str, address: str, items: Sequence[FeedItem]) -> str:
    """Atom 1.0; the feed's `updated` is that of its newest item."""
    items, title = [_clean(item) for item in items], tidy(title)
    entries = "".join(
        f"<entry><id>{escape(i.id)}</id><title>{escape(i.title)}</title><link href={quoteattr(i.link)}/>"
        f"<published>{escape(i.published)}</published><updated>{escape(i.updated)}</updated>"
        f"<author><name>{escape(i.author or title)}</name></author><summary>{escape(i.summary)}</summary>"
        f'<content type="html">{escape(i.html)}</content></entry>\n'
        for i in items
    )
    updated = max((i.updated for i in items), default="1970-01-01T00:00:00+00:00")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi">'
        f"<id>{escape(address)}</id><title>{escape(title)}</title><updated>{escape(updated)}</updated>"
        f"<link href={quoteattr(address)}/>\n{entries}</feed>\n"
    )


def json_feed(title: str, address: str, items: Sequence[FeedItem]) -> str:
    """JSON Feed 1.1."""
    value = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": tidy(title),
        "home_page_url": address,
        "language": "vi",
        "items": [_json_item(_clean(item)) for item in items],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _clean(item: FeedItem) -> FeedItem:
    """The item without signs that XML cannot hold or that turn the words of a reader's page round."""
    return replace(item, **{name: tidy(getattr(item, name)) for name in ("title", "summary", "html", "author")})


def _json_item(item: FeedItem) -> dict[str, object]:
    value: dict[str, object] = {
        "id": item.id,
        "url": item.link,
        "title": item.title,
        "summary": item.summary,
        "content_html": item.html or escape(item.summary),
        "date_published": item.published,
        "date_modified": item.updated,
        "authors": [{"name": item.author}] if item.author else [],
    }
    return {**value, "image": item.image} if item.image else value


def _rfc822(moment: str) -> str:
    return email.utils.format_datetime(datetime.fromisoformat(moment))
