"""The service on one machine: one dispatcher wakes at the next due moment, a pool drains the accounts."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from publisher.channels.base import Broadcaster, Channel
from publisher.channels.rates import Network, Rate
from publisher.clock import Clock, JumpGuard, SetClock, boot_seconds
from publisher.engine.airing import hear_stations
from publisher.engine.reserving import keep_reservations, reservers
from publisher.errors import PublisherError
from publisher.queue.claims import ClockError
from publisher.queue.reconcile import look
from publisher.queue.store import Store
from publisher.queue.worker import Listener, Pace, Work, drain, say_nothing

log = logging.getLogger(__name__)

POLL_S = 1.0  # other processes write too; a row of theirs is seen at the latest after this long
BREATH_S = 0.02  # between two rounds: a thousand drains that end together are one look at the queue, not a thousand
RING_S = 30.0  # between two looks for alarms
RESERVE_S = 60.0  # how long a post that is held or frozen may still be scheduled at a service
ON_AIR_S = 900.0  # a station puts its word back within hours; a quarter of an hour is soon enough
JUMP_S = 300.0  # set further ahead than this, nothing goes out; a slow correction by a time server stays far below
TURN = 20  # pieces of one account before the others get their turn
NO_RATE = Rate()


@dataclass(frozen=True)
class Ended:
    """What a run did, as `(id, outcome)` in order, and the counts of every state when it ended."""

    outcomes: tuple[tuple[str, str], ...]
    counts: Mapping[str, int]


class Service:
    """Dispatches, drains, reconciles and renews leases until told to stop.

    `channels` maps account names to channels; a piece for an account not in it is held for a person. With a SetClock
    the run steps from one due moment to the next in one thread, in the same order every time. `ring` tells people
    what needs them: every RING_S seconds beside the sending, and once at the end of a run.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        *,
        rates: Mapping[str, Rate] | None = None,
        networks: Mapping[str, Network] | None = None,
        pace: Pace | None = None,
        workers: int = 64,
        listener: Listener = say_nothing,
        ring: Callable[[], object] | None = None,
        seconds: Callable[[], float] = boot_seconds,
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._rates = rates or {}
        self._networks = networks or {}
        self._pace = pace or Pace()
        self._workers = workers
        self._listener = listener
        self._ring = ring
        self._guard = JumpGuard(clock, seconds)
        self._name = f"{socket.gethostname()[:24]}-{os.getpid()}-{secrets.token_hex(3)}"
        self._turns = 0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._running: dict[str, str] = {}  # account, or `?id` for a look, to the owner's name of its lease
        self._outcomes: list[tuple[str, str]] = []
        self._error: PublisherError | None = None
        self._live: _Live | None = None
        self._patient = True

    def run(self, *, until_idle: bool = False, until: datetime | None = None) -> Ended:
        """Work until stopped, or with `until_idle` until nothing more is due by `until` (now, when not given).

        Raises ClockError when the clock stands before what was already sent.
        """
        self._patient = not until_idle and not isinstance(self._clock, SetClock)
        with _stopping_on_signals(self):
            if isinstance(self._clock, SetClock):
                self._step(self._clock, until)
            else:
                self._live = _Live(self, until_idle=until_idle, until=until)
                self._live.run()
                self._live = None
        if self._ring is not None:
            self._ring()
        return self.ended()

    def stop(self) -> None:
        """Finish what is being sent, take nothing new, and end `run`."""
        self._stop.set()
        self.wake()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    @property
    def lease_s(self) -> float:
        return self._pace.lease_s

    def ended(self) -> Ended:
        """What was done and how the queue now stands. Raises what stopped the service."""
        if self._error is not None:
            raise self._error
        return Ended(tuple(self._outcomes), self._store.counts())

    def wake(self) -> None:
        """Look for work now: something was added or approved."""
        if self._live is not None:
            self._live.wake()

    # -- one round, used by both ways of running ---------------------------------------------------------------------

    def housekeep(self, now: datetime) -> None:
        """Take back what dead workers held, end freezes whose time is over."""
        freed, doubtful = self._store.recover(now)
        if freed or doubtful:
            log.warning("leases ended: %d taken back, %d unknown", freed, doubtful)
        self._store.lift_ended_freezes(now)

    def watch_clock(self) -> None:
        """A clock set ahead would send early: hold everything, and let a person look."""
        ahead_s = self._guard.jumped_s()
        if abs(ahead_s) >= JUMP_S:
            log.error("the clock was set %.0f s %s", abs(ahead_s), "ahead" if ahead_s > 0 else "back")
        if ahead_s >= JUMP_S:
            self._store.hold_for_clock(ahead_s=ahead_s, now=self._clock.now())

    def drain_account(self, account: str, *, limit: int | None = None) -> None:
        """Send what is due on one account."""
        with self._owning(account) as owner:
            if owner is None:
                return
            work = self._work(account, owner, limit)
            try:
                done = drain(account, work)
            except ClockError as error:
                self._fail(error)
            except PublisherError as error:
                self._bear(account, error)
            else:
                self._outcomes += done

    def look_for(self, delivery_id: str, account: str) -> None:
        """Read the channel for one unknown piece."""
        with self._owning(f"?{delivery_id}") as owner:
            if owner is None:
                return
            try:
                self._outcomes.append((delivery_id, look(delivery_id, self._work(account, owner, None))))
            except PublisherError as error:
                self._bear(delivery_id, error)

    def keep_reservations(self) -> None:
        """See to what services hold for us: reserve what may go, take back what may not."""
        try:
            keep_reservations(self._store, self._channels, now=self._clock.now())
        except PublisherError as error:
            log.error("what services hold could not be seen to: %s", error)

    def look_on_air(self) -> None:
        """Ask the stations which of the scripts delivered to them were read."""
        stations = [name for name, channel in self._channels.items() if isinstance(channel, Broadcaster)]
        try:
            hear_stations(self._store, self._channels, stations, now=self._clock.now())
        except PublisherError as error:
            log.error("what was read on air could not be noted: %s", error)

    def renew_leases(self) -> None:
        """Heartbeat of everything this process holds at the moment."""
        for owner in list(self._running.values()):
            try:
                self._store.renew(owner, now=self._clock.now(), lease_s=self._pace.lease_s)
            except PublisherError as error:
                log.error("lease of %s not renewed: %s", owner, error)

    def _work(self, account: str, owner: str, limit: int | None) -> Work:
        return Work(
            store=self._store,
            channel=self._channels.get(account),
            clock=self._clock,
            owner=owner,
            rate=self._rates.get(account, NO_RATE),
            network=self._networks.get(account),
            pace=self._pace,
            limit=limit,
            stopped=self._stop.is_set,
            listener=self._listener,
        )

    @contextmanager
    def _owning(self, key: str) -> Iterator[str | None]:
        """A name for the leases of one turn; None when this process is already at that account or piece."""
        with self._lock:
            if key in self._running:
                owner = None
            else:
                self._turns += 1
                owner = self._running[key] = f"{self._name}/{self._turns}"
        try:
            yield owner
        finally:
            if owner is not None:
                with self._lock:
                    del self._running[key]

    def _bear(self, what: str, error: PublisherError) -> None:
        """The database is away or full: a service tries again, its leases bring the rows back; a single run ends."""
        log.error("%s: %s", what, error)
        if self._patient:
            self._stop.wait(POLL_S)
        else:
            self._fail(error)

    def _fail(self, error: PublisherError) -> None:
        self._error = error
        self.stop()

    # -- with a clock that is set: one thread, one order ---------------------------------------------------------------

    def _step(self, clock: SetClock, until: datetime | None) -> None:
        limit = clock.now() if until is None else until.astimezone(UTC)
        stalled_s = POLL_S
        while not self._stop.is_set():
            now = clock.now()
            before = len(self._outcomes)
            self.housekeep(now)
            self.keep_reservations()
            for account in self._store.due_accounts(now):
                self.drain_account(account)
            for delivery_id, account in self._store.due_looks(now):
                self.look_for(delivery_id, account)
            moment = self._store.next_moment(now)
            if moment is None or moment > limit:
                return
            if moment > now:
                clock.wait_until(moment)
                stalled_s = POLL_S
            elif len(self._outcomes) == before:
                # Another process holds what is due: time must pass before it changes, in growing steps to the limit.
                if now >= limit:
                    return
                clock.wait_until(min(limit, now + timedelta(seconds=stalled_s)))
                stalled_s *= 2


class _Live:
    """A run on the machine's own clock: this thread dispatches when woken or when something is due, the pool works."""

    def __init__(self, service: Service, *, until_idle: bool, until: datetime | None) -> None:
        self._service = service
        self._until = until if until_idle else None
        self._until_idle = until_idle
        self._woken = threading.Event()
        self._ended = False
        self._lock = threading.Lock()
        self._work: set[str] = set()
        self._pool = ThreadPoolExecutor(service._workers, thread_name_prefix="drain")
        # Late is better than dropped, and one run catches up for many: nothing is left to defaults.
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def run(self) -> None:
        service = self._service
        self._scheduler.start()
        self._scheduler.add_job(service.renew_leases, "interval", seconds=service._pace.lease_s / 3, id="renew")
        if service._ring is not None:
            self._scheduler.add_job(service._ring, "interval", seconds=RING_S, id="ring")
        if reservers(service._channels):
            first = datetime.now(UTC)
            self._scheduler.add_job(
                service.keep_reservations, "interval", seconds=RESERVE_S, id="reserve", next_run_time=first
            )
        self._scheduler.add_job(service.look_on_air, "interval", seconds=ON_AIR_S, id="on air")
        while not self._ended:
            self._woken.clear()
            began = time.monotonic()
            wait_s = self._dispatch()
            if not self._ended:
                # Never busier with looking than with sending: a thousand drains that end together are one look.
                breath_s = min(POLL_S, max(BREATH_S, 3 * (time.monotonic() - began)))
                if self._woken.wait(wait_s):
                    time.sleep(max(0.0, breath_s - (time.monotonic() - began)))
        self._pool.shutdown(wait=True)
        self._scheduler.shutdown(wait=True)

    def wake(self) -> None:
        self._woken.set()

    def _dispatch(self) -> float:
        """One round; gives the seconds until the next, at most POLL_S whatever happened."""
        try:
            moment = self._round()
        except PublisherError as error:
            self._service._bear("dispatcher", error)
            return 0.0
        if moment is None:
            return POLL_S
        return min(POLL_S, max(0.0, (moment - self._service._clock.now()).total_seconds()))

    def _round(self) -> datetime | None:
        """Hand out what is due; gives the next moment of interest and ends the run when there is none."""
        service, store = self._service, self._service._store
        service.watch_clock()  # before `now` is read: what comes due by the jump itself is held too
        now = service._clock.now()
        if service._stop.is_set() and not self._work:
            self._ended = True  # without another look at a database that may be the reason
            return None
        if not service._stop.is_set():
            service.housekeep(now)
            for account in store.due_accounts(now):
                self._hand_out(account, account, None)
            for delivery_id, account in store.due_looks(now):
                self._hand_out(f"?{delivery_id}", account, delivery_id)
        if self._work:
            return self._next(now) if not service._stop.is_set() else None
        moment = store.next_moment(now)
        idle = self._until_idle and (moment is None or moment > (self._until or now))
        if idle or service._stop.is_set():
            self._ended = True
        return None if moment is None or moment <= now else moment

    def _next(self, now: datetime) -> datetime | None:
        moment = self._service._store.next_moment(now)
        return None if moment is None or moment <= now else moment

    def _hand_out(self, key: str, account: str, delivery_id: str | None) -> None:
        with self._lock:
            if key in self._work:
                return
            self._work.add(key)
        service = self._service
        if delivery_id is None:
            future: Future[None] = self._pool.submit(service.drain_account, account, limit=TURN)
        else:
            future = self._pool.submit(service.look_for, delivery_id, account)
        future.add_done_callback(lambda done: self._done(key, done))

    def _done(self, key: str, future: Future[None]) -> None:
        with self._lock:
            self._work.discard(key)
        error = future.exception()
        if error is not None:
            log.error("%s: stopped by an unexpected %s; its lease will end", key, type(error).__name__)
        self.wake()


@contextmanager
def _stopping_on_signals(service: Service) -> Iterator[None]:
    """SIGTERM and SIGINT stop the service gently; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        # A handler runs between two instructions of this very thread: it takes no lock, another thread does.
        threading.Thread(target=service.stop, name="stop").start()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
