"""A chart of an article as a PNG: bars, grouped bars or a line, every label and every number written out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from publisher.content.model import Chart, Number
from publisher.errors import RenderError
from publisher.render.contrast import SHAPE, TEXT, darken
from publisher.render.sentences import clean
from publisher.units import Unit

WIDTH_PX = 1600
MARGIN = 48
PLOT_PX = 620
TYPE_PX = 44  # 22 px in a column of 800; on a phone the table under the chart is what is read
LEADING = 1.5  # Be Vietnam Pro's marks need 1.43 to 1.47 times the type size
INK = "#1c2530"
QUIET = "#4a5563"
PAPER = "#ffffff"

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class _Pen:
    """Fonts and colours of one chart, and the picture they are put on."""

    draw: ImageDraw.ImageDraw
    regular: Font
    bold: Font
    colours: tuple[str, ...]

    def text(self, x: float, y: float, text: str, *, font: Font, anchor: str = "la", fill: str = INK) -> None:
        self.draw.text((x, y), text, font=font, anchor=anchor, fill=fill)


def draw_chart(chart: Chart, unit: Unit, *, fonts: Path) -> tuple[bytes, int, int]:
    """PNG bytes, width and height in pixels. Raises RenderError when the font is missing."""
    regular = _font(fonts, "400Regular")
    bold = _font(fonts, "700Bold")
    series = _colours(unit, max(1, len(chart.header) - 1))
    layout = _lay_line if chart.kind == "line" and len(chart.labels) > 1 else _lay_bars
    probe = _Pen(ImageDraw.Draw(Image.new("RGB", (1, 1))), regular, bold, series)
    height = layout(chart, probe)
    picture = Image.new("RGB", (WIDTH_PX, height), PAPER)
    layout(chart, _Pen(ImageDraw.Draw(picture), regular, bold, series))
    stream = io.BytesIO()
    picture.quantize(64, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
    return stream.getvalue(), WIDTH_PX, height


def _font(fonts: Path, weight: str) -> Font:
    path = fonts / "be-vietnam-pro" / f"BeVietnamPro_{weight}.ttf"
    try:
        # BASIC layout does not depend on a library of the system; all text is NFC, for which both give the same.
        return ImageFont.truetype(str(path), TYPE_PX, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise RenderError(
            f"assets/fonts/be-vietnam-pro/{path.name}: cannot be read as a font. Put the shipped file there again."
        ) from error


def _colours(unit: Unit, count: int) -> tuple[str, ...]:
    base = (unit.primary, unit.accent, "#5b6b7c", "#2a9d8f", "#8e5ea2", "#b3541e")
    return tuple(darken(base[i % len(base)], ratio=SHAPE) for i in range(count))


def wrap(text: str, font: Font, width: float) -> list[str]:
    """Lines no wider than `width`; a word that is wider by itself is broken at a letter, never clipped."""
    lines: list[str] = []
    current = ""
    for word in clean(text).split(" "):
        longer = f"{current} {word}".strip()
        if font.getlength(longer) <= width:
            current = longer
            continue
        if current:
            lines.append(current)
        current = word
        while font.getlength(current) > width:
            fits = _letters_within(current, font, width)
            lines.append(current[:fits])
            current = current[fits:]
            if not current:
                break
    return [*lines, current] if current or not lines else lines


def _letters_within(word: str, font: Font, width: float) -> int:
    """How many letters of `word` are no wider than `width`, at least one."""
    low, high = 1, min(len(word), 1 + int(width / 8))  # no letter of this size is narrower than 8 px
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(word[:middle]) <= width else (low, middle - 1)
    return low


def _lay_legend(chart: Chart, pen: _Pen, y: float) -> float:
    """The names of the columns, with their colours when there are several; gives the y below."""
    line = TYPE_PX * LEADING
    names = [cell.plain for cell in chart.header[1:]]
    for index, name in enumerate(names):
        left: float = MARGIN
        if len(names) > 1:
            pen.draw.rectangle((left, y + 16, left + 34, y + 50), fill=pen.colours[index])
            left += 52
        for part in wrap(name, pen.bold, WIDTH_PX - MARGIN - left):
            pen.text(left, y, part, font=pen.bold)
            y += line
    return y + 16


def _lay_bars(chart: Chart, pen: _Pen) -> int:
    """Each row: its label, below it one bar a column with the number at its end."""
    line, bar = TYPE_PX * LEADING, 52
    y = _lay_legend(chart, pen, MARGIN)
    widest = max([pen.bold.getlength(n.written) for row in chart.values for n in row if n] or [0.0])
    room = WIDTH_PX - 2 * MARGIN - min(widest + 24, 600)
    top = max([abs(float(n.value)) for row in chart.values for n in row if n] or [1.0]) or 1.0
    for label, row in zip(chart.labels, chart.values, strict=True):
        for part in wrap(label.plain, pen.regular, WIDTH_PX - 2 * MARGIN):
            pen.text(MARGIN, y, part, font=pen.regular)
            y += line
        for index, number in enumerate(row):
            y = _bar(pen, number, (y, bar), room=room * _share(number, top), colour=pen.colours[index])
        y += 22
    return int(y + MARGIN - 22)


def _share(number: Number | None, top: float) -> float:
    return abs(float(number.value)) / top if number else 0.0


def _bar(pen: _Pen, number: Number | None, place: tuple[float, int], *, room: float, colour: str) -> float:
    y, height = place
    pen.draw.line((MARGIN, y, MARGIN, y + height), fill=QUIET, width=3)
    if number and room >= 1:
        pen.draw.rectangle((MARGIN, y + 2, MARGIN + max(room, 6), y + height - 2), fill=colour)
    words = number.written if number else "chưa có số liệu"
    font = pen.bold if number else pen.regular
    parts = wrap(words, font, WIDTH_PX - 2 * MARGIN - room - 20)
    for part in parts:
        pen.text(MARGIN + room + 20, y + height / 2, part, font=font, anchor="lm", fill=INK if number else QUIET)
        y += height
    return y + 8


def _lay_line(chart: Chart, pen: _Pen) -> int:
    """Points over time joined by lines, the numbers beside the points, the times below."""
    y = _lay_legend(chart, pen, MARGIN) + TYPE_PX * 2
    pitch = (WIDTH_PX - 2 * MARGIN) / len(chart.labels)
    columns = range(len(chart.header) - 1)
    numbers = [float(n.value) for row in chart.values for n in row if n]
    low, top = min([0.0, *numbers]), max([0.0, *numbers])

    def scale(value: float) -> float:
        return y + PLOT_PX - (value - low) / ((top - low) or 1.0) * PLOT_PX

    pen.draw.line((MARGIN, scale(0), WIDTH_PX - MARGIN, scale(0)), fill=QUIET, width=3)
    series = [
        [
            (MARGIN + pitch * (i + 0.5), scale(float(number.value)), number.written)
            for i, row in enumerate(chart.values)
            if (number := row[column] if column < len(row) else None) is not None
        ]
        for column in columns
    ]
    for points, colour in zip(series, pen.colours, strict=False):
        pen.draw.line([(x, y) for x, y, _ in points], fill=colour, width=7, joint="curve")
    marks = [(x, y, words, colour) for line, colour in zip(series, pen.colours, strict=False) for x, y, words in line]
    for x, y_point, _, colour in marks:
        pen.draw.ellipse((x - 12, y_point - 12, x + 12, y_point + 12), fill=colour, outline=PAPER, width=3)
    _write_numbers(pen, marks, pitch=pitch)
    return int(_times(chart, pen, y + PLOT_PX + 72, pitch) + MARGIN)


Box = tuple[float, float, float, float]
Mark = tuple[float, float, str, str]
"""A point of a line: x, y, its number as written, its colour."""


def place_numbers(marks: Sequence[Mark], font: Font, *, pitch: float) -> list[tuple[Box, Mark]]:
    """A box for each number above its point, or below it, or further off, wherever it touches nothing.

    A number with no such place is left to the table that follows every chart.
    """
    taken: list[Box] = [(x - 14, y - 14, x + 14, y + 14) for x, y, _, _ in marks]
    placed: list[tuple[Box, Mark]] = []
    for mark in sorted(marks, key=lambda point: point[1]):
        x, y, words, _ = mark
        width = font.getlength(words)
        for shift in (-48, 50, -102, 104):
            box = (x - width / 2, y + shift - 26, x + width / 2, y + shift + 26)
            if width <= pitch and not any(_touch(box, other) for other in taken):
                taken.append(box)
                placed.append((box, mark))
                break
    return placed


def _write_numbers(pen: _Pen, marks: Sequence[Mark], *, pitch: float) -> None:
    for box, (x, _, words, colour) in place_numbers(marks, pen.bold, pitch=pitch):
        at, fill = (x, (box[1] + box[3]) / 2), darken(colour, ratio=TEXT)
        pen.draw.text(at, words, font=pen.bold, anchor="mm", fill=fill, stroke_width=5, stroke_fill=PAPER)


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _times(chart: Chart, pen: _Pen, y: float, pitch: float) -> float:
    bottom = y
    for index, label in enumerate(chart.labels):
        below = y
        for part in wrap(label.plain, pen.regular, pitch - 12):
            pen.text(MARGIN + pitch * (index + 0.5), below, part, font=pen.regular, anchor="ma")
            below += TYPE_PX * LEADING
        bottom = max(bottom, below)
    return bottom
