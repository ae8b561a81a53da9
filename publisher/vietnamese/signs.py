"""Signs between words and figures as they are said: what has no reading is left away, and named as a doubt."""

from __future__ import annotations

import re
import unicodedata

from publisher.vietnamese.hearing import Desk, Here
from publisher.vietnamese.measures import PER, UNIT, UNITS
from publisher.vietnamese.spelling import parse_roman

_QUANTITY = re.compile(
    r"(?:\d|%|°|°C|ºC|độ|độ C|\d ?[hg]|giờ|phút|nghìn|ngàn|triệu|tỷ|tỉ|trăm|vạn|đồng|\dđ|kg|km|\dm|ha|tấn|tạ|USD|"
    r"tuổi|"
    r"tháng|ngày|năm|người|m²|m2|cm|mm|lít|điểm|lần|phần trăm)$"
)
_HOLLOW = re.compile(r"<[^<>\n\d]{1,40}$")  # <Họ tên> stands for what one fills in
_HOLIDAY_BEFORE = re.compile(r"(?<!\d)30[/.]0?4$")
_NAMED_BEFORE = re.compile(r"[^\W\d_][ \u00a0]\d$")
_ORDERED = re.compile(r"\d[^\d\n.;!?]{0,16}$")
_FIGURE_BEFORE = re.compile(
    r"(?:\d|%|đ|₫|²|đồng|triệu|tỷ|nghìn|ngàn|mét|USD|VNĐ|g|ha|lít|tấn|tạ|người|suất|công)[ \u00a0]*$"
)
_MEASURE_BEFORE = re.compile(
    rf"(?:(?:\d|triệu|nghìn|ngàn|tỷ|tỉ|vạn|trăm|chục|-|–)[ \u00a0]?{UNIT}|\d[^\n.;,]{{0,20}}/[ \u00a0]?(?:{UNIT}|"
    rf"{PER}))$"
)
_COUNT_BEFORE = re.compile(r"\d[\d.,]*[ \u00a0][^\d\n,;.!?]{1,20}$")
# Households and the people in them are two counts, not one out of the other.
_OTHER_COUNT = re.compile(
    r"(?<!\w)hộ(?: dân| gia đình| nghèo| cận nghèo)?/[\d.]{1,11} ?(?:khẩu|nhân khẩu|người|lao động)"
)
_NOISE = frozenset("*_`|\\{}•·\u2060\u200b\ufeff©®™\u00b9")
_SIGNS = {
    ">=": " ít nhất ", "<=": " không quá ", "≥": " ít nhất ", "≤": " không quá ", ">": " hơn ", "<": " dưới ",
    "±": " cộng trừ ", "~": " khoảng ",
    "≈": " khoảng ", "↑": " tăng ", "↓": " giảm ",
    "&": " và ", "+": " cộng ", "=": " bằng ", "×": " nhân ", "→": ", ", "⇒": ", ", "➔": ", ",
    "°": " độ ", "º": " độ ", "%": " phần trăm ", "№": " số ", "℃": " độ xê ", "÷": " đến ",
    "‰": " phần nghìn ", "/": ", ", "@": " a còng ", "(": ", ", ")": ", ", "[": ", ", "]": ", ", "$": " đô la ",
    "€": " ơ rô ", "₫": " đồng ", "…": "…", "•": ", ", "·": ", ", "\u2060": "", "\u200b": "", "\ufeff": "",
    "§": " mục ", "²": " bình phương ", "³": " lập phương ", "|": ", ", "′": " phút ", "″": " giây ",
}  # fmt: skip
_GREEK = {"α": "an pha", "β": "bê ta", "γ": "gam ma", "Δ": "đen ta", "δ": "đen ta", "µ": "mi crô", "μ": "mi crô",
          "π": "pi", "Ω": "ôm", "Φ": "phi", "φ": "phi"}  # fmt: skip


def read_per(here: Here, desk: Desk) -> str:
    """`/năm` after a figure → một năm; `/24h` → trong hai mươi tư giờ; between words a pause."""
    if here.part("pe_n"):
        time = "giờ" if here.part("pe_t") == "h" else here.part("pe_t")
        return f" trong {desk.integer(here.part('pe_n'))} {time} "
    each = here.part("pe")
    said = {"s": "giây", "h": "giờ"}.get(each) or UNITS.get(each, each)
    near = [_FIGURE_BEFORE, _MEASURE_BEFORE, *([_ORDERED] if each in UNITS else [])]
    figure = any(pattern.search(here.before) for pattern in near)
    return f" một {said}" if figure else f", {said}"


def read_dash(here: Here, desk: Desk) -> str:
    """`7h - 9h` → đến; `từ -2°C` → âm; between words a pause; at the beginning of a line a bullet."""
    starts = not here.before or here.before.endswith("\n")
    if _HOLIDAY_BEFORE.search(here.before) and re.match(r"0?1[/.]0?5(?!\d)", here.after):
        return ", "  # 30/4-1/5 are two holidays, not the days between them
    figure = re.match(r"\d", here.after)
    if re.match(r"(?:19|20)\d\d[/-]\d\d(?!\d)", here.after) and _NAMED_BEFORE.search(here.before):
        return ", "  # V.League 1-2025/26
    if figure and _QUANTITY.search(here.before) and not re.match(r"0\d{2}|1[89]00[. ]?\d{4}", here.after):
        return " đến "
    counted = re.search(r"(\w{2,12})[ \u00a0][\d/]{1,10}$", here.before)
    if counted and re.match(rf"{counted.group(1)}[ \u00a0]\d", here.after, re.IGNORECASE):
        return " đến "  # thứ 2 - thứ 6
    spaced = here.text[0] in " \u00a0\u202f" and here.text[-1] not in " \u00a0\u202f"
    if figure and (spaced or starts or here.before[-1:] in "(:,~±") and here.text[-1] not in " \u00a0\u202f":
        if here.before.endswith("(") and re.match(r"\d[\d.,]{0,8}[ \u00a0]?%", here.after):
            return " giảm "
        said = " " if starts and not re.match(r"[\d.,]+ ?(?:°|º|độ|%)", here.after) else " âm "
        return said if not starts else desk.doubt(here, said, "a minus, or the mark of a list?")
    if starts:
        return ""
    if here.text == "-" and here.before[-1:].isdigit():
        return " "
    return ", " if here.text != "-" or figure else "-"


def read_sign(here: Here, desk: Desk) -> str:
    sign = here.text
    if sign in ("~", "≈") and here.before.rstrip().lower().endswith("khoảng"):
        return " "
    if sign == "/" and re.search(r"(?<!\w)[A-D]$", here.before) and re.match(r"H\d", here.after):
        return " "  # cúm A/H5N1
    if sign == "+" and here.before[-1:].isdigit() and not re.match(r"[ \u00a0]*\d|[A-Z]", here.after):
        return " trở lên "
    if sign == "+" and here.before.endswith("(") and re.match(r"\d[\d.,]{0,8}[ \u00a0]?%", here.after):
        return " tăng "
    if sign == "*" and here.before[-1:].isdigit() and not here.after[:1].isalnum():
        return " sao "
    if sign == "/" and here.after[:1].isdigit() and _COUNT_BEFORE.search(here.before):
        return ", " if _OTHER_COUNT.search(f"{here.before}/{here.after}") else " trên "
    if sign == "/" and here.after[:1].isalpha() and _MEASURE_BEFORE.search(here.before):
        return " một "
    if (sign == "<" and here.after[:1].isalpha()) or (sign == ">" and _HOLLOW.search(here.before)):
        return ", "
    said = _SIGNS.get(sign)
    if said is not None:
        return said
    return " " if sign in _NOISE or sign.isspace() or unicodedata.category(sign[0]) == "Cf" else _odd_sign(here, desk)


def _odd_sign(here: Here, desk: Desk) -> str:
    """Circled and raised figures by their value; everything else is left away."""
    name = unicodedata.name(here.text, "")
    plain = unicodedata.normalize("NFKC", here.text)
    if plain.isdigit() and plain.isascii():
        lead = " mũ " if name.startswith("SUPERSCRIPT") else " "
        return desk.doubt(here, f"{lead}{desk.integer(plain)} ", "a figure as a sign")
    return desk.doubt(here, " ", "a sign without a reading; it is left away")


def read_other(here: Here, desk: Desk) -> str:
    return desk.doubt(here, " ", "a sign without a reading; it is left away")


def read_script(here: Here, desk: Desk) -> str:
    """Letters of other scripts: a few Greek ones have names; the rest nobody can read."""
    text = here.text
    if all(c in _GREEK for c in text):
        return f" {' '.join(_GREEK[c] for c in text)} "
    return desk.doubt(here, text, "letters of another script; write how it is said")


def read_roman_sign(here: Here, desk: Desk) -> str:
    number = parse_roman(unicodedata.normalize("NFKC", here.text).upper())
    return desk.doubt(here, desk.integer(str(number)) if number else " ", "a Roman numeral as a sign")
