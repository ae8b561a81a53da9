"""Prints: every word on as many sheets as it takes, boxes and marks for the knife, and a choice for passers-by."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pytest

from publisher.content.model import Campaign
from publisher.render import poster
from publisher.render.base import Artifact, RenderJob
from publisher.render.infographic_plan import Part
from publisher.render.poster_formats import FORMATS, REACH, SLUG_MM
from publisher.render.poster_sheets import plan_sheets
from publisher.render.print_pdf import POINTS_A_MM
from publisher.render.sheet_plan import grids, pack_columns, place_on, place_parts
from publisher.render.theme import load_theme
from tests.unit.test_infographic import LONG, TINY, UNIT, WORKSPACE, campaign_of, sample, words

pytestmark = pytest.mark.slow  # large sheets

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
WHOLE = [name for name, reach in REACH.items() if reach.whole]
SAMPLES = ("khoa-hoc-cong-nghe-18-5.md", "doi-moi-sang-tao-01-10.md", "chuyen-doi-so-10-10.md")


def draw(campaign: Campaign, out: Path, *formats: str) -> list[Artifact]:
    return poster.render(RenderJob(campaign, UNIT, WORKSPACE, out, formats, options={"kicker": "10/10 · Ngày mẫu"}))


def pdf_of(artifacts: list[Artifact]) -> Path:
    (path,) = [artifact.path for artifact in artifacts if artifact.role == "pdf"]
    return path


def shown_words(path: Path) -> list[str]:
    return words(subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode())


@needs_poppler
@pytest.mark.parametrize("name", ["a4", "a1"])
def test_a_crowded_campaign_keeps_every_word_on_as_many_sheets_as_it_takes(name: str, tmp_path: Path) -> None:
    campaign = campaign_of(LONG)
    shown = shown_words(pdf_of(draw(campaign, tmp_path, name)))
    source = words(re.sub(r"[*#|>-]", " ", LONG.split("---", 2)[2]) + campaign.title)
    for word in set(source):
        assert shown.count(word) >= source.count(word), word


@pytest.mark.parametrize("name", list(FORMATS))
def test_the_knife_finds_trim_bleed_and_marks_and_every_font_is_inside(name: str, tmp_path: Path) -> None:
    size = FORMATS[name]
    made = draw(campaign_of(TINY), tmp_path, name)
    with pikepdf.open(pdf_of(made)) as document:
        page = document.pages[0]
        media, trim, bleed = ([float(x) for x in box] for box in (page.mediabox, page.trimbox, page.bleedbox))
        assert trim[2] - trim[0] == pytest.approx(size.width * POINTS_A_MM, abs=0.1)
        assert trim[3] - trim[1] == pytest.approx(size.height * POINTS_A_MM, abs=0.1)
        assert trim[0] - bleed[0] == pytest.approx(3 * POINTS_A_MM, abs=0.1)
        assert media[2] - trim[2] == pytest.approx(SLUG_MM * POINTS_A_MM, abs=0.1)
        for font in page.resources.Font.values():
            (descendant,) = font.DescendantFonts
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())
    (picture,) = [a for a in made if a.role == "image"]
    assert picture.width / picture.height == pytest.approx(size.width / size.height, rel=0.01)
    assert "Tiêu đề" in picture.alt


@pytest.mark.parametrize("campaign", SAMPLES)
def test_a_sample_has_its_place_on_one_sheet_in_type_that_is_read_at_its_distance(
    campaign: str, tmp_path: Path
) -> None:
    job = RenderJob(sample(campaign, "default"), UNIT, WORKSPACE, tmp_path)
    for name in ("a4", "a0", "standee"):
        sheets = plan_sheets(job, load_theme(WORKSPACE, "default"), name)
        assert len(sheets.pages) == 1
        assert sheets.data["unit"] * 24 >= REACH[name].smallest_pt * 0.999


@needs_poppler
@pytest.mark.parametrize("name", ["standee", "banner"])
def test_what_a_passer_by_is_not_shown_is_named_with_its_line(name: str, tmp_path: Path) -> None:
    front, body = LONG.split("Tóm tắt ngắn.")
    campaign = campaign_of(f"{front}Tóm tắt ngắn.{body * 4}")
    made = draw(campaign, tmp_path, name)
    left = next(a.left_out for a in made if a.role == "pdf")
    assert left
    assert all(re.match(r"mau\.md:\d+: no room on the print for “.+”", text) for text in left)
    lines = {block.line for block in campaign.blocks()}
    named = {int(text.split(":")[1]) for text in left}
    shown = " ".join(shown_words(pdf_of(made)))
    assert set(words(campaign.title)) <= set(shown.split())
    assert named <= lines | {1}
    assert len(draw(campaign_of(TINY), tmp_path, name)[0].left_out) <= 1


@needs_poppler
def test_text_that_looks_like_a_program_is_printed_letter_by_letter(tmp_path: Path) -> None:
    text = (
        '# #read("/etc/passwd") và {{ 7*7 }}\n\n\\<script>alert(1)\\</script> =cmd|x\n\n## $x$ *_#*\n\n- **#1** $y$\n'
    )
    for name in ("a4", "banner"):
        path = pdf_of(draw(campaign_of(text), tmp_path, name))
        shown = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode()
        assert "#read(" in shown
        assert "{{ 7*7 }}" in shown.replace("\u00a0", " ")
        assert "<script>alert(1)</script>" in shown


@pytest.mark.parametrize("name", ["a3", "banner"])
def test_two_runs_give_the_same_bytes(name: str, tmp_path: Path) -> None:
    first, second = (draw(campaign_of(LONG), tmp_path / part, name) for part in "ab")
    assert [a.sha256 for a in first] == [a.sha256 for a in second]


@needs_poppler
def test_the_longest_title_fits_a_banner_and_one_word_that_cannot_is_broken_but_whole(tmp_path: Path) -> None:
    long = f"{'Chuyển đổi số toàn diện ' * 12}".strip()
    shown = shown_words(pdf_of(draw(campaign_of(f"# {long}\n\n{'Một tóm tắt rất dài. ' * 20}\n"), tmp_path, "banner")))
    assert shown.count("diện") == 12
    shown = shown_words(pdf_of(draw(campaign_of(f"# {'MƯỜNG' * 59}\n\nTóm tắt.\n"), tmp_path, "banner")))
    assert "mường" * 59 in "".join(shown)


def test_columns_are_evenly_filled() -> None:
    """Ten equal paragraphs in two columns are five and five, not as many as the first one holds."""
    parts = [{"kind": "paragraph", "runs": [{"t": "x"}]} for _ in range(10)]
    assert [len(column) for column in pack_columns(parts, [100.0] * 10, 1000.0, 2)] == [5, 5]
    assert [place for column in pack_columns(parts, [100.0] * 10, 700.0, 2) for place in column] == list(range(10))


def test_two_sheets_are_taken_in_the_largest_type_that_needs_no_third() -> None:
    parts = [{"kind": "paragraph", "runs": [{"t": "x"}]} for _ in range(24)]

    def measure(some: Sequence[Part], width: float) -> list[float]:
        return [900.0 * 400 / width for _ in some]

    choices = list(grids(1.414, largest=1080.0, smallest=2000.0))
    told = {"choices": choices, "measure": measure, "title_units": 60}
    placed = place_parts(parts, {"kind": "hero"}, {"kind": "contact"}, **told)  # type: ignore[arg-type]
    counts = [len(place_on(parts, {}, {}, grid=grid, measure=measure, title_units=60).sheets) for grid in choices]
    assert len(placed.sheets) == min(counts) > 1
    assert placed.grid == choices[counts.index(min(counts))]
    assert placed.grid != choices[-1]
