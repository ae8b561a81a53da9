"""Rates are pure: a bucket and a moment in, a bucket or a moment out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from publisher.channels.rates import (
    Bucket,
    Rate,
    Usage,
    earliest,
    full,
    hold,
    next_at,
    read_usage,
    spread,
    take,
)

EIGHT = datetime(2027, 5, 18, 1, 0, tzinfo=UTC)


def test_a_hundred_pages_at_eight_do_not_look_like_a_burst() -> None:
    """One network's bucket: one post every 20 s spreads 100 pages over half an hour, in order."""
    rate = Rate(every_s=20, burst=1)
    bucket, now, moments = full(rate, EIGHT), EIGHT, []
    for _ in range(100):
        now = next_at(bucket, rate, now)
        taken = take(bucket, rate, now)
        assert taken is not None
        bucket = taken
        moments.append(now)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    assert min(gaps) >= 20
    assert moments[-1] - EIGHT < timedelta(minutes=34)


def test_a_burst_is_allowed_once_and_then_refills() -> None:
    rate = Rate(every_s=60, burst=3)
    bucket: Bucket | None = full(rate, EIGHT)
    for _ in range(3):
        assert bucket is not None
        bucket = take(bucket, rate, EIGHT)
    assert bucket is not None
    assert take(bucket, rate, EIGHT) is None
    assert next_at(bucket, rate, EIGHT) == EIGHT + timedelta(seconds=60, microseconds=1)


def test_spacing_holds_even_when_the_bucket_is_full() -> None:
    rate = Rate(every_s=0, burst=5, spacing_s=300)
    bucket = take(full(rate, EIGHT), rate, EIGHT)
    assert bucket is not None
    assert next_at(bucket, rate, EIGHT) == EIGHT + timedelta(minutes=5)


def test_what_a_service_asked_for_is_never_shortened() -> None:
    bucket = hold(hold(full(Rate(), EIGHT), EIGHT + timedelta(hours=4)), EIGHT + timedelta(minutes=1))
    assert next_at(bucket, Rate(), EIGHT) == EIGHT + timedelta(hours=4)


def test_the_slowest_of_account_and_network_decides() -> None:
    rate = Rate()
    held = hold(full(rate, EIGHT), EIGHT + timedelta(minutes=9))
    assert earliest([(full(rate, EIGHT), rate), (held, rate)], EIGHT) == EIGHT + timedelta(minutes=9)


@given(
    st.floats(0.1, 5000),
    st.integers(1, 20),
    st.floats(0, 900),
    st.lists(st.floats(-500, 4000), min_size=1, max_size=30),
)
def test_taking_at_the_moment_given_always_works_and_never_before(
    every_s: float, burst: int, spacing_s: float, steps: list[float]
) -> None:
    """However the clock jumps, `next_at` is a moment at which `take` succeeds, and no post goes sooner than spacing."""
    rate = Rate(every_s, burst, spacing_s)
    bucket, now, last = full(rate, EIGHT), EIGHT, None
    for step in steps:
        now += timedelta(seconds=step)
        moment = next_at(bucket, rate, now)
        taken = take(bucket, rate, moment)
        assert taken is not None
        assert taken.tokens >= -1e-6
        if last is not None and spacing_s:
            assert moment >= last + timedelta(seconds=spacing_s)
        bucket, last = taken, moment


@given(st.floats(0, 20), st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))))
def test_a_bucket_survives_being_stored(tokens: float, moment: datetime | None) -> None:
    bucket = Bucket(tokens, EIGHT, moment, moment)
    assert Bucket.from_json(json.loads(json.dumps(bucket.to_json()))) == bucket


def test_usage_headers_are_read_at_the_right_depth() -> None:
    """The business header lists uses per object id; the wait is in minutes."""
    uses = {"123": [{"type": "pages", "call_count": 12, "total_time": 96, "estimated_time_to_regain_access": 7}]}
    headers = {"X-Business-Use-Case-Usage": json.dumps(uses), "x-app-usage": '{"call_count": 40}'}
    assert read_usage(headers) == Usage(96.0, 420.0, 40.0)


@given(st.text(), st.text())
def test_a_broken_usage_header_counts_as_missing(one: str, two: str) -> None:
    usage = read_usage({"X-App-Usage": one, "X-Business-Use-Case-Usage": two})
    assert usage.percent >= 0


def test_near_the_limit_posts_are_held_back() -> None:
    assert spread(Usage(10), EIGHT) is None
    assert spread(Usage(80), EIGHT) == EIGHT + timedelta(minutes=5)
    assert spread(Usage(100), EIGHT) == EIGHT + timedelta(hours=1)
    assert spread(Usage(100, 90.0), EIGHT) == EIGHT + timedelta(seconds=90)
