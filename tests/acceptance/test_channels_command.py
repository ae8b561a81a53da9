"""`publisher channels` as a process: list, check, login and send-test against the sandbox, no secret in any output."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from publisher.sandbox.service import fake_secret
from tests.acceptance.test_command import answer, publisher

AT = ("--now", "2026-10-10T08:00:05")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("channels") / "ws"
    publisher("init", str(folder), cwd=folder.parent)
    for path in (folder / "campaigns").glob("*"):
        path.unlink()
    return folder


@dataclass(frozen=True)
class Stand:
    """The sandbox as a process; `env` is all a command needs to reach it."""

    env: dict[str, str]
    secrets: Path


@pytest.fixture(scope="module")
def stand(workspace: Path) -> Iterator[Stand]:
    command = [sys.executable, "-m", "publisher", "sandbox", "--json", *AT]
    with subprocess.Popen(
        command, cwd=workspace, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        secrets = workspace / told["secrets"]
        yield Stand({"PUBLISHER_SANDBOX": told["url"], "PUBLISHER_SECRETS": str(secrets)}, secrets)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def shows_no_secret(done: subprocess.CompletedProcess[str], secrets: Path) -> bool:
    said = done.stdout + done.stderr
    return not any(path.read_text().strip() in said for path in secrets.iterdir())


def test_the_list_names_each_secret_and_where_it_comes_from(workspace: Path, stand: Stand) -> None:
    done = publisher("channels", "list", "--json", cwd=workspace, **stand.env, FB_APP_SECRET="tu-moi-truong")
    accounts = {account["name"]: account for account in answer(done)["accounts"]}  # type: ignore[attr-defined]
    places = accounts["facebook-tinh-mau"]["secrets"]
    assert places == {"FB_TINH_MAU_TOKEN": "the secrets folder", "FB_APP_SECRET": "the environment"}
    assert shows_no_secret(done, stand.secrets)
    assert "tu-moi-truong" not in done.stdout + done.stderr
    bare = publisher("channels", "list", "--json", cwd=workspace)
    assert "FB_TINH_MAU_TOKEN" in str(answer(bare))


def test_check_asks_every_account_and_one_that_is_named_even_when_it_is_off(workspace: Path, stand: Stand) -> None:
    done = publisher("channels", "check", "--json", cwd=workspace, **stand.env)
    findings = answer(done)["findings"]
    answered = {finding["account"] for finding in findings if finding["level"] == "ok"}  # type: ignore[attr-defined]
    assert {"facebook-tinh-mau", "zalo-tinh-mau", "portal-tinh-mau", "radio-tinh-mau"} <= answered
    assert "youtube-tinh-mau" not in answered, "it is off"
    assert shows_no_secret(done, stand.secrets)
    one = publisher("channels", "check", "youtube-tinh-mau", "--json", cwd=workspace, **stand.env)
    assert one.returncode == 0, one.stderr
    assert {finding["account"] for finding in answer(one)["findings"]} == {"youtube-tinh-mau"}  # type: ignore[attr-defined]


def test_check_without_a_secret_names_the_variable_and_says_four(workspace: Path) -> None:
    done = publisher("channels", "check", "portal-tinh-mau", cwd=workspace)
    assert done.returncode == 4
    assert "PORTAL_TINH_MAU_PASSWORD is not set" in done.stdout


def test_consent_in_a_browser_ends_in_a_token_that_works(workspace: Path, stand: Stand) -> None:
    """The stand-in plays the administrator who agrees: it leads the browser back with a code."""
    name, variable = "youtube-tinh-mau", "YOUTUBE_TINH_MAU_REFRESH_TOKEN"
    env = {**os.environ, **stand.env, "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "publisher", "channels", "login", name, "--json"]
    before = (stand.secrets / variable).read_text()
    with subprocess.Popen(
        command, cwd=workspace, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["open"]
        assert before.strip() not in address
        page = requests.get(address, timeout=10)
        assert page.status_code == 200
        said, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    fresh = (stand.secrets / variable).read_text()
    assert fresh != before
    assert fresh.strip() not in said + errors + address
    assert f"{variable}: kept in the secrets folder" in errors
    assert publisher("channels", "check", name, cwd=workspace, **stand.env).returncode == 0


def test_an_answer_to_another_question_gives_no_token(workspace: Path, stand: Stand) -> None:
    env = {**os.environ, **stand.env, "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "publisher", "channels", "login", "youtube-tinh-mau", "--json"]
    with subprocess.Popen(
        command, cwd=workspace, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["open"]
        redirect = requests.compat.unquote(address.partition("redirect_uri=")[2].partition("&")[0])  # type: ignore[attr-defined]
        requests.get(f"{redirect}?state=cua-nguoi-khac&code=abc", timeout=10)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 4
    assert "answers another question" in said


def test_a_pasted_address_is_enough_where_the_browser_is_elsewhere(workspace: Path, stand: Stand) -> None:
    env = {**os.environ, **stand.env, "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "publisher", "channels", "login", "zalo-tinh-mau", "--json"]
    with subprocess.Popen(
        command, cwd=workspace, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["open"]
        led_to = requests.get(address, timeout=10, allow_redirects=False).headers["Location"]
        _, errors = process.communicate(f"{led_to}\n", timeout=60)
    assert process.returncode == 0, errors
    assert led_to.startswith("https://truyenthong.tinhmau.example/zalo?")
    assert publisher("channels", "check", "zalo-tinh-mau", cwd=workspace, **stand.env).returncode == 0


def test_a_login_without_consent_takes_secrets_unseen(workspace: Path, stand: Stand) -> None:
    right = fake_secret("PORTAL_TINH_MAU_PASSWORD")
    (stand.secrets / "PORTAL_TINH_MAU_PASSWORD").unlink()
    env = {**os.environ, **stand.env, "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "publisher", "channels", "login", "portal-tinh-mau"]
    for typed, code in (("sai-mat-khau\n", 1), (f"{right}\n", 0)):
        done = subprocess.run(
            command, cwd=workspace, env=env, input=typed, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == code, done.stderr
        assert typed.strip() not in done.stdout + done.stderr


def facebook_login(workspace: Path, stand: Stand, token: str) -> subprocess.CompletedProcess[str]:
    """Both secrets are asked for, the application's first; an empty line keeps it."""
    command = [sys.executable, "-m", "publisher", "channels", "login", "facebook-tinh-mau"]
    env = {**os.environ, **stand.env, "LANG": "C.UTF-8"}
    typed = f"\n{token}\n"
    return subprocess.run(
        command, cwd=workspace, env=env, input=typed, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_persons_facebook_token_is_exchanged_for_that_of_the_page(workspace: Path, stand: Stand) -> None:
    kept = stand.secrets / "FB_TINH_MAU_TOKEN"
    right = kept.read_text().strip()
    digest = hashlib.sha256(b"facebook-tinh-mau/ngan").hexdigest()[:24]
    short = f"nguoi-ngan-{digest}"
    kept.write_text("cu")
    done = facebook_login(workspace, stand, short)
    assert done.returncode == 0, done.stderr
    assert kept.read_text().strip() == right, "the Page's own, from the long-lived token"
    said = done.stdout + done.stderr
    assert [value for value in (short, right, "nguoi-dai", "cua-trang-khac") if value in said] == []
    again = facebook_login(workspace, stand, right)
    assert (again.returncode, kept.read_text().strip()) == (0, right), "a Page's token is kept as it is"


def test_a_facebook_token_that_leads_nowhere_is_not_kept_or_shown(workspace: Path, stand: Stand) -> None:
    kept = stand.secrets / "FB_TINH_MAU_TOKEN"
    before = kept.read_text()
    done = facebook_login(workspace, stand, "token-cua-ai-do-12345")
    assert done.returncode == 4, done.stderr
    assert "token_env" in done.stderr
    assert "token-cua-ai-do-12345" not in done.stdout + done.stderr
    assert kept.read_text() == before


def test_a_test_piece_is_prepared_and_nobody_sees_it(workspace: Path, stand: Stand) -> None:
    done = publisher("channels", "send-test", "zalo-tinh-mau", "--json", *AT, cwd=workspace, **stand.env)
    assert done.returncode == 0, done.stderr
    assert answer(done)["prepared"] is True
    page = requests.get(f"{stand.env['PUBLISHER_SANDBOX']}/xem/zalo/zalo-tinh-mau", timeout=10).text
    assert "THỬ NGHIỆM" in page
    assert "THỬ NGHIỆM" not in page.partition("<details class='drafts'>")[0]
    assert publisher("queue", "list", "--account", "zalo-tinh-mau", cwd=workspace).returncode == 3


def test_a_published_test_piece_takes_the_way_of_every_piece(workspace: Path, stand: Stand) -> None:
    done = publisher(
        "channels", "send-test", "facebook-tinh-mau", "--publish", "--as", "lan", "--json", *AT, cwd=workspace,
        **stand.env,
    )  # fmt: skip
    piece = str(answer(done)["id"])
    own = publisher("approve", piece, "--as", "lan", *AT, cwd=workspace)
    assert own.returncode != 0, "its writer must not approve it"
    publisher("run", "--until-idle", *AT, cwd=workspace, **stand.env)
    wall = f"{stand.env['PUBLISHER_SANDBOX']}/xem/facebook/facebook-tinh-mau"
    assert "THỬ NGHIỆM" not in requests.get(wall, timeout=10).text
    assert publisher("approve", piece, "--as", "minh", *AT, cwd=workspace).returncode == 0
    sent = publisher("run", "--until-idle", *AT, cwd=workspace, **stand.env)
    assert sent.returncode == 0, sent.stderr
    assert "[BÀI THỬ NGHIỆM]" in requests.get(wall, timeout=10).text


def test_without_a_sandbox_a_published_test_warns_of_real_readers(workspace: Path) -> None:
    env = {"FB_TINH_MAU_TOKEN": "khong-dung-duoc", "FB_APP_SECRET": "khong-dung-duoc-2"}
    done = publisher(
        "channels", "send-test", "facebook-tinh-mau", "--publish", "--as", "lan", "--now", "2026-10-10T08:01",
        cwd=workspace, **env,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "REAL readers" in done.stderr


def test_a_wrong_setting_is_one_line_with_file_line_key_and_remedy(workspace: Path) -> None:
    path = workspace / "channels" / "portal-tinh-mau.yaml"
    right = path.read_text("utf-8")
    text = right.replace("flavour: wordpress", "flavour: wordpres")
    path.write_text(text, "utf-8")
    line = text.splitlines().index("flavour: wordpres") + 1
    done = publisher("channels", "list", cwd=workspace)
    path.write_text(right, "utf-8")
    assert done.returncode == 2
    wrong = "flavour: one of wordpress, liferay, feed, package; found `wordpres`. Did you mean `wordpress`?"
    assert done.stderr.strip() == f"channels/portal-tinh-mau.yaml:{line}: {wrong}"


def test_an_account_is_added_by_one_file(workspace: Path, stand: Stand) -> None:
    """Nothing else is edited: the list, the check and the sandbox know it by its file."""
    (workspace / "channels" / "dai-xa-moi.yaml").write_text(
        "kind: radio\ntitle: Đài xã mới\nunit: xa-mau\nvia: folder\nfolder: /mnt/xa-moi\n", "utf-8"
    )
    done = publisher("channels", "list", "--json", cwd=workspace)
    assert "dai-xa-moi" in [account["name"] for account in answer(done)["accounts"]]  # type: ignore[attr-defined]


def test_a_sandbox_started_again_keeps_what_a_login_has_put_there(workspace: Path, stand: Stand) -> None:
    """A refresh token works once: the first one, put back, would ask for consent again."""
    path = stand.secrets / "ZALO_TINH_MAU_REFRESH_TOKEN"
    before = path.read_text()
    path.write_text("cua-lan-dang-nhap")
    command = [sys.executable, "-m", "publisher", "sandbox", "--json", *AT]
    with subprocess.Popen(
        command, cwd=workspace, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as again:
        assert again.stdout is not None
        assert json.loads(again.stdout.readline())["url"]
        again.send_signal(signal.SIGTERM)
        assert again.wait(20) == 0
    assert path.read_text() == "cua-lan-dang-nhap"
    path.write_text(before)
