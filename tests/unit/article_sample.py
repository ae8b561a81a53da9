"""One campaign with every kind of block, its office and a workspace around it, built by hand for tests."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image

from publisher.content.model import (
    Bullets,
    Campaign,
    Chart,
    Figure,
    Figures,
    Number,
    Paragraph,
    Picture,
    Question,
    Questions,
    Quotation,
    Section,
    Span,
    Step,
    Steps,
    Subheading,
    Table,
    Text,
)
from publisher.units import Unit
from publisher.workspace import Workspace

REPOSITORY = Path(__file__).parents[2]

HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "{% for x in y %}",
    '=cmd|" /C calc"!A0',
    "[x](javascript:alert(1))",
    "![x](file:///etc/passwd)",
    '" onmouseover="alert(1)',
    "<img src=x onerror=alert(1)>",
    '#read("/etc/passwd")',
    "&lt;script&gt;",
    "[ref]: javascript:alert(1)",
    "<!-- -->",
    "</article></main><iframe src=//x>",
)


def text(words: str) -> Text:
    return Text((Span(words),))


def number(written: str, value: str) -> Number:
    return Number(written, Decimal(value), "", written, "", 0)


def office() -> Unit:
    return Unit(
        id="tinh-mau",
        name="Trung tâm Truyền thông tỉnh Mẫu",
        short_name="Tỉnh Mẫu",
        parent=None,
        primary="#0b4f8a",
        accent="#f2a541",
        font="Be Vietnam Pro",
        mark=None,
        hotline="1900 0000",
        address="1 đường Mẫu, tỉnh Mẫu",
        website="truyenthong.tinhmau.example",
        qr="https://truyenthong.tinhmau.example",
        station="Đài Phát thanh tỉnh Mẫu",
        folder=REPOSITORY / "assets" / "units" / "tinh-mau",
    )


def workspace_at(root: Path) -> Workspace:
    """A workspace with the repository's templates and fonts and one picture with EXIF in it."""
    (root / "campaigns").mkdir(exist_ok=True)
    for name in ("templates", "assets"):
        if not (root / name).exists():
            (root / name).symlink_to(REPOSITORY / name)
    picture = Image.linear_gradient("L").resize((2400, 1200)).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    picture.save(root / "campaigns" / "anh.jpg", exif=exif)
    return Workspace(root, ZoneInfo("Asia/Ho_Chi_Minh"), "tinh-mau", "vi", "")


def full_campaign() -> Campaign:
    return Campaign(
        path="campaigns/10-10.md",
        title="Ngày Chuyển đổi số 10/10: mỗi người một việc làm số",
        summary="Ngày 10/10 là Ngày Chuyển đổi số quốc gia. Tỉnh Mẫu mời bà con làm một việc số có ích.",
        slug="10-10",
        author="Nguyễn Thị Lan",
        editor="Trần Văn Minh",
        sources=("Quyết định 505/QĐ-TTg ngày 22/4/2022", "Nghị quyết 57-NQ/TW"),
        hashtags=("ChuyenDoiSo", "TinhMau"),
        ai_use="generated",
        sections=(
            Section(text("Những con số"), (_figures(), _bullets(), _bars(), _line()), 7),
            Section(text("Các bước"), (_steps(), *_help()), 24),
            Section(text("Việc nên làm"), (_table(), _picture()), 39),
            Section(text("Hỏi – đáp"), (_questions(),), 49),
        ),
    )


def hostile_campaign() -> Campaign:
    """Hostile text in every place that takes text."""
    bad = " ".join(HOSTILE)
    return Campaign(
        path="campaigns/x.md",
        title=bad,
        summary=bad,
        slug="x",
        author=bad,
        editor=bad,
        sources=HOSTILE,
        hashtags=("<b>", "a\n#b"),
        sections=(
            Section(text(bad), tuple(Paragraph(text(words), 5 + i) for i, words in enumerate(HOSTILE)), 4),
            Section(
                text("x"),
                (
                    Figures((Figure(bad, text(bad), None, 30),), 30),
                    Bullets(tuple(text(words) for words in HOSTILE), 31),
                    Steps((Step(text(bad), text(bad), 32),), 32),
                    Table((text(bad), text(bad)), ((text(bad), text(bad)),), 33),
                    Chart("bars", (text(bad), text(bad)), (text(bad),), ((number(bad, "1"),),), bad, 34),
                    Quotation((text(bad),), text(bad), 35),
                    Picture("anh.jpg", "campaigns/anh.jpg", bad, bad, None, 36),
                    Subheading(text(bad), 3, 37),
                    Questions((Question(text(bad), (Paragraph(text(bad), 39),), 38),), 38),
                    Paragraph(Text((Span("liên kết", href="javascript:alert(1)"),)), 40),
                    Paragraph(Text((Span("liên kết", href='https://a.example/")<script>x'),)), 41),
                ),
                29,
            ),
        ),
    )


def _figures() -> Figures:
    cards = (
        Figure("80%", text("người dân có tài khoản định danh"), number("80%", "80"), 8),
        Figure("1.234,5 tỷ", text("đồng giao dịch không tiền mặt"), number("1.234,5 tỷ", "1234.5"), 9),
    )
    return Figures(cards, 8)


def _bullets() -> Bullets:
    return Bullets((text("Mục tiêu đã được thông qua"), text("Kết quả công bố mỗi quý")), 12)


def _bars() -> Chart:
    return Chart(
        "bars",
        (text("Địa bàn"), text("Tỷ lệ hồ sơ (%)")),
        (text("Phường Một"), text("Xã Mẫu"), text("Xã Ba")),
        ((number("92%", "92"),), (number("81,5%", "81.5"),), (None,)),
        "%",
        14,
    )


def _line() -> Chart:
    rows = (("61%", "70%"), ("68%", "75%"), ("77%", "83%"))
    return Chart(
        "line",
        (text("Năm"), text("Hộ có Internet"), text("Hộ có điện thoại")),
        (text("2022"), text("2023"), text("2024")),
        tuple(tuple(number(cell, cell[:-1]) for cell in row) for row in rows),
        "%",
        20,
    )


def _steps() -> Steps:
    return Steps(
        (
            Step(text("Mở ứng dụng VNeID"), text(" và đăng nhập."), 25),
            Step(text("Chọn thủ tục."), text("Tìm đúng tên thủ tục."), 26),
            Step(Text(), text("Gửi hồ sơ, giữ lại mã."), 27),
        ),
        25,
    )


def _help() -> tuple[Subheading, Paragraph, Quotation]:
    link = Text((Span("Xem "), Span("cổng dịch vụ", strong=True, href="https://a.example/b_c?x=1&y=2"), Span(" nhé.")))
    return (
        Subheading(text("Khi cần giúp"), 3, 30),
        Paragraph(link, 31),
        Quotation((text("Làm một lần là quen."),), text("Bà Trần Thị Mẫu"), 33),
    )


def _table() -> Table:
    return Table((text("Việc"), text("Ở đâu")), ((text("Đổi | căn cước"), text("Công an xã")),), 40)


def _picture() -> Picture:
    return Picture("anh.jpg", "campaigns/anh.jpg", "Cán bộ hướng dẫn bà con", "Đài Mẫu", None, 44)


def _questions() -> Questions:
    return Questions(
        (
            Question(text("Có mất phí không?"), (Paragraph(text("Không."), 51),), 50),
            Question(text("Không có điện thoại thì sao?"), (Paragraph(text("Đến bộ phận một cửa."), 53),), 52),
        ),
        50,
    )
