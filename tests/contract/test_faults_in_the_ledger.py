"""Every fault at every kind's server, through the queue: the readers see one post or none, and the ledger says which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from channel_case import COMMIT_FAULTS, Case
from desk import Desk, open_desk
from test_channels import CASES, check_sound, each_way_of, note_proof

from publisher.channels.base import Rejected, Retry, Sent, Unknown
from publisher.sandbox.faults import FAULTS

STATES = {Sent: "sent", Retry: "waiting", Rejected: "rejected", Unknown: "unknown"}
OVER_HTTP = [case for case in CASES if case.over_http]
# What a server must be able to play, whatever the kind; `refuse` is nobody listening.
PLAYED = {"refuse": (Retry, 0), **COMMIT_FAULTS, "duplicate": (Unknown, 0), "verify_fails": (Rejected, 0)}


@pytest.fixture
def desk(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    with ExitStack() as stack:
        desk = open_desk(case, tmp_path, stack)
        if desk.rig.server is not None:
            note_proof(request, case, desk.rig.server)
        yield desk
        check_sound(desk.rig.line)


def played_at(case: Case) -> list[str]:
    return [fault for fault in PLAYED if fault not in case.without]


def test_every_fault_is_played_at_every_kind_or_cannot_be() -> None:
    """A fault that a new kind, or a new fault that a kind, does not know is red here."""
    assert set(PLAYED) - {"refuse"} == set(FAULTS)
    for case in OVER_HTTP:
        assert set(case.without) <= {"duplicate", "verify_fails"}, case.name
        assert all(len(reason) > 20 for reason in case.without.values()), f"{case.name}: say why"
    kinds = {case.kind for case in CASES}
    assert {case.kind for case in OVER_HTTP} == kinds, "every kind has a server faults can be played at"
    for kind in kinds:
        assert any("verify_fails" not in case.without for case in OVER_HTTP if case.kind == kind) or kind in AT_ONCE


AT_ONCE = {"portal", "radio"}
"""Kinds whose services have done everything when they answer."""


@pytest.mark.parametrize("fault", PLAYED)
@each_way_of(OVER_HTTP)
def test_after_every_fault_there_is_one_post_or_none_and_the_ledger_says_which(
    case: Case, desk: Desk, fault: str
) -> None:
    if fault in case.without:
        return
    outcome, count = case.faults.get(fault, PLAYED[fault])
    desk.queue()
    plan(desk, fault)
    desk.timeout_s = desk.rig.impatient_s if fault == "slow" else 30.0
    desk.send()
    desk.timeout_s = 30.0
    desk.rig.wait_for_the_slow(fault, count)
    if fault == "refuse":
        desk.rig.line.start()
    assert desk.rig.line.faults.left == 0, "the fault was not played"
    stopped = desk.get()
    assert (stopped.state, desk.said_last()) == (STATES[outcome], STATES[outcome]), stopped.reason
    assert len(desk.rig.seen()) == count
    desk.run(minutes=180)
    if outcome is Rejected or desk.commits() == ["duplicate"]:
        assert (desk.get().state, len(desk.rig.seen())) == ("rejected", 0), "only a person goes on from there"
        desk.retry()
        desk.run(minutes=180)
    settled = desk.get()
    assert (settled.state, desk.said_last()) == ("sent", "sent"), settled.reason
    assert len(desk.rig.seen()) == 1
    assert settled.external_id
    assert desk.store.verify_ledger() == []


def plan(desk: Desk, fault: str) -> None:
    """The fault meets the call that publishes, or the step at which this kind's processing fails."""
    case, line = desk.rig.case, desk.rig.line
    if fault == "refuse":
        desk.before_commit = line.stop
    elif fault == "verify_fails" and case.verify_step:
        line.faults.play(fault, kind=case.kind, step=case.verify_step)
    else:
        desk.before_commit = lambda: line.faults.play(fault, kind=case.kind, step=case.commit_step)
