"""The same storyboard as plain moviepy draws it: every layer a clip, laid over each other in RGB, frame after frame.

Only to measure against: it is what the manual of moviepy shows, with the layers that our own film has.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from moviepy import (
    AudioFileClip,
    ColorClip,
    CompositeVideoClip,
    ImageClip,
    TextClip,
    VideoClip,
    afx,
    concatenate_videoclips,
    vfx,
)

from publisher.render.actors import Bar, Count, Pan, Reveal
from publisher.render.backdrop import WAVE_SPEEDS, Curtain, Wave, Waves
from publisher.render.film import Film, Set, build_set
from publisher.render.layers import heavy_font
from publisher.render.motion import ARRIVE, COUNT, CURTAIN, GROW, LEAVE, count_to, ease_in, ease_out
from publisher.render.planes import Canvas, Pose, Sprite, lay
from publisher.render.stage import Actor, Still
from publisher.render.storyboard import FPS

WINDOW, EVERY = 5, 47
"""Of each 47 frames 5 in a row are drawn, so that arriving, resting and leaving all have their share."""


def build_plain_film(film: Film) -> VideoClip:
    """Every scene as a CompositeVideoClip, one after another, with the music under them."""
    music = AudioFileClip(str(film.workspace.assets / "sounds" / "bed.ogg"))
    whole = concatenate_videoclips([_compose(film, ready) for ready in _sets(film)])
    return whole.with_audio(music.with_effects([afx.AudioLoop(duration=film.board.duration_s)]))


def write_part(whole: VideoClip, frames: int, path: Path) -> float:
    """Compose and encode a part of so many frames; gives how many times that the whole film is."""
    drawn = frames * WINDOW // EVERY

    def source(t: Any) -> Any:
        shown = np.rint(np.asarray(t) * FPS)
        return (shown // WINDOW * EVERY + shown % WINDOW) / FPS

    part = whole.time_transform(source, keep_duration=True).with_duration(drawn / FPS)
    part.write_videofile(
        str(path),
        fps=FPS,
        codec="libx264",
        preset="veryfast",
        logger=None,
        audio_codec="aac",
        temp_audiofile=f"{path}.m4a",
    )
    return frames / drawn


def _sets(film: Film) -> Iterator[Set]:
    for scene in film.board.scenes:
        with build_set(film, scene) as ready:
            yield ready


def _compose(film: Film, ready: Set) -> VideoClip:
    """One scene as a CompositeVideoClip; it lasts as long as ours."""
    size, duration = (film.screen.width, film.screen.height), ready.scene.frames / FPS
    clips: list[Any] = [ImageClip(ready.backdrop.to_rgb()).with_duration(duration)]
    for actor in (*ready.under, *ready.actors, *ready.over):
        clips += _clips_of(actor, film, duration)
    return CompositeVideoClip(clips, size=size).with_duration(duration)


def _clips_of(actor: Actor, film: Film, duration: float) -> list[Any]:
    match actor:
        case Still():
            return [_arriving(_image(actor.sprite), actor.x, actor.y, actor, duration)]
        case Count():
            return _counting(actor, film, duration)
        case Bar():
            return [_growing(actor, duration)]
        case Waves():
            return _drifting(actor, duration)
        case Curtain():
            return _covering(actor, duration)
        case Pan():
            return [_panning(actor, duration)]
        case Reveal():
            return [_arriving(_image(actor.sprite), actor.x, actor.y, actor, duration)]
        case _:
            return []


def _image(sprite: Sprite) -> Any:
    """The layer as a picture with its mask, the way a PNG with transparency is loaded."""
    canvas = Canvas(sprite.width, sprite.height)
    lay(canvas, sprite, Pose(0, 0))
    alpha = np.zeros((sprite.height, sprite.width), np.float64)
    height, width = sprite.alpha.shape
    alpha[sprite.top : sprite.top + height, sprite.left : sprite.left + width] = sprite.alpha / 255
    return ImageClip(canvas.to_rgb()).with_mask(ImageClip(alpha, is_mask=True))


def _arriving(clip: Any, x: int, y: int, actor: Any, duration: float) -> Any:
    """From `enter` on, rising to its place and fading in; fading out when it leaves."""
    enter = actor.enter / FPS
    effects = [vfx.CrossFadeIn(ARRIVE / FPS)]
    if actor.leave is not None:
        effects.append(vfx.CrossFadeOut(LEAVE / FPS))

    def place(t: float) -> tuple[float, float]:
        return x, y + (1 - ease_out(t * FPS / ARRIVE)) * actor.travel

    return clip.with_start(enter).with_duration(duration - enter).with_position(place).with_effects(effects)


def _counting(actor: Count, film: Film, duration: float) -> list[Any]:
    """A TextClip for every frame of counting, then the written figure."""
    card, font = actor.card, str(heavy_font(film.workspace, str(film.look["fonts"][0])))
    size, starts = max(actor.written.height // 3, 8), actor.starts / FPS
    shown = [
        TextClip(font=font, text=count_to(actor.number, i / COUNT), font_size=size, color=film.look["figure"])
        .with_start(starts + i / FPS)
        .with_duration(1 / FPS)
        .with_position((card.x, card.y))
        for i in range(COUNT)
    ]
    rest = starts + COUNT / FPS
    ended = _image(actor.written).with_start(rest).with_duration(max(duration - rest, 1 / FPS))
    return [*shown, ended.with_position((card.x, card.y))]


def _growing(actor: Bar, duration: float) -> Any:
    width, height = actor.fill.width, actor.fill.height
    enter = actor.enter / FPS

    def size(t: float) -> tuple[int, int]:
        return max(math.ceil(width * ease_out(t * FPS / GROW)), 1), height

    bar = ColorClip((width, height), color=(20, 80, 140)).with_start(enter).with_duration(duration - enter)
    return bar.with_effects([vfx.Resize(size)]).with_position((actor.x, actor.y))


def _drifting(actor: Waves, duration: float) -> list[Any]:
    def moved(wave: Wave, speed: int) -> Any:
        def place(t: float) -> tuple[float, float]:
            return -((t * FPS + actor.phase) * speed % actor.period), actor.top + wave.clear

        return _image(wave.edge).with_duration(duration).with_position(place)

    return [moved(wave, speed) for wave, speed in zip((actor.back, actor.front), WAVE_SPEEDS, strict=True)]


def _covering(actor: Curtain, duration: float) -> list[Any]:
    """A full screen that slides away at the start and in at the end."""
    cover = ColorClip((actor.rising.width, actor.height), color=(10, 60, 110)).with_duration(CURTAIN / FPS)
    clips = []
    if actor.opens:
        clips.append(cover.with_position(lambda t: (0, -actor.height * ease_out(t * FPS / CURTAIN))))
    if actor.closes_at is not None:
        rising = cover.with_start(duration - CURTAIN / FPS)
        clips.append(rising.with_position(lambda t: (0, actor.height * (1 - ease_in(t * FPS / CURTAIN)))))
    return clips


def _panning(actor: Pan, duration: float) -> Any:
    """The picture growing slowly, cropped to its window."""
    height, width = actor.mask.shape
    picture = _image(actor.sprite).with_duration(duration)
    least = max(width / actor.sprite.width, height / actor.sprite.height)
    zoomed = picture.with_effects([vfx.Resize(lambda t: least * (1 + 0.09 * t / duration))])
    window = CompositeVideoClip([zoomed.with_position("center")], size=(width, height)).with_duration(duration)
    return window.with_position((actor.x, actor.y))
