"""A storyboard set to a narration: every scene stands while it is told of, and what is named arrives as it is named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from publisher.render.cues import Piece, told_pieces
from publisher.render.narration import FASTEST_RATE, USUAL_RATE, Narration
from publisher.render.storyboard import (
    BEAT,
    ENTER,
    FPS,
    LONGEST_S,
    SHORTEST_S,
    Scene,
    Storyboard,
    Timed,
    end_frames,
    shared_beats,
)

EARLY = 12
"""Frames by which a scene would rather begin before its first word than after."""
AHEAD = 4
"""Frames by which a thing begins to arrive before it is named."""


class Plan(Protocol):
    """Plans a campaign's storyboard for a length; see `plan_storyboard`."""

    def __call__(self, *, limit_s: float, voice_s: float = 0.0) -> Storyboard: ...


def plan_narrated(plan: Plan, narration: Narration, *, limit_s: float, end_text: str) -> Storyboard:
    """The storyboard that the recording tells, at the times at which it does; none of the recording is cut off.

    It tells what fits `limit_s`, as the preview showed it, or what fits its own length: whatever an announcer would
    more likely say in that time. One far too short to say either is laid over the film as it is. `end_text` is what
    the end card says: some narrators read it, too.
    """
    voice_s = narration.recording.duration_s
    boards = [plan(limit_s=limit_s), plan(limit_s=min(max(voice_s, SHORTEST_S), LONGEST_S))]
    board = min(boards, key=lambda one: _strangeness(narration.rate(_texts(one))))
    if narration.rate(_texts(board)) > FASTEST_RATE:
        return plan(limit_s=limit_s, voice_s=voice_s)
    return follow_narration(board, narration, end_text=end_text)


def _strangeness(rate: float) -> float:
    return max(rate / USUAL_RATE, USUAL_RATE / max(rate, 0.01))


def follow_narration(board: Storyboard, narration: Narration, *, end_text: str) -> Storyboard:
    """The same scenes at the times at which the recording tells of them."""
    texts = _texts(board)
    told, card_s = narration.align(texts), None
    if end_text:
        longer = narration.align([*texts, end_text])
        if longer.doubt < told.doubt:
            told, card_s = longer, longer.starts_s[-1]
    starts_s = told.starts_s[: len(texts)]
    cuts = _cut_scenes(board, starts_s, _End(narration.recording.duration_s, card_s))
    return replace(board, scenes=tuple(_retime(board, starts_s, cuts)), told_s=starts_s)


@dataclass(frozen=True)
class _End:
    """When the narration is over, and when it begins to read the end card, if it does."""

    voice_s: float
    card_s: float | None

    @property
    def wanted(self) -> int:
        """The frame at which the end card would best begin."""
        if self.card_s is not None:
            return _beat(self.card_s * FPS - EARLY)
        return math.ceil(self.voice_s * FPS / BEAT) * BEAT

    def card_frames(self, start: int) -> int:
        """How long the end card stands: until it is read, and until the voice is over."""
        return max(end_frames(start), math.ceil(self.voice_s * FPS) - start)


def _texts(board: Storyboard) -> list[str]:
    return [piece.text for piece in told_pieces(board)]


def _cut_scenes(board: Storyboard, starts_s: Sequence[float], end: _End) -> list[int]:
    """The first frame of each scene, whole beats apart, and the last frame of the film."""
    firsts = dict[int, float]()
    for piece, start_s in zip(told_pieces(board), starts_s, strict=True):
        firsts.setdefault(piece.scene, start_s)
    count = len(board.scenes) - 1
    most = shared_beats(LONGEST_S) * BEAT
    cuts = [0]
    for number in range(1, count):
        wanted = _beat(firsts[number] * FPS - EARLY) if number in firsts else 0
        # Every scene after it needs a beat, too.
        cuts.append(min(max(wanted, cuts[-1] + BEAT), most - (count - number) * BEAT))
    last = min(max(end.wanted, cuts[-1] + BEAT), most)
    while last + end.card_frames(last) < SHORTEST_S * FPS:
        last += BEAT
    return [*cuts, last, last + end.card_frames(last)]


def _beat(frame: float) -> int:
    return round(frame / BEAT) * BEAT


def _retime(board: Storyboard, starts_s: Sequence[float], cuts: Sequence[int]) -> list[Scene]:
    pieces = list(zip(told_pieces(board), starts_s, strict=True))
    scenes: list[Scene] = []
    for number, (scene, (start, end)) in enumerate(zip(board.scenes, pairwise(cuts), strict=True)):
        named = [(piece, round(said_s * FPS) - start) for piece, said_s in pieces if piece.scene == number]
        phase = scenes[-1].phase + scenes[-1].frames if scene.continues else 0
        items = _arrivals(scene, named, end - start) if named and scene.kind != "opening" else scene.items
        scenes.append(replace(scene, items=items, start=start, frames=end - start, phase=phase))
    return scenes


def _arrivals(scene: Scene, named: Sequence[tuple[Piece, int]], frames: int) -> tuple[Timed, ...]:
    """Each item as it is named, one after another, in time to have arrived before the scene is over."""
    first = scene.items[0].enter
    timed = list[Timed]()
    for number, one in enumerate(scene.items):
        said = next((frame for piece, frame in named if piece.item == number), first)
        after = timed[-1].enter + AHEAD if timed else first
        enter = first if not timed else max(said - AHEAD, after)
        timed.append(replace(one, enter=min(enter, frames - 2 * ENTER)))
    return tuple(timed)
