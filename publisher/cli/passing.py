"""let single pieces go out during a freeze; another person approves that"""

from __future__ import annotations

import argparse

from publisher.cli.context import Context
from publisher.cli.held import take_back_held
from publisher.cli.stock import open_store

NAME = "pass"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="+", metavar="ID", help="deliveries, as `queue list` names them")
    parser.add_argument("--reason", default="", help="why it must go out, for whoever approves and for the ledger")
    parser.add_argument("--undo", action="store_true", help="take the mark away: a freeze holds them again")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="who decides; another person approves")


def run(args: argparse.Namespace, context: Context) -> int:
    person, now = context.person(args.person), context.clock.now()
    with open_store(context) as store:
        store.let_pass(args.ids, person=person, reason=args.reason, now=now, undo=args.undo)
        take_back_held(context, store)
        states = {name: store.get(name).state for name in args.ids}
    if args.undo:
        context.say(f"{len(states)} bài lại theo lệnh tạm dừng.", f"{len(states)} held by a freeze again.")
    else:
        context.say(
            f"{len(states)} bài được đánh dấu vẫn đi khi tạm dừng, chờ người khác duyệt.",
            f"{len(states)} marked to pass a freeze; they wait for another person's approval.",
        )
    context.give({"passes": not args.undo, "states": states})
    return 0
