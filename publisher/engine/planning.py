"""From slots to deliveries: what each slot would send, told by hashes, and its post made when the plan is applied."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from publisher.channels.base import Account
from publisher.channels.registry import limits_of
from publisher.content.model import Campaign
from publisher.engine.rendering import Report, hash_inputs, hash_tree, list_renderers, render_campaign, say_nothing
from publisher.errors import UsageError
from publisher.queue.compose import Piece, compose_comment, compose_post, names_sources_below
from publisher.queue.model import COMMENT, Delivery, NewDelivery
from publisher.queue.store import Store
from publisher.queue.transitions import CANCELLED, FINAL
from publisher.render.base import Artifact, RenderJob
from publisher.render.pictures import fit_image
from publisher.schedule.keydays import KeyDay
from publisher.schedule.planfile import Line, PlanFile, diff_plan
from publisher.schedule.repeats import mark_repeats
from publisher.schedule.review import newest_year, why_review
from publisher.schedule.slots import Slot
from publisher.units import Unit, approval_of
from publisher.workspace import Workspace

# What each output is made from, and in which formats unless the plan names one.
NEEDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "infographic": {"infographic": ("feed",)},
    "clip": {"clip": ("reel",)},
    "article": {"article": (), "infographic": ("cover",)},
    "radio": {"radio": ()},
    "poster": {"poster": ("a3",)},
    "led": {"led": ()},
    "text": {},
    "link": {},
}
COMMENT_GRACE_S = 24 * 3600
Drawn = dict[tuple[str, str, str, tuple[str, ...]], tuple[Artifact, ...]]
"""What one run has rendered, by campaign, office, output and formats."""


@dataclass(frozen=True)
class Desk:
    """Everything a plan is worked out from."""

    workspace: Workspace
    campaigns: Mapping[str, Campaign]
    units: Mapping[str, Unit]
    accounts: Mapping[str, Account]
    days: Mapping[str, KeyDay]
    options: Mapping[str, str] = field(default_factory=dict)


def job_options(campaign: Campaign, days: Mapping[str, KeyDay], year: int) -> dict[str, str]:
    """What renderers are told beside the campaign: the line above the title."""
    day = days.get(campaign.key_day or "")
    if day is None:
        return {}
    lunar = " âm lịch" if day.rule.lunar else ""
    return {"kicker": f"{day.rule.day:02d}/{day.rule.month:02d}{lunar} · {day.name_in(year)}"}


def needs_of(slot: Slot, account: Account) -> dict[str, tuple[str, ...]]:
    """Outputs and formats a slot needs."""
    needs = dict(NEEDS[slot.output])
    if slot.format and slot.output in needs:
        needs[slot.output] = (slot.format,)
    elif slot.output == "clip" and "reel" not in limits_of(account).shapes:
        needs["clip"] = ("wide",)
    return needs


def content_of(slot: Slot, desk: Desk, *, out: Path, year: int) -> str:
    """SHA-256 over everything that may change what this slot sends, without drawing it."""
    campaign, unit, account = desk.campaigns[slot.campaign], desk.units[slot.unit], desk.accounts[slot.account]
    digest = hashlib.sha256()
    for kind, formats in sorted(needs_of(slot, account).items()):
        digest.update(hash_inputs(_job(campaign, unit, desk, out, formats, year), kind).encode())
    digest.update(hash_tree(desk.workspace.templates / "captions").encode())
    below = (COMMENT,) if names_sources_below(account, limits_of(account)) else ()
    digest.update(repr((campaign, slot.output, slot.format, *below)).encode())
    # Not what is sent, but under which rules: a changed rule reaches the pieces that are queued already.
    rules = (slot.late, slot.grace_s, slot.valid_until, slot.passes_freeze, slot.needs_review)
    digest.update(repr((rules, approval_of(unit.id, desk.units))).encode())
    return digest.hexdigest()


def _job(campaign: Campaign, unit: Unit, desk: Desk, out: Path, formats: Sequence[str], year: int) -> RenderJob:
    options = {**job_options(campaign, desk.days, year), **desk.options}
    return RenderJob(campaign, unit, desk.workspace, out, tuple(formats), options=options)


def settings_of(account: Account) -> str:
    """SHA-256 over how the account is set up: its kind, office and settings, and which secrets it names."""
    parts = (account.kind, account.unit, sorted(account.settings.items(), key=str), sorted(account.secrets.items()))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def wants(campaign: Campaign, output: str) -> bool:
    """Whether the campaign is to have this output; words alone need none."""
    return output in campaign.outputs or output in ("text", "link")


def make_plan(slots: Sequence[Slot], desk: Desk, store: Store, *, out: Path, now: datetime) -> PlanFile:
    """The slots with their hashes and with what applying them would change."""
    zone = desk.workspace.zone
    queued = {d.id: d for d in store.list()}
    marked = mark_repeats(slots, queued)
    wanted = [_keep_time(slot, queued) for slot in marked if wants(desk.campaigns[slot.campaign], slot.output)]
    content = {slot.key: content_of(slot, desk, out=out, year=slot.at.astimezone(zone).year) for slot in wanted}
    existing = {d.id: (d.source, d.due_at) for d in queued.values()}
    # What is out, or was taken out of the plan, stays as it is: a correction is an act of its own.
    settled = {d.id for d in queued.values() if d.state in (*FINAL, CANCELLED)}
    existing |= {slot.key: (content[slot.key], slot.at) for slot in wanted if slot.key in settled}
    changes = diff_plan(wanted, existing, content)
    lines = (
        Line(slot, content[slot.key], settings_of(desk.accounts[slot.account]), changes[slot.key]) for slot in wanted
    )
    return PlanFile(zone.key, now, tuple(lines))


def _keep_time(slot: Slot, queued: Mapping[str, Delivery]) -> Slot:
    """A piece that a person gave another time keeps it."""
    own = queued.get(slot.key)
    return slot if own is None or not own.timed_by else replace(slot, at=own.due_at)


def ask_facts(slot: Slot, campaign: Campaign) -> str:
    """Why a person is asked whether the facts still hold; empty when nobody is. In words the reasons translate."""
    if not slot.needs_review:
        return ""
    newest = newest_year(campaign, until=slot.year)
    return f"newest:{newest}" if newest is not None and why_review(campaign, slot.year) else "again"


def check_moved(plan: PlanFile, fresh: PlanFile) -> None:
    """Raise UsageError naming what moved since the plan was made: content, time, account or queue."""
    now = {line.slot.key: line for line in fresh.lines}
    moved = []
    for line in plan.lines:
        own = now.get(line.slot.key)
        if own is None:
            moved.append(f"{line.slot.key}: is no longer planned")
        elif own.slot.at != line.slot.at:
            moved.append(f"{line.slot.key}: its time moved")
        elif own.content != line.content:
            moved.append(f"{line.slot.key}: its content changed")
        elif own.account != line.account:
            moved.append(f"{line.slot.key}: its account is set up differently")
        elif own.change != line.change:
            moved.append(f"{line.slot.key}: the queue changed")
    if moved:
        more = f" (and {len(moved) - 5} more)" if len(moved) > 5 else ""
        raise UsageError(f"the plan is out of date: {'; '.join(moved[:5])}{more}. Plan again, look at it, then apply.")


def build_deliveries(
    lines: Iterable[Line],
    desk: Desk,
    *,
    out: Path,
    report: Report = say_nothing,
    told: Callable[[str], None] | None = None,
) -> list[NewDelivery]:
    """Render what the slots need and compose each post. Raises RenderError or ComposeError; nothing is queued here."""
    made: list[NewDelivery] = []
    known: Drawn = {}
    for line in lines:
        slot = line.slot
        artifacts = render_needs(slot, desk, out=out, known=known, report=report)
        piece = deliver(line, desk, artifacts)
        made += [piece, *comment_on(line, desk)]
        if told is not None:
            told(slot.key)
    return made


def render_needs(
    slot: Slot, desk: Desk, *, out: Path, known: Drawn, report: Report = say_nothing
) -> tuple[Artifact, ...]:
    """Everything the slot's post is made from; what is in `known` is taken from there. Raises RenderError."""
    campaign, unit = desk.campaigns[slot.campaign], desk.units[slot.unit]
    year = slot.at.astimezone(desk.workspace.zone).year
    options = {**job_options(campaign, desk.days, year), **desk.options}
    artifacts: list[Artifact] = []
    for kind, formats in needs_of(slot, desk.accounts[slot.account]).items():
        key = (campaign.slug, unit.id, kind, formats)
        if key not in known:
            known[key] = render_campaign(
                campaign,
                unit,
                workspace=desk.workspace,
                out=out,
                only=(kind,),
                formats=formats,
                options=options,
                report=report,
            ).artifacts
        artifacts += known[key]
    return tuple(artifacts)


def comment_on(line: Line, desk: Desk) -> tuple[NewDelivery, ...]:
    """The first comment below the slot's post, as a delivery of its own, where its account wants one."""
    slot = line.slot
    campaign, unit, account = desk.campaigns[slot.campaign], desk.units[slot.unit], desk.accounts[slot.account]
    key = f"{slot.key}~{COMMENT}"
    piece = Piece(slot.key, campaign, unit, account, limits_of(account), slot.output, slot.format, slot.at)
    post = compose_comment(piece, key=key)
    if post is None:
        return ()
    return (
        NewDelivery(
            id=key,
            campaign=slot.campaign,
            unit=slot.unit,
            account=slot.account,
            output=COMMENT,
            due_at=slot.at,
            post=post,
            valid_until=slot.valid_until,
            # It goes below a post that is out: late is better than a post without its sources.
            late="send",
            grace_s=COMMENT_GRACE_S,
            passes_freeze=slot.passes_freeze,
            levels=approval_of(slot.unit, desk.units).levels,
            needs_release=approval_of(slot.unit, desk.units).release,
            source=line.content,
            facts=ask_facts(slot, campaign),
        ),
    )


def deliver(line: Line, desk: Desk, artifacts: Sequence[Artifact]) -> NewDelivery:
    """One slot's delivery, complete. Raises ComposeError when its account cannot carry it."""
    slot, workspace = line.slot, desk.workspace
    campaign, unit, account = desk.campaigns[slot.campaign], desk.units[slot.unit], desk.accounts[slot.account]
    piece = Piece(slot.key, campaign, unit, account, limits_of(account), slot.output, slot.format, slot.at)
    folder = workspace.cache / "fitted"

    def fit(path: Path, most: int, png_bytes: int) -> Path:
        return fit_image(path, most, png_bytes=png_bytes, folder=folder)

    post = compose_post(piece, artifacts, workspace=workspace, fit_image=fit)
    approval = approval_of(slot.unit, desk.units)
    return NewDelivery(
        id=slot.key,
        campaign=slot.campaign,
        unit=slot.unit,
        account=slot.account,
        output=slot.output,
        due_at=slot.at,
        post=post,
        valid_until=slot.valid_until,
        late=slot.late,
        grace_s=slot.grace_s,
        passes_freeze=slot.passes_freeze,
        levels=approval.levels,
        needs_release=approval.release,
        source=line.content,
        facts=ask_facts(slot, campaign),
    )


def known_outputs() -> list[str]:
    """Outputs that a plan may send."""
    return [output for output in NEEDS if output in list_renderers() or output in ("text", "link")]
