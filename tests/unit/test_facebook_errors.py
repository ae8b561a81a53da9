"""Every number that the vendor or its clients name has its outcome; an unknown one is never taken for a safe one."""

from __future__ import annotations

import pytest

from publisher.channels.base import Duplicate, Rejected, Retry, Unknown
from publisher.channels.facebook_errors import judge_graph
from publisher.channels.facebook_graph import GraphError

HELP = "channels/trang.yaml:5: token_env: FB_TOKEN."


def judged(code: int, subcode: int = 0, *, status: int = 400, transient: bool = False, wait_s: float = 0.0) -> object:
    error = GraphError(code, subcode, "what Facebook says", status, transient=transient, wait_s=wait_s)
    return judge_graph(error, token=HELP)


@pytest.mark.parametrize(
    ("code", "subcode"),
    [(1, 99), (1, 0), (2, 0), (4, 2207051), (506, 0), (100, 1366051), (100, 1609010), (100, 1363047)],
)
def test_what_may_be_out_is_looked_for(code: int, subcode: int) -> None:
    assert isinstance(judged(code, subcode), Unknown)


@pytest.mark.parametrize(("code", "subcode"), [(506, 0), (100, 1366051), (368, 0)])
def test_a_copy_is_looked_for_and_then_for_a_person(code: int, subcode: int) -> None:
    assert isinstance(judged(code, subcode), Duplicate)


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, 80000, 80001, 80014])
def test_throttles_wait_as_long_as_the_headers_say(code: int) -> None:
    outcome = judged(code, wait_s=420.0)
    assert isinstance(outcome, Retry)
    assert outcome.after_s == 420.0
    unsaid = judged(code)
    assert isinstance(unsaid, Retry)
    assert unsaid.after_s >= 3600.0


@pytest.mark.parametrize(
    ("code", "subcode"),
    [(6000, 0), (6000, 1363030), (100, 1363019), (100, 1363021), (100, 1363033), (100, 1363041), (100, 2069019)],
)
def test_an_upload_that_failed_is_taken_up_again(code: int, subcode: int) -> None:
    assert isinstance(judged(code, subcode), Retry)


@pytest.mark.parametrize("subcode", [0, 458, 459, 460, 463, 464, 467, 492])
def test_a_dead_token_names_the_setting_and_what_to_do(subcode: int) -> None:
    outcome = judged(190, subcode, status=401)
    assert isinstance(outcome, Rejected)
    assert HELP in outcome.reason


@pytest.mark.parametrize(
    ("code", "subcode", "said"),
    [
        (10, 0, "a right is missing"),
        (200, 0, "a right is missing"),
        (299, 0, "a right is missing"),
        (100, 1363042, "a right is missing"),
        (102, 0, "token"),
        (104, 0, "app_secret_env"),
        (2635, 0, "raise `version`"),
        (3, 0, "does not accept"),
        (100, 0, "does not accept"),
        (324, 0, "unreadable"),
        (100, 1366046, "too large"),
        (100, 1363040, "9:16"),
        (6000, 1363128, "shorter than 3 s"),
        (100, 1404078, "Page Publishing Authorization"),
        (368, 1346003, "by policy"),
    ],
)
def test_what_a_person_must_change_says_what(code: int, subcode: int, said: str) -> None:
    outcome = judged(code, subcode)
    assert isinstance(outcome, Rejected)
    assert said in outcome.reason


def test_too_fast_is_a_pause_of_hours_and_not_a_policy() -> None:
    outcome = judged(368, 1390008)
    assert isinstance(outcome, Retry)
    assert outcome.after_s >= 3 * 3600


def test_a_number_nobody_knows_is_a_doubt_where_it_may_be_out() -> None:
    assert isinstance(judged(987_654, status=500), Unknown)
    assert isinstance(judged(987_654, status=200), Unknown)
    assert isinstance(judged(987_654, transient=True), Unknown)
    assert isinstance(judged(987_654, status=400), Rejected)
