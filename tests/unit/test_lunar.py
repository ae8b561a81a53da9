"""The Vietnamese lunar calendar against days computed and cross-checked elsewhere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from publisher.vietnamese.lunar import LunarDate, lunar_to_solar, solar_to_lunar

# (day, month) of the lunar calendar → its solar days in 2026…2031.
TABLE = {
    (1, 1): ("02-17", "02-06", "01-26", "02-13", "02-02", "01-23"),
    (15, 1): ("03-03", "02-20", "02-09", "02-27", "02-16", "02-06"),
    (10, 3): ("04-26", "04-16", "04-04", "04-23", "04-12", "04-01"),
    (15, 4): ("05-31", "05-20", "05-09", "05-27", "05-16", "06-04"),
    (15, 7): ("08-27", "08-16", "09-03", "08-24", "08-13", "09-01"),
    (15, 8): ("09-25", "09-15", "10-03", "09-22", "09-12", "10-01"),
}


@pytest.mark.parametrize(("lunar", "days"), TABLE.items())
def test_days_of_six_years_are_right(lunar: tuple[int, int], days: tuple[str, ...]) -> None:
    found = [lunar_to_solar(*lunar, year).strftime("%m-%d") for year in range(2026, 2032)]
    assert tuple(found) == days


def test_the_kitchen_gods_day_belongs_to_the_old_year() -> None:
    days = [lunar_to_solar(23, 12, year - 1).isoformat() for year in range(2026, 2032)]
    assert days == ["2026-02-10", "2027-01-30", "2028-01-19", "2029-02-06", "2030-01-26", "2031-01-16"]


@pytest.mark.parametrize(("year", "day"), [(1985, "1985-01-21"), (2007, "2007-02-17"), (2030, "2030-02-02")])
def test_new_year_is_the_vietnamese_one_where_the_chinese_differs(year: int, day: str) -> None:
    """UTC+7, not UTC+8: the new moon of 2030 falls before midnight here and after it in Beijing."""
    assert lunar_to_solar(1, 1, year).isoformat() == day


@pytest.mark.parametrize(("year", "month"), [(2025, 6), (2028, 5), (2031, 3), (2033, 11)])
def test_leap_months(year: int, month: int) -> None:
    leap = lunar_to_solar(1, month, year, leap=True)
    assert timedelta(29) <= leap - lunar_to_solar(1, month, year) <= timedelta(30)
    with pytest.raises(ValueError, match="no leap month"):
        lunar_to_solar(1, month % 12 + 1, year, leap=True)


def test_a_day_that_the_month_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="days; found day 31"):
        lunar_to_solar(31, 1, 2026)


def test_every_day_of_three_centuries_goes_there_and_back_and_follows_the_one_before() -> None:
    day, before = date(1900, 1, 1), solar_to_lunar(date(1899, 12, 31))
    while day.year < 2200:
        lunar = solar_to_lunar(day)
        assert lunar_to_solar(lunar.day, lunar.month, lunar.year, leap=lunar.leap) == day
        assert lunar.day == before.day + 1 or (lunar.day == 1 and before.day in (29, 30)), day
        day, before = day + timedelta(1), lunar


def test_no_other_year_of_these_has_a_leap_month() -> None:
    """Years 2026–2035: the published calendars have leap months in 2028, 2031 and 2033 only."""
    leap = {
        year: month
        for year in range(2026, 2036)
        for month in range(1, 13)
        if solar_to_lunar(lunar_to_solar(1, month, year) + timedelta(30)).leap
    }
    assert leap == {2028: 5, 2031: 3, 2033: 11}


def test_the_day_after_new_years_eve_is_new_year() -> None:
    assert solar_to_lunar(date(2026, 2, 17)) == LunarDate(1, 1, 2026)
    assert solar_to_lunar(date(2026, 2, 16)).month == 12
