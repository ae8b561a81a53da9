"""The picture a designer looks at: every format is on it, and what a theme cannot draw says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from PIL import Image

from publisher.cli.main import main
from publisher.content.load import load_campaigns
from publisher.content.model import Campaign, Chart, Figures, Picture, Questions, Quotation, Steps, Table
from publisher.content.parse import Known
from publisher.errors import RenderError
from publisher.render import clip, infographic, led, poster_formats, theme_sheet
from publisher.render.base import RenderJob
from publisher.render.theme_sheet import INSIDE, MARGIN, Row, draw_theme_sheet, lay_rows
from publisher.units import load_unit
from publisher.workspace import load_workspace

ROOT = Path(__file__).parents[2]
WORKSPACE = load_workspace(ROOT)
UNIT = load_unit(WORKSPACE, "tinh-mau")
FONTS = WORKSPACE.assets / "fonts"
EVERY = [*infographic.FORMATS, *poster_formats.FORMATS, *clip.FORMATS, *led.FORMATS]


def sample() -> Campaign:
    loading = load_campaigns([ROOT / "templates" / "preview" / "sample.md"], WORKSPACE, Known())
    assert loading.problems == ()
    return loading.campaigns[0]


def small_pages(job: RenderJob, kind: str, name: str) -> Iterator[Image.Image]:
    """A page of one colour for each format, but `a3`, which cannot be drawn."""
    if name == "a3":
        raise RenderError("mau.md:3: “Chữ” cannot be read.")
    yield Image.new("RGB", (300, 400), (10, 200, len(name)))


def test_the_sample_has_every_block_and_every_sort_of_chart() -> None:
    blocks = list(sample().blocks())
    for sort in (Figures, Steps, Chart, Table, Quotation, Picture, Questions):
        assert any(isinstance(block, sort) for block in blocks), sort
    assert {block.kind for block in blocks if isinstance(block, Chart)} == {"bars", "grouped", "line", "share"}


def test_every_format_is_on_the_picture_and_one_that_fails_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme_sheet, "draw_pages", small_pages)
    job = RenderJob(sample(), UNIT, WORKSPACE, tmp_path)
    sheet = draw_theme_sheet(job, "youth", tmp_path / "youth.jpg")
    assert sheet.formats == len(EVERY)
    assert sheet.pages == len(EVERY) - 1
    assert sheet.problems == ("poster · a3: mau.md:3: “Chữ” cannot be read.",)
    with Image.open(sheet.path) as image:
        assert image.size == (sheet.width, sheet.height)


def test_no_page_covers_another_or_leaves_the_picture() -> None:
    """Each page has a colour of its own: all of each is found again."""
    rows = [Row(f"{n}", tuple(Image.new("RGB", (290, 90), (n, k, 99)) for k in range(n + 1))) for n in range(12)]
    sheet = lay_rows(rows, "Kiểu", fonts=FONTS)
    found = {colour: count for count, colour in sheet.getcolors(1 << 20) or []}
    for row in rows:
        for page in row.pages:
            assert found[page.getpixel((0, 0))] == 290 * 90
    right = sheet.crop((MARGIN + INSIDE, 0, sheet.width, sheet.height)).getcolors()
    assert right is not None
    assert len(right) == 1


def test_the_command_writes_a_picture_a_theme_and_a_page_that_fetches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(theme_sheet, "draw_pages", small_pages)
    monkeypatch.chdir(ROOT)
    assert main(["preview", "--theme-sheet", "--out", str(tmp_path), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert [sheet["theme"] for sheet in answer["sheets"]] == ["default", "formal", "youth"]
    page = lxml.html.parse(answer["page"]).getroot()
    assert [(tmp_path / src).is_file() for src in page.xpath("//img/@src")] == [True] * 3
    assert all(page.xpath("//img/@alt"))
    assert "cannot be read" in page.text_content()
    assert not page.xpath("//script|//link|//iframe")


def test_a_theme_nobody_made_is_named_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["preview", "--theme-sheet", "xanh"]) == 2
    assert "themes are: default, formal, youth" in capsys.readouterr().err
    assert main(["preview"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["default", "formal", "youth"])
def test_every_theme_draws_every_block_on_every_format(theme: str, tmp_path: Path) -> None:
    job = RenderJob(sample(), UNIT, WORKSPACE, tmp_path)
    sheet = draw_theme_sheet(job, theme, tmp_path / "sheet.jpg")
    assert sheet.problems == ()
    assert sheet.pages > 40
