"""Web addresses, mail addresses and hashtags as they are said."""

from __future__ import annotations

import re

from publisher.vietnamese.hearing import Desk, Here
from publisher.vietnamese.spelling import is_syllable, read_digits, spell
from publisher.vietnamese.tokens import UPPER

_LONGEST_CHUNK = 20  # letters
_KNOWN_COST, _SYLLABLE_COST, _LETTER_COST = 2, 5, 6
_SIGNS = {".": "chấm", "/": "gạch chéo", "-": "gạch ngang", "_": "gạch dưới"}


def read_mail(here: Here, desk: Desk) -> str:
    user, _, host = here.text.partition("@")
    stop = "." if host.endswith(".") else ""
    return f"{_address(user, here, desk)} a còng {_address(host.rstrip('.'), here, desk)}{stop}"


def read_web(here: Here, desk: Desk) -> str:
    text = here.text.rstrip(".,;:!?)”'")
    tail = re.sub(r"[)”']", "", here.text[len(text) :])
    bare = re.sub(r"^https?://", "", text).removeprefix("www.").rstrip("/")
    return _address(bare, here, desk) + tail


def _address(text: str, here: Here, desk: Desk) -> str:
    """Label by label: known ones by their names, the rest as they stand, which is a doubt."""
    said, unsure = [], False
    for part in re.split(r"([./_\-?=&#%+:])", text):
        sign = _SIGNS.get(part)
        if not part:
            continue
        if sign:
            said.append(sign)
        elif part.lower() in desk.reading.hosts:
            said.append(desk.reading.hosts[part.lower()])
        elif part.isdigit():
            said.append(read_digits(part))
        else:
            unsure = True
            said.append(" ".join(_label(piece, desk) for piece in re.findall(r"\d+|[^\W\d_]+", part)))
    text = " ".join(word for word in said if word)
    if not unsure:
        return text
    return desk.doubt(here, text, "an address; add its parts to names.yaml, or say the site's name")


def _label(piece: str, desk: Desk) -> str:
    """Known parts and syllables written together by themselves; figures, and other letters, one by one."""
    if piece.isdigit():
        return read_digits(piece)
    if not piece.isascii() or is_syllable(piece):
        return piece
    return desk.reading.names.get(piece.lower()) or _chunks(piece.lower(), desk)


def _chunks(piece: str, desk: Desk) -> str:
    """The fewest known parts and syllables; letters that belong to none are spelled: tsdaucap → tê ét đầu cấp."""
    best: list[tuple[int, str]] = [(0, "")]
    for end in range(1, len(piece) + 1):
        ways = [(best[end - 1][0] + _LETTER_COST, f"{best[end - 1][1]} {spell(piece[end - 1])}")]
        for at in range(max(0, end - _LONGEST_CHUNK), end - 1):
            chunk = piece[at:end]
            known = desk.reading.hosts.get(chunk)
            said = known or (chunk if is_syllable(chunk) else "")
            if said:
                ways.append((best[at][0] + (_KNOWN_COST if known else _SYLLABLE_COST), f"{best[at][1]} {said}"))
        best.append(min(ways))
    return best[-1][1].strip()


def read_hashtag(here: Here, desk: Desk) -> str:
    words = re.findall(rf"[{UPPER}]?[^\W\d_{UPPER}]+|[{UPPER}]+|[0-9]{{1,18}}", here.text[1:])
    said = " ".join(desk.integer(w) if w.isdigit() else w for w in words if w.isalpha() or w.isdecimal())
    return desk.doubt(here, f"thẻ {said}", "a hashtag is not read on air; leave it out")


def read_extension(here: Here, desk: Desk) -> str:
    """`.apk`, written by itself: the kind of a file."""
    del desk
    return f"chấm {spell(here.text[1:])}"
