"""A station's folder: what is no longer in it may have been taken on air, so it is not put there a second time."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from channel_case import NOON, Rig, load_cases, make_account

from publisher.channels.base import Absent, CannotTell, Found, Prepared, Sent


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    case = load_cases("radio")["radio-folder"]
    assert case.server is not None
    with case.server(tmp_path) as server:
        return Rig(case, tmp_path, None, server, make_account(case, {**case.settings, **server.settings}))


def folder_of(rig: Rig) -> Path:
    return Path(str(rig.account.settings["folder"]))


def test_what_the_station_has_taken_is_a_doubt_and_no_absence(rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    ready = channel.prepare(post, {})
    assert isinstance(ready, Prepared)
    assert isinstance(channel.find(post, ready.handles, NOON), Absent), "it has not got its name yet"
    sent = channel.commit(post, ready.handles)
    assert isinstance(sent, Sent)
    assert isinstance(channel.find(post, ready.handles, NOON), Found)
    shutil.move(folder_of(rig) / sent.id, folder_of(rig).parent)
    look = channel.find(post, ready.handles, NOON)
    assert isinstance(look, CannotTell)
    assert "the station may have taken it" in look.evidence


def test_a_correction_that_stopped_halfway_is_brought_to_its_end(rig: Rig) -> None:
    """The old version had been put aside and the new one had not got its name: the station found neither."""
    channel, post = rig.channel(), rig.post()
    ready = channel.prepare(post, {})
    assert isinstance(ready, Prepared)
    sent = channel.commit(post, ready.handles)
    assert isinstance(sent, Sent)
    (folder_of(rig) / sent.id).rename(folder_of(rig) / f"thay-the-0-{sent.id}")
    better = replace(post, key=f"{post.key}~correct-1", text="Đính chính: 9 giờ.")
    assert isinstance(channel.correct(better, sent), Sent)
    assert "9 giờ" in (folder_of(rig) / sent.id / "kich-ban.txt").read_text("utf-8")


def test_what_was_withdrawn_is_gone(rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    ready = channel.prepare(post, {})
    assert isinstance(ready, Prepared)
    sent = channel.commit(post, ready.handles)
    assert isinstance(sent, Sent)
    channel.withdraw(post, sent)
    assert isinstance(channel.find(post, {**ready.handles, "id": sent.id}, NOON), Absent)
