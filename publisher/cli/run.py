"""the service: sends what is due, looks after what is unknown, until told to stop"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Collection
from datetime import timedelta

from publisher.channels.secrets import Secrets
from publisher.cli.alarms import make_bell
from publisher.cli.context import Context
from publisher.cli.gather import accounts_of
from publisher.cli.stock import open_store
from publisher.engine.accounts import Connected, connect_all, sandbox_address
from publisher.engine.local import Ended, Service
from publisher.queue.transitions import MISSED, REJECTED, UNKNOWN

NAME = "run"
PATIENCE = timedelta(minutes=5)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--until-idle", action="store_true", help="end when nothing more is due")
    parser.add_argument("--until", default="", metavar="TIME", help="with --until-idle: everything due by then")
    parser.add_argument("--workers", type=int, default=64, metavar="N", help="accounts served at the same time")


def run(args: argparse.Namespace, context: Context) -> int:
    until = context.moment(args.until, "--until") if args.until else None
    if args.until_idle and until is None and not context.now:
        until = context.clock.now() + PATIENCE  # so that retries and looks at the channel still happen
    connected = connect_workspace(context)
    with open_store(context) as store:
        bell = make_bell(store, context, connected)
        service = Service(
            store,
            connected.channels,
            context.clock,
            rates=connected.rates,
            networks=connected.networks,
            workers=args.workers,
            ring=None if bell is None else bell.ring,
        )
        ended = service.run(until_idle=args.until_idle or bool(context.now), until=until)
    return tell(ended, connected, context)


def connect_workspace(context: Context, *, only: Collection[str] | None = None) -> Connected:
    """Every account's channel, or that of the accounts named; accounts without credentials are named."""
    accounts = [a for a in accounts_of(context.workspace).values() if only is None or a.name in only]
    connected = connect_all(
        accounts,
        secrets=Secrets.from_environment(),
        folder=context.workspace.state,
        sandbox=sandbox_address(),
        spacing_s=context.workspace.network_spacing_s,
    )
    for reason in connected.missing.values():
        context.err.print(reason, style="yellow", markup=False)
    return connected


def tell(ended: Ended, connected: Connected, context: Context) -> int:
    """What happened, and the exit code that says how it went."""
    outcomes = Counter(outcome for _, outcome in ended.outcomes)
    counts = {state: number for state, number in ended.counts.items() if number}
    line = ", ".join(f"{number} {state}" for state, number in counts.items()) or "0"
    context.say(line, line)
    context.give({"outcomes": dict(outcomes), "counts": counts, "not_connected": sorted(connected.missing)})
    if counts.get(UNKNOWN):
        return 6
    failed = {id_ for id_, outcome in ended.outcomes if outcome in (REJECTED, MISSED)}
    if failed:
        return 5 if outcomes.get("sent") else 1
    return 0
