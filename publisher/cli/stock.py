"""Opening the queue for a command, and showing its times where the reader lives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from publisher.channels.secrets import Secrets
from publisher.cli.context import Context
from publisher.queue.bucket import open_artifacts
from publisher.queue.store import Store
from publisher.units import load_parents


@contextmanager
def open_store(context: Context) -> Iterator[Store]:
    """The workspace's queue; media lie in its state folder, or in the bucket it names.

    Freezes in force are first brought to offices that were added below a frozen one: nothing of theirs can be queued
    or sent before a command opens the queue.
    """
    workspace = context.workspace
    workspace.state.mkdir(parents=True, exist_ok=True)
    artifacts = open_artifacts(workspace.state / "store", workspace.artifacts, Secrets.from_environment())
    store = Store.open(workspace.database_address, artifacts=artifacts)
    try:
        _widen_freezes(store, context)
        yield store
    finally:
        store.close()


def _widen_freezes(store: Store, context: Context) -> None:
    now = context.clock.now()
    if any(freeze.units for freeze in store.freezes(now)):
        added = store.widen_freezes(load_parents(context.workspace), now=now)
        if added:
            names = ", ".join(added)
            context.say(f"Lệnh tạm dừng nay gồm cả: {names}.", f"The freeze now covers {names} too.")


def local_time(moment: datetime, context: Context) -> str:
    """`2026-10-10 08:00` in the workspace's zone."""
    return f"{moment.astimezone(context.workspace.zone):%Y-%m-%d %H:%M}"
