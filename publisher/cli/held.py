"""What services hold for us, taken back at once when a person stops a piece: not only when the service next looks."""

from __future__ import annotations

from publisher.channels.secrets import Secrets
from publisher.cli.context import Context
from publisher.cli.gather import accounts_of
from publisher.engine.accounts import connect_all, sandbox_address
from publisher.engine.reserving import reservers, take_back
from publisher.errors import PublisherError
from publisher.queue.store import Store

_GONE = ("đã gỡ lịch đăng ở dịch vụ", "no longer scheduled at the service")
_STILL = ("dịch vụ VẪN GIỮ lịch đăng; run sẽ thử gỡ lại", "STILL scheduled at the service; run tries again")


def take_back_held(context: Context, store: Store) -> None:
    """Have everything deleted that a service holds and that may no longer go; says what it still holds."""
    try:
        accounts = list(accounts_of(context.workspace).values())
        connected = connect_all(
            accounts, secrets=Secrets.from_environment(), folder=context.workspace.state, sandbox=sandbox_address()
        )
    except PublisherError:
        return  # the piece is stopped; `run` takes back what is held once the settings are right
    now = context.clock.now()
    for channel in reservers(connected.channels).values():
        for name, what in take_back(store, channel, store.freezes(now), now=now):
            vi, en = _GONE if what == "taken back" else _STILL
            context.say(f"{name}: {vi}.", f"{name}: {en}.")
