"""Sources in the first comment: a piece of its own that waits for its post and stands below it once, whatever breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from channel_case import COMMIT_FAULTS, NOON

from publisher.channels.base import REPLY_TO, Absent, Account, Channel, Found, Post, Rejected, Retry, Sent
from publisher.channels.rates import Rate
from publisher.channels.registry import connect, limits_of
from publisher.channels.secrets import Secrets
from publisher.cli.gather import known_names
from publisher.clock import SetClock
from publisher.content.load import load_campaigns
from publisher.engine.local import Service
from publisher.queue.compose import Piece, compose_comment, compose_post
from publisher.queue.model import NewDelivery
from publisher.queue.store import Store
from publisher.queue.worker import Pace
from publisher.sandbox.server import Sandbox
from publisher.units import load_unit
from publisher.workspace import load_workspace
from tests.faults.parts import AN, BINH, queue

ROOT = Path(__file__).parents[2]
SECRETS = {"token": "FB_THU_TOKEN", "app_secret": "FB_THU_SECRET"}
SETTINGS = {"page_id": "100000000000001", "app_id": "77", "app_live": True, "sources": "comment", "polls": 1}
ACCOUNT = Account("facebook-thu", "facebook", "tinh-mau", SETTINGS, SECRETS, "channels/facebook-thu.yaml")
SOURCES = "Nguồn:\n• Sở Khoa học và Công nghệ\n• Báo Tỉnh Mẫu"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "sandbox", accounts=[ACCOUNT], clock=SetClock(NOON), slow_s=1.0) as opened:
        yield opened
        assert opened.errors == []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/queue.db")
    yield opened
    opened.close()


def channel_of(sandbox: Sandbox, folder: Path, **more: object) -> Channel:
    account = replace(ACCOUNT, settings={**SETTINGS, **more})
    return connect(account, secrets=Secrets(sandbox.tokens), folder=folder / "state", sandbox=sandbox.url)


def delivery(key: str, text: str, *, shape: str = "text", below: str = "", **kinds: object) -> NewDelivery:
    data = {REPLY_TO: below} if below else {}
    post = Post(key, ACCOUNT.name, shape, "", text, due_at=NOON, data=data)
    return NewDelivery(key, "chien-dich", "tinh-mau", ACCOUNT.name, shape, NOON, post, **kinds)  # type: ignore[arg-type]


POST, COMMENT = "bai", "bai~comment"


def pair() -> tuple[NewDelivery, NewDelivery]:
    return delivery(POST, "Mời bà con."), delivery(COMMENT, SOURCES, shape="comment", below=POST, grace_s=86_400)


def run(store: Store, channel: Channel, *, minutes: float = 60.0) -> None:
    pace = Pace(lease_s=30, gap_s=60)
    service = Service(store, {ACCOUNT.name: channel}, SetClock(NOON), pace=pace)
    service.run(until_idle=True, until=NOON + timedelta(minutes=minutes))


def comments(sandbox: Sandbox) -> list[str]:
    return [text for post in sandbox.posts() for text in post.comments]


def test_the_comment_goes_out_below_its_post(store: Store, sandbox: Sandbox, tmp_path: Path) -> None:
    queue(store, *pair(), now=NOON)
    run(store, channel_of(sandbox, tmp_path))
    [post] = [post for post in sandbox.posts() if post.state == "published"]
    assert post.comments == (SOURCES,)
    assert store.counts()["sent"] == 2
    assert store.get(COMMENT).external_url


@pytest.mark.parametrize("fault", COMMIT_FAULTS)
def test_whatever_breaks_it_stands_there_at_most_once_and_the_queue_knows(
    store: Store, sandbox: Sandbox, tmp_path: Path, fault: str
) -> None:
    queue(store, *pair(), now=NOON)
    sandbox.faults.play(fault, kind="facebook", step="comment")
    patience = 0.4 if fault == "slow" else 10.0
    run(store, channel_of(sandbox, tmp_path, timeout_s=patience), minutes=600)
    assert sandbox.faults.left == 0
    state = store.get(COMMENT).state
    refused = COMMIT_FAULTS[fault][0] is Rejected
    assert (comments(sandbox), state) == (([], "rejected") if refused else ([SOURCES], "sent"))
    if not refused and COMMIT_FAULTS[fault][0] is not Retry:
        assert {a.phase for a in store.attempts(COMMENT)} >= {"commit", "find"}, "it was unknown, and was read back"


def test_it_waits_until_its_post_is_out(store: Store, sandbox: Sandbox, tmp_path: Path) -> None:
    """Its post is not approved yet: the comment says so, and counts no try."""
    post, comment = pair()
    store.add([post], author=AN.id, now=NOON)
    queue(store, comment, now=NOON)
    run(store, channel_of(sandbox, tmp_path), minutes=30)
    waiting = store.get(COMMENT)
    assert (waiting.state, waiting.tries) == ("waiting", 0)
    assert "which it belongs to, is not out yet (it is draft)" in waiting.reason
    store.submit([POST], by=AN.id, now=NOON)
    store.approve([POST], person=BINH, now=NOON)
    service = Service(store, {ACCOUNT.name: channel_of(sandbox, tmp_path)}, SetClock(NOON + timedelta(minutes=31)))
    # Its post is late: another post would come ten minutes after it, the comment comes with it.
    service.run(until_idle=True, until=NOON + timedelta(minutes=32))
    assert comments(sandbox) == [SOURCES]


def test_a_comment_waits_for_no_spacing_and_takes_none(store: Store, sandbox: Sandbox, tmp_path: Path) -> None:
    """Two posts with their comments on an account that lets one post go an hour."""
    second = (delivery("bai-2", "Tin sau."), delivery("bai-2~comment", "Nguồn: B", shape="comment", below="bai-2"))
    queue(store, *pair(), *second, now=NOON)
    service = Service(
        store,
        {ACCOUNT.name: channel_of(sandbox, tmp_path)},
        SetClock(NOON),
        rates={ACCOUNT.name: Rate(spacing_s=3600)},
        pace=Pace(lease_s=30, gap_s=60),
    )
    service.run(until_idle=True, until=NOON + timedelta(minutes=180))
    sent = {name: store.get(name).sent_at for name in (POST, COMMENT, "bai-2", "bai-2~comment")}
    assert sent == {
        POST: NOON,
        COMMENT: NOON,
        "bai-2": NOON + timedelta(hours=1),
        "bai-2~comment": NOON + timedelta(hours=1),
    }


def test_a_comment_waits_as_long_as_the_service_asks(store: Store, sandbox: Sandbox, tmp_path: Path) -> None:
    queue(store, *pair(), now=NOON)
    channel = channel_of(sandbox, tmp_path)
    run(store, channel, minutes=0)
    store.close_account(ACCOUNT.name, until=NOON + timedelta(minutes=50))
    queue(store, delivery("sau~comment", "Nguồn: C", shape="comment", below=POST), now=NOON)
    assert store.due_accounts(NOON) == []
    assert store.claim(ACCOUNT.name, owner="w", now=NOON, lease_s=30) is None
    assert store.next_moment(NOON) == NOON + timedelta(minutes=50)
    run(store, channel, minutes=60)
    assert store.get("sau~comment").sent_at == NOON + timedelta(minutes=50)


def test_below_a_post_that_was_cancelled_nothing_is_put(store: Store, sandbox: Sandbox, tmp_path: Path) -> None:
    queue(store, *pair(), now=NOON)
    store.cancel([POST], person=BINH, now=NOON)
    run(store, channel_of(sandbox, tmp_path))
    held = store.get(COMMENT)
    assert held.state == "held"
    assert "is cancelled" in held.reason
    assert sandbox.posts() == ()


def test_a_comment_is_corrected_and_taken_back(store: Store, sandbox: Sandbox, tmp_path: Path) -> None:
    queue(store, *pair(), now=NOON)
    channel = channel_of(sandbox, tmp_path)
    run(store, channel)
    done = store.get(COMMENT)
    sent = Sent(done.external_id, done.external_url)
    assert isinstance(channel.correct(replace(done.post, text="Nguồn: Báo khác"), sent), Sent)
    assert comments(sandbox) == ["Nguồn: Báo khác"]
    assert isinstance(channel.withdraw(done.post, sent), Sent)
    assert comments(sandbox) == []
    assert isinstance(channel.withdraw(done.post, sent), Sent)


def test_what_was_corrected_is_known_by_its_number_when_it_is_taken_back(sandbox: Sandbox, tmp_path: Path) -> None:
    """Its words are others now: looked for by the approved words it would seem to be gone."""
    channel = channel_of(sandbox, tmp_path)
    post, comment = (piece.post for piece in pair())
    sent = channel.commit(post, {})
    assert isinstance(sent, Sent)
    below = channel.commit(comment, {REPLY_TO: sent.id})
    assert isinstance(below, Sent)
    for piece, out in ((comment, below), (post, sent)):
        assert isinstance(channel.correct(replace(piece, text="Đính chính."), out), Sent)
        assert isinstance(channel.find(piece, {"id": out.id, REPLY_TO: sent.id}, NOON), Found)
        assert isinstance(channel.withdraw(piece, out), Sent)
        assert isinstance(channel.find(piece, {"id": out.id, REPLY_TO: sent.id}, NOON), Absent)


def test_words_of_a_reader_are_not_taken_for_ours(sandbox: Sandbox, tmp_path: Path) -> None:
    """Anybody can copy the sources below a post."""
    channel = channel_of(sandbox, tmp_path)
    sent = channel.commit(delivery(POST, "Mời bà con.").post, {})
    assert isinstance(sent, Sent)
    record = {"id": "9_9", "order": 9, "post": sent.id, "message": SOURCES, "by": "777", "gone": False}
    sandbox.shop("facebook", ACCOUNT.name).store.put("comments", "9_9", {**record, "created": NOON.isoformat()})
    comment = pair()[1].post
    assert isinstance(channel.find(comment, {REPLY_TO: sent.id}, NOON), Absent)
    assert isinstance(channel.commit(comment, {REPLY_TO: sent.id}), Sent)
    assert isinstance(channel.find(comment, {REPLY_TO: sent.id}, NOON), Found)


def test_a_comment_is_found_behind_hundreds_of_others(sandbox: Sandbox, tmp_path: Path) -> None:
    channel = channel_of(sandbox, tmp_path)
    sent = channel.commit(delivery(POST, "Mời bà con.").post, {})
    assert isinstance(sent, Sent)
    shop = sandbox.shop("facebook", ACCOUNT.name)
    for n in range(250):
        record = {"id": f"8_{n}", "order": -n, "post": sent.id, "message": f"ý kiến {n}", "by": "777", "gone": False}
        shop.store.put("comments", f"8_{n}", {**record, "created": NOON.isoformat()})
    comment = pair()[1].post
    assert isinstance(channel.commit(comment, {REPLY_TO: sent.id}), Sent)
    assert isinstance(channel.find(comment, {REPLY_TO: sent.id}, NOON), Found)


def test_a_comment_too_long_is_refused_before_any_request(sandbox: Sandbox, tmp_path: Path) -> None:
    channel = channel_of(sandbox, tmp_path)
    [reason] = channel.fit(delivery(COMMENT, "x" * 8_001, shape="comment", below=POST).post)
    assert "a comment holds 8000" in reason
    assert len(sandbox.requests) == 0


def test_the_right_to_comment_is_asked_for_only_where_it_is_needed(sandbox: Sandbox, tmp_path: Path) -> None:
    findings = channel_of(sandbox, tmp_path).check()
    assert any("pages_manage_engagement" in finding.text for finding in findings if finding.level == "error")
    plain = channel_of(sandbox, tmp_path, sources="text").check()
    assert all(finding.level == "ok" for finding in plain), plain


def test_sources_stand_in_the_comment_or_in_the_post_never_in_both() -> None:
    workspace = load_workspace(ROOT)
    unit = load_unit(workspace, "tinh-mau")
    path = ROOT / "campaigns" / "khoa-hoc-cong-nghe-18-5.md"
    [read] = load_campaigns([path], workspace, known_names(workspace)).campaigns
    campaign = replace(read, sources=("Sở Khoa học và Công nghệ",))
    for setting, in_post in (("comment", False), ("text", True)):
        account = replace(ACCOUNT, settings={**SETTINGS, "sources": setting})
        piece = Piece(POST, campaign, unit, account, limits_of(account), "text", "", NOON)
        post = compose_post(piece, [], workspace=workspace, fit_image=lambda path, most, png: path)
        assert ("Sở Khoa học và Công nghệ" in post.text) is in_post
        comment = compose_comment(piece, key=COMMENT)
        assert (comment is None) is in_post
        if comment is not None:
            assert comment.text == "Nguồn:\n• Sở Khoa học và Công nghệ"
            assert comment.data[REPLY_TO] == POST
    assert compose_comment(replace(piece, campaign=replace(campaign, sources=())), key=COMMENT) is None
