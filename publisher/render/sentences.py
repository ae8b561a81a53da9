"""Cutting text where a reader would: at sentences, else at clauses, never inside a word."""

from __future__ import annotations

import re
import unicodedata

# A full stop after one of these ends no sentence (titles and place words of Vietnamese office prose).
_SHORT = frozenset((
    "tp", "tx", "tt", "ts", "ths", "pgs", "gs", "bs", "ks", "cn", "cv", "nđ", "qđ", "tr", "đ", "q",
    "p", "h", "x", "st", "stt", "v.v", "vd", "gđ", "pgđ", "mr", "ms", "dr",
))  # fmt: skip
_ENDS = ".!?…"
_CLOSING = "\"'”’»)]"
_GAPS = re.compile(r"[ \t\r\n\f\v]+")
# What XML cannot hold: control characters, halves of pairs, and the two that are no characters.
_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CLAUSE_ENDS = ",;:–—"


def clean(text: str) -> str:
    """One line of NFC text: white space collapsed (no-break spaces stay), control characters taken out."""
    normal = unicodedata.normalize("NFC", _GAPS.sub(" ", text))
    return _NO_TEXT.sub("", normal).strip(" ")


def split_sentences(text: str) -> list[str]:
    """The sentences of `text` in order; joined by blanks they give the cleaned text. Linear in its length."""
    words = clean(text).split(" ")
    sentences: list[str] = []
    current: list[str] = []
    for index, word in enumerate(words):
        current.append(word)
        following = words[index + 1] if index + 1 < len(words) else ""
        if _ends_sentence(word, following):
            sentences.append(" ".join(current))
            current = []
    if current:
        sentences.append(" ".join(current))
    return [sentence for sentence in sentences if sentence]


def _ends_sentence(word: str, following: str) -> bool:
    bare = word.rstrip(_CLOSING)
    if not bare or bare[-1] not in _ENDS:
        return False
    if not following:
        return True
    opening = following.lstrip("\"'“‘«([")[:1]
    if opening and opening.islower():
        return False
    stem = bare.rstrip(_ENDS).lstrip("\"'“‘«([")
    return not (bare[-1] == "." and (stem.lower() in _SHORT or (len(stem) == 1 and stem.isupper())))


def end_sentence(text: str) -> str:
    """`text` with a full stop when it ends in none of `.!?…:`."""
    bare = text.rstrip().rstrip(_CLOSING)
    return text if not bare or bare[-1] in _ENDS + ":" else text.rstrip() + "."


def fit_sentences(text: str, *, limit: int) -> str:
    """As many whole sentences from the start as `limit` characters hold; '' when not even the first does."""
    kept = ""
    for sentence in split_sentences(text):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > limit:
            break
        kept = longer
    return kept


def cut_cleanly(text: str, *, limit: int) -> str:
    """At most `limit` characters: whole sentences, else a whole clause, else whole words, the last two with `…`.

    Gives '' when not even one word fits.
    """
    text = clean(text)
    if len(text) <= limit:
        return text
    whole = fit_sentences(text, limit=limit)
    if whole:
        return whole
    return cut_clause(text, limit=limit - 1, ending="…")


def cut_clause(text: str, *, limit: int, ending: str = "") -> str:
    """The longest start of `text` within `limit` that ends with a clause or at least with a word, plus `ending`."""
    head = text[: limit + 1] if limit > 0 else ""
    clauses = [i for i, c in enumerate(head[:-1]) if c in _CLAUSE_ENDS and head[i + 1] == " "]
    # A clause that keeps less than half of what fits says too little; words keep more.
    end = clauses[-1] if clauses and clauses[-1] >= limit // 2 else head.rfind(" ")
    kept = text[: max(0, end)].rstrip(" " + _CLAUSE_ENDS + '.(“"')
    return kept + ending if kept else ""
