"""The key `alt`: an editor's own words in place of the text alternatives that are made from the structure."""

from __future__ import annotations

import re

from publisher.settings import Marked

OUTPUTS = ("infographic", "poster", "clip", "led")
EVERY_PAGE = 0
_PAGE = re.compile(r"[1-9]\d{0,2}")
LONGEST = 2000  # what screen readers are given of a picture is a paragraph, not an article


def read_alts(marked: Marked, formats: frozenset[str]) -> dict[str, dict[int, str]]:
    """Output or format → page → text; `EVERY_PAGE` stands for all that have none of their own."""
    alts = marked.mapping("alt")
    if "alt" in marked.values and not alts.values:
        marked.complain("alt", "names nothing. Write `feed:` and below it `1: what page 1 shows`, or take it away.")
    if formats:
        alts.refuse_unknown({*OUTPUTS, *formats}, of="`alt` (outputs and formats)")
    found = {}
    for name, pages in alts.values.items():
        several = isinstance(pages, dict) and bool(pages)
        found[name] = _read_pages(alts.mapping(name)) if several else {EVERY_PAGE: _read_text(alts, name)}
    return found


def _read_pages(pages: Marked) -> dict[int, str]:
    found = {}
    for key in pages.values:
        if not _PAGE.fullmatch(key):
            pages.complain(key, "is no page; pages are numbers from 1. Write `2: what page 2 shows`.")
            continue
        found[int(key)] = _read_text(pages, key)
    return found


def _read_text(marked: Marked, key: str) -> str:
    value = marked.values[key]
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text:
        marked.complain(key, "has no text; a picture without one is never sent. Write what it shows, or take it away.")
    if len(text) > LONGEST:
        marked.complain(key, f"{len(text)} characters; at most {LONGEST}. Say what the picture shows, shorter.")
    return text
