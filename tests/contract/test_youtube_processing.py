"""YouTube takes the bytes first and judges them later: nothing is made public before it has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channel_case import NOON, Rig, load_cases, make_account

from publisher.channels.base import Prepared, Rejected, Retry
from publisher.clock import SetClock
from publisher.sandbox.server import Sandbox


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    case = load_cases("youtube")["youtube-video"]
    account = make_account(case, case.settings)
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as sandbox:
        yield Rig(case, tmp_path, sandbox, None, account)


def judge(rig: Rig, **status: str) -> dict[str, Any]:
    """YouTube comes to another judgement of its newest film."""
    assert rig.sandbox is not None
    store = rig.sandbox.shop("youtube", rig.account.name).store
    video = store.all("videos")[-1]
    return store.put("videos", video["id"], {**video, "status": {**video["status"], **status}})


def test_a_film_in_processing_waits_and_is_not_uploaded_again(rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    assert isinstance(channel.prepare(post, {}), Prepared)
    judge(rig, uploadStatus="uploaded")
    waiting = channel.prepare(post, {})
    assert isinstance(waiting, Retry)
    assert "processing" in waiting.reason
    video = judge(rig, uploadStatus="processed")
    assert channel.prepare(post, {}) == Prepared({**_handles(channel, post), "video_id": video["id"]})


def _handles(channel: Any, post: Any) -> dict[str, str]:
    prepared = channel.prepare(post, {})
    assert isinstance(prepared, Prepared)
    return dict(prepared.handles)


def test_a_film_youtube_cannot_use_is_rejected_and_goes_up_afresh_when_a_person_asks(rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    first = _handles(channel, post)["video_id"]
    judge(rig, uploadStatus="failed", failureReason="codec")
    assert rig.sandbox is not None
    rig.sandbox.faults.play("verify_fails", kind="youtube", step="prepare")
    refused = channel.prepare(post, {"video_id": first})
    assert isinstance(refused, Rejected)
    assert "duplicate" in refused.reason
    again = _handles(channel, post)["video_id"]
    assert again != first
    assert rig.seen() == []
