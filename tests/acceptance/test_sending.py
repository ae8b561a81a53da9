"""From an approved plan to a page that readers see, corrected and taken back: real processes, real sockets."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.test_command import PAGE_ONLY, answer, plan_in, publisher, queue_year


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A workspace whose one piece is approved, and the piece; each test goes on in a copy of it."""
    folder = tmp_path_factory.mktemp("made") / "ws"
    publisher("init", str(folder), cwd=folder.parent)
    for path in (folder / "campaigns").glob("*"):
        path.unlink()
    plan_in(folder, PAGE_ONLY)
    (piece,) = queue_year(folder)
    done = publisher("approve", piece, "--as", "minh", "--now", "2026-10-01T09:00", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, piece


@pytest.fixture
def workspace(approved: tuple[Path, str], tmp_path: Path) -> Path:
    return shutil.copytree(approved[0], tmp_path / "ws")


@pytest.fixture
def piece(approved: tuple[Path, str]) -> str:
    return approved[1]


@pytest.fixture
def sandbox(workspace: Path) -> Iterator[dict[str, str]]:
    """The stand-ins as a process of their own; the environment a `run` needs to reach them and nothing else."""
    command = [sys.executable, "-m", "publisher", "sandbox", "--json", "--now", "2026-10-10T08:00:05"]
    with subprocess.Popen(
        command, cwd=workspace, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield {"PUBLISHER_SANDBOX": told["url"], "PUBLISHER_SECRETS": str(workspace / told["secrets"])}
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def states(folder: Path) -> dict[str, str]:
    listed = answer(publisher("queue", "list", "--json", cwd=folder))["deliveries"]
    assert isinstance(listed, list)
    return {delivery["id"]: delivery["state"] for delivery in listed}


def test_a_piece_goes_out_once_is_corrected_and_taken_back(
    workspace: Path, piece: str, sandbox: dict[str, str]
) -> None:
    early = publisher("run", "--until-idle", "--now", "2026-10-10T07:59:50", cwd=workspace, **sandbox)
    assert early.returncode == 0, early.stderr
    assert states(workspace) == {piece: "queued"}
    for _ in range(2):
        done = publisher("run", "--until-idle", "--now", "2026-10-10T08:00:05", "--json", cwd=workspace, **sandbox)
        assert done.returncode == 0, done.stderr
    shown = answer(publisher("queue", "show", piece, "--json", cwd=workspace))
    assert (shown["state"], shown["attempts"]) == ("sent", 1)
    assert str(shown["url"]).startswith(sandbox["PUBLISHER_SANDBOX"])
    why = str(answer(publisher("queue", "why", piece, "--json", "--lang", "vi", cwd=workspace))["why"])
    assert "Đã gọi lệnh đăng 1 lần" in why

    path = workspace / "campaigns" / "gon.md"
    path.write_text(path.read_text("utf-8").replace("duy nhất", "đã sửa"), encoding="utf-8")
    at = ("--now", "2026-10-10T09:00")
    (fix,) = answer(publisher("queue", "correct", piece, "--as", "lan", "--json", *at, cwd=workspace))["in_review"]  # type: ignore[misc]
    assert publisher("approve", fix, "--as", "minh", *at, cwd=workspace).returncode == 0
    publisher("run", "--until-idle", *at, cwd=workspace, **sandbox)
    assert states(workspace)[piece] == "corrected"

    at = ("--now", "2026-10-10T10:00")
    (back,) = answer(publisher("queue", "withdraw", piece, "--as", "lan", "--json", *at, cwd=workspace))["in_review"]  # type: ignore[misc]
    assert publisher("approve", back, "--as", "minh", *at, cwd=workspace).returncode == 0
    publisher("run", "--until-idle", *at, cwd=workspace, **sandbox)
    assert states(workspace)[piece] == "withdrawn"
    assert publisher("audit", "verify", cwd=workspace).returncode == 0


def test_a_freeze_holds_and_its_end_queues_again(workspace: Path, piece: str, sandbox: dict[str, str]) -> None:
    freeze = publisher(
        "freeze", "--reason", "Quốc tang", "--as", "quan-tri", "--now", "2026-10-10T07:00", cwd=workspace
    )
    assert freeze.returncode == 0, freeze.stderr
    publisher("run", "--until-idle", "--now", "2026-10-10T08:00:05", cwd=workspace, **sandbox)
    assert states(workspace)[piece] != "sent"
    lifted = publisher("unfreeze", "--as", "quan-tri", "--now", "2026-10-10T08:05", cwd=workspace)
    assert lifted.returncode == 0, lifted.stderr
    publisher("run", "--until-idle", "--now", "2026-10-10T08:06", cwd=workspace, **sandbox)
    assert states(workspace)[piece] == "sent"


def test_one_held_piece_is_let_through_a_freeze(workspace: Path, piece: str, sandbox: dict[str, str]) -> None:
    publisher("freeze", "--reason", "Bão", "--as", "quan-tri", "--now", "2026-10-10T07:00", cwd=workspace)
    at = ("--now", "2026-10-10T07:30")
    marked = publisher("pass", piece, "--reason", "Tin cứu hộ", "--as", "quan-tri", *at, cwd=workspace)
    assert marked.returncode == 0, marked.stderr
    own = publisher("approve", piece, "--as", "quan-tri", *at, cwd=workspace)
    assert own.returncode != 0
    assert publisher("approve", piece, "--as", "minh", *at, cwd=workspace).returncode == 0
    publisher("run", "--until-idle", "--now", "2026-10-10T08:00:05", cwd=workspace, **sandbox)
    assert states(workspace)[piece] == "sent"


def test_a_service_that_is_gone_keeps_the_piece_waiting(workspace: Path, piece: str, sandbox: dict[str, str]) -> None:
    """Never connected is surely not sent: the piece waits, with a time, and goes out when the service is back."""
    dead = {**sandbox, "PUBLISHER_SANDBOX": "http://127.0.0.1:9"}
    publisher("run", "--until-idle", "--now", "2026-10-10T08:00:05", cwd=workspace, **dead)
    assert states(workspace)[piece] == "waiting"
    publisher("run", "--until-idle", "--now", "2026-10-10T08:20", cwd=workspace, **sandbox)
    assert states(workspace)[piece] == "sent"


def test_no_token_is_shown_anywhere(workspace: Path, piece: str, sandbox: dict[str, str]) -> None:
    done = publisher("run", "--until-idle", "--now", "2026-10-10T08:00:05", cwd=workspace, **sandbox)
    doctor = publisher("doctor", "--now", "2026-10-10T08:01", cwd=workspace, **sandbox)
    shown = publisher("queue", "show", piece, "--json", cwd=workspace)
    text = "".join(p.stdout + p.stderr for p in (done, doctor, shown))
    for path in Path(sandbox["PUBLISHER_SECRETS"]).iterdir():
        assert path.read_text("utf-8") not in text
    assert os.sep + str(workspace).lstrip(os.sep) not in doctor.stdout + done.stderr


def test_a_restored_workspace_finds_what_went_out_after_its_backup(
    workspace: Path, piece: str, sandbox: dict[str, str], tmp_path: Path
) -> None:
    """The machine is lost after the piece went out; the backup is from before, and the page shows it once."""
    backups, again = str(tmp_path / "backups"), tmp_path / "again"
    made = publisher("backup", backups, "--now", "2026-10-10T07:50", "--json", cwd=workspace)
    assert made.returncode == 0, made.stderr
    publisher("run", "--until-idle", "--now", "2026-10-10T08:00:05", cwd=workspace, **sandbox)
    before = answer(publisher("queue", "show", piece, "--json", cwd=workspace))
    assert before["state"] == "sent"

    at = ("--now", "2026-10-10T08:10+07:00")
    done = publisher("restore", backups, "--into", str(again), "--as", "quan-tri", "--json", *at, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert answer(done)["in_doubt"] == 1
    assert publisher("check", cwd=again).returncode == 0
    publisher("run", "--until-idle", "--now", "2026-10-10T08:11", cwd=again, **sandbox)
    assert states(again) == {piece: "held"}
    assert publisher("unfreeze", "--as", "minh", "--now", "2026-10-10T08:12", cwd=again).returncode == 0
    span = ("--now", "2026-10-10T08:12", "--until", "2026-10-10T08:30")
    publisher("run", "--until-idle", *span, cwd=again, **sandbox)
    after = answer(publisher("queue", "show", piece, "--json", cwd=again))
    assert (after["state"], after["url"]) == ("sent", before["url"])
    assert publisher("audit", "verify", cwd=again).returncode == 0
