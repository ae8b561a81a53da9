"""Every text of an infographic is judged on the pixels that were drawn: contrast, size, hidden, cut."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from publisher.content.model import Campaign
from publisher.content.parse import Known, parse_campaign
from publisher.errors import RenderError
from publisher.render import infographic
from publisher.render.base import RenderJob
from publisher.render.legibility import SMALLEST, Text, contrasts, find_flaws, open_png, read_texts
from publisher.render.palette import contrast, parse_colour
from publisher.render.theme import load_theme
from publisher.render.typesetting import query, set_png
from publisher.units import load_unit
from publisher.workspace import Workspace, load_workspace

ROOT = Path(__file__).parents[2]
BODY = """# Mỗi nhà một tài khoản

Làm một lần, dùng mọi nơi.

## Con số

- **80%** người dân được thông tin
- **3.321** xã, phường

## Cách làm

1. **Mở trang.** Gõ địa chỉ của cổng.
2. **Đăng nhập.** Dùng tài khoản của mình.

> Mười phút là xong.
>
> — Bà Mẫu, xã Mẫu
"""
PLAIN = '#import "/lib/parts.typ": *\n#let backdrop() = none\n'


def workspace(tmp_path: Path, theme: str = "", *, parts: tuple[str, str] = ("", "")) -> Workspace:
    """The shipped workspace with a theme of its own, and one change in the parts."""
    root = tmp_path / "ws"
    root.mkdir(parents=True)
    shutil.copytree(ROOT / "templates", root / "templates")
    (root / "assets").symlink_to(ROOT / "assets")
    (root / "publisher.yaml").write_text((ROOT / "publisher.yaml").read_text("utf-8"), "utf-8")
    shutil.copytree(ROOT / "templates" / "default", root / "templates" / "mine")
    if theme:
        (root / "templates" / "mine" / "theme.typ").write_text(PLAIN + theme, "utf-8")
    path = root / "templates" / "infographic" / "parts.typ"
    path.write_text(path.read_text("utf-8").replace(*parts) if parts[0] else path.read_text("utf-8"), "utf-8")
    return load_workspace(root)


def campaign(body: str = BODY) -> Campaign:
    made, problems = parse_campaign(body, path="campaigns/mau.md", known=Known())
    assert made is not None, problems
    return replace(made, theme="mine")


def draw(space: Workspace, tmp_path: Path, made: Campaign | None = None, *formats: str) -> None:
    unit = load_unit(space, "tinh-mau")
    infographic.render(RenderJob(made or campaign(), unit, space, tmp_path / "out", formats or ("feed",)))


def photograph(top: str, bottom: str) -> bytes:
    """A picture with a light and a dark half, as a sky above a town."""
    image = Image.new("RGB", (540, 675), top)
    image.paste(bottom, (0, 340, 540, 675))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def test_shipped_themes_pass(tmp_path: Path) -> None:
    draw(workspace(tmp_path), tmp_path)


def test_a_bright_picture_behind_a_title_is_refused_with_the_line_of_the_title(tmp_path: Path) -> None:
    theme = '#let hero-panel(height) = place(top, image("/theme/photo.png", width: 100%, height: height))\n'
    space = workspace(tmp_path, theme)
    photo = space.templates / "mine" / "photo.png"
    photo.write_bytes(photograph("#07233f", "#0a2a4d"))
    draw(space, tmp_path)
    photo.write_bytes(photograph("#07233f", "#e8eef4"))
    with pytest.raises(RenderError) as caught:
        draw(space, tmp_path)
    said = str(caught.value)
    assert re.search(
        r"^campaigns/mau\.md:1: “Mỗi nhà .* on page 1 of feed has #ffffff on #[ef][0-9a-f]{5}, a contrast", said
    )
    assert "templates/mine/theme.typ" in said
    assert str(tmp_path) not in said


def test_a_picture_that_is_light_behind_a_few_letters_only_is_refused_too(tmp_path: Path) -> None:
    theme = (
        "#let hero-panel(height) = place(top, block(width: 100%, height: height, fill: c.band, clip: true,\n"
        "  place(dx: 60 * u, dy: 150 * u, rect(width: 130 * u, height: 900 * u, fill: rgb(250, 250, 250)))))\n"
    )
    with pytest.raises(RenderError, match=r"campaigns/mau\.md:1: .*#ffffff on #fafafa"):
        draw(workspace(tmp_path, theme), tmp_path)


def test_a_theme_with_too_little_contrast_is_refused_with_its_place(tmp_path: Path) -> None:
    theme = "#let hero-panel(height) = place(top, rect(width: 100%, height: height, fill: c.tint))\n"
    with pytest.raises(RenderError, match=r"templates/mine/theme\.typ: the text at the head .* a contrast of 1\.\d"):
        draw(workspace(tmp_path, theme), tmp_path)


def test_a_pale_block_is_named_with_its_own_line(tmp_path: Path) -> None:
    pale = ("setting(sz(31), runs(p.body))", "setting(31 * u, fill: c.line, runs(p.body))")
    with pytest.raises(RenderError, match=r"campaigns/mau\.md:12: “Bước 1: .* at least 4\.5 is needed") as caught:
        draw(workspace(tmp_path, parts=pale), tmp_path)
    assert "Con số" not in str(caught.value)


def test_type_under_the_smallest_size_is_refused_however_it_came_about(tmp_path: Path) -> None:
    small = ("setting(sz(31), runs(p.body))", "setting(31 * u, text(size: 0.5em, setting(19 * u, runs(p.body))))")
    with pytest.raises(RenderError, match=r"campaigns/mau\.md:12: .* has type of (19|2[0-3])(\.\d)?; at least 24"):
        draw(workspace(tmp_path, parts=small), tmp_path)


def test_words_that_something_covers_are_refused(tmp_path: Path) -> None:
    covered = ("setting(sz(31), runs(p.body))", "setting(31 * u, runs(p.body)) + place(top, rect(width: 100%, height: 900 * u, fill: white))")  # fmt: skip
    with pytest.raises(RenderError, match=r"campaigns/mau\.md:12: .* is covered by something"):
        draw(workspace(tmp_path, parts=covered), tmp_path)


def test_words_that_reach_over_the_edge_are_refused(tmp_path: Path) -> None:
    moved = ("setting(sz(31), runs(p.body))", "move(dx: 655 * u, setting(31 * u, runs(p.body)))")
    with pytest.raises(RenderError, match=r"campaigns/mau\.md:12: .* reaches over the edge of the page"):
        draw(workspace(tmp_path, parts=moved), tmp_path)


def test_the_pages_that_are_judged_are_laid_out_as_those_that_go_out(tmp_path: Path) -> None:
    """The drawing with numbers must not move a letter: else another pixel than the reader's would be judged."""
    space = workspace(tmp_path)
    unit, fonts = load_unit(space, "tinh-mau"), space.assets / "fonts"
    job = RenderJob(campaign(), unit, space, tmp_path / "out", ("feed",))
    layout = infographic.lay_out(job, load_theme(space, "mine"), infographic.FORMATS["feed"])
    data = {**layout.data, "pages": layout.pages}
    pages = [open_png(page) for page in set_png(layout.source, data, fonts=fonts)]
    ghosts, traces = (
        [open_png(page) for page in set_png(layout.source, {**data, "drawn_as": way}, fonts=fonts)]
        for way in ("ghost", "trace")
    )
    for page, ghost, trace in zip(pages, ghosts, traces, strict=True):
        inked, numbered = (page != ghost).any(axis=2), (trace != ghost).any(axis=2)
        # Only the palest rim of a letter may be seen in one colour and not in another.
        assert (inked != numbered).sum() < 0.02 * inked.sum()
    texts = read_texts(query(layout.source, {**data, "drawn_as": "trace"}, "seen", fonts=fonts))
    assert [text.id for text in texts] == list(range(1, len(texts) + 1))
    assert min(text.size for text in texts) >= SMALLEST - 0.01
    assert {text.part for text in texts if text.page == 1} >= {"head", "hero"}
    assert find_flaws(layout.source, data, set_png(layout.source, data, fonts=fonts), fonts=fonts) == []


def test_large_type_needs_less_contrast_and_bold_type_sooner() -> None:
    """On a phone that shows the page 360 px wide, 18 points are 72 units and 14 points bold 56."""
    needed = [
        Text(1, 1, 0, size, weight, False).needed for size, weight in ((71, 400), (72, 400), (55, 800), (56, 800))
    ]
    assert needed == [4.5, 3.0, 4.5, 3.0]


@pytest.mark.parametrize(("one", "other"), [("#000000", "#ffffff"), ("#777777", "#ffffff"), ("#f2a541", "#0b4f8a")])
def test_both_ways_of_working_out_a_contrast_agree(one: str, other: str) -> None:
    first, second = (open_png(_png(colour)) for colour in (one, other))
    assert float(contrasts(first[0], second[0])[0]) == pytest.approx(contrast(parse_colour(one), parse_colour(other)))


def _png(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (2, 2), colour).save(stream, "PNG")
    return stream.getvalue()


def test_a_word_wider_than_its_card_is_refused_and_an_address_is_broken_where_it_may_be(tmp_path: Path) -> None:
    text = "# Tiêu đề\n\nTóm tắt.\n\n## Số\n\n- **80%** {}\n- **70%** nắm Nghị quyết 57-NQ/TW\n"
    own = workspace(tmp_path)

    def draw(word: str) -> None:
        campaign, problems = parse_campaign(text.format(word), path="mau.md", known=Known())
        assert campaign is not None, problems
        unit = load_unit(own, "tinh-mau")
        infographic.render(RenderJob(campaign, unit, own, tmp_path, ("feed",)))

    with pytest.raises(RenderError, match=r"mau.md:7: .*a word that is wider than its place"):
        draw("motdiachikhongcodauchamnaodaibangnaythithoivancondai")
    draw("truyenthong.tinhmau.example/chuyen-muc/doi-moi")


@pytest.mark.parametrize("theme", ["formal", "default"])
def test_pale_words_that_run_out_of_a_dark_card_onto_pale_paper_are_refused(theme: str, tmp_path: Path) -> None:
    """White on white paper leaves no trace on the page: the letters are lost all the same."""
    own = workspace(tmp_path, parts=("shown = figure-line(cell, size, value-fill)", "shown = block(width: 1100 * u, text(fill: c.band_ink, figure-line(cell, size, c.band_ink)))"))  # fmt: skip
    shutil.copy(ROOT / "templates" / theme / "theme.typ", own.templates / "mine" / "theme.typ")
    shutil.copy(ROOT / "templates" / theme / "theme.yaml", own.templates / "mine" / "theme.yaml")
    wide = "# Tiêu đề\n\nTóm tắt.\n\n## Số\n\n- **9.999.999.999.999.999.999.999.999.999.999.999.999.999.999** đồng\n"
    with pytest.raises(RenderError, match=r"campaigns/mau\.md:7: "):
        draw(own, tmp_path, campaign(wide))
