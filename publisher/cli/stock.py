"""Opening the queue for a command, and showing its times where the reader lives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from publisher.channels.secrets import Secrets
from publisher.cli.context import Context
from publisher.queue.bucket import open_artifacts
from publisher.queue.store import Store


@contextmanager
def open_store(context: Context) -> Iterator[Store]:
    """The workspace's queue; media lie in its state folder, or in the bucket it names."""
    workspace = context.workspace
    workspace.state.mkdir(parents=True, exist_ok=True)
    artifacts = open_artifacts(workspace.state / "store", workspace.artifacts, Secrets.from_environment())
    store = Store.open(workspace.database_address, artifacts=artifacts)
    try:
        yield store
    finally:
        store.close()


def local_time(moment: datetime, context: Context) -> str:
    """`2026-10-10 08:00` in the workspace's zone."""
    return f"{moment.astimezone(context.workspace.zone):%Y-%m-%d %H:%M}"
