"""Where a Vietnamese line must not end: between figure and unit, inside a name, before a title's last syllable."""

from __future__ import annotations

import re
from collections.abc import Callable

NBSP = "\u00a0"
JOINER = "\u2060"
BREAK = "\u200b"

_UNIT = (
    "đồng|tỷ|triệu|nghìn|ngàn|trăm|chục|xã|phường|huyện|tỉnh|thôn|hộ|người|lượt|ngày|tháng|năm|giờ|phút|giây|lần|"
    "điểm|bước|km²|km|m²|m|cm|mm|ha|kg|tấn|g|kWh|kW|MB|GB|TB|Mbps|USD|%|phần|câu|đơn vị|doanh nghiệp|dịch vụ"
)
_NUMBER_UNIT = re.compile(rf"(\d) (?=(?:{_UNIT})(?![\w]))")
_DAY_MONTH = re.compile(r"\b(ngày|tháng|năm|Điều|khoản|mục|quý|số|lần thứ|thế kỷ) (?=[\dIVX])")
_DOCUMENT = re.compile(r"\b(Nghị quyết|Quyết định|Nghị định|Kế hoạch|Công văn|Thông tư|Chỉ thị|Luật)( số)? (?=\d)")
_HYPHEN_IN_NUMBER = re.compile(r"(?<=\d)-(?=[A-ZĐ]{2})|(?<=[A-ZĐ])-(?=[A-ZĐ]{2})")
_SLASH_IN_NUMBER = re.compile(r"(?<=[A-ZĐ\d])/(?=[A-ZĐ]{2})")
_DIGIT_GROUPS = re.compile(r"(?<=\d) (?=\d{3}(?:\D|$|\d(?:\D|$)))")
_BRACKETS = re.compile(r"\([^()]{1,40}\)")
_DASH = re.compile(r" ([–—]) ")
_NAME = re.compile(r"\b(?:[A-ZĐÀ-Ỹ][a-zđà-ỹ]{1,7} ){1,3}[A-ZĐÀ-Ỹ][a-zđà-ỹ]{1,7}\b")
_FAMILY = frozenset(  # the commonest family names: only before one of them is a run of capitals surely a name
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Mai Lương Hà Tạ Cao".split()  # noqa: SIM905
)


def keep_together(text: str) -> str:
    """The text with no-break blanks where a line must not end. Words and signs stay what they are."""
    text = _NUMBER_UNIT.sub(rf"\1{NBSP}", text)
    text = _DAY_MONTH.sub(rf"\1{NBSP}", text)
    text = _DOCUMENT.sub(lambda m: m.group().replace(" ", NBSP), text)
    text = _HYPHEN_IN_NUMBER.sub(f"{JOINER}-{JOINER}", text)
    text = _SLASH_IN_NUMBER.sub(f"/{JOINER}", text)
    text = _DASH.sub(rf"{NBSP}\1 ", text)
    text = _DIGIT_GROUPS.sub(NBSP, text)
    return _NAME.sub(_join_name, text)


def _join_name(match: re.Match[str]) -> str:
    words = match.group().split(" ")
    return NBSP.join(words) if words[0] in _FAMILY else match.group()


def settle_title(text: str) -> str:
    """A title whose last two syllables stay together, so that none stands alone on the last line."""
    kept = keep_together(text)
    head, blank, last = kept.rpartition(" ")
    return f"{head}{NBSP}{last}" if blank and len(last) <= 12 else kept


def hold_brackets(text: str, fits: Callable[[str], bool]) -> str:
    """The text with its parentheses unbroken, where they fit on a line."""
    return _BRACKETS.sub(lambda found: found[0].replace(" ", NBSP) if fits(found[0]) else found[0], text)


_WORD = re.compile(r"[^ \n]+")
_ADDRESS_BREAK = re.compile(r"(?<=[^\W\d_][./@_-])(?=\w)")


def loosen(text: str, most: int) -> str:
    """The text with as many ties undone as a narrow column needs: nothing stays together that is longer than `most`.

    Letters, figures and signs stay what they are; addresses may end a line after a dot, a slash or a hyphen.
    """
    return _WORD.sub(lambda match: _loosen_word(match.group(), most), text)


def _loosen_word(word: str, most: int) -> str:
    if _letters(word) <= most:
        return word
    kept: list[str] = []
    for part in reversed(word.split(NBSP)):
        if kept and _letters(part) + 1 + _letters(kept[-1]) <= most:
            kept[-1] = f"{part}{NBSP}{kept[-1]}"
        else:
            kept.append(part)
    return " ".join(_loosen_part(part, most) for part in reversed(kept))


def _letters(word: str) -> int:
    return len(word) - word.count(JOINER)


def _loosen_part(part: str, most: int) -> str:
    if _letters(part) <= most or NBSP in part:
        return part
    return _ADDRESS_BREAK.sub(BREAK, part.replace(JOINER, ""))
