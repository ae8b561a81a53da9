"""Charts of infographics: as long as what they stand for on a phone, and told without colours too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from publisher.render import infographic
from publisher.render.base import RenderJob
from publisher.render.infographic_layout import lay_out
from publisher.render.infographic_pairs import texts_of
from publisher.render.legibility import open_png
from publisher.render.theme import load_theme
from publisher.render.typesetting import Source, set_png
from tests.unit.test_infographic import FONTS, THEMES, UNIT, WORKSPACE, campaign_of

PHONE = 360
HEAD = "# Mẫu\n\nTóm tắt.\n\n## Biểu đồ\n\n"
BARS = HEAD + "| Nơi | Hồ sơ |\n|---|---:|\n| Xã A | 100 |\n| Xã B | 50 |\n| Xã C | 25 |\n| Xã D | 10 |\n"
GROUPED = HEAD + "| Nơi | Nam | Nữ |\n|---|---:|---:|\n| Xã A | 100 | 50 |\n| Xã B | 25 | 8 |\n"
SHARE = HEAD + "| Nguồn | Tỷ lệ |\n|---|---:|\n| Tỉnh | 50% |\n| Xã | 30% |\n| Dân | 20% |\n"
LINES = HEAD + "| Năm | Nam | Nữ |\n|---|---:|---:|\n| 2023 | 10 | 30 |\n| 2024 | 15 | 50 |\n| 2025 | 12 | 90 |\n"


def laid_out(text: str, theme: str, name: str, layout: str) -> tuple[Source, dict[str, Any], dict[str, Any]]:
    """The templates, the data of the page with the chart alone, and the chart."""
    job = RenderJob(campaign_of(text, theme), UNIT, WORKSPACE, Path(), (name,))
    made = lay_out(job, load_theme(WORKSPACE, theme), infographic.FORMATS[name])
    for page in made.pages:
        for part in charts(page["parts"]):
            assert part["layout"] == layout
            return made.source, {**made.data, "pages": [page]}, part
    raise AssertionError("no page has a chart")


def charts(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        if part["kind"] == "chart":
            yield part
        for column in part.get("columns", []) if part["kind"] == "pair" else []:
            yield from charts(column["parts"])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["feed", "square", "story"])
@pytest.mark.parametrize(
    ("text", "layout", "shares"), [(BARS, "bars", (1, 0.5, 0.25, 0.1)), (GROUPED, "grouped", (1, 0.5, 0.25, 0.08))]
)
def test_on_a_phone_bars_are_as_long_as_their_values_and_thick_enough_to_see(
    text: str, layout: str, shares: tuple[float, ...], name: str, theme: str
) -> None:
    source, data, _ = laid_out(text, theme, name, layout)
    loud = {**data["colours"], "series": ["#ff00ff"] * 6}  # a colour nothing else on the page has
    (png,) = set_png(source, {**data, "colours": loud}, fonts=FONTS)
    page = open_png(png)
    small = cv2.resize(page, (PHONE, round(page.shape[0] * PHONE / page.shape[1])), interpolation=cv2.INTER_AREA)
    across = (np.abs(small.astype(int) - (255, 0, 255)).max(axis=2) < 24).sum(axis=1)
    bars = [run for run in np.split(across, np.flatnonzero(np.diff(across != 0)) + 1) if run[0]]
    lengths = [int(run.max()) for run in bars]
    assert [round(length / lengths[0], 2) for length in lengths] == pytest.approx(shares, abs=0.02)
    assert min(len(run) for run in bars) >= 6


@pytest.mark.parametrize("name", ["feed", "story"])
def test_lines_are_told_apart_without_colours(name: str) -> None:
    """In one colour and without words, exchanging two series must change the drawing."""
    source, data, chart = laid_out(LINES, "default", name, "line")
    one_colour = {**data["colours"], "series": ["#000000"] * 6, "figure": "#000000", "ink": "#000000"}

    def drawn() -> np.ndarray:
        (png,) = set_png(source, {**data, "colours": one_colour, "drawn_as": "ghost"}, fonts=FONTS)
        return open_png(png)

    before = drawn()
    assert np.array_equal(before, drawn())
    for row in chart["rows"]:
        row["values"].reverse()
    assert np.count_nonzero((before != drawn()).any(axis=2)) > 400


def test_more_lines_than_have_room_for_their_numbers_are_bars() -> None:
    laid_out(LINES, "default", "link", "grouped")
    three = LINES.replace("| Nữ |", "| Nữ | Chung |").replace("---:|\n", "---:|---:|\n", 1)
    three = three.replace("| 30 |", "| 30 | 20 |").replace("| 50 |", "| 50 | 31 |").replace("| 90 |", "| 90 | 50 |")
    laid_out(three, "default", "feed", "grouped")


def test_bars_of_a_group_and_parts_of_a_whole_carry_their_names() -> None:
    _, _, grouped = laid_out(GROUPED, "default", "feed", "grouped")
    assert grouped["series"] == ["Nam", "Nữ"]
    assert all(len(row["values"]) == 2 and all(value["text"] for value in row["values"]) for row in grouped["rows"])
    _, _, share = laid_out(SHARE, "default", "feed", "share")
    told = list(texts_of(share["rows"], "rows"))
    assert told == ["Tỉnh", "50%", "Xã", "30%", "Dân", "20%"]  # in the order the bar has them, from the left
