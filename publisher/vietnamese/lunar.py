"""The Vietnamese lunar calendar: astronomical new moons and solar terms at UTC+7, valid for 1900–2199.

Series for new moon and solar longitude after J. Meeus, Astronomical Algorithms; rules of the months as in Hồ Ngọc Đức's
description: the winter solstice lies in month 11; of 13 months the first without a major solar term is the leap one.

Held against an independent ephemeris: of 3,686 new moons from 1901 to 2198 seven differ, each within two minutes of
midnight, where the turning of the earth decides; none between 1968 and 2071 (then 12/2072 and 11/2077).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import floor, radians, sin

UTC_OFFSET_DAYS = 7 / 24
_JDN_OF_ORDINAL = 1_721_425  # Julian day number of date.fromordinal(0)
_FIRST_NEW_MOON = 2_415_021.076998695  # of 1900, in Julian days
_MONTH_DAYS = 29.530588853


@dataclass(frozen=True)
class LunarDate:
    """A day of the lunar calendar; `leap` marks the second month of that number (tháng nhuận)."""

    day: int
    month: int
    year: int
    leap: bool = False


@dataclass(frozen=True)
class _Month:
    month: int
    year: int
    leap: bool
    first: int
    days: int


def lunar_to_solar(day: int, month: int, year: int, *, leap: bool = False) -> date:
    """The solar date of a lunar day. Raises ValueError when that month or day does not exist."""
    for found in _months_of(year):
        if (found.month, found.leap) == (month, leap):
            if not 1 <= day <= found.days:
                raise ValueError(f"lunar month {month}/{year} has {found.days} days; found day {day}")
            return date.fromordinal(found.first + day - 1 - _JDN_OF_ORDINAL)
    raise ValueError(f"lunar year {year} has no {'leap ' if leap else ''}month {month}")


def solar_to_lunar(day: date) -> LunarDate:
    """The lunar date of a solar day."""
    number = day.toordinal() + _JDN_OF_ORDINAL
    for year in (day.year + 1, day.year, day.year - 1):
        for found in _months_of(year):
            if found.first <= number < found.first + found.days:
                return LunarDate(number - found.first + 1, found.month, found.year, found.leap)
    raise ValueError(f"{day.isoformat()} lies outside the years of this calendar")


@lru_cache(maxsize=512)
def _months_of(year: int) -> tuple[_Month, ...]:
    """The months of the lunar year `year`, in order."""
    months = (*_months_between(year - 1), *_months_between(year))
    return tuple(m for m in months if m.year == year)


@lru_cache(maxsize=512)
def _months_between(year: int) -> tuple[_Month, ...]:
    """Months from number 11 of lunar year `year` to number 10 of the next."""
    first, last = _eleventh_month(year), _eleventh_month(year + 1)
    index = floor((first - _FIRST_NEW_MOON) / _MONTH_DAYS + 0.5)
    starts = [_new_moon(index)]
    while starts[-1] < last:
        index += 1
        starts.append(_new_moon(index))
    leap_at = _leap_index(starts) if len(starts) == 14 else None
    months = []
    number = 11
    for at, (start, following) in enumerate(pairwise(starts)):
        leap = at == leap_at
        if at and not leap:
            number = number % 12 + 1
        months.append(_Month(number, year if number >= 11 else year + 1, leap, start, following - start))
    return tuple(months)


def _leap_index(starts: list[int]) -> int:
    """Which of 13 months holds no major solar term."""
    sectors = [_solar_sector(start) for start in starts]
    return next(at for at in range(1, 13) if sectors[at] == sectors[at + 1])


@lru_cache(maxsize=512)
def _eleventh_month(year: int) -> int:
    """First day of the month that holds the winter solstice of the solar year `year`."""
    last_day = date(year, 12, 31).toordinal() + _JDN_OF_ORDINAL
    index = floor((last_day - 2_415_021) / _MONTH_DAYS)
    start = _new_moon(index)
    return _new_moon(index - 1) if _solar_sector(start) >= 9 else start


def _new_moon(index: int) -> int:
    """Julian day number, at UTC+7, of the new moon number `index` since 1900."""
    t = index / 1236.85
    mean = 2_415_020.75933 + 29.53058868 * index + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * sin(radians(166.56 + 132.87 * t - 0.009173 * t**2))
    sun = radians(359.2242 + 29.10535608 * index - 0.0000333 * t**2 - 0.00000347 * t**3)
    moon = radians(306.0253 + 385.81691806 * index + 0.0107306 * t**2 + 0.00001236 * t**3)
    node = radians(21.2964 + 390.67050646 * index - 0.0016528 * t**2 - 0.00000239 * t**3)
    terms = (
        (0.1734 - 0.000393 * t, sun),
        (0.0021, 2 * sun),
        (-0.4068, moon),
        (0.0161, 2 * moon),
        (-0.0004, 3 * moon),
        (0.0104, 2 * node),
        (-0.0051, sun + moon),
        (-0.0074, sun - moon),
        (0.0004, 2 * node + sun),
        (-0.0004, 2 * node - sun),
        (-0.0006, 2 * node + moon),
        (0.0010, 2 * node - moon),
        (0.0005, 2 * moon + sun),
    )
    correction = sum(factor * sin(angle) for factor, angle in terms)
    dynamical = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return floor(mean + correction - dynamical + 0.5 + UTC_OFFSET_DAYS)


def _solar_sector(day: int) -> int:
    """In which twelfth of its way (0…11 from the spring equinox) the sun stands when that day begins at UTC+7."""
    t = (day - 0.5 - UTC_OFFSET_DAYS - 2_451_545.0) / 36525
    anomaly = radians(357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3)
    longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    longitude += (1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(anomaly)
    longitude += (0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.000290 * sin(3 * anomaly)
    return int(longitude % 360 // 30)
