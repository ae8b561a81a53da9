"""prove that the ledger is whole: every entry follows from the one before"""

from __future__ import annotations

import argparse

from publisher.cli.context import Context
from publisher.cli.stock import open_store

NAME = "audit"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=("verify",))


def run(args: argparse.Namespace, context: Context) -> int:
    with open_store(context) as store:
        wrong = list(store.verify_ledger())
    for line in wrong:
        context.err.print(line, style="red", markup=False)
    if not wrong:
        context.say("Sổ nguyên vẹn.", "The ledger is whole.")
    context.give({"whole": not wrong, "problems": wrong})
    return 1 if wrong else 0
