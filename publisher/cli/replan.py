"""new times for what a freeze kept back: a later day, the same time of day; each is approved anew"""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta

from rich.table import Table

from publisher.cli.context import Context
from publisher.cli.gather import calendar_of, open_desk
from publisher.cli.stock import local_time, open_store
from publisher.errors import NothingMatchedError
from publisher.queue.freezes import PASSED
from publisher.queue.model import Delivery
from publisher.queue.store import Store
from publisher.queue.transitions import APPROVED, CLAIMED, HELD, IN_REVIEW, MISSED, QUEUED, SENDING, WAITING
from publisher.schedule.replan import Missed, Replanned, replan
from publisher.schedule.slots import taken_days
from publisher.workspace import Person

NAME = "replan"
TO_APPROVE = timedelta(hours=2)  # somebody has to look at the new times before the first of them
SENDS = (IN_REVIEW, APPROVED, QUEUED, CLAIMED, SENDING, WAITING)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="held or missed pieces; all a freeze kept back by default")
    parser.add_argument("--from", dest="first", default="", metavar="TIME", help="not before; in two hours by default")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="who gives the times")
    parser.add_argument("--dry-run", action="store_true", help="show the times, change nothing")


def run(args: argparse.Namespace, context: Context) -> int:
    person, now = context.person(args.person), context.clock.now()
    earliest = context.moment(args.first, "--from") if args.first else now + TO_APPROVE
    with open_store(context) as store:
        found = choose(store, args.ids)
        planned = new_times(found, store, context, earliest)
        if not args.dry_run:
            give_times(planned, store, person, now)
    show(found, planned, context)
    moments = {name: moment.isoformat() for name, moment in planned.moments.items()}
    context.give({"replanned": moments, "left": list(planned.left), "dry_run": bool(args.dry_run)})
    return 5 if planned.left else 0


def choose(store: Store, ids: list[str]) -> list[Delivery]:
    """The pieces named, or every one whose time passed during a freeze. Raises NothingMatchedError."""
    held = store.list(states=(HELD, MISSED))
    found = [d for d in held if (d.id in ids if ids else d.state == HELD and d.reason == PASSED)]
    lacking = sorted(set(ids) - {d.id for d in found})
    if lacking or not found:
        name = lacking[0] if lacking else "replan"
        raise NothingMatchedError(
            f"{name}: not held or missed; nothing to give another time. See: publisher queue list"
        )
    return found


def new_times(found: list[Delivery], store: Store, context: Context, earliest: datetime) -> Replanned:
    workspace = context.workspace
    calendar = calendar_of(workspace, open_desk(context, ()))
    year = earliest.astimezone(workspace.zone).year
    taken = {day for near in (year, year + 1) for day in taken_days(calendar, near)}
    # A comment (`…~comment`) has no time of its own: it goes with its post.
    missed = [Missed(d.id, d.account, d.due_at, d.valid_until) for d in found if "~" not in d.id]
    busy = [(d.account, d.due_at) for d in store.list(states=SENDS) if "~" not in d.id]
    planned = replan(missed, busy, earliest=earliest, taken=taken, zone=workspace.zone, defaults=calendar.defaults)
    below = {d.id: planned.moments.get(d.id.partition("~")[0], earliest) for d in found if "~" in d.id}
    return Replanned({**planned.moments, **below}, planned.left)


def give_times(planned: Replanned, store: Store, person: Person, now: datetime) -> None:
    for name, moment in planned.moments.items():
        store.reschedule(name, due_at=moment, person=person, now=now)


def show(found: list[Delivery], planned: Replanned, context: Context) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("was", "now", "account", "id"):
        table.add_column(name, no_wrap=name != "id", overflow="fold")
    for delivery in found:
        moment = planned.moments.get(delivery.id)
        shown = local_time(moment, context) if moment else "-"
        table.add_row(local_time(delivery.due_at, context), shown, delivery.account, delivery.id)
    context.table(table)
    context.say(
        f"{len(planned.moments)} bài có giờ mới, chờ duyệt lại; {len(planned.left)} bài không còn chỗ hoặc hết hạn: "
        "hẹn giờ bằng `queue reschedule` hoặc huỷ.",
        f"{len(planned.moments)} have a new time and wait for approval; {len(planned.left)} found no room or are no "
        "longer valid: `queue reschedule` or cancel them.",
    )
