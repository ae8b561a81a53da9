"""Posts known by their words: two pieces with the same words each have one of their own, and a wrong clock hides none."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.channels.base import Account, CannotTell, Found, Post, Sent, Unknown
from publisher.channels.dummy import Dummy, Record
from publisher.channels.registry import connect
from publisher.channels.secrets import Secrets
from publisher.clock import SetClock
from publisher.engine.local import Service
from publisher.queue import settling
from publisher.queue.claims import Lease
from publisher.queue.model import NewDelivery
from publisher.queue.store import Store
from publisher.sandbox.server import Sandbox
from tests.faults.parts import NOW, piece, queue

WORDS = "Nhắc lại: tối nay cắt điện từ 19 giờ."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(f"sqlite:///{tmp_path}/queue.db")


class Forgetful:
    """Loses the answer of the first commit, or never sends the second: told by the piece's key."""

    def __init__(self, **by_key: str) -> None:
        self._by_key = by_key

    def fault(self, method: str, key: str, call: int) -> str:
        return self._by_key.get(key, "") if (method, call) == ("commit", 1) else ""


@pytest.mark.parametrize(
    "faults", [{"k1": "lost", "k2": "never"}, {"k1": "never", "k2": "lost"}, {"k2": "never"}, {"k1": "lost"}]
)
def test_two_pieces_with_the_same_words_are_both_sent_once(
    store: Store, tmp_path: Path, faults: dict[str, str]
) -> None:
    queue(store, piece("k1", text=WORDS), piece("k2", text=WORDS))
    channel = Dummy("acc", tmp_path, Forgetful(**faults), gives_handles=False)
    Service(store, {"acc": channel}, SetClock(NOW)).run(until_idle=True, until=NOW + timedelta(hours=2))
    assert store.counts()["sent"] == 2
    assert len(Record(tmp_path).posts()) == 2
    assert len({store.get(key).external_id for key in ("k1", "k2")}) == 2, "each has a post of its own"


def test_two_readers_at_the_same_moment_do_not_both_adopt_one_post(store: Store) -> None:
    """Both have found the post before either has written it down."""
    queue(store, piece("k1", text=WORDS), piece("k2", text=WORDS))
    for key in ("k1", "k2"):
        claimed = store.claim("acc", owner="w", now=NOW, lease_s=60)
        assert claimed is not None
        assert claimed.id == key
        lease = Lease("w", claimed.attempt)
        store.mark_sending(key, lease, handles={}, fingerprint="f", now=NOW)
        store.finish(key, lease, Unknown("?"), now=NOW)
    seen = Found(Sent("7", "https://x.example/7"), "it is there")
    for key in ("k1", "k2"):
        assert store.take_unknown(key, owner=f"r-{key}", now=NOW, lease_s=60) is not None
    assert store.note_look("k1", seen, owner="r-k1", attempt=1, gap_s=60, now=NOW) == "sent"
    assert store.note_look("k2", seen, owner="r-k2", attempt=1, gap_s=60, now=NOW) == "look again"
    assert store.get("k2").state == "unknown"
    assert "another piece" in store.attempts("k2")[-1].essentials


def test_the_check_against_adopting_twice_can_fail(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "ids_of_others", lambda *rest: frozenset())
    with pytest.raises(AssertionError):
        test_two_readers_at_the_same_moment_do_not_both_adopt_one_post(store)


def page(folder: Path, sandbox: Sandbox):
    account = _account()
    return connect(account, secrets=Secrets(sandbox.tokens), folder=folder / "state", sandbox=sandbox.url)


def _account() -> Account:
    settings = {"page_id": "100000000000001", "timeout_s": 5}
    return Account("trang", "facebook", "xa-mau", settings, {"token": "FB_TOKEN"}, "channels/trang.yaml")


@pytest.mark.parametrize("ahead_h", [0, 1, 7])
def test_a_post_is_found_whose_worker_had_a_clock_that_was_ahead(store: Store, tmp_path: Path, ahead_h: int) -> None:
    """The machine's clock showed local time as UTC: seven hours later than the time Facebook gives the post."""
    post = Post("k1", "trang", "text", "T", WORDS, due_at=NOW)
    new = NewDelivery("k1", "c", "xa-mau", "trang", "post", NOW, post, grace_s=10**6)
    queue(store, new)
    with Sandbox(tmp_path / "fb", accounts=[_account()], clock=SetClock(NOW)) as sandbox:
        sandbox.faults.play("drop_after", kind="facebook")
        clock = SetClock(NOW + timedelta(hours=ahead_h))
        service = Service(store, {"trang": page(tmp_path, sandbox)}, clock)
        service.run(until_idle=True, until=NOW + timedelta(hours=ahead_h + 2))
        shown = Counter(post.text for post in sandbox.posts())
    assert store.get("k1").state == "sent"
    assert shown == {WORDS: 1}


def test_a_page_read_for_one_piece_passes_over_the_posts_of_others(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "fb", accounts=[_account()], clock=SetClock(NOW)) as sandbox:
        channel = page(tmp_path, sandbox)
        post = Post("k1", "trang", "text", "T", WORDS)
        sent = channel.commit(post, {})
        assert isinstance(sent, Sent)
        assert isinstance(channel.find_except(post, {}, NOW, frozenset()), Found)
        assert not isinstance(channel.find_except(post, {}, NOW, frozenset({sent.id})), Found | CannotTell)
