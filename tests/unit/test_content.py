"""The campaign format: every key, every block, and every mistake with its line."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.load import load_campaigns
from publisher.content.model import (
    Bullets,
    Campaign,
    Chart,
    Figures,
    Paragraph,
    Picture,
    Questions,
    Quotation,
    Steps,
    Subheading,
    Table,
)
from publisher.content.numbers import format_number, parse_number
from publisher.content.parse import Known, parse_campaign
from publisher.content.slug import SLUG, make_slug
from publisher.errors import Problem
from publisher.workspace import Workspace

KNOWN = Known(
    key_days=frozenset({"chuyen-doi-so"}),
    plans=frozenset({"chuyen-doi-so"}),
    units=frozenset({"tinh-mau", "xa-mau"}),
    themes=frozenset({"default", "youth"}),
    channels=frozenset({"facebook", "zalo", "facebook-tinh-mau"}),
)
ALL = """---
title: Ngày Chuyển đổi số
summary: Tóm tắt một câu.
slug: ngay-chuyen-doi-so
key_day: chuyen-doi-so
unit: xa-mau
author: Lan
editor: Hà
sources: [Nguồn một, Nguồn hai]
hashtags: ["#ChuyenDoiSo", TinhMau]
theme: youth
outputs: [infographic, radio]
plan: chuyen-doi-so
valid_until: 2026-10-31
late: skip
ai_use: generated
channels:
  facebook: {title: Khác, hashtags: [Mot]}
contains_state_secrets: false
---
Đoạn đầu **đậm** và *nghiêng*, [liên kết](https://tinhmau.example), [57-NQ/TW]{đọc: năm mươi bảy}.

## Con số

- **80%** người dân
- **1.234,5 tỷ** đồng

## Bước

1. **Mở ứng dụng.** Đăng nhập.
2. Chọn thủ tục

### Tiểu mục

| Năm | Tỷ lệ |
|---|---|
| 2023 | 10% |
| 2024 | 25% |
| 2025 | 60% |

| Ngày | Việc |
|---|---|
| 22/9 | Khai mạc |

> Câu nói.
> — Bà Mẫu

![Mô tả ảnh](anh.png "Người chụp"){focus: 30% 40%}

- mục thường

## Hỏi – đáp

### Có mất phí không?

Không.
"""


def parse(text: str) -> Campaign:
    campaign, problems = parse_campaign(text, path="mau.md", known=KNOWN)
    assert campaign is not None, problems
    return campaign


def errors(text: str) -> list[Problem]:
    return [p for p in parse_campaign(text, path="mau.md", known=KNOWN)[1] if p.level == "error"]


def test_every_key_is_read() -> None:
    campaign = parse(ALL)
    assert (campaign.title, campaign.summary, campaign.slug) == (
        "Ngày Chuyển đổi số",
        "Tóm tắt một câu.",
        "ngay-chuyen-doi-so",
    )
    assert (campaign.key_day, campaign.unit, campaign.theme, campaign.plan) == (
        "chuyen-doi-so",
        "xa-mau",
        "youth",
        "chuyen-doi-so",
    )
    assert (campaign.author, campaign.editor) == ("Lan", "Hà")
    assert campaign.sources == ("Nguồn một", "Nguồn hai")
    assert campaign.hashtags == ("ChuyenDoiSo", "TinhMau")
    assert campaign.outputs == ("infographic", "radio")
    assert (str(campaign.valid_until), campaign.late, campaign.ai_use) == ("2026-10-31", "skip", "generated")
    assert campaign.ai_label == "Nội dung có sử dụng AI"
    assert campaign.channels["facebook"].title == "Khác"


def test_every_block_is_what_its_structure_says() -> None:
    campaign = parse(ALL)
    kinds = [type(block) for block in campaign.blocks()]
    assert kinds == [Paragraph, Figures, Steps, Subheading, Chart, Table, Quotation, Picture, Bullets, Questions]
    figures = campaign.sections[1].blocks[0]
    assert isinstance(figures, Figures)
    assert [(f.value, f.label.plain) for f in figures.items] == [("80%", "người dân"), ("1.234,5 tỷ", "đồng")]
    assert figures.items[1].number is not None
    assert figures.items[1].number.value == Decimal("1234.5")
    steps = campaign.sections[2].blocks[0]
    assert isinstance(steps, Steps)
    assert (steps.items[0].head.plain, steps.items[0].body.plain) == ("Mở ứng dụng.", "Đăng nhập.")
    picture = next(block for block in campaign.blocks() if isinstance(block, Picture))
    assert (picture.alt, picture.credit, picture.focus) == ("Mô tả ảnh", "Người chụp", (0.3, 0.4))
    quotation = next(block for block in campaign.blocks() if isinstance(block, Quotation))
    assert (quotation.paragraphs[0].plain, quotation.source.plain) == ("Câu nói.", "Bà Mẫu")


def test_text_is_shown_as_written_and_read_as_said() -> None:
    text = parse(ALL).sections[0].blocks[0].text  # type: ignore[union-attr]
    assert text.plain == "Đoạn đầu đậm và nghiêng, liên kết, 57-NQ/TW."
    assert text.spoken.endswith("năm mươi bảy.")


def test_every_part_knows_its_line() -> None:
    lines = ALL.split("\n")
    for block in parse(ALL).blocks():
        if isinstance(block, Figures):
            assert lines[block.line - 1].startswith("- **80%")
        if isinstance(block, Picture):
            assert lines[block.line - 1].startswith("![")
        if isinstance(block, Questions):
            assert lines[block.items[0].line - 1].startswith("### Có")


def test_a_file_without_front_matter_is_valid_and_says_nothing_twice() -> None:
    campaign = parse("# Tiêu đề\n\nMột đoạn duy nhất.\n")
    assert (campaign.title, campaign.summary, campaign.slug) == ("Tiêu đề", "Một đoạn duy nhất.", "tieu-de")
    assert campaign.sections == ()
    assert campaign.outputs == ("infographic", "clip", "article", "radio")


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ("| Xã | Số |\n|---|---|\n| A | 5 |\n| B | 7 |", "bars"),
        ("| Xã | 2024 | 2025 |\n|---|---|---|\n| A | 5 | 6 |\n| B | 7 | 8 |", "grouped"),
        ("| Năm | Số |\n|---|---|\n| 2023 | 5 |\n| 2024 | 6 |\n| 2025 | 7 |", "line"),
        ("| Nguồn | Phần |\n|---|---|\n| A | 45% |\n| B | 55% |", "share"),
    ],
)
def test_a_table_of_numbers_is_the_chart_its_shape_asks_for(rows: str, kind: str) -> None:
    (chart,) = parse(f"# T\n\nĐoạn.\n\n## Bảng\n\n{rows}\n").blocks()
    assert isinstance(chart, Chart)
    assert chart.kind == kind


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.234,5", "1234.5"), ("80%", "80"), ("3.321", "3321"), ("0,75", "0.75"), ("1,5 triệu", "1.5"),
        ("12.5", "12.5"), ("1,234,567", "1234567"), ("1,234.5", "1234.5"), ("Trên 80%", "80"), ("-3,5", "-3.5"),
        ("1\u00a0234", "1234"),
    ],
)  # fmt: skip
def test_numbers_are_vietnamese_first_and_english_only_where_they_cannot_be(written: str, value: str) -> None:
    number = parse_number(written)
    assert number is not None
    assert number.value == Decimal(value)
    assert number.prefix + number.digits + number.suffix == number.written == written


@pytest.mark.parametrize("written", ["18/5", "2025-2030", "57-NQ/TW", "không số", ""])
def test_dates_ranges_and_document_numbers_do_not_count_up(written: str) -> None:
    number = parse_number(written)
    assert number is None or written == "57-NQ/TW"


def test_numbers_are_written_the_vietnamese_way() -> None:
    assert format_number(Decimal("1234567.5"), decimals=1) == "1.234.567,5"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("titel: x", "Did you mean `title`?"), ("valid_until: 31/10/2026", "a date is written 2026-10-10"),
        ("valid_until: 2026-13-01", "a date is written 2026-10-10"), ("slug: ../len", "1 to 80 of a-z"),
        ("key_day: chuyen-doi", "Did you mean `chuyen-doi-so`?"), ("unit: tinh-mao", "Did you mean `tinh-mau`?"),
        ("theme: youht", "Did you mean `youth`?"), ("outputs: [clp]", "Did you mean `clip`?"), ("late: sent", "send"),
        ("ai_use: yes", "none"), ("contains_state_secrets: true", "state secrets"), ("hashtags: [hai chữ]", "one word"),
        ("channels: {facebok: {text: x}}", "Did you mean `facebook`?"), ("sources: {a: b}", "a list of texts"),
        ("title: [a]", "needs a text"), ("voice: /etc/passwd", "beside the campaign"), ("title: *x", "write the value out"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_one_error_with_its_line(line: str, said: str) -> None:
    found = errors(f"---\nauthor: Lan\n{line}\n---\n# Tiêu đề\n\nĐoạn.\n")
    assert [problem.line for problem in found] == [3]
    assert said in found[0].message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("![](anh.png)", "no text between the brackets"), ("![x](https://a.example/a.png)", "never an address"),
        ("![x](../anh.png)", "leaves the folder"), ("![x](/etc/anh.png)", "never an address"),
        ("![x](file:///a.png)", "never an address"), ("[x](javascript:alert(1))", "https://"),
        ("[x](file:///etc/passwd)", "https://"), ("[x](data:text/html,1)", "https://"), ("# Thứ hai", "one title"),
        ("chữ \u202e ngược", "hidden character U+202E"), ("chữ \x07 chuông", "hidden character U+0007"),
        ("- ![x](a.png) trong mục", "paragraph of its own"),
    ],
)  # fmt: skip
def test_a_wrong_line_of_the_body_is_one_error_with_its_line(line: str, said: str) -> None:
    found = errors(f"# Tiêu đề\n\nĐoạn đầu.\n\n{line}\n")
    assert [problem.line for problem in found] == [5]
    assert said in found[0].message


def test_all_problems_are_told_at_once() -> None:
    found = errors("---\ntitel: x\nlate: sent\n---\n# Tiêu đề\n\n![](a.png)\n\n[x](javascript:1)\n")
    assert [problem.line for problem in found] == [2, 3, 7, 9]


@pytest.mark.parametrize(
    "text", ["{{ 7*7 }}", '#read("/etc/passwd")', "=cmd|'/C calc'!A1", "${HOME}", "{% raw %}", "$x^2$"]
)
def test_text_that_looks_like_a_program_is_text(text: str) -> None:
    campaign = parse(f"# Tiêu đề\n\nĐoạn.\n\n## Mục\n\nTrước {text} sau.\n")
    assert campaign.blocks()[0].text.plain == f"Trước {text} sau."  # type: ignore[union-attr]


def test_html_is_left_out_and_named() -> None:
    campaign, problems = parse_campaign(
        "# T\n\nĐoạn.\n\n<script>alert(1)</script>\n\nA <b>b</b> c\n", path="x.md", known=KNOWN
    )
    assert campaign is not None
    assert "script" not in repr(campaign.sections)
    assert {p.line for p in problems if p.level == "warning"} == {5, 7}


def test_decomposed_text_is_the_same_campaign() -> None:
    assert parse(unicodedata.normalize("NFD", ALL)) == parse(unicodedata.normalize("NFC", ALL))


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    assert parse("\ufeff" + ALL.replace("\n", "\r\n")) == parse(ALL)


def test_look_alike_letters_are_repaired_and_named() -> None:
    campaign, problems = parse_campaign("# Ðổi mới\n\nĐoạn.\n", path="x.md", known=KNOWN)
    assert campaign is not None
    assert campaign.title == "Đổi mới"
    assert "Type Đ" in problems[0].message


def test_a_long_sentence_is_a_warning() -> None:
    campaign, problems = parse_campaign(f"# T\n\n{'chữ ' * 31}.\n", path="x.md", known=KNOWN)
    assert campaign is not None
    assert "31 syllables" in problems[0].message


PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name in ("campaigns", "assets"):
        (tmp_path / name).mkdir()
    return Workspace(tmp_path, ZoneInfo("Asia/Ho_Chi_Minh"), "tinh-mau", "vi", "")


def load(workspace: Workspace, **files: str) -> tuple[list[str], list[str]]:
    """Write campaign files and read them; slugs and problems."""
    paths = []
    for name, text in files.items():
        path = workspace.campaigns / f"{name}.md"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    loading = load_campaigns(paths, workspace, Known())
    return [c.slug for c in loading.campaigns], [str(p) for p in loading.problems]


def test_two_files_with_one_slug_are_an_error_of_the_second(workspace: Workspace) -> None:
    slugs, problems = load(workspace, a="# Một\n\nĐoạn.\n", b="# Một\n\nĐoạn.\n")
    assert slugs == ["mot"]
    assert problems == [
        "campaigns/b.md:1: slug `mot` is taken by campaigns/a.md; each campaign has its own. Write `slug:` in one of them."
    ]


def test_a_missing_picture_says_where_was_looked(workspace: Workspace) -> None:
    slugs, problems = load(workspace, a="# Một\n\nĐoạn.\n\n![x](khong.png)\n")
    assert slugs == []
    assert "campaigns/a.md:5: `khong.png` not found. Looked beside the campaign and in assets/." in problems[0]


def test_a_link_out_of_the_workspace_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    secret = tmp_path.parent / f"{tmp_path.name}-secret.png"
    secret.write_bytes(b"x")
    (workspace.campaigns / "anh.png").symlink_to(secret)
    slugs, problems = load(workspace, a="# Một\n\nĐoạn.\n\n![x](anh.png)\n")
    assert slugs == []
    assert "leads out of the workspace" in problems[0]


def test_a_picture_beside_the_file_or_in_assets_is_found(workspace: Workspace) -> None:
    (workspace.campaigns / "a.png").write_bytes(PNG)
    (workspace.assets / "b.png").write_bytes(PNG)
    slugs, problems = load(workspace, a="# Một\n\nĐoạn.\n\n![x](a.png)\n\n![y](b.png)\n")
    assert (slugs, problems) == (["mot"], [])


def test_files_that_cannot_be_read_are_one_error_each(workspace: Workspace) -> None:
    (workspace.campaigns / "x.md").write_bytes(b"# T\n\nd\xff\n")
    loading = load_campaigns([workspace.campaigns / "x.md", workspace.campaigns / "khong.md"], workspace, Known())
    assert [str(p) for p in loading.problems] == [
        "campaigns/khong.md: cannot be read: no such file or directory. Check the name and the rights of the file.",
        "campaigns/x.md:3: not UTF-8 text. Save the file as UTF-8 (Unicode) and try again.",
    ]


def test_slugs_are_plain_and_short() -> None:
    assert make_slug("Chuyển đổi số 10/10 – Đà Lạt!") == "chuyen-doi-so-10-10-da-lat"
    assert len(make_slug("đổi mới " * 40)) <= 80


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_a_slug_is_never_a_path(title: str) -> None:
    slug = make_slug(title)
    assert slug == "" or SLUG.fullmatch(slug)


MARKS = "#*_`[](){}<>!|-+.:&~\\\"'=$%\n \t0123456789aăâđêÁ—–>“”\u202e{đọc: focus"


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet=MARKS, max_size=160))
def test_no_text_breaks_the_parser_and_every_line_is_in_the_file(text: str) -> None:
    _, problems = parse_campaign(text, path="x.md", known=KNOWN)
    assert all(0 <= problem.line <= text.count("\n") + text.count("\r") + 2 for problem in problems)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["nhân dân", "học tập", "xã Mẫu", "đổi mới", "số 5"]), min_size=1, max_size=20))
def test_no_word_of_a_paragraph_is_lost(words: list[str]) -> None:
    text = " ".join(words)
    campaign = parse(f"# Tiêu đề\n\nTóm tắt.\n\n## Mục\n\n{text}\n")
    assert campaign.blocks()[0].text.plain == text  # type: ignore[union-attr]


@pytest.mark.parametrize("run", ["[", "*", "(", "`", "> ", "- ", "|", "![", "<", "1. ", "#", "**a", "[a](", "{đọc: "])
def test_hostile_runs_end(run: str) -> None:
    parse_campaign(f"# T\n\n{run * (20_000 // len(run))}\n", path="x.md", known=KNOWN)


def test_what_joins_head_and_body_stands_in_running_text_only() -> None:
    """`**Lấy mã**: nhà trường cấp` on two lines begins the second with no colon; figures keep theirs in sentences."""
    text = "# T\n\nĐoạn.\n\n## M\n\n1. **Lấy mã**: nhà trường cấp\n2. **Ngắt điện**, khóa van\n3. Chỉ làm thế\n\n- **4 triệu**: phạt\n"
    campaign, _ = parse_campaign(text, path="mau.md", known=Known())
    assert campaign is not None
    steps, figures = campaign.sections[0].blocks
    assert isinstance(steps, Steps)
    assert isinstance(figures, Figures)
    assert [step.below.plain for step in steps.items] == ["nhà trường cấp", "khóa van", "Chỉ làm thế"]
    assert [step.body.plain[:1] for step in steps.items] == [":", ",", "C"]
    assert (figures.items[0].lead, figures.items[0].label.plain) == ("4 triệu: ", "phạt")
