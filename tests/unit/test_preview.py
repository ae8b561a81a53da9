"""What a person sees before approving: the words as they go out, their length, pictures, times, warnings."""

from __future__ import annotations

import io
import re
from pathlib import Path

import lxml.html
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


def test_the_page_names_no_place_of_this_machine(tmp_path: Path) -> None:
    html = write_preview(preview_of(tmp_path), tmp_path / "ra", templates=TEMPLATES).read_text("utf-8")
    assert str(tmp_path) not in html
    assert not re.search(r'src="(?!tep/)', html)
