"""Frames in the encoder's own form (yuv420p, BT.709, limited range) and sprites that are laid over them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]

# ITU-R BT.709, 8 bit, limited range: Y 16…235, Cb and Cr 16…240.
_LUMA = np.array([0.2126, 0.7152, 0.0722]) * 219 / 255
_CB = np.array([-0.2126, -0.7152, 0.9278]) / 1.8556 * 224 / 255
_CR = np.array([0.7874, -0.7152, -0.0722]) / 1.5748 * 224 / 255
_MATRIX = np.stack([_LUMA, _CB, _CR]).astype(np.float32)
_BACK = np.array([[1, 0, 1.5748], [1, -0.1873, -0.4681], [1, 1.8556, 0]]) * [255 / 219, 255 / 224, 255 / 224]
_TO_RGB = np.hstack([_BACK, -_BACK @ [[16], [128], [128]]]).astype(np.float32)
_TRANSFORM = np.hstack([_MATRIX, np.array([[16], [128], [128]], np.float32)])


@dataclass(frozen=True)
class Rect:
    """A region with even edges, so that it lies on whole chroma samples."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def empty(self) -> bool:
        return self.right <= self.left or self.bottom <= self.top

    def clip(self, other: Rect) -> Rect:
        return Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )


def even_rect(left: float, top: float, right: float, bottom: float) -> Rect:
    """The smallest region with even edges around these."""
    return Rect(int(left // 2 * 2), int(top // 2 * 2), int(-(-right // 2) * 2), int(-(-bottom // 2) * 2))


def parse_colour(colour: str) -> tuple[int, int, int]:
    """`#rrggbb` as red, green, blue."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def yuv_of(colour: str) -> tuple[int, int, int]:
    """The Y, Cb, Cr of `#rrggbb`."""
    y, cb, cr = _MATRIX @ np.array(parse_colour(colour), np.float32)
    return round(float(y)) + 16, round(float(cb)) + 128, round(float(cr)) + 128


class Canvas:
    """One frame; its three planes are views into one buffer that goes to the encoder as it is."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.data = np.zeros(width * height * 3 // 2, np.uint8)
        luma, chroma = width * height, width * height // 4
        self.y: Plane = self.data[:luma].reshape(height, width)
        self.u: Plane = self.data[luma : luma + chroma].reshape(height // 2, width // 2)
        self.v: Plane = self.data[luma + chroma :].reshape(height // 2, width // 2)

    @property
    def rect(self) -> Rect:
        return Rect(0, 0, self.width, self.height)

    def copy(self) -> Canvas:
        other = Canvas(self.width, self.height)
        other.data[:] = self.data
        return other

    def restore(self, source: Canvas, rect: Rect) -> None:
        """Bring back what `source` shows in `rect`."""
        inside = rect.clip(self.rect)
        if inside.empty:
            return
        full, half = _slices(inside, 1), _slices(inside, 2)
        self.y[full], self.u[half], self.v[half] = source.y[full], source.u[half], source.v[half]

    def fill(self, rect: Rect, colour: tuple[int, int, int]) -> None:
        inside = rect.clip(self.rect)
        if not inside.empty:
            full, half = _slices(inside, 1), _slices(inside, 2)
            self.y[full], self.u[half], self.v[half] = colour

    def to_rgb(self) -> Plane:
        """The picture as a player shows it: BT.709, limited range."""
        size = (self.width, self.height)
        u = cv2.resize(self.u, size, interpolation=cv2.INTER_LINEAR)
        v = cv2.resize(self.v, size, interpolation=cv2.INTER_LINEAR)
        rgb = np.empty((self.height, self.width, 3), np.uint8)
        for top in range(0, self.height, 64):  # a strip at a time: numbers with a point take four times the room
            rows = slice(top, top + 64)
            yuv = np.dstack([self.y[rows], u[rows], v[rows]])
            rgb[rows] = np.clip(np.asarray(cv2.transform(yuv.astype(np.float32), _TO_RGB)) + 0.5, 0, 255)
        return rgb


def _slices(rect: Rect, step: int) -> tuple[slice, slice]:
    return slice(rect.top // step, rect.bottom // step), slice(rect.left // step, rect.right // step)


@dataclass(frozen=True)
class Sprite:
    """A picture with transparency: planes multiplied by their alpha, which makes moving and fading it exact.

    The planes hold only what is not wholly transparent: a region with even edges that begins at `left`, `top` of a
    picture of `width` × `height`. Chroma planes and `alpha_half` have half of each side.
    """

    y: Plane
    u: Plane
    v: Plane
    alpha: Plane
    alpha_half: Plane
    width: int
    height: int
    left: int = 0
    top: int = 0

    def crop(self, rect: Rect) -> Sprite:
        """The part of the planes, counted from where they begin, as a picture of its own."""
        full, half = _slices(rect, 1), _slices(rect, 2)
        size = (rect.right - rect.left, rect.bottom - rect.top)
        return Sprite(self.y[full], self.u[half], self.v[half], self.alpha[full], self.alpha_half[half], *size)


def make_sprite(rgba: NDArray[Any], *, trim: bool = True) -> Sprite:
    """A sprite of straight RGBA pixels; odd sizes get a transparent last row or column."""
    height, width = rgba.shape[:2]
    if height % 2 or width % 2:
        rgba = np.pad(rgba, ((0, height % 2), (0, width % 2), (0, 0)))
        height, width = rgba.shape[:2]
    x, y, inner_width, inner_height = (
        cv2.boundingRect(np.ascontiguousarray(rgba[..., 3])) if trim else (0, 0, width, height)
    )
    inner = even_rect(x, y, x + max(inner_width, 2), y + max(inner_height, 2))
    rgba = rgba[inner.top : inner.bottom, inner.left : inner.right]
    alpha = rgba[..., 3].astype(np.float32) / 255
    yuv = cv2.transform(np.ascontiguousarray(rgba[..., :3], np.float32), _TRANSFORM)
    premultiplied = np.asarray(yuv, np.float32) * alpha[..., None]
    half = (premultiplied.shape[1] // 2, premultiplied.shape[0] // 2)
    u = cv2.resize(premultiplied[..., 1], half, interpolation=cv2.INTER_AREA)
    v = cv2.resize(premultiplied[..., 2], half, interpolation=cv2.INTER_AREA)
    alpha_half = cv2.resize(alpha, half, interpolation=cv2.INTER_AREA)
    return Sprite(
        _bytes(premultiplied[..., 0]), _bytes(u), _bytes(v), np.ascontiguousarray(rgba[..., 3]),
        _bytes(alpha_half * 255), width, height, inner.left, inner.top,
    )  # fmt: skip


def tint_sprite(alpha: Plane, colour: str) -> Sprite:
    """A sprite of one colour, seen as far as `alpha` says; its sides are even numbers."""
    luma, cb, cr = (level / 255 for level in yuv_of(colour))
    half = cv2.resize(alpha, (alpha.shape[1] // 2, alpha.shape[0] // 2), interpolation=cv2.INTER_AREA)

    def share(plane: Any, level: float) -> Plane:
        return np.asarray(cv2.convertScaleAbs(plane, alpha=level), np.uint8)

    height, width = alpha.shape
    return Sprite(
        share(alpha, luma), share(half, cb), share(half, cr), alpha, np.asarray(half, np.uint8), width, height
    )  # fmt: skip


def hollow_sprite(width: int, height: int) -> Sprite:
    """Only the size of one, for laying out."""
    nothing = np.zeros((0, 0), np.uint8)
    return Sprite(nothing, nothing, nothing, nothing, nothing, width + width % 2, height + height % 2)


def _bytes(plane: NDArray[Any]) -> Plane:
    return np.asarray(np.clip(np.rint(plane), 0, 255), np.uint8)


def fill_sprite(width: int, height: int, colour: str, opacity: float = 1.0) -> Sprite:
    """An even rectangle of one colour."""
    rgba = np.empty((height, width, 4), np.uint8)
    rgba[:] = (*parse_colour(colour), round(opacity * 255))
    return make_sprite(rgba)


@dataclass(frozen=True)
class Pose:
    """Where a sprite is: its left top corner in pixels and parts of pixels, its size and how much of it is seen."""

    x: float
    y: float
    scale: float = 1.0
    opacity: float = 1.0


def lay(canvas: Canvas, sprite: Sprite, pose: Pose, window: Rect | None = None) -> Rect:
    """Draw the sprite, seen only through `window`; gives the region that changed.

    Whole even positions copy pixel for pixel; all others are resampled, so that slow moves do not jump.
    """
    if pose.opacity <= 0.002 or pose.scale <= 0.002:
        return Rect(0, 0, 0, 0)
    inner_height, inner_width = sprite.y.shape
    x, y = pose.x + sprite.left * pose.scale, pose.y + sprite.top * pose.scale
    plain = pose.scale == 1 and x % 2 == 0 and y % 2 == 0
    pad = 0 if plain else 2
    whole = even_rect(
        x - pad, y - pad, x + inner_width * pose.scale + pad, y + inner_height * pose.scale + pad
    )  # fmt: skip
    seen = whole.clip(canvas.rect).clip(window or canvas.rect)
    if seen.empty:
        return Rect(0, 0, 0, 0)
    if plain:
        part = sprite.crop(
            Rect(seen.left - whole.left, seen.top - whole.top, seen.right - whole.left, seen.bottom - whole.top)
        )
    else:
        part = _resample(sprite, Pose(x, y, pose.scale, pose.opacity), seen)
    _blend(canvas, part, seen, pose.opacity)
    return seen


def _resample(sprite: Sprite, pose: Pose, seen: Rect) -> Sprite:
    """The part of the moved sprite that falls on `seen`."""
    x, y = pose.x - seen.left, pose.y - seen.top
    size = (seen.right - seen.left, seen.bottom - seen.top)
    half_size = (size[0] // 2, size[1] // 2)
    if pose.scale == 1:

        def full(plane: Plane) -> Plane:
            return _shift(plane, x, y, size)

        def half(plane: Plane) -> Plane:
            return _shift(plane, x / 2, y / 2, half_size)

    else:
        # A chroma sample stands for a 2 × 2 block: its centre lies half a luma pixel further in.
        off = 0.5 * pose.scale - 0.5

        def full(plane: Plane) -> Plane:
            return _warp(plane, _move(pose.scale, x, y), size)

        def half(plane: Plane) -> Plane:
            return _warp(plane, _move(pose.scale, (x + off) / 2, (y + off) / 2), half_size)

    return Sprite(
        full(sprite.y), half(sprite.u), half(sprite.v), full(sprite.alpha), half(sprite.alpha_half), *size
    )  # fmt: skip


def _warp(plane: Plane, matrix: NDArray[Any], size: tuple[int, int]) -> Plane:
    moved = cv2.warpAffine(plane, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(moved, np.uint8)


def _shift(plane: Plane, x: float, y: float, size: tuple[int, int]) -> Plane:
    """The plane begun at `x`, `y` of a black one of `size`, in parts of a sample.

    The same as warping with a scale of 1, in an eighth of the time, and in any part, not in 32nds.
    """
    left, top = math.floor(x), math.floor(y)
    wide, tall = size[0] + 1, size[1] + 1
    # One row and one column more in front: those of which a part is seen.
    moved = np.zeros((tall, wide), np.uint8)
    rows, columns = _overlap(top + 1, plane.shape[0], tall), _overlap(left + 1, plane.shape[1], wide)
    moved[rows[0], columns[0]] = plane[rows[1], columns[1]]
    moved = _mix(moved[1:], moved[:-1], y - top)
    return _mix(moved[:, 1:], moved[:, :-1], x - left)


def _overlap(start: int, length: int, room: int) -> tuple[slice, slice]:
    """Where something so long, put at `start`, lies in the room, and which part of it that is."""
    first, last = max(start, 0), max(min(start + length, room), start, 0)
    return slice(first, last), slice(first - start, last - start)


def _mix(plane: Plane, other: Plane, part: float) -> Plane:
    return np.asarray(cv2.addWeighted(plane, 1 - part, other, part, 0), np.uint8) if part else plane


def _move(scale: float, x: float, y: float) -> NDArray[Any]:
    return np.array([[scale, 0, x], [0, scale, y]], np.float64)


def _blend(canvas: Canvas, part: Sprite, seen: Rect, opacity: float) -> None:
    full, half = _slices(seen, 1), _slices(seen, 2)
    _over(canvas.y[full], part.y, part.alpha, opacity)
    _over(canvas.u[half], part.u, part.alpha_half, opacity)
    _over(canvas.v[half], part.v, part.alpha_half, opacity)


def _over(target: Plane, source: Plane, alpha: Plane, opacity: float) -> None:
    """target = source · opacity + target · (1 − alpha · opacity), in place."""
    if opacity < 1:
        source = cv2.convertScaleAbs(source, alpha=opacity)  # type: ignore[assignment]
        alpha = cv2.convertScaleAbs(alpha, alpha=opacity)  # type: ignore[assignment]
    rest = cv2.multiply(target, cv2.bitwise_not(alpha), scale=1 / 255)
    cv2.add(rest, source, dst=rest)
    target[:] = rest
