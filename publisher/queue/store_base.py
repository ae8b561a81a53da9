"""What everything that reads or writes the queue shares: one database, one writer, one store of files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from publisher.queue.artifacts import Artifacts
from publisher.queue.database import Writer, translated


class StoreBase:
    """The queue's database, opened, and the approved files beside it."""

    def __init__(self, engine: sa.Engine, artifacts: Artifacts) -> None:
        self.artifacts = artifacts
        self._engine = engine
        self._writer = Writer(engine)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise translated(error) from error
