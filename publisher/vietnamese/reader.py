"""Reading aloud: a written Vietnamese text → the words an announcer says, and whatever is not sure.

One pass over the text, token by token; what stands before and after a token decides between its readings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from publisher.content.model import Text
from publisher.vietnamese import addresses, codes, days, documents, figures, gloss, signs, words
from publisher.vietnamese.glossary import Reading
from publisher.vietnamese.hearing import AROUND, Desk, Doubt, Here
from publisher.vietnamese.spelling import is_syllable
from publisher.vietnamese.tokens import MASTER, UPPER, token_name

_SPACES = re.compile(r"[ \t\u00a0\u202f\u2060]{1,}")
_BEFORE_STOP = re.compile(r" +(?=[,.;:?!…])")
_COMMAS = re.compile(r",(?: ?,)+")
_COMMA_STOP = re.compile(r", ?(?=[.;:?!])")
_SPOKEN_LETTERS = re.compile(rf"[{UPPER}]{{2,}}")
_LEFT_OVER = re.compile(r"[0-9]|[^\w\s,.;:?!“”‘’\"'…–\-]|_")
_RUN_TOGETHER = ".,:/"
_RECENT = 40  # tokens, with what stands between them, that a gloss may abbreviate
READERS: Mapping[str, Callable[[Here, Desk], str]] = {
    "opaque": words.read_opaque, "mail": addresses.read_mail, "web": addresses.read_web, "site": addresses.read_web,
    "hashtag": addresses.read_hashtag, "plate": codes.read_plate, "phone": codes.read_phone, "code": codes.read_code,
    "route": codes.read_route, "feeder": codes.read_feeder, "station": codes.read_station, "vessel": codes.read_vessel,
    "hour_date": days.read_hour_date, "months": days.read_months, "model": words.read_model,
    "switch": codes.read_switch, "sharp": days.read_sharp, "pointed": figures.read_pointed,
    "thousands": figures.read_thousands, "extension": addresses.read_extension, "post": codes.read_post,
    "slashes": codes.read_slashes,
    "document": documents.read_document, "standard": documents.read_standard, "date": days.read_date,
    "period": days.read_period, "month_range": days.read_month_range, "day_range": days.read_day_range,
    "time": days.read_time, "month_year": days.read_month_year, "slash": days.read_slash,
    "roman_year": days.read_roman_year, "roman_range": days.read_roman_range, "ratio": figures.read_ratio,
    "sequence": figures.read_sequence, "english": figures.read_english, "spaced": figures.read_spaced,
    "version": figures.read_version, "range": figures.read_range, "degrees": figures.read_degrees,
    "minutes": figures.read_minutes, "measure": figures.read_measure, "tons": figures.read_tons,
    "diameter": figures.read_diameter, "money": figures.read_money, "number": figures.read_number,
    "unit": figures.read_unit,
    "watch": figures.read_watch, "minutes_range": figures.read_minutes_range, "times": figures.read_times,
    "numeral": figures.read_numeral, "clock": days.read_clock, "out_of": days.read_out_of,
    "procedure": codes.read_procedure, "position": figures.read_position, "half_unit": figures.read_half_unit,
    "running": figures.read_running,
    "short_place": words.read_short_place, "vulgar": figures.read_vulgar,
    "digits": figures.read_digits_run, "word_number": words.read_word_number,
    "spaced_pair": words.read_spaced_pair,
    "hyphened": words.read_hyphened, "mixed": words.read_mixed, "word": words.read_word, "per": signs.read_per,
    "roman_sign": signs.read_roman_sign, "script": signs.read_script, "dash": signs.read_dash,
    "sign": signs.read_sign, "other": signs.read_other,
}  # fmt: skip


@dataclass(frozen=True)
class Spoken:
    text: str
    doubts: tuple[Doubt, ...]


def read_aloud(text: str, reading: Reading) -> Spoken:
    """What an announcer says. Time is linear in the length of the text."""
    text = plain_digits(unicodedata.normalize("NFC", text))
    desk = Desk(reading)
    out: list[str] = []
    at, figured, named = 0, False, False
    while match := MASTER.search(text, at):
        start, end = match.span()
        closed = (
            gloss.find_gloss(text, start, "".join(out[-_RECENT:]) + text[at:start], desk) if text[start] == "(" else 0
        )
        if closed:
            out.append(text[at:start])
            at, figured, named = closed, False, False
            continue
        entry = words.find_entry(text, start, desk)
        if entry:
            end = start + len(entry)
        between = text[at:start]
        # CO2 3 kg: a name that ends in a figure, and an amount.
        pause = named and text[start].isdigit() and between in (" ", "\u00a0")
        out.append(", " if pause else between)
        here = Here(text[start:end], text[max(0, start - AROUND) : start], text[end : end + AROUND], start, match)
        figure = here.text[0].isdigit()
        if figured and figure and between in _RUN_TOGETHER:
            chunk = Here(f"…{between}{here.text}", "", "", start)
            desk.doubt(chunk, "", "figures that run together; nothing known is written so")
        out.append(words.read_entry(here, desk) if entry else READERS[token_name(match)](here, desk))
        at, figured = end, here.text[-1].isdigit()
        named = figured and here.text[0].isalpha()
    out.append(text[at:])
    return Spoken(tidy("".join(out)), tuple(desk.doubts))


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
        m.group() for m in _SPOKEN_LETTERS.finditer(text) if not is_syllable(m.group())
    ]


def plain_digits(text: str) -> str:
    """Digits of other scripts as 0…9, so that none passes unread."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() and not c.isascii() else c for c in text)


def tidy(text: str) -> str:
    """Single blanks, no doubled commas, no comma before a stop; line ends stay."""
    lines = []
    for raw in text.split("\n"):
        line = _SPACES.sub(" ", raw).strip()
        line = _BEFORE_STOP.sub("", line)
        line = _COMMA_STOP.sub("", _COMMAS.sub(",", line))
        lines.append(line.strip(" ,") if line.strip(" ,") != line and line.endswith(",") else line.lstrip(" ,"))
    return "\n".join(lines)
