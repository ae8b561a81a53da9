"""The port of every output format: what a renderer is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from publisher.content.model import Campaign
from publisher.units import Unit
from publisher.workspace import Workspace

Progress = Callable[[int, int], None]
"""Called as `progress(done, total)` in steps of whatever the renderer counts (pages, frames)."""


def no_progress(done: int, total: int) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Size:
    """A format's page: pixels for screens (`dpi` 0), or millimetres with bleed for print."""

    width: float
    height: float
    unit: str = "px"
    bleed_mm: float = 0.0


@dataclass(frozen=True)
class Artifact:
    """One finished file. `sha256` is of its bytes; `alt` is the text alternative of a picture or clip; `left_out`
    names what a form of limited length (a clip) does not show, each with its line.

    `kind` is the output (`infographic`), `format` the shape (`feed`), `page` counts from 1 within the format
    (0: the file holds every page). `role` tells files of one format apart: `image`, `pdf`, `video`, `captions`,
    `thumbnail`, `html`, `body`, `docx`, `markdown`, `text`, `json`, `audio`, `kit`.
    """

    kind: str
    format: str
    role: str
    unit: str
    campaign: str
    path: Path
    sha256: str
    bytes: int
    mime: str
    width: int = 0
    height: int = 0
    duration_s: float = 0.0
    page: int = 0
    pages: int = 1
    alt: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class RenderJob:
    """Everything a renderer may look at. Output goes below `out`; `cache` keeps parts by the hash of what made them."""

    campaign: Campaign
    unit: Unit
    workspace: Workspace
    out: Path
    formats: Sequence[str] = ()
    progress: Progress = no_progress
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where this campaign's files of this unit go: `<out>/<slug>/<unit>`."""
        return self.out / self.campaign.slug / self.unit.id


class Renderer(Protocol):
    """A module of `publisher/render/` that makes one output. Found by listing the package."""

    KIND: str
    FORMATS: Mapping[str, Size]
    """What `--format` may name. Empty for outputs without shapes (article, radio)."""
    OPTIONS: tuple[str, ...]
    """The options of a job it reads: another one redraws nothing."""
    TEMPLATES: tuple[str, ...]
    """The folders of `templates/` it reads beside the campaign's theme: a change anywhere else redraws nothing."""

    def render(self, job: RenderJob) -> list[Artifact]:
        """Draw the output. The same job gives the same bytes. Raises RenderError; leaves no half-written file."""
        ...
