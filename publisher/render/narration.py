"""When each sentence of a narration is said, found from the pauses of the recording and the syllables of the text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

USUAL_RATE = 4.0
"""Syllables a second of a calm announcer, the pauses counted."""
FASTEST_RATE = 7.0
"""Nobody reads more a second: then the recording says less than the film shows."""

# Found by trying: recordings of known times, read evenly and unevenly, with and without noise.
_TOLERANCE, _LEAST_TOLERANCE_S = 0.25, 0.35
_LONG_PAUSE_S = 0.5
_PAUSE_WORTH = 1.2
_NO_PAUSE = 1.0


@dataclass(frozen=True)
class Recording:
    """A narration as it was heard: its length, and the stretches in which somebody speaks, in seconds."""

    duration_s: float
    speech: tuple[tuple[float, float], ...]

    @cached_property
    def pauses(self) -> tuple[tuple[float, float], ...]:
        """Between two stretches of speech."""
        return tuple((end, start) for (_, end), (start, _) in pairwise(self.speech))

    @cached_property
    def _spoken_before(self) -> list[float]:
        """Seconds of speech before each stretch, and in all."""
        return list(accumulate((end - start for start, end in self.speech), initial=0.0))

    @property
    def spoken_s(self) -> float:
        return self._spoken_before[-1]

    def at_spoken(self, spoken_s: float) -> float:
        """The second of the recording by which so much has been spoken."""
        index = min(max(bisect_right(self._spoken_before, spoken_s) - 1, 0), len(self.speech) - 1)
        return self.speech[index][0] + spoken_s - self._spoken_before[index]


@dataclass(frozen=True)
class Aligned:
    """The second at which each text begins, and how badly recording and texts agree: 0 is perfect, 1 doubtful."""

    starts_s: tuple[float, ...]
    doubt: float


@dataclass(frozen=True)
class Narration:
    """A recording of texts that are known; `count` gives the syllables of a text as it is read aloud."""

    recording: Recording
    count: Callable[[str], int]

    def rate(self, texts: Sequence[str]) -> float:
        """Syllables a second if the recording says all of these."""
        return sum(map(self.count, texts)) / max(self.recording.duration_s, 0.1)

    def align(self, texts: Sequence[str]) -> Aligned:
        """When each of the texts is begun, if the recording says them in this order."""
        return align([max(self.count(text), 1) for text in texts], self.recording)


@dataclass(frozen=True)
class _Cut:
    """A place where a sentence may begin: speech before it, its second, and what choosing it costs."""

    spoken_s: float
    start_s: float
    cost: float


def align(syllables: Sequence[int], recording: Recording) -> Aligned:
    """Divide the recording among texts of so many syllables so that each has its share, cutting at pauses.

    The cheapest of all divisions: it costs to give a text more or less time than its share, and to cut where nobody
    pauses; a long pause is worth cutting at.
    """
    total = sum(syllables)
    shares = [recording.spoken_s * count / total for count in syllables]
    opened = [_Cut(0.0, recording.speech[0][0], 0.0)]
    ended = [_Cut(recording.spoken_s, recording.duration_s, 0.0)]
    inner = [_cuts(recording, share_s) for share_s in list(accumulate(shares))[:-1]]
    layers = [opened, *inner, ended]
    best, came = [[0.0]], list[list[int]]()
    for share_s, before, after in zip(shares, layers, layers[1:], strict=False):
        costs, origins = _step(best[-1], before, after, share_s)
        best.append(costs)
        came.append(origins)
    index, path = 0, list[_Cut]()
    for layer, origins in zip(reversed(layers[1:]), reversed(came), strict=True):
        path.append(layer[index])
        index = origins[index]
    starts = [opened[0], *reversed(path[1:])]
    return Aligned(tuple(cut.start_s for cut in starts), max(best[-1][0] / len(shares) + _PAUSE_WORTH, 0.0))


def _cuts(recording: Recording, expected_s: float) -> list[_Cut]:
    """Every pause, and the place where the text would begin by its share alone."""
    found = []
    for (pause_s, start_s), spoken_s in zip(recording.pauses, recording._spoken_before[1:], strict=False):
        worth = _PAUSE_WORTH * min((start_s - pause_s) / _LONG_PAUSE_S, 1.0)
        found.append(_Cut(spoken_s, start_s, -worth))
    found.append(_Cut(expected_s, recording.at_spoken(expected_s), _NO_PAUSE))
    return found


def _step(
    best: Sequence[float], before: Sequence[_Cut], after: Sequence[_Cut], share_s: float
) -> tuple[list[float], list[int]]:
    """For each cut after a text, the least cost so far and the cut before the text it comes from."""
    costs, origins = list[float](), list[int]()
    for cut in after:
        choices = [
            cost + _strain(cut.spoken_s - first.spoken_s, share_s) for cost, first in zip(best, before, strict=True)
        ]
        origin = min(range(len(choices)), key=choices.__getitem__)
        costs.append(choices[origin] + cut.cost)
        origins.append(origin)
    return costs, origins


def _strain(given_s: float, share_s: float) -> float:
    if given_s <= 0:
        return 1e6  # a text takes time, and none begins before the one in front of it
    return ((given_s - share_s) / (_TOLERANCE * share_s + _LEAST_TOLERANCE_S)) ** 2
