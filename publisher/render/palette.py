"""From an office's two colours to every colour of a page, with enough contrast for each text (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Rgb = tuple[int, int, int]

TEXT = 4.5  # WCAG 2.2, 1.4.3
LARGE = 3.0  # the same for type of 24 px and more that is bold, and 1.4.11 for shapes
SURE = TEXT + 0.15  # of a colour that is made: where a letter covers nearly all of a pixel, some ground comes through
WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (16, 20, 26)
DEEP: Rgb = (0, 0, 0)


def parse_colour(text: str) -> Rgb:
    """`#rrggbb` → (red, green, blue) in 0…255."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def write_colour(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def luminance(colour: Rgb) -> float:
    """Relative luminance, 0…1 (WCAG 2.2)."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio, 1…21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(one: Rgb, other: Rgb, part: float) -> Rgb:
    """`part` of `one` in `other`: 0 is all `other`, 1 all `one`."""
    red, green, blue = (round(a * part + b * (1 - part)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def until_readable(colour: Rgb, ground: Rgb, *, ratio: float) -> Rgb:
    """The colour moved towards black or white, whichever is farther from `ground`, until its contrast is enough."""
    goal = readable_on(ground)
    for step in range(21):
        moved = mix(goal, colour, step / 20)
        if contrast(moved, ground) >= ratio:
            return moved
    return goal


def readable_on(ground: Rgb) -> Rgb:
    """White, a soft black, or black: one of them has 4.5 on any colour, since white to black is 21."""
    for colour in (WHITE, BLACK):
        if contrast(colour, ground) >= TEXT + 0.05:
            return colour
    return max((WHITE, DEEP), key=lambda colour: contrast(colour, ground))


@dataclass(frozen=True)
class Tints:
    """How a theme mixes its paper and tint from the office's colours, as `theme.yaml` says."""

    paper: tuple[str, float]
    tint: tuple[str, float]


def make_palette(primary: str, accent: str, tints: Tints) -> dict[str, str | list[str]]:
    """Every colour a template uses, as `#rrggbb`; `series` are those of a chart's rows of values and
    `series_ink` what can be read on them."""
    base: Mapping[str, Rgb] = {"primary": parse_colour(primary), "accent": parse_colour(accent), "white": WHITE}
    paper, tint = (mix(base[name], WHITE, part) for name, part in (tints.paper, tints.tint))
    band = base["primary"]
    while contrast(WHITE, band) < 6.5:  # white text and a softer white below it both have to read
        band = mix(BLACK, band, 0.06)
    ink = mix(BLACK, band, 0.78)
    strong = until_readable(base["primary"], tint, ratio=SURE)
    second = until_readable(base["accent"], WHITE, ratio=LARGE)
    colours: dict[str, Rgb] = {
        "paper": paper,
        "tint": tint,
        "card": WHITE,
        "stripe": mix(base["primary"], WHITE, 0.05),
        "line": mix(base["primary"], WHITE, 0.22),
        "track": mix(base["primary"], WHITE, 0.13),
        "ink": ink,
        "soft": until_readable(mix(ink, paper, 0.72), paper, ratio=TEXT + 0.6),
        "heading": until_readable(mix(BLACK, strong, 0.25), tint, ratio=SURE),
        "figure": until_readable(strong, WHITE, ratio=SURE),
        "band": band,
        "band_tone": mix(WHITE, band, 0.10),
        "band_ink": WHITE,
        "band_soft": until_readable(mix(WHITE, band, 0.86), mix(WHITE, band, 0.10), ratio=SURE),
        "band_accent": until_readable(base["accent"], band, ratio=SURE),
        "accent": base["accent"],
        "accent_ink": readable_on(base["accent"]),
    }
    series = [strong, second, mix(strong, WHITE, 0.55), mix(second, BLACK, 0.55), mix(BLACK, WHITE, 0.55), strong]
    inks = [readable_on(colour) for colour in series]
    lists = {"series": [write_colour(v) for v in series], "series_ink": [write_colour(v) for v in inks]}
    return {**{k: write_colour(v) for k, v in colours.items()}, **lists}
