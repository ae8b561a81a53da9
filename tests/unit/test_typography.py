"""Ties between words: kept where a line is long enough, undone one by one where a column is narrow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from publisher.vietnamese.typography import BREAK, JOINER, NBSP, keep_together, loosen

TIES = {ord(NBSP): " ", ord(JOINER): "", ord(BREAK): ""}


def test_what_is_too_long_for_a_column_is_untied_from_the_right() -> None:
    tied = keep_together("nắm được Nghị quyết 57-NQ/TW")
    assert tied == f"nắm được Nghị{NBSP}quyết{NBSP}57{JOINER}-{JOINER}NQ/{JOINER}TW"
    assert loosen(tied, 30) == tied
    assert loosen(tied, 17) == f"nắm được Nghị quyết{NBSP}57{JOINER}-{JOINER}NQ/{JOINER}TW"
    assert loosen(tied, 5) == f"nắm được Nghị quyết 57-NQ/{BREAK}TW"


def test_an_address_may_end_a_line_after_its_dots_and_slashes_but_a_number_may_not() -> None:
    assert loosen("tinhmau.example/tin-moi", 10) == f"tinhmau.{BREAK}example/{BREAK}tin-{BREAK}moi"
    assert loosen("1.234.567.890", 5) == "1.234.567.890"


@given(st.text(alphabet=f"aĂ1 .-/@{NBSP}{JOINER}", max_size=60), st.integers(1, 40))
def test_no_letter_changes_whatever_the_width(text: str, most: int) -> None:
    assert loosen(text, most).translate(TIES) == text.translate(TIES)
    tied = [part for word in loosen(text, most).split(" ") for part in [word] if NBSP in word]
    assert all(len(word) - word.count(JOINER) <= most for word in tied)
