"""Days, months, times of day, and pairs that may be a day, a fraction or a score."""

from __future__ import annotations

import re
from datetime import date

from publisher.vietnamese.codes import read_services, stands_in_address
from publisher.vietnamese.hearing import Desk, Here
from publisher.vietnamese.spelling import parse_roman, spell

DATE_BEFORE = re.compile(
    r"(?:ngày|mùng|mồng|hôm|riêng|sáng|trưa|chiều|tối|đêm|dịp|từ|đến|trước|sau|kỷ niệm|quốc khánh|thứ \w+|chủ nhật|"
    r"chào mừng|lễ|vào|quốc tế lao động|quốc tế phụ nữ|quốc tế thiếu nhi|giải phóng miền nam|thành lập đảng|"
    r"nhà giáo việt nam|phụ nữ việt nam|doanh nhân việt nam|thầy thuốc việt nam|gia đình việt nam|"
    r"thống nhất đất nước|"
    r"rằm|(?<!đúng )(?<!trước )(?<!quá )hạn|đường|phố|quảng trường|công viên|bến xe|ngã sáu|"
    r"\d{1,2}/\d{1,2} ?(?:và|,|đến|-|–)|ngày \d[\d ,/]{0,20}(?:và|hoặc))[ ,(“\u00a0]*$",
    re.IGNORECASE,
)
MONTH_BEFORE = re.compile(r"(?<!\w)tháng[ \u00a0]*(?:\d{1,2}(?:,| và| đến| hoặc)[ \u00a0]*)?$", re.IGNORECASE)
ROMAN_BEFORE = re.compile(
    r"(?<!\w)(?:thế kỷ|thế kỉ|đại hội(?: đại biểu)?(?: toàn quốc)?(?: đảng)?(?: đảng bộ tỉnh)?|"
    r"khóa|khoá|quý|lần thứ|thứ|quy hoạch điện|TK|chương|phần|mục|kỳ|hạng|phụ lục|"
    r"loại|cấp|nhiệm kỳ|tập|quân khu|trung ương|vùng|bảng|nhóm|đợt|khu vực|lần|bậc|giai đoạn|học kỳ|"
    r"báo động(?: cấp)?)[ \u00a0]*"
    r"(?:[IVX]{1,6}(?:,| và| đến| hoặc)[ \u00a0]*){0,3}$",
    re.IGNORECASE,
)
_NOT_TIME = r"(?!năm|hằng|hàng|tới|này|đến|vừa|âm|dương|và|là|của|có|được|sẽ|do|tại|ở|các|nhằm|với|trên|cho)"
_FRACTION_AFTER = re.compile(
    r"^[ \u00a0]*(?:số|tổng|diện tích|dân số|quãng|thời gian|chiều|khối lượng|lượng|chặng|nhân khẩu|hộ dân|lao động|"
    r"trong số|của|đại biểu|thành viên|cử tri|kinh phí|ngân sách|thủ tục|lực lượng|dung tích|giá trị|nhiệm kỳ|"
    r"năm học)"
    r"(?!\w)",
    re.IGNORECASE,
)
_SHARE_BEFORE = re.compile(
    r"(?<!\w)(?:hơn|gần|khoảng|giảm|tăng|chiếm|chừng|ít nhất|tối thiểu|tối đa|quá|bằng|cả|được|còn|chưa đến|chưa tới|"
    r"không quá|trên|bớt|cắt giảm)[ \u00a0]*$",
    re.IGNORECASE,
)
_DONE_BEFORE = re.compile(r"(?<!\w)(?:xử lý|giải quyết|hoàn thành|thực hiện|thu hoạch|lấp đầy)[ \u00a0]*$", re.I)
_NOUN_AFTER = re.compile(rf"^[ \u00a0]{_NOT_TIME}[a-zà-öø-ỹđ]+", re.IGNORECASE)
_SCORE_AFTER = re.compile(
    r"^[ \u00a0]*(?:chỉ tiêu|tiêu chí|điểm|xã|thôn|phường|tỉnh|thành|huyện|đơn vị|nhiệm vụ|hộ|phiếu|câu|môn|trường|"
    r"mục tiêu|nội dung|bản|tổ|người|hồ sơ|dịch vụ|sở|ngành|lớp|học sinh|đội|công trình|dự án|trạm|cơ sở|địa phương|"
    r"đặc khu|nước|quốc gia|bộ|cơ quan|doanh nghiệp|sản phẩm|ca|mẫu|em|cháu|đoàn|chi bộ|đảng bộ|mmHg)(?!\w)",
    re.IGNORECASE,
)
_SCORE_BEFORE = re.compile(
    r"(?:tỷ lệ|tỉ lệ|tỷ số|tỉ số|đạt|hoàn thành|bình chọn|chấm|huyết áp|thị lực|quy hoạch|chi tiết|bản đồ|xếp thứ|"
    r"xếp hạng|đứng thứ|đứng|hạng|apgar|vị trí|chiều rộng)(?: thứ)?[ \u00a0]*$",
    re.IGNORECASE,
)
_RATE_BEFORE = re.compile(
    r"(?<!\w)(?:tỷ lệ|tỉ lệ|tỷ trọng|tỉ trọng)(?!\w)[^.;!?\n]{0,40}(?<!\w)"
    r"(?:là|đạt|chiếm|khoảng|gần|hơn|từ|lên|còn|xuống)[ \u00a0]*$",
    re.IGNORECASE,
)
_SET_BEFORE = re.compile(r"(?<!\w)(?:set|séc|ván|game)(?!\w)[^.;!?\n]{0,40}$", re.IGNORECASE)
_COUNTED_BEFORE = re.compile(  # these are counted within a year: đợt 1/2026 is no month
    r"(?<!\w)(?:đợt|kỳ|quý|số|lần|học kỳ|khóa|khoá|phiên|vụ|tuần|giai đoạn|bản tin)[ \u00a0]*$", re.IGNORECASE
)
_RATIO_BEFORE = re.compile(r"(?<!\w)(?:tỷ lệ|tỉ lệ|tỷ số|tỉ số|pha|pha loãng)(?!\w)[^.;!?\n]{0,40}$", re.IGNORECASE)
_CLOCK_BEFORE = re.compile(
    r"(?<!\w)(?:lúc|vào|từ|đến|tới|hồi|khi|trước|sau|giờ|sáng|trưa|chiều|tối|đêm|khoảng|lịch|phát|chiếu|"
    r"cửa)[ ,:(\u00a0]*$|"
    r"\d[hg:]\d{0,2} ?[-–,] ?$",
    re.IGNORECASE,
)
_CLOCK_AFTER = re.compile(r"^[ \u00a0]*(?:giờ|sáng|trưa|chiều|tối|đêm|phút|ngày|hằng|hàng|AM|PM|[-–])", re.IGNORECASE)
_LARGEST_PART = 12  # nobody says “phần ba mươi bốn”
_CLASS_BEFORE = re.compile(
    r"(?<!\w)lớp[ \u00a0](?:\d{1,2}(?:[A-ZĐ]\d{0,2}|/\d{1,2}[A-ZĐ]?)?(?:,| và| đến| hoặc)[ \u00a0])*$", re.IGNORECASE
)
_LAST_EARLY = 10
_MOMENT_BEFORE = re.compile(
    r"(?<!\w)(?:từ|đến|tới|trước|sau|hết|sáng|trưa|chiều|tối|đêm|khuya|rạng sáng|hôm|vào|sang|tính đến|lúc|"
    r"\d{1,2}(?:[hg]\d{0,2}|:\d\d)|giờ|phút)[ ,(\u00a0]{1,2}$",
    re.IGNORECASE,
)
_SECOND_BEFORE = re.compile(r"(?<![\d/.])\d{1,2}/\d{1,2}(?:/(?:19|20)\d\d)?[ \u00a0]?[-–—][ \u00a0]?$")
_FIXED = {"24/7": " trên ", "24/24": " trên ", "24/24h": " trên ", "50/50": " ", "7/7": " trên "}


def is_day(day: str, month: str, year: str = "2024") -> bool:
    """Whether there is such a day; without a year, of a leap year."""
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def is_leading_zero(first: str, second: str) -> bool:
    return first.startswith("0") or second.startswith("0")


def day_month(day: str, month: str, desk: Desk, before: str = "") -> str:
    """`1/7` after từ → mùng một tháng bảy: without mùng the first ten days sound like an amount (năm tháng năm)."""
    labour_day = int(day) == 1 and int(month) == 5  # 30/4-1/5 are two holidays, not the days between them
    moment = _MOMENT_BEFORE.search(before) or (not labour_day and _SECOND_BEFORE.search(before))
    early = "mùng " if int(day) <= _LAST_EARLY and moment else ""
    return f"{early}{desk.integer(day)} tháng {desk.month(month)}"


def read_date(here: Here, desk: Desk) -> str:
    day, month, year = here.part("d"), here.part("dm"), here.part("dy")
    said = f"{day_month(day, month, desk, here.before)} {desk.year(year)}"
    return said if is_day(day, month, year) else desk.doubt(here, said, "no such day")


def read_day_range(here: Here, desk: Desk) -> str:
    """`10-15/12` → mười đến mười lăm tháng mười hai."""
    first, last, month, year = (here.part(f"dr_{name}") for name in "abmy")
    opening = day_month(first, month, desk, here.before).partition(" tháng ")[0]
    closing = day_month(last, month, desk, "đến " if opening.startswith("mùng") else "")
    said = f"{opening} đến {closing}" + (f" {desk.year(year)}" if year else "")
    sure = is_day(first, month) and is_day(last, month) and int(first) < int(last)
    return said if sure else desk.doubt(here, said, "days of a month?")


def read_month_range(here: Here, desk: Desk) -> str:
    """`tháng 9-12/2026` → tháng chín đến tháng mười hai năm…"""
    first, last, year = (here.part(f"mr_{name}") for name in "aby")
    lead = "" if MONTH_BEFORE.search(here.before) else "tháng "
    said = f"{lead}{desk.month(first)} đến tháng {desk.month(last)} {desk.year(year)}"
    return said if 1 <= int(first) < int(last) <= 12 else desk.doubt(here, said, "months of a year?")


def read_month_year(here: Here, desk: Desk) -> str:
    month, year = here.part("my"), here.part("myy")
    said = f"{desk.month(month)} {desk.year(year)}"
    if _SCORE_BEFORE.search(here.before):
        return f"{desk.integer(month)} trên {desk.integer(year)}"  # the scale of a map
    if _COUNTED_BEFORE.search(here.before):
        return f"{desk.integer(month)} {desk.year(year)}"
    if not 1 <= int(month) <= 12:
        return desk.doubt(here, f"{desk.integer(month)} trên {desk.integer(year)}", "no such month")
    return said if MONTH_BEFORE.search(here.before) else f"tháng {said}"


def read_roman_year(here: Here, desk: Desk) -> str:
    """`quý II/2026` → quý hai năm hai nghìn không trăm hai mươi sáu."""
    number = parse_roman(here.part("ry_n"))
    said = f"{desk.integer(str(number)) if number else spell(here.part('ry_n'))} {desk.year(here.part('ry_y'))}"
    return said if number and ROMAN_BEFORE.search(here.before) else desk.doubt(here, said, "Roman numeral?")


def read_roman_range(here: Here, desk: Desk) -> str:
    """`thế kỷ XX-XXI` → thế kỷ hai mươi đến hai mươi mốt."""
    values = [parse_roman(here.part(name)) for name in ("rr_a", "rr_b")]
    if None in values:
        return desk.doubt(here, spell(here.text), "Roman numerals?")
    said = " đến ".join(desk.integer(str(value)) for value in values)
    return said if ROMAN_BEFORE.search(here.before) else desk.doubt(here, said, "Roman numerals?")


def read_period(here: Here, desk: Desk) -> str:
    """`T12/2026`, `QIII/2026`: a month, a quarter."""
    word, figure, year = (here.part(f"pd_{name}") for name in "wny")
    number = int(figure) if figure.isdigit() else parse_roman(figure)
    name, most = ("quý", 4) if word == "Q" else ("tháng", 12)
    if number is None or not 1 <= number <= most:
        return desk.doubt(here, f"{spell(word + figure)} {desk.year(year)}", "a month or a quarter?")
    lead = "" if here.before.lower().rstrip().endswith(name) else f"{name} "
    return f"{lead}{desk.month(str(number)) if word == 'T' else desk.integer(str(number))} {desk.year(year)}"


def read_slash(here: Here, desk: Desk) -> str:
    """A day, a fraction, a score or a house, by what stands around it."""
    first, second = here.part("sa"), here.part("sb").replace(".", "")
    letters = [here.part("sa_l"), here.part("sb_l")]
    over = " trên ".join(
        f"{desk.integer(n)} {spell(letter)}".strip() for n, letter in zip((first, second), letters, strict=True)
    )
    services = read_services(here)
    if services:
        return services
    if here.text in _FIXED:
        return f"{desk.integer(first)}{_FIXED[here.text]}{desk.integer(second)}"
    if stands_in_address(here) or _CLASS_BEFORE.search(here.before):
        return over
    if any(letters):
        return desk.doubt(here, over, "a house number?")
    return _read_pair(here, desk, first, second, over)


def _read_pair(here: Here, desk: Desk, first: str, second: str, over: str) -> str:
    if is_season(first, second):
        return f"{desk.integer(first)}, {desk.integer(second)}"
    if _SET_BEFORE.search(here.before):
        return f"{desk.integer(first)} {desk.integer(second)}"
    share = _share(first, second, desk)
    day = day_month(first, second, desk, here.before) if is_day(first, second) else ""
    if _SCORE_BEFORE.search(here.before) and not is_leading_zero(first, second):
        return share if share and _FRACTION_AFTER.match(here.after) else over
    if _FRACTION_AFTER.match(here.after) and int(first) < int(second):
        return share or over
    if share and _RATE_BEFORE.search(here.before):
        return share
    dated = DATE_BEFORE.search(here.before)
    if share and not dated and _SHARE_BEFORE.search(here.before) and _NOUN_AFTER.match(here.after):
        return share
    if day and (dated or is_leading_zero(first, second)):
        return day
    if len(first) == len(second) == 4:
        return desk.doubt(here, over, "two years?")
    if _SCORE_AFTER.match(here.after) or (not day and (int(second) > 31 or int(first) > 31)):
        return over
    if not day:
        return desk.doubt(here, over, "day or fraction?")
    # Most such pairs are days; one whose first figure is the smaller may as well be a fraction.
    if int(first) >= int(second):
        return day
    shared = share and (_NOUN_AFTER.match(here.after) or _DONE_BEFORE.search(here.before))
    return desk.doubt(here, share if shared else day, "a day, or a fraction?")


def is_season(first: str, second: str) -> bool:
    """`2025/26`, `2025/2026`: two years that follow each other."""
    if not re.fullmatch(r"(?:19|20)\d\d", first) or len(second) not in (2, 4):
        return False
    following = str(int(first) + 1)
    return second in (following, following[2:])


def _share(first: str, second: str, desk: Desk) -> str:
    """`2/3` → hai phần ba; '' where it is no share that anybody says."""
    if is_leading_zero(first, second) or not int(first) < int(second):
        return ""
    if int(second) > _LARGEST_PART and not (first == "1" and second in ("20", "50", "100", "1000")):
        return ""
    return f"{desk.integer(first)} phần {'tư' if second == '4' else desk.integer(second)}"


def read_out_of(here: Here, desk: Desk) -> str:
    """`8,5/10` → tám phẩy năm trên mười."""
    return f"{desk.number(here.part('oo_a'))} trên {desk.number(here.part('oo_b'))}"


def read_hour_date(here: Here, desk: Desk) -> str:
    """`7h30/21/11`: an hour and its day."""
    hour, minutes, day, month, year = (here.part(f"hd_{name}") for name in "hidmy")
    said = f"{desk.integer(hour)} giờ" + (f" {desk.integer(minutes)} phút" if minutes and int(minutes) else "")
    said = f"{said} ngày {day_month(day, month, desk)}" + (f" {desk.year(year)}" if year else "")
    return said if is_day(day, month, year or "2024") else desk.doubt(here, said, "no such day")


def read_months(here: Here, desk: Desk) -> str:
    """`9T/2026`: the first nine months of a year."""
    return f"{desk.integer(here.part('ms_n'))} tháng {desk.year(here.part('ms_y'))}"


def read_sharp(here: Here, desk: Desk) -> str:
    """`8 giờ 00 phút`: the hour is enough."""
    del here, desk
    return ""


def read_clock(here: Here, desk: Desk) -> str:
    hours = desk.integer(here.text[:2])
    return f"{hours} trên {hours} giờ"


def read_time(here: Here, desk: Desk) -> str:
    """`7h30` → bảy giờ ba mươi phút; `14:00` → mười bốn giờ; `tỷ lệ 1:10` is no time."""
    minutes = here.part("tm") or here.part("ts") or here.part("tc")
    seconds = here.part("tx") or here.part("tz")
    hour = here.part("th")
    if here.part("tc") and _RATIO_BEFORE.search(here.before) and not _CLOCK_BEFORE.search(here.before):
        return f"{desk.integer(hour)} trên {desk.integer(minutes)}"
    said = f"{desk.integer(hour)} giờ" + (f" {desk.integer(minutes)} phút" if minutes and int(minutes) else "")
    if seconds:
        return f"{said} {desk.integer(seconds)} giây"
    if (
        here.part("tc")
        and len(hour) == 1
        and not _CLOCK_BEFORE.search(here.before)
        and not _CLOCK_AFTER.match(here.after)
    ):
        return desk.doubt(here, said, "a time of day, a ratio or a score?")
    return said
