"""Infographics: nothing lost, nothing clipped, nothing too small, the same bytes every time."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from publisher.content.load import load_campaigns
from publisher.content.model import Campaign, Paragraph, Picture, Text
from publisher.content.parse import Known, parse_campaign
from publisher.errors import RenderError, SettingsError
from publisher.render import infographic
from publisher.render.base import Artifact, RenderJob
from publisher.render.infographic_pages import Room, break_costs, height_of, pack, stretch, ties
from publisher.render.infographic_plan import Part, heading_runs, runs, split_part
from publisher.render.palette import Tints, contrast, make_palette, parse_colour
from publisher.render.pictures import crop_picture, fit_image
from publisher.render.qr import qr_matrix, qr_png
from publisher.render.theme import load_theme
from publisher.render.typesetting import Source, set_png
from publisher.units import load_unit
from publisher.vietnamese.typography import keep_together, settle_title
from publisher.workspace import load_workspace

ROOT = Path(__file__).parents[2]
WORKSPACE = load_workspace(ROOT)
UNIT = load_unit(WORKSPACE, "tinh-mau")
FONTS = WORKSPACE.assets / "fonts"
THEMES = ("default", "youth", "formal")
FORMATS = tuple(infographic.FORMATS)
TINY = "# Tiêu đề\n\nMột đoạn duy nhất.\n"
LONG = (
    f"---\ntitle: {' '.join(['Chuyển đổi số toàn dân'] * 9)[:200].strip()}\n---\n\nTóm tắt ngắn.\n\n## Con số\n\n"
    + "".join(f"- **{i * 7 + 1}%** nhãn thứ {i} của mục tiêu\n" for i in range(14))
    + "\n## Các bước\n\n"
    + "".join(f"{i}. **Việc thứ {i}.** {'Nội dung dài của bước này để thử xuống trang. ' * 6}\n" for i in range(1, 13))
    + "\n## Bảng\n\n| Xã | Việc |\n|---|---|\n"
    + "".join(f"| Xã số {i} | Việc của xã {i} khá dài |\n" for i in range(12))
)
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def campaign_of(text: str, theme: str = "default") -> Campaign:
    campaign, problems = parse_campaign(text, path="mau.md", known=Known())
    assert campaign is not None, problems
    return Campaign(**{**vars(campaign), "theme": theme})


def draw(campaign: Campaign, out: Path, *formats: str) -> list[Artifact]:
    return infographic.render(
        RenderJob(campaign, UNIT, WORKSPACE, out, formats, options={"kicker": "10/10 · Ngày mẫu"})
    )


def words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())


def pdf_words(artifacts: list[Artifact]) -> list[str]:
    """Every word of the PDFs."""
    found: list[str] = []
    for artifact in artifacts:
        if artifact.role == "pdf":
            done = subprocess.run(["pdftotext", "-layout", str(artifact.path), "-"], capture_output=True, check=True)
            found += words(done.stdout.decode())
    return found


@needs_poppler
@pytest.mark.parametrize("name", ["feed", "link"])
def test_a_crowded_campaign_keeps_every_word_on_as_many_pages_as_it_takes(name: str, tmp_path: Path) -> None:
    campaign = campaign_of(LONG)
    shown = pdf_words(draw(campaign, tmp_path, name))
    source = words(re.sub(r"[*#|>-]", " ", LONG.split("---", 2)[2]) + campaign.title)
    for word in set(source):
        assert shown.count(word) >= source.count(word), word


@pytest.mark.parametrize("name", FORMATS)
def test_a_heading_and_a_paragraph_fill_every_format(name: str, tmp_path: Path) -> None:
    artifacts = draw(campaign_of(TINY), tmp_path, name)
    size = infographic.FORMATS[name]
    for artifact in artifacts:
        if artifact.role == "image":
            with Image.open(artifact.path) as image:
                assert image.size == (size.width, size.height)
            assert "Tiêu đề" in artifact.alt


def test_two_runs_and_decomposed_text_give_the_same_bytes(tmp_path: Path) -> None:
    text = (ROOT / "campaigns" / "chuyen-doi-so-10-10.md").read_text("utf-8")
    first = draw(campaign_of(text), tmp_path / "a", "feed")
    second = draw(campaign_of(unicodedata.normalize("NFD", text)), tmp_path / "b", "feed")
    assert [a.sha256 for a in first] == [a.sha256 for a in second]


@needs_poppler
@needs_poppler
@pytest.mark.parametrize("rows", ["| Nông nghiệp | 12,5 |", "| Nông nghiệp | 12,5 |\n| Y tế | 8 |\n| Du lịch | 3 |"])
def test_a_chart_of_one_series_shows_both_headings_of_its_table(rows: str, tmp_path: Path) -> None:
    text = f"# Tiền nghiên cứu\n\nMột năm nhìn lại.\n\n## Chi cho ai\n\n| Lĩnh vực | Kinh phí |\n|---|---:|\n{rows}\n"
    shown = pdf_words(draw(campaign_of(text), tmp_path, "feed"))
    assert {"lĩnh", "vực", "kinh", "phí"} <= set(shown)


def test_the_last_line_of_a_heading_has_two_syllables() -> None:
    campaign = campaign_of("# Một\n\nHai ba.\n\n## Tiền nghiên cứu năm 2025 (số liệu minh họa)\n\nBốn năm.\n")
    heading = heading_runs(campaign.sections[-1].heading or Text(()))
    assert heading[-1]["t"].endswith("minh\u00a0họa)")


def test_text_that_looks_like_a_program_is_shown_letter_by_letter(tmp_path: Path) -> None:
    hostile = [
        "{{ 7*7 }}",
        '#read("/etc/passwd")',
        "=cmd|'/C calc'!A1",
        "#let x = 1",
        "$x^2$",
        "*sao*",
        "@ref",
        "<nhãn>",
    ]
    escaped = [re.sub(r"([*<>])", r"\\\1", text) for text in hostile]
    lines = "\n\n".join(f"Trước {text} sau." for text in escaped)
    artifacts = draw(campaign_of(f"# Tiêu đề\n\nĐoạn.\n\n## Mục\n\n{lines}\n"), tmp_path, "feed")
    pdf = next(a.path for a in artifacts if a.role == "pdf")
    shown = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    flat = " ".join(shown.split())
    for text in hostile:
        assert text in flat
    assert "root:" not in flat
    assert "49" not in words(flat)


WIDE_WORDS = "Tiêu đề <script>alert(1)</script> {{ 7*7 }}"


@needs_poppler
@pytest.mark.parametrize("name", FORMATS)
def test_a_title_is_as_large_as_its_longest_word_allows(name: str, tmp_path: Path) -> None:
    campaign = campaign_of(f'---\ntitle: "{WIDE_WORDS}"\n---\n\nĐoạn.\n', THEMES[FORMATS.index(name) % 3])
    shown = pdf_words(draw(campaign, tmp_path, name))
    assert shown[shown.index("script") :][:3] == ["script", "alert", "1"]


@needs_poppler
def test_a_word_no_page_is_wide_enough_for_is_broken_and_whole(tmp_path: Path) -> None:
    """Of a title, a heading, a quotation: it is set smaller first, and broken only where that is not enough."""
    word, heading, said = "chuyểnđổisố" * 9, "khoahọccôngnghệ" * 6, "đổimớisángtạo" * 7
    text = f"# Tin {word}\n\nTóm tắt.\n\n## Mục {heading}\n\n> Rằng {said}.\n"
    shown = "".join(pdf_words(draw(campaign_of(text), tmp_path, "feed")))
    assert all(part in shown for part in (word, heading, said))


def test_a_word_wider_than_the_page_is_told_at_its_line_and_not_of_the_theme(tmp_path: Path) -> None:
    long = "motdiachikhongcodauchamnaodaibangnaythithoi" * 3
    with pytest.raises(RenderError, match=r"mau.md:7: .* has a word .* Write it in two") as refused:
        draw(campaign_of(f"# Tiêu đề\n\nTóm tắt.\n\n## Mục\n\n1. **Một.** {long}\n2. Hai.\n"), tmp_path, "feed")
    assert "theme" not in str(refused.value)


OFFICES = (
    "Sở A",
    "Trung tâm Truyền thông và Chuyển đổi số tỉnh Mẫu",
    "Trung tâm Dịch vụ tổng hợp Văn hóa, Thể thao, Du lịch và Truyền thanh – Truyền hình xã Mẫu",
)


@needs_poppler
@pytest.mark.parametrize("office", OFFICES)
@pytest.mark.parametrize("name", ["feed", "link", "story"])
def test_the_foot_is_one_line_far_from_the_card_above_it(name: str, office: str, tmp_path: Path) -> None:
    """Also where so little is said that everything else is drawn larger."""
    campaign = campaign_of(
        "# Tiêu đề\n\nTóm tắt.\n\n## Mục\n\n- **49%** người dân\n- **7** việc\n", THEMES[len(office) % 3]
    )
    infographic.render(RenderJob(campaign, replace(UNIT, name=office), WORKSPACE, tmp_path, (name,)))
    (pdf,) = tmp_path.rglob("*.pdf")
    done = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    page = done.split("<page ")[-1]
    boxes = sorted((float(low), float(high)) for low, high in re.findall(r'yMin="([\d.]+)".*?yMax="([\d.]+)"', page))
    foot = [box for box in boxes if box[1] > boxes[-1][1] - 1]
    above = max(high for _, high in boxes if high < boxes[-1][1] - 1)
    assert max(high - low for low, high in foot) < 45 * infographic.FORMATS[name].width / 1080
    assert min(low for low, _ in foot) - above > 30  # a card's own margin, and some ground between card and foot


def test_room_to_spare_goes_into_parts_and_never_more_than_there_is() -> None:
    chart: Part = {"kind": "chart", "layout": "bars", "rows": [1, 2, 3]}
    parts: list[Part] = [{"kind": "heading"}, chart, {"kind": "table", "rows": [1] * 5}, {"kind": "paragraph"}]
    for spare in (0.0, 10.0, 90.0, 5000.0):
        grown, taken = stretch(parts, spare)
        assert taken <= spare
        assert sum(part.get("air", 0.0) for part in grown) == pytest.approx(taken)
        assert [{**part, "air": 0} for part in grown] == [{**part, "air": 0} for part in parts]
    assert stretch(parts, 90.0)[1] == pytest.approx(90.0, abs=0.1)
    assert "air" not in stretch(parts, 5000.0)[0][3]


def test_no_short_syllable_ends_a_text_alone() -> None:
    text = (
        campaign_of("# Một\n\nTóm tắt.\n\nCâu hỏi của bà con chính là đề tài cho chúng tôi.\n").sections[0].blocks[-1]
    )
    assert isinstance(text, Paragraph)
    assert runs(text.text)[-1]["t"].endswith("chúng\u00a0tôi.")


def test_a_character_no_font_has_is_named(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"mau.md: no font has .* \(U\+13000\)"):
        draw(campaign_of("# Chữ 𓀀\n\nĐoạn.\n"), tmp_path, "feed")
    assert not list(tmp_path.rglob("*.png"))


def test_no_type_is_smaller_than_24_at_1080() -> None:
    """Sizes stand in the templates as multiples of `u`, 1/1080 of the page's width."""
    for path in (WORKSPACE.templates / "infographic").glob("*.typ"):
        for size in re.findall(r"setting\(([\d.]+) \* u", path.read_text("utf-8")):
            assert float(size) >= 24, (path.name, size)


def test_alt_text_says_every_figure_of_its_page(tmp_path: Path) -> None:
    artifacts = draw(campaign_of((ROOT / "campaigns" / "chuyen-doi-so-10-10.md").read_text("utf-8")), tmp_path, "feed")
    alt = " ".join(artifact.alt for artifact in artifacts if artifact.role == "image")
    for figure in ("80%", "100%", "70%", "34%", "47,5%", "61%", "72%"):
        assert figure in alt
    assert all(f"trang {n} trên" in a.alt for n, a in enumerate([a for a in artifacts if a.role == "image"], 1))


def test_the_label_the_law_asks_for_is_on_every_page(tmp_path: Path) -> None:
    campaign = campaign_of("---\nai_use: generated\n---\n# Tiêu đề\n\nĐoạn.\n\n## Một\n\nChữ.\n")
    artifacts = draw(campaign, tmp_path, "square")
    if shutil.which("pdftotext"):
        pages = sum(a.role == "image" for a in artifacts)
        # The first page may be all panel; every page after it carries the label at its foot.
        assert pdf_words(artifacts).count("ai") >= pages - 1 >= 0


# ---- the plan ----------------------------------------------------------------------------------------------------

PARTS = st.lists(
    st.tuples(st.floats(20, 900), st.sampled_from(["heading", "paragraph", "step", "bullet"])), max_size=30
)


@settings(max_examples=200, deadline=None)
@given(PARTS)
def test_pages_keep_the_order_lose_nothing_and_overflow_never(parts: list[tuple[float, str]]) -> None:
    made = [{"kind": kind, "keep": True} if kind == "heading" else {"kind": kind} for _, kind in parts]
    heights = [60.0 if kind == "heading" else height for height, kind in parts]
    keep, room = ties(made), Room(400, 1000, 30)
    pages = pack(heights, keep, room, break_costs(made))
    assert [at for page in pages for at in page] == list(range(len(parts)))
    for number, page in enumerate(pages):
        used = height_of([heights[at] for at in page], [keep[at] for at in page], 30) if page else 0
        assert used <= (room.other if number else room.first) + 0.01


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["nhân dân", "học tập.", "xã Mẫu;", "đổi mới", "số 5"]), min_size=4, max_size=60))
def test_a_part_cut_in_two_loses_no_word(text: list[str]) -> None:
    whole = " ".join(text)
    halves = split_part({"kind": "paragraph", "runs": [{"t": whole[:9], "b": True}, {"t": whole[9:]}]})
    assert halves is not None
    joined = " ".join("".join(run["t"] for run in half["runs"]) for half in halves)
    assert joined.split() == whole.split()


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abcdđêAĐ 0123456789%,.-–/NQTWnguyễnVăn", max_size=80))
def test_keeping_together_changes_no_letter(text: str) -> None:
    kept = settle_title(keep_together(text))
    assert kept.replace("\u00a0", " ").replace("\u2060", "") == text


def test_figures_stay_with_their_units_and_names_stay_whole() -> None:
    assert keep_together("3.321 xã") == "3.321\u00a0xã"
    assert keep_together("Nghị quyết 57-NQ/TW") == "Nghị\u00a0quyết\u00a057\u2060-\u2060NQ/\u2060TW"
    assert keep_together("bà Nguyễn Thị Mẫu nói") == "bà Nguyễn\u00a0Thị\u00a0Mẫu nói"
    assert settle_title("Chuyển đổi số").endswith("đổi\u00a0số")


# ---- colours -----------------------------------------------------------------------------------------------------

COLOUR = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
# Text and what stands behind it, with the least contrast (WCAG 2.2 AA; 3 for large bold figures and shapes).
PAIRS = [
    ("ink", "paper", 4.5), ("ink", "card", 4.5), ("ink", "tint", 4.5), ("soft", "paper", 4.5), ("heading", "paper", 4.5),
    ("heading", "tint", 4.5), ("figure", "card", 4.5), ("band_ink", "band", 4.5), ("band_soft", "band", 4.5),
    ("accent_ink", "accent", 4.5), ("band_accent", "band", 4.5), ("soft", "card", 4.5), ("band_ink", "band_tone", 4.5),
    ("band_soft", "band_tone", 4.5), ("ink", "stripe", 4.5),
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(COLOUR, COLOUR, st.sampled_from([("primary", 0.05), ("accent", 0.10), ("white", 1.0)]))
def test_any_two_colours_of_an_office_give_readable_pages(primary: str, accent: str, paper: tuple[str, float]) -> None:
    palette = make_palette(primary, accent, Tints(paper, ("primary", 0.11)))
    for text, ground, least in PAIRS:
        one, other = palette[text], palette[ground]
        assert isinstance(one, str)
        assert isinstance(other, str)
        assert contrast(parse_colour(one), parse_colour(other)) >= least - 0.01, (text, ground)


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_reads_its_settings(theme: str) -> None:
    assert load_theme(WORKSPACE, theme).name


def test_a_wrong_theme_is_named_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "moi"
    folder.mkdir(parents=True)
    (folder / "theme.yaml").write_text("name: Mới\nheading: round\nradus: 3\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"theme.yaml:3: radus: .*Did you mean `radius`") as caught:
        load_theme(type(WORKSPACE)(tmp_path, WORKSPACE.zone, "x", "vi", ""), "moi")
    assert "theme.yaml:2: heading: found `round`; allowed: bar, block, rule." in str(caught.value)


# ---- pictures and files ------------------------------------------------------------------------------------------


def photograph(path: Path, *, size: tuple[int, int] = (1600, 900), orientation: int = 1) -> Path:
    """Left half red, right half blue; with a place written into it as cameras do."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Máy ảnh"
    image.save(path, exif=exif)
    return path


def test_a_picture_is_cropped_to_its_focus_without_what_the_camera_wrote(tmp_path: Path) -> None:
    photograph(tmp_path / "a.jpg")
    for focus, colour in (((0.0, 0.5), "red"), ((1.0, 0.5), "blue")):
        data = crop_picture(Picture("a.jpg", "a.jpg", "x", "", focus, 3), tmp_path, width=500, height=600, place="c.md")
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (500, 600)
            assert not image.getexif()
            red, _, blue = image.getpixel((250, 300))  # type: ignore[misc]
            assert (red > blue) == (colour == "red")


def test_a_picture_stands_as_the_camera_was_held(tmp_path: Path) -> None:
    photograph(tmp_path / "a.jpg", orientation=6)  # turned a quarter: left becomes top
    data = crop_picture(Picture("a.jpg", "a.jpg", "x", "", None, 3), tmp_path, width=450, height=800, place="c.md")
    with Image.open(io.BytesIO(data)) as image:
        top, bottom = image.getpixel((225, 60)), image.getpixel((225, 740))
    assert top[0] > 200 > bottom[0]  # type: ignore[index]


@pytest.mark.parametrize(("content", "said"), [(b"not a picture", "cannot be read"), (None, "pixels; at least")])
def test_an_unfit_picture_is_named_with_its_line(content: bytes | None, said: str, tmp_path: Path) -> None:
    if content is None:
        photograph(tmp_path / "a.jpg", size=(200, 100))
    else:
        (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(RenderError, match=rf"c.md:7: picture `a.jpg`.*{said}"):
        crop_picture(Picture("a.jpg", "a.jpg", "x", "", None, 7), tmp_path, width=900, height=600, place="c.md")


def test_a_file_is_made_to_fit_without_touching_its_pixels_more_than_needed(tmp_path: Path) -> None:
    noise = Image.effect_noise((600, 600), 80).convert("RGB")
    path = tmp_path / "a.png"
    noise.save(path)
    assert fit_image(path, path.stat().st_size, folder=tmp_path / "out") == path
    small = fit_image(path, path.stat().st_size // 2, folder=tmp_path / "out")
    assert small.suffix == ".jpg"
    assert small.stat().st_size <= path.stat().st_size // 2
    with pytest.raises(RenderError, match="does not fit into 2,000 bytes"):
        fit_image(path, 2_000, folder=tmp_path / "out")


def test_a_code_leads_where_it_says() -> None:
    rows = qr_matrix("https://tinhmau.example")
    assert len(rows) == len(rows[0]) >= 21
    assert all(set(row) <= {"0", "1"} for row in rows)
    with Image.open(io.BytesIO(qr_png("https://tinhmau.example", scale=4))) as image:
        assert image.size == ((len(rows) + 8) * 4,) * 2


def test_a_template_sees_only_its_own_files(tmp_path: Path) -> None:
    """A link out of the folder, a path above it and a package of the network are all refused."""
    secret = tmp_path / "secret.typ"
    secret.write_text('#let s = "bí mật"')
    folder = tmp_path / "theme"
    folder.mkdir()
    (folder / "link.typ").symlink_to(secret)
    for line in (
        '#import "link.typ": s',
        f'#read("{secret}")',
        '#read("../secret.typ")',
        '#import "@preview/x:1.0.0": y',
    ):
        (folder / "main.typ").write_text(line)
        with pytest.raises(RenderError, match=r"template t/main\.typ"):
            set_png(Source({"t": folder}, "t/main.typ"), {}, fonts=FONTS)


# ---- the independent reader --------------------------------------------------------------------------------------


def ocr(image: Path) -> list[str]:
    """What the reader finds. It is given greys: its own reduction of colours loses short words on strong grounds."""
    grey = image.with_suffix(".grey.png")
    with Image.open(image) as colours:
        colours.convert("L").save(grey)
    # One thread: the reader's own threads only wait for each other on a small machine.
    done = subprocess.run(
        ["tesseract", str(grey), "-", "-l", "vie", "--psm", "11"],
        capture_output=True,
        check=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return words(done.stdout.decode())


def control_page(text: str, path: Path) -> Path:
    """The same words in plain Noto Sans, black on white: what the reader itself can do."""
    font = ImageFont.truetype(str(FONTS / "noto-sans" / "NotoSans_400Regular.ttf"), 36)
    lines: list[str] = [""]
    for word in text.split():
        lines = [*lines[:-1], f"{lines[-1]} {word}"] if len(lines[-1]) < 44 else [*lines, word]
    image = Image.new("RGB", (1080, 80 + 62 * len(lines)), "white")
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((50, 40 + 62 * number), line.strip(), font=font, fill="black")
    image.save(path)
    return path


def shown_text(campaign: Campaign) -> str:
    """The words of the campaign itself, without page marks and repeated heads."""
    return " ".join(re.findall(r"[^\W\d_]{2,}", f"{campaign.title} {campaign.summary} {plain_body(campaign)}"))


def plain_body(campaign: Campaign) -> str:
    return " ".join(re.findall(r"text='([^']*)'", repr(campaign.sections)))


def seen_share(campaign: Campaign, tmp_path: Path, *formats: str) -> float:
    """Share of the words the reader finds on the plain page that it also finds on ours."""
    wanted = set(words(shown_text(campaign)))
    control = wanted & set(ocr(control_page(shown_text(campaign), tmp_path / "control.png")))
    seen = {word for a in draw(campaign, tmp_path, *formats) if a.role == "image" for word in ocr(a.path)}
    return len(control & seen) / len(control)


def samples() -> Iterator[tuple[str, str, str]]:
    for path in sorted((ROOT / "campaigns").glob("*.md")):
        for theme in THEMES:
            for name in FORMATS:
                if name != infographic.COVER:
                    yield path.name, theme, name


def sample(name: str, theme: str) -> Campaign:
    (campaign,) = load_campaigns([ROOT / "campaigns" / name], WORKSPACE, Known()).campaigns
    return Campaign(**{**vars(campaign), "theme": theme})


@needs_tesseract
def test_an_independent_reader_sees_the_words(tmp_path: Path) -> None:
    assert seen_share(sample("chuyen-doi-so-10-10.md", "default"), tmp_path, "feed") >= 0.98


@needs_tesseract
def test_the_independent_reader_misses_what_is_covered(tmp_path: Path) -> None:
    """The check itself can fail: half a page painted over is seen."""
    campaign = sample("chuyen-doi-so-10-10.md", "default")
    page = next(a.path for a in draw(campaign, tmp_path, "feed") if a.role == "image")
    with Image.open(page) as image:
        image.paste("white", (0, image.height // 2, *image.size))
        image.save(tmp_path / "half.png")
    assert len(set(ocr(tmp_path / "half.png"))) < 0.8 * len(set(ocr(page)))


@pytest.mark.slow
@needs_tesseract
@pytest.mark.parametrize(("name", "theme", "shape"), list(samples()))
def test_an_independent_reader_sees_the_words_of_every_sample(
    name: str, theme: str, shape: str, tmp_path: Path
) -> None:
    assert seen_share(sample(name, theme), tmp_path, shape) >= 0.98
