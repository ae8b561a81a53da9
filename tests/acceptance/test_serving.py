"""`publisher serve` as a process: a password, a login, a signature, and a gentle end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.acceptance.test_command import answer, publisher
from tests.acceptance.test_offices import AT, CAMPAIGN, PROVINCE, new_workspace

pytestmark = pytest.mark.slow  # a server and a browser


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = new_workspace(tmp_path, CAMPAIGN.replace("Năm 2024, tỉnh", "Tỉnh"))
    publisher("plan", "--year", "2026", "-o", "plan.json", *AT, cwd=folder)
    assert publisher("apply", "plan.json", "--as", "lan", *AT, cwd=folder).returncode == 0
    return folder


def set_password(folder: Path, name: str, password: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "publisher", "password", name]
    return subprocess.run(command, cwd=folder, input=f"{password}\n", text=True, capture_output=True, check=False)


def test_somebody_approves_in_a_browser_what_was_planned_at_a_terminal(workspace: Path) -> None:
    assert set_password(workspace, "minh", "ngắn").returncode == 2
    assert set_password(workspace, "minh", "một câu đủ dài").returncode == 0
    open_to_all = publisher("serve", "--host", "0.0.0.0", cwd=workspace)
    assert (open_to_all.returncode, "unprotected" in open_to_all.stderr) == (2, True)
    command = [sys.executable, "-m", "publisher", "serve", "--port", "0", "--json", "--now", "2026-09-01T09:00"]
    with subprocess.Popen(command, cwd=workspace, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        try:
            browser = requests.Session()
            assert "Đăng nhập" in browser.get(url, timeout=20).text
            form = {"ten": "minh", "mat-khau": "một câu đủ dài"}
            page = browser.post(f"{url}dang-nhap", data=form, timeout=20, headers={"Origin": url.rstrip("/")})
            assert "Hàng đợi" in page.text
            review = browser.get(f"{url}duyet", timeout=20).text
            token = re.search(r'name="the" value="(\w+)"', review)
            ticked = re.search(rf'value="(\w{{64}} {re.escape(PROVINCE)})"', review)
            assert token is not None
            assert ticked is not None
            done = browser.post(f"{url}duyet", data={"the": token[1], "bai": ticked[1]}, timeout=20)
            assert "Đã duyệt 1 bài" in done.text
            assert browser.get(f"{url}tinh/app.css", timeout=20).ok
            assert browser.get(f"{url}tinh/..%2f..%2f..%2fpublisher.yaml", timeout=20).status_code == 404
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    listed = answer(publisher("queue", "list", "--json", cwd=workspace))["deliveries"]
    assert {d["id"]: d["state"] for d in listed}[PROVINCE] == "queued"  # type: ignore[attr-defined]
