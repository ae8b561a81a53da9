"""What a clip shows and when, decided before any pixel: a campaign becomes scenes whose lengths come from reading time.

Every scene but the end card is a whole number of beats (two seconds, the distance of key frames), so that each can be
encoded and kept on its own. Times inside are frames at `FPS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
END_PART = 0.09
"""Part of a film that its end card takes: the one thing each office has of its own, so the one thing each pays for."""
END_LEAST, END_MOST = 96, 150
"""Frames: time to read who speaks and where to call, and to take the code; in a usual film 4 s."""

# What is left out first when a film grows too long, and how many scenes of its kind stay until the next line is tried:
# long text is in the article anyway; the figures and the steps are the film.
_LEAST_FIRST: tuple[tuple[SceneKind, int], ...] = (
    ("text", 0), ("table", 0), ("question", 1), ("picture", 1), ("quotation", 1), ("bars", 1), ("line", 1),
    ("question", 0), ("figures", 2), ("steps", 2), ("picture", 0), ("quotation", 0), ("steps", 1), ("figures", 1),
    ("line", 0), ("bars", 0), ("lead", 0), ("steps", 0), ("figures", 0),
)  # fmt: skip
_SHORTEN_AFTER: SceneKind = "quotation"
"""Only then scenes of figures lose some of them, and before a chart or the summary has to go."""
FIGURES_LEAST = 2
_MATTER: tuple[SceneKind, ...] = ("lead", "figures", "bars", "line", "steps")


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
    """A film as data: opening and body are shared by all units, the end card is the unit's own."""

    title: str
    scenes: tuple[Scene, ...]
    left_out: tuple[LeftOut, ...]
    label: str = ""
    told_s: tuple[float, ...] = ()
    """When each caption begins, where a narration says them; empty where they come with what they tell of."""

    @property
    def frames(self) -> int:
        return sum(scene.frames for scene in self.scenes)

    @property
    def duration_s(self) -> float:
        return self.frames / FPS

    @property
    def body(self) -> tuple[Scene, ...]:
        return self.scenes[1:-1]

    @property
    def end(self) -> Scene:
        return self.scenes[-1]


def reading_s(text: str) -> float:
    """Seconds a viewer needs to read `text`."""
    return len(text.split()) * SYLLABLE_S


def plan_storyboard(
    campaign: Campaign, *, room: Room, limit_s: float = USUAL_S, voice_s: float = 0.0, key_day: str = ""
) -> Storyboard:
    """Lay the campaign out in time, between 15 and 60 s; with a narration at least as long as it.

    What does not fit under `limit_s` is left out whole, least important kinds first, and listed in `left_out`.
    """
    limit = shared_beats(min(max(limit_s, SHORTEST_S, voice_s), LONGEST_S))
    drafts = list(draft_scenes(campaign, room))
    opening = Draft("opening", campaign.title, (Item(head=campaign.title, body=key_day, line=campaign.title_line),))
    end = Draft("end", "", tuple(Item(body=source) for source in campaign.sources))
    kept, left = _fit_beats(drafts, limit - _opening_beats(campaign.title))
    beats = [_opening_beats(campaign.title), *(_beats(draft) for draft in kept)]
    # A film that had to leave something out takes all the time it has, for the reader's sake.
    least = max(SHORTEST_S * FPS, voice_s * FPS, _whole(limit) if left else 0)
    lengths = [count * BEAT for count in _stretch(beats, at_least=least)]
    scenes: list[Scene] = []
    for draft, frames in zip([opening, *kept, end], [*lengths, end_frames(sum(lengths))], strict=True):
        start = scenes[-1].start + scenes[-1].frames if scenes else 0
        scene = time_scene(draft, frames, start)
        phase = scenes[-1].phase + scenes[-1].frames if scene.continues else 0
        scenes.append(replace(scene, phase=phase))
    return Storyboard(campaign.title, tuple(scenes), tuple(left), campaign.ai_label)


def end_frames(shared: int) -> int:
    """Frames of the end card behind so many frames that all units share; it fills up the shortest film."""
    filling = SHORTEST_S * FPS - shared
    usual = min(max(round(shared * END_PART / (1 - END_PART)), END_LEAST), END_MOST)
    return max(usual, round(filling)) if filling <= END_MOST else usual


def shared_beats(limit_s: float) -> int:
    """The most beats that leave the end card its room."""
    most = int(limit_s * FPS) // BEAT
    return next(beats for beats in range(most, 0, -1) if _whole(beats) <= limit_s * FPS)


def _whole(beats: int) -> int:
    """Frames of a film with so many shared beats and its end card."""
    return beats * BEAT + end_frames(beats * BEAT)


def _opening_beats(title: str) -> int:
    return OPENING_BEATS if reading_s(title) < 5 else OPENING_BEATS + 1


def _needed_s(draft: Draft) -> float:
    """Seconds for a scene: arriving, reading everything once, and a breath at the end."""
    heading = 0.0 if draft.part else reading_s(draft.heading) * 0.7
    return 1.1 + heading + sum(max(reading_s(item.text), item.shown_s, 0.7) for item in draft.items)


def _beats(draft: Draft) -> int:
    beat_s = BEAT / FPS
    return max(2 if draft.kind != "text" else 1, round(_needed_s(draft) / beat_s))


def _fit_beats(drafts: Sequence[Draft], limit: int) -> tuple[list[Draft], list[LeftOut]]:
    """The drafts that fit into `limit` beats, in their order, and what had to go."""
    kept, gone = dict(enumerate(drafts)), list[int]()

    def used() -> int:
        return sum(map(_beats, kept.values()))

    for kind, stay in _LEAST_FIRST:
        while used() > limit and len(kept) > 1:
            of_kind = [i for i in sorted(kept) if drafts[i].kind == kind]
            if len(of_kind) <= stay:
                break
            gone.append(of_kind[-1])
            del kept[of_kind[-1]]
        if kind == _SHORTEN_AFTER:
            _shorten(kept, limit)
    # What left a gap larger than another scene needs: that comes back, then figures, then what is beside the matter.
    for weighty in (True, False):
        for index in reversed(gone):
            whole = drafts[index].part == 0 or index - 1 in kept
            same = (drafts[index].kind in _MATTER) is weighty
            if same and whole and used() + _beats(drafts[index]) <= limit:
                kept[index] = drafts[index]
        for index, draft in kept.items():
            if used() - _beats(draft) + _beats(drafts[index]) <= limit:
                kept[index] = drafts[index]
    return _renumber(drafts, kept), list(_missing(drafts, kept))


def _shorten(kept: dict[int, Draft], limit: int) -> None:
    """Show fewer figures of a scene rather than nothing else: each stands for itself, unlike steps or bars."""
    for index in sorted((i for i, draft in kept.items() if draft.kind == "figures"), reverse=True):
        while sum(map(_beats, kept.values())) > limit and len(kept[index].items) > FIGURES_LEAST:
            kept[index] = replace(kept[index], items=kept[index].items[:-1])


def _missing(drafts: Sequence[Draft], kept: Mapping[int, Draft]) -> Iterator[LeftOut]:
    for index, draft in enumerate(drafts):
        shown = len(kept[index].items) if index in kept else 0
        for item in draft.items[shown:]:
            yield LeftOut(item.line or draft.line, item.text)


def _renumber(drafts: Sequence[Draft], kept: Mapping[int, Draft]) -> list[Draft]:
    """Tell the parts that stay how many there are now, and say on the last of cut steps that there is more to read."""
    result = []
    for index, draft in sorted(kept.items()):
        same = [i for i in sorted(kept) if drafts[i].block == draft.block]
        more = draft.kind == "steps" and index == same[-1] and len(same) < draft.parts
        result.append(replace(draft, part=same.index(index), parts=len(same), more=more))
    return result


def _stretch(beats: list[int], *, at_least: float) -> list[int]:
    """Lengthen the body, shortest scene first, until the film with its end card lasts `at_least` frames."""
    result = list(beats)
    while _whole(sum(result)) < at_least:
        inner = range(1, len(result)) if len(result) > 1 else range(len(result))
        result[min(inner, key=lambda i: result[i])] += 1
    return result


def time_scene(draft: Draft, frames: int, start: int) -> Scene:
    """Spread the arrivals over the scene by what each item needs, leaving the last its own reading time."""
    needs = [max(reading_s(item.text), item.shown_s, 0.7) for item in draft.items]
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
