"""Where a text holds something that is not read as it is written. Every pattern is bounded, so reading is linear."""

from __future__ import annotations

import re

UPPER = "A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
BLANK = r"[ \u00a0\u202f]"
NUMBER = r"(?:\d{1,3}(?:\.\d{3}){1,5}(?:,\d{1,6})?|\d{1,18}(?:,\d{1,6})?)"
UNITS = {
    "km²": "ki lô mét vuông", "km2": "ki lô mét vuông", "m²": "mét vuông", "m2": "mét vuông", "m³": "mét khối",
    "m3": "mét khối", "cm²": "xăng ti mét vuông", "km/h": "ki lô mét trên giờ", "km/giờ": "ki lô mét trên giờ",
    "m/s": "mét trên giây", "km": "ki lô mét", "cm": "xăng ti mét", "mm": "mi li mét", "m": "mét", "ha": "héc ta",
    "kg": "ki lô gam", "mg": "mi li gam", "g": "gam", "ml": "mi li lít", "l": "lít", "kWh": "ki lô oát giờ",
    "MWh": "mê ga oát giờ", "kWp": "ki lô oát đỉnh", "kW": "ki lô oát", "MW": "mê ga oát", "W": "oát", "kV": "ki lô vôn",
    "V": "vôn", "KB": "ki lô bai", "MB": "mê ga bai", "GB": "ghi ga bai", "TB": "tê ra bai",
    "Mbps": "mê ga bít trên giây", "Gbps": "ghi ga bít trên giây", "MHz": "mê ga héc", "GHz": "ghi ga héc",
    "°C": "độ xê", "ºC": "độ xê", "°": "độ", "%": "phần trăm", "‰": "phần nghìn", "đ": "đồng", "₫": "đồng",
    "VNĐ": "đồng", "VND": "đồng", "USD": "đô la Mỹ", "EUR": "ơ rô", "px": "điểm ảnh", "dB": "đề xi ben",
}  # fmt: skip
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
PER = (
    "năm|quý|tháng|tuần|ngày|đêm|giờ|phút|giây|người|hộ|ha|lần|kg|tấn|m²|m2|km|hồ sơ|lượt|suất|học sinh|sào|héc ta|"
    "buổi|xã|phường|thôn|đơn vị|gia đình|khẩu|mẫu|cây|con|sản phẩm|tổ|cán bộ|đại biểu"
)

# Order matters: the first pattern that fits at a place is taken.
PATTERNS = (
    ("opaque", r"[\ue000-\uf8ff]"),
    ("mail", r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"),
    ("web", r"https?://[^\s<>\"“”]{1,2000}|www\.[^\s<>\"“”]{1,2000}"),
    ("site", r"(?<![\w.])[a-z0-9-]{2,63}(?:\.[a-z0-9-]{2,63}){0,4}\.(?:vn|com|org|net|edu|gov|info|example)(?:/[^\s<>\"“”,;)]{0,200})?(?![\w])"),
    ("hashtag", r"#\w{1,100}"),
    ("phone", rf"(?<![\w.,/])(?:\+84{BLANK}?\d{{1,3}}(?:[. \u00a0]?\d{{2,4}}){{2,3}}|\(0\d{{2,3}}\){BLANK}?\d{{3,4}}(?:[. \u00a0]?\d{{3,4}}){{1,2}}"
              rf"|0\d{{2,4}}(?:[. \u00a0-]\d{{3,4}}){{1,3}}|0\d{{8,10}}|1[89]00(?:[. \u00a0]?\d{{2,4}}){{1,2}})(?![\w/])"),
    ("document", rf"(?<![\w/.])(?P<doc_no>\d{{1,5}})(?:/(?P<doc_year>(?:19|20)\d\d))?[-/](?P<doc_code>[{UPPER}][A-Za-zĐđ&]{{0,14}}\d{{0,2}}(?:[-/][{UPPER}][A-Za-zĐđ&]{{0,14}}\d{{0,2}}){{0,3}})(?!\w)"),
    ("date", r"(?<![\w/.,])(?P<d>\d{1,2})[/.-](?P<dm>\d{1,2})[/.-](?P<dy>\d{4})(?![\w/])"),
    ("time", r"(?<![\w/:.,])(?P<th>[01]?\d|2[0-4])(?:(?:h|g(?=\d))(?P<tm>[0-5]\d)?(?![\w])|:(?P<tc>[0-5]\d)(?![\w:]))"),
    ("month_year", r"(?<![\w/.,])(?P<my>\d{1,2})/(?P<myy>(?:19|20)\d\d)(?![\w/])"),
    ("slash", r"(?<![\w/.,])(?P<sa>\d{1,4})/(?P<sb>\d{1,4})(?![\w/])"),
    ("version", r"(?<![\w.,/])\d{1,3}(?:\.\d{1,2}){1,2}(?![\w.,]\d|\w)"),
    ("roman_year", r"(?<!\w)(?P<ry_n>[IVXLCDM]{1,8})/(?P<ry_y>(?:19|20)\d\d)(?!\w)"),
    ("range", rf"(?<![\w/.,])(?P<ra>{NUMBER}){BLANK}?(?P<ru1>%|°C)?{BLANK}?[-–—]{BLANK}?(?P<rb>{NUMBER})(?:{BLANK}?(?P<ru>{_UNIT})(?![\w]))?(?![\w/])"),
    ("measure", rf"(?<![\w/])(?P<mn>{NUMBER}){BLANK}?(?P<mu>{_UNIT})(?![\wđ])"),
    ("money", rf"(?P<cs>[$€]){BLANK}?(?P<cn>{NUMBER})(?!\w)"),
    ("word_number", rf"(?<!\w)(?P<wn_w>[A-Z{UPPER}]{{1,3}})\.{BLANK}?(?P<wn_n>\d{{1,3}})(?!\w)"),
    ("number", rf"(?<![\w]){NUMBER}(?![\w])"),
    ("hyphened", rf"(?<!\w)[{UPPER}a-z]{{2,12}}-\d{{1,3}}(?!\w)"),
    ("mixed", rf"(?<!\w)(?:[{UPPER}a-zđ]{{0,12}}\d{{1,6}}[{UPPER}a-zđ0-9]{{0,12}}(?:[-][A-Za-z0-9Đ]{{1,12}}){{0,2}})(?!\w)"),
    ("word", rf"(?<!\w)[{UPPER}a-zA-Zđà-ỹ&]{{1,40}}(?:[.&/-][{UPPER}a-zA-Zđà-ỹ]{{1,20}}){{0,3}}\.?"),
    ("per", rf"/(?={BLANK}?(?:{PER})(?!\w))"),
    ("sign", r"[≥≤><±~≈&+=×→°%‰/\\*_#@|^`{}\[\]()$€₫…–—§©®™•·\u2060\u200b\ufeff\u00b2\u00b3\u00b9\u2070-\u209f\u2460-\u24ff]|[\u2190-\u2bff\u2000-\u200f\u202a-\u202e]"),
    ("digits", r"\d{1,200}"),
)  # fmt: skip
MASTER = re.compile("|".join(f"(?P<t_{name}>{pattern})" for name, pattern in PATTERNS))
