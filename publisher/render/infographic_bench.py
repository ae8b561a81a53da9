"""What an infographic costs, as ratios from one run: against the bare encoding of its pixels, against a browser.

Every turn draws other words for another office, so that nothing a turn before left behind is taken over.
"""

from __future__ import annotations

import itertools
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml

from publisher.content.model import Campaign, Span
from publisher.errors import RenderError
from publisher.render import infographic, proof
from publisher.render.base import RenderJob
from publisher.render.infographic import FORMATS
from publisher.render.infographic_bench_browser import browser_turns
from publisher.render.infographic_layout import Layout, lay_out
from publisher.render.theme import load_theme
from publisher.render.typesetting import set_pages, set_pdf
from publisher.units import Unit
from publisher.workspace import Workspace

ROUNDS = 7
OFFICES = 12
FORMAT = "feed"
_numbers = itertools.count(10)  # all of two figures: no turn has longer words than another

Turn = Callable[[], object]


@dataclass(frozen=True)
class InfographicCost:
    """Ratios of wall time, medians of turns taken in rotation; those of a browser are 0 where there is none.

    `drawn`: laid out, every page as PNG and all as PDF, against encoding the same pixels. `proved`: the same with the
    proof that every text can be read. `browser`: a running Chromium's pictures of pages with the same words, of the
    same size, against laying out and drawing ours as pictures; it lays out its own. `browser_print`: both with all
    pages as PDF. `alone`: one run of the program for each of twelve offices, against one run for all of them.
    """

    drawn: float
    proved: float
    browser: float
    browser_print: float
    alone: float


def bench_infographic(campaign: Campaign, unit: Unit, *, workspace: Workspace) -> InfographicCost:
    """The feed pages of a campaign in every way."""
    theme = load_theme(workspace, campaign.theme)
    fonts = workspace.assets / "fonts"
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as name:
        folder = Path(name)

        def other() -> RenderJob:
            number = next(_numbers)
            return RenderJob(reword(campaign, number), rename(unit, number), workspace, folder / "out", (FORMAT,))

        def lay_out_other() -> Layout:
            return lay_out(other(), theme, FORMATS[FORMAT])

        def draw_pictures() -> list[bytes]:
            layout = lay_out_other()
            return set_pages(layout.source, {**layout.data, "pages": layout.pages}, fonts=fonts)

        def draw() -> list[bytes]:
            layout = lay_out_other()
            data = {**layout.data, "pages": layout.pages}
            return [*set_pages(layout.source, data, fonts=fonts), set_pdf(layout.source, data, fonts=fonts)]

        def draw_and_prove() -> object:
            proof.forget()
            return infographic.render(other())

        pixels = [decode(png) for png in draw_pictures()]
        turns: dict[str, Turn] = {
            "encoded": lambda: [encode(page) for page in pixels],
            "pictures": draw_pictures,
            "drawn": draw,
            "proved": draw_and_prove,
        }
        layouts = [lay_out_other() for _ in range(2 * (ROUNDS + 1))]
        with browser_turns(layouts, FORMATS[FORMAT], fonts, folder) as browse:
            took = take_turns(turns | dict(zip(("browser", "browser_print"), browse or (), strict=False)))
        alone = bench_offices(campaign, unit, workspace=workspace, folder=folder / "offices")
    return InfographicCost(
        took["drawn"] / took["encoded"],
        took["proved"] / took["encoded"],
        took.get("browser", 0.0) / took["pictures"],
        took.get("browser_print", 0.0) / took["drawn"],
        alone,
    )


def reword(value: Any, number: int) -> Any:
    """The same campaign, or part of one, with another number in every text of several words."""
    if isinstance(value, tuple):
        return tuple(reword(item, number) for item in value)
    if isinstance(value, Span):
        return replace(value, text=count_in(value.text, number))
    if isinstance(value, Campaign):
        title, summary = count_in(value.title, number), count_in(value.summary, number)
        sources = tuple(count_in(source, number) for source in value.sources)
        return replace(value, title=title, summary=summary, sources=sources, sections=reword(value.sections, number))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: reword(getattr(value, one.name), number) for one in fields(value)})
    return value


def count_in(text: str, number: int) -> str:
    return text.replace(" ", f" {number} ", 1) if " " in text.strip() else text


def rename(unit: Unit, number: int) -> Unit:
    """The same office under another name and telephone number."""
    return replace(unit, id=f"bench-{number}", name=f"{unit.name} {number}", hotline=f"0900 000 {number:03d}")


def take_turns(turns: Mapping[str, Turn]) -> dict[str, float]:
    """Median seconds of each, one after the other in every round, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(ROUNDS + 1):
        for name, turn in turns.items():
            started = time.perf_counter()
            turn()
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(found[1:]) for name, found in times.items()}


def decode(png: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR))


def encode(pixels: np.ndarray[Any, Any]) -> bytes:
    """A PNG the quick way: the smallest cost the same picture can have."""
    return bytes(cv2.imencode(".png", pixels)[1])


# ---- many offices ------------------------------------------------------------------------------------------------


def bench_offices(campaign: Campaign, unit: Unit, *, workspace: Workspace, folder: Path) -> float:
    """Seconds of one run of the program for each office against those of one run for all, in a workspace of its own."""
    for name in ("templates", "assets", "schedules"):
        shutil.copytree(workspace.root / name, folder / name, ignore=shutil.ignore_patterns("units"))
    pictures = [block.path for block in campaign.pictures()]
    for name in ("publisher.yaml", campaign.path, *pictures):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(workspace.root / name, folder / name)
    offices = folder / "assets" / "units"
    shutil.copytree(unit.folder, offices / unit.id)
    names = [unit.id, *(write_unit(unit, number, offices) for number in range(1, OFFICES))]

    def run(choice: str, out: str) -> float:
        words = ["render", campaign.path, "--only", "infographic", "--format", FORMAT, "--unit", choice, "--out", out]
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "publisher", *words], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RenderError(f"bench: {done.stderr.strip()[-300:]}")
        return time.perf_counter() - started

    together = run("all", "together")
    shutil.rmtree(folder / "var", ignore_errors=True)  # nothing is taken over
    return sum(run(name, "alone") for name in names) / together


def write_unit(unit: Unit, number: int, folder: Path) -> str:
    """One more office with the mark and colours of `unit` and a name of its own; its id."""
    name = f"bench-{number:03d}"
    target = folder / name
    shutil.copytree(unit.folder, target)
    path = target / "unit.yaml"
    own = rename(unit, number)
    data = yaml.safe_load(path.read_text("utf-8")) | {"name": own.name, "hotline": own.hotline}
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    return name
