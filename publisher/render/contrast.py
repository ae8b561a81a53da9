"""Colours that can be told from white paper (WCAG 2: 4.5 to 1 for text, 3 to 1 for shapes)."""

from __future__ import annotations

TEXT, SHAPE = 4.6, 3.1  # a little over the least, so that rounding cannot fall under it


def darken(colour: str, *, ratio: float) -> str:
    """`#rrggbb` made darker until its contrast with white is at least `ratio`; unchanged when it already is."""
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    while contrast_with_white(channels) < ratio:
        channels = [int(channel * 0.94) for channel in channels]
    return "#{:02x}{:02x}{:02x}".format(*channels)


def contrast_with_white(channels: list[int]) -> float:
    """Contrast of a colour (red, green, blue in 0…255) with white, from 1 to 21."""
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
