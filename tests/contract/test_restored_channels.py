"""After a restore, at kinds that know their posts by numbers: words decide where the number is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from channel_case import NOON, Rig, make_account
from desk import KEY, Desk
from test_channels import CASES

from publisher.channels.base import Absent, CannotTell, Found, Prepared, Recogniser, Sent
from publisher.channels.facebook_graph import Graphed, GraphError
from publisher.clock import SetClock
from publisher.sandbox.server import Sandbox

BY_NUMBER = ("facebook-reel", "facebook-video", "youtube-video", "zalo-article", "zalo-video")


@pytest.fixture
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    case = next(case for case in CASES if case.name == request.param)
    account = make_account(case, case.settings)
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)))
        yield Rig(case, tmp_path, sandbox, None, account)


@pytest.mark.parametrize("rig", BY_NUMBER, indirect=True)
def test_what_went_out_after_the_backup_is_not_sent_again(rig: Rig, tmp_path: Path) -> None:
    """The machine that sent it is lost with its database and notes; the service shows the post."""
    post = replace(rig.post(KEY), account=rig.account.name, due_at=NOON)
    rig.send(post)
    again = Rig(rig.case, tmp_path / "again", rig.sandbox, None, rig.account)
    again.folder.mkdir()
    (again.folder / "media").symlink_to(tmp_path / "media")
    if rig.case.kind == "zalo":  # its login lies beside the notes and is given anew
        (tmp_path / "state" / "channels").rename(again.folder / "channels-lost")
        (again.folder / "state" / "channels" / "sandbox" / rig.account.name).mkdir(parents=True)
        tokens = next((again.folder / "channels-lost").rglob("tokens.json"))
        tokens.rename(again.folder / "state" / "channels" / "sandbox" / rig.account.name / "tokens.json")
    desk = Desk(again, tmp_path / "again")
    desk.queue()
    desk.mark_restored(hours=2)
    desk.run(minutes=600)
    assert len(rig.seen()) == 1
    piece = desk.get()
    assert piece.state == "sent"
    assert piece.external_id
    desk.store.close()


@pytest.mark.parametrize("rig", ["zalo-article"], indirect=True)
def test_two_pieces_with_the_same_words_have_a_draft_each(rig: Rig) -> None:
    """Both were prepared, and the machine died before either number was kept."""
    first, second = rig.post("mot"), rig.post("hai")
    for post in (first, second):
        assert isinstance(rig.channel().prepare(post, {}), Prepared)
    assert rig.drafts() == 2
    ready = [rig.channel().prepare(post, {}) for post in (second, first)]
    assert rig.drafts() == 2, "each finds its own"
    assert all(isinstance(one, Prepared) for one in ready)
    sent = [rig.channel().commit(post, one.handles) for post, one in zip((second, first), ready, strict=True)]  # type: ignore[union-attr]
    assert all(isinstance(one, Sent) for one in sent)
    assert len({one.id for one in sent if isinstance(one, Sent)}) == 2
    seen = rig.seen()
    assert len(seen) == 2
    assert all("#" not in post.words for post in seen), "readers see the approved title"


@pytest.mark.parametrize("rig", ["youtube-video"], indirect=True)
@pytest.mark.parametrize(
    ("changed", "look"),
    [
        ({}, Found),
        ({"title": "Phim khác", "text": "Lời khác."}, Absent),
        ({"title": "Đã đính chính"}, CannotTell),
        ({"text": "Lời đã đính chính."}, CannotTell),
    ],
)
def test_a_film_is_known_by_title_and_words_and_half_of_them_is_a_persons_question(
    rig: Rig, changed: dict[str, str], look: type
) -> None:
    """Among more films than one page holds."""
    post = rig.post()
    sent = rig.send(replace(post, **changed))  # type: ignore[arg-type]
    for number in range(60):
        store = rig.sandbox.shop("youtube", rig.account.name).store  # type: ignore[union-attr]
        film = store.get("videos", sent.id)
        snippet = {"title": f"Phim {number}", "description": "Khác."}
        store.put("videos", f"w{number:03d}", {**film, "id": f"w{number:03d}", "order": number + 9, "snippet": snippet})  # type: ignore[dict-item]
    shutil.rmtree(rig.folder / "state", ignore_errors=True)
    channel = rig.channel()
    assert isinstance(channel.find(post, {}, NOON), look)
    assert isinstance(channel, Recogniser)
    assert not isinstance(channel.find_except(post, {}, NOON, frozenset({sent.id})), Found)


@pytest.mark.parametrize("rig", ["facebook-reel", "facebook-video"], indirect=True)
@pytest.mark.parametrize(
    ("changed", "look"),
    [
        ({}, Found),
        ({"title": "Phim khác", "text": "Lời khác."}, Absent),
        ({"text": "Lời đã đính chính."}, CannotTell),
    ],
)
def test_a_pages_film_is_known_by_its_words(rig: Rig, changed: dict[str, str], look: type) -> None:
    post = rig.post()
    sent = rig.send(replace(post, **changed))  # type: ignore[arg-type]
    rig.send(replace(post, key="mot-phim-khac", title="Phim thứ hai", text="Mời bà con xem phim thứ hai."))
    shutil.rmtree(rig.folder / "state", ignore_errors=True)
    channel = rig.channel()
    assert isinstance(channel.find(post, {}, NOON), look)
    assert isinstance(channel, Recogniser)
    assert not isinstance(channel.find_except(post, {}, NOON, frozenset({sent.id})), Found)


@pytest.mark.parametrize("rig", ["facebook-reel"], indirect=True)
def test_where_facebook_does_not_let_its_reels_be_listed_a_person_is_asked(rig: Rig) -> None:
    """The vendor's own pages do not agree on whether it does."""
    rig.send(rig.post())
    shutil.rmtree(rig.folder / "state", ignore_errors=True)
    channel: Any = rig.channel()
    read = channel.graph.read

    def closed(node: str, **fields: str) -> object:
        refused = GraphError(100, 0, "Unsupported get request", 400)
        return refused if node.endswith("video_reels") else read(node, **fields)

    channel.graph.read = closed
    assert isinstance(channel.find(rig.post(), {}, NOON), CannotTell)

    def wordless(node: str, **fields: str) -> object:
        value = read(node, **fields).value
        return Graphed({**value, "data": [{"id": film["id"]} for film in value["data"]]})

    channel.graph.read = wordless
    assert isinstance(channel.find(rig.post(), {}, NOON), CannotTell), "films without words decide nothing"
