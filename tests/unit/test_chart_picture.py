"""Charts of the article: no word outside the picture, no two numbers on each other."""

from __future__ import annotations

import io

import pytest
from article_sample import REPOSITORY, number, office, text
from PIL import Image, ImageFont

from publisher.content.model import Chart
from publisher.render.chart_picture import draw_chart, place_numbers, wrap
from publisher.render.contrast import SHAPE, TEXT, contrast_with_white, darken

FONTS = REPOSITORY / "assets" / "fonts"
LONG = "Xã vùng cao có một cái tên dài đến mức phải xuống nhiều dòng trong biểu đồ mà không được mất chữ nào " * 2


def chart(kind: str, rows: int, columns: int, label: str = "Mục") -> Chart:
    header = (text("Năm"), *(text(f"Cột {c} {label}") for c in range(columns)))
    values = tuple(tuple(number(f"{r * 7 + c},5%", f"{r * 7 + c}.5") for c in range(columns)) for r in range(rows))
    return Chart(kind, header, tuple(text(f"{label} {r}") for r in range(rows)), values, "%", 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["bars", "grouped", "line"])
@pytest.mark.parametrize(
    ("rows", "columns", "label"), [(1, 1, "Mục"), (2, 2, LONG), (12, 3, "Mục"), (7, 3, "Dài" * 40)]
)
def test_nothing_is_drawn_at_the_edge(kind: str, rows: int, columns: int, label: str) -> None:
    data, width, height = draw_chart(chart(kind, rows, columns, label), office(), fonts=FONTS)
    picture = Image.open(io.BytesIO(data)).convert("L")
    assert picture.size == (width, height)
    for box in ((0, 0, width, 8), (0, height - 8, width, height), (0, 0, 8, height), (width - 8, 0, width, height)):
        assert picture.crop(box).getextrema()[0] > 240


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert draw_chart(chart("line", 5, 2), office(), fonts=FONTS) == draw_chart(
        chart("line", 5, 2), office(), fonts=FONTS
    )


def test_no_number_lies_on_another_or_on_a_point() -> None:
    """Three lines that run close together."""
    font = ImageFont.truetype(str(FONTS / "be-vietnam-pro" / "BeVietnamPro_700Bold.ttf"), 44)
    marks = [(200.0 * n, 300.0 + 15 * line, f"{n}{line},5%", "#0b4f8a") for n in range(4) for line in range(3)]
    boxes = [box for box, _ in place_numbers(marks, font, pitch=200)]
    points = [(x - 12, y - 12, x + 12, y + 12) for x, y, _, _ in marks]
    assert len(boxes) >= 8
    for index, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[index + 1 :] + points:
            assert left >= other[2] or other[0] >= right or top >= other[3] or other[1] >= bottom


def test_a_word_wider_than_the_line_is_broken_and_no_letter_is_lost() -> None:
    font = ImageFont.truetype(str(FONTS / "be-vietnam-pro" / "BeVietnamPro_400Regular.ttf"), 40)
    lines = wrap("ngắn " + "dàidằngdặc" * 20 + " cuối", font, 300)
    assert "".join(lines).replace(" ", "") == "ngắn" + "dàidằngdặc" * 20 + "cuối"
    assert all(font.getlength(line) <= 300 for line in lines)


@pytest.mark.parametrize("colour", ["#ffffff", "#f2a541", "#ffde00", "#0b4f8a", "#000000"])
def test_colours_are_darkened_until_they_can_be_told_from_paper(colour: str) -> None:
    for ratio in (TEXT, SHAPE):
        shown = darken(colour, ratio=ratio)
        assert contrast_with_white([int(shown[i : i + 2], 16) for i in (1, 3, 5)]) >= ratio
    assert darken("#0b4f8a", ratio=TEXT) == "#0b4f8a"
