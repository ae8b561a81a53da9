"""What lies behind and between: a calm ground in the office's colours, drifting waves, the wave between sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from publisher.render.motion import CURTAIN, ease_in, ease_out
from publisher.render.planes import Canvas, Pose, Rect, Sprite, lay, make_sprite, parse_colour, tint_sprite, yuv_of

Ground = Literal["light", "band"]

WAVE_SPEEDS = (2, 4)
"""Pixels a frame of the back and the front wave."""


@dataclass(frozen=True)
class Tones:
    """The colours of a ground: its field, its large shapes, and the two waves from back to front."""

    field: str
    shape: str
    back: str
    front: str


def tones_of(look: Mapping[str, Any], ground: Ground) -> Tones:
    if ground == "band":
        return Tones(look["band"], look["band_tone"], look["band_tone"], look["accent"])
    return Tones(look["paper"], look["tint"], look["track"], look["band"])


def draw_ground(width: int, height: int, tones: Tones) -> Canvas:
    """The field with three large circles, smooth at their edges; one colour each, so that nothing bands."""
    return _draw_ground(width, height, tones).copy()


@lru_cache(maxsize=4)
def _draw_ground(width: int, height: int, tones: Tones) -> Canvas:
    canvas = Canvas(width, height)
    canvas.fill(canvas.rect, yuv_of(tones.field))
    unit = min(width, height)
    for x, y, radius, part in ((0.98, 0.05, 0.46, 1.0), (0.02, 0.60, 0.30, 0.7), (0.93, 0.93, 0.24, 0.6)):
        reach = radius * unit + 1
        left, top = int((x * width - reach) // 2 * 2), int((y * height - reach) // 2 * 2)
        lay(canvas, _disc(x * width - left, y * height - top, radius * unit, tones.shape, part), Pose(left, top))
    return canvas


def _disc(x: float, y: float, radius: float, colour: str, opacity: float) -> Sprite:
    """A circle, smooth at its edge, with its middle at `x`, `y` of the sprite."""
    side = int(max(x, y) + radius + 3) // 2 * 2
    places = np.arange(side, dtype=np.float32)
    distance = np.sqrt(np.square(places - np.float32(x))[None, :] + np.square(places - np.float32(y))[:, None])
    covered = np.clip(np.float32(radius + 0.5) - distance, 0, 1) * np.float32(opacity * 255)
    return tint_sprite(np.rint(covered).astype(np.uint8), colour)


@dataclass(frozen=True)
class Wave:
    """One wave, longer than the screen by its period. Only rows from `clear` to `solid` have an edge in them."""

    edge: Sprite
    clear: int
    solid: int
    colour: tuple[int, int, int]


@dataclass(frozen=True)
class Waves:
    """Two waves along the foot that drift without end: whole pixels a frame, so that they never tremble."""

    back: Wave
    front: Wave
    width: int
    top: int
    bottom: int
    period: int
    phase: int = 0

    leaves = False

    def rests_from(self) -> int | None:
        return None

    def draw(self, canvas: Canvas, frame: int) -> Rect:
        floor = self.bottom - self.top
        for wave, speed, foot in zip((self.back, self.front), WAVE_SPEEDS, (self.front.solid, floor), strict=True):
            left = (frame + self.phase) * speed % self.period
            part = wave.edge.crop(Rect(left, 0, left + self.width, wave.solid - wave.clear))
            lay(canvas, part, Pose(0, self.top + wave.clear))
            canvas.fill(Rect(0, self.top + wave.solid, self.width, self.top + foot), wave.colour)
        return Rect(0, self.top, self.width, self.bottom)


def make_waves(width: int, height: int, tones: Tones, *, share: float, phase: int = 0) -> Waves:
    """Waves over the lowest `share` of the height."""
    tall = max(int(height * share) // 2 * 2, 8)
    period = max(width * 3 // 4 // 4 * 4, 120)
    back = _wave(width + period, tall, period, crests=2, level=0.34, swing=0.26, phase=0.0)
    front = _wave(width + period, tall, period, crests=1, level=0.66, swing=0.20, phase=1.9)
    made = (_tinted(back, tones.back), _tinted(front, tones.front))
    return Waves(*made, width, height - tall, height, period, phase)


def _wave(
    width: int, tall: int, period: int, *, crests: int, level: float, swing: float, phase: float
) -> NDArray[np.float32]:
    """Coverage 0…1: below the curve everything, at the curve by part of a pixel."""
    columns = np.arange(width, dtype=np.float64) * 2 * np.pi / period
    curve = tall * (level + swing * np.sin(columns * crests + phase))
    rows = np.arange(tall, dtype=np.float64)[:, None]
    return np.clip(rows - curve + 0.5, 0, 1).astype(np.float32)


def _tinted(coverage: NDArray[np.float32], colour: str) -> Wave:
    alpha = np.rint(coverage * 255).astype(np.uint8)
    clear = int(np.argmax(alpha.max(axis=1) > 0)) // 2 * 2
    solid = -(-int(np.argmax(alpha.min(axis=1) == 255)) // 2) * 2 or len(alpha)
    return Wave(tint_sprite(alpha[clear:solid], colour), clear, solid, yuv_of(colour))


@dataclass(frozen=True)
class Curtain:
    """A wave that rises over the whole screen at the end of a section and clears it at the start of the next.

    The first and the last frame are one full colour, so that scenes are independent of their neighbours.
    """

    rising: Sprite
    clearing: Sprite
    colour: tuple[int, int, int]
    height: int
    opens: bool
    closes_at: int | None

    leaves = False

    def rests_from(self) -> int | None:
        return None

    def draw(self, canvas: Canvas, frame: int) -> Rect:
        if self.opens and frame < CURTAIN:
            return self._clear(canvas, ease_out(frame / CURTAIN))
        if self.closes_at is not None and frame >= self.closes_at:
            return self._rise(canvas, ease_in((frame - self.closes_at + 1) / CURTAIN))
        return Rect(0, 0, 0, 0)

    def _clear(self, canvas: Canvas, part: float) -> Rect:
        edge = round((self.height - part * (self.height + self.clearing.height)) / 2) * 2
        canvas.fill(Rect(0, 0, canvas.width, max(edge, 0)), self.colour)
        lay(canvas, self.clearing, Pose(0, edge))
        return canvas.rect

    def _rise(self, canvas: Canvas, part: float) -> Rect:
        edge = round((self.height - part * (self.height + self.rising.height)) / 2) * 2
        lay(canvas, self.rising, Pose(0, edge))
        canvas.fill(Rect(0, max(edge + self.rising.height, 0), canvas.width, canvas.height), self.colour)
        return canvas.rect


def make_curtain(
    width: int, height: int, look: Mapping[str, Any], *, opens: bool, frames: int, closes: bool
) -> Curtain:
    rising, clearing = _curtain_edges(width, height, look["accent"], look["band"])
    return Curtain(rising, clearing, yuv_of(look["band"]), height, opens, frames - CURTAIN if closes else None)


@lru_cache(maxsize=4)
def _curtain_edges(width: int, height: int, rim_colour: str, colour: str) -> tuple[Sprite, Sprite]:
    """The crest as it rises and as it clears: a rim of one colour over a cover of another."""
    tall = max(int(height * 0.11) // 2 * 2, 12)
    rim = tall * 0.16
    rows = np.arange(tall, dtype=np.float64)[:, None]
    curve = tall * (0.42 + 0.3 * np.sin(np.arange(width) * 2 * np.pi / width + 0.6))
    solid = np.clip(rows - curve - rim + 0.5, 0, 1)
    whole = np.clip(rows - curve + 0.5, 0, 1)
    rgba = np.empty((tall, width, 4), np.float64)
    accent, cover = np.array(parse_colour(rim_colour)), np.array(parse_colour(colour))
    rgba[..., :3] = accent + (cover - accent) * solid[..., None]
    rgba[..., 3] = whole * 255
    rising = np.rint(rgba).astype(np.uint8)
    return make_sprite(rising, trim=False), make_sprite(rising[::-1].copy(), trim=False)
