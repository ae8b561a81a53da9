"""what drawing costs, as ratios of one run: against bare encoding, against a browser, against the encoder alone"""

from __future__ import annotations

import argparse

from publisher.cli.context import Context
from publisher.cli.gather import sound_campaigns
from publisher.content.model import Campaign
from publisher.engine.queue_bench import bench_queue
from publisher.render.clip_bench import bench_clip
from publisher.render.infographic_bench import OFFICES, bench_infographic
from publisher.units import list_unit_ids, load_unit

NAME = "bench"


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
        rows |= bench_pictures(campaign, context)
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


def bench_pictures(campaign: Campaign, context: Context) -> dict[str, float]:
    """A carousel against encoding the same pixels, against a browser, and for many offices at once."""
    unit = load_unit(context.workspace, context.workspace.unit)
    cost = bench_infographic(campaign, unit, workspace=context.workspace)
    rows = {
        "infographic (every page as PNG, and PDF), against encoding the same pixels": cost.drawn,
        "the same with the proof that every text can be read": cost.proved,
        f"a run for each of {OFFICES} offices, against one run for all of them": cost.alone,
    }
    if cost.browser:
        rows["a running browser's pictures of the same pages, against ours"] = cost.browser
        rows["the same with all pages as PDF, of both"] = cost.browser_print
    return rows


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
