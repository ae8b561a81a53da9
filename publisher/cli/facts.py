"""pieces of a campaign that repeats: have the facts changed? Answered before anybody can approve"""

from __future__ import annotations

import argparse

from rich.table import Table

from publisher.cli.context import Context, count
from publisher.cli.stock import local_time, open_store
from publisher.errors import NothingMatchedError, UsageError
from publisher.queue.model import Delivery
from publisher.queue.reasons import ask_facts
from publisher.queue.store import Store
from publisher.queue.transitions import DRAFT, IN_REVIEW

NAME = "facts"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act", choices=("list", "hold", "changed"),
        help="list: what is asked; hold: they still hold, as the pieces now stand; changed: back to be written anew",
    )  # fmt: skip
    parser.add_argument("ids", nargs="*", metavar="ID", help="deliveries; or name a campaign")
    parser.add_argument(
        "--campaign", default="", metavar="SLUG", help="every piece of this campaign that is asked about"
    )
    parser.add_argument("--note", default="", help="what was looked at, or what has changed")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="who answers")


def run(args: argparse.Namespace, context: Context) -> int:
    with open_store(context) as store:
        found = open_questions(store, args.campaign)
        if args.act == "list":
            return show_list(found, context)
        ids = list(args.ids) or [d.id for d in found if args.campaign]
        if not ids:
            raise UsageError("facts: name deliveries, or --campaign SLUG. See: publisher facts list")
        answered = store.answer_facts(
            ids, person=context.person(args.person), hold=args.act == "hold", note=args.note, now=context.clock.now()
        )
    context.say(f"Đã trả lời cho {len(answered)} bài.", f"Answered for {count(len(answered), 'piece')}.")
    context.give({"answered": list(answered), "answer": args.act})
    return 0


def open_questions(store: Store, campaign: str) -> list[Delivery]:
    """Every piece nobody has answered for. Raises NothingMatchedError for a campaign that has none."""
    found = [d for d in store.list(states=(DRAFT, IN_REVIEW), campaign=campaign or None) if d.facts_open]
    if campaign and not found:
        raise NothingMatchedError(f"{campaign}: nothing of it is asked about. See: publisher facts list")
    return found


def show_list(found: list[Delivery], context: Context) -> int:
    language = "vi" if context.vietnamese else "en"
    table = Table(box=None, pad_edge=False)
    for name in ("when", "campaign", "id", "asked"):
        table.add_column(name, no_wrap=name == "when", overflow="fold")
    for delivery in found:
        asked = ask_facts(delivery.facts, language=language)
        table.add_row(local_time(delivery.due_at, context), delivery.campaign, delivery.id, asked)
    context.table(table)
    context.give({"asked": [{"id": d.id, "campaign": d.campaign, "why": d.facts} for d in found]})
    return 0 if found else 3
