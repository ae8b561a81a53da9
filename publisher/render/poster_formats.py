"""The sizes of prints, and the distance each of them is read at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from publisher.render.base import Size
from publisher.render.typesetting import Source

BLEED_MM, SLUG_MM = 3.0, 10.0
FORMATS: Mapping[str, Size] = MappingProxyType(
    {
        "a4": Size(210, 297, "mm", BLEED_MM),
        "a3": Size(297, 420, "mm", BLEED_MM),
        "a2": Size(420, 594, "mm", BLEED_MM),
        "a1": Size(594, 841, "mm", BLEED_MM),
        "a0": Size(841, 1189, "mm", BLEED_MM),
        "standee": Size(800, 1800, "mm", BLEED_MM),
        "banner": Size(4000, 1000, "mm", BLEED_MM),
    }
)
SCREEN_PX = 1600  # the longer side of the picture that goes with a print, twice for a banner


@dataclass(frozen=True)
class Reach:
    """How a print is read: smallest type in points, and pixels an inch its pictures need at that distance.

    `whole` prints show every word, on as many sheets as it takes; others are read in passing and show a choice.
    """

    smallest_pt: float
    dpi: float
    whole: bool = True


# From the distance people stand at: a hand's length before A4, two metres before A0, ten below a banner.
REACH: Mapping[str, Reach] = MappingProxyType(
    {
        "a4": Reach(7, 200),
        "a3": Reach(9, 150),
        "a2": Reach(12, 110),
        "a1": Reach(16, 80),
        "a0": Reach(21, 60),
        "standee": Reach(24, 60, whole=False),
        "banner": Reach(70, 25, whole=False),
    }
)
SMALLEST_UNITS = 24  # the smallest type of the parts, in units


@dataclass(frozen=True)
class Sheets:
    """What the templates are given for a print, and what is not on it."""

    source: Source
    data: dict[str, Any]
    pages: list[dict[str, Any]]
    left_out: tuple[str, ...]
