"""A secret is read by name and never shown."""

from __future__ import annotations

import base64
import pickle
import sys
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import pytest

from publisher.channels.registry import load_account
from publisher.channels.secrets import MASK, Keyring, Secret, Secrets, mask
from publisher.errors import CredentialsError, SettingsError

SECRET = Secret("FB_TOKEN", "EAAB/ab+cd=ef")


def test_a_secret_prints_as_its_name_only() -> None:
    for shown in (repr(SECRET), str(SECRET), f"{SECRET}", repr([SECRET]), repr(Secrets({"A_B": "EAAB/ab+cd=ef"}))):
        assert "EAAB" not in shown


def test_a_secret_cannot_be_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SECRET)


def test_masking_finds_the_forms_a_secret_takes_on_its_way() -> None:
    coded = base64.b64encode(SECRET.reveal().encode()).decode()
    text = f"a {SECRET.reveal()} b {quote(SECRET.reveal(), safe='')} c {coded} d"
    assert mask(text, [SECRET]) == f"a {MASK} b {MASK} c {MASK} d"


def test_a_file_of_the_secrets_folder_is_read_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "FB_TOKEN").write_text("abc-123\n")
    secrets = Secrets.from_environment({"PUBLISHER_SECRETS": str(tmp_path)})
    found = secrets.find("FB_TOKEN")
    assert found is not None
    assert found.reveal() == "abc-123"
    assert secrets.find("OTHER") is None
    assert secrets.find("../etc/passwd") is None


def test_a_value_no_header_can_carry_is_refused_without_showing_it() -> None:
    with pytest.raises(CredentialsError) as caught:
        Secrets({"FB_TOKEN": "abc\r\nX-Evil: 1"}).find("FB_TOKEN")
    assert "FB_TOKEN" in str(caught.value)
    assert "Evil" not in str(caught.value)


class Ring:
    """Stands for the library's keyring: what each service was given."""

    def __init__(self) -> None:
        self.kept = {("phong-tt", "FB_TOKEN"): "tu-chum-khoa"}
        self.broken = False

    def get_password(self, service: str, name: str) -> str | None:
        if self.broken:
            raise RuntimeError("locked; the value is tu-chum-khoa")
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[service, name] = value


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setitem(sys.modules, "keyring", made)
    return made


def test_the_environment_goes_before_a_mounted_file_and_that_before_the_keyring(tmp_path: Path, ring: Ring) -> None:
    values = {"PUBLISHER_SECRETS": str(tmp_path), "PUBLISHER_KEYRING": "phong-tt"}
    assert Secrets.from_environment(values).get("FB_TOKEN", place="x", remedy="").reveal() == "tu-chum-khoa"
    (tmp_path / "FB_TOKEN").write_text("tu-tep\n")
    assert Secrets.from_environment(values).get("FB_TOKEN", place="x", remedy="").reveal() == "tu-tep"
    values["FB_TOKEN"] = "tu-moi-truong"
    secrets = Secrets.from_environment(values)
    assert secrets.get("FB_TOKEN", place="x", remedy="").reveal() == "tu-moi-truong"
    assert secrets.where("FB_TOKEN") == "the environment"


def test_the_folder_of_the_service_manager_is_read(tmp_path: Path) -> None:
    (tmp_path / "FB_TOKEN").write_text("tu-systemd")
    found = Secrets.from_environment({"CREDENTIALS_DIRECTORY": str(tmp_path)}).find("FB_TOKEN")
    assert found is not None
    assert found.reveal() == "tu-systemd"


def test_without_its_variable_the_keyring_is_never_asked(ring: Ring) -> None:
    ring.broken = True
    assert Secrets.from_environment({}).find("FB_TOKEN") is None


def test_a_keyring_that_fails_says_so_without_the_value(ring: Ring) -> None:
    ring.broken = True
    with pytest.raises(CredentialsError) as caught:
        Secrets.from_environment({"PUBLISHER_KEYRING": "phong-tt"}).find("FB_TOKEN")
    assert "keyring did not answer" in str(caught.value)
    assert "tu-chum-khoa" not in str(caught.value)


def test_a_new_value_is_kept_where_it_will_be_found(tmp_path: Path, ring: Ring) -> None:
    secrets = Secrets.from_environment({"PUBLISHER_SECRETS": str(tmp_path)})
    assert secrets.keep("FB_TOKEN", "moi-1") == "the secrets folder"
    assert (tmp_path / "FB_TOKEN").stat().st_mode & 0o777 == 0o600
    assert secrets.get("FB_TOKEN", place="x", remedy="").reveal() == "moi-1"
    assert Secrets.from_environment({"PUBLISHER_KEYRING": "phong-tt"}).keep("FB_TOKEN", "moi-2") == "the keyring"
    assert ring.kept["phong-tt", "FB_TOKEN"] == "moi-2"


def test_a_value_that_would_not_be_found_is_not_kept(tmp_path: Path) -> None:
    """What stands in the environment would hide it: the next run would go on with the old one."""
    secrets = Secrets.from_environment({"PUBLISHER_SECRETS": str(tmp_path), "FB_TOKEN": "cu"})
    with pytest.raises(CredentialsError, match="Unset it"):
        secrets.keep("FB_TOKEN", "moi")
    with pytest.raises(CredentialsError, match="no place to keep it"):
        Secrets.from_environment({}).keep("FB_TOKEN", "moi")
    assert list(tmp_path.iterdir()) == []


def test_the_real_keyring_library_is_what_the_adapter_expects(tmp_path: Path) -> None:
    keyring = pytest.importorskip("keyring")
    backend = pytest.importorskip("keyring.backend")

    class Memory(backend.KeyringBackend):  # type: ignore[misc, name-defined]
        priority = 1
        kept: ClassVar[dict[tuple[str, str], str]] = {}

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del self.kept[service, username]

    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    try:
        place = Keyring("phong-tt")
        assert place.read("FB_TOKEN") is None
        place.write("FB_TOKEN", "gia-tri")
        assert place.read("FB_TOKEN") == "gia-tri"
    finally:
        keyring.set_keyring(before)


def problems_of(tmp_path: Path, text: str, name: str = "trang.yaml") -> list[str]:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_account(path, shown=f"channels/{name}")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "line",
    [
        "token: EAABsbCS1iHgBAKZCZCx",
        "token_env: EAABsbCS1iHgBAKZCZCx",
        "title: EAABsbCS1iHgBAKZCZCxyz",
        "password: mat-khau",
        "base_url: https://lan:mat-khau@graph.example",
        "page_id: 0123456789abcdef0123456789abcdef0123456789abcdef",
    ],
)
def test_a_secret_written_into_a_settings_file_is_refused_and_not_repeated(tmp_path: Path, line: str) -> None:
    problems = problems_of(tmp_path, f"kind: facebook\n{line}\n")
    assert problems
    value = line.partition(": ")[2]
    assert value not in "\n".join(problems)
    assert "mat-khau" not in "\n".join(problems)


def test_every_wrong_line_is_named_at_once(tmp_path: Path) -> None:
    text = "kind: facebook\nsever: x\npage_id: trang\nversion: 26\nbase_url: http://graph.example\ntimeout_s: no\n"
    problems = problems_of(tmp_path, text)
    assert problems[0].startswith("channels/trang.yaml:2: sever: not a setting of a facebook channel.")
    places = {problem.split(": ")[0] for problem in problems}
    assert {f"channels/trang.yaml:{line}" for line in (2, 3, 4, 5, 6)} <= places
    assert any("token_env: missing" in problem for problem in problems)


def test_an_unknown_kind_names_the_nearest(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, "kind: facebok\n")
    assert problem.startswith("channels/trang.yaml:1: kind: no kind `facebok`; there are: ")
    assert problem.endswith("Did you mean `facebook`?")


def test_a_file_with_an_unusable_name_is_refused(tmp_path: Path) -> None:
    assert "small letters" in problems_of(tmp_path, "kind: facebook\n", "Trang Của Tôi.yaml")[0]
