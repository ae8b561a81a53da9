"""queue exactly a plan that was looked at: render, compose, hand in for approval"""

from __future__ import annotations

import argparse
from pathlib import Path

from publisher.cli.context import Context
from publisher.cli.gather import calendar_of, open_desk, sound_campaigns
from publisher.cli.plan import render_folder
from publisher.cli.stock import open_store
from publisher.engine.planning import Desk, build_deliveries, check_moved, make_plan
from publisher.errors import UsageError
from publisher.queue.approvals import need_role
from publisher.queue.model import AddReport
from publisher.queue.store import Store
from publisher.queue.transitions import DRAFT
from publisher.schedule.planfile import PlanFile, read_plan_file
from publisher.schedule.slots import plan_year
from publisher.workspace import Person

NAME = "apply"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", metavar="plan.json", help="what `publisher plan -o` wrote")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="whose pieces these are")


def run(args: argparse.Namespace, context: Context) -> int:
    path = Path(args.plan)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read. Make a plan: publisher plan -o {path.name}") from error
    plan = read_plan_file(text, path=path.name)
    person = context.person(args.person)
    desk = open_desk(context, sound_campaigns(context, ()))
    with open_store(context) as store:
        report = apply_plan(plan, desk, store, person, context)
    context.say(
        f"{len(report.added)} bài mới, {len(report.updated)} bài đổi, {len(report.unchanged)} giữ nguyên; "
        "chờ người khác duyệt.",
        f"{len(report.added)} added, {len(report.updated)} changed, {len(report.unchanged)} left; "
        "another person has to approve.",
    )
    context.give({"added": report.added, "updated": report.updated, "unchanged": report.unchanged, "kept": report.kept})
    return 0


def apply_plan(plan: PlanFile, desk: Desk, store: Store, person: Person, context: Context) -> AddReport:
    """Make the plan's deliveries and hand them in. Raises UsageError when anything moved since it was made."""
    need_role(person, ("editor",), verb="plan pieces")
    foreign = sorted(
        {line.slot.unit for line in plan.lines if line.change != "leave" and not person.acts_for(line.slot.unit)}
    )
    if foreign:
        raise UsageError(
            f"--as: {person.id} does not act for {', '.join(foreign)}. Plan your own office's campaigns only."
        )
    now = context.clock.now()
    out = render_folder(context)
    years = sorted({line.slot.at.astimezone(context.workspace.zone).year for line in plan.lines})
    calendar = calendar_of(context.workspace, desk)
    slots = {s.key: s for y in {*years, *(y - 1 for y in years), *(y + 1 for y in years)}
             for s in plan_year(list(desk.campaigns.values()), calendar, y).slots}  # fmt: skip
    chosen = [slots[line.slot.key] for line in plan.lines if line.slot.key in slots]
    check_moved(plan, make_plan(chosen, desk, store, out=out, now=now))
    todo = [line for line in plan.lines if line.change != "leave"]
    with context.progress(context.words("Vẽ và soạn", "Rendering")) as bar:
        done = 0

        def told(key: str) -> None:
            nonlocal done
            done += 1
            bar(done, len(todo), key)

        deliveries = build_deliveries(todo, desk, out=out, told=told)
    left = tuple(line.slot.key for line in plan.lines if line.change == "leave")
    report = store.add(deliveries, author=person.id, now=now) if deliveries else AddReport()
    drafts = [d.id for d in store.list(states=(DRAFT,)) if d.id in {*report.added, *report.updated}]
    if drafts:
        store.submit(drafts, by=person.id, now=now)
    return AddReport(report.added, report.updated, (*report.unchanged, *left), report.kept)
