"""A secret is read by name and never shown."""

from __future__ import annotations

import base64
import pickle
from pathlib import Path
from urllib.parse import quote

import pytest

from publisher.channels.registry import load_account
from publisher.channels.secrets import MASK, Secret, Secrets, mask
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
