"""What a clip shows and when, decided before any pixel: a campaign becomes scenes whose lengths come from reading time.

Every scene is a whole number of beats (two seconds, the distance of key frames), so that each can be encoded and kept
on its own. Times inside are frames at `FPS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from publisher.content.model import Campaign
from publisher.render.scenes import Draft, Item, Room, SceneKind, draft_scenes

FPS = 30
BEAT = 60
"""Frames between key frames: closed groups of 2 s, what Reels asks (2 to 5 s)."""

SHORTEST_S = 15.0
LONGEST_S = 60.0
USUAL_S = 44.0
SYLLABLE_S = 0.2
"""Silent reading of Vietnamese, about 300 syllables a minute."""

ENTER = 14
"""Frames until the first thing of a scene has arrived."""

OPENING_BEATS = 2
END_BEATS = 2

# What is left out first when a film grows too long, and how many scenes of its kind stay until the next line is tried:
# long text is in the article anyway; the figures and the steps are the film.
_LEAST_FIRST: tuple[tuple[SceneKind, int], ...] = (
    ("text", 0), ("table", 0), ("question", 1), ("picture", 1), ("quotation", 1), ("bars", 1), ("line", 1),
    ("question", 0), ("figures", 2), ("steps", 2), ("picture", 0), ("quotation", 0), ("steps", 1), ("figures", 1),
    ("line", 0), ("bars", 0), ("steps", 0), ("figures", 0), ("lead", 0),
)  # fmt: skip


@dataclass(frozen=True)
class Timed:
    """An item and the frame of its scene at which it starts to arrive."""

    item: Item
    enter: int


@dataclass(frozen=True)
class Scene:
    """One picture with its movement. `start` counts from the film's first frame; `part` from 0 within a block."""

    kind: SceneKind
    heading: str
    items: tuple[Timed, ...]
    frames: int
    start: int
    line: int
    part: int = 0
    parts: int = 1
    phase: int = 0
    """Frames that the scenes it continues have played: what drifts goes on drifting."""
    more: bool = False
    """Whether steps were left out after it."""

    @property
    def continues(self) -> bool:
        """Whether it shows more of what the scene before it began."""
        return self.part > 0

    @property
    def is_continued(self) -> bool:
        return self.part < self.parts - 1


@dataclass(frozen=True)
class LeftOut:
    """Something of the campaign that the clip does not show, with its line."""

    line: int
    text: str


@dataclass(frozen=True)
class Storyboard:
    """A film as data: the opening and the end card are the unit's own, the scenes between are the shared body."""

    title: str
    scenes: tuple[Scene, ...]
    left_out: tuple[LeftOut, ...]
    label: str = ""

    @property
    def frames(self) -> int:
        return sum(scene.frames for scene in self.scenes)

    @property
    def duration_s(self) -> float:
        return self.frames / FPS

    @property
    def body(self) -> tuple[Scene, ...]:
        return self.scenes[1:-1]


def reading_s(text: str) -> float:
    """Seconds a viewer needs to read `text`."""
    return len(text.split()) * SYLLABLE_S


def plan_storyboard(
    campaign: Campaign, *, room: Room, limit_s: float = USUAL_S, voice_s: float = 0.0, key_day: str = ""
) -> Storyboard:
    """Lay the campaign out in time, between 15 and 60 s; with a narration at least as long as it.

    What does not fit under `limit_s` is left out whole, least important kinds first, and listed in `left_out`.
    """
    limit = round(min(max(limit_s, SHORTEST_S, voice_s), LONGEST_S) * FPS / BEAT)
    drafts = list(draft_scenes(campaign, room))
    opening = Draft("opening", campaign.title, (Item(head=campaign.title, body=key_day, line=campaign.title_line),))
    end = Draft("end", "", tuple(Item(body=source) for source in campaign.sources))
    kept, left = _fit_beats(drafts, limit - OPENING_BEATS - END_BEATS)
    lengths = [_opening_beats(campaign.title), *(_beats(draft) for draft in kept), END_BEATS]
    lengths = _stretch(lengths, at_least=max(SHORTEST_S, voice_s))
    scenes: list[Scene] = []
    for draft, beats in zip([opening, *kept, end], lengths, strict=True):
        start = scenes[-1].start + scenes[-1].frames if scenes else 0
        scene = time_scene(draft, beats * BEAT, start)
        phase = scenes[-1].phase + scenes[-1].frames if scene.continues else 0
        scenes.append(replace(scene, phase=phase))
    return Storyboard(campaign.title, tuple(scenes), tuple(left), campaign.ai_label)


def _opening_beats(title: str) -> int:
    return OPENING_BEATS if reading_s(title) < 5 else OPENING_BEATS + 1


def _needed_s(draft: Draft) -> float:
    """Seconds for a scene: arriving, reading everything once, and a breath at the end."""
    heading = 0.0 if draft.part else reading_s(draft.heading) * 0.7
    return 1.1 + heading + sum(max(reading_s(item.text), 0.7) for item in draft.items)


def _beats(draft: Draft) -> int:
    beat_s = BEAT / FPS
    return max(2 if draft.kind != "text" else 1, round(_needed_s(draft) / beat_s))


def _fit_beats(drafts: Sequence[Draft], limit: int) -> tuple[list[Draft], list[LeftOut]]:
    """The drafts that fit into `limit` beats, in their order, and what had to go."""
    kept, left = list(drafts), list[LeftOut]()
    for kind, stay in _LEAST_FIRST:
        while sum(_beats(draft) for draft in kept) > limit and len(kept) > 1:
            of_kind = [i for i, draft in enumerate(kept) if draft.kind == kind]
            if len(of_kind) <= stay:
                break
            gone = kept.pop(of_kind[-1])
            left = [LeftOut(item.line or gone.line, item.text) for item in gone.items] + left
            _close_gap(kept, gone)
    return kept, left


def _close_gap(kept: list[Draft], gone: Draft) -> None:
    """Tell the parts that stay how many there are now, and say on the last one that there is more to read."""
    same = [i for i, draft in enumerate(kept) if draft.block == gone.block]
    for place, index in enumerate(same):
        more = gone.kind == "steps" and place == len(same) - 1
        kept[index] = replace(kept[index], part=place, parts=len(same), more=more)


def _stretch(beats: list[int], *, at_least: float) -> list[int]:
    """Lengthen the body, shortest scene first, until the film lasts `at_least` seconds."""
    result = list(beats)
    while sum(result) * BEAT / FPS < at_least:
        inner = range(1, len(result) - 1) if len(result) > 2 else range(len(result))
        result[min(inner, key=lambda i: result[i])] += 1
    return result


def time_scene(draft: Draft, frames: int, start: int) -> Scene:
    """Spread the arrivals over the scene by what each item needs, leaving the last its own reading time."""
    needs = [max(reading_s(item.text), 0.7) for item in draft.items]
    first = ENTER // 2 if draft.part or not draft.heading else ENTER
    room = frames - first - 2 * ENTER
    total = sum(needs) or 1.0
    timed = []
    spent = 0.0
    for item, need in zip(draft.items, needs, strict=True):
        timed.append(Timed(item, first + int(room * spent / total)))
        spent += need
    return Scene(
        draft.kind, draft.heading, tuple(timed), frames, start, draft.line, draft.part, draft.parts, more=draft.more
    )


CueKind = Literal["srt", "vtt"]


@dataclass(frozen=True)
class Cue:
    """A caption: what is to be read between two times, in seconds from the film's start."""

    start_s: float
    end_s: float
    text: str


def caption_cues(board: Storyboard, *, end_text: str) -> tuple[Cue, ...]:
    """Captions in step with what arrives on the screen; one after another, none past the end of the film."""
    starts: list[tuple[int, str]] = []
    for scene in board.scenes:
        starts += _scene_cues(scene, end_text)
    cues = []
    for index, (frame, text) in enumerate(starts):
        until = starts[index + 1][0] if index + 1 < len(starts) else board.frames
        if until > frame:
            cues.append(Cue(frame / FPS, until / FPS, text))
    return tuple(cues)


def _scene_cues(scene: Scene, end_text: str) -> list[tuple[int, str]]:
    if scene.kind == "end":
        return [(scene.start, end_text)]
    if scene.kind == "opening":
        return [(scene.start, ". ".join(t for t in (scene.items[0].item.body, scene.heading) if t))]
    cues: list[tuple[int, str]] = []
    for index, timed in enumerate(scene.items):
        text = timed.item.text
        if index == 0 and scene.heading and not scene.continues and scene.heading != text:
            text = f"{scene.heading}: {text}"
        if text:
            cues.append((scene.start + (timed.enter if cues else 0), text))
    return cues
