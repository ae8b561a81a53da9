"""Figures as Vietnamese texts write them: `1.234,5 tỷ`; the English way only where it cannot be Vietnamese."""

from __future__ import annotations

import re
from decimal import Decimal

from publisher.content.model import Number

# One run of digits and separators, bounded so that no input makes it slow.
_DIGITS = re.compile(r"\d[\d.,\u00a0\u202f]{0,40}")
_VIETNAMESE = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?")
_SPACED = re.compile(r"\d{1,3}(?:[\u00a0\u202f]\d{3})+(?:,\d+)?")
_CODE = re.compile(r"0\d{2}")  # 0263…, 0912…: a telephone number or a code, while `05 xã` counts
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}|\d+\.\d+")


def parse_number(text: str) -> Number | None:
    """The first figure of `text`, taken apart; None when it holds none or only something like a date."""
    found = _DIGITS.search(text)
    if found is None:
        return None
    digits = found.group().rstrip(".,\u00a0\u202f")
    end = found.start() + len(digits)
    prefix, suffix = text[: found.start()], text[end:]
    if re.match(r"[/\-–]\w", suffix) or re.search(r"\w[/\-–]$", prefix) or re.search(r"[-–]\s*\d", suffix):
        return None  # a date, a range or a document's number does not count up
    if _CODE.match(digits):
        return None
    parsed = _value(digits)
    if parsed is None:
        return None
    value, decimals = parsed
    minus = prefix.endswith(("-", "−"))
    return Number(text, -value if minus else value, prefix, digits, suffix, decimals)


def _value(digits: str) -> tuple[Decimal, int] | None:
    if _SPACED.fullmatch(digits) or _VIETNAMESE.fullmatch(digits):
        whole = re.sub(r"[.\u00a0\u202f]", "", digits).replace(",", ".")
    elif _ENGLISH.fullmatch(digits):
        whole = digits.replace(",", "")
    else:
        return None
    return Decimal(whole), len(whole.partition(".")[2])


def format_number(value: Decimal, *, decimals: int = 0) -> str:
    """`1234.5` → `1.234,5`, with exactly so many decimals."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,"))
