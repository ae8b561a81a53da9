"""A server that tests started ends with them, also when they are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.real.guard import free_port, listens

ROOT = Path(__file__).parents[2]
STARTER = """
import sys, time
from pathlib import Path
from tests.real.guard import Guarded
folder, port = Path(sys.argv[1]), int(sys.argv[2])
server = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(folder), str(port)]
Guarded(server, log=folder.parent / "log", remove=folder).start(port)
print("up", flush=True)
time.sleep(600)
"""


def test_a_server_is_gone_with_its_folder_when_everything_that_started_it_is_killed(tmp_path: Path) -> None:
    """`kill` of the whole process group, as `timeout` and a cancelled run do it."""
    folder, port = tmp_path / "files", free_port()
    folder.mkdir()
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder), str(port)], cwd=ROOT, stdout=subprocess.PIPE,
        start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"up\n"
    assert listens(port)
    os.killpg(starter.pid, signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    turns = iter(range(600))
    while (listens(port) or folder.exists()) and next(turns, None) is not None:
        time.sleep(0.05)
    assert not listens(port)
    assert not folder.exists()
