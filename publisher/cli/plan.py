"""what would go out, where and when, and what applying it would change"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from rich.table import Table

from publisher.cli.context import Context, count
from publisher.cli.gather import calendar_of, open_desk, sound_campaigns
from publisher.cli.stock import local_time, open_store
from publisher.engine.planning import Desk, make_plan
from publisher.errors import ContentError, UsageError
from publisher.files import write_text
from publisher.queue.store import Store
from publisher.queue.transitions import OPEN
from publisher.schedule.planfile import PlanFile, find_orphans, write_plan
from publisher.schedule.slots import Planned, plan_span, plan_year

NAME = "plan"
WORDS = {"make": ("làm mới", "make"), "change": ("đổi", "change"), "leave": ("giữ nguyên", "leave")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="campaign files; all of campaigns/ when none is named")
    parser.add_argument("--year", type=int, default=0, metavar="Y", help="the year; this one by default")
    parser.add_argument("--from", dest="first", default="", metavar="D", help="first day, as 2026-10-01")
    parser.add_argument("--to", dest="last", default="", metavar="D", help="last day")
    parser.add_argument("-o", dest="output", default="", metavar="FILE", help="write the plan for `apply`")


def run(args: argparse.Namespace, context: Context) -> int:
    desk = open_desk(context, sound_campaigns(context, args.files))
    planned = plan_slots(args, context, desk)
    context.report(planned.problems)
    with open_store(context) as store:
        plan = plan_against(planned, desk, store, context)
        tell_orphans(planned, store, context)
    show_plan(plan, context)
    if args.output:
        write_text(Path(args.output), write_plan(plan))
        context.say(f"Đã ghi kế hoạch vào {args.output}.", f"Wrote the plan to {args.output}.")
    context.give({"slots": [line_json(plan, at) for at in range(len(plan.lines))]})
    return 0 if plan.lines else 3


def plan_slots(args: argparse.Namespace, context: Context, desk: Desk) -> Planned:
    """The slots of the year or span asked for. Raises ContentError when something cannot be planned."""
    calendar = calendar_of(context.workspace, desk)
    campaigns = list(desk.campaigns.values())
    if bool(args.first) != bool(args.last) or (args.first and args.year):
        raise UsageError("plan: say --year Y, or both --from D and --to D.")
    if args.first:
        planned = plan_span(campaigns, calendar, read_day(args.first, "--from"), read_day(args.last, "--to"))
    else:
        year = args.year or context.clock.now().astimezone(context.workspace.zone).year
        planned = plan_year(campaigns, calendar, year)
    if any(problem.level == "error" for problem in planned.problems):
        raise ContentError(planned.problems)
    return planned


def read_day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option}: found `{text}`; write a day such as 2026-10-10.") from error


def plan_against(planned: Planned, desk: Desk, store: Store, context: Context) -> PlanFile:
    """The slots held against what is queued already."""
    return make_plan(planned.slots, desk, store, out=render_folder(context), now=context.clock.now())


def tell_orphans(planned: Planned, store: Store, context: Context) -> None:
    """What is queued and no longer planned would still go out, beside the piece that took its place."""
    # What hangs on another piece (`…~comment`, `…~correct-1`) goes with it.
    queued = [d.id for d in store.list(states=sorted(OPEN)) if "~" not in d.id]
    for name in find_orphans(queued, planned):
        context.say(
            f"{name}: đã xếp hàng nhưng không còn trong kế hoạch, vẫn sẽ đăng; bỏ bằng: publisher queue cancel {name}",
            f"{name}: queued but no longer planned, and would still go out; take it out: publisher queue cancel {name}",
        )


def render_folder(context: Context) -> Path:
    """Where applying a plan renders to."""
    return context.workspace.state / "rendered"


def show_plan(plan: PlanFile, context: Context) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("when", "change", "account", "output", "slot"):
        table.add_column(name, no_wrap=name != "slot", overflow="fold")
    for line in plan.lines:
        slot = line.slot
        change = context.words(*WORDS[line.change])
        table.add_row(local_time(slot.at, context), change, slot.account, slot.output, slot.key)
    context.table(table)
    counts = {change: sum(line.change == change for line in plan.lines) for change in WORDS}
    context.say(
        f"{counts['make']} bài sẽ làm mới, {counts['change']} sẽ đổi, {counts['leave']} giữ nguyên.",
        f"{counts['make']} to make, {counts['change']} to change, {counts['leave']} left as they are.",
    )
    asked = sum(line.slot.needs_review for line in plan.lines)
    if asked:
        context.say(
            f"{asked} bài lặp lại phải trả lời trước khi duyệt: dữ kiện đã đổi chưa? (publisher facts list)",
            f"{count(asked, 'repeated piece')} to be answered for before approval: have the facts changed? "
            "(publisher facts list)",
        )


def line_json(plan: PlanFile, at: int) -> dict[str, object]:
    line = plan.lines[at]
    return {
        "id": line.slot.key,
        "at": line.slot.at.isoformat(),
        "campaign": line.slot.campaign,
        "unit": line.slot.unit,
        "account": line.slot.account,
        "output": line.slot.output,
        "late": line.slot.late,
        "change": line.change,
        "needs_review": line.slot.needs_review,
    }
