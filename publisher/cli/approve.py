"""sign pieces as another person than their author: their bytes, account and time"""

from __future__ import annotations

import argparse

from publisher.cli.context import Context
from publisher.cli.queue import find_for_review
from publisher.cli.stock import open_store
from publisher.errors import UsageError

NAME = "approve"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="who approves")
    parser.add_argument("--all", action="store_true", help="everything that waits for approval")
    parser.add_argument("--campaign", default="", help="with --all: only this campaign")


def run(args: argparse.Namespace, context: Context) -> int:
    if bool(args.ids) == args.all:
        raise UsageError("approve: name deliveries, or say --all. See: publisher queue list --state in_review")
    person = context.person(args.person)
    with open_store(context) as store:
        ids = list(args.ids) or find_for_review(store, args.campaign, person)
        decision = store.approve(ids, person=person, now=context.clock.now())
    context.say(
        f"{person.name} đã duyệt {len(ids)} bài; {len(decision.queued)} bài chờ đến giờ.",
        f"{person.name} approved {len(ids)}; {len(decision.queued)} wait for their time.",
    )
    context.give(
        {"queued": list(decision.queued), "approved": list(decision.approved), "pending": list(decision.pending)}
    )
    return 0
