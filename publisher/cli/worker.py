"""a worker of a cluster: any number of them, on any machines, send from one queue on Postgres"""

from __future__ import annotations

import argparse

from publisher.cli.alarms import make_bell
from publisher.cli.context import Context
from publisher.cli.run import connect_workspace, tell
from publisher.cli.stock import open_store
from publisher.engine.cluster import Cluster
from publisher.engine.local import Service
from publisher.errors import UsageError

NAME = "worker"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=int, default=16, metavar="N", help="accounts served at the same time")


def run(args: argparse.Namespace, context: Context) -> int:
    url = context.workspace.database_address
    if not url.startswith("postgresql"):
        raise UsageError(
            "worker: needs a queue on Postgres: `database: postgresql://…` in publisher.yaml. On one machine with "
            "SQLite, `publisher run` is the service."
        )
    if context.now:
        raise UsageError("worker: runs on the machines' clocks; --now is for `publisher run`.")
    connected = connect_workspace(context)
    with open_store(context) as store:
        bell = make_bell(store, context, connected)
        service = Service(store, connected.channels, context.clock, rates=connected.rates, networks=connected.networks)
        ring = None if bell is None else bell.ring
        ended = Cluster(service, store, context.clock, url, workers=args.workers, ring=ring).run()
    return tell(ended, connected, context)
