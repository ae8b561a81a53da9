"""A report as a spreadsheet, a Word file or comma-separated values. No cell is ever a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.shared import Mm
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from publisher.render.docx_file import document_bytes, new_document, set_style, settle_zip
from publisher.web.report import Report, Row, Total, end_of

Cell = str | int
TOTALS = ("Đơn vị", "Kênh", "Theo kế hoạch", "Đã đăng", "Đúng giờ", "Chưa đăng", "Đã hủy")
OUT = (
    "Giờ hẹn", "Giờ đăng", "Đơn vị", "Kênh", "Tài khoản", "Việc", "Loại", "Tiêu đề", "Trạng thái", "Liên kết",
    "Người viết", "Người duyệt", "Số lần gửi",
)  # fmt: skip
NOT_OUT = ("Giờ hẹn", "Đơn vị", "Kênh", "Tài khoản", "Việc", "Loại", "Tiêu đề", "Trạng thái", "Vì sao")
_WIDTHS: Mapping[str, int] = {"Tiêu đề": 44, "Liên kết": 44, "Vì sao": 70, "Đơn vị": 30, "Tài khoản": 30, "Kênh": 22}
# What a spreadsheet takes for a formula when it opens comma-separated values.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def total_cells(total: Total) -> tuple[Cell, ...]:
    return (total.unit, total.network, total.planned, total.out, total.on_time, total.not_out, total.dropped)


def out_cells(row: Row) -> tuple[Cell, ...]:
    sent = f"{row.sent_at:%d/%m/%Y %H:%M}" if row.sent_at else ""
    return (
        f"{row.due_at:%d/%m/%Y %H:%M}", sent, row.unit, row.network, row.account, row.act, row.output, row.title,
        row.state_words, row.url, row.author, row.approved_by, row.attempts,
    )  # fmt: skip


def not_out_cells(row: Row) -> tuple[Cell, ...]:
    return (
        f"{row.due_at:%d/%m/%Y %H:%M}", row.unit, row.network, row.account, row.act, row.output, row.title,
        row.state_words, row.reason,
    )  # fmt: skip


def sheets_of(report: Report) -> list[tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]]:
    """Name, heading and rows of each table of the report."""
    return [
        ("Tổng hợp", TOTALS, [total_cells(total) for total in report.totals]),
        ("Đã đăng", OUT, [out_cells(row) for row in report.out]),
        ("Chưa đăng", NOT_OUT, [not_out_cells(row) for row in report.not_out]),
    ]


def write_csv(report: Report) -> bytes:
    """Every piece on a line, with a mark by which Excel knows UTF-8; what looks like a formula gets an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow((*OUT, "Vì sao"))
    for row in report.rows:
        writer.writerow([_harmless(str(cell)) for cell in (*out_cells(row), row.reason)])
    return "\ufeff".encode() + stream.getvalue().encode()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_xlsx(report: Report) -> bytes:
    """A workbook with a sheet for totals, one for what is out and one for what is not. Every text is only text."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, heading, rows in sheets_of(report):
        fill_sheet(book.create_sheet(name), heading, rows)
    book.properties.creator = "publisher"
    book.properties.title = f"Báo cáo {report.period.words}"
    stream = io.BytesIO()
    book.save(stream)
    return settle_zip(stream.getvalue(), edit=lambda name, data: _settle_dates(name, data, report))


def _settle_dates(name: str, data: bytes, report: Report) -> bytes:
    """The library writes the present moment into its properties; the same report is to be the same bytes."""
    if name != "docProps/core.xml":
        return data
    moment = f"{end_of(report.period):%Y-%m-%dT%H:%M:%SZ}".encode()
    return re.sub(rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", moment, data)


def fill_sheet(sheet: Worksheet, heading: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Heading and rows; widths for reading on a screen, the heading stays in sight."""
    for column, text in enumerate(heading, 1):
        cell = sheet.cell(1, column, text)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="0B4F8A")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(text, 17)
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, value)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with `=` stays a text
                cell.quotePrefix = value.startswith(_FORMULA)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heading))}{len(rows) + 1}"


# On paper a line has 247 mm: what belongs together shares a column. Name, width in mm.
PAPER_TOTALS = (
    ("Đơn vị", 92),
    ("Kênh", 55),
    ("Kế hoạch", 20),
    ("Đã đăng", 20),
    ("Đúng giờ", 20),
    ("Chưa", 20),
    ("Hủy", 20),
)
PAPER_OUT = (("Giờ đăng", 27), ("Nơi đăng", 60), ("Nội dung", 70), ("Liên kết", 55), ("Người viết → duyệt", 35))
PAPER_NOT_OUT = (("Giờ hẹn", 27), ("Nơi đăng", 60), ("Nội dung", 65), ("Vì sao", 95))


def paper_out(row: Row) -> tuple[Cell, ...]:
    sent = f"{row.sent_at:%d/%m/%Y %H:%M}" if row.sent_at else f"{row.due_at:%d/%m/%Y %H:%M}"
    place, what = f"{row.network}: {row.account}", f"{row.title} ({row.output})"
    what += "" if row.state == "sent" else f" – {row.state_words}"
    return (sent, place, what, row.url or "không có địa chỉ công khai", f"{row.author} → {row.approved_by}")


def paper_not_out(row: Row) -> tuple[Cell, ...]:
    place, what = f"{row.network}: {row.account}", f"{row.title} ({row.output})"
    return (f"{row.due_at:%d/%m/%Y %H:%M}", place, what, f"{row.state_words}. {row.reason}")


def write_docx(report: Report, office: str) -> bytes:
    """A report on paper: totals, what is out with its links, what is not and why."""
    document = new_document(title=f"Báo cáo {report.period.words}", author=office, font="Times New Roman", size_pt=12)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = Mm(25)
    set_style(document, "Title", size_pt=16, bold=True, after_pt=4)
    set_style(document, "Heading 1", size_pt=13, bold=True, before_pt=12, keep_with_next=True)
    set_style(document, "Ô bảng", size_pt=10.5, before_pt=2, after_pt=2)
    document.styles["Ô bảng"].paragraph_format.line_spacing = 1.0
    document.add_paragraph("Báo cáo đăng tải", style="Title")
    out, planned = len(report.out), len(report.rows)
    document.add_paragraph(
        f"{office}, {report.period.words}. Theo kế hoạch {planned} bài; đã đăng {out}; "
        f"chưa đăng hoặc đã hủy {planned - out}."
    )
    for name, columns, rows in (
        ("Tổng hợp", PAPER_TOTALS, [total_cells(total) for total in report.totals]),
        ("Đã đăng", PAPER_OUT, [paper_out(row) for row in report.out]),
        ("Chưa đăng", PAPER_NOT_OUT, [paper_not_out(row) for row in report.not_out]),
    ):
        document.add_paragraph(name, style="Heading 1")
        if rows:
            add_table(document, columns, rows)
        else:
            document.add_paragraph("Không có.")
    return document_bytes(document)


def add_table(document: Document, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]]) -> None:
    """A table with fixed widths; its heading stands again on every page, and no row is torn apart."""
    table = document.add_table(rows=1 + len(rows), cols=len(columns), style="Table Grid")
    table.autofit = False
    style = document.styles["Ô bảng"]
    for number, (row, values) in enumerate(zip(table.rows, [[name for name, _ in columns], *rows], strict=True)):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, value, (_, width) in zip(row.cells, values, columns, strict=True):
            cell.width = Mm(width)
            cell.paragraphs[0].style = style
            cell.paragraphs[0].add_run(str(value)).bold = True if number == 0 else None
    for column, (_, width) in zip(table.columns, columns, strict=True):
        column.width = Mm(width)


Writer = Callable[[Report, str], bytes]
WRITERS: Mapping[str, Writer] = {
    ".csv": lambda report, office: write_csv(report),
    ".docx": write_docx,
    ".xlsx": lambda report, office: write_xlsx(report),
}
"""How each ending is written."""
