"""A station's folder: what is no longer in it may have been taken on air, so it is not put there a second time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from channel_case import NOON, Rig, load_cases, make_account
from desk import BINH, KEY, Desk, open_desk

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


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield open_desk(load_cases("radio")["radio-folder"], tmp_path, stack)


def restored(desk: Desk, folder: Path) -> Desk:
    """The machine was lost with its database and notes; its backup was made before anything was sent."""
    folder.mkdir()
    fresh = Desk(Rig(desk.rig.case, folder, None, desk.rig.server, desk.rig.account), folder, desk.clock)
    (folder / "media").symlink_to(desk.rig.folder / "media")
    fresh.queue()
    fresh.mark_restored(hours=2)
    return fresh


def test_another_version_in_the_folder_is_a_persons_question_and_not_taken_for_this_one(desk: Desk) -> None:
    """An earlier version lies there under this piece's name: what is approved now has not been delivered."""
    post = desk.queue()
    other = replace(post, text="Bản cũ, chưa sửa.")
    desk.rig.send(other)
    desk.run(minutes=300)
    asked = desk.get()
    assert (asked.state, asked.asks_person) == ("unknown", True)
    assert "another version" in asked.reason
    [seen] = desk.rig.seen()
    assert other.text in seen.words, "nothing was put over it"
    shutil.rmtree(folder_of(desk.rig) / desk.rig.channel().prepare(other, {}).handles["folder"])  # type: ignore[union-attr]
    desk.store.settle(KEY, person=BINH, now=desk.clock.now(), not_sent=True)
    desk.run(minutes=60)
    assert desk.get().state == "sent"
    [seen] = desk.rig.seen()
    assert post.text in seen.words


def test_a_restored_machine_does_not_bring_a_second_time_what_the_station_has_taken(desk: Desk, tmp_path: Path) -> None:
    desk.queue()
    desk.run()
    shutil.move(folder_of(desk.rig) / desk.get().external_id, tmp_path / "on-air")
    again = restored(desk, tmp_path / "again")
    again.run(minutes=600)
    asked = again.get()
    assert (asked.state, asked.asks_person, again.rig.seen()) == ("unknown", True, [])
    assert "the station may have taken it" in asked.reason
    again.store.close()


def test_a_restored_machine_finds_what_still_lies_there(desk: Desk, tmp_path: Path) -> None:
    desk.queue()
    desk.run()
    again = restored(desk, tmp_path / "again")
    again.run(minutes=60)
    assert again.get().state == "sent"
    assert len(again.rig.seen()) == 1
    assert again.commits() == ["unknown"]
    again.store.close()


@pytest.mark.parametrize("kept", [True, False])
def test_a_restored_machine_delivers_what_has_no_receipt_where_receipts_are_kept(
    desk: Desk, tmp_path: Path, kept: bool
) -> None:
    """Without them nobody can say that it was not delivered and taken."""
    desk.queue("mot-bai-khac")
    desk.run()
    if not kept:
        shutil.rmtree(folder_of(desk.rig) / ".da-giao")
    again = restored(desk, tmp_path / "again")
    again.run(minutes=600)
    assert (again.get().state, again.get().asks_person) == (("sent", False) if kept else ("unknown", True))
    assert len(again.rig.seen()) == (2 if kept else 1)
    again.store.close()
