"""`artifacts:` of publisher.yaml: read with lines, and never with a secret in it."""

from __future__ import annotations

import pytest

from publisher.artifact_settings import BucketSettings, read_artifacts
from publisher.settings import parse_yaml

GOOD = "bucket: kho-tinh-mau\nkey_env: STORE_KEY\nsecret_env: STORE_SECRET\n"


def test_nothing_written_means_a_folder() -> None:
    assert read_artifacts(parse_yaml("", path="publisher.yaml")) is None


def test_a_bucket_is_read() -> None:
    marked = parse_yaml(f"{GOOD}endpoint: https://s3.tinh-mau.vn/\nprefix: /mot/hai/\n", path="publisher.yaml")
    expected = BucketSettings("kho-tinh-mau", "STORE_KEY", "STORE_SECRET", "https://s3.tinh-mau.vn", prefix="mot/hai")
    assert (read_artifacts(marked), marked.problems) == (expected, [])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("endpoint: http://s3.tinh-mau.vn", "must begin with https"),
        ("endpoint: https://ten:mat-khau@s3.tinh-mau.vn", "holds a login"),
        ("endpoint: s3.tinh-mau.vn", "an address such as"),
        ("prefix: ../ra-ngoai/./", "plain names"),
        ("timeout_s: 0", "0.1 to 600"),
        ("end_point: https://s3.tinh-mau.vn", "Did you mean `endpoint`?"),
    ],
)
def test_a_wrong_line_is_named(line: str, said: str) -> None:
    marked = parse_yaml(f"{GOOD}{line}\n", path="publisher.yaml")
    read_artifacts(marked)
    [problem] = marked.problems
    assert str(problem).startswith("publisher.yaml:4: ")
    assert said in str(problem)
    assert "mat-khau" not in str(problem)


def test_a_secret_in_the_place_of_its_variable_is_refused_and_not_repeated() -> None:
    marked = parse_yaml(GOOD.replace("STORE_SECRET", "s3cr3t-gia-tri"), path="publisher.yaml")
    read_artifacts(marked)
    [problem] = marked.problems
    assert "secret_env" in str(problem)
    assert "s3cr3t" not in str(problem)
