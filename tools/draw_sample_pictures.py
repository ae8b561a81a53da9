"""Draw the pictures of the sample campaigns: plain shapes, no photograph, no person that exists."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

CAMPAIGNS = Path(__file__).resolve().parent.parent / "campaigns"
WIDTH, HEIGHT = 1600, 1100
FINE = 3  # drawn three times as large, then made smaller: Pillow's own edges are jagged
NOTE = """The pictures in this folder were drawn by tools/draw_sample_pictures.py of this project and are dedicated to
the public domain (CC0 1.0).
"""
NAVY, GREEN, BRICK, GOLD, INK = "#0b4f8a", "#1b6b4a", "#b3541e", "#f2a541", "#2a2320"
Box = tuple[float, float, float, float]


class Pencil:
    """Draws in the picture's own pixels on the larger canvas."""

    def __init__(self, image: Image.Image) -> None:
        self.draw = ImageDraw.Draw(image)

    def oval(self, box: Box, fill: str) -> None:
        self.draw.ellipse([v * FINE for v in box], fill=fill)

    def bar(self, box: Box, fill: str, *, radius: float = 0) -> None:
        self.draw.rounded_rectangle([v * FINE for v in box], radius=radius * FINE, fill=fill)

    def slice(self, box: Box, start: float, end: float, *, fill: str) -> None:
        self.draw.pieslice([v * FINE for v in box], start, end, fill=fill)

    def arc(self, box: Box, start: float, end: float, *, fill: str, width: float) -> None:
        self.draw.arc([v * FINE for v in box], start, end, fill=fill, width=round(width * FINE))

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        self.draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=fill)

    def stroke(self, points: list[tuple[float, float]], fill: str, *, width: float) -> None:
        """A line with round ends and corners."""
        self.draw.line([(x * FINE, y * FINE) for x, y in points], fill=fill, width=round(width * FINE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.oval((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill)

    def sky(self, top: tuple[int, int, int], foot: tuple[int, int, int]) -> None:
        for band in range(HEIGHT):
            part = band / HEIGHT
            tint = tuple(round(a + (b - a) * part) for a, b in zip(top, foot, strict=True))
            self.draw.rectangle((0, band * FINE, WIDTH * FINE, (band + 1) * FINE), fill=tint)


def draw_ideas(pencil: Pencil) -> None:
    """Three people around a table, a lamp above them."""
    pencil.sky((236, 244, 251), (208, 222, 238))
    draw_lamp(pencil, 800, 290)
    people = ((350, NAVY, "#dba77c", "short"), (800, GREEN, "#b97c52", "hat"), (1250, BRICK, "#e2b68f", "long"))
    for x, shirt, skin, hair in people:
        draw_person(pencil, x, shirt=shirt, skin=skin, hair=hair)
    pencil.bar((120, 940, 1480, 1000), "#7a4a22", radius=24)
    pencil.bar((170, 990, 1430, HEIGHT), "#8d5a2c")
    for x, tilt in ((500, -10), (1010, 10)):
        pencil.shape([(x, 926), (x + 150, 926 + tilt), (x + 178, 952), (x + 22, 956)], "#ffffff")
        for row in range(2):
            y = 934 + 9 * row + tilt / 3
            pencil.stroke([(x + 34, y), (x + 128, y + tilt / 3)], "#b9c7d6", width=3)
    pencil.bar((735, 868, 865, 948), "#dfe6ee", radius=10)
    pencil.bar((715, 942, 885, 956), "#c3cedb", radius=7)


def draw_lamp(pencil: Pencil, x: float, y: float) -> None:
    for radius, tint in ((235, "#fcefd6"), (192, "#fde3b4")):
        pencil.oval((x - radius, y - radius, x + radius, y + radius), tint)
    for turn in range(-4, 5):
        angle = math.radians(turn * 28 - 90)
        near, far = 214, 246 if turn % 2 else 266
        ends = [(x + r * math.cos(angle), y + r * math.sin(angle)) for r in (near, far)]
        pencil.stroke(ends, GOLD, width=13)
    pencil.oval((x - 140, y - 165, x + 140, y + 115), GOLD)
    pencil.shape([(x - 92, y + 60), (x + 92, y + 60), (x + 62, y + 150), (x - 62, y + 150)], GOLD)
    pencil.arc((x - 104, y - 130, x + 60, y + 34), 165, 250, fill="#fbd9a0", width=15)
    pencil.stroke(
        [(x - 45, y + 10), (x - 20, y + 70), (x, y + 20), (x + 20, y + 70), (x + 45, y + 10)], "#fff6e4", width=9
    )
    pencil.bar((x - 66, y + 148, x + 66, y + 232), NAVY, radius=22)
    for row in (172, 202):
        pencil.stroke([(x - 56, y + row), (x + 56, y + row)], "#ffffff", width=7)


def draw_person(pencil: Pencil, x: float, *, shirt: str, skin: str, hair: str) -> None:
    if hair == "long":
        pencil.bar((x - 104, 640, x + 104, 862), INK, radius=90)
    pencil.bar((x - 165, 812, x + 165, 1140), shirt, radius=120)
    pencil.bar((x - 34, 770, x + 34, 850), skin, radius=30)
    pencil.slice((x - 62, 780, x + 62, 868), 0, 180, fill=skin)
    pencil.oval((x - 88, 622, x + 88, 806), skin)
    if hair == "hat":
        pencil.shape([(x - 176, 690), (x, 556), (x + 176, 690)], "#ead9a8")
        pencil.slice((x - 176, 668, x + 176, 712), 0, 180, fill="#d9c48a")
    else:
        pencil.slice((x - 94, 606, x + 94, 770), 180, 360, fill=INK)
    for side in (-1, 1):
        pencil.oval((x + side * 34 - 8, 712, x + side * 34 + 8, 728), INK)
    pencil.arc((x - 32, 728, x + 32, 776), 25, 155, fill="#8a4b35", width=6)


def draw_seedlings(pencil: Pencil) -> None:
    """Three pots with plants of growing height, a magnifying glass over the middle one."""
    pencil.sky((240, 247, 238), (214, 232, 214))
    pencil.oval((250, 90, 510, 350), "#fde3b4")
    pencil.oval((290, 130, 470, 310), GOLD)
    pencil.slice((-300, 700, 1100, 1500), 180, 360, fill="#c3dcc1")
    pencil.slice((600, 740, 2000, 1540), 180, 360, fill="#b2d1b1")
    pencil.bar((0, 930, WIDTH, HEIGHT), "#8d5a2c")
    pencil.bar((0, 930, WIDTH, 956), "#7a4a22")
    for x, tall in ((340, 180), (780, 330), (1230, 480)):
        draw_plant(pencil, x, tall)
    draw_glass(pencil, 800, 470)


def draw_plant(pencil: Pencil, x: float, tall: float) -> None:
    top = 740 - tall
    pencil.stroke([(x, 760), (x, top)], GREEN, width=15)
    for step in range(int(tall // 110)):
        y = 700 - step * 110
        for side in (-1, 1):
            draw_leaf(pencil, x, y - 30 * (side > 0), side=side, long=120 - 9 * step)
    draw_leaf(pencil, x, top + 12, side=0, long=96)
    pencil.shape([(x - 118, 752), (x + 118, 752), (x + 88, 936), (x - 88, 936)], BRICK)
    pencil.bar((x - 132, 724, x + 132, 776), "#c96a33", radius=16)


def draw_leaf(pencil: Pencil, x: float, y: float, *, side: int, long: float) -> None:
    """A leaf from its stem: to the left (-1), upright (0) or to the right (1)."""
    lean = math.radians(-90 + side * 52)
    points = []
    for part in range(41):
        along = part / 20 if part <= 20 else (40 - part) / 20
        wide = 0.3 * long * math.sin(math.pi * along) * (1 if part <= 20 else -1)
        points.append(
            (
                x + along * long * math.cos(lean) - wide * math.sin(lean),
                y + along * long * math.sin(lean) + wide * math.cos(lean),
            )
        )
    pencil.shape(points, "#2f8f5f" if side else "#45a873")


def draw_glass(pencil: Pencil, x: float, y: float) -> None:
    pencil.stroke([(x + 118, y + 118), (x + 238, y + 238)], NAVY, width=42)
    pencil.arc((x - 170, y - 170, x + 170, y + 170), 0, 360, fill=NAVY, width=30)
    pencil.arc((x - 118, y - 118, x + 118, y + 118), 195, 255, fill="#ffffff", width=13)


PICTURES: dict[str, Callable[[Pencil], None]] = {"y-tuong.png": draw_ideas, "vuon-uom.png": draw_seedlings}


def main() -> None:
    for name, draw in PICTURES.items():
        image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), "#ffffff")
        draw(Pencil(image))
        image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(CAMPAIGNS / name, optimize=True)
    (CAMPAIGNS / "LICENSE.txt").write_text(NOTE, encoding="utf-8")


if __name__ == "__main__":
    main()
