"""hold everything that is not marked to pass (mourning, emergency)"""

from __future__ import annotations

import argparse

from publisher.cli.context import Context
from publisher.cli.held import take_back_held
from publisher.cli.stock import open_store
from publisher.errors import UsageError
from publisher.units import load_parents, units_below
from publisher.workspace import Workspace

NAME = "freeze"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", required=True)
    parser.add_argument("--until", default="", metavar="TIME", help="ends by itself then")
    parser.add_argument("--unit", default="", metavar="ID", help="only this unit and all below it")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="who freezes")


def run(args: argparse.Namespace, context: Context) -> int:
    units = units_of(context.workspace, args.unit) if args.unit else ()
    until = context.moment(args.until, "--until") if args.until else None
    with open_store(context) as store:
        number = store.freeze(
            args.reason, person=context.person(args.person), now=context.clock.now(), until=until, units=units
        )
        take_back_held(context, store)
    context.say(f"Đã tạm dừng (số {number}): {args.reason}", f"Frozen (number {number}): {args.reason}")
    context.give({"freeze": number, "units": list(units)})
    return 0


def units_of(workspace: Workspace, unit_id: str) -> tuple[str, ...]:
    """The unit and every unit under it. Raises UsageError for one that is not there."""
    parents = load_parents(workspace)
    if unit_id not in parents:
        raise UsageError(f"--unit: found `{unit_id}`; units are: {', '.join(parents)}.")
    return units_below([unit_id], parents)
