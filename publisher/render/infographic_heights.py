"""How tall the parts of an infographic are at a width, as Typst lays them out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publisher.render.infographic_plan import Part
from publisher.render.typesetting import Source, query

Asked = tuple[Part, float]
"""A part and its width in units."""


@dataclass(frozen=True)
class Ruler:
    """Heights in units on one kind of page (`data`); nothing is asked of Typst twice.

    A question costs as much as a dozen parts: whoever knows what will be wanted asks for it all at once.
    """

    source: Source
    data: Mapping[str, Any]
    fonts: Path
    known: dict[str, float] = field(default_factory=dict)

    def ask(self, asked: Iterable[Asked]) -> None:
        """Learn the heights of all these. Raises RenderError."""
        unknown = {name: one for one in asked if (name := _name(*one)) not in self.known}
        if unknown:
            data = {**self.data, "asked": list(unknown.values())}
            found = query(self.source, data, "height", fonts=self.fonts)
            self.known.update(zip(unknown, map(float, found), strict=True))

    def heights(self, parts: Sequence[Part], width: float) -> list[float]:
        """How tall each part is at the width. Raises RenderError."""
        self.ask((part, width) for part in parts)
        return [self.known[_name(part, width)] for part in parts]


def _name(part: Part, width: float) -> str:
    return json.dumps([part, width], ensure_ascii=False)
