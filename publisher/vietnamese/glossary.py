"""What editors teach the reader: abbreviations, issuers of documents, foreign names (`assets/reading/*.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from publisher.errors import Problem, SettingsError
from publisher.settings import read_yaml
from publisher.vietnamese.spelling import Region
from publisher.workspace import Workspace

Mode = Literal["broadcast", "spell", "expand"]
FOLDER = "reading"
_SAYABLE = re.compile(r"[^\W\d_]+(?:[ ,;\-][ ]?[^\W\d_]+)*")


@dataclass(frozen=True)
class Reading:
    """How to read: `mode` for document numbers, `region` for nghìn/ngàn and linh/lẻ, and the editor's words.

    `counted` are those foreign names that are said as things behind a figure (112 startup), `bodies` are fields of
    work (`YT`, Y tế), `signers` and `titles` belong to one document's number, and `unsure` holds
    abbreviations with several meanings, the likeliest first.
    """

    mode: Mode = "broadcast"
    region: Region = "north"
    words: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    counted: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    issuers: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
    signers: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    unsure: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def phrases(self) -> Mapping[str, tuple[str, ...]]:
        """Entries with signs, figures or blanks in them by their first letter, the longest first."""
        found: dict[str, list[str]] = {}
        for key in sorted((*self.words, *self.unsure), key=len, reverse=True):
            if not key.isalpha():
                found.setdefault(key[0], []).append(key)
        return {first: tuple(keys) for first, keys in found.items()}


def load_reading(workspace: Workspace, *, mode: Mode = "broadcast", region: Region = "north") -> Reading:
    """The editor's lists. Raises SettingsError for a line that itself cannot be read aloud."""
    glossary = _read(workspace, "glossary.yaml", ("words", "unsure"))
    issuers = _read(workspace, "issuers.yaml", ("types", "issuers", "bodies"))
    documents = _read(workspace, "documents.yaml", ("signers", "titles"))
    names = _read(workspace, "names.yaml", ("words", "counted", "hosts"))
    return Reading(
        mode=mode,
        region=region,
        words=glossary["words"],
        names={key.lower(): value for key, value in names["words"].items()},
        counted={key.lower(): value for key, value in names["counted"].items()},
        hosts={key.lower(): value for key, value in names["hosts"].items()},
        types=issuers["types"],
        issuers=issuers["issuers"],
        bodies=issuers["bodies"],
        signers=documents["signers"],
        titles=documents["titles"],
        unsure={key: tuple(part.strip() for part in value.split(";")) for key, value in glossary["unsure"].items()},
    )


def _read(workspace: Workspace, name: str, parts: tuple[str, ...]) -> dict[str, dict[str, str]]:
    shown = f"assets/{FOLDER}/{name}"
    path = workspace.assets / FOLDER / name
    if not path.is_file():
        return {part: {} for part in parts}
    marked = read_yaml(path, shown=shown)
    marked.refuse_unknown(parts, of="a list of words")
    found: dict[str, dict[str, str]] = {}
    problems: list[Problem] = marked.problems
    for part in parts:
        words = marked.mapping(part)
        found[part] = {key: words.text(key) for key in words.values}
        for key, said in found[part].items():
            if said and not _SAYABLE.fullmatch(said):
                words.complain(key, f"`{said}` cannot be read aloud; write it in letters only, as it is said.")
    if problems:
        raise SettingsError(problems)
    return found
