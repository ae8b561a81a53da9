"""Proof that every text of a carousel can be read, once for what all offices share and again for each one's own words.

The campaign's words stand at the same places, in the same colours, on the same ground for every office with the same
colours; only the pages that show an office's own words (its name at the head and the foot, its address at the end)
have to be looked at again.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from publisher.render.legibility import Flaw, find_flaws
from publisher.render.staging import hash_files, read_files
from publisher.render.typesetting import Source

OWN = ("name", "author", "mark")
"""What the data of a carousel hold of the office, beside its last part and the foot of each page."""
MARK = "mark.png"
REMEMBERED = 256

_sound: OrderedDict[str, None] = OrderedDict()


def prove(source: Source, data: Mapping[str, Any], pages: Sequence[bytes], *, fonts: Path) -> list[Flaw]:
    """Every flaw of the pages (`data["pages"]`, drawn as PNG at 72 ppi), in order; see `find_flaws`."""
    key = hash_shared(source, data)
    chosen = pages_with_own_words(data["pages"]) if key in _sound else list(range(len(pages)))
    some = {**data, "pages": [data["pages"][at] for at in chosen]}
    found = find_flaws(source, some, [pages[at] for at in chosen], fonts=fonts)
    flaws = [replace(flaw, text=replace(flaw.text, page=chosen[flaw.text.page - 1] + 1)) for flaw in found]
    if not flaws:
        remember(key)
    return flaws


def pages_with_own_words(pages: Sequence[Mapping[str, Any]]) -> list[int]:
    """The first page, the next, whose head and foot are those of all that follow, and those that close the carousel."""
    closing = [at for at, page in enumerate(pages) if any(part.get("closing") for part in page["parts"])]
    return sorted({0, *closing} | ({1} if len(pages) > 1 and not any(closing) else set()))


def hash_shared(source: Source, data: Mapping[str, Any]) -> str:
    """SHA-256 over everything that may change a pixel, but for the office's own words and its mark."""
    pages = [{**page, "foot": "", "parts": [_without_office(part) for part in page["parts"]]} for page in data["pages"]]
    shared = {name: value for name, value in data.items() if name not in OWN} | {"pages": pages}
    digest = hashlib.sha256(json.dumps(shared, sort_keys=True, ensure_ascii=False).encode())
    files = read_files(source.folders, {name: data for name, data in source.pictures.items() if name != MARK})
    digest.update(hash_files(files).encode())
    return digest.hexdigest()


def _without_office(part: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"kind": "contact", "lines": len(part["lines"])} if part["kind"] == "contact" else part


def remember(key: str) -> None:
    """Keep the last few hundred: one for each campaign, format and pair of colours of a run."""
    _sound[key] = None
    _sound.move_to_end(key)
    while len(_sound) > REMEMBERED:
        _sound.popitem(last=False)


def forget() -> None:
    """Prove everything again, as a new process does."""
    _sound.clear()
