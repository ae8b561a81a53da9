"""Figures that are names: telephone numbers, plates, accounts, roads, house numbers. Never read as amounts."""

from __future__ import annotations

import re

from publisher.vietnamese.hearing import Desk, Here
from publisher.vietnamese.spelling import read_digits, spell, spell_latin

PHONE_BEFORE = re.compile(
    r"(?<!\w)(?:điện thoại|đường dây nóng|tổng đài|hotline|gọi|quay số|bấm số|bấm|số máy|zalo|liên hệ|sđt|đt|đầu số|"
    r"nhánh|nhắn tin|fax|"
    r"gửi(?: đến| tới| về)?)(?: ngay)?(?: số| vào số| đến số| tới số| theo số)?[ :\u00a0]*"
    r"(?:(?:\d{3,4}|0\d[\d. \u00a0-]{6,12}|1[89]00[\d. \u00a0-]{2,8})(?:,| và| hoặc|;| -|/)[ \u00a0]*){0,5}$",
    re.IGNORECASE,
)
EMERGENCY_BEFORE = re.compile(
    r"(?:cấp cứu|cứu hỏa|cứu hoả|cứu thương|cứu nạn|cảnh sát|công an|số)[ :\u00a0(]*$", re.IGNORECASE
)
CODE_BEFORE = re.compile(
    r"(?<!\w)(?:mã số thuế|MST|CCCD|CMND|căn cước(?: công dân)?|chứng minh nhân dân|tài khoản|STK|TK|mã hồ sơ|"
    r"mã số|mã|"
    r"mã vạch|mã định danh|số định danh|định danh|hộ chiếu|seri|sê ri|IMEI|thẻ|sổ BHXH|số hiệu|ký hiệu|vé số|số seri|"
    r"số tài khoản|mã bưu chính|biên lai|hóa đơn|mã xác thực|mã OTP|chuyến bay|số hiệu chuyến bay)"
    r"(?: số| là| cá nhân| công dân)?[ :\u00a0]*(?:\d{2,6}[ \u00a0]){0,6}$",
    re.IGNORECASE,
)
_ROADS = {
    "QL": "quốc lộ", "ĐT": "đường tỉnh", "TL": "tỉnh lộ", "ĐH": "đường huyện", "HL": "hương lộ", "CT": "cao tốc",
}  # fmt: skip
_ROAD_BEFORE = re.compile(r"(?:tuyến|đường|cao tốc|quốc lộ|tỉnh lộ|đoạn|nút giao|,|và)[ \u00a0]*$", re.IGNORECASE)
_HOUSE_BEFORE = re.compile(
    r"(?<!\w)(?:cột(?: số)?(?: \d{1,3}/\d{1,3} đến)?|(?:trụ|cột) điện|trụ(?: số)?|số|số nhà|nhà số|nhà|ngõ|ngách|"
    r"hẻm|kiệt|hẽm|địa chỉ|đ/c|lô|thửa|tờ)[ :\u00a0]*$",
    re.IGNORECASE,
)
SYNTAX_BEFORE = re.compile(
    r"(?<!\w)(?i:cú pháp|soạn tin|soạn tin nhắn|soạn|nhắn|nhắn tin)[ :“\"\u00a0]{1,3}(?:[A-Z0-9]{1,10}[ \u00a0]){0,3}$"
)
_PROCEDURE_BEFORE = re.compile(r"(?<!\w)(?:mã|thủ tục|mã số|TTHC)(?!\w)[^.;!?\n]{0,24}$", re.IGNORECASE)
_POLE_BEFORE = re.compile(r"(?<!\w)(?:trụ|trụ điện|cột|cột điện|vị trí|VT)(?: số)?[ \u00a0]$", re.IGNORECASE)
_BREED_BEFORE = re.compile(r"(?<!\w)(?:giống|sắn|mì)[ \u00a0]$", re.IGNORECASE)
_POST_BEFORE = re.compile(r"km[ \u00a0]?\d{1,4}(?:\+\d{1,3})?[ \u00a0]?[-–—][ \u00a0]?$", re.IGNORECASE)


_CRAFT_BEFORE = re.compile(
    r"(?<!\w)(?:tàu|ghe|thuyền|sà lan|xuồng|phương tiện|máy bay|chuyến bay|số hiệu|đăng ký|biển số|BKS|cano|"
    r"ca nô)(?!\w)"
    r"[^.;!?\n\d]{0,40}$",
    re.IGNORECASE,
)
_LINE_BEFORE = re.compile(
    r"(?<!\w)(?:(?<!tỉnh )(?<!quốc )(?<!hương )(?<!huyện )(?<!đại )lộ|xuất tuyến|XT|ĐZ|đường dây|máy cắt|MC|"
    r"dao cách ly|DCL|LBS|recloser)"
    r"(?: số)?[ \u00a0](?:\d{3}(?:,| và|;)[ \u00a0]){0,4}$",
    re.IGNORECASE,
)
_SHORT_NUMBERS = frozenset(
    ("111", "112", "113", "114", "115", "116", "117", "119", "156", "1022", "1080", "5656", "9090", "9029")
)
_LINES = frozenset(("1800", "1900", "1789", "8079", "8088", "8188", "9191", "1414", "1407", "1408", "1409"))
_SERVICE_BEFORE = re.compile(
    r"(?<!\w)(?:tổng đài|đường dây nóng|hotline|gọi|điện thoại|số máy|cấp cứu|sđt|liên hệ|liên lạc|đầu số|cứu hộ|"
    r"cứu nạn|báo cháy|"
    r"báo tin|phản ánh|tố giác|cảnh sát|phản ứng nhanh|chữa cháy|phòng cháy|PCCC|PCCC&CNCH|bảo vệ trẻ em|"
    r"nhắn)(?!\w)[^.;!?\n]{0,64}$",
    re.IGNORECASE,
)
_AMOUNT_BEFORE = re.compile(
    r"(?<!\w)(?:tiếp nhận|nhận được|nhận|hơn|khoảng|gần|trên|dưới|ít nhất|được|cho|có|gồm|với|trong|đạt|tổng số|"
    r"tổng cộng)[ \u00a0]*$",
    re.IGNORECASE,
)
_LONGEST_SHORT = 4
_CLOSE_AFTER = re.compile(
    r"[ \u00a0]*(?:$|[.,;:)!?/\n\-–”\"]|(?:để|hoặc|và|khi|nếu|ngay|của|từ|tại|qua|hay|là|trên|trong|cho|gặp|"
    r"được|miễn phí|tiếp nhận|hoạt động|luôn|vẫn|sẽ|đã|nhận|bằng|theo|đến|tới|kịp thời|"
    r"xin|hỗ trợ|tư vấn|trực|thì|do|về|với)(?!\w))",
    re.IGNORECASE,
)
_THINGS_AFTER = re.compile(
    r"^[ \u00a0](?:cuộc|lượt|trường hợp|người|vụ|công dân|thanh niên|tin|phản ánh|hồ sơ|ca|hộ|đồng chí|học sinh|"
    r"em|cháu|chiến sĩ|"
    r"cán bộ|xe|bệnh nhân|nạn nhân|đơn|ý kiến|kiến nghị|thôn|xã|triệu|tỷ|nghìn|đồng|ngày|tháng|giờ|phút|m|km)(?!\w)",
    re.IGNORECASE,
)


def counts_things(here: Here) -> bool:
    """Whether a short number counts what follows it: gọi 112 thanh niên."""
    return len(here.text) <= _LONGEST_SHORT and _THINGS_AFTER.match(here.after) is not None


def is_service_number(here: Here) -> bool:
    """Whether `111` is what one dials: a short number behind words of calling, and nothing counted after it."""
    if here.text not in _SHORT_NUMBERS or not _CLOSE_AFTER.match(here.after):
        return False
    return _SERVICE_BEFORE.search(here.before) is not None and not _AMOUNT_BEFORE.search(here.before)


def read_services(here: Here) -> str:
    """`156/5656`, `113/114/115`: two or more numbers that one dials; '' for anything else."""
    numbers = here.text.split("/")
    if not all(number in _SHORT_NUMBERS or number in _LINES for number in numbers) or _THINGS_AFTER.match(here.after):
        return ""
    called = PHONE_BEFORE.search(here.before) or _SERVICE_BEFORE.search(here.before)
    return ", ".join(read_digits(number) for number in numbers) if called else ""


_ROOM_BEFORE = re.compile(r"(?<!\w)(?:căn hộ|căn|phòng)(?: số)?[ \u00a0]$", re.IGNORECASE)
_LETTERS_BEFORE = re.compile(r"(?<!\w)[A-ZĐ]{1,3}[a-z]?[ \u00a0-]$")
_GRID_BEFORE = re.compile(r"(?:kV|(?<!\w)(?:tuyến|lộ))[ \u00a0]$")


def is_registration(here: Here) -> bool:
    """Whether the digits are a boat's, a flight's or a power line's name."""
    letters = _LETTERS_BEFORE.search(here.before)
    if letters and len(here.text) >= 3 and _CRAFT_BEFORE.search(here.before[: letters.start()]):
        return True
    if len(here.text) == 4 and _ROOM_BEFORE.search(here.before):
        return True
    named = _GRID_BEFORE.search(here.before) and re.match(r"[ \u00a0]?-[ \u00a0]?[A-ZĐ][^\W\d_]", here.after)
    return len(here.text) == 3 and (named is not None or _LINE_BEFORE.search(here.before) is not None)


def group_digits(digits: str) -> str:
    """Digit by digit with a pause after every third or fourth, as one dictates a number."""
    if len(digits) <= 5:
        return read_digits(digits)
    first = len(digits) % 3 or 3
    first = first + 3 if first < 3 and len(digits) > first + 3 else first
    first = 4 if len(digits) % 3 == 1 else first
    groups = [digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))]
    return ", ".join(read_digits(group) for group in groups if group)


def read_phone(here: Here, desk: Desk) -> str:
    """Digit by digit, with a pause between the groups."""
    national = here.text.replace("+84", "0", 1) if here.text.startswith("+84") else here.text
    groups = [group for group in re.split(r"\D+", national) if group]
    if len(groups) > 1 and groups[0] == "0":
        groups = [f"0{groups[1]}", *groups[2:]]
    if len(groups) == 1 and len(groups[0]) > 6:
        digits = groups[0]
        first = 4 if len(digits) > 9 or digits.startswith(("18", "19")) else 3
        rest = digits[first:]
        groups = [digits[:first], rest] if len(rest) == 4 else [digits[:first], rest[:3], rest[3:]]
    said = ", ".join(group_digits(group) for group in groups if group)
    count = sum(len(group) for group in groups)
    if 8 <= count <= 11 or PHONE_BEFORE.search(here.before):
        return said
    return desk.doubt(here, said, "a telephone number of a length that there is not")


def read_plate(here: Here, desk: Desk) -> str:
    """`49A-123.45` → bốn chín a, một hai ba, bốn năm."""
    first = re.sub(r"\W", "", here.part("pl_a"))
    return ", ".join([spell(first), *(read_digits(group) for group in here.part("pl_b").split("."))])


def read_code(here: Here, desk: Desk) -> str:
    """`H36.25.11-240115-0007`: letter by letter and digit by digit, with a pause at each sign."""
    said = ", ".join(spell(group) for group in re.split(r"[.-]", here.text) if group)
    return said if CODE_BEFORE.search(here.before) else desk.doubt(here, said, "a code: letters and figures with signs")


def read_route(here: Here, desk: Desk) -> str:
    """`QL1A`, `ĐT.743`: a road. Other uses of the same letters are doubts."""
    word, figure = here.part("rt_w"), here.part("rt_n")
    number, letter = re.sub(r"\D", "", figure), re.sub(r"\d", "", figure)
    said = read_digits(number) if number.startswith("0") else desk.integer(number)
    name = _ROADS[word]
    street = here.part("rt_d")
    sure = (
        word == "QL"
        or (word == "ĐT" and len(number) > 2)
        or _ROAD_BEFORE.search(here.before)
        or here.part("rt_s") == "."
        or street
    )
    if not sure or (word == "ĐT" and (number.startswith("0") or len(number) == 1) and not street):
        return desk.doubt(here, f"{spell(word)} {said} {spell_latin(letter)}".strip(), f"{name}, or a name?")
    name = f"{name[:1].upper()}{name[1:]}" if street[:1] == "Đ" else name
    lead = "" if here.before.lower().rstrip().endswith(name) else name
    return f"{lead} {said} {spell_latin(letter)}".strip()


def read_feeder(here: Here, desk: Desk) -> str:
    """`471-E5.6` → bốn bảy một e năm chấm sáu: a power line and the station that feeds it."""
    return f"{read_digits(here.part('fd_n'))}, {_station(here.part('fd_e'), desk)}"


def read_switch(here: Here, desk: Desk) -> str:
    """`475-7/84`: a switch of a power line, by line, kind and pole."""
    pole = desk.integer(re.sub(r"\D", "", here.part("sw_c")))
    letter = spell_latin(re.sub(r"\d", "", here.part("sw_c")))
    return f"{read_digits(here.part('sw_a'))}, {read_digits(here.part('sw_b'))} trên {pole} {letter}".strip()


def read_station(here: Here, desk: Desk) -> str:
    """`E12.1`: letters and figures with a point between them."""
    return _station(here.text, desk)


def _station(code: str, desk: Desk) -> str:
    letters = re.sub(r"[\d.]", "", code)
    numbers = code[len(letters) :].split(".")
    said = [read_digits(n) if n.startswith("0") or len(n) > 3 else desk.integer(n) for n in numbers]
    return f"{spell_latin(letters)} {' chấm '.join(said)}"


def read_vessel(here: Here, desk: Desk) -> str:
    """`QNg 95678 TS`, `QN-7105`: by what a boat is registered."""
    letters, number = here.part("vs_w"), here.part("vs_n") or here.part("vs_m")
    said = f"{spell(letters)} {read_digits(number)}"
    if here.part("vs_n"):
        return f"{said} tê ét"
    if _CRAFT_BEFORE.search(here.before) or CODE_BEFORE.search(here.before):
        return said
    if number.startswith(("19", "20")) and len(number) == 4:
        known = desk.reading.words.get(letters) or spell(letters)
        return desk.doubt(here, f"{known} {desk.integer(number)}", "a year, or a registration?")
    return desk.doubt(here, said, "a registration: letters and figures")


def is_flight(here: Here) -> bool:
    """Whether `VJ402` is a flight."""
    return re.fullmatch(r"(?:VN|VJ|QH|BL|VU|QR|SQ|KE|CX)\d{3,4}", here.text) is not None and (
        re.search(r"(?<!\w)(?:chuyến|bay|hàng không|và|,)[ \u00a0]$", here.before) is not None
    )


def read_procedure(here: Here, desk: Desk) -> str:
    """`1.004222`: the code of an administrative procedure."""
    said = " chấm ".join(spell(group) for group in here.text.split("."))
    return said if _PROCEDURE_BEFORE.search(here.before) else desk.doubt(here, said, "the code of a procedure?")


def read_post(here: Here, desk: Desk) -> str:
    """`Km 1650+300`, `Km98`: a place on a road."""
    further = here.part("po_b").lstrip("0")
    if _BREED_BEFORE.search(here.before):
        return f"ca mờ {desk.integer(here.part('po_a'))}"
    said = f"ki lô mét {desk.integer(here.part('po_a'))}" + (f" cộng {desk.integer(further)}" if further else "")
    return f" đến {said}" if _POST_BEFORE.search(here.before) else said


def read_slashes(here: Here, desk: Desk) -> str:
    """`45/12/3`: a house in an alley of an alley."""
    services = read_services(here)
    if services:
        return services
    parts = [re.sub(r"\D", "", part) for part in here.text.split("/")]
    letters = [re.sub(r"\d", "", part) for part in here.text.split("/")]
    if _POLE_BEFORE.search(here.before):
        return " trên ".join(read_digits(n) if len(n) > 2 else desk.integer(n) for n in parts)
    said = " trên ".join(
        f"{desk.integer(number)} {spell(letter)}".strip() for number, letter in zip(parts, letters, strict=True)
    )
    return said if _HOUSE_BEFORE.search(here.before) else desk.doubt(here, said, "a house number, or a day?")


def stands_in_address(here: Here) -> bool:
    """Whether a pair such as `34/5` is a house number, by the word before it."""
    return _HOUSE_BEFORE.search(here.before) is not None
