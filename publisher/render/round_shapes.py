"""Rectangles with round corners, filled or as a mask, on even pixels."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from publisher.render.planes import Sprite, make_sprite, parse_colour


def even(value: float) -> int:
    """The even whole number at or below `value`: a frame holds its colour at half size."""
    return int(value) // 2 * 2


def rounded(width: int, height: int, radius: int, colour: str) -> Sprite:
    """A filled rectangle with round corners, smooth at the edge."""
    rgba = np.empty((height, width, 4), np.uint8)
    rgba[..., :3] = parse_colour(colour)
    rgba[..., 3] = round_mask(width, height, radius)
    return make_sprite(rgba)


def round_mask(width: int, height: int, radius: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Opacities from 0 to 255 of a rectangle with round corners."""
    x = np.abs(np.arange(width) - (width - 1) / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height) - (height - 1) / 2) - (height / 2 - radius)
    distance = np.hypot(np.maximum(x[None, :], 0), np.maximum(y[:, None], 0)) - radius
    return np.asarray(np.rint(np.clip(0.5 - distance, 0, 1) * 255), np.uint8)


def make_window(width: int, height: int, radius: int) -> tuple[Any, Any]:
    """The mask of a window with round corners, and the same at half size."""
    mask = round_mask(width, height, radius)
    return mask, cv2.resize(mask, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
