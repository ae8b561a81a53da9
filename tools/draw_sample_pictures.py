"""Draw the pictures of the sample campaigns: plain shapes, no photograph, no person that exists."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

CAMPAIGNS = Path(__file__).resolve().parent.parent / "campaigns"
WIDTH, HEIGHT = 1600, 1100
NOTE = """The pictures in this folder were drawn by tools/draw_sample_pictures.py of this project and are dedicated to
the public domain (CC0 1.0).
"""


def draw_ideas(draw: ImageDraw.ImageDraw) -> None:
    """Three people around a table, a lamp above them."""
    for band in range(HEIGHT):
        part = band / HEIGHT
        draw.line((0, band, WIDTH, band), fill=(int(232 - 22 * part), int(241 - 18 * part), int(249 - 10 * part)))
    for angle, box in enumerate(((440, 60, 1160, 780), (520, 140, 1080, 700))):
        draw.ellipse(box, fill=("#fbe7c4", "#fdd998")[angle])
    draw.ellipse((650, 170, 950, 470), fill="#f2a541")
    draw.rounded_rectangle((730, 440, 870, 540), radius=26, fill="#0b4f8a")
    for y in (470, 500):
        draw.line((736, y, 864, y), fill="#ffffff", width=6)
    people = ((330, "#0b4f8a", "#d9a679"), (800, "#1b6b4a", "#b97c52"), (1270, "#b3541e", "#e0b48c"))
    for x, shirt, skin in people:
        draw.rounded_rectangle((x - 150, 760, x + 150, 1100), radius=130, fill=shirt)
        draw.ellipse((x - 92, 590, x + 92, 774), fill=skin)
        draw.pieslice((x - 98, 572, x + 98, 740), 180, 360, fill="#2a2320")
    draw.rounded_rectangle((150, 930, 1450, 1000), radius=30, fill="#7a4a22")
    draw.rectangle((150, 990, 1450, HEIGHT), fill="#8d5a2c")
    for x, tilt in ((520, -14), (1010, 12)):
        draw.polygon([(x, 920), (x + 150, 920 + tilt), (x + 180, 945), (x + 20, 950)], fill="#ffffff")


def main() -> None:
    image = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    draw_ideas(ImageDraw.Draw(image))
    image.save(CAMPAIGNS / "y-tuong.png", optimize=True)
    (CAMPAIGNS / "LICENSE.txt").write_text(NOTE, encoding="utf-8")


if __name__ == "__main__":
    main()
