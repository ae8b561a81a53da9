"""Moving pictures that an editor supplies, placed in a scene: cut, sped up and brought to 30 fps by moviepy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np

from publisher.content.model import Picture
from publisher.errors import RenderError
from publisher.render.actors import Windowed
from publisher.render.planes import Plane, Sprite, make_sprite
from publisher.render.storyboard import FPS

Pixels: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class Footage:
    """The part of a recording that is shown, at the film's own pace; `first` is its first frame, for measuring."""

    clip: Any
    first: Sprite
    focus: tuple[float, float] = (0.5, 0.5)

    def pixels(self, number: int) -> Pixels:
        """RGB pixels of frame `number`; the last frame is held."""
        at = min(number / FPS, max(float(self.clip.duration) - 1 / FPS, 0.0))
        return np.asarray(self.clip.get_frame(at), np.uint8)

    def frame(self, number: int, width: int, height: int) -> Pixels:
        """Frame `number`, cropped around its focus to the window."""
        pixels = self.pixels(number)
        scale = max(width / pixels.shape[1], height / pixels.shape[0])
        size = (max(round(pixels.shape[1] * scale), width), max(round(pixels.shape[0] * scale), height))
        fitted = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        left, top = (round(part * (size[i] - (width, height)[i])) for i, part in enumerate(self.focus))
        return fitted[top : top + height, left : left + width]


@contextmanager
def open_footage(path: Path, picture: Picture, *, place: str) -> Iterator[Footage]:
    """The part of the recording that the campaign names, closed again at the end.

    Raises RenderError when it cannot be read as a film or is shorter than its part.
    """
    from moviepy import VideoFileClip  # noqa: PLC0415 - takes most of a second, and few campaigns have a film

    try:
        whole = VideoFileClip(str(path), audio=False)
    except Exception as error:  # moviepy raises OSError, KeyError and others for a file that is no film
        raise _no_film(picture, place) from error
    try:
        start, end = picture.cut or (0.0, float(whole.duration))
        if start >= whole.duration - 1 / FPS:
            raise RenderError(
                f"{place}: film `{picture.name}` lasts {whole.duration:.1f} s, its cut begins at {start:.1f} s. "
                "Choose a part of it."
            )
        clip = whole.subclipped(start, min(end, float(whole.duration))).with_speed_scaled(picture.speed)
        try:
            pixels = np.asarray(clip.get_frame(0), np.uint8)
        except Exception as error:
            raise _no_film(picture, place) from error
        first = make_sprite(np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)]))
        yield Footage(clip, first, picture.focus or (0.5, 0.5))
    finally:
        whole.close()


def _no_film(picture: Picture, place: str) -> RenderError:
    return RenderError(f"{place}: film `{picture.name}` cannot be read. Save it again as MP4 (H.264).")


@dataclass(frozen=True)
class Player(Windowed):
    """Footage behind a rounded window."""

    footage: Footage
    mask: Plane
    x: int
    y: int
    enter: int
    leave: int | None = None
    travel: float = 70.0

    def seen(self, frame: int) -> Sprite:
        height, width = self.mask.shape
        pixels = self.footage.frame(frame - self.enter, width, height)
        return make_sprite(np.dstack([pixels, self.mask]))
