"""the accounts of this workspace: what there is, whether their credentials work, logging in, and a test piece"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.table import Table

from publisher.channels.base import Account
from publisher.channels.registry import limits_of, load_accounts
from publisher.channels.secrets import Secrets
from publisher.cli.context import Context
from publisher.cli.doctor import check_accounts, show
from publisher.cli.login import log_in
from publisher.cli.trial import send_test
from publisher.errors import CredentialsError, NothingMatchedError, UsageError

NAME = "channels"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act",
        choices=("list", "check", "login", "send-test"),
        help="list: no request is made; check: each account is asked; login: enter or renew its credentials; "
        "send-test: a piece marked as a test, by default only as far as nobody can see it",
    )
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="only this account")
    parser.add_argument("--paste", action="store_true", help="login: paste the address the browser was led back to")
    parser.add_argument(
        "--publish", action="store_true", help="send-test: put it into the queue, for another person to approve"
    )
    parser.add_argument(
        "--as", dest="person", default="", metavar="NAME", help="send-test --publish: whose piece it is"
    )


def run(args: argparse.Namespace, context: Context) -> int:
    every = load_accounts(context.workspace)
    accounts = [account for account in every if args.name in ("", account.name)]
    if not accounts:
        known = ", ".join(account.name for account in every) or "none"
        raise NothingMatchedError(f"channels: no account `{args.name}`; there are: {known}. Add channels/<name>.yaml.")
    if args.act == "list":
        return show_list(accounts, context)
    if args.act == "check":
        return check(accounts, context)
    if not args.name:
        raise UsageError(f"channels {args.act}: name one account. See: publisher channels list")
    if args.act == "login":
        log_in(accounts[0], context, paste=args.paste)
        return check(accounts, context)
    return send_test(accounts[0], context, publish=args.publish, person=args.person)


def show_list(accounts: Sequence[Account], context: Context) -> int:
    """One line an account; of secrets only the names, and where each comes from."""
    secrets = Secrets.from_environment()
    table = Table(box=None, pad_edge=False)
    for name in ("account", "kind", "unit", "carries", "secrets"):
        table.add_column(name, overflow="fold")
    rows = []
    for account in accounts:
        places = {variable: place_of(variable, secrets) for variable in account.secrets.values()}
        missing = [variable for variable, place in places.items() if not place]
        words = context.words("thiếu ", "missing ") + ", ".join(missing) if missing else context.words("đủ", "all set")
        state = "" if account.enabled else context.words(" (tắt)", " (off)")
        shapes = limits_of(account).shapes
        table.add_row(f"{account.name}{state}", account.kind, account.unit, ", ".join(shapes), words)
        rows.append({"name": account.name, "kind": account.kind, "unit": account.unit, "enabled": account.enabled,
                     "shapes": list(shapes), "missing": missing, "secrets": places})  # fmt: skip
    context.table(table)
    context.give({"accounts": rows})
    return 0


def place_of(variable: str, secrets: Secrets) -> str:
    """Where the secret comes from; '' where it is missing or cannot be read."""
    try:
        return secrets.where(variable)
    except CredentialsError:
        return ""


def check(accounts: Sequence[Account], context: Context) -> int:
    """Ask the accounts about their credentials and rights: one that is named, or all that are switched on."""
    chosen = accounts if len(accounts) == 1 else [account for account in accounts if account.enabled]
    rows = list(check_accounts(context, chosen))
    show(rows, context)
    worst = {finding.level for _, finding in rows}
    context.give({"findings": [{"account": n, "level": f.level, "text": f.text} for n, f in rows]})
    unset = any("is not set" in finding.text for _, finding in rows)
    return 4 if unset else 1 if "error" in worst else 0
