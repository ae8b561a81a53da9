"""What an infographic costs, as ratios from one run: against the bare encoding of its pixels, against a browser.

Every turn draws another title for another office, so that nothing a turn before left behind is taken over.
"""

from __future__ import annotations

import html
import itertools
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml

from publisher.content.model import Campaign
from publisher.errors import RenderError
from publisher.render import infographic, proof
from publisher.render.base import RenderJob
from publisher.render.infographic import FORMATS
from publisher.render.infographic_layout import Layout, all_texts, lay_out
from publisher.render.theme import load_theme
from publisher.render.typesetting import set_pdf, set_png
from publisher.units import Unit
from publisher.workspace import Workspace

ROUNDS = 7
OFFICES = 12
FORMAT = "feed"
_numbers = itertools.count(1)

Turn = Callable[[], object]


@dataclass(frozen=True)
class InfographicCost:
    """Ratios of wall time, medians of turns taken in rotation. `browser` is 0 without Chromium or playwright.

    `drawn`: laid out, every page as PNG and all as PDF, against encoding the same pixels. `proved`: the same with the
    proof that every text can be read. `browser`: a running Chromium's pictures of pages with the same words, against
    `drawn`. `alone`: one run of the program for each of twelve offices, against one run for all of them.
    """

    drawn: float
    proved: float
    browser: float
    alone: float


def bench_infographic(campaign: Campaign, unit: Unit, *, workspace: Workspace) -> InfographicCost:
    """The feed pages of a campaign in every way."""
    theme = load_theme(workspace, campaign.theme)
    fonts = workspace.assets / "fonts"
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as name:
        folder = Path(name)

        def other() -> RenderJob:
            number = next(_numbers)
            titled = replace(campaign, title=f"{campaign.title} {number}")
            return RenderJob(titled, rename(unit, number), workspace, folder / "out", (FORMAT,))

        def draw() -> list[bytes]:
            layout = lay_out(other(), theme, FORMATS[FORMAT])
            data = {**layout.data, "pages": layout.pages}
            return [*set_png(layout.source, data, fonts=fonts), set_pdf(layout.source, data, fonts=fonts)]

        def draw_and_prove() -> object:
            proof.forget()
            return infographic.render(other())

        pixels = [decode(png) for png in draw()[:-1]]
        turns: dict[str, Turn] = {
            "encoded": lambda: [encode(page) for page in pixels],
            "drawn": draw,
            "proved": draw_and_prove,
        }
        layout = lay_out(other(), theme, FORMATS[FORMAT])
        with browser_turn(layout, fonts, folder) as browse:
            took = take_turns(turns | ({"browser": browse} if browse else {}))
        alone = bench_offices(campaign, unit, workspace=workspace, folder=folder / "offices")
    return InfographicCost(
        took["drawn"] / took["encoded"],
        took["proved"] / took["encoded"],
        took.get("browser", 0.0) / took["drawn"],
        alone,
    )


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


# ---- the browser ---------------------------------------------------------------------------------------------------


@contextmanager
def browser_turn(layout: Layout, fonts: Path, folder: Path) -> Iterator[Turn | None]:
    """A turn in which a Chromium that is already running takes a picture of every page; None where there is none."""
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only for developers
    except ImportError:
        chromium = None
    if not chromium:
        yield None
        return
    size = FORMATS[FORMAT]
    paths = []
    for number, page in enumerate(layout.pages):
        paths.append(folder / f"page-{number}.html")
        paths[-1].write_text(page_html(page, layout.data, fonts), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": int(size.width), "height": int(size.height)})

        def shoot() -> None:
            for path in paths:
                tab.goto(path.as_uri())
                tab.evaluate("document.fonts.ready")
                tab.screenshot()

        try:
            yield shoot
        finally:
            browser.close()


def page_html(page: Mapping[str, Any], data: Mapping[str, Any], fonts: Path) -> str:
    """A page with the same words in the same fonts and colours, as one would write it for a browser."""
    colours = data["colours"]
    faces = "".join(
        f"@font-face{{font-family:B;font-weight:{weight};src:url({path.as_uri()})}}"
        for path in sorted((fonts / "be-vietnam-pro").glob("*.ttf"))
        if (weight := "".join(sign for sign in path.stem if sign.isdigit()))
    )
    style = (
        f"{faces}*{{margin:0;box-sizing:border-box}}body{{font:400 31px/1.4 B;width:1080px;padding:72px;"
        f"background:{colours['paper']};color:{colours['ink']}}}h1{{font-size:76px;line-height:1.2;font-weight:800;"
        f"padding:120px 60px;background:linear-gradient(135deg,{colours['band']},{colours['heading']});color:#fff}}"
        "section{display:grid;grid-template-columns:1fr 1fr;gap:24px;margin:28px 0}"
        "p{background:#fff;border-radius:24px;padding:28px;box-shadow:0 6px 24px #0002}p:first-child{font-weight:700}"
    )
    hero = f"<h1>{html.escape(page['hero']['title'])}</h1>" if page["hero"] else ""
    parts = "".join(f"<section>{_paragraphs(list(all_texts(part)))}</section>" for part in page["parts"])
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{hero}{parts}</body>"


def _paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<p>{html.escape(text)}</p>" for text in texts if len(text.strip()) > 1)
