"""Whether a piece may go out now: lateness, validity, freezes. The decision is pure."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publisher.queue.artifacts import Artifacts
from publisher.queue.judging import judge_bytes, judge_time
from publisher.queue.model import Delivery, Freeze
from publisher.queue.posts import load_post, sign, store_post
from publisher.queue.reasons import Told, explain
from publisher.queue.transitions import FINAL, OPEN, STATES, TRANSITIONS
from tests.faults.parts import NOW, piece


def delivery(**kinds: object) -> Delivery:
    new = piece()
    signature = sign(new.post.content_hash(), new.account, new.due_at)
    base = Delivery(
        id="k1", slot="k1", campaign="c", unit="xa-mau", account="acc", output="article", act="publish", target=None,
        due_at=NOW, valid_until=None, late="send", grace_s=3600, state="claimed", author="an", post=new.post,
        content_hash=new.post.content_hash(), signature=signature, levels=1, needs_release=False, passes_freeze=False,
        created_at=NOW, updated_at=NOW, state_at=NOW, next_at=None, released_at=None, attempt=1, tries=0,
        lease_owner="w", lease_until=None, external_id="", external_url="", sent_at=None, reason="", absences=0,
        looks=0, asks_person=False,
    )  # fmt: skip
    return dataclasses.replace(base, **kinds)  # type: ignore[arg-type]


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("late", "minutes", "to"),
    [
        ("send", 15, None), ("send", 16, None), ("send", 60, None), ("send", 61, "missed"),
        ("skip", 15, None), ("skip", 16, "missed"), ("ask", 15, None), ("ask", 16, "held"),
    ],
)  # fmt: skip
def test_lateness_follows_the_plan(late: str, minutes: float, to: str | None) -> None:
    stop = judge_time(delivery(late=late), after(minutes), [])
    assert (stop.to if stop else None) == to


def test_nothing_goes_out_after_its_validity_not_even_in_grace() -> None:
    stop = judge_time(delivery(valid_until=after(5)), after(6), [])
    assert stop is not None
    assert stop.to == "missed"


def test_lateness_counts_from_when_a_person_released_it() -> None:
    assert judge_time(delivery(late="ask", released_at=after(600)), after(610), []) is None


@pytest.mark.parametrize(
    ("units", "passes", "held"),
    [((), False, True), (("xa-mau",), False, True), (("x",), False, False), ((), True, False)],
)
def test_a_freeze_holds_its_units(units: tuple[str, ...], passes: bool, held: bool) -> None:
    freeze = Freeze(7, "Quốc tang", frozenset(units), "binh", NOW, None)
    stop = judge_time(delivery(passes_freeze=passes), NOW, [freeze])
    assert (stop is not None and (stop.to, stop.freeze) == ("held", 7)) == held


def test_bytes_time_account_and_approver_must_be_those_that_were_signed(tmp_path: Path) -> None:
    files = Artifacts(tmp_path)
    good = delivery()
    assert judge_bytes(good, ["binh"], files) is None
    wrong = [
        dataclasses.replace(good, post=dataclasses.replace(good.post, text="Khác")),
        dataclasses.replace(good, due_at=after(1)),
        dataclasses.replace(good, account="other"),
        dataclasses.replace(good, act="withdraw", target="k0"),
        dataclasses.replace(good, levels=2),
    ]
    for changed in wrong:
        assert judge_bytes(changed, ["binh"], files) is not None
    assert judge_bytes(good, [], files) is not None
    assert judge_bytes(good, ["an"], files) is not None


def test_a_post_comes_back_from_the_store_as_it_went_in(tmp_path: Path) -> None:
    picture = tmp_path / "Ảnh.PNG"
    picture.write_bytes(b"x")
    files = Artifacts(tmp_path / "store")
    post = dataclasses.replace(
        piece(media=[picture]).post, data={"b": "2", "a": "1"}, hashtags=("#a",), html="<p>x</p>"
    )
    back = load_post(store_post(post, files), files)
    assert back.content() == post.content()
    assert back.media[0].path.read_bytes() == b"x"
    assert back.media[0].path == files.get(back.media[0].sha256)
    assert back.due_at == post.due_at


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_is_explained_in_one_paragraph(state: str, language: str) -> None:
    for asks in (False, True):
        told = Told(delivery(state=state, asks_person=asks, sent_at=NOW), ("binh",), (), ())
        text = explain(told, now=NOW, language=language)
        assert "\n" not in text
        assert "{" not in text
        assert "08:00:00 18/05/2026" in text


def test_every_state_but_the_final_ones_has_a_way_out() -> None:
    assert set(TRANSITIONS) == set(STATES)
    for state in OPEN:
        assert TRANSITIONS[state]


def test_every_state_can_be_left_for_an_end_without_hope() -> None:
    """From everywhere a piece can still come to rest: sent or cancelled."""
    reaches: set[str] = set(FINAL) | {"cancelled"}
    while True:
        more = {s for s in STATES if s not in reaches and TRANSITIONS[s] & reaches}
        if not more:
            break
        reaches |= more
    assert reaches == set(STATES)


def test_no_move_leads_from_sending_to_the_queue() -> None:
    assert not TRANSITIONS["sending"] & {"queued", "claimed", "approved"}
    assert [s for s in STATES if "sending" in TRANSITIONS[s]] == ["claimed"]
