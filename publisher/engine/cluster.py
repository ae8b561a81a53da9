"""The service on many machines: PgQueuer hands out which account to drain and which piece to look for.

A job says only where to look. The row's own claim decides who sends, by the same `drain_account` and `look_for` as on
one machine, so that a job done twice, late or never sends nothing twice. Only what is due is handed out; one worker at
a time does that, and where it dies the next one takes over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from publisher.clock import Clock
from publisher.engine.local import ON_AIR_S, POLL_S, RING_S, TURN, Ended, Service
from publisher.errors import PublisherError
from publisher.queue.store import Store

log = logging.getLogger(__name__)

DISPATCHER_LOCK = 0x5075_6264  # any fixed number; whose connection holds it hands out the work
INSTALL_LOCK = 0x5075_6269
HEARTBEAT = timedelta(seconds=30)  # PgQueuer gives a dead worker's jobs to another after this long


class Cluster:
    """One worker. Runs until told to stop; any number of them, on any machines, work on the same Postgres."""

    def __init__(
        self,
        service: Service,
        store: Store,
        clock: Clock,
        url: str,
        *,
        workers: int = 16,
        ring: Callable[[], object] | None = None,
    ) -> None:
        self._service = service
        self._store = store
        self._clock = clock
        self._address = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._workers = max(2, workers)
        self._ring = ring
        self._pool = ThreadPoolExecutor(
            self._workers + 4, thread_name_prefix="worker"
        )  # four for the beats beside the work

    def run(self) -> Ended:
        """Work until stopped. Raises ClockError as the service, PublisherError when the database is away."""
        import psycopg  # noqa: PLC0415 - part of publisher[cluster]

        try:
            asyncio.run(self._main())
        except (psycopg.Error, OSError) as error:
            # The supervisor starts the worker again; leases bring back what it held.
            raise PublisherError(
                f"database: connection lost ({type(error).__name__}). Start the worker again."
            ) from error
        finally:
            self._service.stop()
            self._pool.shutdown(wait=True)
        return self._service.ended()

    def stop(self) -> None:
        """Finish what is being sent, take nothing new."""
        self._service.stop()

    async def _main(self) -> None:
        from pgqueuer import PgQueuer  # noqa: PLC0415
        from pgqueuer.db import PsycopgDriver  # noqa: PLC0415

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError, NotImplementedError, RuntimeError):  # only the main thread may
                loop.add_signal_handler(number, self._service.stop)
        async with self._connected() as connection, self._connected() as own:
            engine = PgQueuer(PsycopgDriver(connection))
            await self._install(engine, own)
            self._take_jobs(engine)
            beats = [
                asyncio.create_task(self._beat(self._service.renew_leases, self._service.lease_s / 3)),
                asyncio.create_task(self._beat(self._service.look_on_air, ON_AIR_S)),
                asyncio.create_task(self._dispatch(engine, own)),
            ]
            if self._ring is not None:
                beats.append(asyncio.create_task(self._beat(self._ring, RING_S)))
            working = asyncio.create_task(engine.run(batch_size=self._workers // 2, max_concurrent_tasks=self._workers,
                                                     dequeue_timeout=timedelta(seconds=POLL_S),
                                                     heartbeat_timeout=HEARTBEAT))  # fmt: skip
            try:
                await asyncio.wait([working, *beats], return_when=asyncio.FIRST_COMPLETED)
            finally:
                engine.shutdown.set()
                self._service.stop()
                for beat in beats[:2] + beats[3:]:
                    beat.cancel()
                results = await asyncio.gather(working, *beats, return_exceptions=True)
            for result in results:
                if isinstance(result, Exception):
                    raise result

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        import psycopg  # noqa: PLC0415

        async with await psycopg.AsyncConnection.connect(self._address, autocommit=True) as connection:
            yield connection

    async def _install(self, engine: Any, own: Any) -> None:
        """PgQueuer's own tables, made by the first worker."""
        await own.execute("SELECT pg_advisory_lock(%s)", (INSTALL_LOCK,))
        try:
            if not await engine.qm.queries.schema_is_installed():
                await engine.qm.queries.install()
        finally:
            await own.execute("SELECT pg_advisory_unlock(%s)", (INSTALL_LOCK,))

    def _take_jobs(self, engine: Any) -> None:
        for name, work in (("drain", self._drain), ("look", self._look)):
            engine.entrypoint(name, concurrency_limit=self._workers)(work)

    async def _drain(self, job: Any) -> None:
        account = job.payload.decode()
        # In a thread: what blocks must not stop the heartbeats.
        await self._in_thread(lambda: self._service.drain_account(account, limit=TURN))

    async def _look(self, job: Any) -> None:
        delivery_id, _, account = job.payload.decode().partition("\n")
        await self._in_thread(lambda: self._service.look_for(delivery_id, account))

    async def _in_thread(self, work: Callable[[], object]) -> object:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def _beat(self, work: Callable[[], object], every_s: float) -> None:
        while not self._service.stopped:
            await asyncio.sleep(every_s)
            await self._in_thread(work)

    async def _dispatch(self, engine: Any, own: Any) -> None:
        """Hand out what is due while this worker is the one to do so; ends when the service was stopped."""
        leads = False
        while not self._service.stopped:
            if not leads:
                asked = await own.execute("SELECT pg_try_advisory_lock(%s)", (DISPATCHER_LOCK,))
                leads = bool((await asked.fetchone())[0])
            wait_s = POLL_S
            if leads:
                jobs, wait_s = await asyncio.get_running_loop().run_in_executor(self._pool, self._round)
                if jobs:
                    names, payloads, keys = zip(*jobs, strict=True)
                    await engine.qm.queries.enqueue(
                        list(names), list(payloads), [0] * len(jobs), dedupe_key=list(keys), on_conflict="skip"
                    )
            await asyncio.sleep(wait_s)

    def _round(self) -> tuple[list[tuple[str, bytes, str]], float]:
        """What is due now as jobs, each with a key that keeps it from being handed out twice; and how long to wait."""
        try:
            self._service.watch_clock()
            now = self._clock.now()
            self._service.housekeep(now)
            jobs = [("drain", account.encode(), f"drain {account}") for account in self._store.due_accounts(now)]
            for delivery_id, account in self._store.due_looks(now):
                jobs.append(("look", f"{delivery_id}\n{account}".encode(), f"look {delivery_id}"))
            moment = self._store.next_moment(now)
        except PublisherError as error:
            log.error("dispatcher: %s", error)
            return [], POLL_S
        wait_s = POLL_S if moment is None or moment <= now else (moment - now).total_seconds()
        # While something is due its jobs run; it is looked at again soon, for what those jobs leave.
        return jobs, min(POLL_S, wait_s, 0.2 if jobs else POLL_S)
