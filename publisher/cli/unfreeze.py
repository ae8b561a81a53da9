"""end a freeze; what was held is queued again, or told when its time has passed"""

from __future__ import annotations

import argparse

from publisher.cli.context import Context
from publisher.cli.stock import open_store

NAME = "unfreeze"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", nargs="?", type=int, help="which freeze; all when none is named")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="who unfreezes")


def run(args: argparse.Namespace, context: Context) -> int:
    with open_store(context) as store:
        queued, passed = store.unfreeze(args.number, person=context.person(args.person), now=context.clock.now())
    context.say(
        f"{len(queued)} bài vào lại hàng gửi; {len(passed)} bài đã quá giờ, cần hẹn lại: publisher replan --as TÊN.",
        f"{len(queued)} queued again; {len(passed)} are past their time; for another: publisher replan --as NAME",
    )
    context.give({"queued": list(queued), "past": list(passed)})
    return 0
