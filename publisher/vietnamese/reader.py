"""Reading aloud: a written Vietnamese text → the words an announcer says, and whatever is not sure.

One pass over the text, token by token; what stands before and after a token decides between its readings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from publisher.content.model import Text
from publisher.vietnamese.glossary import Reading
from publisher.vietnamese.spelling import (
    parse_roman,
    read_decimal,
    read_digits,
    read_integer,
    read_month,
    spell,
)
from publisher.vietnamese.tokens import MASTER, PATTERNS, UNITS, UPPER

_NAMES = tuple(name for name, _ in PATTERNS)
MOST_SAID_BEFORE = 6
AROUND = 48  # characters of context on either side
_DATE_BEFORE = re.compile(
    r"(?:ngày|mùng|mồng|hôm|sáng|trưa|chiều|tối|đêm|dịp|từ|đến|trước|sau|kỷ niệm|quốc khánh|thứ \w+|chủ nhật|"
    r"chào mừng|lễ|vào|rằm|\d{1,2}/\d{1,2} ?(?:và|,|đến|-|–))[ ,(“\u00a0]*$",
    re.IGNORECASE,
)
_FRACTION_AFTER = re.compile(
    r"^[ \u00a0]*(?:số|tổng|diện tích|dân số|quãng|thời gian|chiều|khối lượng|lượng|chặng|nhân khẩu|hộ dân|lao động|"
    r"trong số|của|đại biểu|thành viên)(?!\w)",
    re.IGNORECASE,
)
_SCORE_AFTER = re.compile(
    r"^[ \u00a0]*(?:chỉ tiêu|tiêu chí|điểm|xã|thôn|phường|tỉnh|thành|huyện|đơn vị|nhiệm vụ|hộ|phiếu|câu|môn|trường|"
    r"mục tiêu|nội dung|bản|tổ|người|hồ sơ|dịch vụ|sở|ngành|lớp|học sinh|đội|công trình|dự án|trạm|cơ sở)(?!\w)",
    re.IGNORECASE,
)
_SCORE_BEFORE = re.compile(r"(?:tỷ lệ|tỉ lệ|tỷ số|tỉ số|đạt|hoàn thành|bình chọn|chấm)[ \u00a0]*$", re.IGNORECASE)
_ROMAN_BEFORE = re.compile(
    r"(?:thế kỷ|thế kỉ|đại hội(?: đại biểu)?(?: toàn quốc)?(?: đảng)?(?: đảng bộ tỉnh)?|"
    r"khóa|khoá|quý|lần thứ|thứ|chương|phần|mục|kỳ|hạng|"
    r"loại|cấp|nhiệm kỳ|tập|quân khu|trung ương|vùng|bảng|nhóm|đợt)[ \u00a0]*$",
    re.IGNORECASE,
)
_PHONE_BEFORE = re.compile(
    r"(?:điện thoại|đường dây nóng|tổng đài|hotline|gọi|số máy|zalo|liên hệ|sđt|đt)(?: ngay)?"
    r"(?: số| vào số| đến số| theo số)?[ :\u00a0]*$",
    re.IGNORECASE,
)
_ISSUER_AFTER = re.compile(r"^[^.;\n]{0,40}?(?<!\w)(?:của|do)[ \u00a0]", re.IGNORECASE)
_VERSION_BEFORE = re.compile(
    r"(?:công nghiệp|phiên bản|web|cách mạng|bản|nông nghiệp|thế hệ)(?: lần thứ tư)?[ \u00a0]*$", re.IGNORECASE
)
_MONTH_BEFORE = re.compile(r"tháng[ \u00a0]*$", re.IGNORECASE)
_NUMBER_NEAR = re.compile(r"\d[\d.,%]*[ \u00a0]*$")
_AMOUNT_NEAR = re.compile(r"(?:\d|tỷ|tỉ|triệu|nghìn|ngàn|trăm)[ \u00a0]*$", re.IGNORECASE)
_SYLLABLE = re.compile(r"(?:ngh?|[nctkgp]h|tr|gi|qu|[bcdđghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|nh|ng|[cmnptiouy])?")
_SPACES = re.compile(r"[ \t\u00a0\u202f\u2060]{1,}")
_BEFORE_STOP = re.compile(r" +(?=[,.;:?!…])")
_COMMAS = re.compile(r",(?: ?,)+")
_COMMA_STOP = re.compile(r", ?(?=[.;:?!])")
_SPOKEN_LETTERS = re.compile(rf"[{UPPER}]{{2,}}")
_LEFT_OVER = re.compile(r"[0-9]|[^\w\s,.;:?!“”‘’\"'…–\-]|_")


@dataclass(frozen=True)
class Doubt:
    """Something the reader is not sure of. `start` counts characters of the text as given."""

    start: int
    written: str
    said: str
    why: str


@dataclass(frozen=True)
class Spoken:
    text: str
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class _Here:
    """A token with what stands around it."""

    match: re.Match[str]
    before: str
    after: str

    @property
    def text(self) -> str:
        return self.match.group()

    def part(self, name: str) -> str:
        return self.match.group(name) or ""


def read_aloud(text: str, reading: Reading) -> Spoken:
    """What an announcer says. Time is linear in the length of the text."""
    return _Reader(text, reading).read()


def read_text(text: Text, reading: Reading) -> Spoken:
    """The same for a campaign's inline text: what `{đọc: …}` gives is said as it stands."""
    overrides: list[str] = []
    parts = []
    for span in text.spans:
        if span.spoken is None:
            parts.append(span.text)
        else:
            # A character that no text holds stands for the override, so that nothing is read into it.
            parts.append(chr(0xE000 + len(overrides) % 6000))
            overrides.append(span.spoken)
    spoken = read_aloud("".join(parts), reading)
    said = spoken.text
    for number, override in enumerate(overrides):
        said = said.replace(chr(0xE000 + number % 6000), override, 1)
    return Spoken(said, spoken.doubts)


def count_syllables(text: str) -> int:
    """Syllables of a text that was read aloud: its written words, each one syllable."""
    return sum(any(c.isalpha() for c in word) for word in text.split())


def find_unreadable(text: str) -> list[str]:
    """What must not stand in a spoken text: digits, signs, and capitals that are letters, not words."""
    return [m.group() for m in _LEFT_OVER.finditer(text)] + [
        m.group() for m in _SPOKEN_LETTERS.finditer(text) if not _is_syllable(m.group())
    ]


def plain_digits(text: str) -> str:
    """Digits of other scripts as 0…9, so that none passes unread."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() and not c.isascii() else c for c in text)


def token_name(match: re.Match[str]) -> str:
    """Which pattern fitted: the outer group, whose parts may have names of their own."""
    return next(name for name in _NAMES if match.start(f"t_{name}") >= 0)


class _Reader:
    def __init__(self, text: str, reading: Reading) -> None:
        self.text = plain_digits(unicodedata.normalize("NFC", text))
        self.reading = reading
        self.doubts: list[Doubt] = []

    def read(self) -> Spoken:
        """Every token in turn; what lies between tokens is said as written."""
        out: list[str] = []
        at = 0
        for match in MASTER.finditer(self.text):
            if match.start() < at:
                continue
            start, end = match.span()
            here = _Here(match, self.text[max(0, start - AROUND) : start], self.text[end : end + AROUND])
            handle: Callable[[_Here], str] = getattr(self, f"read_{token_name(match)}")
            out.append(self.text[at:start])
            out.append(handle(here))
            at = end
        out.append(self.text[at:])
        return Spoken(tidy("".join(out)), tuple(self.doubts))

    def doubt(self, here: _Here, said: str, why: str) -> str:
        self.doubts.append(Doubt(here.match.start(), here.text, said, why))
        return said

    # -- numbers ---------------------------------------------------------------------------------------------------

    def number(self, text: str) -> str:
        """A number with Vietnamese separators."""
        whole, _, fraction = text.replace(".", "").partition(",")
        if fraction:
            return read_decimal(whole, fraction, self.reading.region)
        return read_integer(whole, self.reading.region)

    def integer(self, digits: str) -> str:
        return read_integer(digits, self.reading.region)

    def year(self, digits: str) -> str:
        return f"năm {self.integer(digits)}"

    def read_number(self, here: _Here) -> str:
        text = here.text
        if _PHONE_BEFORE.search(here.before) and text.isdigit() and len(text) >= 3:
            return read_digits(text)
        if _MONTH_BEFORE.search(here.before) and text.isdigit():
            return read_month(text, self.reading.region)
        if len(text) > 1 and text[0] == "0" and text.isdigit() and not _DATE_BEFORE.search(here.before):
            return self.integer(text) if len(text) == 2 else read_digits(text)
        return self.number(text)

    def read_digits(self, here: _Here) -> str:
        return self.doubt(here, read_digits(here.text), "a run of digits that is no number, date or telephone number")

    def read_measure(self, here: _Here) -> str:
        """A number with its unit: `28°C`, `150.000đ`."""
        unit = here.part("mu")
        if unit == "m" and re.match(r"[ \u00a0]*(?:USD|đồng)", here.after):
            return f"{self.number(here.part('mn'))} triệu"
        return f"{self.number(here.part('mn'))} {UNITS[unit]}"

    def read_range(self, here: _Here) -> str:
        """`70-80%` → bảy mươi đến tám mươi phần trăm; `ngày 10-10` is a date."""
        first, second, unit = here.part("ra"), here.part("rb"), here.part("ru")
        if not unit and re.search(r"(?:ngày|mùng)[ \u00a0]*$", here.before, re.IGNORECASE) and is_day(first, second):
            return self.day_month(first, second)
        if re.search(r"tỷ số|tỉ số", here.before[-16:], re.IGNORECASE):
            return f"{self.number(first)} {self.number(second)}"
        months = _MONTH_BEFORE.search(here.before)
        said = [read_month(n, self.reading.region) if months else self.number(n) for n in (first, second)]
        return " đến ".join(said) + (f" {UNITS[unit]}" if unit else "")

    def read_money(self, here: _Here) -> str:
        return f"{self.number(here.part('cn'))} {'đô la Mỹ' if here.part('cs') == '$' else 'ơ rô'}"

    def read_version(self, here: _Here) -> str:
        """`4.0` after a word such as công nghiệp; elsewhere a number with an English point."""
        parts = here.text.split(".")
        said = " chấm ".join(self.integer(part) for part in parts)
        if _VERSION_BEFORE.search(here.before) or re.search(
            r"(?:mục|điểm|phần|chương|điều)[ \u00a0]*$", here.before, re.I
        ):
            return said
        return self.doubt(here, said, "a point inside a number; Vietnamese writes 4,5 for a fraction")

    def read_phone(self, here: _Here) -> str:
        """Digit by digit, with a pause between the groups."""
        text = here.text.replace("+84", "0", 1) if here.text.startswith("+84") else here.text
        groups = [group for group in re.split(r"\D+", text) if group]
        if here.text.startswith("+84") and len(groups) > 1 and groups[0] == "0":
            groups = ["0" + groups[1], *groups[2:]]
        if len(groups) == 1 and len(groups[0]) > 6:
            digits = groups[0]
            first = 4 if len(digits) > 9 or digits.startswith(("18", "19")) else 3
            rest = digits[first:]
            groups = [digits[:first], rest] if len(rest) == 4 else [digits[:first], rest[:3], rest[3:]]
        return ", ".join(read_digits(group) for group in groups if group)

    # -- days and times --------------------------------------------------------------------------------------------

    def day_month(self, day: str, month: str) -> str:
        return f"{self.integer(day)} tháng {read_month(month, self.reading.region)}"

    def read_date(self, here: _Here) -> str:
        day, month, year = here.part("d"), here.part("dm"), here.part("dy")
        said = f"{self.day_month(day, month)} {self.year(year)}"
        if not is_day(day, month, year):
            return self.doubt(here, said, "no such day")
        return said

    def read_month_year(self, here: _Here) -> str:
        month, year = here.part("my"), here.part("myy")
        said = f"{read_month(month, self.reading.region)} {self.year(year)}"
        if not 1 <= int(month) <= 12:
            return self.doubt(here, f"{self.integer(month)} trên {self.integer(year)}", "no such month")
        return said if _MONTH_BEFORE.search(here.before) else f"tháng {said}"

    def read_roman_year(self, here: _Here) -> str:
        """`quý II/2026` → quý hai năm hai nghìn không trăm hai mươi sáu."""
        number = parse_roman(here.part("ry_n"))
        said = f"{self.integer(str(number)) if number else spell(here.part('ry_n'))} {self.year(here.part('ry_y'))}"
        return said if number and _ROMAN_BEFORE.search(here.before) else self.doubt(here, said, "Roman numeral?")

    def read_slash(self, here: _Here) -> str:
        """A day, a fraction, or a score, by what stands around it."""
        first, second = here.part("sa"), here.part("sb")
        pair = f"{first}/{second}"
        if pair in ("24/7", "24/24", "50/50"):
            return f"{self.integer(first)} {'' if pair == '50/50' else 'trên '}{self.integer(second)}"
        over = f"{self.integer(first)} trên {self.integer(second)}"
        whole = read_month(second, self.reading.region) if second == "4" else self.integer(second)
        part = f"{self.integer(first)} phần {whole}"
        if _SCORE_BEFORE.search(here.before) and not is_leading_zero(first, second):
            return part if _FRACTION_AFTER.match(here.after) else over
        if _FRACTION_AFTER.match(here.after) and int(first) < int(second):
            return part
        if not is_day(first, second):
            return (
                over
                if _SCORE_AFTER.match(here.after) or int(second) > 31
                else self.doubt(here, over, "day or fraction?")
            )
        if _DATE_BEFORE.search(here.before) or is_leading_zero(first, second):
            return self.day_month(first, second)
        if _SCORE_AFTER.match(here.after):
            return over
        said = self.day_month(first, second)
        return said if int(first) >= int(second) else self.doubt(here, said, "a day, or a fraction?")

    def read_time(self, here: _Here) -> str:
        """`7h30` → bảy giờ ba mươi phút; `14:00` → mười bốn giờ."""
        minutes = here.part("tm") or here.part("tc")
        said = f"{self.integer(here.part('th'))} giờ"
        return f"{said} {self.integer(minutes)} phút" if minutes and int(minutes) else said

    # -- documents -------------------------------------------------------------------------------------------------

    def read_document(self, here: _Here) -> str:
        """`57-NQ/TW` by the mode: number and issuer, letter by letter, or every part in full."""
        codes = re.split(r"[-/]", here.part("doc_code"))
        number = self.integer(here.part("doc_no"))
        if here.part("doc_year"):
            number = f"{number} {self.year(here.part('doc_year'))}"
        if self.reading.mode == "spell":
            return f"{number} {', '.join(self.spell_code(code) for code in codes)}"
        kind = self.reading.types.get(codes[0], "")
        issuers = codes[1:] if kind else codes
        said_by = [self.issuer(code, here) for code in issuers]
        lead = "" if not kind or self.named_before(kind, here) else f"{kind} số "
        if self.reading.mode == "expand":
            return ", ".join([f"{lead}{number}", *[said for said in said_by if said]])
        known = [said for said in said_by if said]
        if not known or _ISSUER_AFTER.match(here.after):
            return f"{lead}{number}"
        return f"{lead}{number} của {known[0]}"

    def named_before(self, kind: str, here: _Here) -> bool:
        """Whether the text itself has just said what sort of document it is."""
        near = here.before.lower()
        return kind.lower() in near or bool(re.search(r"(?:số|luật|pháp lệnh|kế hoạch|văn bản)[ :\u00a0]*$", near))

    def issuer(self, code: str, here: _Here) -> str:
        """Who stands behind the letters at the end; unknown ones are spelled and named as a doubt."""
        term = re.fullmatch(r"(\D+?)(\d{1,2})", code)
        if term and term.group(1) in self.reading.issuers:
            return f"{self.reading.issuers[term.group(1)]} khóa {self.integer(term.group(2))}"
        known = self.reading.issuers.get(code) or self.reading.words.get(code)
        if known:
            return known
        return self.doubt(here, spell(code), f"unknown letters {code} in a document's number; add them to issuers.yaml")

    def spell_code(self, code: str) -> str:
        return "Thủ tướng" if code == "TTg" else spell(code)

    # -- words -----------------------------------------------------------------------------------------------------

    def read_word(self, here: _Here) -> str:
        """Abbreviations from the glossary, Roman numerals after their words, foreign names; other words as they are."""
        text = here.text
        stop = text.endswith(".")
        for form in (text, text.removesuffix(".")):
            known = self.reading.words.get(form)
            if known and not (form == text.removesuffix(".") and stop and f"{form}." in self.reading.words):
                rest = "." if stop and form != text else ""
                return self.in_case(known, here) + (rest if form != text else self.stop_after(form, here))
        bare = text.removesuffix(".")
        tail = "." if stop else ""
        if _ROMAN_BEFORE.search(here.before) and (number := parse_roman(bare)) and (len(bare) > 1 or bare in "IVX"):
            return self.integer(str(number)) + tail
        if bare.lower() in self.reading.names:
            return self.reading.names[bare.lower()] + tail
        if not any(c in bare for c in ".&/-"):
            return self.plain_word(bare, here) + tail
        return self.joined_word(bare, here) + tail

    def stop_after(self, form: str, here: _Here) -> str:
        """An abbreviation's own full stop ends a sentence only where one begins after it."""
        ends = form.endswith(".") and (not here.after.strip() or here.after.startswith("\n"))
        return "." if ends else ""

    def in_case(self, said: str, here: _Here) -> str:
        """With a capital at the beginning of a sentence, and without what the text has just said (thủ tục TTHC)."""
        before = here.before.rstrip(" \u00a0“(")
        words = said.split(" ")
        for count in range(min(len(words), MOST_SAID_BEFORE), 0, -1):
            lead = " ".join(words[:count])
            if re.search(rf"(?<!\w){re.escape(lead)}$", before, re.IGNORECASE):
                return " ".join(words[count:])
        starts = not before or before[-1] in ".!?\n:"
        return said[:1].upper() + said[1:] if starts else said

    def plain_word(self, bare: str, here: _Here) -> str:
        if len(bare) < 2 or not bare.isupper():
            return self.camel_word(bare, here)
        if len(bare) > 7 or any(ord(c) > 127 and c != "Đ" for c in bare):
            return bare  # a word in capitals, with its marks
        shouted = re.search(rf"[{UPPER}]{{2,}}[ \u00a0]$", here.before) or re.match(
            rf"[ \u00a0][{UPPER}]{{2,}}", here.after
        )
        if shouted and _is_syllable(bare):
            return bare
        return self.doubt(here, spell(bare), "abbreviation without an entry; add it to glossary.yaml")

    def camel_word(self, bare: str, here: _Here) -> str:
        """`VssID`: capitals inside a word are letters somebody has to decide about."""
        if re.search(r"[a-zđ][A-ZĐ]", bare) or re.fullmatch(r"[A-ZĐ]{2,}[a-z]{1,2}", bare):
            return self.doubt(here, spell(bare), "a name with capitals inside; add it to names.yaml")
        return bare

    def joined_word(self, bare: str, here: _Here) -> str:
        """`KH-TC`, `xã/phường`, `và/hoặc`: each part by itself; after a figure `đồng/kg` is a price."""
        if bare.count("/") == 1 and _AMOUNT_NEAR.search(here.before):
            what, _, each = bare.partition("/")
            return f"{what} một {UNITS.get(each) or self.reading.words.get(each) or each}"
        parts = re.split(r"([.&/-])", bare)
        said = []
        for at, part in enumerate(parts):
            if at % 2:
                said.append({"&": " và ", "/": ", ", ".": ". ", "-": "-"}[part])
            else:
                inner = _Here(here.match, "", "")
                known = self.reading.words.get(part) or self.reading.names.get(part.lower())
                said.append(known or self.plain_word(part, inner))
        text = "".join(said)
        return text.replace("-", " ") if any(p in self.reading.words for p in parts[::2]) else text

    def read_word_number(self, here: _Here) -> str:
        """`Q.1`, `P. 5`, `TP.3`: a district, a ward."""
        letters, number = here.part("wn_w"), self.integer(here.part("wn_n"))
        short = {"Q": "quận", "P": "phường", "H": "huyện", "X": "xã", "T": "tổ", "KP": "khu phố", "TDP": "tổ dân phố"}
        known = short.get(letters) or self.reading.words.get(f"{letters}.") or self.reading.words.get(letters)
        if known:
            return f"{self.in_case(known, here)} {number}"
        return self.doubt(here, f"{spell(letters)} {number}", "abbreviation without an entry; add it to glossary.yaml")

    def read_hyphened(self, here: _Here) -> str:
        """`COVID-19`, `Tàu-2`: a name with a number."""
        known = self.reading.words.get(here.text)
        if known:
            return known
        name, _, number = here.text.partition("-")
        inner = _Here(here.match, here.before, "")
        return f"{self.reading.words.get(name) or self.plain_word(name, inner)} {self.integer(number)}"

    def read_mixed(self, here: _Here) -> str:
        """Letters and digits together: `5G`, `A4`, `COVID-19`, `QH15`."""
        known = self.reading.words.get(here.text)
        if known:
            return known
        pieces = re.findall(r"\d+|[^\W\d_]+", here.text)
        said = " ".join(
            self.integer(p) if p.isdigit() and len(p) < 5 else read_digits(p) if p.isdigit() else self.piece(p)
            for p in pieces
        )
        simple = len(pieces) == 2 and len(pieces[0]) <= 1 and len(pieces[1]) <= 3
        return (
            said if simple else self.doubt(here, said, "letters and digits together; add the reading to glossary.yaml")
        )

    def piece(self, letters: str) -> str:
        return self.reading.words.get(letters) or (spell(letters) if letters.isupper() or len(letters) < 3 else letters)

    def read_opaque(self, here: _Here) -> str:
        return here.text

    # -- addresses -------------------------------------------------------------------------------------------------

    def read_mail(self, here: _Here) -> str:
        user, _, host = here.text.partition("@")
        return f"{self.address(user, here)} a còng {self.address(host, here)}"

    def read_web(self, here: _Here) -> str:
        text = here.text.rstrip(".,;:!?)”'")
        tail = here.text[len(text) :]
        bare = re.sub(r"^https?://", "", text).removeprefix("www.").rstrip("/")
        return self.address(bare, here) + tail

    def read_site(self, here: _Here) -> str:
        return self.read_web(here)

    def address(self, text: str, here: _Here) -> str:
        """Label by label: known ones by their names, the rest as they stand, which is a doubt."""
        said, unsure = [], False
        for part in re.split(r"([./_\-?=&#%+:])", text):
            sign = {".": "chấm", "/": "gạch chéo", "-": "gạch ngang", "_": "gạch dưới"}.get(part)
            if not part:
                continue
            if sign:
                said.append(sign)
            elif part.lower() in self.reading.hosts:
                said.append(self.reading.hosts[part.lower()])
            elif part.isdigit():
                said.append(read_digits(part))
            else:
                unsure = True
                said.append(" ".join(read_digits(p) if p.isdigit() else p for p in re.findall(r"\d+|[^\W\d_]+", part)))
        text = " ".join(word for word in said if word)
        return (
            self.doubt(here, text, "an address; add its parts to names.yaml, or say the site's name")
            if unsure
            else text
        )

    def read_hashtag(self, here: _Here) -> str:
        words = re.findall(rf"[{UPPER}]?[^\W\d_{UPPER}]+|[{UPPER}]+|[0-9]{{1,18}}", here.text[1:])
        said = " ".join(self.integer(w) if w.isdigit() else w for w in words if w.isalpha() or w.isdecimal())
        return self.doubt(here, f"thẻ {said}", "a hashtag is not read on air; leave it out")

    # -- signs -----------------------------------------------------------------------------------------------------

    def read_per(self, here: _Here) -> str:
        """`/năm` after a figure → một năm; between words a pause."""
        figure = re.search(r"(?:\d|%|đ|₫|²|đồng|triệu|tỷ|nghìn|ngàn|mét|USD|g|ha|lít|tấn)[ \u00a0]*$", here.before)
        return " một " if figure else ", "

    def read_sign(self, here: _Here) -> str:
        sign = here.text
        said = _SIGNS.get(sign)
        if sign in "~≈" and here.before.rstrip().lower().endswith("khoảng"):
            return " "
        if sign in "–—":
            dates = _NUMBER_NEAR.search(here.before) and re.match(r"[ \u00a0]*\d", here.after)
            return " đến " if dates else ", "
        if sign == "x" or (sign == "×" and _NUMBER_NEAR.search(here.before)):
            return " nhân "
        return said if said is not None else " "


_SIGNS = {
    "≥": " ít nhất ", "≤": " không quá ", ">": " hơn ", "<": " dưới ", "±": " cộng trừ ", "~": " khoảng ",
    "≈": " khoảng ", "&": " và ", "+": " cộng ", "=": " bằng ", "×": " nhân ", "→": ", ",
    "°": " độ ", "%": " phần trăm ",
    "‰": " phần nghìn ", "/": ", ", "@": " a còng ", "(": ", ", ")": ", ", "[": ", ", "]": ", ", "$": " đô la ",
    "€": " ơ rô ", "₫": " đồng ", "…": "…", "•": ", ", "·": ", ", "\u2060": "", "\u200b": "", "\ufeff": "",
    "§": " mục ", "²": " bình phương ", "³": " lập phương ", "|": ", ",
}  # fmt: skip


def is_day(day: str, month: str, year: str = "2024") -> bool:
    """Whether there is such a day; without a year, of a leap year."""
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def is_leading_zero(first: str, second: str) -> bool:
    return first.startswith("0") or second.startswith("0")


def _is_syllable(letters: str) -> bool:
    """Whether the letters, marks aside, could be a Vietnamese syllable (and not only an abbreviation)."""
    plain = "".join(
        c for c in unicodedata.normalize("NFD", letters.lower().replace("đ", "d")) if not unicodedata.combining(c)
    )
    return _SYLLABLE.fullmatch(plain) is not None


def tidy(text: str) -> str:
    """Single blanks, no doubled commas, no comma before a stop; line ends stay."""
    lines = []
    for raw in text.split("\n"):
        line = _SPACES.sub(" ", raw).strip()
        line = _BEFORE_STOP.sub("", line)
        line = _COMMA_STOP.sub("", _COMMAS.sub(",", line))
        lines.append(line.strip(" ,") if line.strip(" ,") != line and line.endswith(",") else line.lstrip(" ,"))
    return "\n".join(lines)
