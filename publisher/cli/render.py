"""make the outputs of campaigns: infographics, clips, articles, radio scripts, posters"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from rich.table import Table

from publisher.cli.context import Bar, Context, count
from publisher.cli.gather import choose_units, sound_campaigns
from publisher.content.model import Campaign
from publisher.engine.planning import job_options
from publisher.engine.rendering import Rendering, Report, check_formats, choose_kinds, render_campaign
from publisher.render.base import Artifact
from publisher.render.captions import Caption, compose_caption
from publisher.render.kit import make_kit
from publisher.render.speech import can_speak
from publisher.schedule.keydays import load_key_days
from publisher.units import Unit

NAME = "render"
OPTIONS = ("size", "seconds", "length", "rate", "region", "number", "on_air", "approver")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="campaign files; all of campaigns/ when none is named")
    parser.add_argument("--out", required=True, metavar="DIR", help="where the files go: DIR/<campaign>/<unit>/")
    parser.add_argument("--only", default="", metavar="KINDS", help="infographic,clip,article,radio,poster,led")
    parser.add_argument("--unit", default="", metavar="ID", help="a unit of assets/units/, or all")
    parser.add_argument("--format", default="", metavar="NAMES", help="feed,story,square,link,wide,reel,a4,…")
    parser.add_argument("--size", default="", metavar="WxH", help="size of an LED loop in pixels")
    parser.add_argument("--seconds", default="", metavar="N", help="most seconds of a clip, 15 to 60; 44 by default")
    parser.add_argument("--audio", action="store_true", help="also a synthetic reading of radio script and clip")
    parser.add_argument("--length", default="", metavar="S", help="radio scripts of at most so many seconds: 30,60,300")
    parser.add_argument("--rate", default="", metavar="N", help="syllables a minute the station reads")
    parser.add_argument(
        "--region", default="", choices=("", "north", "south"), help="whose words a script is read with"
    )
    parser.add_argument("--number", default="", metavar="N", help="number of the programme, on the radio script's head")
    parser.add_argument("--on-air", default="", metavar="TEXT", help="its day and time on air: 26/11/2026, 5h30")
    parser.add_argument("--approver", default="", metavar="NAME", help="who approved it, on the radio script's head")
    parser.add_argument("--kit", action="store_true", help="also one ZIP a campaign for people who post by hand")


def split(text: str) -> tuple[str, ...]:
    """`a, b` as a tuple of names."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def run(args: argparse.Namespace, context: Context) -> int:
    only, formats = split(args.only), split(args.format)
    check_formats(formats)
    campaigns = sound_campaigns(context, args.files)
    for campaign in campaigns:
        choose_kinds(campaign, only)
    jobs = [(c, u) for c in campaigns for u in choose_units(context.workspace, c, args.unit)]
    options = {name: getattr(args, name) for name in OPTIONS if getattr(args, name)}
    if args.audio:
        options["audio"] = "yes"
        if not can_speak():
            context.say("Chưa cài espeak-ng: không làm bản nghe thử.", "espeak-ng is not installed: no audio is made.")
    artifacts: list[Artifact] = []
    drawn = reused = 0
    for campaign, unit, made in render_all(jobs, context, Path(args.out), only, formats, options):
        artifacts += made.artifacts
        drawn, reused = drawn + made.drawn, reused + made.reused
        if args.kit:
            artifacts.append(make_campaign_kit(campaign, unit, made, context, Path(args.out)))
    show_artifacts(artifacts, context)
    tell_left_out(artifacts, context)
    context.say(
        f"{len(artifacts)} tệp; {drawn} đầu ra vẽ mới, {reused} giữ nguyên.",
        f"{count(len(artifacts), 'file')}; {count(drawn, 'output')} drawn, {reused} unchanged.",
    )
    context.give({"artifacts": [artifact_json(a) for a in artifacts], "drawn": drawn, "unchanged": reused})
    return 0


def render_all(
    jobs: list[tuple[Campaign, Unit]],
    context: Context,
    out: Path,
    only: tuple[str, ...],
    formats: tuple[str, ...],
    options: dict[str, str],
) -> Iterator[tuple[Campaign, Unit, Rendering]]:
    """Render one campaign and unit after the other, with a bar on a terminal and an event each with `--json`."""
    days = load_key_days(context.workspace)
    for campaign, unit in jobs:
        with context.progress(f"{campaign.slug} · {unit.id}") as bar:
            made = render_campaign(
                campaign,
                unit,
                workspace=context.workspace,
                out=out,
                only=only,
                formats=formats,
                options={**job_options(campaign, days, context.clock.now().year), **options},
                report=_reporter(bar, campaign),
            )
        if len(jobs) > 1:
            context.give(
                {"event": "rendered", "campaign": campaign.slug, "unit": unit.id, "files": len(made.artifacts)}
            )
        yield campaign, unit, made


def _reporter(bar: Bar, campaign: Campaign) -> Report:
    def report(kind: str, done: int, total: int) -> None:
        bar(done, total, f"{campaign.slug} · {kind}")

    return report


def show_artifacts(artifacts: list[Artifact], context: Context) -> None:
    """One line a file."""
    table = Table(box=None, pad_edge=False)
    for name in ("kind", "format", "size", "bytes", "file"):
        table.add_column(name, justify="right" if name in ("size", "bytes") else "left", overflow="fold")
    for artifact in artifacts:
        size = f"{artifact.width}×{artifact.height}" if artifact.width else ""
        if artifact.duration_s:
            size += f" {artifact.duration_s:.0f} s"
        table.add_row(artifact.kind, artifact.format, size, f"{artifact.bytes:,}", str(artifact.path))
    context.table(table)


def tell_left_out(artifacts: list[Artifact], context: Context) -> None:
    """What a clip had no time for: said, so that nobody believes it is in there."""
    for artifact in artifacts:
        for text in artifact.left_out:
            context.err.print(f"{artifact.path.name}: {text}", style="yellow", markup=False, soft_wrap=True)


def artifact_json(artifact: Artifact) -> dict[str, object]:
    """An artifact as `render --json` gives it."""
    return {
        "kind": artifact.kind,
        "format": artifact.format,
        "role": artifact.role,
        "campaign": artifact.campaign,
        "unit": artifact.unit,
        "path": str(artifact.path),
        "sha256": artifact.sha256,
        "bytes": artifact.bytes,
        "mime": artifact.mime,
        "width": artifact.width,
        "height": artifact.height,
        "duration_s": artifact.duration_s,
        "page": artifact.page,
        "pages": artifact.pages,
        "alt": artifact.alt,
        "left_out": list(artifact.left_out),
    }


KIT_CAPTIONS = ("facebook", "zalo", "portal", "youtube", "sms")


def make_campaign_kit(campaign: Campaign, unit: Unit, made: Rendering, context: Context, out: Path) -> Artifact:
    """One ZIP for people who fetch ready-made material or post by hand."""
    captions: dict[str, Caption] = {
        kind: compose_caption(campaign, unit, kind=kind, workspace=context.workspace, limit=None, link=unit.qr)
        for kind in KIT_CAPTIONS
    }
    return make_kit(campaign, unit, made.artifacts, captions, out)
