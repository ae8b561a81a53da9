"""A disk that is really full, to the last byte, while a post is going out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOUNT = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=2m tmpfs "$0" && exec "$@"']


def may_mount(folder: Path) -> bool:
    return os.geteuid() == 0 and subprocess.run([*MOUNT, str(folder), "true"], capture_output=True).returncode == 0


def test_a_disk_that_fills_up_while_sending_loses_and_doubles_nothing(tmp_path: Path) -> None:
    disk, record = tmp_path / "disk", tmp_path / "record"
    disk.mkdir()
    if not may_mount(disk):
        pytest.skip("needs the right to mount a file system of its own")
    command = [*MOUNT, str(disk), sys.executable, "-m", "tests.faults.full_disk", str(disk), str(record)]
    done = subprocess.run(command, cwd=ROOT, timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert "full" in told["said"], "the disk was never full"
    assert told["sending"] == 1, "its answer could not be written, and that is what the queue says"
    assert set(told["shown"].values()) == {1}
    assert (len(told["shown"]), told["sent"], told["ledger"]) == (12, 12, [])
