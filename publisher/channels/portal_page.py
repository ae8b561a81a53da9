"""A page of the office's own portal, looked at: does it show the article a person says it shows?"""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import urljoin, urlsplit

from publisher.channels.web import Answer, Web

_MOST_MOVES = 4  # a portal leads to https, to www, to a trailing slash


def why_not_shown(web: Web, base_url: str, *, title: str, url: str) -> str:
    """Why the address is not that of the article; '' when its page shows the title. Asks no host but the portal's."""
    if not is_of(url, base_url):
        return f"the address entered is not one of {base_url}"
    url = urlsplit(url)._replace(scheme=urlsplit(base_url).scheme, fragment="").geturl()
    for _ in range(_MOST_MOVES):
        reply = web.call("GET", url)
        if isinstance(reply, Answer) and reply.status in (301, 302, 303, 307, 308):
            url = urljoin(url, reply.headers.get("location", ""))
            continue
        if not isinstance(reply, Answer):
            return f"the page could not be fetched ({reply.reason})"
        if reply.status != 200:
            return f"the portal has no page there (HTTP {reply.status})"
        shown = _plain(reply.content.decode("utf-8", "replace"))
        return "" if _plain(title) in shown else "the page there does not show the article's title"
    return "the portal leads from page to page without an end"


def is_of(url: str, base: str) -> bool:
    """Whether the address is on the host of `base`."""
    try:
        found, wanted = urlsplit(url), urlsplit(base)
    except ValueError:
        return False
    same_host = found.hostname == wanted.hostname and found.scheme in ("http", "https")
    return same_host and not found.username and len(url.split()) == 1


def origin_of(address: str) -> str:
    """Scheme and host of an address: an article may lie outside the folder its portal begins in."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _plain(text: str) -> str:
    """The words of a page or a title, however they are marked up, spelled in bytes or broken into lines."""
    bare = html.unescape(re.sub(r"<[^>]*>", "", text))
    return " ".join(unicodedata.normalize("NFC", bare).split()).casefold()
