"""Real servers started by tests, and stopped again however the tests end: a guard outlives whoever started it.

The guard is a process of its own that holds the server's process group. It ends the group and removes the server's
folder when its standard input closes, which the kernel sees to even if the tests are killed with `kill -9`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE_S = 60.0
_PR_SET_CHILD_SUBREAPER = 36


class Guarded:
    """A server's process behind its guard. `remove` names a folder that goes when the server ends for good."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        remove: Path | None = None,
    ) -> None:
        self.command, self.log, self.user, self.remove = list(command), log, user, remove
        self.environment = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "LC_ALL": "C", **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, port: int) -> None:
        """Start, and wait until something listens on the port. Raises RuntimeError with the log's end otherwise."""
        guard = [sys.executable, str(Path(__file__).resolve()), self.user or "", str(self.remove or ""), *self.command]
        with self.log.open("ab") as log:
            # A session of its own: a signal to everything the tests started must not end the guard before the server.
            self._process = subprocess.Popen(
                guard, stdin=subprocess.PIPE, stdout=log, stderr=log, env=self.environment, cwd="/",
                start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + PATIENCE_S
        while not listens(port):
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"{self.command[0]} did not start: {self.log.read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server and everything it started; give back once all of it is gone."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(PATIENCE_S)
        self._process = None


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def unprivileged(*names: str) -> str | None:
    """The account a server runs as when we are root (no server is run as root that need not be); None otherwise."""
    if os.getuid() != 0:
        return None
    for name in (*names, "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise RuntimeError("no account to run the server as")


def _guard(user: str, remove: str, command: Sequence[str]) -> int:
    # What the server leaves behind becomes ours, so that the end of all of it can be waited for.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    account = pwd.getpwnam(user) if user else None
    rights = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **rights)
    ended = threading.Event()
    threading.Thread(target=lambda: (os.read(0, 1), ended.set()), daemon=True).start()
    while not ended.wait(0.02) and server.poll() is None:
        pass
    _end_group(server)
    if remove:
        shutil.rmtree(remove, ignore_errors=True)
    return 0


def _end_group(server: subprocess.Popen[bytes]) -> None:
    """Ask the group to end, then make it: a worker left behind would keep the port."""
    for number, wait_s in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(wait_s)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


if __name__ == "__main__":
    sys.exit(_guard(sys.argv[1], sys.argv[2], sys.argv[3:]))
