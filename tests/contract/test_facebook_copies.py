"""Words a Page refuses because they stand there already (code 506): ours are recognised, others' go to a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from channel_case import NOON, load_cases
from desk import KEY, Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield open_desk(load_cases("facebook")["facebook-text"], tmp_path, stack)


def test_an_old_post_with_the_same_words_sends_the_piece_to_a_person_at_once(desk: Desk) -> None:
    """Not asked a second time: the Page would refuse it again, every quarter of an hour."""
    desk.rig.send(desk.queue())
    date_back(desk, days=3)
    desk.run(minutes=300)
    refused = desk.get()
    assert (refused.state, desk.said_last(), desk.commits()) == ("rejected", "rejected", ["duplicate"])
    assert "506" in refused.reason
    assert "Change its words" in refused.reason
    assert len(desk.rig.seen()) == 1
    assert desk.store.verify_ledger() == []


def test_a_piece_of_ours_with_the_same_words_is_not_taken_for_this_one(desk: Desk) -> None:
    post = desk.queue()
    desk.run()
    twin = f"{KEY}/hai"
    desk.queue_as(twin, post)
    desk.run(minutes=300)
    assert desk.get(KEY).state == "sent"
    assert (desk.get(twin).state, desk.get(twin).external_id) == ("rejected", "")
    assert desk.commits(twin) == ["duplicate"]
    assert len(desk.rig.seen()) == 1


def test_what_landed_without_an_answer_is_adopted(desk: Desk) -> None:
    """An earlier attempt is out, and nobody here knows it: the Page's refusal leads to it."""
    desk.rig.send(desk.queue())
    desk.run(minutes=300)
    assert (desk.get().state, desk.commits()) == ("sent", ["duplicate"])
    assert desk.get().external_id
    assert len(desk.rig.seen()) == 1


def date_back(desk: Desk, *, days: int) -> None:
    """What is on the Page has been there for so long."""
    assert desk.rig.sandbox is not None
    store = desk.rig.sandbox.shop("facebook", desk.rig.account.name).store
    for post in store.all("posts"):
        store.put("posts", post["id"], {**post, "created": (NOON - timedelta(days=days)).isoformat()})
