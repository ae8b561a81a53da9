"""Draw the marks of the fictional offices: plain geometry, no emblem of any authority. Run after changing a colour."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

UNITS = Path(__file__).resolve().parent.parent / "assets" / "units"
SIZE = 1024  # drawn large, kept at a quarter: smooth edges without a font or a library
NOTE = """The mark in this folder was drawn by tools/draw_marks.py of this project and is dedicated to the public domain
(CC0 1.0). It belongs to a fictional office.
"""


def draw_province(draw: ImageDraw.ImageDraw) -> None:
    """Hills below a rising sun, in a round field."""
    draw.ellipse((16, 16, 1008, 1008), fill="#0b4f8a")
    draw.ellipse((350, 250, 674, 574), fill="#f2a541")
    draw.polygon([(110, 720), (400, 420), (610, 640), (700, 560), (914, 720)], fill="#ffffff")
    draw.polygon([(120, 740), (904, 740), (790, 880), (234, 880)], fill="#bcd6ec")


def draw_commune(draw: ImageDraw.ImageDraw) -> None:
    """Two leaves over a field."""
    draw.rounded_rectangle((16, 16, 1008, 1008), radius=240, fill="#1b6b4a")
    draw.pieslice((250, 170, 770, 690), 90, 180, fill="#ffffff")
    draw.pieslice((254, 170, 774, 690), 0, 90, fill="#e9b44c")
    draw.rectangle((488, 420, 536, 800), fill="#ffffff")
    draw.rounded_rectangle((240, 790, 784, 850), radius=30, fill="#ffffff")


def main() -> None:
    for name, draw_mark in (("tinh-mau", draw_province), ("xa-mau", draw_commune)):
        image = Image.new("RGBA", (SIZE, SIZE), (0, 0, 0, 0))
        draw_mark(ImageDraw.Draw(image))
        image.resize((256, 256), Image.Resampling.LANCZOS).save(UNITS / name / "mark.png", optimize=True)
        (UNITS / name / "LICENSE.txt").write_text(NOTE, encoding="utf-8")


if __name__ == "__main__":
    main()
