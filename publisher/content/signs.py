"""Signs that make a text read otherwise than it looks: refused, dropped or repaired, always with a word about it."""

from __future__ import annotations

import re
import unicodedata

from publisher.errors import Problem

# Controls, directions, separators, tags, private use, surrogates and non-characters; and the mark of a lost letter.
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2061-\u2069\u206a-\u206f\ud800-\uf8ff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffd-\uffff\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
# Invisible places to break a word, brought along when a text is pasted from a web page.
_DROPPED = re.compile("[\u00ad\u200b]")
_LOOKALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"})


def strip_marks(text: str) -> str:
    """Vietnamese without its marks: `Đường` → `Duong`."""
    plain = text.replace("đ", "d").replace("Đ", "D")  # đ has no decomposition
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))


def clean_source(text: str, path: str) -> tuple[str, list[Problem]]:
    """A file's text in NFC with `\\n` line ends, look-alike letters repaired, and what was wrong with its lines."""
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    problems = [
        Problem(path, number, message, "error" if refused else "warning")
        for number, line in enumerate(text.split("\n"), 1)
        for refused, message in judge_signs(line)
    ]
    return tidy(text), problems


def judge_signs(text: str) -> list[tuple[bool, str]]:
    """What is wrong with the signs of a text: whether that refuses it, and in words."""
    found = [(True, _describe(sign)) for sign in dict.fromkeys(_REFUSED.findall(text))]
    if _DROPPED.search(text):
        found.append((False, "an invisible sign inside a word; it was left out. Type the word again."))
    if text != text.translate(_LOOKALIKES):
        found.append((False, "Ð or Ɖ stands for Đ; read as Đ. Type Đ."))
    return found


def tidy(text: str) -> str:
    """The text in NFC without what `judge_signs` speaks of."""
    return unicodedata.normalize("NFC", _DROPPED.sub("", _REFUSED.sub("", text)).translate(_LOOKALIKES))


def _describe(sign: str) -> str:
    code = f"U+{ord(sign):04X}"
    if sign == "\ufffd":
        return "� stands where a letter was lost when the file was saved; texts are whole. Type the word again."
    if "\ue000" <= sign <= "\uf8ff" or sign >= "\U000f0000":
        return f"sign {code} exists in one font only; texts hold letters, signs and blanks. Delete it or type another."
    return f"hidden character {code}; texts hold letters, signs and blanks. Delete it."
