"""A film on Facebook is published by one call; its status follows later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channel_case import NOON, Rig, load_cases, make_account

from publisher.channels.base import Prepared, Sent, Unknown
from publisher.channels.facebook_graph import Graphed
from publisher.clock import SetClock
from publisher.sandbox.server import Sandbox


@pytest.fixture(params=["facebook-reel", "facebook-video"])
def rig(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Rig]:
    case = load_cases("facebook")[request.param]
    account = make_account(case, {**case.settings, "polls": 3, "poll_s": 0})
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as sandbox:
        yield Rig(case, tmp_path, sandbox, None, account)


@pytest.mark.parametrize(("behind", "outcome"), [(1, Sent), (3, Unknown)])
def test_a_status_that_lags_behind_is_waited_for_and_never_taken_for_a_refusal(
    rig: Rig, behind: int, outcome: type
) -> None:
    channel: Any = rig.channel()
    ready = channel.prepare(rig.post(), {})
    assert isinstance(ready, Prepared)
    read, left = channel.graph.read, iter(range(behind))

    def lagging(node: str, **fields: str) -> object:
        reply = read(node, **fields)
        if next(left, None) is None:
            return reply
        phase = {"status": "not_started", "publish_status": "draft"}
        return Graphed({**reply.value, "status": {"video_status": "upload_complete", "publishing_phase": phase}})

    channel.graph.read = lagging
    assert isinstance(channel.commit(rig.post(), ready.handles), outcome)
    assert len(rig.seen()) == 1
