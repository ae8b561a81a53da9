"""What editors call things: outputs, networks, days of the week, rules for a missed time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

OUTPUTS: Mapping[str, str] = {
    "infographic": "đồ họa thông tin",
    "clip": "clip",
    "article": "bài viết",
    "radio": "kịch bản phát thanh",
    "poster": "áp phích",
    "led": "clip màn hình LED",
    "text": "bài chữ",
    "link": "bài kèm liên kết",
}
NETWORKS: Mapping[str, str] = {
    "facebook": "Facebook",
    "zalo": "Zalo OA",
    "portal": "Cổng thông tin điện tử",
    "radio": "Truyền thanh",
    "youtube": "YouTube",
}
LATE: Mapping[str, str] = {
    "send": "lỡ giờ vẫn gửi",
    "skip": "lỡ giờ thì bỏ",
    "ask": "lỡ giờ thì hỏi người",
}
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def name_output(output: str) -> str:
    return OUTPUTS.get(output, output)


def name_network(kind: str) -> str:
    return NETWORKS.get(kind, kind)


def name_day(day: date) -> str:
    """`Thứ Bảy, 10/10/2026`."""
    return f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"


def name_moment(moment: datetime, zone: ZoneInfo) -> str:
    """`08:00 Thứ Bảy, 10/10/2026`, as clocks in `zone` show it."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M} {name_day(local.date())}"
