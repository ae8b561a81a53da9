"""who is told when something needs a person: list, tell now, try an address, take care of one"""

from __future__ import annotations

import argparse

from rich.table import Table

from publisher.alarm_settings import AlarmSettings
from publisher.channels.secrets import Secrets
from publisher.cli.context import Context
from publisher.cli.stock import local_time, open_store
from publisher.engine.accounts import Connected, sandbox_address
from publisher.engine.alarms import Asking, Bell, Message, address_of, deliver
from publisher.errors import CredentialsError, UsageError
from publisher.queue.store import Store

NAME = "alarms"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act", choices=("list", "ring", "test", "seen"),
        help="list: what is in force; ring: tell now what is due (for a timer, where no service runs); "
        "test: a trial message to every recipient; seen: somebody takes care of it, no more reminders",
    )  # fmt: skip
    parser.add_argument("ids", nargs="*", metavar="ID", help="seen: pieces or accounts")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="seen: who takes care of it")


def run(args: argparse.Namespace, context: Context) -> int:
    if args.act == "test":
        return try_recipients(settings_of(context), context)
    with open_store(context) as store:
        if args.act == "seen":
            return seen(args, context, store)
        return ring(context, store) if args.act == "ring" else show_list(context, store)


def settings_of(context: Context) -> AlarmSettings:
    """The part `alarms` of the settings. Raises UsageError when it names nobody."""
    settings = context.workspace.alarms
    if not settings.to:
        raise UsageError("alarms: publisher.yaml names nobody to tell. Add `alarms:` with `to:`, see docs/alarms.md.")
    return settings


def make_bell(store: Store, context: Context, connected: Connected | None = None) -> Bell | None:
    """The bell of this workspace; None when nobody is to be told."""
    workspace = context.workspace
    if not workspace.alarms.to:
        return None
    return Bell(
        store,
        workspace.alarms,
        clock=context.clock,
        secrets=Secrets.from_environment(),
        asking=None if connected is None else Asking(connected.channels, connected.missing),
        language=workspace.language,
        zone=workspace.zone,
        # In a sandbox the alarms are real mail about pretended channels: they say so.
        office=f"sandbox {workspace.unit}" if sandbox_address() else workspace.unit,
    )


def ring(context: Context, store: Store) -> int:
    settings_of(context)
    bell = make_bell(store, context)
    told = bell.ring() if bell is not None else {}
    for name, number in told.items():
        context.say(f"{name}: đã báo {number} việc.", f"{name}: {number} told.")
    context.give({"told": told})
    return 0


def try_recipients(settings: AlarmSettings, context: Context) -> int:
    """One trial message each; exit code 1 when one did not get through, 4 when a variable is missing."""
    words = context.workspace.language
    title = "Thử báo động" if words == "vi" else "Trial alarm"
    text = (
        "Đây là tin thử của publisher; không cần làm gì."
        if words == "vi"
        else "A trial message of publisher; nothing needs to be done."
    )
    message, results, missing = Message(title, text), {}, False
    for recipient in settings.to:
        try:
            results[recipient.name] = deliver(address_of(recipient, Secrets.from_environment()), message)
        except CredentialsError as error:
            context.err.print(str(error), style="red", markup=False)
            results[recipient.name], missing = False, True
    for name, taken in results.items():
        context.say(
            f"{name}: {'đã nhận' if taken else 'không gửi được; kiểm tra địa chỉ và mật khẩu'}",
            f"{name}: {'taken' if taken else 'did not get through; check address and password'}",
        )
    context.give({"taken": results})
    return 4 if missing else 0 if all(results.values()) else 1


def show_list(context: Context, store: Store) -> int:
    """Every alarm in force, with who was told when."""
    now = context.clock.now()
    told = store.alarm_book.in_force()
    alarms = list(store.alarms(now))
    table = Table(box=None, pad_edge=False)
    for name in ("since", "state", "id", "told", "text"):
        table.add_column(name, no_wrap=name in ("since", "state"), overflow="fold")
    for alarm in alarms:
        rows = told.get(alarm.id, [])
        names = ", ".join(f"{row['recipient']} ×{row['times']}" for row in rows) or "-"
        table.add_row(local_time(alarm.since, context), alarm.state, alarm.id, names, alarm.text)
    shown = {alarm.id for alarm in alarms}
    accounts = [row for name, rows in told.items() if name not in shown for row in rows]
    for row in accounts:
        if str(row["subject"]).startswith("account:"):
            account = str(row["subject"]).removeprefix("account:")
            table.add_row(local_time(row["raised_at"], context), "credentials", account,
                          f"{row['recipient']} ×{row['times']}", "publisher doctor")  # fmt: skip
    context.table(table)
    context.give(
        {
            "alarms": [
                {
                    "id": alarm.id,
                    "account": alarm.account,
                    "state": alarm.state,
                    "since": alarm.since.isoformat(),
                    "text": alarm.text,
                    "told": {row["recipient"]: row["times"] for row in told.get(alarm.id, [])},
                }
                for alarm in alarms
            ]
        }
    )
    return 0 if alarms or accounts else 3


def seen(args: argparse.Namespace, context: Context, store: Store) -> int:
    if not args.ids:
        raise UsageError("alarms seen: name a piece or an account. See: publisher alarms list")
    person = context.person(args.person)
    found = store.alarm_book.note_seen(args.ids, person=person, now=context.clock.now())
    context.say(f"{person.name} nhận việc: {', '.join(found)}", f"{person.name} takes care of: {', '.join(found)}")
    context.give({"seen": list(found), "by": person.id})
    return 0
