"""What a reading rule is told: a token, what stands around it, and where it says that it is not sure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from publisher.vietnamese.glossary import Reading
from publisher.vietnamese.spelling import read_decimal, read_integer, read_month

AROUND = 80  # characters of context on either side


@dataclass(frozen=True)
class Doubt:
    """Something the reader is not sure of. `start` counts characters of the text as given."""

    start: int
    written: str
    said: str
    why: str


@dataclass(frozen=True)
class Here:
    """A token with what stands around it."""

    text: str
    before: str
    after: str
    start: int
    match: re.Match[str] | None = None

    def part(self, name: str) -> str:
        return (self.match.group(name) or "") if self.match else ""


@dataclass
class Desk:
    """The reader's word lists, and the doubts it has so far."""

    reading: Reading
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, here: Here, said: str, why: str) -> str:
        self.doubts.append(Doubt(here.start, here.text.strip(), said.strip(" ,"), why))
        return said

    def number(self, text: str) -> str:
        """A number with Vietnamese separators."""
        whole, _, fraction = text.replace(".", "").partition(",")
        if fraction:
            return read_decimal(whole, fraction, self.reading.region)
        return read_integer(whole, self.reading.region)

    def integer(self, digits: str) -> str:
        return read_integer(digits, self.reading.region)

    def month(self, digits: str) -> str:
        return read_month(digits, self.reading.region)

    def year(self, digits: str) -> str:
        return f"năm {self.integer(digits)}"
