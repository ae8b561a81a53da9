"""A word that no column of its table holds is told by `check`, at its line, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from publisher.content.model import Campaign
from publisher.content.parse import Known, parse_campaign
from publisher.errors import RenderError
from publisher.render import infographic
from publisher.render.base import RenderJob
from publisher.render.table_words import find_wide_words
from publisher.units import load_unit
from publisher.workspace import load_workspace

ROOT = Path(__file__).parents[2]
WORKSPACE = load_workspace(ROOT)
FONTS = WORKSPACE.assets / "fonts" / "be-vietnam-pro"
LONG = "motdiachikhongcodauchamnaodaibangnay"
TABLE = "# Tiêu đề\n\nTóm tắt.\n\n## Bảng\n\n| Việc | Nơi làm | {} |\n|---|---|---|\n| Nộp hồ sơ | {} | 2 ngày |\n"


def campaign(heading: str, cell: str) -> Campaign:
    made, problems = parse_campaign(TABLE.format(heading, cell), path="mau.md", known=Known())
    assert made is not None, problems
    return made


@pytest.mark.parametrize(
    ("heading", "cell", "line"),
    [("Hạn", f"{LONG} {LONG}{LONG}", 9), (f"{LONG}{LONG}", LONG, 7)],
    ids=["cell", "heading"],
)
def test_a_word_wider_than_its_column_is_told_at_its_line_and_refused(
    heading: str, cell: str, line: int, tmp_path: Path
) -> None:
    made = campaign(heading, cell)
    told = find_wide_words(made, FONTS)
    assert line in {problem.line for problem in told}
    assert all("wider than its column" in problem.message and problem.level == "error" for problem in told)
    with pytest.raises(RenderError):
        infographic.render(RenderJob(made, load_unit(WORKSPACE, "tinh-mau"), WORKSPACE, tmp_path, ("feed",)))


@pytest.mark.parametrize("cell", [LONG, "truyenthong.tinhmau.example/chuyen-muc/doi-moi", "Ủy ban nhân dân xã Mẫu"])
def test_a_word_that_has_its_room_or_may_be_broken_is_drawn(cell: str, tmp_path: Path) -> None:
    made = campaign("Hạn", cell)
    assert find_wide_words(made, FONTS) == []
    infographic.render(RenderJob(made, load_unit(WORKSPACE, "tinh-mau"), WORKSPACE, tmp_path, ("feed",)))


def test_what_is_not_drawn_may_have_any_word() -> None:
    assert find_wide_words(replace(campaign("Hạn", LONG * 3), outputs=("article",)), FONTS) == []
