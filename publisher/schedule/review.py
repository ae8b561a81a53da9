"""Repeating a campaign in another year: have the facts changed?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from publisher.content.model import Campaign, Text

_YEAR = re.compile(r"(?<![\d.,])20\d\d(?![.,]?\d)")
FRESH_YEARS = 1  # figures of last year are the newest there can be in spring


def newest_year(campaign: Campaign, *, until: int) -> int | None:
    """The latest year up to `until` that title, text, tables or sources name (a later one is a target); or None."""
    texts = [campaign.title, campaign.summary, *campaign.sources, *_plain(campaign.sections)]
    years = (int(year) for text in texts for year in _YEAR.findall(text))
    return max((year for year in years if year <= until), default=None)


def why_review(campaign: Campaign, year: int) -> str:
    """Why its facts need a look before it goes out in that year; empty when nothing speaks for it.

    A campaign dated for the season by `valid_until` has been looked at by whoever wrote that date.
    """
    if campaign.valid_until is not None and campaign.valid_until.year == year:
        return ""
    newest = newest_year(campaign, until=year)
    if newest is not None and newest < year - FRESH_YEARS:
        return f"the newest year it names is {newest}"
    return ""


def _plain(value: object) -> Iterator[str]:
    """Every text below a value of the content model."""
    if isinstance(value, Text):
        yield value.plain
    elif isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _plain(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _plain(getattr(value, field.name))
