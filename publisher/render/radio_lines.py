"""What an announcer reads: lines and the turns they make, with their running time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from publisher.render.radio_told import Rank

PAUSE_S = 0.4  # between two sentences


@dataclass(frozen=True)
class Reminder:
    """Beside a sentence: what the article writes, how it is said, and whether the reader was sure of it."""

    written: str
    said: str
    sure: bool = True

    @property
    def short(self) -> str:
        """For a narrow column: figures as written, words with their reading, and a question mark where unsure."""
        figures = not any(c.isalpha() for c in self.written)
        return f"{self.written if figures else f'{self.written}: {self.said}'}{'' if self.sure else ' (?)'}"


@dataclass(frozen=True)
class Line:
    """One sentence. `said` is what the announcer reads; `cut` proposes where a long one is divided ('' when short).

    `rank` and `opens` say what a shorter version keeps; see `Rank`. `notes` is its part of the pronunciation column.
    """

    speaker: str
    said: str
    written: str
    syllables: int
    cut: str = ""
    rank: Rank = Rank.BODY
    opens: bool = False
    notes: tuple[Reminder, ...] = ()


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
