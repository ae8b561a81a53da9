"""the accounts of this workspace: what there is, and whether their credentials work"""

from __future__ import annotations

import argparse

from rich.table import Table

from publisher.channels.base import Account
from publisher.channels.registry import limits_of, load_accounts
from publisher.channels.secrets import Secrets
from publisher.cli.context import Context
from publisher.cli.doctor import check_accounts, show
from publisher.errors import NothingMatchedError

NAME = "channels"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=("list", "check"), help="list: no request is made; check: each account is asked")
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="only this account")


def run(args: argparse.Namespace, context: Context) -> int:
    accounts = [a for a in load_accounts(context.workspace) if args.name in ("", a.name)]
    if not accounts:
        known = ", ".join(a.name for a in load_accounts(context.workspace)) or "none"
        raise NothingMatchedError(f"channels: no account `{args.name}`; there are: {known}. Add channels/<name>.yaml.")
    return show_list(accounts, context) if args.act == "list" else check(accounts, context)


def show_list(accounts: list[Account], context: Context) -> int:
    """One line an account; of secrets only the names, and whether they are set."""
    secrets = Secrets.from_environment()
    table = Table(box=None, pad_edge=False)
    for name in ("account", "kind", "unit", "carries", "secrets"):
        table.add_column(name, overflow="fold")
    rows = []
    for account in accounts:
        missing = [name for name in account.secrets.values() if secrets.find(name) is None]
        words = context.words("thiếu ", "missing ") + ", ".join(missing) if missing else context.words("đủ", "all set")
        state = "" if account.enabled else context.words(" (tắt)", " (off)")
        shapes = ", ".join(limits_of(account).shapes)
        table.add_row(f"{account.name}{state}", account.kind, account.unit, shapes, words)
        rows.append({"name": account.name, "kind": account.kind, "unit": account.unit, "enabled": account.enabled,
                     "shapes": list(limits_of(account).shapes), "missing": missing})  # fmt: skip
    context.table(table)
    context.give({"accounts": rows})
    return 0


def check(accounts: list[Account], context: Context) -> int:
    """Ask every account that is switched on about its credentials and rights."""
    names = {account.name for account in accounts}
    rows = [(name, finding) for name, finding in check_accounts(context) if name in names]
    show(rows, context)
    worst = {finding.level for _, finding in rows}
    context.give({"findings": [{"account": n, "level": f.level, "text": f.text} for n, f in rows]})
    unset = any("is not set" in finding.text for _, finding in rows)
    return 4 if unset else 1 if "error" in worst else 0
