"""Numbers, measures, ranges, scores and ratios as they are said."""

from __future__ import annotations

import re
import unicodedata

from publisher.vietnamese.codes import (
    CODE_BEFORE,
    EMERGENCY_BEFORE,
    PHONE_BEFORE,
    SYNTAX_BEFORE,
    counts_things,
    group_digits,
    is_registration,
    is_service_number,
)
from publisher.vietnamese.days import DATE_BEFORE, MONTH_BEFORE, is_day, is_season
from publisher.vietnamese.hearing import Desk, Here
from publisher.vietnamese.measures import UNITS
from publisher.vietnamese.spelling import parse_roman, read_digits, spell, spell_latin
from publisher.vietnamese.tokens import UPPER

_SCORE_BEFORE = re.compile(
    r"(?<!\w)(?:tỷ số|tỉ số|thắng|(?-i:hòa|hoà)|thua|dẫn trước|dẫn|gỡ hòa|gỡ hoà|chung cuộc|đánh bại|hạ|vượt qua|"
    r"set|séc|hiệp|trận|kết quả trận|luân lưu|san bằng|nâng tỷ số)(?!\w)[^\n.;]{0,40}$",
    re.IGNORECASE,
)
_GRADE_BEFORE = re.compile(r"(?<!\w)(?:cấp|mức|từ|khoảng|lớp|tháng|tầng|độ)[ \u00a0]*$", re.IGNORECASE)
_COUNTED_AFTER = re.compile(
    r"^[ \u00a0]*(?:trận|bàn|điểm|quả|lần|ngày|tuần|tháng|năm|giờ|phút|giây|người|nghìn|ngàn|triệu|tỷ|tỉ|vạn|đồng|"
    r"xã|hộ|"
    r"tuổi|học sinh|đội|vòng|suất|vé|huy chương|HCV|giải|đợt|lớp|trường|tấn|tạ|bài|phần|mức|%)(?!\w)",
    re.IGNORECASE,
)
_RANGE_BEFORE = re.compile(
    r"(?<!\w)(?:từ|khoảng|pH|cấp|mức|lớp|tháng|quý|tuần|thứ|trang|năm|số|điều|khoản|mục|khóa|khoá|tầng|độ|vòng|"
    r"giai đoạn|"
    r"nhiệm kỳ|năm học|chương|phần|bậc|hạng|loại|nhóm|cỡ|ngày|bài|câu|tổ|khu|hơn|dưới|trên|ít nhất)[ \u00a0]*$",
    re.IGNORECASE,
)
_VERSION_BEFORE = re.compile(
    r"(?<!\w)(?:công nghiệp|phiên bản|web|cách mạng|bản|nông nghiệp|thế hệ|xã hội|chính phủ điện tử|chính phủ số|"
    r"chính quyền điện tử|hệ thống|windows|android|du lịch|giáo dục|chuẩn|đề án|ứng dụng|phần mềm|smart|"
    r"khung kiến trúc|IELTS|TOEFL|VSTEP|GPA|gemini|gpt|chatgpt|claude)"
    r"(?: lần thứ tư)?[ \u00a0]*$",
    re.IGNORECASE,
)
_PART_BEFORE = re.compile(r"(?<!\w)(?:mục|tiểu mục|điểm|phần|chương|điều|bảng|hình|phụ lục|khoản)[ \u00a0]*$", re.I)
_RATIO_BEFORE = re.compile(r"(?<!\w)(?:tỷ lệ|tỉ lệ|bản đồ|pha|khung hình|màn hình)[^\n.;]{0,24}$", re.IGNORECASE)
_FERTILISER = re.compile(r"(?:NPK|phân|đạm|lân)[^\n.;]{0,16}$")
_ORDINALS = {"1": "nhất", "4": "tư"}
_ORDINAL_BEFORE = re.compile(r"(?<!\w)thứ[ \u00a0]*$|(?<!\w)thứ \d,[ \u00a0]*$", re.IGNORECASE)
LONG = 9  # digits without separators: no amount is written so
_DAY_BEFORE = re.compile(
    r"(?<!\w)(?:ngày|mùng|lễ|dịp|quốc khánh|kỷ niệm|chào mừng|ngày lễ)"
    r"(?: \d{1,2}(?:-\d{1,2})?(?:,| và| đến| hoặc))?[ \u00a0]*$",
    re.IGNORECASE,
)
_MONTH_AFTER = re.compile(r"^[ \u00a0](?:tháng|âm lịch)")
_ZERO_BEFORE = re.compile(
    r"(?<!\w)(?:đề án|mẫu|biểu|phụ lục|xe buýt|tuyến|cổng|nghị quyết|nghị định|thông tư|chỉ thị|quyết định|kết luận|"
    r"quy định|kế hoạch|hướng dẫn|công điện|công văn|thông báo|mã)(?: số)?[ \u00a0]*$",
    re.I,
)
_SERIAL_BEFORE = re.compile(rf"(?<!\w)[{UPPER}]{{1,3}}[ \u00a0]$")  # AB 123456: what papers and banknotes are told by
_LEAST_PRICE = 100  # đồng; nothing costs less, so that 10đ are points
_POINTS_BEFORE = re.compile(
    r"(?<!\w)(?:thi|điểm|câu|chấm|thang|phần|vòng|bài|kiểm tra|tiêu chí|mục|kiến thức)(?!\w)[^\n.!?]{0,40}$", re.I
)
_PLACE_BEFORE = re.compile(
    r"(?<!\w)(?:vùng nguy hiểm|từ|bão|áp thấp|ATNĐ|tọa độ|vị trí|tâm|vĩ độ|kinh độ)(?!\w)[^;!?\n]{0,40}$", re.I
)
_PART_OF_DAY = re.compile(r"(?<!\w)(?:sáng|trưa|chiều|tối|đêm|hôm nay|hôm qua|rạng sáng)[ ,(\u00a0]*$", re.IGNORECASE)
_HOUR_BEFORE = re.compile(r"(?<!\w)\d{1,2}[ \u00a0]giờ[ \u00a0]$", re.IGNORECASE)
_HOURS = 24
_HOUR_WORD = re.compile(r"(?<!\w)(?:từ|lúc|đến|tới|hồi|trước|sau|khoảng|vào)[ \u00a0]$", re.IGNORECASE)
_HOUR_AFTER = re.compile(
    r"[ \u00a0]?(?:$|[.,;)\n]|-|–|(?:(?:đến|tới)[ \u00a0]\d{1,2}g(?![ \u00a0](?!ngày|sáng|chiều|tối|tại|hằng)\w)"
    r"|ngày|tại|sáng|trưa|chiều|tối|đêm|hằng|hàng|cùng|hôm|các|mỗi)(?!\w))"
)
_SMALL = 20  # scores are seldom higher in one figure
_NAME_BEFORE = re.compile(
    rf"(?<!\w)(?!Điều|Khoản|Mục|Điểm|Tổ|Thôn|Ấp|Khu|Lớp|Quý|Tháng|Ngày|Tuần|Chương|Bài|Từ|Khối|Cấp|Nhóm|Số)"
    rf"[{UPPER}][^\W\d_]{{1,16}}[ \u00a0]$"
)
_PAIR_BEFORE = re.compile(
    rf"[{UPPER}][^\W\d_]{{1,16}}[ \u00a0][-–][ \u00a0]"
    rf"[{UPPER}][^\W\d_]{{1,16}}(?:[ \u00a0][{UPPER}][^\W\d_]{{1,16}}){{0,3}}[ \u00a0]$"
)
_HALVES = {"1⁄2": "một phần hai", "1⁄4": "một phần tư", "3⁄4": "ba phần tư"}


def read_number(here: Here, desk: Desk) -> str:
    text = here.text
    if text == "00" and _HOUR_BEFORE.search(here.before) and not here.after.lstrip(" \u00a0").startswith("phút"):
        return ""
    if text.isdigit():
        if (
            len(text) >= 3
            and not counts_things(here)
            and (PHONE_BEFORE.search(here.before) or CODE_BEFORE.search(here.before))
        ):
            pause = ", " if re.search(r"\d[ \u00a0]$", here.before) else ""
            return f"{pause}{group_digits(text)}"
        if len(text) >= 5 and _SERIAL_BEFORE.search(here.before):
            return group_digits(text)
        if is_service_number(here) or is_registration(here):
            return group_digits(text)
        if EMERGENCY_BEFORE.search(here.before) and re.fullmatch(r"11[1-9]", text):
            return read_digits(text)
        if MONTH_BEFORE.search(here.before):
            return desk.month(text)
        if _ORDINAL_BEFORE.search(here.before) and text in _ORDINALS:
            return _ORDINALS[text]
        if text[0] == "0" and len(text) > 1 and _ZERO_BEFORE.search(here.before):
            return read_digits(text)
        if len(text) > 2 and text[0] == "0" and not DATE_BEFORE.search(here.before):
            return group_digits(text)
        if len(text) >= LONG:
            return desk.doubt(here, group_digits(text), "a long run of digits: an amount has points, 1.000.000")
    return desk.number(text)


def read_digits_run(here: Here, desk: Desk) -> str:
    return desk.doubt(here, read_digits(here.text), "a run of digits that is no number, date or telephone number")


def read_english(here: Here, desk: Desk) -> str:
    """`1,234,567.5`: commas between thousands cannot be Vietnamese."""
    turned = here.text.replace(",", "").replace(".", ",")
    return desk.doubt(here, desk.number(turned), "commas between thousands; Vietnamese writes points")


def read_spaced(here: Here, desk: Desk) -> str:
    """`1 500 000`: blanks between thousands."""
    if PHONE_BEFORE.search(here.before) or CODE_BEFORE.search(here.before):
        return ", ".join(read_digits(group) for group in re.split(r"\D+", here.text))
    said = desk.number(re.sub(r"[ \u00a0\u202f]", "", here.text))
    if len(re.findall(r"[ \u00a0\u202f]", here.text)) > 1:
        return said
    return desk.doubt(here, said, "two figures, or a blank between thousands?")


def read_measure(here: Here, desk: Desk) -> str:
    """A number with its unit: `28°C`, `150.000đ`."""
    unit, figure = here.part("mu"), here.part("mn")
    if unit == "g" and _oclock(here, figure):
        return f"{desk.number(figure)} giờ"
    if unit == "m" and re.match(r"[ \u00a0]*(?:USD|đồng)", here.after):
        return f"{desk.number(figure)} triệu"
    if unit == "đ" and float(figure.replace(".", "").replace(",", ".")) < _LEAST_PRICE and "." not in figure:
        said = f"{desk.number(figure)} điểm"
        return said if _POINTS_BEFORE.search(here.before) else desk.doubt(here, said, "points, or đồng?")
    return f"{desk.number(figure)} {UNITS[unit]}"


def _oclock(here: Here, figure: str) -> bool:
    """Whether `8g` is an hour: small, behind lúc or từ, and nothing after it that is weighed."""
    if not figure.isdigit() or int(figure) > _HOURS or not _HOUR_WORD.search(here.before):
        return False
    return _HOUR_AFTER.match(here.after) is not None


def read_pointed(here: Here, desk: Desk) -> str:
    """`0.05S` → không chấm không năm ét; `1.5m`: a number with an English point and its unit."""
    whole, _, part = here.part("pt_n").partition(".")
    small = read_digits(part) if part.startswith("0") else desk.integer(part)
    said = f"{desk.integer(whole)} chấm {small}"
    if here.part("pt_u"):
        return desk.doubt(here, f"{said} {UNITS[here.part('pt_u')]}", "a point inside a number; Vietnamese writes 4,5")
    letters, _, grade = here.part("pt_w").partition("-")
    number = parse_roman(grade) if grade else None
    return f"{said} {spell_latin(letters)} {desk.integer(str(number)) if number else spell(grade)}".strip()


def read_thousands(here: Here, desk: Desk) -> str:
    """`12,5K` followers → mười hai phẩy năm nghìn."""
    scale = "triệu" if here.part("tk_u") == "M" else UNITS["k"]
    return f"{desk.number(here.part('tk'))} {scale}"


def read_tons(here: Here, desk: Desk) -> str:
    said = f"{desk.number(here.part('to'))} tấn"
    return said if "," in here.part("to") else desk.doubt(here, said, "T read as tons")


def read_diameter(here: Here, desk: Desk) -> str:
    """`Ø90` → phi chín mươi."""
    return f"phi {desk.number(here.part('di'))}"


def read_unit(here: Here, desk: Desk) -> str:
    if here.text.isupper() and SYNTAX_BEFORE.search(here.before):
        return spell(here.text)
    return UNITS[here.text]


def read_range(here: Here, desk: Desk) -> str:
    """`70-80%` → bảy mươi đến tám mươi phần trăm; `ngày 10-10` is a date, `thắng 3-2` a score."""
    first, second, unit = here.part("ra"), here.part("rb"), here.part("ru")
    lead = here.part("ru1")
    whole = first.isdigit() and second.isdigit()
    if len(second) == 2 and is_season(first, second) and not unit:
        return f"{desk.integer(first)}, {desk.integer(second)}"
    if whole and not (unit or lead):
        if CODE_BEFORE.search(here.before) or len(first) >= LONG:
            return f"{group_digits(first)}, {group_digits(second)}"
        if _DAY_BEFORE.search(here.before) and is_day(first, second) and not _MONTH_AFTER.match(here.after):
            return f"{desk.integer(first)} tháng {desk.month(second)}"
        if _is_match(here, first, second):
            return f"{desk.integer(first)} {desk.integer(second)}"
        scored = _SCORE_BEFORE.search(here.before) and not _GRADE_BEFORE.search(here.before)
        if scored and not _COUNTED_AFTER.match(here.after):
            return f"{desk.integer(first)} {desk.integer(second)}"
    months = MONTH_BEFORE.search(here.before)
    opening = "từ " if first == "0" and not re.search(r"(?<!\w)từ[ \u00a0]$", here.before, re.I) else ""
    said = [desk.month(n) if months and n.isdigit() else desk.number(n) for n in (first, second)]
    if lead and lead != unit:
        said[0] = f"{said[0]} {UNITS[lead]}"
    return _unsure_range(here, desk, opening + " đến ".join(said) + (f" {UNITS[unit]}" if unit else ""))


def _is_match(here: Here, first: str, second: str) -> bool:
    """Whether two small figures stand between or behind two names: Man City 1-2 Newcastle."""
    if max(int(first), int(second)) > _SMALL:
        return False
    between = _NAME_BEFORE.search(here.before) and re.match(rf"[ \u00a0][{UPPER}][^\W\d_]", here.after)
    behind = _PAIR_BEFORE.search(here.before) and re.match(r"[ \u00a0]*(?:[.,;:)(!?\n]|$)", here.after)
    return bool(between or behind)


def _unsure_range(here: Here, desk: Desk, said: str) -> str:
    """The range, as a doubt where it runs backwards, or where two small figures may be a score."""
    pair = here.part("ra"), here.part("rb")
    if (
        _PART_OF_DAY.search(here.before)
        and all(n.isdigit() for n in pair)
        and is_day(*pair)
        and int(pair[0]) > int(pair[1])
    ):
        return f"{desk.integer(pair[0])} tháng {desk.month(pair[1])}"
    low, high = (float(here.part(name).replace(".", "").replace(",", ".")) for name in ("ra", "rb"))
    named = here.part("ru") or here.part("ru1") or _RANGE_BEFORE.search(here.before)
    if low >= high and not named:
        return desk.doubt(here, said.replace(" đến ", " "), "a score? It runs backwards for a range")
    bare = high <= _SMALL and re.match(r"[ \u00a0]*(?:[.,;:)!?\n]|$)", here.after)
    return desk.doubt(here, said, "a range, or a score?") if bare and not named else said


def read_sequence(here: Here, desk: Desk) -> str:
    """`16-16-8`: shares of a fertiliser, figure by figure."""
    parts = here.text.split("-")
    if any((part.startswith("0") and len(part) > 1) or len(part) > 3 for part in parts):
        said = ", ".join(read_digits(part) for part in parts)
    else:
        said = " ".join(desk.integer(part) for part in parts)
    if _FERTILISER.search(here.before):
        return said
    return desk.doubt(here, said, "figures joined by hyphens: neither a range nor a date")


def read_ratio(here: Here, desk: Desk) -> str:
    """`tỷ lệ 1:10.000` → một trên mười nghìn; `tỷ số 2:1` → hai một."""
    first, second = desk.integer(here.part("ro_a")), desk.number(here.part("ro_b"))
    if _SCORE_BEFORE.search(here.before):
        return f"{first} {second}"
    said = f"{first} trên {second}"
    return said if _RATIO_BEFORE.search(here.before) else desk.doubt(here, said, "a ratio?")


def read_money(here: Here, desk: Desk) -> str:
    amount = f"{desk.number(here.part('cn'))} {here.part('cx')}".strip()
    return f"{amount} {'đô la Mỹ' if here.part('cs') == '$' else 'ơ rô'}"


def read_version(here: Here, desk: Desk) -> str:
    """`4.0` after a word such as công nghiệp; elsewhere a number with an English point."""
    parts = here.text.split(".")
    if len(parts) == 2 and _DAY_BEFORE.search(here.before) and is_day(*parts):
        return f"{desk.integer(parts[0])} tháng {desk.month(parts[1])}"
    said = " chấm ".join(desk.integer(part) for part in parts)
    starts = not here.before.strip() or here.before.endswith("\n")
    if _VERSION_BEFORE.search(here.before) or _PART_BEFORE.search(here.before) or starts:
        return said
    return desk.doubt(here, said, "a point inside a number; Vietnamese writes 4,5 for a fraction")


def read_degrees(here: Here, desk: Desk) -> str:
    """`11°56′B` → mười một độ năm mươi sáu phút Bắc."""
    said = [f"{desk.integer(here.part('dg'))} độ {desk.number(here.part('dg_m').replace('.', ','))} phút"]
    if here.part("dg_s"):
        said.append(f"{desk.number(here.part('dg_s').replace('.', ','))} giây")
    way = here.part("dg_w")
    names = {"B": "Bắc", "Đ": "Đông", "T": "Tây", "E": "Đông", "W": "Tây", "S": "Nam", "": ""}
    if way in names:
        return " ".join([*said, names[way]]).strip()
    english = re.search(r"[′'\"″][ \u00a0]?[EW]", here.after) is not None
    text = " ".join([*said, "Bắc" if english else "Nam"])
    return desk.doubt(here, text, "N is Nam in Vietnamese and north in English")


def read_position(here: Here, desk: Desk) -> str:
    """`12,8N` → mười hai phẩy tám độ vĩ Bắc, as bulletins of storms write it."""
    way = {"N": "vĩ Bắc", "B": "vĩ Bắc", "E": "kinh Đông", "Đ": "kinh Đông"}[here.part("ps_w")]
    said = f"{desk.number(here.part('ps').replace('.', ','))} độ {way}"
    return said if _PLACE_BEFORE.search(here.before) else desk.doubt(here, said, "a place on the sea?")


def read_half_unit(here: Here, desk: Desk) -> str:
    """`1m65` → một mét sáu mươi lăm, `12km250`, `2tr5`: the smaller unit goes unsaid."""
    rest = here.part("hu_x")
    small = read_digits(rest) if rest.startswith("0") else desk.integer(rest)
    return f"{desk.integer(here.part('hu'))} {UNITS.get(here.part('hu_u'), here.part('hu_u'))} {small}"


def read_minutes(here: Here, desk: Desk) -> str:
    """`90'` is minutes and `55"` inches, unless the sign closes a quotation."""
    sign = here.part("mi_q")
    figure = here.part("mi")
    if sign in "'\"" and _is_open(here.before, sign):
        return f"{read_number(Here(figure, here.before, sign + here.after, here.start), desk)}{sign}"
    extra = f" cộng {desk.integer(here.part('mi_x'))}" if here.part("mi_x") else ""
    if sign == "'" and re.search(r"(?<!\w)phút[ \u00a0](?:\d{1,3}'(?:,| và)[ \u00a0]){0,4}$", here.before):
        return f"{desk.integer(figure)}{extra}"
    said = f"{desk.integer(figure)}{extra} {'phút' if sign in chr(39) + '′' else 'inh'}"
    near = re.search(r"(?:phút|giờ|màn hình|ti vi|thứ|\dh)[^\n.;]{0,12}$", here.before)
    return said if near else desk.doubt(here, said, "minutes, inches, or a quotation mark?")


def _is_open(before: str, sign: str) -> bool:
    """Whether a quotation begun with that sign has not ended; behind a figure the sign ends one or is a measure."""
    opened = False
    for match in re.finditer(sign, before):
        behind_figure = before[match.start() - 1 : match.start()].isdigit()
        opened = not opened and not behind_figure
    return opened


def read_watch(here: Here, desk: Desk) -> str:
    """`1'45"20`: a time that was stopped."""
    minutes = f"{desk.integer(here.part('wa_m'))} phút " if here.part("wa_m") else ""
    return f"{minutes}{desk.integer(here.part('wa_s'))} giây {desk.integer(here.part('wa_c'))}"


def read_running(here: Here, desk: Desk) -> str:
    """`14'30''`: how long something runs."""
    return f"{desk.integer(here.part('rg_m'))} phút {desk.integer(here.part('rg_s'))} giây"


def read_minutes_range(here: Here, desk: Desk) -> str:
    return f"{desk.integer(here.part('mm_a'))} đến {desk.integer(here.part('mm_b'))} phút"


def read_times(here: Here, desk: Desk) -> str:
    """`3m x 2m`, `2x50MW` → hai nhân năm mươi mê ga oát."""
    parts = [part.strip(" \u00a0\u202f") for part in re.split(r"[xX×]", here.text)]
    figures = [(re.match(r"[\d.,]+", part) or [""])[0] for part in parts]
    units = [part[len(figure) :].strip() for part, figure in zip(parts, figures, strict=True)]
    said = [f"{desk.number(figure)} {UNITS.get(unit, '')}".strip() for figure, unit in zip(figures, units, strict=True)]
    return " nhân ".join(said)


def read_numeral(here: Here, desk: Desk) -> str:
    """`II. Nội dung` at the beginning of a line: the number of a part."""
    written = here.part("nu")
    number = written if written.isdigit() else str(parse_roman(written) or "")
    if not number:
        return here.text
    said = desk.integer(number)
    return f"{said[:1].upper()}{said[1:]}."


def read_vulgar(here: Here, desk: Desk) -> str:
    """`½` → một phần hai; after a whole number a part more."""
    plain = unicodedata.normalize("NFKC", here.text)
    top, _, bottom = plain.partition("⁄")
    said = _HALVES.get(plain) or f"{desk.integer(top)} phần {desk.integer(bottom or '1')}"
    return f" và {said}" if here.before[-1:].isdigit() else f" {said} "
