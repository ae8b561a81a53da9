"""what went out in a period and what did not, with links and reasons: a spreadsheet, a Word file or CSV"""

from __future__ import annotations

import argparse
from pathlib import Path

from publisher.channels.registry import load_accounts
from publisher.cli.context import Context
from publisher.cli.freeze import units_of
from publisher.cli.stock import open_store
from publisher.errors import NothingMatchedError, UsageError
from publisher.files import write_bytes
from publisher.queue.store import Store
from publisher.units import list_unit_ids, load_unit
from publisher.web.report import Names, Period, Report, make_report, make_row, parse_period
from publisher.web.report_files import WRITERS

NAME = "report"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--period", required=True, metavar="P", help="2026, 2026-10, 2026-Q4, 2026-10-01..2026-10-15")
    parser.add_argument("-o", dest="out", required=True, metavar="FILE", help="FILE.xlsx, FILE.docx or FILE.csv")
    parser.add_argument("--unit", default="", metavar="ID", help="only this office and all below it")


def run(args: argparse.Namespace, context: Context) -> int:
    path = Path(args.out)
    if path.suffix.lower() not in WRITERS:
        raise UsageError(f"-o: found `{path.name}`; its ending says the form: {', '.join(WRITERS)}.")
    period = parse_period(args.period)
    with open_store(context) as store:
        report = gather_report(store, context, period, unit=args.unit)
    office = load_unit(context.workspace, args.unit or context.workspace.unit).name
    write_bytes(path, WRITERS[path.suffix.lower()](report, office))
    out, planned = len(report.out), len(report.rows)
    context.say(f"{planned} bài, {out} đã đăng: {path}", f"{planned} pieces, {out} out: {path}")
    totals = [
        {"unit": t.unit, "network": t.network, "planned": t.planned, "out": t.out, "on_time": t.on_time}
        for t in report.totals
    ]
    context.give({"file": str(path), "planned": planned, "out": out, "totals": totals})
    return 0


def gather_report(store: Store, context: Context, period: Period, *, unit: str) -> Report:
    """Every piece whose time lies in the period. Raises NothingMatchedError when there is none."""
    zone, now = context.workspace.zone, context.clock.now()
    wanted = units_of(context.workspace, unit) if unit else ()
    names = names_of(context)
    found = [
        delivery
        for delivery in store.list()
        if period.holds(delivery.due_at, zone) and (not wanted or delivery.unit in wanted)
    ]
    if not found:
        raise NothingMatchedError(f"nothing was planned {period.first} to {period.last}.")
    rows = [
        make_row(
            delivery,
            names=names,
            approvers=store.approvers(delivery.id),
            why=store.why(delivery.id, now=now, language="vi", zone=zone),
            title=delivery.post.title or (delivery.post.text.splitlines() or [""])[0],
            zone=zone,
        )
        for delivery in found
    ]
    return make_report(rows, period)


def names_of(context: Context) -> Names:
    """What offices, accounts and people are called in this workspace."""
    accounts = load_accounts(context.workspace)
    return Names(
        units={name: load_unit(context.workspace, name).name for name in list_unit_ids(context.workspace)},
        accounts={account.name: str(account.settings.get("title") or account.name) for account in accounts},
        kinds={account.name: account.kind for account in accounts},
        people={person.id: person.name for person in context.workspace.people},
    )
