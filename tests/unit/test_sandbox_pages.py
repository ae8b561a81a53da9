"""What the pages of the stand-ins show of a post."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from publisher.channels.base import Account
from publisher.clock import SystemClock
from publisher.sandbox.pages import write_pages
from publisher.sandbox.service import Shop, ShownPost
from publisher.sandbox.store import Store

LEAD = "Mời bà con nộp hồ sơ tại nhà."


def shown(folder: Path, post: ShownPost) -> str:
    account = Account("cong", "portal", "xa-mau", {}, {}, "channels/cong.yaml")
    write_pages(folder, [Shop(account, Store(folder / "kept"), SystemClock(), "http://127.0.0.1:1")], [post])
    return (folder / "portal-cong.html").read_text("utf-8")


def test_an_article_that_begins_with_its_excerpt_shows_it_once(tmp_path: Path) -> None:
    post = ShownPost(
        "portal", "cong", "1", "", "published", "2026-10-10T08:00:00+07:00", "Mười phút làm việc số",
        text=LEAD, html=f"<p>{LEAD}</p><p>Ba bước.</p>",
    )  # fmt: skip
    assert shown(tmp_path, post).count(LEAD) == 1
    other = replace(post, html="<p>Ba bước.</p>")
    assert shown(tmp_path, other).count(LEAD) == 1
