"""Feeds: three files from the same items, with ids that stay for ever and dates of change that move on."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import lxml.html
import pytest
from channel_case import NOON

from publisher.channels.base import Account, Channel, Post, Prepared, Sent
from publisher.channels.registry import connect
from publisher.channels.secrets import Secrets
from publisher.render import article
from publisher.render.base import RenderJob
from tests.unit.article_sample import hostile_campaign, office, workspace_at

ATOM = "{http://www.w3.org/2005/Atom}"


def open_feed(folder: Path) -> Channel:
    place = folder / "tin"
    place.mkdir(exist_ok=True)
    settings = {"flavour": "feed", "base_url": "https://tinhmau.example/tin", "folder": str(place)}
    account = Account("cong", "portal", "tinh-mau", settings, {}, "channels/cong.yaml")
    return connect(account, secrets=Secrets({}), folder=folder / "state")


def send(channel: Channel, post: Post) -> Sent:
    prepared = channel.prepare(post, {})
    assert isinstance(prepared, Prepared)
    sent = channel.commit(post, prepared.handles)
    assert isinstance(sent, Sent)
    return sent


def ids(folder: Path) -> tuple[list[str], list[str], list[str]]:
    """The items' ids as RSS, Atom and JSON Feed give them."""
    rss = [guid.text or "" for guid in ET.parse(folder / "tin" / "rss.xml").iter("guid")]
    atom = [entry.findtext(f"{ATOM}id") or "" for entry in ET.parse(folder / "tin" / "feed.xml").iter(f"{ATOM}entry")]
    items = json.loads((folder / "tin" / "feed.json").read_text("utf-8"))["items"]
    return rss, atom, [item["id"] for item in items]


def updated(folder: Path) -> datetime:
    (item,) = json.loads((folder / "tin" / "feed.json").read_text("utf-8"))["items"]
    return datetime.fromisoformat(item["date_modified"])


POST = Post("ngay-18-5/article/xa-mau", "cong", "article", "Ngày 18/5", "Mời bà con.", html="<p>Mời.</p>", due_at=NOON)


def test_an_items_id_is_the_same_in_all_three_files_and_for_ever(tmp_path: Path) -> None:
    channel = open_feed(tmp_path)
    sent = send(channel, POST)
    before = ids(tmp_path)
    assert before == ([sent.id], [sent.id], [sent.id])
    changed = replace(POST, title="Tên khác hẳn", html="<p>Khác</p>", due_at=NOON + timedelta(days=9))
    assert isinstance(channel.correct(changed, sent), Sent)
    assert ids(tmp_path) == before
    # A machine that was set up anew knows nothing of the first one, and still gives the same id.
    (tmp_path / "new").mkdir()
    assert send(open_feed(tmp_path / "new"), POST).id == sent.id
    assert sent.id == "urn:publisher:ngay-18-5-article-xa-mau-f5330ffb71", "an id once given must never change"


def test_each_correction_moves_the_date_of_change_and_leaves_that_of_publication(tmp_path: Path) -> None:
    channel = open_feed(tmp_path)
    sent = send(channel, POST)
    seen = [updated(tmp_path)]
    for number in range(3):
        assert isinstance(channel.correct(replace(POST, text=f"Lần {number}"), sent), Sent)
        seen.append(updated(tmp_path))
    assert seen == sorted(set(seen))
    (item,) = json.loads((tmp_path / "tin" / "feed.json").read_text("utf-8"))["items"]
    assert datetime.fromisoformat(item["date_published"]) == NOON


HOSTILE = (
    "<script>alert(1)</script>\x00\x1b[2J\ufffe]]> &nbsp;&amp;&#x202e; \u202egnảđ\u2066 <img src=x onerror=alert(1)>"
)


@pytest.mark.parametrize("html", ["", f"<p>{HOSTILE}</p>"])
def test_hostile_words_leave_the_feeds_well_formed_and_inert(tmp_path: Path, html: str) -> None:
    """Readers of feeds take titles as text and contents as HTML: neither may bring an element of its own."""
    post = replace(
        POST, title=f"Tên {HOSTILE}", text=HOSTILE, summary=HOSTILE, author=HOSTILE, html=html,
        link="javascript:alert(1)",
    )  # fmt: skip
    send(open_feed(tmp_path), post)
    rss, atom = ((tmp_path / "tin" / name).read_bytes() for name in ("rss.xml", "feed.xml"))
    item, entry = ET.fromstring(rss).find("channel/item"), ET.fromstring(atom).find(f"{ATOM}entry")
    (value,) = json.loads((tmp_path / "tin" / "feed.json").read_text("utf-8"))["items"]
    assert item is not None
    assert entry is not None
    assert {child.tag for child in item} == {"title", "link", "guid", "pubDate", "description"}
    names = {"id", "title", "link", "published", "updated", "author", "summary", "content"}
    assert {child.tag.removeprefix(ATOM) for child in entry} == names
    for title in (item.findtext("title"), entry.findtext(f"{ATOM}title"), value["title"]):
        assert "<script>alert(1)</script>" in str(title), "as words, nothing left out in silence"
    links = {item.findtext("link"), value["url"], entry.find(f"{ATOM}link").get("href")}  # type: ignore[union-attr]
    assert links == {"https://tinhmau.example/tin"}
    for text in (rss.decode(), atom.decode(), json.dumps(value, ensure_ascii=False)):
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\ufffe]", text)
    if not html:
        for content in (item.findtext("description"), value["content_html"]):
            assert lxml.html.fragment_fromstring(content, create_parent="div").xpath(".//*") == []


def test_an_article_of_a_hostile_campaign_brings_nothing_active_into_the_feeds(tmp_path: Path) -> None:
    (tmp_path / "bai").mkdir()
    job = RenderJob(hostile_campaign(), office(), workspace_at(tmp_path / "bai"), tmp_path / "bai" / "out")
    body = next(a.path.read_text("utf-8") for a in article.render(job) if a.role == "body")
    send(open_feed(tmp_path), replace(POST, title=hostile_campaign().title, html=body))
    entry = ET.parse(tmp_path / "tin" / "feed.xml").getroot().find(f"{ATOM}entry")
    assert entry is not None
    content = lxml.html.fragment_fromstring(entry.findtext(f"{ATOM}content"), create_parent="div")
    assert content.xpath(".//p"), "the article is there"
    assert (
        content.xpath(".//script|.//iframe|.//object|.//embed|.//style|.//form|.//@*[starts-with(name(), 'on')]") == []
    )
    assert [
        href for href in content.xpath(".//@href|.//@src") if re.match(r"(?i)\s*(javascript|data|file):", href)
    ] == []
