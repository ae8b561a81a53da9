"""Numbers of documents: by number and issuer, letter by letter, or with kind, issuer and title in full."""

from __future__ import annotations

import re

from publisher.vietnamese.gloss import speaks_itself
from publisher.vietnamese.glossary import Reading
from publisher.vietnamese.hearing import Desk, Here
from publisher.vietnamese.spelling import read_digits, spell

_ISSUER_AFTER = re.compile(r"^[^.;\n]{0,40}?(?<!\w)(?:của|do)[ \u00a0]", re.IGNORECASE)
_TITLE_AFTER = re.compile(r"^[^.;\n]{0,44}?(?<!\w)(?:về|quy định|ban hành|phê duyệt|sửa đổi|hướng dẫn)[ \u00a0]", re.I)
_FORM_BEFORE = re.compile(
    r"(?<!\w)(?:mẫu(?: đơn)?(?: số)?|tờ khai(?: số)?|biểu|biểu mẫu|ký hiệu|phụ lục)[ \u00a0]*$",
    re.IGNORECASE,
)
_MORE_AFTER = re.compile(r"[ \u00a0]*(?:ngày|của|do)[ \u00a0]")
_NUMBER_BEFORE = re.compile(r"(?:số|luật|pháp lệnh|kế hoạch|văn bản)[ :\u00a0]*$", re.IGNORECASE)
_JOINT = ("TTLT", "NQLT", "KHLT", "CTLT", "HDLT", "QCPH", "KHPH", "CTPH", "CTrPH")
_PARTS = {"S": "Sở", "B": "Bộ", "P": "Phòng", "C": "Cục", "V": "Vụ", "VP": "Văn phòng", "BCĐ": "Ban Chỉ đạo",
          "BQL": "Ban Quản lý", "T": "Tổng cục"}  # fmt: skip
_OFFICE = re.compile(
    r"[A-ZĐỦ]|(?:tòa án|viện|trung tâm|bảo hiểm|văn phòng|ban|hội|đoàn|sở|phòng|cục|chi cục|công an|trường|bệnh viện|"
    r"công ty|tập đoàn|ngân hàng|kho bạc|báo|đài|quỹ|trạm|hợp tác xã|liên đoàn|liên hiệp|đảng ủy|chính quyền)(?!\w)"
)
_PARTY_ENDS = ("TW", "TU", "ĐU", "HU", "TƯ")


def read_document(here: Here, desk: Desk) -> str:
    """`57-NQ/TW` by the mode. Letters nobody has told us about are spelled, which is a doubt."""
    codes = re.split(r"[-/]", here.part("doc_code"))
    number = _number(here.part("doc_no"), desk)
    if here.part("doc_year"):
        number = f"{number} {desk.year(here.part('doc_year'))}"
    if _FORM_BEFORE.search(here.before) or desk.reading.mode == "spell":
        return f"{number} {', '.join(_spell_code(code) for code in codes)}"
    kind = desk.reading.types.get(codes[0], "")
    issuers = (codes[1:] if kind else codes) or []
    lead = f"{kind} số " if kind and not _named_before(here, desk.reading) else ""
    if lead and codes[0] == "QĐ" and codes[-1] in _PARTY_ENDS:
        desk.doubt(here, f"{lead}{number}", "QĐ of a Party body: Quyết định or Quy định? Write the word before it")
    by = "" if _ISSUER_AFTER.match(here.after) else _issued_by(codes[0], issuers, here, desk)
    by = "" if by and speaks_itself(by, issuers[0], here.before) else by
    title = ""
    if desk.reading.mode == "expand" and not _TITLE_AFTER.match(here.after):
        title = desk.reading.titles.get(here.text, "")
        # Where day or issuer follow, the title stands between pauses, so that it does not swallow them.
        title = f", {title}," if title and _MORE_AFTER.match(here.after) else title
    return " ".join(part for part in (f"{lead}{number}", by and f"của {by}", title) if part)


def _number(written: str, desk: Desk) -> str:
    """`57` → năm mươi bảy; `05` → không năm: a none in front is part of the name, and keeps it apart from the year."""
    return read_digits(written) if written.startswith("0") and len(written) > 1 else desk.integer(written)


def _issued_by(kind: str, issuers: list[str], here: Here, desk: Desk) -> str:
    known = desk.reading.signers.get(here.text)
    if known or not issuers:
        return known or ""
    if kind in _JOINT:
        return " và ".join(_issuer(code, here, desk) for code in issuers)
    return _issuer(issuers[-1] if issuers[-1] in _PARTY_ENDS else issuers[0], here, desk)


def _issuer(code: str, here: Here, desk: Desk) -> str:
    """Who stands behind the letters at the end; unknown ones are spelled and named as a doubt."""
    term = re.fullmatch(r"(\D+?)(\d{1,2})", code)
    if term and term.group(1) in desk.reading.issuers:
        return f"{desk.reading.issuers[term.group(1)]} khóa {desk.integer(term.group(2))}"
    known = name_issuer(code, desk.reading)
    if known:
        return known
    if code in desk.reading.words:
        return ""  # what the document is about, such as XPVPHC; it does not say who signed
    return desk.doubt(here, spell(code), f"unknown letters {code} in a document's number; add them to issuers.yaml")


def name_issuer(code: str, reading: Reading) -> str:
    """An office by its letters: as listed, or put together (`SYT` is S, Sở, and YT, Y tế); '' when unknown."""
    listed = reading.issuers.get(code)
    if listed:
        return listed
    word = reading.words.get(code, "")
    if _OFFICE.match(word):
        return word
    for end in _PARTY_ENDS:
        head = code.removesuffix(end)
        if head != code and head in reading.issuers and end in reading.issuers:
            return f"{reading.issuers[head]} {reading.issuers[end]}"
    for start, word in _PARTS.items():
        rest = code.removeprefix(start)
        if rest == code or not rest:
            continue
        field = reading.bodies.get(rest) or (reading.issuers.get(rest) if len(start) > 1 else None)
        if field:
            return f"{word} {field}"
    return ""


def _named_before(here: Here, reading: Reading) -> bool:
    """Whether the text itself has just said what sort of document it is."""
    near = here.before.lower()
    if _NUMBER_BEFORE.search(near):
        return True
    kinds = [kind.lower() for kind in (*reading.types.values(), *reading.types)]
    listed = re.search(r"(?:số )?\d{1,5}(?:/\d{4})?[-/][\w&/-]{2,24}(?:,| và| hoặc)[ \u00a0]*$", near)
    near = near[: listed.start()] if listed else near
    return any(re.search(rf"(?<!\w){kind}(?: số| liên tịch)?[ :\u00a0]*$", near) for kind in kinds)


def _spell_code(code: str) -> str:
    return "Thủ tướng" if code == "TTg" else spell(code)


def read_standard(here: Here, desk: Desk) -> str:
    """`TCVN 6909:2001` → number and year of a standard."""
    number = here.part("st_n").replace("-", " gạch ngang ")
    said = " ".join(desk.integer(part) if part.isdigit() else part for part in number.split(" "))
    by = here.part("st_c")
    return f"{said} {desk.year(here.part('st_y'))}" + (f" của {_issuer(by, here, desk)}" if by else "")
