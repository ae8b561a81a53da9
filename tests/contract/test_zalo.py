"""Zalo's own ways: films that are converted, broadcasts that only a person presses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from channel_case import NOON, Rig, load_cases, make_account

from publisher.channels.base import BroadcastPlanner, Prepared, Rejected, Retry, Sent
from publisher.clock import SetClock
from publisher.sandbox.server import Sandbox

HERE = NOON.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
ROOT = Path(__file__).parents[2]
CASES = load_cases("zalo")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    account = make_account(CASES["zalo-video"], CASES["zalo-video"].settings)
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as opened:
        yield opened


def rig_of(name: str, sandbox: Sandbox, tmp_path: Path) -> Rig:
    case = CASES[name]
    return Rig(case, tmp_path, sandbox, None, make_account(case, case.settings))


def uploads(sandbox: Sandbox) -> int:
    return sum(request.path.endswith("/preparevideo") for request in sandbox.requests)


def test_a_film_that_is_still_converted_is_waited_for_and_not_uploaded_again(sandbox: Sandbox, tmp_path: Path) -> None:
    rig = rig_of("zalo-video", sandbox, tmp_path)
    sandbox.faults.play("drop_before", kind="zalo", step="upload", times=1)
    assert isinstance(rig.channel().prepare(rig.post(), {}), Retry), "the bytes may be there: nobody knows the token"
    account = make_account(rig.case, {**rig.case.settings, "polls": 1})
    impatient = Rig(rig.case, tmp_path, sandbox, None, account)
    first = impatient.channel().prepare(rig.post(), {})
    assert isinstance(first, Retry)
    assert "still converting" in first.reason
    before = uploads(sandbox)
    ready = rig.channel().prepare(rig.post(), {})
    assert isinstance(ready, Prepared), ready
    assert uploads(sandbox) == before, "another process goes on with the noted token"
    assert isinstance(rig.channel().commit(rig.post(), ready.handles), Sent)
    assert len(rig.seen()) == 1


def test_a_film_that_cannot_be_converted_is_for_a_person(sandbox: Sandbox, tmp_path: Path) -> None:
    rig = rig_of("zalo-video", sandbox, tmp_path)
    sandbox.faults.play("verify_fails", kind="zalo", step="upload", times=1)
    outcome = rig.channel().prepare(rig.post(), {})
    assert isinstance(outcome, Rejected)
    assert "not convertible" in outcome.reason
    assert isinstance(rig.channel().prepare(rig.post(), {}), Prepared), "a new upload may succeed"


def test_a_broadcast_is_laid_out_and_nothing_is_sent(sandbox: Sandbox, tmp_path: Path) -> None:
    rig = rig_of("zalo-article", sandbox, tmp_path)
    channel = rig.channel()
    sent = rig.send(rig.post(), channel)
    asked = len(sandbox.requests)
    assert isinstance(channel, BroadcastPlanner)
    sheet = "\n".join(channel.lay_out_broadcast(rig.post(), sent, HERE))
    for words in (rig.post().title, rig.post().summary, sent.id, "không bấm thay được", "không thu hồi được"):
        assert words in sheet
    assert len(sandbox.requests) == asked
    night = "\n".join(channel.lay_out_broadcast(rig.post(), sent, HERE + timedelta(hours=12)))
    assert "ngoài khung giờ" in night
    assert "ngoài khung giờ" not in sheet


def test_nothing_in_the_program_can_press_a_broadcast() -> None:
    """The address that sends one stands nowhere in the package: whoever adds it meets this test first."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "publisher").rglob("*.py")]
    assert len(sources) > 200
    assert not [text[:80] for text in sources if "oa/message" in text]
