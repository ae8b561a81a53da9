"""a campaign on every channel as it would go out: text and length, pictures, times, warnings"""

from __future__ import annotations

import argparse
import os
import webbrowser
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from publisher.channels.base import Post
from publisher.channels.fitting import fit_limits
from publisher.channels.registry import limits_of
from publisher.cli.context import Context
from publisher.cli.gather import calendar_of, open_desk, read_campaigns
from publisher.cli.plan import render_folder
from publisher.cli.stock import local_time
from publisher.content.model import Campaign
from publisher.engine.planning import Desk, build_deliveries, job_options
from publisher.errors import ContentError, NothingMatchedError, Problem
from publisher.queue.model import NewDelivery
from publisher.schedule.planfile import Line
from publisher.schedule.slots import Slot, plan_year
from publisher.web.model import ChannelPreview, MediaPreview, Preview
from publisher.web.preview import write_preview
from publisher.web.terminal import draw_preview

NAME = "preview"
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
    parser.add_argument("file", metavar="FILE", help="a campaign file")
    parser.add_argument("--channel", default="", metavar="NAME", help="only this account, or this kind")
    parser.add_argument("--open", action="store_true", help="write it as a local page and open that")
    parser.add_argument("--year", type=int, default=0, metavar="Y", help="times of that year; this one by default")


def run(args: argparse.Namespace, context: Context) -> int:
    loading = read_campaigns(context, [args.file])
    if any(problem.level == "error" for problem in loading.problems):
        raise ContentError(loading.problems)
    (campaign,) = loading.campaigns
    desk = open_desk(context, [campaign])
    year = args.year or context.clock.now().astimezone(context.workspace.zone).year
    slots = choose_slots(campaign, desk, context, year, args.channel)
    with context.progress(campaign.slug) as bar:
        lines = [Line(slot, "", "", "make") for slot in slots]
        pieces = build_deliveries(
            lines, desk, out=render_folder(context), report=lambda kind, done, total: bar(done, total, kind)
        )
    preview = make_preview(campaign, desk, pieces, loading.problems, context, year)
    page = write_page(preview, context) if args.open or context.json else None
    if not context.json:
        draw_preview(preview, context.out)
    if args.open and page is not None:
        open_page(page, context)
    context.give(preview_json(preview, page))
    return 0


def choose_slots(campaign: Campaign, desk: Desk, context: Context, year: int, channel: str) -> list[Slot]:
    """The year's slots of the campaign; without any, one for every account of its office."""
    calendar = calendar_of(context.workspace, desk)
    still_valid = replace(campaign, valid_until=None)  # a preview also shows what is past
    slots = [s for s in plan_year([still_valid], calendar, year).slots if s.output in campaign.outputs]
    slots = slots or usual_slots(campaign, desk, context)
    if channel:
        slots = [slot for slot in slots if channel in (slot.account, slot.kind)]
    if not slots:
        known = ", ".join(sorted(desk.accounts)) or "none"
        raise NothingMatchedError(f"{campaign.path}: nothing goes to `{channel or 'any account'}`; accounts: {known}.")
    return slots


def usual_slots(campaign: Campaign, desk: Desk, context: Context) -> list[Slot]:
    """One slot an account of the campaign's office, without a time."""
    office = campaign.unit or context.workspace.unit
    found = []
    for account in desk.accounts.values():
        output = next((USUAL[shape] for shape in limits_of(account).shapes if shape in USUAL), "")
        if (account.unit or office) == office and output in campaign.outputs:
            now = context.clock.now()
            key = f"{campaign.slug}.preview.{account.name}"
            slot = Slot(key, campaign.slug, office, account.name, account.kind, output, "", now, "ask", 0, None)
            found.append(slot)
    return found


def make_preview(
    campaign: Campaign,
    desk: Desk,
    pieces: Sequence[NewDelivery],
    problems: Sequence[Problem],
    context: Context,
    year: int,
) -> Preview:
    """Pieces that are alike but for their time are shown once."""
    alike: dict[str, list[NewDelivery]] = {}
    for piece in pieces:
        alike.setdefault(piece.post.content_hash(), []).append(piece)
    channels = [show_piece(same, desk, context) for same in alike.values()]
    day = job_options(campaign, desk.days, year).get("kicker", "")
    return Preview(campaign.title, campaign.slug, campaign.path, day, tuple(channels), tuple(str(p) for p in problems))


def show_piece(same: Sequence[NewDelivery], desk: Desk, context: Context) -> ChannelPreview:
    post, account = same[0].post, desk.accounts[same[0].account]
    limits = limits_of(account)
    planned = not same[0].id.startswith(f"{same[0].campaign}.preview.")
    return ChannelPreview(
        account=account.name,
        kind=account.kind,
        unit=desk.units[same[0].unit].short_name,
        output=same[0].output,
        title=post.title,
        text=body_text(post),
        length=len(post.text),
        limit=limits.text,
        media=tuple(MediaPreview(m.path, m.role, m.mime, m.alt, m.bytes, m.width, m.height) for m in post.media),
        due=tuple(local_time(piece.due_at, context) for piece in same) if planned else (),
        warnings=tuple(fit_limits(post, limits)),
    )


def body_text(post: Post) -> str:
    """The words that go out: of a script its own text, elsewhere the caption."""
    for media in post.media:
        if post.shape == "script" and media.mime == "text/plain":
            return media.path.read_text("utf-8")
    return post.text


def write_page(preview: Preview, context: Context) -> Path:
    folder = context.workspace.state / "preview" / preview.slug
    return write_preview(preview, folder, templates=context.workspace.templates)


def open_page(page: Path, context: Context) -> None:
    """Open the page where there is a screen; elsewhere say where it lies."""
    shown = context.workspace.relative(page)
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(page.resolve().as_uri())
    context.say(f"Trang xem trước: {shown}", f"The page: {shown}")


def preview_json(preview: Preview, page: Path | None) -> Mapping[str, object]:
    channels = [
        {
            "account": channel.account,
            "kind": channel.kind,
            "output": channel.output,
            "title": channel.title,
            "text": channel.text,
            "length": channel.length,
            "limit": channel.limit,
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
        "problems": list(preview.problems),
        "page": str(page) if page else None,
    }
