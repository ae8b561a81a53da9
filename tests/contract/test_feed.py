"""Feeds: three files from the same items, with ids that stay for ever and dates of change that move on."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from channel_case import NOON

from publisher.channels.base import Account, Channel, Post, Prepared, Sent
from publisher.channels.registry import connect
from publisher.channels.secrets import Secrets

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
