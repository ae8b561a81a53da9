"""Numbers and letters as Vietnamese words."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from publisher.content.signs import strip_marks

Region = Literal["north", "south"]

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
LETTERS = {
    "A": "a", "Ă": "á", "Â": "ớ", "B": "bê", "C": "xê", "D": "dê", "Đ": "đê", "E": "e", "Ê": "ê", "F": "ép",
    "G": "giê", "H": "hát", "I": "i", "J": "gi", "K": "ca", "L": "lờ", "M": "mờ", "N": "nờ", "O": "o", "Ô": "ô",
    "Ơ": "ơ", "P": "pê", "Q": "quy", "R": "rờ", "S": "ét", "T": "tê", "U": "u", "Ư": "ư", "V": "vê", "W": "vê kép",
    "X": "ích", "Y": "i dài", "Z": "dét",
}  # fmt: skip
_SYLLABLE = re.compile(
    r"(?:ngh?|[nctkgp]h|tr|gi|qu|[kpbd]r|[kpbg]l|[bcdđghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|nh|ng|[cmnptiouyk])?"
)
TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
LONGEST = 18  # digits; longer runs are no number anybody says


def read_digits(digits: str) -> str:
    """Digit by digit: `1900` → một chín không không."""
    return " ".join(DIGITS[int(d)] for d in digits)


def spell(letters: str) -> str:
    """Letter by letter: `UBND` → u bê nờ dê; digits by their names."""
    plain = unicodedata.normalize("NFC", TONES.sub("", unicodedata.normalize("NFD", letters.upper())))
    return " ".join(LETTERS.get(c) or DIGITS[int(c)] for c in plain if c in LETTERS or c in "0123456789")


def spell_latin(letters: str) -> str:
    """The same where the letters are a mark, not an abbreviation: `D` in D01, 4D or 3D is said đê."""
    return " ".join("đê" if c in "Dd" else spell(c) for c in letters if c.isalnum())


def read_integer(digits: str, region: Region) -> str:
    """A whole number, without separators: `2025` → hai nghìn không trăm hai mươi lăm."""
    digits = digits.lstrip("0") or "0"
    if digits == "0":
        return DIGITS[0]
    if len(digits) > LONGEST:
        return read_digits(digits)
    thousand = "nghìn" if region == "north" else "ngàn"
    scales = ("", thousand, "triệu", "tỷ", f"{thousand} tỷ", "triệu tỷ")
    groups = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)]
    words = []
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if int(group):
            words.append(read_group(group, whole=place < len(groups) - 1, region=region))
            words.append(scales[place])
    return " ".join(word for word in words if word)


def read_group(group: str, *, whole: bool, region: Region) -> str:
    """Up to three digits; `whole` says the hundreds even when they are none (không trăm)."""
    hundreds, tens, units = (int(d) for d in group.zfill(3))
    words = []
    if hundreds or whole:
        words += [DIGITS[hundreds], "trăm"]
    if tens > 1:
        words += [DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif units and words:
        words.append("linh" if region == "north" else "lẻ")
    if units:
        words.append(read_unit(units, tens, region))
    return " ".join(words)


def read_unit(units: int, tens: int, region: Region) -> str:
    """The last digit: mốt, tư and lăm after mươi, lăm after mười."""
    if tens > 1 and units == 1:
        return "mốt"
    if tens > 1 and units == 4 and region == "north":
        return "tư"
    if tens >= 1 and units == 5:
        return "lăm"
    return DIGITS[units]


def read_decimal(whole: str, fraction: str, region: Region) -> str:
    """`1,05` → một phẩy không năm; two digits that begin with none are said as one number."""
    said = read_integer(fraction, region) if len(fraction) <= 2 and fraction[0] != "0" else read_digits(fraction)
    return f"{read_integer(whole, region)} phẩy {said}"


def read_month(month: str, region: Region) -> str:
    """`4` → tư, the month's own name."""
    return "tư" if int(month) == 4 else read_integer(month, region)


_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def parse_roman(text: str) -> int | None:
    """The value of a Roman numeral; None for letters that are none."""
    values = [_ROMAN.get(c, 0) for c in text]
    if not values or 0 in values:
        return None
    total = sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
    return total if to_roman(total) == text else None


def to_roman(number: int) -> str:
    parts = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
             (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
    said = ""
    for value, letters in parts:
        count, number = divmod(number, value)
        said += letters * count
    return said


def is_syllable(letters: str) -> bool:
    """Whether the letters, marks aside, could be a syllable of Vietnamese or of a highland name such as Krông."""
    return _SYLLABLE.fullmatch(strip_marks(letters.lower())) is not None and parse_roman(letters) is None
