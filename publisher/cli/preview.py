"""a campaign on every channel as it would go out: text and length, pictures, times, warnings"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from publisher.channels.registry import limits_of
from publisher.cli.context import Bar, Context
from publisher.cli.gather import calendar_of, open_desk, read_campaigns
from publisher.cli.plan import render_folder
from publisher.cli.theme_sheet import ALL_THEMES, open_page, show_theme_sheets
from publisher.content.model import Campaign
from publisher.engine.planning import Desk, Drawn, comment_on, deliver, job_options, needs_of, render_needs, wants
from publisher.engine.rendering import Report
from publisher.errors import ContentError, NothingMatchedError, Problem, UsageError
from publisher.queue.compose import ComposeError
from publisher.queue.model import NewDelivery
from publisher.render.base import RenderJob
from publisher.render.stills import SceneStill, keep_stills
from publisher.schedule.planfile import Line
from publisher.schedule.slots import Slot, plan_year
from publisher.web.model import ChannelPreview, Preview
from publisher.web.pieces import left_out, show_piece, show_refused
from publisher.web.preview import write_preview
from publisher.web.terminal import draw_preview

NAME = "preview"
UNPLANNED = "unplanned"  # where a key of the queue has the name of its campaign
# What an account gets when the campaign has no plan: by the first shape its kind carries.
USUAL = {
    "photos": "infographic",
    "photo": "infographic",
    "article": "article",
    "script": "radio",
    "reel": "clip",
    "video": "clip",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", default="", help="a campaign file")
    parser.add_argument("--channel", default="", metavar="NAME", help="only this account, or this kind")
    parser.add_argument("--open", action="store_true", help="write it as a local page and open that")
    parser.add_argument("--out", default="", metavar="DIR", help="write the page there")
    parser.add_argument(
        "--theme-sheet",
        nargs="?",
        const=ALL_THEMES,
        default="",
        metavar="THEME",
        help="a theme (all of them by default) on every block and format as one picture; of FILE, or of a sample",
    )
    parser.add_argument("--year", type=int, default=0, metavar="Y", help="times of that year; this one by default")


def run(args: argparse.Namespace, context: Context) -> int:
    if args.theme_sheet:
        return show_theme_sheets(args, context, args.theme_sheet)
    if not args.file:
        raise UsageError("FILE: missing; name a campaign file, or ask for --theme-sheet.")
    loading = read_campaigns(context, [args.file])
    if any(problem.level == "error" for problem in loading.problems):
        raise ContentError(loading.problems)
    (campaign,) = loading.campaigns
    desk = open_desk(context, [campaign])
    year = args.year or context.clock.now().astimezone(context.workspace.zone).year
    slots, problems = plan_slots(campaign, desk, context, year)
    slots = choose_slots(slots or usual_slots(campaign, desk, context), campaign, desk, args.channel)
    shown = slots if args.channel else pick_examples(slots, campaign.unit or context.workspace.unit)
    channels, missing, refused = show_channels(shown, desk, context)
    preview = Preview(
        title=campaign.title,
        slug=campaign.slug,
        path=campaign.path,
        key_day=job_options(campaign, desk.days, year).get("kicker", ""),
        channels=channels,
        problems=(*map(str, (*loading.problems, *problems)), *missing),
        scenes=show_scenes(shown, desk, context),
        others=tuple(sorted({slot.account for slot in slots} - {slot.account for slot in shown})),
    )
    show(preview, args, context)
    return ComposeError.exit_code if refused else 0


def plan_slots(campaign: Campaign, desk: Desk, context: Context, year: int) -> tuple[list[Slot], tuple[Problem, ...]]:
    """The year's slots of the campaign, also past ones, and what the schedule says about it.

    Raises ContentError when something of its schedule is wrong.
    """
    calendar = calendar_of(context.workspace, desk)
    problems = plan_year([campaign], calendar, year).problems
    if any(problem.level == "error" for problem in problems):
        raise ContentError(problems)
    slots = plan_year([replace(campaign, valid_until=None)], calendar, year).slots
    return [slot for slot in slots if wants(campaign, slot.output)], problems


def usual_slots(campaign: Campaign, desk: Desk, context: Context) -> list[Slot]:
    """For a campaign without a plan: one slot for every account of its office, without a time."""
    office = campaign.unit or context.workspace.unit
    now = context.clock.now()
    found = []
    for account in desk.accounts.values():
        output = next((USUAL[shape] for shape in limits_of(account).shapes if shape in USUAL), "")
        if (account.unit or office) == office and output in campaign.outputs:
            key = f"{UNPLANNED}.{account.name}"
            found.append(Slot(key, campaign.slug, office, account.name, account.kind, output, "", now, "ask", 0, None))
    return found


def choose_slots(slots: Sequence[Slot], campaign: Campaign, desk: Desk, channel: str) -> list[Slot]:
    """The slots of that account or kind. Raises NothingMatchedError when there is none."""
    chosen = [slot for slot in slots if not channel or channel in (slot.account, slot.kind)]
    if not chosen:
        known = ", ".join(sorted(desk.accounts)) or "none"
        raise NothingMatchedError(f"{campaign.path}: nothing goes to `{channel or 'any account'}`; accounts: {known}.")
    return chosen


def pick_examples(slots: Sequence[Slot], office: str) -> list[Slot]:
    """All of the office itself; of the offices below, which get the same under their names, one a kind and output.

    A province would otherwise wait for the films of a hundred communes.
    """
    example: dict[tuple[str, str, str], str] = {}
    for slot in slots:
        if slot.unit != office:
            example.setdefault((slot.kind, slot.output, slot.format), slot.account)
    return [s for s in slots if s.unit == office or example[s.kind, s.output, s.format] == s.account]


def show_channels(
    slots: Sequence[Slot], desk: Desk, context: Context
) -> tuple[tuple[ChannelPreview, ...], tuple[str, ...], bool]:
    """Render and compose; pieces that are alike but for their time are shown once.

    Also what the clips have no time for, and whether an account could not carry its piece.
    """
    out, known = render_folder(context), Drawn()
    alike: dict[str, list[NewDelivery]] = {}
    shown: dict[str, ChannelPreview] = {}
    missing: dict[str, None] = {}  # in order, once each: every office's clip leaves out the same
    refused = False
    for slot in slots:
        with context.progress(slot.account) as bar:
            artifacts = render_needs(slot, desk, out=out, known=known, report=report_to(bar))
        missing |= dict.fromkeys(left_out(artifacts))
        account, unit = desk.accounts[slot.account], desk.units[slot.unit]
        try:
            piece = deliver(Line(slot, "", "", "make"), desk, artifacts)
        except ComposeError as error:
            shown[f"{slot.account} {slot.output}"] = show_refused(slot, account, unit, reason=str(error))
            refused = True
            continue
        same = alike.setdefault(piece.post.content_hash(), [])
        same.append(piece)
        below = comment_on(Line(slot, "", "", "make"), desk)
        card = show_piece(same, account, unit, zone=context.workspace.zone)
        card = replace(card, comment=below[0].post.text) if below else card
        shown[piece.post.content_hash()] = replace(card, due=()) if slot.key.startswith(UNPLANNED) else card
    return tuple(shown.values()), tuple(missing), refused


def show_scenes(slots: Sequence[Slot], desk: Desk, context: Context) -> tuple[SceneStill, ...]:
    """The storyboard of the clip that the first of the slots gets which get one."""
    slot = next((slot for slot in slots if slot.output == "clip"), None)
    if slot is None:
        return ()
    campaign, unit = desk.campaigns[slot.campaign], desk.units[slot.unit]
    year = slot.at.astimezone(context.workspace.zone).year
    options = {**job_options(campaign, desk.days, year), **desk.options}
    job = RenderJob(campaign, unit, context.workspace, render_folder(context), options=options)
    (name,) = needs_of(slot, desk.accounts[slot.account])["clip"]
    return keep_stills(job, name=name)


def report_to(bar: Bar) -> Report:
    """What a renderer reports, on a bar."""

    def report(kind: str, done: int, total: int) -> None:
        bar(done, total, kind)

    return report


def show(preview: Preview, args: argparse.Namespace, context: Context) -> None:
    """In the terminal, as a page, or as JSON."""
    page = None
    if args.open or args.out or context.json:
        folder = Path(args.out) if args.out else context.workspace.state / "preview" / preview.slug
        page = write_preview(preview, folder, templates=context.workspace.templates)
    if not context.json:
        draw_preview(preview, context.out)
    if page is not None and (args.open or args.out):
        place = str(page) if args.out else context.workspace.relative(page)
        context.say(f"Trang xem trước: {place}", f"The page: {place}")
        if args.open:
            open_page(page)
    context.give(preview_json(preview, page))


def preview_json(preview: Preview, page: Path | None) -> Mapping[str, object]:
    channels = [
        {
            "account": channel.account,
            "kind": channel.kind,
            "unit": channel.unit,
            "output": channel.output,
            "title": channel.title,
            "text": channel.text,
            "length": channel.length,
            "limit": channel.limit,
            "html": channel.html,
            "comment": channel.comment,
            "media": [{"path": str(m.path), "role": m.role, "alt": m.alt} for m in channel.media],
            "due": list(channel.due),
            "problems": list(channel.warnings),
        }
        for channel in preview.channels
    ]
    return {
        "title": preview.title,
        "slug": preview.slug,
        "channels": channels,
        "others": list(preview.others),
        "scenes": [
            {"path": str(s.path), "start_s": s.start_s, "end_s": s.end_s, "text": s.text} for s in preview.scenes
        ],
        "problems": list(preview.problems),
        "page": str(page) if page else None,
    }
