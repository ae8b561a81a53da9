"""The web app: who may see and do what, and that a form does exactly what it says, once, for the one who is there."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from publisher.channels.base import Unknown
from publisher.clock import SetClock
from publisher.errors import UsageError
from publisher.queue.claims import Lease
from publisher.queue.store import Store
from publisher.web.app import make_app
from publisher.workspace import Person, Workspace, load_workspace
from tests.acceptance.pages import CHROMIUM, axe_findings, browser_page, parse_errors, repeated_ids
from tests.faults.parts import NOW, piece, queue

ROOT = Path(__file__).parents[2]
PASSWORD = "một câu đủ dài"
PEOPLE = (
    Person("an", "An", frozenset({"editor", "approver"})),
    Person("binh", "Bình", frozenset({"approver", "publisher"})),
    Person("dung", "Dung", frozenset({"approver"}), frozenset({"xa-mau"})),
    Person("em", "Em", frozenset({"approver"}), frozenset()),
)


@dataclass
class Site:
    """The app with its store and clock; `enter` gives a browser in which somebody is logged in."""

    app: object
    store: Store
    clock: SetClock

    def enter(self, name: str) -> FlaskClient:
        client: FlaskClient = self.app.test_client()  # type: ignore[attr-defined]
        done = client.post("/dang-nhap", data={"ten": name, "mat-khau": PASSWORD})
        assert done.status_code == 302, done.text
        return client


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    """The password at a cost that tests can pay; its cost stands in it, so nothing else differs."""
    key = hashlib.scrypt(PASSWORD.encode(), salt=b"muoi", n=16, r=1, p=1)
    return {"secret": f"scrypt$16$1$1${b'muoi'.hex()}${key.hex()}"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    shutil.copytree(ROOT / "assets" / "units", tmp_path / "assets" / "units")
    (tmp_path / "assets" / "fonts").symlink_to(ROOT / "assets" / "fonts")
    shutil.copytree(ROOT / "channels", tmp_path / "channels")
    return replace(load_workspace(ROOT), root=tmp_path, people=PEOPLE)


@pytest.fixture
def site(workspace: Workspace, tmp_path: Path, secrets: dict[str, str]) -> Iterator[Site]:
    store, clock = Store.open(f"sqlite:///{tmp_path}/queue.db"), SetClock(NOW)
    with store._engine.begin() as connection:
        for person in PEOPLE:
            statement = "INSERT INTO logins (person, secret, changed_at) VALUES (?, ?, '2026-01-01 00:00:00.000000')"
            connection.exec_driver_sql(statement, (person.id, secrets["secret"]))
    yield Site(make_app(workspace, store, clock), store, clock)
    store.close()


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="the" value="([0-9a-f]{64})"', page.text)
    assert found is not None
    return found.group(1)


def do(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Send a form as the page holds it, and follow where it leads."""
    data = {"the": token_of(client.get("/")), **{name.replace("_", "-"): value for name, value in fields.items()}}
    return client.post(path, data=data, follow_redirects=True)


def waiting(site: Site, name: str = "k1", **kinds: object) -> None:
    site.store.add([piece(name, **kinds)], author="an", now=NOW)  # type: ignore[arg-type]
    site.store.submit([name], by="an", now=NOW)


@pytest.mark.parametrize(
    "path", ["/", "/duyet", "/bai/k1", "/bai/k1/tep/0", "/tam-dung", "/can-nguoi", "/bao-cao", "/bao-cao/tep?ky=2026"]
)
def test_nothing_is_shown_without_a_login(site: Site, path: str, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"x")
    waiting(site, media=[picture])
    answer = site.app.test_client().get(path)  # type: ignore[attr-defined]
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dang-nhap")
    made_up = site.app.test_client()  # type: ignore[attr-defined]
    made_up.set_cookie("phien", "x" * 43)
    assert made_up.get(path).status_code == 302


def test_a_login_rests_after_five_wrong_passwords_and_says_no_more_than_that(site: Site) -> None:
    client = site.app.test_client()  # type: ignore[attr-defined]
    answers = [client.post("/dang-nhap", data={"ten": "binh", "mat-khau": "sai mật khẩu"}) for _ in range(5)]
    right = client.post("/dang-nhap", data={"ten": "binh", "mat-khau": PASSWORD})
    nobody = client.post("/dang-nhap", data={"ten": "khong-co", "mat-khau": PASSWORD})
    assert {answer.status_code for answer in (*answers, right, nobody)} == {403}
    assert len({answer.text for answer in (*answers, right, nobody)}) == 1
    site.clock.advance(301)
    assert site.enter("binh").get("/").status_code == 200


def test_a_session_ends_by_leaving_by_rest_and_by_age(site: Site) -> None:
    client = site.enter("binh")
    cookie = client.get_cookie("phien")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Strict")
    do(client, "/dang-xuat")
    client.set_cookie("phien", cookie.value)
    assert client.get("/").status_code == 302
    rested = site.enter("binh")
    site.clock.advance(2 * 3600 + 1)
    assert rested.get("/").status_code == 302
    busy = site.enter("binh")
    for _ in range(12):
        assert busy.get("/").status_code == 200
        site.clock.advance(3600)
    site.clock.advance(1)
    assert busy.get("/").status_code == 302


def test_a_new_password_ends_every_session_and_is_nowhere_in_the_clear(site: Site, tmp_path: Path) -> None:
    client = site.enter("binh")
    site.store.logins.set_password("binh", "mật khẩu khác hẳn", now=NOW)
    assert client.get("/").status_code == 302
    site.store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("queue.db*"))
    assert "mật khẩu khác hẳn".encode() not in kept
    with pytest.raises(UsageError, match="at least 10"):
        site.store.logins.set_password("binh", "ngắn", now=NOW)


def test_an_approver_signs_what_the_page_showed(site: Site) -> None:
    waiting(site)
    client = site.enter("binh")
    page = client.get("/duyet")
    assert "Xin chào k1" in page.text
    done = do(client, "/duyet", bai=f"{site.store.get('k1').content_hash} k1")
    assert "Đã duyệt 1 bài" in done.text
    assert site.store.get("k1").state == "queued"
    assert site.store.approvals("k1")[0].by == "binh"


def test_what_changed_after_the_page_was_opened_is_not_signed(site: Site) -> None:
    waiting(site)
    client = site.enter("binh")
    seen = site.store.get("k1").content_hash
    site.store.add([piece(text="Đã đổi")], author="an", now=NOW)
    done = do(client, "/duyet", bai=f"{seen} k1", ve="/duyet")
    assert "đã đổi từ khi binh xem" in done.text
    assert site.store.get("k1").state == "in_review"


def test_the_writer_is_offered_no_signature_and_gets_none_by_a_form(site: Site) -> None:
    waiting(site)
    client = site.enter("an")
    assert "Duyệt bài này" not in client.get("/bai/k1").text
    done = do(client, "/bai/k1/duyet", seen=site.store.get("k1").content_hash, ve="/bai/k1")
    assert "người khác phải duyệt" in done.text
    assert site.store.get("k1").state == "in_review"


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {}),
        ({"the": "0" * 64}, {}),
        ({"the": "good"}, {"Origin": "https://la.example"}),
        ({"the": "good"}, {"Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_a_form_from_elsewhere_does_nothing(site: Site, fields: dict[str, str], headers: dict[str, str]) -> None:
    waiting(site)
    client = site.enter("binh")
    token = token_of(client.get("/"))
    data = {**fields, "seen": site.store.get("k1").content_hash}
    if data.get("the") == "good":
        data["the"] = token
    assert client.post("/bai/k1/duyet", data=data, headers=headers).status_code == 400
    assert site.store.get("k1").state == "in_review"


def test_another_sessions_token_does_nothing(site: Site) -> None:
    waiting(site)
    other = token_of(site.enter("dung").get("/"))
    assert site.enter("binh").post("/bai/k1/duyet", data={"the": other}).status_code == 400


def test_a_rejection_carries_its_reason_to_the_writer(site: Site) -> None:
    waiting(site)
    client = site.enter("binh")
    assert "Ghi lý do để" in do(client, "/bai/k1/tu-choi", ly_do=" ", ve="/bai/k1").text
    do(client, "/bai/k1/tu-choi", ly_do="Sai số liệu ở dòng 2")
    assert (site.store.get("k1").state, site.store.get("k1").reason) == ("rejected", "Sai số liệu ở dòng 2")
    assert "Sai số liệu ở dòng 2" in site.enter("an").get("/bai/k1").text


def test_the_question_about_facts_is_answered_on_the_page_before_anybody_signs(site: Site) -> None:
    waiting(site, facts="newest:2024")
    client = site.enter("binh")
    assert "Năm mới nhất bài nhắc đến là 2024" in client.get("/bai/k1").text
    assert "Duyệt bài này" not in client.get("/bai/k1").text
    do(client, "/bai/k1/du-kien", tra_loi="van-dung", ly_do="đã hỏi")
    assert "Duyệt bài này" in client.get("/bai/k1").text


def test_somebody_of_another_office_finds_neither_piece_nor_file(site: Site, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG")
    waiting(site, media=[picture])
    stranger, own = site.enter("em"), site.enter("dung")
    for path in ("/bai/k1", "/bai/k1/tep/0", "/bai/khong-co"):
        assert stranger.get(path).status_code == 404
    assert "k1" not in stranger.get("/").text
    done = do(stranger, "/duyet", bai=f"{site.store.get('k1').content_hash} k1")
    assert (done.status_code, site.store.get("k1").state) == (404, "in_review")
    served = own.get("/bai/k1/tep/0")
    assert (served.data, served.mimetype) == (b"\x89PNG", "image/png")
    assert own.get("/bai/k1/tep/1").status_code == 404


def test_a_freeze_stands_on_every_page_and_an_office_freezes_only_itself(site: Site) -> None:
    own = site.enter("dung")
    refused = do(own, "/tam-dung", ly_do="Quốc tang", don_vi="", ve="/tam-dung")
    assert "chỉ phụ trách xa-mau" in refused.text
    do(own, "/tam-dung", ly_do="Lũ quét", don_vi="xa-mau")
    (freeze,) = site.store.freezes(NOW)
    assert freeze.units == {"xa-mau"}
    other = site.enter("binh")
    for path in ("/", "/duyet", "/can-nguoi", "/bao-cao"):
        assert "Lũ quét" in other.get(path).text
    do(other, f"/tam-dung/{freeze.id}/bo")
    assert site.store.freezes(NOW) == []


def test_a_person_settles_what_nobody_knows(site: Site) -> None:
    queue(site.store, piece())
    claimed = site.store.claim("acc", owner="w", now=NOW, lease_s=60)
    assert claimed is not None
    lease = Lease("w", claimed.attempt)
    site.store.mark_sending("k1", lease, handles={}, fingerprint="f", now=NOW)
    site.store.finish("k1", lease, Unknown("không có trả lời"), now=NOW)
    client = site.enter("binh")
    bad = do(client, "/bai/k1/xac-nhan", ket_qua="da-dang", dia_chi="javascript:alert(1)")
    assert (site.store.get("k1").state, "bắt đầu bằng https://" in bad.text) == ("unknown", True)
    do(client, "/bai/k1/xac-nhan", ket_qua="da-dang", dia_chi="https://facebook.com/1", ly_do="đã xem")
    assert (site.store.get("k1").state, site.store.get("k1").external_url) == ("sent", "https://facebook.com/1")


def test_a_new_time_and_a_cancellation_are_acts_of_the_person_who_is_there(site: Site) -> None:
    queue(site.store, piece())
    client = site.enter("binh")
    do(client, "/bai/k1/hen-gio", gio="2026-05-20T08:00")
    moved = site.store.get("k1")
    assert (moved.state, moved.timed_by) == ("in_review", "binh")
    assert moved.due_at == datetime.fromisoformat("2026-05-20T08:00+07:00")
    do(client, "/bai/k1/huy", ly_do="đã thay bài")
    assert site.store.get("k1").state == "cancelled"
    assert site.store.history("k1")[-1].by == "binh"


def test_alarms_name_what_needs_a_person_and_somebody_takes_it(site: Site) -> None:
    waiting(site)
    page = site.enter("binh").get("/can-nguoi")
    assert "k1" in page.text
    assert "chưa có ai duyệt" in page.text


def test_the_report_is_shown_and_given_as_files(site: Site) -> None:
    queue(site.store, piece())
    client = site.enter("binh")
    assert "1 bài, 0 đã đăng" in client.get("/bao-cao?ky=2026-05").text
    for form, head in (("xlsx", b"PK"), ("docx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        assert client.get(f"/bao-cao/tep?ky=2026-05&dang={form}").data.startswith(head)
    assert client.get("/bao-cao/tep?ky=2026-05&dang=exe").status_code == 404


EVIL = '<script>alert(1)</script> {{ 7 * 7 }} "><img src=x onerror=alert(1)>'


def test_words_of_a_piece_stay_words(site: Site) -> None:
    new = piece(text=EVIL)
    post = replace(new.post, title=EVIL, html=f"<p>Đoạn</p>{EVIL}<a href='javascript:alert(1)'>x</a>")
    site.store.add([replace(new, post=post)], author="an", now=NOW)
    site.store.submit(["k1"], by="an", now=NOW)
    client = site.enter("binh")
    do(client, "/bai/k1/tu-choi", ly_do=EVIL)
    for path in ("/", "/bai/k1", "/duyet", "/can-nguoi", f"/?chien-dich={EVIL}", f"/bao-cao?ky={EVIL}"):
        text = client.get(path).text
        assert "<script" not in text
        assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", text)
        assert "javascript:" not in text
    assert "{{ 7 * 7 }}" in client.get("/bai/k1").text


@pytest.mark.parametrize(
    "path", ["/", "/duyet", "/bai/k1", "/tam-dung", "/can-nguoi", "/bao-cao?ky=2026-05", "/khong-co"]
)
def test_every_page_is_sound_html_closed_to_everything_else(site: Site, path: str, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG")
    waiting(site, media=[picture], facts="again")
    waiting(site, "k2", media=[picture])
    site.store.freeze("Lũ", person=PEOPLE[1], now=NOW)
    page = site.enter("binh").get(path)
    saved = tmp_path / "page.html"
    saved.write_text(page.text, "utf-8")
    assert (parse_errors(saved), repeated_ids(saved)) == ([], [])
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert (page.headers["X-Content-Type-Options"], page.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert "<script" not in page.text
    assert not re.search(r'(src|href)="(https?:)?//', page.text)


def test_an_error_nobody_foresaw_shows_nothing_of_itself(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kinds: object) -> object:
        raise RuntimeError("bí mật /srv/duong-dan")

    client = site.enter("binh")
    monkeypatch.setattr(site.store, "counts", broken)
    page = client.get("/")
    assert page.status_code == 500
    assert "bí mật" not in page.text
    assert "/srv" not in page.text


def test_the_list_is_paged(site: Site) -> None:
    queue(site.store, *[piece(f"k{n:03}", due_at=NOW + timedelta(minutes=n)) for n in range(120)])
    client = site.enter("binh")
    first, second = client.get("/").text, client.get("/?trang=1").text
    assert ("trang 1/2 (120 bài)" in first, "k119" in first, "k119" in second) == (True, False, True)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_people_with_any_eyes_and_hands_can_use_every_page(site: Site, tmp_path: Path) -> None:
    """As a browser shows them, with their style: contrast, names of fields, order of headings; nothing runs out of a
    telephone's screen."""
    waiting(site, facts="again")
    waiting(site, "k2")
    site.store.freeze("Lũ", person=PEOPLE[1], now=NOW)
    style = (ROOT / "publisher/web/static/app.css").read_text("utf-8")
    client = site.enter("binh")
    with browser_page() as page:
        page.set_viewport_size({"width": 360, "height": 740})
        for at, path in enumerate(
            ("/dang-nhap", "/", "/duyet", "/bai/k1", "/tam-dung", "/can-nguoi", "/bao-cao?ky=2026-05")
        ):
            saved = tmp_path / f"{at}.html"
            text = re.sub(r'<link rel="stylesheet"[^>]*>', f"<style>{style}</style>", client.get(path).text)
            saved.write_text(text, "utf-8")
            assert axe_findings(page, saved) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_what_the_queue_refuses_is_said_in_vietnamese(site: Site) -> None:
    """Author, a second signature, a state that does not fit, a lost role, a period nobody knows."""
    waiting(site)
    author, other = site.enter("an"), site.enter("binh")
    ticked = f"{site.store.get('k1').content_hash} k1"
    assert "an là người soạn; người khác phải duyệt" in do(author, "/duyet", bai=ticked, ve="/duyet").text
    assert "k1: đã đổi từ khi binh xem" in do(other, "/duyet", bai="0 k1", ve="/duyet").text
    assert "muốn cho bài đi thì phải là “đã duyệt" in do(other, "/bai/k1/cho-di").text
    assert "Ghi lý do để người soạn biết" in do(other, "/bai/k1/tu-choi", ly_do=" ").text
    assert "Không có lệnh tạm dừng này" in do(other, "/tam-dung/7/bo").text
    assert "Kỳ báo cáo: `x`; ghi một năm" in other.get("/bao-cao?ky=x").text
