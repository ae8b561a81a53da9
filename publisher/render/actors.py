"""What moves by more than arriving: figures that count up, bars that grow, pictures with a slow move, lines drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from publisher.content.model import Number
from publisher.render.motion import (
    COUNT,
    GROW,
    LEAVE,
    Shift,
    count_to,
    ease_both,
    ease_line,
    ease_out,
    enter_shift,
    leave_shift,
)
from publisher.render.planes import Canvas, Plane, Pose, Rect, Sprite, even_rect, lay
from publisher.render.stage import NOTHING, Still

SETTLE = 7
"""Frames in which digits glide from equal widths, which keep counting calm, to the widths of the written figure."""


def join(rects: list[Rect]) -> Rect:
    """The smallest region around all that are not empty."""
    solid = [rect for rect in rects if not rect.empty]
    if not solid:
        return NOTHING
    return Rect(
        min(r.left for r in solid), min(r.top for r in solid), max(r.right for r in solid), max(r.bottom for r in solid)
    )


@dataclass(frozen=True)
class Glyphs:
    """Each digit and sign of figures of one size as a sprite, and how far each moves the next one on."""

    sprites: Mapping[str, Sprite]
    widths: Mapping[str, float]

    def cell(self, sign: str) -> float:
        """The width while counting: that of the widest digit for every digit."""
        return max(self.widths[d] for d in "0123456789") if sign.isdigit() else self.widths[sign]


@dataclass(frozen=True)
class Count:
    """A figure that counts up at its place on a card and ends as `written`, typeset in one piece."""

    number: Number
    glyphs: Glyphs
    suffix: Sprite
    written: Sprite
    card: Still

    @property
    def starts(self) -> int:
        return self.card.enter + 3

    @property
    def leaves(self) -> bool:
        return self.card.leaves

    def rests_from(self) -> int | None:
        return self.starts + COUNT + 1

    def draw(self, canvas: Canvas, frame: int) -> Rect:
        pose = self.card.pose(frame)
        if pose is None:
            return NOTHING
        done = frame - self.starts
        if done >= COUNT:
            return lay(canvas, self.written, pose)
        shown = count_to(self.number, min(max(done, 0) / (COUNT - SETTLE), 1.0))
        spread = self.spread * (1 - ease_both((done - (COUNT - SETTLE)) / SETTLE))
        rects = [lay(canvas, self.suffix, Pose(pose.x + spread, pose.y, pose.scale, pose.opacity))]
        for sign, x in zip(shown, self._places(shown, spread), strict=True):
            rects.append(lay(canvas, self.glyphs.sprites[sign], Pose(pose.x + x, pose.y, pose.scale, pose.opacity)))
        return join(rects)

    @property
    def spread(self) -> float:
        """How much wider the figure is while its digits stand in equal cells."""
        digits = self.number.digits
        return sum(self.glyphs.cell(sign) - self.glyphs.widths[sign] for sign in digits)

    def _places(self, shown: str, spread: float) -> list[float]:
        """Where each sign begins: right-aligned on what follows, going over from equal cells to natural widths."""
        part = spread / self.spread if self.spread else 0.0
        widths = self.glyphs.widths
        right = sum(widths[sign] for sign in self.number.digits) + spread
        places: list[float] = []
        for sign in reversed(shown):
            extra = (self.glyphs.cell(sign) - widths[sign]) * part
            right -= widths[sign] + extra
            places.insert(0, right + extra / 2)
        return places


class Leaving:
    """What comes at the frame `enter` and goes again from `leave` on, where that is set."""

    enter: int
    leave: int | None
    travel: float

    @property
    def leaves(self) -> bool:
        return self.leave is not None

    def gone(self, frame: int) -> Shift:
        """How far it has gone: not at all before it leaves."""
        if self.leave is None or frame < self.leave:
            return Shift()
        return leave_shift((frame - self.leave + 1) / LEAVE, travel=self.travel)


class Windowed(Leaving):
    """A moving picture behind a window: it rises into its place at `x`, `y` and never rests."""

    x: int
    y: int

    def seen(self, frame: int) -> Sprite:
        """What stands in the window at that frame."""
        raise NotImplementedError

    def rests_from(self) -> int | None:
        return None

    def draw(self, canvas: Canvas, frame: int) -> Rect:
        if frame < self.enter:
            return NOTHING
        shift = self.gone(frame)
        if self.leave is None or frame < self.leave:
            shift = enter_shift("rise", (frame - self.enter + 1) / 16, travel=self.travel)
        return lay(canvas, self.seen(frame), Pose(self.x, self.y + shift.y, 1.0, shift.opacity))


@dataclass(frozen=True)
class Bar(Leaving):
    """A bar that slides out from under the left end of its track."""

    fill: Sprite
    x: int
    y: int
    enter: int
    leave: int | None = None
    travel: float = 70.0

    def rests_from(self) -> int | None:
        return self.enter + GROW + 1

    def draw(self, canvas: Canvas, frame: int) -> Rect:
        if frame < self.enter:
            return NOTHING
        hidden = (1 - ease_out((frame - self.enter + 1) / GROW)) * self.fill.width
        shift = self.gone(frame)
        window = even_rect(self.x, 0, self.x + self.fill.width, canvas.height)
        return lay(canvas, self.fill, Pose(self.x - hidden, self.y + shift.y, 1.0, shift.opacity), window)


@dataclass(frozen=True)
class Reveal(Leaving):
    """A layer uncovered from left to right, as a line is drawn."""

    sprite: Sprite
    x: int
    y: int
    enter: int
    length: int
    leave: int | None = None
    travel: float = 70.0

    def frame_at(self, part: float) -> int:
        """The first frame at which `part` of the width is uncovered."""
        steps = range(self.length)
        return self.enter + next((f for f in steps if ease_line((f + 1) / self.length) >= part), self.length)

    def rests_from(self) -> int | None:
        return self.enter + self.length + 1

    def draw(self, canvas: Canvas, frame: int) -> Rect:
        if frame < self.enter:
            return NOTHING
        part = ease_line((frame - self.enter + 1) / self.length)
        shift = self.gone(frame)
        pose = Pose(self.x, self.y + shift.y, 1.0, shift.opacity)
        window = even_rect(self.x, 0, self.x + self.sprite.width * part, canvas.height)
        return lay(canvas, self.sprite, pose, window)


@dataclass(frozen=True)
class Pan(Windowed):
    """A picture behind a rounded window, moved and enlarged slowly in parts of a pixel; it never rests.

    `sprite` is larger than the window of `mask` by `zoom`; the move goes over `length` frames.
    """

    sprite: Sprite
    mask: Plane
    mask_half: Plane
    x: int
    y: int
    enter: int
    length: int
    leave: int | None = None
    travel: float = 70.0

    def seen(self, frame: int) -> Sprite:
        height, width = self.mask.shape
        part = min(max((frame - self.enter) / max(self.length, 1), 0.0), 1.0)
        least = max(width / self.sprite.width, height / self.sprite.height)
        scale = least * (1.0 + 0.09 * part)
        x = (width - self.sprite.width * scale) / 2
        y = (height - self.sprite.height * scale) * (0.5 - 0.25 * part)

        def warp(plane: Plane, mask: Plane, half: int) -> Plane:
            matrix = np.array([[scale, 0, x / half], [0, scale, y / half]], np.float64)
            moved = cv2.warpAffine(
                plane, matrix, (mask.shape[1], mask.shape[0]), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            return np.asarray(cv2.multiply(moved, mask, scale=1 / 255), np.uint8)

        return Sprite(
            warp(self.sprite.y, self.mask, 1),
            warp(self.sprite.u, self.mask_half, 2),
            warp(self.sprite.v, self.mask_half, 2),
            self.mask,
            self.mask_half,
            width,
            height,
        )
