"""The editors' calendar, as rows and as a file for phones."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from publisher.schedule.calendar import list_occasions, tell_calendar
from publisher.schedule.ical import escape, fold, to_ical
from publisher.schedule.keydays import load_key_days
from publisher.schedule.slots import Slot
from publisher.schedule.wording import name_moment
from publisher.workspace import load_workspace

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = load_key_days(load_workspace(Path(__file__).parents[2]))
MADE = datetime(2026, 9, 1, tzinfo=UTC)
SLOT = Slot(
    "cds.2026.d0-facebook-clip.facebook-tinh", "cds", "tinh", "facebook-tinh", "facebook", "clip", "",
    datetime(2026, 10, 10, 1, 0, tzinfo=UTC), "ask", 3600, None,
)  # fmt: skip


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_a_span_lists_solar_and_lunar_days_in_order() -> None:
    found = list_occasions(DAYS, date(2026, 2, 1), date(2026, 3, 5))
    assert [o.id for o in found] == [
        "thanh-lap-dang",
        "ong-cong-ong-tao",
        "tet-nguyen-dan",
        "thay-thuoc",
        "tho-viet-nam",
    ]
    assert [o.day for o in found] == sorted(o.day for o in found)
    assert found[2].lunar == "01/01 âm lịch"


def test_a_day_is_listed_only_in_the_years_it_holds() -> None:
    assert "van-hoa-viet-nam" not in {o.id for o in list_occasions(DAYS, date(2025, 1, 1), date(2025, 12, 31))}
    assert "van-hoa-viet-nam" in {o.id for o in list_occasions(DAYS, date(2026, 1, 1), date(2026, 12, 31))}


def test_a_theme_that_is_not_announced_yet_is_asked_for_when_work_begins() -> None:
    (day,) = [o for o in list_occasions(DAYS, date(2027, 10, 1), date(2027, 10, 9)) if o.id == "doi-moi-sang-tao"]
    assert (day.theme, day.theme_due, day.prepare_from) == ("", True, date(2027, 8, 23))
    rows = {
        today: tell_calendar([day], today)[0] for today in (date(2027, 8, 22), date(2027, 8, 23), date(2027, 10, 6))
    }
    assert [row[-1] for row in rows.values()] == ["", "soạn và duyệt; nhập chủ đề năm 2027", ""]
    assert rows[date(2027, 8, 23)] == (
        "Thứ Sáu, 01/10/2027", "Ngày hội Đổi mới sáng tạo quốc gia", "còn 39 ngày", "22/09–05/10",
        "soạn và duyệt; nhập chủ đề năm 2027",
    )  # fmt: skip
    past = next(o for o in list_occasions(DAYS, date(2025, 10, 1), date(2025, 10, 1)) if o.id == "doi-moi-sang-tao")
    assert (past.theme_due, past.theme) == (False, "Đổi mới sáng tạo toàn dân – Động lực phát triển quốc gia")


def test_a_moment_is_told_as_local_clocks_show_it() -> None:
    assert name_moment(SLOT.at, ZONE) == "08:00 Thứ Bảy, 10/10/2026"


def test_a_calendar_file_holds_every_slot_and_day_in_utc() -> None:
    text = to_ical(
        [SLOT, replace(SLOT, key="cds.2027.a.b", needs_review=True)],
        list_occasions(DAYS, date(2026, 10, 10), date(2026, 10, 10)),
        titles={"cds": "Chuyển đổi số: nhanh, gần dân; hơn"}, zone=ZONE, made_at=MADE,
    )  # fmt: skip
    lines = unfolded(text)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 4
    assert "DTSTART:20261010T010000Z" in lines
    assert "DTSTART;VALUE=DATE:20261010" in lines
    assert "UID:cds.2026.d0-facebook-clip.facebook-tinh@publisher" in lines
    assert r"SUMMARY:Chuyển đổi số: nhanh\, gần dân\; hơn – clip → facebook-tinh" in lines
    assert "STATUS:TENTATIVE" in lines
    assert len([line for line in lines if line.startswith("UID:")]) == len(
        {line for line in lines if line.startswith("UID:")}
    )


def test_the_same_slots_give_the_same_bytes_in_any_order() -> None:
    other = replace(SLOT, key="cds.2026.a.b", at=datetime(2026, 10, 9, tzinfo=UTC))
    one = to_ical([SLOT, other], titles={}, zone=ZONE, made_at=MADE)
    assert to_ical([other, SLOT], titles={}, zone=ZONE, made_at=MADE) == one


def test_a_title_cannot_write_lines_of_its_own() -> None:
    text = to_ical([SLOT], titles={"cds": "a\r\nEND:VCALENDAR\nX:1\x00"}, zone=ZONE, made_at=MADE)
    assert "\nX:1" not in text.replace("\r\n ", "")
    assert text.count("\r\nEND:VCALENDAR\r\n") == 1
    assert "\x00" not in text


def test_a_line_is_cut_at_exactly_75_bytes_wherever_letters_of_three_bytes_stand() -> None:
    for before in range(90):
        parts = fold("x" * before + "ế" * 60).split("\r\n")
        assert all(len(part.encode()) <= 75 for part in parts)
        assert all(len(part.encode()) > 72 for part in parts[:-1])


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",))))
def test_no_line_is_longer_than_the_format_allows_and_no_letter_is_lost(text: str) -> None:
    line = f"SUMMARY:{escape(text)}"
    folded = fold(line)
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == line
    assert not re.search(r"[\r\n]", line)
