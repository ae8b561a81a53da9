"""Many writes in one commit: the same rows as one by one, and what is wrong is refused alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.channels.base import Sent, Unknown
from publisher.channels.rates import Rate
from publisher.errors import PublisherError
from publisher.queue import sending, taking
from publisher.queue.claims import Lease
from publisher.queue.database import writing
from publisher.queue.rows import fetch
from publisher.queue.sending import Answer, Mark
from publisher.queue.store import Store
from publisher.queue.taking import Ask
from tests.faults.parts import BINH, NOW, piece, queue


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/queue.db")
    yield opened
    opened.close()


def together(store: Store, work: Callable[[Any], Any]) -> Any:
    with writing(store._engine) as connection:
        return work(connection)


def marks(leases: dict[str, Lease]) -> list[Mark]:
    return [Mark(name, lease, {}, "f", NOW, Rate()) for name, lease in leases.items()]


def claim(store: Store, *accounts: str) -> list[taking.Taken | None]:
    asks = [Ask(account, f"w-{n}", NOW, 60) for n, account in enumerate(accounts)]
    return list(together(store, lambda c: taking.claim_all(c, asks)))


def test_one_piece_of_each_account_is_taken_and_the_second_asker_goes_away_empty(store: Store) -> None:
    queue(store, piece("k1", "a"), piece("k2", "a"), piece("k3", "b"))
    taken = claim(store, "a", "b", "a", "nobody")
    assert [t and t.row["id"] for t in taken] == ["k1", "k3", None, None]
    assert (store.get("k1").lease_owner, store.get("k1").attempt, store.get("k2").state) == ("w-0", 1, "queued")


def test_what_is_taken_together_reads_as_if_it_had_been_read_again(store: Store) -> None:
    queue(store, piece("k1", "a"))
    taken = claim(store, "a")[0]
    assert taken is not None
    with store._reading() as connection:
        assert dict(fetch(connection, "k1")) == dict(taken.row)
    assert taken.approvers == ("binh",)


def test_only_those_whose_lease_holds_are_marked(store: Store) -> None:
    queue(store, piece("k1", "a"), piece("k2", "b"), piece("k3", "c"))
    claim(store, "a", "b", "c")
    leases = {"k1": Lease("w-0", 1), "k2": Lease("somebody", 1), "k3": Lease("w-2", 2)}
    assert together(store, lambda c: sending.mark_all(c, marks(leases))) == [True, False, False]
    assert [store.get(k).state for k in leases] == ["sending", "claimed", "claimed"]
    assert store.verify_ledger() == []


def test_a_freeze_that_comes_before_the_mark_holds_those_it_covers(store: Store) -> None:
    queue(store, piece("k1", "a"), piece("k2", "b", passes_freeze=True))
    claim(store, "a", "b")
    store.freeze("quốc tang", person=BINH, now=NOW)
    leases = {"k1": Lease("w-0", 1), "k2": Lease("w-1", 1)}
    assert together(store, lambda c: sending.mark_all(c, marks(leases))) == [False, True]


def test_answers_of_every_sort_are_kept_in_one_go(store: Store) -> None:
    queue(store, *[piece(f"k{n}", f"a{n}") for n in range(3)])
    claim(store, "a0", "a1", "a2")
    leases = {f"k{n}": Lease(f"w-{n}", 1) for n in range(3)}
    together(store, lambda c: sending.mark_all(c, marks(leases)))
    outcomes = [Sent("1", "https://x.example/1"), Unknown("?"), Sent("3", "")]
    answers = [Answer(k, leases[k], o, NOW) for k, o in zip(leases, outcomes, strict=True)]
    answers.append(Answer("k0", Lease("w-0", 7), Sent("9", ""), NOW))  # an attempt that is not the newest
    assert together(store, lambda c: sending.finish_all(c, answers)) == ["sent", "unknown", "sent", ""]
    assert store.get("k0").external_url == "https://x.example/1"
    assert store.verify_ledger() == []


def test_many_threads_send_each_piece_of_many_accounts_once(store: Store) -> None:
    """Claims, marks and answers of thirty accounts meet in the same commits; one of each piece comes through."""
    queue(store, *[piece(f"k{n}", f"a{n % 30}") for n in range(120)])
    sent: list[str] = []

    def serve(account: str) -> None:
        while (claimed := store.claim(account, owner=account, now=NOW, lease_s=60)) is not None:
            lease = Lease(account, claimed.attempt)
            assert store.mark_sending(claimed.id, lease, handles={}, fingerprint="f", now=NOW)
            sent.append(claimed.id)
            store.finish(claimed.id, lease, Sent(claimed.id, ""), now=NOW)
            store.confirm_later(claimed.id, lease, Sent(claimed.id, ""), now=NOW)

    threads = [threading.Thread(target=serve, args=(f"a{n % 30}",)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.flush()
    assert sorted(sent) == sorted(f"k{n}" for n in range(120))
    assert store.counts()["sent"] == 120
    assert all(len(store.attempts(f"k{n}")) == 3 for n in range(120))
    assert store.verify_ledger() == []


def test_of_many_writes_of_one_kind_only_the_wrong_one_is_refused(store: Store) -> None:
    """A claim behind the clock fails; the claims beside it in the same commit do not."""
    queue(store, piece("k0", "z"), piece("k1", "a"), piece("k2", "b"))
    claimed = store.claim("z", owner="w", now=NOW + timedelta(hours=1), lease_s=60)
    assert claimed is not None
    assert store.mark_sending("k0", Lease("w", 1), handles={}, fingerprint="f", now=NOW + timedelta(hours=1))
    gate, results = threading.Event(), dict[str, object]()
    slow = threading.Thread(target=lambda: store._writer.write(lambda c: gate.wait(10)))
    slow.start()

    def ask(account: str, hours: int) -> None:
        try:
            got = store.claim(account, owner="w", now=NOW + timedelta(hours=hours), lease_s=60)
            results[account] = got and got.id
        except PublisherError as error:
            results[account] = str(error).split(":")[0]

    threads = [threading.Thread(target=ask, args=work) for work in (("a", 0), ("b", 1))]
    for thread in threads:
        thread.start()
    while len(store._writer._waiting) < 2 and slow.is_alive():
        threading.Event().wait(0.01)
    gate.set()
    for thread in [slow, *threads]:
        thread.join()
    assert results == {"a": "clock", "b": "k2"}
