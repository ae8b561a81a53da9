"""Portals' cases: WordPress and Liferay at the sandbox, feeds and packages in a folder."""

from __future__ import annotations

import html
import http.server
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests
from channel_case import Case, Seen, Server, make_picture

from publisher.channels.base import Post, Sent
from tests.real.fault_line import FaultLine
from tests.real.installed import need
from tests.real.wordpress_site import EDITOR, WordPressSite, wordpress_site

KIND = "portal"
BODY = '<h2 id="muc-1">Ba bước</h2>\n<p>Đăng ký &amp; nhận lịch.</p>\n<p><img src="trong-bai.png" alt="Học sinh"></p>'
SECRETS = {"password": "PORTAL_THU_PASSWORD"}


def article(folder: Path, key: str) -> Post:
    media = (
        make_picture(folder, "bìa.png", (11, 79, 138), "Bìa: Ngày 18/5"),
        make_picture(folder, "trong-bai.png", (242, 165, 65), "Học sinh xem kính hiển vi"),
    )
    return Post(
        key,
        "portal-thu",
        "article",
        "Tỉnh Mẫu mở cửa phòng thí nghiệm",
        "Mời bà con.",
        html=BODY,
        summary="Mười hai phòng mở cửa.",
        author="Ban biên tập",
        media=media,
        data={"slug": "ngay-khoa-hoc-tinh-mau"},
    )


def too_long(post: Post) -> Post:
    return replace(post, media=tuple(replace(m, bytes=9_000_000) for m in post.media))


def words(post: Post) -> list[str]:
    return [post.title, post.summary, '<h2 id="muc-1">Ba bước</h2>', "<p>Đăng ký &amp; nhận lịch.</p>"]


@contextmanager
def feed_server(folder: Path) -> Iterator[Server]:
    place = folder / "tin"
    place.mkdir()

    def seen() -> list[Seen]:
        if not (place / "feed.json").is_file():
            return []
        shown = (place / "feed.json").read_text()
        items = json.loads(shown)["items"]
        files = tuple(path.read_bytes() for path in sorted((place / "anh").iterdir()) if path.name in shown)
        return [Seen(f"{i['title']}\n{i['summary']}\n{i['content_html']}", files) for i in items]

    yield Server({"folder": str(place)}, {}, seen)


@contextmanager
def package_server(folder: Path) -> Iterator[Server]:
    """A folder of packages, and the office's own portal with what a person has pasted from them."""
    place = folder / "goi"
    place.mkdir()

    class Portal(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/tin/cu":  # an address of before the last redesign
                self.send_response(301)
                self.send_header("Location", "/tin/1")
                self.end_headers()
                return
            known = self.path == "/tin/1"
            titles = [path.read_text().strip() for path in sorted(place.glob("*/tieu-de.txt"))]
            body = f"<html><h1 class='t'>{html.escape(titles[0])}</h1></html>" if known and titles else "<h1>404</h1>"
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    def seen() -> list[Seen]:
        names = ("tieu-de.txt", "tom-tat.txt", "noi-dung.html")
        return [
            Seen(
                "\n".join((path.parent / n).read_text() for n in names),
                tuple(p.read_bytes() for p in path.parent.glob("*.png")),
            )
            for path in sorted(place.glob("*/dia-chi.txt"))
        ]

    portal = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=portal.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{portal.server_address[1]}"
    yield Server({"folder": str(place), "base_url": address}, {}, seen)
    portal.shutdown()
    portal.server_close()


@contextmanager
def wordpress_server(folder: Path) -> Iterator[Server]:
    """Debian's WordPress, emptied; every request passes a line that can go wrong."""
    need("wordpress", "mariadb", "php")
    site = wordpress_site()
    site.empty()
    line = FaultLine(site.port, KIND)
    line.start()

    def seen() -> list[Seen]:
        return [read_article(site, entry) for entry in site.read("posts?per_page=100")]

    settings = {"base_url": line.url, "user": EDITOR}
    yield Server(
        settings,
        {"PORTAL_THU_PASSWORD": site.password},
        seen,
        drafts=lambda: len(site.articles("draft", "pending", "future", "private")),
        line=line,
        version=site.version,
    )
    line.stop()
    site.start()


def read_article(site: WordPressSite, entry: dict[str, Any]) -> Seen:
    """One article as a reader who is not logged in has it: its words, and the pictures it shows."""
    words = "\n".join(html.unescape(entry[key]["rendered"]) for key in ("title", "excerpt"))
    body = str(entry["content"]["rendered"])
    addresses = re.findall(r'<img[^>]+src="([^"]+)"', body)
    if entry["featured_media"]:
        addresses.append(site.read(f"media/{entry['featured_media']}")["source_url"])
    return Seen(f"{words}\n{body}", tuple(requests.get(url, timeout=30).content for url in addresses))


AT_ONCE = "the article is there, or is not, when the portal answers"
WORDPRESS = {"duplicate": "WordPress refuses no second article, it changes its address", "verify_fails": AT_ONCE}
LIFERAY = {"duplicate": "a PUT by external reference code replaces what is there", "verify_fails": AT_ONCE}
WEB = {"base_url": "https://truyenthong.tinhmau.example"}
CASES = (
    Case(
        "portal-wordpress",
        KIND,
        {**WEB, "flavour": "wordpress", "user": "biên-tập", "categories": [3]},
        SECRETS,
        article,
        words,
        too_long,
        token_setting="password_env",
        without=WORDPRESS,
    ),
    Case(
        "portal-wordpress-real",
        KIND,
        {"flavour": "wordpress", "categories": [3]},
        SECRETS,
        article,
        words,
        too_long,
        token_setting="password_env",
        without=WORDPRESS,
        server=wordpress_server,
        real="WordPress",
        line=True,
    ),
    Case(
        "portal-liferay",
        KIND,
        {**WEB, "flavour": "liferay", "user": "publisher", "site_id": "20121"},
        SECRETS,
        article,
        words,
        too_long,
        token_setting="password_env",
        without=LIFERAY,
    ),
    Case(
        "portal-liferay-client",
        KIND,
        {**WEB, "flavour": "liferay", "client_id": "id-77", "site_id": "20121"},
        {"client_secret": "PORTAL_THU_CLIENT"},
        article,
        words,
        too_long,
        # A refused access token is renewed and the call, surely refused, is made once more.
        faults={"expired": (Sent, 1)},
        without=LIFERAY,
        token_setting="client_secret_env",
    ),
    Case(
        "portal-feed",
        KIND,
        {**WEB, "flavour": "feed"},
        {},
        article,
        words,
        too_long,
        token_setting="",
        server=feed_server,
    ),
    Case(
        "portal-package",
        KIND,
        {"flavour": "package"},
        {},
        article,
        words,
        too_long,
        token_setting="",
        server=package_server,
        needs_person=True,
        corrects=False,
        withdraws=False,
    ),
)
