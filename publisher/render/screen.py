"""Screens: where a clip of a size may put words, how large they are, and how much one screen holds."""

from __future__ import annotations

from dataclasses import dataclass

from publisher.render.scenes import Room

LEAST_TEXT = 40
"""Smallest type in pixels on a screen 1080 wide: smaller cannot be read on a phone held at arm's length."""


@dataclass(frozen=True)
class Screen:
    """A frame and its safe region in pixels; everything else of it may be covered by an app's own buttons.

    `unit` is one 1080th of the shorter side. On a broad screen the heading stands left of the items.
    """

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    unit: float
    broad: bool = False

    @property
    def inner(self) -> int:
        return self.right - self.left

    @property
    def heading_width(self) -> int:
        return int(self.inner * 0.36) if self.broad else self.inner

    @property
    def items_left(self) -> int:
        return self.right - self.items_width if self.broad else self.left

    @property
    def items_width(self) -> int:
        return int(self.inner * 0.58) if self.broad else self.inner

    def px(self, at_1080: float) -> float:
        """A length given for a screen whose shorter side has 1080 pixels."""
        return at_1080 * self.unit

    @property
    def room(self) -> Room:
        """What fits under a heading in body type: lines of 66, letters of 24 pixels at 1080."""
        heading = 0 if self.broad else self.px(200)
        lines = int((self.bottom - self.top - heading) / self.px(66))
        return Room(max(int(self.items_width / self.px(24)) - 4, 8), max(lines, 3))


def make_screen(width: int, height: int) -> Screen:
    """The safe region of a size: on tall screens clear of what Reels lays over, 220 above and 320 below of 1920."""
    unit = min(width, height) / 1080
    side = width / height
    if side < 0.7:
        margin, top, bottom = 0.074 * width, 0.122 * height, 0.175 * height
    elif side < 1.4:
        margin, top, bottom = 0.074 * width, 0.07 * height, 0.115 * height
    else:
        margin, top, bottom = 0.07 * width, 0.085 * height, 0.13 * height
    return Screen(
        width,
        height,
        _even(margin),
        _even(width - margin),
        _even(top),
        _even(height - bottom),
        unit,
        broad=side >= 1.4,
    )


def _even(value: float) -> int:
    return int(value) // 2 * 2
