"""The torture in small: every kind of account over HTTP, every point, every fault; and that its judge can condemn."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.queue.model import Delivery
from publisher.queue.store import Store
from publisher.queue.torture.accounts import SORTS, make_accounts, make_pieces, mark_of, sort_of
from publisher.queue.torture.judge import Shown, compare
from publisher.queue.torture.plan import Plan
from publisher.queue.torture.services import PLAYED
from publisher.sandbox.faults import FAULTS
from tests.faults.parts import NOW, piece, queue

ROOT = Path(__file__).parents[2]
TORTURE = [sys.executable, "-m", "publisher.queue.torture"]
ON_POSTGRES = [sys.executable, "-m", "tests.servers.postgres", *TORTURE, "PROCESSES=4", "DATABASE={database}"]


def run(*words: str, command: list[str] | None = None) -> tuple[int, dict, str]:
    """Exit code, what happened, and the last line."""
    done = subprocess.run([*(command or TORTURE), *words], cwd=ROOT, timeout=900, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert lines, done.stderr
    return done.returncode, json.loads(lines[0]), lines[-1]


def test_torture_in_small_loses_and_doubles_nothing() -> None:
    """The whole machinery once: stand-ins in their own processes, a forked worker, a person, the judge."""
    code, told, last = run("SEED=3", "DELIVERIES=40", "ACCOUNTS=20", "HITS=0", "FAULTS=6", "WINDOW_S=30", "CHAOS=0")
    assert (code, last) == (0, "40 delivered, 0 lost, 0 sent twice, 0 stuck, 0 waiting for a person"), told


@pytest.mark.slow
@pytest.mark.parametrize("command", [TORTURE, ON_POSTGRES], ids=["sqlite", "postgres"])
def test_torture_with_every_fault_and_a_death_at_every_point(command: list[str]) -> None:
    code, told, last = run("SEED=7", "DELIVERIES=300", "ACCOUNTS=40", "HITS=1", command=command)
    assert code == 0, (told, last)
    assert last.split(", ")[1:4] == ["0 lost", "0 sent twice", "0 stuck"]
    assert set(told["faults"]) == set(PLAYED)
    assert min(told["kills"].values()) >= 1
    assert told["befell"]["disks full"] > 0
    assert told["befell"]["clocks back"] > 0
    assert told["outages"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("without", ["mark", "look", "doubt"])
def test_torture_without_a_protection_is_condemned(without: str) -> None:
    """The same run, with the mark, the reading or the doubt about a lost answer taken out."""
    code, told, last = run("SEED=7", "DELIVERIES=200", "ACCOUNTS=40", "HITS=1", f"WITHOUT={without}")
    assert code == 1, (told, last)
    _, lost, twice, *_ = last.split(", ")
    assert (lost, twice) != ("0 lost", "0 sent twice")


def test_every_fault_but_a_refusal_by_policy_is_played() -> None:
    assert set(FAULTS) - set(PLAYED) == {"policy"}


def test_a_run_has_accounts_of_every_sort(tmp_path: Path) -> None:
    plan = Plan(accounts=20, deliveries=40, folder=str(tmp_path))
    assert {sort_of(name) for name in make_accounts(plan)} == set(SORTS)
    pieces = list(make_pieces(plan))
    assert len({piece.id for piece in pieces}) == 40
    assert pieces == list(make_pieces(plan)), "the same seed makes the same pieces"


def test_pieces_with_the_same_words_never_follow_each_other(tmp_path: Path) -> None:
    """A Page refuses the very words of its last post; two pieces apart they are taken."""
    plan = Plan(accounts=20, deliveries=2000, folder=str(tmp_path))
    names = list(make_accounts(plan))
    marks = [mark_of(number, names[number % 20], plan) for number in range(2000)]
    shared = [mark for mark in marks if mark.startswith("g-")]
    assert shared
    assert all(shared.count(mark) == 2 for mark in shared)
    assert all(first != second for first, second in zip(marks, marks[20:], strict=False))


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    store = Store.open(f"sqlite:///{tmp_path}/queue.db")
    picture = tmp_path / "a.png"
    picture.write_bytes(b"a")
    queue(store, piece("d-000001", text="Tin d-000001", media=[picture], due_at=NOW))
    return dataclasses.replace(store.get("d-000001"), state="sent")


def shown(delivery: Delivery, words: str = "Tin d-000001", *files: str) -> Shown:
    return Shown(delivery.account, words, frozenset(files or (delivery.post.media[0].sha256,)))


def test_the_judge_acquits_what_is_out_once_as_approved(delivery: Delivery) -> None:
    verdict = compare([delivery], [shown(delivery)])
    assert str(verdict) == "1 delivered, 0 lost, 0 sent twice, 0 stuck, 0 waiting for a person"
    assert verdict.good


@pytest.mark.parametrize(
    ("state", "posts", "said"),
    [
        ("sent", [], "0 delivered, 1 lost, 0 sent twice, 0 stuck"),
        ("sent", ["Tin d-000001"] * 2, "1 delivered, 0 lost, 1 sent twice, 0 stuck"),
        ("sent", ["Tin khác d-000001"], "0 delivered, 1 lost, 0 sent twice, 0 stuck"),
        ("sent", ["Tin d-000001", "Tin d-000002"], "1 delivered, 1 lost, 0 sent twice, 0 stuck"),
        ("unknown", ["Tin d-000001"] * 2, "0 delivered, 0 lost, 1 sent twice, 1 stuck"),
        ("rejected", ["Tin d-000001"], "0 delivered, 1 lost, 0 sent twice, 1 stuck"),
        ("queued", [], "0 delivered, 0 lost, 0 sent twice, 1 stuck"),
    ],
)
def test_the_judge_condemns(delivery: Delivery, state: str, posts: list[str], said: str) -> None:
    verdict = compare([dataclasses.replace(delivery, state=state)], [shown(delivery, words) for words in posts])
    assert str(verdict).startswith(said)
    assert not verdict.good


def test_the_judge_sees_another_pieces_picture(delivery: Delivery) -> None:
    verdict = compare([delivery], [shown(delivery, "Tin d-000001", "0" * 64)])
    assert verdict.lost == ["d-000001: other words or files than approved"]


def test_what_waits_for_a_person_waits_with_a_reason(delivery: Delivery) -> None:
    asks = dataclasses.replace(delivery, state="unknown", asks_person=True, reason="no answer. Look at the page.")
    assert compare([asks], [shown(delivery)]).waiting == ["d-000001: unknown"]
    assert compare([dataclasses.replace(asks, reason="")], []).stuck == ["d-000001: unknown"]
