"""send pieces back to their author, with a reason"""

from __future__ import annotations

import argparse

from publisher.cli.context import Context
from publisher.cli.stock import open_store

NAME = "reject"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="+", metavar="ID")
    parser.add_argument("--reason", required=True, help="what has to change")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="who rejects")


def run(args: argparse.Namespace, context: Context) -> int:
    with open_store(context) as store:
        store.reject(args.ids, person=context.person(args.person), reason=args.reason, now=context.clock.now())
    context.give({"rejected": args.ids, "reason": args.reason})
    return 0
