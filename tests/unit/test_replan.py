"""New times after a freeze: later, apart, in quiet hours never, on days kept free never."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from publisher.schedule.moments import is_quiet
from publisher.schedule.plans import Defaults
from publisher.schedule.replan import CLOSE, Missed, Replanned, replan

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
EARLIEST = datetime(2026, 10, 12, 12, 0, tzinfo=ZONE)


def moved(
    *missed: Missed, busy: tuple[tuple[str, datetime], ...] = (), taken: frozenset[date] = frozenset()
) -> Replanned:
    return replan(missed, busy, earliest=EARLIEST, taken=taken, zone=ZONE, defaults=Defaults())


def missed(name: str, day: int, hour: int, account: str = "a", valid_until: datetime | None = None) -> Missed:
    return Missed(name, account, datetime(2026, 10, day, hour, tzinfo=ZONE), valid_until)


def shown(found: Replanned) -> dict[str, str]:
    return {name: f"{moment.astimezone(ZONE):%d %H:%M}" for name, moment in found.moments.items()}


def test_each_keeps_its_time_of_day_on_the_first_day_it_fits() -> None:
    assert shown(moved(missed("k1", 10, 8), missed("k2", 11, 17))) == {"k1": "13 08:00", "k2": "12 17:00"}


def test_an_account_does_not_catch_up_all_at_once() -> None:
    found = moved(*[missed(f"k{n}", 9 + n, 8) for n in range(3)], missed("other", 9, 8, account="b"))
    assert shown(found) == {"k0": "13 08:00", "k1": "14 08:00", "k2": "15 08:00", "other": "13 08:00"}


def test_what_the_account_sends_anyway_and_days_kept_free_are_left_alone() -> None:
    busy = (("a", datetime(2026, 10, 13, 8, 10, tzinfo=ZONE)),)
    found = moved(missed("k1", 10, 8), busy=busy, taken=frozenset({date(2026, 10, 14)}))
    assert shown(found) == {"k1": "15 08:00"}


def test_what_would_no_longer_be_valid_is_left_to_a_person() -> None:
    found = moved(missed("k1", 10, 8, valid_until=datetime(2026, 10, 13, 7, tzinfo=ZONE)))
    assert found == Replanned({}, ("k1",))


@given(st.lists(st.tuples(st.integers(0, 71), st.sampled_from("ab")), max_size=20))
def test_whatever_was_held_nothing_is_early_quiet_or_close(held: list[tuple[int, str]]) -> None:
    begin = datetime(2026, 10, 9, tzinfo=UTC)
    pieces = [Missed(f"k{n}", a, begin + timedelta(hours=h), None) for n, (h, a) in enumerate(held)]
    found = moved(*pieces)
    accounts = {piece.id: piece.account for piece in pieces}
    assert sorted([*found.moments, *found.left]) == sorted(accounts)
    assert all(moment >= EARLIEST for moment in found.moments.values())
    assert not any(is_quiet(moment.astimezone(ZONE).time(), Defaults()) for moment in found.moments.values())
    for (one, at), (other, then) in combinations(found.moments.items(), 2):
        assert accounts[one] != accounts[other] or abs(at - then) >= CLOSE
