"""Words as a moving picture sets them: what belongs together stays on one line, and nothing is too long to break."""

from __future__ import annotations

import re

from publisher.vietnamese.typography import keep_together, settle_title

_LONG = re.compile(r"\S{19,}")
LONGEST_WORD = 18
"""Letters that surely fit into a line of body type on the narrowest column."""

SHORT = 24


def hold(text: str) -> str:
    """The text with telephone numbers, amounts and names unbroken, and places to break in very long words.

    In a text of more than a line the last syllable never stands alone.
    """
    if len(text) > SHORT:
        return hold_title(text)
    return _LONG.sub(_breakable, keep_together(text))


def hold_title(text: str) -> str:
    """The same for a heading, whose last syllable never stands alone."""
    return _LONG.sub(_breakable, settle_title(text))


def _breakable(match: re.Match[str]) -> str:
    """Addresses break after their signs, anything else anywhere; what keep_together joined stays joined."""
    word = match.group()
    if "\u00a0" in word or "\u2060" in word:
        return word
    soft = re.sub(r"([/.@_?&=-])(?=\w)", "\\1\u200b", word)
    return "\u200b".join(
        "\u200b".join(part[i : i + LONGEST_WORD] for i in range(0, len(part), LONGEST_WORD)) if part else part
        for part in soft.split("\u200b")
    )
