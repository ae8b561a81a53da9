"""Words: abbreviations from the glossary, Roman numerals, foreign names, letters and figures together."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from publisher.vietnamese.codes import CODE_BEFORE, SYNTAX_BEFORE, is_flight
from publisher.vietnamese.days import ROMAN_BEFORE
from publisher.vietnamese.gloss import stands_before
from publisher.vietnamese.hearing import Desk, Here
from publisher.vietnamese.measures import KINDS_OF_PLACE, PER, UNITS
from publisher.vietnamese.spelling import TONES, is_syllable, parse_roman, read_digits, spell, spell_latin
from publisher.vietnamese.tokens import UPPER

MOST_SAID_BEFORE = 6
_AMOUNT_NEAR = re.compile(r"(?:\d|tỷ|tỉ|triệu|nghìn|ngàn|trăm)[ \u00a0]*$", re.IGNORECASE)
_FIGURE_NEAR = re.compile(r"\d[^\n.;!?]{0,24}$")
_COUNTED = re.compile(rf"(?:{PER})")
_OFFICE_BEFORE = re.compile(r"(?<!\w)(?:sở|bộ|phòng|ngành)[ \u00a0]$", re.IGNORECASE)
_SCALE_BEFORE = re.compile(r"(?:tỷ|tỉ|triệu|nghìn|ngàn|trăm|vạn|mỗi|một|từng|chục|theo|trên)[ \u00a0]*$", re.IGNORECASE)
_MONEY = ("đồng", "USD", "VNĐ", "VND", "đ")
_PLATE_AFTER = re.compile(r"[ \u00a0:]{1,2}\d\d[A-ZĐ]{1,2}\d?[ \u00a0]?[-–]")
_NUMBER_AFTER = re.compile(rf"[ \u00a0](?:số[ \u00a0]?)?\d{{1,5}}(?:/\d{{4}})?[-/][{UPPER}]")
_TIMES = re.compile(r"\d[^\d\n.;!?]{0,24}$")
_SHORT_PLACE = {
    "Q": "quận", "P": "phường", "H": "huyện", "X": "xã", "T": "tổ", "KP": "khu phố", "TDP": "tổ dân phố", "Đ": "đường",
    "TX": "thị xã", "TT": "thị trấn",
}  # fmt: skip
_BANK_BEFORE = re.compile(r"(?:ngân hàng|bank|BIDV|ACB|NHCSXH|công ty|văn phòng|QTDND)[^.,;!?\n]{0,24}[ \u00a0]$", re.I)
_LAW_AFTER = re.compile(r"[ \u00a0](?:BLHS|BLDS|BLTT|Luật|Bộ luật|Nghị định|Hiến pháp)")
_MACHINE_BEFORE = re.compile(r"(?<!\w)(?:máy biến áp|MBA|máy|tổ máy|TBA|trạm|tòa|toà|nhà ga|ga|block)[ \u00a0]$", re.I)
_LONGEST_ABBREVIATION = 7
_SURE_LETTERS = 3  # so few letters beside figures are spelled (H5N1, ST25, VTV1); more may be an abbreviation
_SAYABLE = re.compile(r"(?:[^AEIOUY]{0,3}[AEIOUY]{1,3}){2,12}[^AEIOUY]{0,2}")  # has vowels where a word has them
_COUNT_BEFORE = re.compile(
    r"(?:\d|(?<!\w)(?:các|những|nhiều|một|hai|ba|bốn|năm|mười|mươi|trăm|nghìn|ngàn|vạn|triệu|chục|vài|mỗi|từng|số))"
    r"[ \u00a0]$",
    re.IGNORECASE,
)
_TITLES = ("mr", "mrs", "ms")
_FOREIGN = "a word that is not Vietnamese; add how it is said to names.yaml"


def find_entry(text: str, at: int, desk: Desk) -> str:
    """The longest entry of the glossary with signs, figures or blanks in it that stands here; '' for none."""
    if at and text[at - 1].isalnum():
        return ""
    for key in desk.reading.phrases.get(text[at], ()):
        end = at + len(key)
        if text.startswith(key, at) and not (key[-1].isalnum() and text[end : end + 1].isalnum()):
            return key
    return ""


def read_entry(here: Here, desk: Desk) -> str:
    said = in_case(lookup(here.text, here, desk), here)
    if here.text.endswith(".") and here.after[:1].isalpha():
        near = re.match(r"[^\W\d_]{1,5}\.?", here.after)
        titles = near and (near.group() in desk.reading.words or near.group().rstrip(".") in desk.reading.words)
        return f"{said}, " if titles else f"{said} "  # Ths.Bs are two titles, TP.Đà Lạt is one name
    return said + stop_after(here.text, here)


def lookup(form: str, here: Here, desk: Desk) -> str:
    """What the editor's lists say; a word with several meanings is a doubt that names them."""
    known = desk.reading.words.get(form, "")
    if known:
        return known
    several = desk.reading.unsure.get(form, ())
    if not several:
        return ""
    return desk.doubt(here, several[0], f"may also be: {', '.join(several[1:])}; write it out")


def read_word(here: Here, desk: Desk) -> str:
    """Abbreviations from the glossary, Roman numerals after their words, foreign names; other words as they are."""
    text = here.text
    stop = "." if text.endswith(".") else ""
    bare = text.removesuffix(".")
    if bare in desk.reading.types and _NUMBER_AFTER.match(here.after):
        return in_case(desk.reading.types[bare].lower(), here)  # QĐ 1489/QĐ-UBND
    if bare == "BS" and _PLATE_AFTER.match(here.after):
        return in_case("biển số", here)
    if bare.isupper() and SYNTAX_BEFORE.search(here.before):
        return spell(bare) + stop  # what is typed into a message, letter by letter
    if bare in ("x", "X") and _TIMES.search(here.before) and re.match(r"[ \u00a0]*\d", here.after):
        return "nhân"
    if bare == "đ" and _AMOUNT_NEAR.search(here.before):
        return f"đồng{stop}"
    if bare == "ha" and (_AMOUNT_NEAR.search(here.before) or _SCALE_BEFORE.search(here.before)):
        return f"héc ta{stop}"
    if bare == "MC" and re.match(r"[ \u00a0]\d{3}(?!\w)", here.after):
        return in_case("máy cắt", here)
    if bare in ("TU", "TI") and re.match(r"[ \u00a0](?:[A-Z]\d|\d{3})", here.after):
        return spell(bare)  # what measures volts and amperes on a power line
    if bare in ("ĐT", "Tel", "Fax") and re.match(r"[ :.\u00a0]{1,3}(?:\(?0\d|\+84|1[89]00)", here.after):
        return in_case("phắc" if bare == "Fax" else "điện thoại", here)
    if bare == "CN" and _BANK_BEFORE.search(here.before) and re.match(rf"[ \u00a0][{UPPER}][^\W\d_]", here.after):
        return "chi nhánh"
    if bare == "TK" and re.match(r"[ \u00a0][IVX]{1,5}(?!\w)", here.after):
        return in_case("thế kỷ", here)
    number = parse_roman(bare) if ROMAN_BEFORE.search(here.before) and not set(bare) - set("IVXL") else None
    if number and (len(bare) > 1 or bare in "IVX"):
        return desk.integer(str(number)) + stop
    office = _office(bare, here, desk)
    if office and _OFFICE_BEFORE.search(here.before):
        return office + stop
    for form in (text, bare):
        known = lookup(form, here, desk)
        if known:
            rest = "." if stop and form != text else ""
            return in_case(known, here) + (rest if form != text else stop_after(form, here))
    if bare.lower() in _TITLES:
        return _title(bare, here, desk)
    if bare.lower() in desk.reading.names:
        counted = _COUNT_BEFORE.search(here.before) and desk.reading.counted.get(bare.lower())
        return (counted or desk.reading.names[bare.lower()]) + stop
    if not any(c in bare for c in ".&/-"):
        return plain_word(bare, here, desk) + stop
    return joined_word(bare, here, desk) + stop


def _title(bare: str, here: Here, desk: Desk) -> str:
    """`Mr Smith`, `Mr. Nam`: a title before a name; MR may as well be a vaccine."""
    known = desk.reading.names.get(bare.lower(), "")
    if known and bare.istitle() and re.match(rf"[ \u00a0][{UPPER}][^\W\d_]", here.after):
        return in_case(known, here)
    return plain_word(bare.upper(), here, desk) + ("." if here.text.endswith(".") else "")


def read_spaced_pair(here: Here, desk: Desk) -> str:
    """`HN & GĐ`: one name, as `HN&GĐ` is."""
    return read_word(replace(here, text=re.sub(r"\s", "", here.text)), desk)


def stop_after(form: str, here: Here) -> str:
    """An abbreviation's own full stop ends a sentence only where one begins after it."""
    ends = form.endswith(".") and (not here.after.strip() or here.after.startswith("\n"))
    return "." if ends else ""


def in_case(said: str, here: Here) -> str:
    """With a capital at the beginning of a sentence, and without what the text has just said (thủ tục TTHC)."""
    before = here.before.rstrip(" \u00a0“(")
    words = said.split(" ")
    if stands_before(said, before):
        return ""
    for count in range(min(len(words), MOST_SAID_BEFORE), 0, -1):
        lead = " ".join(words[:count])
        # One small word may end another: phối hợp HTX, sản xuất XNK, đại hội HND.
        alone = count == 1 and len(words) > 1
        if (not alone or lead.istitle()) and re.search(rf"(?<!\w){re.escape(lead)}$", before, 0 if alone else re.I):
            return " ".join(words[count:])
    joined = here.before.endswith((".", "/", "-"))
    aside = here.before.endswith("(")  # a bracket goes on with the sentence
    starts = not before or (before[-1] in ".!?\n:" and not joined and not aside)
    return said[:1].upper() + said[1:] if starts else said


def plain_word(bare: str, here: Here, desk: Desk) -> str:
    if len(bare) < 2 or not bare.isupper():
        return _mixed_case(bare, here, desk)
    marked = unicodedata.normalize("NFD", bare.replace("Đ", "D"))
    if (len(bare) > 2 or TONES.search(marked)) and not marked.isascii() and is_syllable(bare):
        return bare  # a word in capitals, with its marks
    if len(bare) > _LONGEST_ABBREVIATION and _SAYABLE.fullmatch(marked):
        return desk.doubt(here, bare, _FOREIGN)
    shouted = re.search(rf"[{UPPER}]{{2,}}[ \u00a0]$", here.before) or re.match(
        rf"[ \u00a0][{UPPER}]{{2,}}", here.after
    )
    if shouted and is_syllable(bare):
        return bare
    number = parse_roman(bare)
    if number and not set(bare) - set("IVX"):
        return desk.doubt(here, desk.integer(str(number)), "a Roman numeral?")
    return desk.doubt(here, spell(bare), "abbreviation without an entry; add it to glossary.yaml")


def _mixed_case(bare: str, here: Here, desk: Desk) -> str:
    """`VssID`: capitals inside a word are letters somebody has to decide about; a foreign word is a doubt too."""
    if re.search(r"[a-zđ][A-ZĐ]", bare) or re.fullmatch(r"[A-ZĐ]{2,}[a-z]{1,2}", bare):
        return desk.doubt(here, spell(bare), "a name with capitals inside; add it to names.yaml")
    if len(bare) > 1 and not is_syllable(bare):
        return desk.doubt(here, bare, _FOREIGN)
    return bare


def joined_word(bare: str, here: Here, desk: Desk) -> str:
    """`KH-TC`, `xã/phường`, `và/hoặc`: each part by itself; after a figure `đồng/kg` is a price."""
    what, _, each = bare.partition("/")
    rates = each.split("/") if each and not set(bare) & set(".&-") else []
    if len(rates) > 1 and _FIGURE_NEAR.search(here.before) and (what in _MONEY or _are_rates(rates)):
        return " một ".join([what, *(UNITS.get(rate, rate) for rate in rates)])
    if len(rates) == 1:
        rate = each in UNITS or (_COUNTED.fullmatch(each) and not {what, each} <= KINDS_OF_PLACE)
        near = _AMOUNT_NEAR if what in _MONEY and not rate else _FIGURE_NEAR
        if (rate or what in _MONEY) and near.search(here.before):
            counted = UNITS.get(what) or lookup(what, here, desk) or desk.reading.names.get(what.lower())
            counted = counted or plain_word(what, here, desk)
            per = UNITS.get(each) or desk.reading.words.get(each) or desk.reading.names.get(each.lower(), each)
            return f"{counted} một {per}"
        if re.search(r"\d[ \u00a0]$", here.before) and not {what, each} <= KINDS_OF_PLACE:
            desk.doubt(here, f"{what}, {each}", "one for each, or two words for one thing?")
    whole = _office(bare, here, desk) or (_paired(bare, here, desk) if "&" in bare else "")
    if whole:
        return whole
    parts = re.split(r"([.&/-])", bare)
    listed = [part in desk.reading.words or part in desk.reading.unsure for part in parts[::2]]
    said = []
    for at, part in enumerate(parts):
        if at % 2:
            said.append({"&": " và ", "/": ", ", ".": ", " if any(listed) else ". ", "-": "-"}[part])
        else:
            known = lookup(part, here, desk) or desk.reading.names.get(part.lower())
            said.append(known or plain_word(part, Here(part, "", "", here.start), desk))
    text = "".join(said)
    return text.replace("-", " ") if any(listed) or any(p.isupper() and len(p) > 1 for p in parts[::2]) else text


def _paired(bare: str, here: Here, desk: Desk) -> str:
    """`HN&GĐ` is one name: looked up or spelled whole, not guessed by its halves; '' where these are sure."""
    parts = re.split(r"[&-]", bare)
    if not all(part.isalpha() and part.isupper() for part in parts):
        return ""
    if all(len(part) >= _SURE_LETTERS and part in desk.reading.words for part in parts):
        return ""
    said = " và ".join(spell(part) for part in parts)
    return desk.doubt(here, said, "abbreviation without an entry; add it to glossary.yaml")


def _are_rates(words: list[str]) -> bool:
    return all(word in UNITS or _COUNTED.fullmatch(word) for word in words)


def _office(bare: str, here: Here, desk: Desk) -> str:
    """`Sở NN-MT`: the field of work of an office, however its letters are joined; '' for anything else."""
    letters = re.sub(r"[&.-]", "", bare)
    known = desk.reading.words.get(bare.replace("-", "&")) or ""
    return desk.reading.bodies.get(letters, "") if _OFFICE_BEFORE.search(here.before) else known


def read_short_place(here: Here, desk: Desk) -> str:
    """`P.Lâm Viên`: a ward; `P.` may as well be somebody's initial."""
    name = _SHORT_PLACE[here.part("sp")]
    return desk.doubt(here, f"{in_case(name, here)} ", f"{name}, or an initial?")


def read_word_number(here: Here, desk: Desk) -> str:
    """`Q.1`, `P. 5`, `TP.3`: a district, a ward."""
    letters, number = here.part("wn_w"), desk.integer(here.part("wn_n"))
    if letters == "Đ" and _LAW_AFTER.match(here.after):
        return f"{in_case('Điều', here)} {number}"
    known = _SHORT_PLACE.get(letters) or desk.reading.words.get(f"{letters}.") or desk.reading.words.get(letters)
    if known:
        return f"{in_case(known, here)} {number}"
    return desk.doubt(here, f"{spell(letters)} {number}", "abbreviation without an entry; add it to glossary.yaml")


def read_model(here: Here, desk: Desk) -> str:
    """`B-52`, `Su-30MK2`: the name of a machine."""
    name, further = here.part("md_w"), here.part("md_x")
    said = spell_latin(name) if len(name) == 1 else name
    return f"{said} {_figure(here.part('md_n'), desk)} {spell_latin(further)}".strip()


def read_hyphened(here: Here, desk: Desk) -> str:
    """`Tàu-2`: a name with a number."""
    name, _, number = here.text.partition("-")
    if number.startswith("0") or name in desk.reading.unsure:
        said = f"{spell(name)} {read_digits(number)}"  # a name such as TN-05, not an abbreviation
        return desk.doubt(here, said, "letters and digits together; add the reading to glossary.yaml")
    inner = Here(name, here.before, "", here.start)
    known = lookup(name, here, desk) or desk.reading.names.get(name.lower())
    return f"{known or plain_word(name, inner, desk)} {desk.integer(number)}"


def read_mixed(here: Here, desk: Desk) -> str:
    """Letters and digits together: `A4`, `H5N1`, `QH15`; a day of the week as `T7` is a doubt."""
    if re.fullmatch(r"T[2-7]", here.text) and not _MACHINE_BEFORE.search(here.before):
        day = {"2": "hai", "3": "ba", "4": "tư", "5": "năm", "6": "sáu", "7": "bảy"}[here.text[1]]
        return desk.doubt(here, f"thứ {day}", "a day of the week?")
    stay = re.fullmatch(r"(\d)N(\d)Đ", here.text)
    if stay:
        return f"{desk.integer(stay[1])} ngày {desk.integer(stay[2])} đêm"
    if re.fullmatch(r"Q[1-4]", here.text):
        return desk.doubt(here, f"quý {desk.integer(here.text[1])}", "a quarter of the year, or a district?")
    pieces = re.findall(r"\d+|[^\W\d_]+", here.text)
    letters = [piece for piece in pieces if not piece.isdigit()]
    if not letters:
        return desk.doubt(here, " ".join(read_digits(piece) for piece in pieces), "figures that are no number")
    said = " ".join(_figure(p, desk) if p.isdigit() else _letters(p, here, desk) for p in pieces)
    if CODE_BEFORE.search(here.before) or is_flight(here):
        return " ".join(spell(piece) for piece in pieces)
    kind = desk.reading.types.get(letters[0], "")
    kind = "" if pieces[-1].startswith("0") else kind  # PA05 is a department
    if len(pieces) == 2 and kind and pieces[0] == letters[0] and len(letters[0]) > 1:
        return desk.doubt(here, f"{kind.lower()} {_figure(pieces[1], desk)}", "the number of a document?")
    short = all(len(p) <= _SURE_LETTERS and (p.isupper() or len(p) == 1) for p in letters)
    short = short and not (pieces[0].isdigit() and len(letters[0]) > 1)
    sure = short and "-" not in here.text and all(len(p) < 4 for p in pieces)
    return said if sure else desk.doubt(here, said, "letters and digits together; add the reading to glossary.yaml")


def _figure(digits: str, desk: Desk) -> str:
    return (
        read_digits(digits)
        if len(digits) > 4
        or (len(digits) == 4 and not digits.startswith(("19", "20")))
        or (digits.startswith("0") and len(digits) > 1)
        else desk.integer(digits)
    )


def _letters(letters: str, here: Here, desk: Desk) -> str:
    if letters.lower() in desk.reading.names:
        return desk.reading.names[letters.lower()]
    if letters.istitle() and len(letters) > 1 and is_syllable(letters):
        return letters  # Ri6 is said as a word
    if letters == "D":
        return spell_latin(letters)
    if letters.isupper() or len(letters) <= _SURE_LETTERS:
        return (lookup(letters, here, desk) if len(letters) > _SURE_LETTERS else "") or spell(letters)
    return plain_word(letters, Here(letters, "", "", here.start), desk)


def read_opaque(here: Here, desk: Desk) -> str:
    """An override, told by `{đọc: …}`: said as it stands."""
    del desk
    return here.text
