"""Moving pictures that an editor supplies, placed in a scene: read, cropped and brought to 30 fps by moviepy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from moviepy import VideoFileClip

from publisher.errors import RenderError
from publisher.render.motion import LEAVE, enter_shift, leave_shift
from publisher.render.planes import Canvas, Plane, Pose, Rect, Sprite, lay, make_sprite
from publisher.render.stage import NOTHING
from publisher.render.storyboard import FPS

SUFFIXES = (".mp4", ".mov", ".m4v", ".webm")


def is_footage(path: str) -> bool:
    return path.lower().endswith(SUFFIXES)


@dataclass(frozen=True)
class Footage:
    """A recording's frames at the film's own pace; `first` is its first frame, for measuring and stills."""

    clip: Any
    first: Sprite

    def frame(self, number: int, width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """RGB pixels of frame `number`, cropped around the middle to the window; the last frame is held."""
        at = min(number / FPS, max(float(self.clip.duration) - 1 / FPS, 0.0))
        pixels = np.asarray(self.clip.get_frame(at), np.uint8)
        scale = max(width / pixels.shape[1], height / pixels.shape[0])
        size = (max(round(pixels.shape[1] * scale), width), max(round(pixels.shape[0] * scale), height))
        fitted = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        top, left = (size[1] - height) // 2, (size[0] - width) // 2
        return fitted[top : top + height, left : left + width]


@contextmanager
def open_footage(path: Path, *, shown: str, place: str) -> Iterator[Footage]:
    """The recording, closed again at the end. Raises RenderError when it cannot be read as a film."""
    try:
        clip = VideoFileClip(str(path), audio=False)
        pixels = np.asarray(clip.get_frame(0), np.uint8)
    except Exception as error:  # moviepy raises OSError, KeyError and others for a file that is no film
        raise RenderError(f"{place}: film `{shown}` cannot be read. Save it again as MP4 (H.264).") from error
    try:
        yield Footage(clip, make_sprite(np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])))
    finally:
        clip.close()


@dataclass(frozen=True)
class Player:
    """Footage behind a rounded window."""

    footage: Footage
    mask: Plane
    x: int
    y: int
    enter: int
    leave: int | None = None
    travel: float = 70.0

    @property
    def leaves(self) -> bool:
        return self.leave is not None

    def rests_from(self) -> int | None:
        return None

    def draw(self, canvas: Canvas, frame: int) -> Rect:
        if frame < self.enter:
            return NOTHING
        shift = enter_shift("rise", (frame - self.enter + 1) / 16, travel=self.travel)
        if self.leave is not None and frame >= self.leave:
            shift = leave_shift((frame - self.leave + 1) / LEAVE, travel=self.travel)
        height, width = self.mask.shape
        pixels = self.footage.frame(frame - self.enter, width, height)
        sprite = make_sprite(np.dstack([pixels, self.mask]))
        return lay(canvas, sprite, Pose(self.x, self.y + shift.y, 1.0, shift.opacity))
