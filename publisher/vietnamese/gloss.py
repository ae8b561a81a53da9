"""What a text has just said in full is not said again: an abbreviation behind its own name, an issuer in its number."""

from __future__ import annotations

import re

from publisher.content.signs import strip_marks
from publisher.vietnamese.hearing import AROUND, Desk
from publisher.vietnamese.tokens import UPPER

_BRACKETS = re.compile(
    rf"\([ \u00a0]?(?:viết tắt là |gọi tắt là )?(?P<gloss>[{UPPER}][A-Za-zĐđƯư&., \-]{{1,15}})[ \u00a0]?\)"
)
_ROAD = re.compile(r"\((?:QL|ĐT|TL|ĐH|HL)[. ]?(?P<road>\d{1,3}[A-ZĐ]?)\)")
_SMALL = frozenset(("va", "cua", "ve", "cho", "cac", "trong", "do", "voi", "tren"))
_LEAST_WORDS = 3  # shorter names are too likely to share their words by chance
_SHARED = 0.7
_SPEAKS = re.compile(
    r"(?<!\w)(?:ban hành|có|ra|gửi|trình|ký|phê duyệt|công bố|hoàn thiện|xây dựng|phát hành|thông qua)(?!\w)"
    r"[^.;:!?\n]{0,60}$",
    re.IGNORECASE,
)


def fold(text: str) -> str:
    """Small letters without marks, so that Uỷ ban and Ủy ban are one."""
    return strip_marks(text.lower())


def stands_before(said: str, before: str) -> bool:
    """Whether this very name ends the text: what was said earlier in the sentence is said again."""
    words = re.findall(r"\w+", fold(said))
    return len(words) > 1 and re.findall(r"\w+", fold(re.split(r"[.;:!?\n,(]", before)[-1]))[-len(words) :] == words


def _nearly_stands_before(said: str, before: str) -> bool:
    """The same, or nearly so (cấp tỉnh for cấp địa phương): for a bracket, which is there to abbreviate."""
    if stands_before(said, before):
        return True
    words = re.findall(r"\w+", fold(said))
    near = re.findall(r"\w+", fold(re.split(r"[.;:!?\n,(]", before)[-1]))[-len(words) - 3 :]
    if len(words) < _LEAST_WORDS or words[0] not in near:
        return False
    return sum(word in near for word in words) >= _SHARED * len(words)


def are_initials(letters: str, before: str) -> bool:
    """Whether the letters begin the words just before: quỹ tín dụng nhân dân (QTDND)."""
    wanted = re.sub(r"[^a-z]", "", fold(letters))
    near = re.findall(r"[^\W\d_]+", fold(re.split(r"[.;:!?\n(]", before)[-1]))
    return len(wanted) > 1 and (_spelled(wanted, near, small=True) or _spelled(wanted, near, small=False))


def _spelled(wanted: str, near: list[str], *, small: bool) -> bool:
    words = near if small else [word for word in near if word not in _SMALL]
    return "".join(word[0] for word in words[-len(wanted) :]) == wanted


def find_gloss(text: str, at: int, spoken: str, desk: Desk) -> int:
    """Where a bracket ends that only abbreviates what stands before it; 0 for any other."""
    road = _ROAD.match(text, at)
    if road and text[max(0, at - AROUND) : at].endswith(f" {road['road']} "):
        return road.end()
    bracket = _BRACKETS.match(text, at)
    if not bracket:
        return 0
    letters, before = bracket["gloss"], text[max(0, at - AROUND) : at].rstrip(" \u00a0")
    reading = desk.reading
    meanings = (reading.words.get(letters, ""), *reading.unsure.get(letters, ()), reading.issuers.get(letters, ""))
    known = any(_nearly_stands_before(meaning, near) for meaning in meanings if meaning for near in (spoken, before))
    return bracket.end() if known or are_initials(letters, before) or are_initials(letters, spoken) else 0


def speaks_itself(issuer: str, code: str, before: str) -> bool:
    """Whether the clause's subject is the issuer: Sở Nội vụ có Tờ trình số 12/TTr-SNV."""
    clause = re.split(r"[.;:!?\n]", before)[-1]
    for name in (issuer, issuer.removesuffix(" Chính phủ"), code):
        at = clause.rfind(name) if name else -1
        if at >= 0 and _SPEAKS.search(clause[at + len(name) :]):
            return True
    return False
