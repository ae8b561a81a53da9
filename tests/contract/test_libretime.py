"""LibreTime's own ways: a recording is uploaded once, scheduled where there is room, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from channel_case import NOON, Rig, load_cases, make_account
from hypothesis import given
from hypothesis import strategies as st

from publisher.channels.base import Absent, Aired, Broadcaster, CannotTell, Found, Prepared, Recogniser, Rejected, Retry
from publisher.channels.radio_slots import Entry, Slot, first_room, read_length
from publisher.clock import SetClock
from publisher.sandbox.libretime import LENGTH
from publisher.sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    case = load_cases("radio")["radio-libretime"]
    account = make_account(case, case.settings)
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as sandbox:
        yield Rig(case, tmp_path, sandbox, None, account)
        assert sandbox.errors == []


def uploads(rig: Rig) -> int:
    assert rig.sandbox is not None
    return sum(request.path == "/rest/media" for request in rig.sandbox.requests)


def entries(rig: Rig) -> list[dict[str, object]]:
    assert rig.sandbox is not None
    return rig.sandbox.shop("radio", rig.account.name).store.all("schedule")


def test_one_recording_is_uploaded_once_and_two_pieces_get_two_places(rig: Rig) -> None:
    first, second = rig.post("a/1"), rig.post("b/2")
    rig.send(first)
    rig.send(second)
    assert uploads(rig) == 1
    one, two = entries(rig)
    assert one["instance"] == two["instance"]
    assert str(two["starts_at"]) == str(one["ends_at"]), "one after the other, nothing is moved"
    assert datetime.fromisoformat(str(one["starts_at"])).hour == 17, "in the station's own programme"


def test_a_full_broadcast_is_left_for_the_next_day(rig: Rig) -> None:
    for number in range(12):
        rig.send(rig.post(f"k/{number}"))
    days = [datetime.fromisoformat(str(entry["starts_at"])).date() for entry in entries(rig)]
    assert [days.count(day) for day in sorted(set(days))] == [10, 2]


def test_without_room_in_the_programme_a_person_is_asked(rig: Rig) -> None:
    assert rig.sandbox is not None
    store = rig.sandbox.shop("radio", rig.account.name).store
    value = {"starts_at": NOON.isoformat(), "ends_at": (NOON + timedelta(days=8)).isoformat()}
    store.put("schedule", "77", {**value, "id": 77, "order": 1, "instance": 1, "file": None, "gone": False})
    outcome = rig.channel().prepare(rig.post(), {})
    assert isinstance(outcome, Rejected)
    assert "has no room of 90 s" in outcome.reason


def test_a_recording_still_being_taken_in_is_waited_for(rig: Rig) -> None:
    assert rig.sandbox is not None
    store = rig.sandbox.shop("radio", rig.account.name).store
    store.put("slow", "import", {"order": 0})
    outcome = rig.channel().prepare(rig.post(), {})
    assert isinstance(outcome, Retry)
    [record] = store.all("library")
    store.put("library", str(record["id"]), {**record, "import_status": 0})
    assert isinstance(rig.channel().prepare(rig.post(), {}), Prepared)
    assert uploads(rig) == 1


def test_a_file_that_is_no_sound_is_refused(rig: Rig) -> None:
    assert rig.sandbox is not None
    rig.sandbox.faults.play("verify_fails", kind="radio", step="prepare")
    outcome = rig.channel().prepare(rig.post(), {})
    assert isinstance(outcome, Rejected)
    assert "could not take the recording in" in outcome.reason


def test_the_same_recording_at_another_place_is_another_piece(rig: Rig) -> None:
    channel, first, second = rig.channel(), rig.post("a/1"), rig.post("b/2")
    rig.send(first, channel)
    ready = channel.prepare(second, {})
    assert isinstance(ready, Prepared)
    assert isinstance(channel.find(second, ready.handles, NOON), Absent)
    assert isinstance(channel.find(first, {}, NOON), Found)


def test_a_recording_moved_by_the_station_is_not_scheduled_a_second_time(rig: Rig) -> None:
    """The answer was lost, and before the schedule was read an editor put the piece half an hour later."""
    assert rig.sandbox is not None
    channel, post = rig.channel(), rig.post()
    ready = channel.prepare(post, {})
    assert isinstance(ready, Prepared)
    channel.commit(post, ready.handles)
    [entry] = entries(rig)
    moved = {
        at: (datetime.fromisoformat(str(entry[at])) + timedelta(minutes=30)).isoformat()
        for at in ("starts_at", "ends_at")
    }
    rig.sandbox.shop("radio", rig.account.name).store.put("schedule", str(entry["id"]), {**entry, **moved})
    assert isinstance(channel, Recogniser)
    look = channel.find_except(post, ready.handles, NOON, frozenset())
    assert isinstance(look, CannotTell)
    assert "may have moved it" in look.evidence
    assert isinstance(channel.find_except(post, ready.handles, NOON, frozenset({str(entry["id"])})), Absent)


def test_what_was_played_is_known_as_aired(rig: Rig) -> None:
    assert rig.sandbox is not None
    channel, post = rig.channel(), rig.post()
    sent = rig.send(post, channel)
    assert isinstance(channel, Broadcaster)
    assert channel.aired(post, sent) is None
    store = rig.sandbox.shop("radio", rig.account.name).store
    [entry] = store.all("schedule")
    store.put("schedule", str(entry["id"]), {**entry, "played": True})
    assert isinstance(channel.aired(post, sent), Aired)


def test_a_piece_without_a_recording_or_of_an_urgent_level_is_refused(rig: Rig) -> None:
    [reason] = rig.channel().fit(replace(rig.post(), media=()))
    assert "audio: none" in reason
    [reason] = rig.channel().fit(replace(rig.post(), data={"level": "urgent"}))
    assert "only ordinary pieces" in reason


def test_a_programme_that_does_not_exist_is_named(rig: Rig) -> None:
    account = replace(rig.account, settings={**rig.account.settings, "show": "8"})
    [finding] = replace(rig, account=account).channel().check()
    assert finding.level == "error"
    assert "show: the station has no programme 8" in finding.text


START = datetime(2027, 5, 18, 17, 0, tzinfo=UTC)
spans = st.lists(st.tuples(st.integers(-30, 60), st.integers(1, 20)), max_size=8)


@given(spans, st.integers(1, 30))
def test_room_that_is_found_is_free_and_the_first_there_is(taken: list[tuple[int, int]], minutes: int) -> None:
    slot = Slot(1, START, START + timedelta(minutes=60))
    entries = [
        Entry(n, None, 1, START + timedelta(minutes=at), START + timedelta(minutes=at + long))
        for n, (at, long) in enumerate(taken)
    ]
    length = timedelta(minutes=minutes)

    def free(start: datetime) -> bool:
        inside = slot.starts_at <= start and start + length <= slot.ends_at
        return inside and all(e.ends_at <= start or e.starts_at >= start + length for e in entries)

    possible = [START + timedelta(minutes=m) for m in range(61) if free(START + timedelta(minutes=m))]
    assert first_room(slot, entries, length) == (possible[0] if possible else None)


def test_lengths_are_read_as_libretime_writes_them() -> None:
    assert read_length("00:01:30.000000") == LENGTH
    assert read_length("1 00:00:00") == timedelta(days=1)
    for nothing in ("00:00:00", None, "", "90"):
        assert read_length(nothing) is None
