"""A report says what went out and what did not; its files hold text and never a formula, and the same bytes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import openpyxl
import pytest
from openxml_audit import OpenXmlValidator

from publisher.errors import UsageError
from publisher.web.report import Report, Row, make_report, parse_period
from publisher.web.report_files import WRITERS

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ROW = Row(
    id="cds.2026.d0", due_at=datetime(2026, 10, 10, 8, tzinfo=ZONE), sent_at=datetime(2026, 10, 10, 8, 0, 2, tzinfo=ZONE), unit="Xã Mẫu",
    network="Facebook", account="Trang xã Mẫu", act="đăng", output="clip", title="=cmd|' /C calc'!A0", state="sent",
    state_words="đã đăng", url="https://facebook.example/1", author="Lan", approved_by="Minh", attempts=1, late_s=2.0,
    reason="",
)  # fmt: skip
WAITING = replace(
    ROW, id="cds.2026.d1", due_at=datetime(2026, 10, 11, 8, tzinfo=ZONE), sent_at=None, state="in_review", state_words="chờ duyệt",
    url="", late_s=None, reason="+Chưa ai duyệt.", title="Tiêu đề Ẫ", attempts=0,
)  # fmt: skip
LATE = replace(ROW, id="cds.2026.d2", sent_at=datetime(2026, 10, 10, 9, tzinfo=ZONE), late_s=3600.0)
DROPPED = replace(WAITING, id="cds.2026.d3", state="cancelled", state_words="đã hủy", network="Zalo OA")


def report() -> Report:
    return make_report([WAITING, ROW, LATE, DROPPED], parse_period("2026-10"))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-05-18..2026-05-20", date(2026, 5, 18), date(2026, 5, 20)),
    ],
)
def test_a_period_is_a_year_a_month_a_quarter_or_two_days(text: str, first: date, last: date) -> None:
    period = parse_period(text)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize("text", ["", "10/2026", "2026-13", "2026-Q5", "2026-10-10..2026-10-01", "2026-10-01..x"])
def test_a_period_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--period"):
        parse_period(text)


def test_totals_count_what_is_out_on_time_not_out_and_dropped() -> None:
    (facebook, zalo) = report().totals
    assert (facebook.planned, facebook.out, facebook.on_time, facebook.not_out, facebook.dropped) == (3, 2, 1, 1, 0)
    assert (zalo.planned, zalo.out, zalo.not_out, zalo.dropped) == (1, 0, 0, 1)
    assert [row.id for row in report().rows] == ["cds.2026.d0", "cds.2026.d2", "cds.2026.d1", "cds.2026.d3"]


def test_a_spreadsheet_holds_texts_and_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(WRITERS[".xlsx"](report(), "Tỉnh Mẫu")))
    assert book.sheetnames == ["Tổng hợp", "Đã đăng", "Chưa đăng"]
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert all(cell.data_type in ("s", "n") for cell in cells)
    assert ROW.title in [cell.value for cell in cells]
    assert "+Chưa ai duyệt." in [cell.value for cell in cells]


def test_comma_separated_values_open_as_text_in_a_spreadsheet() -> None:
    data = WRITERS[".csv"](report(), "Tỉnh Mẫu")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 5
    assert {len(row) for row in rows} == {14}
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    assert f"'{ROW.title}" in rows[1]


def test_a_word_file_holds_every_row_and_follows_its_format(tmp_path: Path) -> None:
    path = tmp_path / "bao-cao.docx"
    path.write_bytes(WRITERS[".docx"](report(), "Trung tâm Tỉnh Mẫu"))
    document = docx.Document(str(path))
    words = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    shown = "\n".join(words)
    assert all(text in shown for text in (ROW.title, WAITING.title, WAITING.reason, ROW.url))
    assert "từ 01/10/2026 đến 31/10/2026" in "\n".join(p.text for p in document.paragraphs)
    assert [error.description for error in OpenXmlValidator().validate(path).errors] == []


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_the_same_report_is_the_same_bytes(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = WRITERS[ending](report(), "Tỉnh Mẫu")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert WRITERS[ending](report(), "Tỉnh Mẫu") == first
