"""A real WordPress through the whole queue: out once, corrected, withdrawn, and stopped between any two calls."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from channel_case import NOON, Rig, make_account
from desk import BINH, CORRECTED, KEY, Desk
from test_channels import CASES, note_proof

from publisher.channels.base import Found
from tests.real.fault_line import FaultLine
from tests.real.wordpress_site import wordpress_site

pytestmark = pytest.mark.slow

PUBLISHING = 11
"""Calls of one publication: looking for the article, three for each of two pictures, draft, read back, publish, read."""
COMMIT = 10
CORRECTING = 3
"""Calls of one correction: looking for two pictures, then the one that replaces."""


class Portal(Desk):
    """A desk whose account is on the real site."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        super().__init__(rig, folder)
        assert isinstance(rig.line, FaultLine)
        self.line, self.site = rig.line, wordpress_site()

    def come_back(self) -> None:
        self.site.start()
        self.line.start()


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Portal]:
    case = next(case for case in CASES if case.name == "portal-wordpress-real")
    assert case.server is not None
    with case.server(tmp_path) as server:
        note_proof(request, case, server)
        account = make_account(case, {**case.settings, **server.settings})
        desk = Portal(Rig(case, tmp_path, None, server, account), tmp_path)
        yield desk
        desk.store.close()


def picture_at(address: str) -> bytes:
    return requests.get(address, timeout=30).content


def test_an_article_goes_out_is_corrected_and_taken_back(desk: Portal) -> None:
    """As a visitor sees it: words, the featured picture with its bytes and alt text, one address for ever."""
    post = desk.queue()
    desk.run()
    sent = desk.get()
    assert (sent.state, sent.attempt, len(desk.line.requests)) == ("sent", 1, PUBLISHING)
    assert isinstance(desk.rig.channel().find(post, {}, NOON), Found), "found by its slug alone"
    page = requests.get(sent.external_url, timeout=30)
    assert page.status_code == 200
    assert post.title in html.unescape(page.text)
    [article] = desk.site.read("posts")
    assert article["categories"] == [3]
    featured = desk.site.read(f"media/{article['featured_media']}")
    assert featured["alt_text"] == post.media[0].alt
    assert picture_at(featured["source_url"]) == post.media[0].path.read_bytes()
    assert featured["source_url"].rpartition("/")[2].rpartition(".")[0] in page.text, "the page shows the picture"

    fix = desk.correct(post)
    desk.run()
    assert desk.get(fix).state == "corrected" or desk.get().state == "corrected"
    page = requests.get(sent.external_url, timeout=30)
    assert CORRECTED in html.unescape(page.text)
    assert post.title not in html.unescape(page.text)

    back = desk.withdraw()
    desk.run()
    assert desk.get().state == "withdrawn", desk.get(back).reason
    assert requests.get(sent.external_url, timeout=30).status_code == 404
    assert desk.site.read("posts") == []
    assert len(desk.site.articles("trash")) == 1, "a person can still read what was taken back"
    assert desk.store.verify_ledger() == []


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "answer-lost"])
@pytest.mark.parametrize("count", range(PUBLISHING + 1))
def test_a_server_stopped_after_any_call_holds_the_article_once(desk: Portal, count: int, answered: bool) -> None:
    desk.queue()
    desk.line.cut_after(count, answered=answered, act=desk.site.stop)
    desk.run()
    stopped = desk.get()
    desk.site.start()
    out = len(desk.site.read("posts"))
    expected = (
        "sent" if count > COMMIT or (count == COMMIT and answered) else "unknown" if count == COMMIT else "waiting"
    )
    assert (stopped.state, out) == (expected, int(count >= COMMIT)), stopped.reason
    desk.come_back()
    desk.run(minutes=60)
    [article] = desk.site.read("posts")
    after = desk.get()
    assert (after.state, after.external_id) == ("sent", str(article["id"])), after.reason
    assert desk.rig.drafts() == 0, "no draft is left beside it"
    assert len(desk.site.read("media?per_page=100")) == 2, "each picture was uploaded once"
    commits = [attempt.outcome for attempt in desk.store.attempts(KEY) if attempt.phase == "commit"]
    assert commits == (["retry", "sent"] if count == COMMIT - 1 and answered else [expected if out else "sent"])
    assert desk.store.verify_ledger() == []


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "answer-lost"])
@pytest.mark.parametrize("count", range(CORRECTING + 1))
def test_a_server_stopped_during_a_correction_shows_one_of_both_and_the_ledger_says_which(
    desk: Portal, count: int, answered: bool
) -> None:
    post = desk.queue()
    desk.run()
    fix = desk.correct(post)
    desk.line.cut_after(count, answered=answered, act=desk.site.stop)
    desk.run()
    stopped = desk.get(fix)
    desk.come_back()
    [article] = desk.site.read("posts")
    shown = html.unescape(article["title"]["rendered"])
    if count < CORRECTING:
        assert (stopped.state, shown) == ("waiting", post.title), stopped.reason
    else:
        assert (stopped.state, shown) == ("sent" if answered else "unknown", CORRECTED), stopped.reason
    desk.run(minutes=60)
    [article] = desk.site.read("posts")
    assert html.unescape(article["title"]["rendered"]) == CORRECTED
    after = desk.get(fix)
    if count == CORRECTING and not answered:
        # Reading the portal back tells a person, not us, which of two texts is meant to be there.
        assert (after.state, after.asks_person) == ("unknown", True)
        desk.store.settle(fix, person=BINH, now=desk.clock.now(), sent=article["link"])
    assert desk.get().state == "corrected"
    assert desk.store.verify_ledger() == []


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "answer-lost"])
@pytest.mark.parametrize("count", [0, 1])
def test_a_server_stopped_during_a_withdrawal_shows_nothing_in_the_end(
    desk: Portal, count: int, answered: bool
) -> None:
    desk.queue()
    desk.run()
    back = desk.withdraw()
    desk.line.cut_after(count, answered=answered, act=desk.site.stop)
    desk.run()
    expected = "waiting" if count == 0 else "sent" if answered else "unknown"
    assert desk.get(back).state == expected
    desk.come_back()
    assert len(desk.site.read("posts")) == 1 - count
    desk.run(minutes=60)
    assert desk.site.read("posts") == []
    assert desk.get().state == "withdrawn"
    assert desk.store.verify_ledger() == []


def test_a_piece_whose_time_passes_while_the_server_is_away_is_never_out(desk: Portal) -> None:
    desk.queue(valid_until=NOON + timedelta(minutes=30))
    desk.line.cut_after(COMMIT - 1, answered=True, act=desk.site.stop)
    desk.run(minutes=45)
    desk.come_back()
    desk.run(minutes=60)
    assert desk.get().state == "missed"
    assert desk.site.read("posts") == []


def test_a_revoked_application_password_is_rejected_with_the_remedy(desk: Portal) -> None:
    post = desk.queue()
    with desk.site.revoked():
        desk.run()
        stopped = desk.get()
        assert stopped.state == "rejected"
        assert "password_env" in stopped.reason
        [finding, *_] = desk.rig.channel().check()
        assert finding.level == "error"
    assert desk.site.read("posts") == []
    assert post.title not in stopped.reason
