"""What a person sees before approving: the words as they go out, their length, pictures, times, warnings."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest
from PIL import Image
from rich.console import Console

from publisher.web.model import ChannelPreview, MediaPreview, Preview
from publisher.web.preview import write_preview
from publisher.web.terminal import draw_picture, draw_preview

TEMPLATES = Path(__file__).parents[2] / "templates"
HOSTILE = '<script>alert(1)</script> {{ 7*7 }} " onload="x'


def preview_of(folder: Path, text: str = "Chữ sẽ đăng.\nDòng hai.", limit: int | None = 20) -> Preview:
    picture = folder / "anh.png"
    Image.new("RGB", (40, 20), "red").save(picture)
    media = MediaPreview(picture, "image", "image/png", "Một hình đỏ", picture.stat().st_size, 40, 20)
    channel = ChannelPreview(
        "facebook-mau", "facebook", "Tỉnh Mẫu", "infographic", "", text, len(text), limit, (media,),
        ("2026-10-10 08:00",), ("text: 23 characters; allowed: 20.",),
    )  # fmt: skip
    return Preview("Tiêu đề", "tieu-de", "campaigns/a.md", "10/10", (channel,), ("campaigns/a.md:3: câu dài",))


def printed(preview: Preview, *, terminal: bool) -> str:
    console = Console(
        file=io.StringIO(), force_terminal=terminal, width=100, color_system="truecolor" if terminal else None
    )
    draw_preview(preview, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_terminal_shows_text_length_times_and_every_warning(tmp_path: Path) -> None:
    shown = printed(preview_of(tmp_path), terminal=False)
    for part in (
        "Chữ sẽ đăng.",
        "Dòng hai.",
        "/ 20",
        "2026-10-10 08:00",
        "allowed: 20",
        "câu dài",
        "Một hình đỏ",
        "anh.png",
    ):
        assert part in shown
    assert "\x1b" not in shown


def test_on_a_terminal_a_picture_is_drawn(tmp_path: Path) -> None:
    shown = printed(preview_of(tmp_path), terminal=True)
    assert "▀" in shown
    assert "255;0;0" in shown


def test_a_small_picture_keeps_its_shape(tmp_path: Path) -> None:
    Image.new("RGB", (300, 150), "blue").save(tmp_path / "a.png")
    rows = draw_picture(tmp_path / "a.png", columns=20).plain.rstrip("\n").split("\n")
    assert (len(rows), len(rows[0])) == (5, 20)


def test_text_with_brackets_is_not_markup(tmp_path: Path) -> None:
    assert "[bold]x[/] [link=file:///etc]" in printed(
        preview_of(tmp_path, "[bold]x[/] [link=file:///etc]"), terminal=False
    )


def test_a_terminal_without_colours_gets_names_instead_of_blocks(tmp_path: Path) -> None:
    file = io.StringIO()
    draw_preview(preview_of(tmp_path), Console(file=file, force_terminal=True, no_color=True, width=100))
    assert "▀" not in file.getvalue()
    assert "hình: anh.png" in file.getvalue()


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x9b2J", "\r", "\x08", "\x07"])
def test_no_control_sign_of_a_campaign_reaches_the_terminal(tmp_path: Path, sign: str) -> None:
    own = preview_of(tmp_path, f"Chữ{sign}sau")
    media = replace(own.channels[0].media[0], alt=f"a{sign}b")
    hostile = replace(own, title=f"T{sign}", channels=(replace(own.channels[0], title=sign, media=(media,)),))
    shown = printed(hostile, terminal=False)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)
    assert "Chữ\ufffd" in shown


def test_several_pictures_stand_side_by_side_and_none_is_cut(tmp_path: Path) -> None:
    own = preview_of(tmp_path)
    many = replace(own, channels=(replace(own.channels[0], media=own.channels[0].media * 5),))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", printed(many, terminal=True)).splitlines()
    assert max(line.count("▀") for line in lines) == 4 * 22
    assert sum(line.count("▀") for line in lines) == 5 * 22 * 6  # 22 columns of 40 × 20 pixels: 12 pixels, 6 lines


def test_a_tall_picture_stays_small(tmp_path: Path) -> None:
    Image.new("RGB", (108, 1920), "blue").save(tmp_path / "a.png")
    assert len(draw_picture(tmp_path / "a.png").plain.rstrip("\n").split("\n")) <= 25


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    assert draw_picture(tmp_path / "a.png").plain == "[a.png: không mở được]"


def test_every_time_is_listed_in_order_at_the_end(tmp_path: Path) -> None:
    own = preview_of(tmp_path)
    later = replace(own.channels[0], due=("2026-10-11 16:30", "2026-10-03 08:00"), warnings=())
    shown = printed(replace(own, channels=(later,), problems=()), terminal=False)
    table = shown[shown.index("Lịch đăng") :]
    assert table.index("2026-10-03 08:00") < table.index("2026-10-11 16:30")
    assert "Không có lưu ý nào." in shown


def test_the_page_shows_the_same_and_runs_nothing(tmp_path: Path) -> None:
    page = write_preview(preview_of(tmp_path, HOSTILE), tmp_path / "ra", templates=TEMPLATES)
    html = page.read_text("utf-8")
    document = lxml.html.fromstring(html)
    assert document.get("lang") == "vi"
    assert not document.xpath("//script")
    assert not [a for e in document.iter() if isinstance(e.tag, str) for a in e.attrib if a.startswith("on")]
    assert HOSTILE in document.text_content()
    assert "49" not in document.xpath("string(//div[@class='text'])")
    (image,) = document.xpath("//img")
    assert image.get("alt") == "Một hình đỏ"
    assert (page.parent / image.get("src")).is_file()
    assert next(h.tag for h in document.xpath("//h1|//h2")) == "h1"


def test_the_page_lists_the_times_in_order_with_their_day(tmp_path: Path) -> None:
    own = preview_of(tmp_path)
    first, second = replace(own.channels[0], due=("2026-10-11 16:30", "2026-10-03 08:00")), own.channels[0]
    page = write_preview(replace(own, channels=(first, second)), tmp_path / "ra", templates=TEMPLATES)
    rows = lxml.html.fromstring(page.read_text("utf-8")).xpath("//tbody/tr/td[1]/text()")
    assert rows == ["08:00 Thứ Bảy, 03/10/2026", "08:00 Thứ Bảy, 10/10/2026", "16:30 Chủ nhật, 11/10/2026"]


def test_a_campaign_without_times_says_what_is_missing(tmp_path: Path) -> None:
    own = preview_of(tmp_path)
    page = write_preview(
        replace(own, channels=(replace(own.channels[0], due=()),)), tmp_path / "ra", templates=TEMPLATES
    )
    assert "chưa có lịch" in page.read_text("utf-8")


def test_text_over_the_limit_says_by_how_much(tmp_path: Path) -> None:
    html = write_preview(preview_of(tmp_path), tmp_path / "ra", templates=TEMPLATES).read_text("utf-8")
    assert "22 / 20 ký tự – dài quá 2" in html
    assert "2 điều cần xem lại" in html
    fits = write_preview(preview_of(tmp_path, limit=None), tmp_path / "ra", templates=TEMPLATES).read_text("utf-8")
    assert "dài quá" not in fits


def test_an_article_is_shown_in_a_closed_frame_and_cleaned_once_more(tmp_path: Path) -> None:
    own = preview_of(tmp_path)
    html = '<p>Thân bài</p><script>alert(1)</script><img src="anh.png" alt="a"><img src="http://x.test/t.png" alt="b">'
    channel = replace(own.channels[0], html=html, title="<b>Tên</b>")
    page = write_preview(replace(own, channels=(channel,)), tmp_path / "ra", templates=TEMPLATES)
    (frame,) = lxml.html.fromstring(page.read_text("utf-8")).xpath("//iframe")
    assert frame.get("sandbox") == ""
    article = (page.parent / frame.get("src")).read_text("utf-8")
    document = lxml.html.fromstring(article)
    assert not document.xpath("//script")
    assert "http://x.test" not in article
    assert document.xpath("string(//h1)") == "<b>Tên</b>"
    source = document.xpath("//img/@src")[0]
    assert (page.parent / "tep" / source).is_file()


def test_a_clip_carries_its_subtitles_inside_the_page(tmp_path: Path) -> None:
    """A browser does not load a track from a file."""
    own = preview_of(tmp_path)
    (tmp_path / "clip.mp4").write_bytes(b"film")
    (tmp_path / "clip.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nXin chào\n", encoding="utf-8")
    film = MediaPreview(tmp_path / "clip.mp4", "video", "video/mp4", "Một clip", 4, 1080, 1920)
    words = MediaPreview(tmp_path / "clip.vtt", "captions", "text/vtt", "", 40)
    page = write_preview(
        replace(own, channels=(replace(own.channels[0], media=(film, words)),)), tmp_path / "ra", templates=TEMPLATES
    )
    (track,) = lxml.html.fromstring(page.read_text("utf-8")).xpath("//video/track")
    assert track.get("kind") == "captions"
    kind, _, data = track.get("src").partition(",")
    assert kind == "data:text/vtt;base64"
    assert "Xin chào" in base64.b64decode(data).decode()
    bare = write_preview(
        replace(own, channels=(replace(own.channels[0], media=(film,)),)), tmp_path / "ra", templates=TEMPLATES
    )
    assert "Clip chưa có phụ đề" in bare.read_text("utf-8")


def test_copies_of_an_earlier_page_are_removed_and_nothing_else(tmp_path: Path) -> None:
    page = write_preview(preview_of(tmp_path), tmp_path / "ra", templates=TEMPLATES)
    (old,) = (page.parent / "tep").iterdir()
    (page.parent / "tep" / "cua-toi.txt").write_text("x")
    empty = replace(preview_of(tmp_path), channels=())
    write_preview(empty, tmp_path / "ra", templates=TEMPLATES)
    assert not old.exists()
    assert [path.name for path in (page.parent / "tep").iterdir()] == ["cua-toi.txt"]


def test_the_same_preview_gives_the_same_page(tmp_path: Path) -> None:
    pages = [write_preview(preview_of(tmp_path), tmp_path / name, templates=TEMPLATES) for name in ("a", "b")]
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_the_page_names_no_place_of_this_machine(tmp_path: Path) -> None:
    html = write_preview(preview_of(tmp_path), tmp_path / "ra", templates=TEMPLATES).read_text("utf-8")
    assert str(tmp_path) not in html
    assert not re.search(r'src="(?!tep/)', html)
