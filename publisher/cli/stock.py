"""Opening the queue for a command, and showing its times where the reader lives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from publisher.cli.context import Context
from publisher.queue.store import Store


@contextmanager
def open_store(context: Context) -> Iterator[Store]:
    """The workspace's queue; media lie in its state folder."""
    workspace = context.workspace
    workspace.state.mkdir(parents=True, exist_ok=True)
    store = Store.open(workspace.database_address, artifacts=workspace.state / "store")
    try:
        yield store
    finally:
        store.close()


def local_time(moment: datetime, context: Context) -> str:
    """`2026-10-10 08:00` in the workspace's zone."""
    return f"{moment.astimezone(context.workspace.zone):%Y-%m-%d %H:%M}"
