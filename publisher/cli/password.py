"""give somebody a password for the web app; every session of theirs ends"""

from __future__ import annotations

import argparse
import getpass
import sys

from publisher.cli.context import Context
from publisher.cli.stock import open_store
from publisher.errors import UsageError

NAME = "password"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("person", metavar="NAME", help="somebody of `people` in publisher.yaml")


def run(args: argparse.Namespace, context: Context) -> int:
    person = context.person(args.person)
    password = ask(context)
    with open_store(context) as store:
        store.logins.set_password(person.id, password, now=context.clock.now())
    context.say(f"{person.name} đã có mật khẩu mới.", f"{person.name} has a new password.")
    context.give({"person": person.id})
    return 0


def ask(context: Context) -> str:
    """Typed twice at a terminal, or one line of stdin; never an argument, which others can see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass(context.words("Mật khẩu mới: ", "New password: "))
    if getpass.getpass(context.words("Nhắc lại: ", "Again: ")) != first:
        raise UsageError("password: the two differ. Run the command again.")
    return first
