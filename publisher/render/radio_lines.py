"""What an announcer reads: lines and the turns they make, with their running time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from publisher.render.radio_told import Rank

PAUSE_S = 0.4  # between two sentences


@dataclass(frozen=True)
class Line:
    """One sentence. `said` is what the announcer reads; `cut` proposes where a long one is divided ('' when short).

    `rank` and `opens` say what a shorter version keeps; see `Rank`.
    """

    speaker: str
    said: str
    written: str
    syllables: int
    cut: str = ""
    rank: Rank = Rank.BODY
    opens: bool = False


@dataclass(frozen=True)
class Turn:
    """A block of the script with its running time in seconds."""

    name: str
    lines: tuple[Line, ...]
    seconds: float


def seconds_of(lines: Iterable[Line], rate: int) -> float:
    """Running time: syllables at the station's rate, and a pause after each sentence."""
    every = list(lines)
    return round(sum(line.syllables for line in every) * 60 / rate + PAUSE_S * len(every), 1)
