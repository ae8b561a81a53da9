"""what went out in a period and what did not, with links and reasons: a spreadsheet, a Word file or CSV"""

from __future__ import annotations

import argparse
from pathlib import Path

from publisher.cli.context import Context, count
from publisher.cli.freeze import units_of
from publisher.cli.stock import open_store
from publisher.errors import UsageError
from publisher.files import write_bytes
from publisher.units import load_unit
from publisher.web.gathering import gather_report
from publisher.web.report import parse_period
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
        wanted = units_of(context.workspace, args.unit) if args.unit else ()
        report = gather_report(store, context.workspace, period, units=wanted, now=context.clock.now())
    office = load_unit(context.workspace, args.unit or context.workspace.unit).name
    write_bytes(path, WRITERS[path.suffix.lower()](report, office))
    out, planned = len(report.out), len(report.rows)
    context.say(f"{planned} bài, {out} đã đăng: {path}", f"{count(planned, 'piece')}, {out} out: {path}")
    totals = [
        {"unit": t.unit, "network": t.network, "planned": t.planned, "out": t.out, "on_time": t.on_time}
        for t in report.totals
    ]
    context.give({"file": str(path), "planned": planned, "out": out, "totals": totals})
    return 0
