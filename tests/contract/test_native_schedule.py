"""Posts that Facebook holds: out once at their time, on or off, and taken back when they may no longer go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from channel_case import COMMIT_FAULTS, NOON, make_picture

from publisher.channels.base import Absent, Account, CannotTell, Reserver, Retry
from publisher.channels.facebook import Facebook
from publisher.channels.facebook_graph import GraphError
from publisher.channels.registry import connect
from publisher.channels.secrets import Secrets
from publisher.clock import SetClock
from publisher.engine.local import Service
from publisher.queue.database import writing
from publisher.queue.doubts import Gap, mark_restored
from publisher.queue.model import NewDelivery
from publisher.queue.store import Store
from publisher.queue.worker import Pace
from publisher.sandbox.server import Sandbox
from tests.faults.parts import AN, BINH, queue

SECRETS = {"token": "FB_THU_TOKEN", "app_secret": "FB_THU_SECRET"}
SETTINGS = {"page_id": "100000000000001", "app_id": "77", "app_live": True, "native_schedule": True}
ACCOUNT = Account("facebook-thu", "facebook", "tinh-mau", SETTINGS, SECRETS, "channels/facebook-thu.yaml")
DUE = NOON + timedelta(hours=2)
KEY = "ngay-khoa-hoc"


@dataclass
class Desk:
    """A queue, a Page at the stand-in, and the one clock both live by."""

    store: Store
    sandbox: Sandbox
    clock: SetClock
    folder: Path

    def channel(self, **more: object) -> Facebook:
        account = replace(ACCOUNT, settings={**SETTINGS, **more})
        made = connect(account, secrets=Secrets(self.sandbox.tokens), folder=self.folder, sandbox=self.sandbox.url)
        assert isinstance(made, Facebook)
        assert isinstance(made, Reserver)
        made.held.now = self.clock.now
        return made

    def run(self, *, minutes: float = 0.0, channel: Facebook | None = None) -> None:
        """The service works for so long from now on, then is off."""
        pace = Pace(lease_s=30, gap_s=60)
        service = Service(self.store, {ACCOUNT.name: channel or self.channel()}, self.clock, pace=pace)
        end = self.clock.now() + timedelta(minutes=minutes)
        service.run(until_idle=True, until=end)
        self.clock.wait_until(end)

    def off(self, *, hours: float) -> None:
        self.clock.wait_until(self.clock.now() + timedelta(hours=hours))

    def public(self) -> list[str]:
        return [post.text for post in self.sandbox.posts() if post.state == "published"]

    def held(self) -> list[str]:
        self.sandbox.posts()
        posts = self.sandbox.shop("facebook", ACCOUNT.name).store.all("posts")
        return [str(post["message"]) for post in posts if post["state"] == "scheduled"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = SetClock(NOON)
    store = Store.open(f"sqlite:///{tmp_path}/queue.db")
    with Sandbox(tmp_path / "sandbox", accounts=[ACCOUNT], clock=clock, slow_s=1.0) as sandbox:
        yield Desk(store, sandbox, clock, tmp_path / "state")
        assert sandbox.errors == []
    store.close()


def piece(text: str = "Mời bà con.", **kinds: object) -> NewDelivery:
    from publisher.channels.base import Post

    due = kinds.pop("due_at", DUE)
    post = Post(KEY, ACCOUNT.name, "text", "", text, due_at=due)  # type: ignore[arg-type]
    return NewDelivery(KEY, "chien-dich", "tinh-mau", ACCOUNT.name, "text", due, post, **kinds)  # type: ignore[arg-type]


def test_an_approved_piece_is_held_and_goes_out_once_while_the_service_is_on(desk: Desk) -> None:
    queue(desk.store, piece(), now=NOON)
    desk.run()
    assert (desk.held(), desk.public()) == (["Mời bà con."], [])
    assert desk.store.get(KEY).state == "queued", "readers have nothing yet"
    desk.run(minutes=150)
    assert (desk.held(), desk.public()) == ([], ["Mời bà con."])
    assert desk.store.get(KEY).state == "sent"
    assert desk.channel().reserved() == ()


def test_it_goes_out_in_time_while_the_machine_is_off_and_is_known_afterwards(desk: Desk) -> None:
    """By its plan a late piece is skipped: but it is out, so it is recorded, and not missed."""
    queue(desk.store, piece(late="skip"), now=NOON)
    desk.run()
    desk.off(hours=5)
    assert desk.public() == ["Mời bà con."]
    desk.run()
    assert desk.store.get(KEY).state == "sent"
    assert desk.public() == ["Mời bà con."]


def cancel(desk: Desk) -> None:
    desk.store.cancel([KEY], person=BINH, now=desk.clock.now())


def freeze(desk: Desk) -> None:
    desk.store.freeze("quốc tang", person=BINH, now=desk.clock.now())


def change(desk: Desk) -> None:
    desk.store.add([piece("Nội dung khác, chưa duyệt.")], author=AN.id, now=desk.clock.now())


def move(desk: Desk) -> None:
    desk.store.reschedule(KEY, due_at=DUE + timedelta(hours=1), person=BINH, now=desk.clock.now())


@pytest.mark.parametrize("stop", [cancel, freeze, change, move])
def test_what_may_no_longer_go_is_taken_back_before_anybody_sees_it(desk: Desk, stop: Callable[[Desk], None]) -> None:
    queue(desk.store, piece(), now=NOON)
    desk.run()
    assert desk.held()
    stop(desk)
    desk.run()
    assert (desk.held(), desk.public()) == ([], [])
    desk.off(hours=5)
    assert desk.public() == []


def test_a_changed_piece_is_held_anew_once_it_is_approved_again(desk: Desk) -> None:
    queue(desk.store, piece(), now=NOON)
    desk.run()
    change(desk)
    desk.run()
    desk.store.approve([KEY], person=BINH, now=desk.clock.now())
    desk.run()
    assert desk.held() == ["Nội dung khác, chưa duyệt."]
    desk.off(hours=5)
    desk.run()
    assert desk.public() == ["Nội dung khác, chưa duyệt."]
    assert desk.store.get(KEY).state == "sent"


@pytest.mark.parametrize("fault", COMMIT_FAULTS)
@pytest.mark.parametrize("on", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_whatever_breaks_while_it_is_scheduled_it_comes_once(desk: Desk, fault: str, on: bool) -> None:
    queue(desk.store, piece(grace_s=86_400), now=NOON)
    desk.sandbox.faults.play(fault, kind="facebook", step="commit")
    desk.run(channel=desk.channel(timeout_s=0.4) if fault == "slow" else None)
    assert desk.sandbox.faults.left == 0
    if on:
        desk.run(minutes=1)
        desk.run(minutes=300)
    else:
        desk.off(hours=5)
        desk.run(minutes=60)
    assert desk.public() == ["Mời bà con."]
    assert desk.held() == []
    assert desk.store.get(KEY).state == "sent"


@pytest.mark.parametrize("fault", ["slow", "drop_after", "error_after", "html_after", "no_type", "broken_json"])
def test_what_facebook_holds_without_having_said_so_is_found_and_never_asked_again(desk: Desk, fault: str) -> None:
    queue(desk.store, piece(), now=NOON)
    desk.sandbox.faults.play(fault, kind="facebook", step="commit")
    desk.run(channel=desk.channel(timeout_s=0.4) if fault == "slow" else None)
    desk.run(minutes=1)
    [known] = desk.channel().held.book.all()
    assert known.id
    desk.run(minutes=150)
    assert desk.public() == ["Mời bà con."]
    asked = [r for r in desk.sandbox.requests if r.method == "POST" and r.path.endswith("/feed")]
    assert len(asked) == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error_before", "error_after", "broken_json"])
def test_taking_back_goes_on_until_the_service_has_it_no_more(desk: Desk, fault: str) -> None:
    queue(desk.store, piece(), now=NOON)
    desk.run()
    cancel(desk)
    desk.sandbox.faults.play(fault, kind="facebook", step="change")
    desk.run()
    assert desk.channel().reserved() == (KEY,), "it is not known to be gone"
    desk.run()
    assert desk.channel().reserved() == ()
    desk.off(hours=5)
    assert desk.public() == []


@pytest.mark.parametrize("away", [timedelta(minutes=14), timedelta(days=30)])
def test_outside_the_vendors_window_it_goes_by_our_clock(desk: Desk, away: timedelta) -> None:
    queue(desk.store, piece(due_at=NOON + away), now=NOON)
    desk.run()
    assert desk.held() == []


def test_a_pages_pictures_are_held_with_it(desk: Desk) -> None:
    """Facebook drops pictures of a scheduled post that were not uploaded as temporary: the stand-in refuses them."""
    from publisher.channels.base import Post

    pictures = (make_picture(desk.folder.parent, "một.png", (1, 2, 3), "Ảnh một"),)
    post = Post(KEY, ACCOUNT.name, "photo", "", "Mời bà con.", media=pictures, due_at=DUE)
    queue(desk.store, NewDelivery(KEY, "c", "tinh-mau", ACCOUNT.name, "infographic", DUE, post), now=NOON)
    desk.run()
    assert desk.held() == ["Mời bà con."]
    desk.run(minutes=150)
    [shown] = [post for post in desk.sandbox.posts() if post.state == "published"]
    assert [picture.alt for picture in shown.pictures] == ["Ảnh một"]


def test_a_moment_that_is_understood_otherwise_is_not_left_there(desk: Desk) -> None:
    desk.sandbox.shop("facebook", ACCOUNT.name).store.put("debug", "schedule", {"shift": -3600})
    queue(desk.store, piece(), now=NOON)
    desk.run()
    assert desk.held() == []
    desk.run(minutes=150)
    assert desk.public() == ["Mời bà con."]


def test_switching_the_option_off_takes_everything_back(desk: Desk) -> None:
    queue(desk.store, piece(), now=NOON)
    desk.run()
    desk.run(channel=desk.channel(native_schedule=False))
    assert (desk.held(), desk.channel().reserved()) == ([], ())
    desk.run(minutes=150, channel=desk.channel(native_schedule=False))
    assert desk.public() == ["Mời bà con."]


def test_what_came_out_against_our_will_is_told_and_not_deleted(desk: Desk) -> None:
    """Cancelled while the machine was off: readers have it already, so a person decides."""
    queue(desk.store, piece(), now=NOON)
    desk.run()
    cancel(desk)
    desk.off(hours=3)
    desk.run()
    assert desk.public() == ["Mời bà con."]
    errors = [finding.text for finding in desk.channel().check() if finding.level == "error"]
    assert any("although it was to be taken back" in text for text in errors), errors


def test_without_approval_nothing_is_held(desk: Desk) -> None:
    desk.store.add([piece()], author=AN.id, now=NOON)
    desk.store.submit([KEY], by=AN.id, now=NOON)
    desk.run()
    assert desk.held() == []


def test_a_post_removed_at_facebook_is_a_persons_question(desk: Desk) -> None:
    queue(desk.store, piece(), now=NOON)
    desk.run()
    shop = desk.sandbox.shop("facebook", ACCOUNT.name)
    [post] = shop.store.all("posts")
    shop.store.put("posts", post["id"], {**post, "state": "withdrawn"})
    desk.run(minutes=150)
    assert desk.store.get(KEY).state == "rejected"
    assert "deleted at Facebook" in desk.store.get(KEY).reason
    assert desk.public() == []


def test_a_refusal_is_not_asked_again_every_minute(desk: Desk) -> None:
    queue(desk.store, piece(due_at=NOON + timedelta(hours=5)), now=NOON)
    desk.sandbox.faults.play("policy", kind="facebook", step="commit", times=100)
    channel = desk.channel()
    for _ in range(30):
        desk.run(minutes=1, channel=channel)
    asked = [r for r in desk.sandbox.requests if r.method == "POST" and r.path.endswith("/feed")]
    assert len(asked) == 1
    desk.sandbox.faults.clear()
    desk.off(hours=1)
    desk.run(channel=channel)
    assert desk.held() == ["Mời bà con."]


def test_asked_twice_it_is_held_once(desk: Desk) -> None:
    channel, post = desk.channel(), piece().post
    assert channel.reserve(post, NOON) is None
    assert desk.channel().reserve(post, NOON) is None
    assert desk.held() == ["Mời bà con."]
    assert isinstance(channel.reserve(replace(post, text="khác"), NOON), Retry)


def restored(desk: Desk, *, cancelled: bool = False, frozen: bool = False) -> Desk:
    """Another machine, from a backup made before anything was scheduled; it lives by the same clock."""
    store = Store.open(f"sqlite:///{desk.folder}-again.db")
    queue(store, piece(), now=NOON)
    now = desk.clock.now()
    if frozen:
        store.freeze("khôi phục", person=BINH, now=now)
    if cancelled:
        store.cancel([KEY], person=BINH, now=now)
    with writing(store._engine) as connection:
        mark_restored(connection, Gap(NOON, now), by="quan-tri")
    return Desk(store, desk.sandbox, desk.clock, desk.folder.with_name("state-again"))


@pytest.mark.parametrize("stopped", ["frozen", "cancelled"])
def test_what_was_scheduled_after_the_backup_is_taken_back_where_it_may_not_go(desk: Desk, stopped: str) -> None:
    queue(desk.store, piece(), now=NOON)
    desk.run()
    again = restored(desk, **{stopped: True})
    again.run(minutes=1)
    assert (again.held(), again.channel().reserved()) == ([], ())
    again.off(hours=5)
    assert again.public() == []
    again.store.close()


@pytest.mark.parametrize("hours", [0, 5])
def test_what_was_scheduled_after_the_backup_comes_once(desk: Desk, hours: int) -> None:
    """Restored before its time it is taken back and goes by our clock; after it, it is found on the Page."""
    queue(desk.store, piece(grace_s=86_400), now=NOON)
    desk.run()
    again = restored(desk)
    again.off(hours=hours)
    again.run(minutes=1)
    again.run(minutes=300)
    assert (again.public(), again.held()) == (["Mời bà con."], [])
    assert again.store.get(KEY).state == "sent"
    again.store.close()


def test_a_page_whose_schedule_cannot_be_read_is_sent_nothing_that_may_stand_in_it(desk: Desk) -> None:
    """Its time has come, and Facebook still holds it: sending ours now would bring it twice."""
    queue(desk.store, piece(grace_s=86_400), now=NOON)
    desk.run()
    again = restored(desk)
    channel = again.channel()
    read = channel.graph.read

    def blind(node: str, **fields: str) -> object:
        return GraphError(2, 0, "down", 500) if node.endswith("scheduled_posts") else read(node, **fields)

    channel.graph.read = blind  # type: ignore[method-assign]
    look = channel.find_except(piece().post, {}, NOON, frozenset())
    assert isinstance(look, CannotTell)
    channel.graph.read = read  # type: ignore[method-assign]
    assert isinstance(channel.find_except(piece().post, {}, NOON, frozenset()), Absent)
    assert channel.reserved() == (KEY,), "known now, and taken back before ours goes"
    again.store.close()
