"""The report's rows from the queue and the workspace, for the command and the web app."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from publisher.channels.registry import load_accounts
from publisher.errors import NothingMatchedError
from publisher.queue.store import Store
from publisher.units import list_unit_ids, load_unit
from publisher.web.report import Names, Period, Report, make_report, make_row
from publisher.workspace import Workspace


def gather_report(
    store: Store, workspace: Workspace, period: Period, *, units: Collection[str], now: datetime
) -> Report:
    """Every piece of those units (none: of all) due in the period. Raises NothingMatchedError when there is none."""
    zone, names = workspace.zone, names_of(workspace)
    found = [
        delivery
        for delivery in store.list()
        if period.holds(delivery.due_at, zone) and (not units or delivery.unit in units)
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


def names_of(workspace: Workspace) -> Names:
    """What offices, accounts and people are called in this workspace."""
    accounts = load_accounts(workspace)
    return Names(
        units={name: load_unit(workspace, name).name for name in list_unit_ids(workspace)},
        accounts={account.name: str(account.settings.get("title") or account.name) for account in accounts},
        kinds={account.name: account.kind for account in accounts},
        people={person.id: person.name for person in workspace.people},
    )
