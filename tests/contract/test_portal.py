"""Portals' own ways: the address a person enters is looked at, and Liferay is logged in to without a password."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from channel_case import NOON, Rig, load_cases, make_account, make_picture

from publisher.channels.base import Absent, Account, CannotTell, Found, Prepared, Rejected, Retry, Sent
from publisher.channels.dummy import Dummy, Written
from publisher.channels.registry import load_account, look_at_page
from publisher.cli.main import main
from publisher.clock import SetClock
from publisher.errors import SettingsError
from publisher.queue.store import Store
from publisher.queue.worker import Work, drain
from publisher.sandbox.server import Sandbox
from tests.faults.parts import NOW, piece, queue

ROOT = Path(__file__).parents[2]
CASES = load_cases("portal")


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Rig]:
    case = CASES["portal-package"]
    assert case.server is not None
    with case.server(tmp_path) as server:
        account = make_account(case, {**case.settings, **server.settings})
        yield Rig(case, tmp_path, None, server, account)


def enter(rig: Rig, address: str) -> object:
    """What the channel says of an address that a person puts into the package."""
    channel, post = rig.channel(), rig.post()
    channel.prepare(post, {})
    [place] = (rig.folder / "goi").iterdir()
    (place / "dia-chi.txt").write_text(address, encoding="utf-8")
    return channel.find(post, {}, NOON)


def test_the_address_of_the_article_is_taken(package: Rig) -> None:
    base = package.account.settings["base_url"]
    look = enter(package, f"{base}/tin/1\n")
    assert look == Found(getattr(look, "sent", None), "the address entered by a person shows the title")  # type: ignore[arg-type]


def test_a_package_that_was_tidied_away_is_not_laid_out_again(package: Rig) -> None:
    """Whoever removed it may have pasted it first; a drive that is not mounted looks the same."""
    channel, post = package.channel(), package.post()
    assert isinstance(channel.find(post, {}, NOON), Absent)
    ready = channel.prepare(post, {})
    assert isinstance(ready, Prepared)
    shutil.rmtree(next((package.folder / "goi").iterdir()))
    look = channel.find(post, ready.handles, NOON)
    assert isinstance(look, CannotTell)
    assert "no longer there" in look.evidence


def test_a_picture_that_was_taken_out_does_not_stay_in_the_package(package: Rig) -> None:
    """A person uploads whatever lies there; what was approved is all of it."""
    channel, old = package.channel(), package.post()
    extra = make_picture(package.folder, "thua.png", (9, 9, 9), "Ảnh thừa")
    channel.prepare(replace(old, media=(*old.media, extra)), {})
    [place] = (package.folder / "goi").iterdir()
    (place / "dia-chi.txt").write_text("https://cong.example/tin/1")
    before = {path.name for path in place.iterdir()}
    channel.prepare(old, {})
    assert before - {path.name for path in place.iterdir()} == {"thua.png"}


def test_an_address_the_portal_has_moved_is_followed(package: Rig) -> None:
    assert isinstance(enter(package, f"{package.account.settings['base_url']}/tin/cu"), Found)


@pytest.mark.parametrize(
    ("path", "said"),
    [("/tin/2", "no page there (HTTP 404)"), ("", "no page there (HTTP 404)")],
)
def test_an_address_without_the_article_is_not_taken(package: Rig, path: str, said: str) -> None:
    look = enter(package, f"{package.account.settings['base_url']}{path}")
    assert isinstance(look, CannotTell)
    assert said in look.evidence


def test_a_page_of_another_article_is_not_taken(package: Rig) -> None:
    base, channel, other = package.account.settings["base_url"], package.channel(), package.post()
    channel.prepare(other, {})
    later = replace(package.post("zzz/2"), title="Bài của tuần sau")
    channel.prepare(later, {})
    place = next(path for path in (package.folder / "goi").iterdir() if path.name.startswith("zzz"))
    (place / "dia-chi.txt").write_text(f"{base}/tin/1")
    look = channel.find(later, {}, NOON)
    assert isinstance(look, CannotTell)
    assert "does not show the article's title" in look.evidence


def test_no_other_host_is_ever_asked(package: Rig) -> None:
    """An address is entered by hand: it must not make this machine fetch pages elsewhere."""
    for address in ("http://10.0.0.1/tin/1", "https://tinhmau.example.evil/tin/1", "file:///etc/passwd", "x y", ""):
        look = enter(package, address)
        assert isinstance(look, CannotTell)
        assert "is not one of" in look.evidence or "is empty" in look.evidence


def test_an_earlier_version_that_is_out_is_not_taken_for_the_approved_one(tmp_path: Path) -> None:
    """Settled as not sent by mistake, then changed: what readers see is not what was approved."""
    case = CASES["portal-wordpress"]
    account = make_account(case, case.settings)
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as sandbox:
        rig = Rig(case, tmp_path, sandbox, None, account)
        channel, old = rig.channel(), rig.post()
        rig.send(old, channel)
        assert isinstance(channel.prepare(old, {}), Prepared)
        outcome = channel.prepare(replace(old, title="Tên mới"), {})
        assert isinstance(outcome, Rejected)
        assert "an earlier version" in outcome.reason


def test_a_token_of_the_client_is_renewed_once_and_a_lost_one_is_no_doubt(tmp_path: Path) -> None:
    case = CASES["portal-liferay-client"]
    account = make_account(case, case.settings)
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as sandbox:
        rig = Rig(case, tmp_path, sandbox, None, account)
        channel, post = rig.channel(), rig.post()
        sandbox.faults.play("error_before", kind="portal", step="login")
        assert isinstance(channel.prepare(post, {}), Retry), "nothing was asked of the portal yet"
        rig.send(post, channel)
        shop = sandbox.shop("portal", account.name)
        shop.store.put("login", "state", {"access": "het-han"})
        assert isinstance(channel.correct(replace(post, text="Đính chính."), Sent(shown_id(sandbox), "")), Sent)
        assert len(rig.seen()) == 1


def shown_id(sandbox: Sandbox) -> str:
    [post] = sandbox.posts("portal")
    return post.id


def test_a_wrong_client_secret_is_rejected_with_the_setting(tmp_path: Path) -> None:
    case = CASES["portal-liferay-client"]
    account = make_account(case, case.settings)
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as sandbox:
        rig = Rig(case, tmp_path, sandbox, None, account)
        outcome = rig.channel(values={"PORTAL_THU_CLIENT": "sai-roi-000"}).prepare(rig.post(), {})
        assert isinstance(outcome, Rejected)
        assert "client_secret_env" in outcome.reason
        assert "sai-roi" not in outcome.reason


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("client_id: id-1\n", "client_secret_env: missing."),
        ("client_id: id-1\nclient_secret_env: X_SECRET\nuser: lan\n", "user: beside `client_id`"),
        ("password_env: X_PASSWORD\n", "client_id: missing, and so is `user`"),
    ],
)
def test_liferay_is_logged_in_to_in_one_way(tmp_path: Path, lines: str, said: str) -> None:
    path = tmp_path / "cong.yaml"
    path.write_text(f"kind: portal\nflavour: liferay\nbase_url: https://cong.example\nsite_id: 1\n{lines}")
    with pytest.raises(SettingsError) as caught:
        load_account(path, shown="channels/cong.yaml")
    assert said in str(caught.value)


def test_a_category_the_portal_does_not_have_is_named_by_check(tmp_path: Path) -> None:
    case = CASES["portal-wordpress"]
    account: Account = make_account(case, {**case.settings, "categories": [3, 99]})
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as sandbox:
        [finding] = Rig(case, tmp_path, sandbox, None, account).channel().check()
    assert finding.level == "error"
    assert "categories: the portal has none of the number 99" in finding.text


@pytest.mark.parametrize(
    ("path", "shows", "said"),
    [("/tin/1", True, "the page shows its title"), ("/tin/khong-co", False, "no page there (HTTP 404)")],
)
def test_a_persons_word_is_held_against_the_page(
    package: Rig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    path: str,
    shows: bool,
    said: str,
) -> None:
    """The word stands either way; what the page says is told and kept."""
    monkeypatch.delenv("PUBLISHER_SANDBOX", raising=False)
    base, root = package.account.settings["base_url"], tmp_path / "ws"
    (root / "channels").mkdir(parents=True)
    people = "unit: tinh-mau\npeople: [{id: binh, name: Bình, roles: [approver]}]\n"
    (root / "publisher.yaml").write_text(people, "utf-8")
    account = f"kind: portal\nunit: tinh-mau\nflavour: package\nbase_url: {base}\nfolder: {tmp_path}\n"
    (root / "channels" / "cong.yaml").write_text(account, "utf-8")
    shutil.copytree(ROOT / "assets" / "units" / "tinh-mau", root / "assets" / "units" / "tinh-mau")
    (root / "assets" / "fonts").symlink_to(ROOT / "assets" / "fonts")
    (root / "var").mkdir()
    package.channel().prepare(package.post(), {})
    store = Store.open(f"sqlite:///{root}/var/publisher.db")
    bare = piece("k1", "cong")
    queue(store, replace(bare, post=replace(bare.post, title=package.post().title)))
    dummy = Dummy("cong", tmp_path / "dummy", Written({"commit": ["never"]}))
    drain("cong", Work(store, dummy, SetClock(NOW), "w"))
    store.close()
    words = ["queue", "settle", "k1", "--as", "binh", "--json", "--lang", "en", "--workspace", str(root)]
    assert main([*words, "--sent", f"{base}{path}"]) == 0
    told = capsys.readouterr()
    assert (json.loads(told.out)["page_shows_it"], said in told.err) == (shows, True)
    with sqlite3.connect(root / "var" / "publisher.db") as database:
        ((evidence,),) = database.execute("SELECT evidence FROM settlements")
    assert evidence.startswith(f"binh saw it at {base}{path}; looked at: ")


def test_a_persons_word_about_another_host_leads_nowhere(package: Rig) -> None:
    asked = look_at_page(package.account, title="x", url="http://169.254.169.254/tin/1")
    assert asked == f"the address entered is not one of {package.account.settings['base_url']}"
