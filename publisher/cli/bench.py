"""what drawing costs, as ratios of one run: against bare encoding, against a browser, against the encoder alone"""

from __future__ import annotations

import argparse
import html
import io
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from publisher.cli.context import Context
from publisher.cli.gather import sound_campaigns
from publisher.content.model import Campaign
from publisher.engine.queue_bench import bench_queue
from publisher.render import infographic
from publisher.render.base import RenderJob
from publisher.render.clip_bench import bench_clip
from publisher.units import list_unit_ids, load_unit

NAME = "bench"
ROUNDS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", default="", metavar="FILE", help="a campaign; the first of campaigns/")
    parser.add_argument("--only", choices=("infographic", "clip", "queue"), default="", help="one part")


def run(args: argparse.Namespace, context: Context) -> int:
    rows: dict[str, float] = {}
    if args.only in ("", "queue"):
        rows |= bench_rush(context)
    if args.only == "queue":
        return show(rows, context)
    campaign = sound_campaigns(context, [args.file] if args.file else [])[0]
    if args.only in ("", "infographic"):
        rows |= bench_infographic(campaign, context)
    if args.only in ("", "clip"):
        rows |= bench_film(campaign, context)
    return show(rows, context)


def show(rows: dict[str, float], context: Context) -> int:
    for name, ratio in rows.items():
        context.show(f"{ratio:7.2f}  {name}")
    context.give({"ratios": rows})
    return 0


def bench_rush(context: Context) -> dict[str, float]:
    """Ten thousand pieces of 300 accounts due in the same second, through the queue of one machine."""
    cost = bench_queue()
    rows = {
        "10,000 due in one second, sent, against as many bare durable commits as we made": cost.ours_s / cost.bare_s,
        "seconds of lateness within which 99 of 100 of them went out": cost.p99_s,
        "pieces a durable commit": 10_000 / cost.commits,
    }
    if cost.celery_s is None:
        context.say("không có dòng cho Celery: cài publisher[bench]", "no row for Celery: install publisher[bench]")
        return rows
    return {**rows, "Celery with Redis, as many empty jobs, against ours": cost.celery_s / cost.ours_s}


def median_s(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median wall time of some rounds, after one to warm up."""
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def bench_infographic(campaign: Campaign, context: Context) -> dict[str, float]:
    """All feed pages, drawn without any cache, against writing the same pixels, and against a browser's pictures."""
    unit = load_unit(context.workspace, context.workspace.unit)
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as name:
        job = RenderJob(campaign, unit, context.workspace, Path(name), ("feed",))
        pages = [a.path for a in infographic.render(job) if a.role == "image"]
        pixels = [Image.open(path).convert("RGB") for path in pages]
        ours = median_s(lambda: infographic.render(job))
        bare = median_s(lambda: encode(pixels))
        rows = {"infographic (PNG and PDF of every page) against encoding the same pixels": ours / bare}
        chromium = shutil.which("chromium")
        if chromium:
            shots = median_s(lambda: browse(chromium, campaign, Path(name)), rounds=3) * len(pages)
            rows["a browser started for each page against ours"] = shots / ours
    return rows


def encode(pixels: list[Image.Image]) -> None:
    """Write ready pixels as PNG, the way ours are written."""
    for image in pixels:
        image.save(io.BytesIO(), "PNG", compress_level=6)


def browse(chromium: str, campaign: Campaign, folder: Path) -> None:
    """One headless screenshot of a page with the same title and text."""
    body = "".join(f"<p>{html.escape(repr(block))[:400]}</p>" for block in campaign.blocks()[:6])
    page = folder / "page.html"
    page.write_text(f"<meta charset=utf-8><h1>{html.escape(campaign.title)}</h1>{body}", encoding="utf-8")
    words = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--window-size=1080,1350",
    ]
    target = f"--screenshot={folder / 'page.png'}"
    subprocess.run([chromium, *words, target, page.as_uri()], check=True, capture_output=True, timeout=60)


def bench_film(campaign: Campaign, context: Context) -> dict[str, float]:
    """A clip against the encoder alone, against plain moviepy, and one more unit against the first."""
    units = [load_unit(context.workspace, name) for name in list_unit_ids(context.workspace)]
    cost = bench_clip(campaign, units[0], units[-1], workspace=context.workspace)
    return {
        f"clip of {cost.duration_s:.1f} s, CPU, against x264 alone on the same ready frames": cost.against_encoder,
        "a plain moviepy composition of the same storyboard, CPU, against ours": cost.against_moviepy,
        "the same by the clock": cost.against_moviepy_elapsed,
        "one more unit's clip, CPU, against the first": cost.next_unit,
        "peak memory of this process in MB": float(cost.peak_mb),
        "peak memory of an encoder in MB": float(cost.encoder_mb),
    }
