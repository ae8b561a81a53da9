"""The wire to a real server, of whatever protocol: bytes pass both ways until a fault is played on them.

What is said on the wire is mostly encrypted, so faults are placed by turns: a turn begins when the client speaks after
the server has. One request is one turn in SFTP, FTP, HTTP and SMTP.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

CUT_BEFORE = "cut before the server reads it"
CUT_AFTER = "cut once the server has acted"
STALL_BEFORE = "stalls before the server reads it"
STALL_AFTER = "stalls once the server has read it"
CUT_WITHIN = "cut in the middle of it"
FAULTS = (CUT_BEFORE, CUT_AFTER, STALL_BEFORE, STALL_AFTER, CUT_WITHIN)
_PART = 65_536


@dataclass
class _Plan:
    """What is played on the `turn`-th turn from now, or after `left` more of the client's bytes."""

    fault: str
    turn: int
    acted: Callable[[], bool]
    left: int
    begun: bool = False


class CutLine:
    """Passes connections on to 127.0.0.1 until a fault is played; what is opened after it works again."""

    def __init__(self) -> None:
        self.played = 0
        """How many faults have begun."""
        self._plan: _Plan | None = None
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listeners: list[socket.socket] = []
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closed.set()
        for one in (*self._listeners, *self._open):
            _close(one)

    def way_to(self, port: int) -> int:
        """The port here behind which that port of the server lies."""
        listener = socket.create_server(("127.0.0.1", 0))
        self._listeners.append(listener)
        threading.Thread(target=self._accept, args=(listener, port), name="cut line", daemon=True).start()
        return int(listener.getsockname()[1])

    def play(self, fault: str, *, turn: int = 1, acted: Callable[[], bool] = lambda: True, within: int = 0) -> None:
        """Play the fault on the `turn`-th turn from now. `acted` says whether the server has done what it was asked;
        `within` is the count of the client's bytes after which CUT_WITHIN cuts, whatever the turn."""
        with self._lock:
            self._plan = _Plan(fault, turn, acted, within)

    def mend(self) -> None:
        """What was stalled is over; from now on everything passes."""
        with self._lock:
            self._plan = None
        for one in self._open:
            _close(one)
        self._open.clear()

    def _accept(self, listener: socket.socket, port: int) -> None:
        while not self._closed.is_set():
            try:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
            except OSError:
                return
            self._open += [client, server]
            wire = _Wire(self, client, server)
            for pump in (wire.up, wire.down):
                threading.Thread(target=pump, name="cut line", daemon=True).start()

    def passes_up(self, data: bytes, *, speaks_anew: bool) -> bool:
        """Whether the client's bytes reach the server."""
        with self._lock:
            plan = self._plan
            if plan is None:
                return True
            if plan.fault == CUT_WITHIN:
                plan.left -= len(data)
            elif not plan.begun:
                plan.turn -= speaks_anew
            if not plan.begun and (plan.left < 0 or plan.turn <= 0):
                plan.begun = True
                self.played += 1
                if plan.fault == CUT_AFTER:
                    threading.Thread(target=self._cut_after, args=(plan,), name="cut line", daemon=True).start()
            return not plan.begun or plan.fault in (CUT_AFTER, STALL_AFTER)

    def passes_down(self) -> bool:
        """Whether the server's bytes reach the client."""
        plan = self._plan
        return plan is None or not plan.begun

    def cuts(self) -> bool:
        """Whether every connection is to be cut now."""
        plan = self._plan
        return plan is not None and plan.begun and plan.fault in (CUT_BEFORE, CUT_WITHIN)

    def _cut_after(self, plan: _Plan) -> None:
        turns = iter(range(1500))
        while not plan.acted() and next(turns, None) is not None:
            time.sleep(0.02)
        self.mend()


class _Wire:
    """One connection through the line."""

    def __init__(self, line: CutLine, client: socket.socket, server: socket.socket) -> None:
        self.line, self.client, self.server = line, client, server
        self.server_spoke = True

    def up(self) -> None:
        with suppress(OSError):
            while data := self.client.recv(_PART):
                anew, self.server_spoke = self.server_spoke, False
                if self.line.passes_up(data, speaks_anew=anew):
                    self.server.sendall(data)
                if self.line.cuts():
                    self.line.mend()
                    return
        _close(self.server)

    def down(self) -> None:
        with suppress(OSError):
            while data := self.server.recv(_PART):
                self.server_spoke = True
                if self.line.passes_down():
                    self.client.sendall(data)
        if self.line.passes_down():
            _close(self.client)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
