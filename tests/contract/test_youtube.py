"""YouTube's own ways: an upload goes on where it stopped, and the day's quota is known before it is used up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from channel_case import NOON, Rig, load_cases, make_account

from publisher.channels.base import Prepared, Retry, Sent
from publisher.channels.youtube_quota import Quota, cost_of
from publisher.clock import SetClock
from publisher.sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    case = load_cases("youtube")["youtube-video"]
    account = make_account(case, case.settings)
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as sandbox:
        yield Rig(case, tmp_path, sandbox, None, account)
        assert sandbox.errors == []


def test_an_upload_that_was_cut_goes_on_in_its_own_session(rig: Rig) -> None:
    """The address of the session is on the disk before the first byte leaves; another process asks it what is there."""
    assert rig.sandbox is not None
    rig.sandbox.faults.play("drop_after", kind="youtube", step="prepare", times=2)  # the answer to the start, too
    assert isinstance(rig.channel().prepare(rig.post(), {}), Retry)
    rig.sandbox.faults.clear()
    rig.sandbox.faults.play("error_before", kind="youtube", step="prepare", times=1)
    rig.channel().prepare(rig.post(), {})
    rig.channel().prepare(rig.post(), {})
    rig.sandbox.faults.clear()
    ready = rig.channel().prepare(rig.post(), {})
    assert isinstance(ready, Prepared)
    assert isinstance(rig.channel().commit(rig.post(), ready.handles), Sent)
    assert len(rig.seen()) == 1


def test_one_session_is_used_until_the_film_is_there(rig: Rig) -> None:
    assert rig.sandbox is not None
    channel, post = rig.channel(), rig.post()
    started = channel._start(post, post.media[0])  # type: ignore[attr-defined]
    assert isinstance(started, str)
    channel._note(post, {"session": started})  # type: ignore[attr-defined]
    assert isinstance(rig.channel().prepare(post, {}), Prepared)
    store = rig.sandbox.shop("youtube", rig.account.name).store
    assert len(store.all("sessions")) == 1
    assert len(store.all("videos")) == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error_before"])
def test_a_session_is_not_given_up_while_youtube_does_not_answer(rig: Rig, fault: str) -> None:
    """A new one would cost another of the day's hundred uploads."""
    assert rig.sandbox is not None
    channel, post = rig.channel(), rig.post()
    started = channel._start(post, post.media[0])  # type: ignore[attr-defined]
    channel._note(post, {"session": started})  # type: ignore[attr-defined]
    rig.sandbox.faults.play(fault, kind="youtube", step="prepare", times=1)
    assert isinstance(rig.channel().prepare(post, {}), Retry)
    rig.sandbox.faults.clear()
    assert isinstance(rig.channel().prepare(post, {}), Prepared)
    assert len(rig.sandbox.shop("youtube", rig.account.name).store.all("sessions")) == 1


def test_a_call_that_never_left_costs_nothing_of_the_quota(rig: Rig) -> None:
    channel = rig.channel()
    nowhere = replace(channel.api, base="http://127.0.0.1:9")  # type: ignore[attr-defined]
    reply = nowhere.call("GET", "http://127.0.0.1:9/youtube/v3/captions")
    assert not hasattr(reply, "status")
    assert nowhere.quota.used().units == 0


def test_check_tells_what_is_left_of_the_day(rig: Rig) -> None:
    rig.send(rig.post())
    texts = [finding.text for finding in rig.channel().check()]
    assert any("1 of 100 uploads, " in text for text in texts), texts


def test_a_used_up_quota_waits_for_the_next_day_without_a_request(rig: Rig) -> None:
    assert rig.sandbox is not None
    account = replace(rig.account, settings={**rig.account.settings, "uploads_per_day": 1})
    tight = replace(rig, account=account)
    tight.send(tight.post())
    before = len(rig.sandbox.requests)
    outcome = tight.channel().prepare(tight.post("another/film"), {})
    assert isinstance(outcome, Retry)
    assert "quota of YouTube is used up (quota today: 1 of 1 uploads" in outcome.reason
    assert 60 <= outcome.after_s <= 25 * 3600 + 60
    assert len(rig.sandbox.requests) == before
    assert tight.channel().check()[1].level == "warning"


def test_the_day_begins_anew_at_midnight_pacific(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)  # 23:30 of the 20th in Los Angeles
    quota = Quota(tmp_path, "id", units=100, now=lambda: moment)
    assert quota.take(100) == 0
    assert quota.take(1) == pytest.approx(30 * 60 + 60)
    quota.now = lambda: moment + timedelta(minutes=31)
    assert quota.take(1) == 0
    assert quota.used().units == 1


def test_two_threads_count_every_call(tmp_path: Path) -> None:
    def spend() -> None:
        for _ in range(25):
            Quota(tmp_path, "id").take(1)

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Quota(tmp_path, "id").used().units == 100


@pytest.mark.parametrize(
    ("method", "path", "cost"),
    [
        ("POST", "/upload/youtube/v3/videos", (0, 1)),
        ("PUT", "/youtube/v3/videos", (50, 0)),
        ("POST", "/upload/youtube/v3/captions", (400, 0)),
        ("GET", "/youtube/v3/videos", (1, 0)),
        ("POST", "/upload/youtube/v3/thumbnails/set", (50, 0)),
    ],
)
def test_calls_cost_what_the_vendors_table_says(method: str, path: str, cost: tuple[int, int]) -> None:
    assert cost_of(method, path) == cost
