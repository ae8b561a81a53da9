"""A campaign far longer than any: every output but the clip comes to an end, or the file is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.test_command import answer, publisher

HEAD = (
    "---\nslug: lon\nunit: tinh-mau\noutputs: [article, radio, infographic, poster, led]\n---\n# Ngày hội\n\nTóm tắt.\n"
)
SENTENCE = "Xã Mẫu mời bà con đến nhà văn hóa lúc 8 giờ ngày 18/5 để xem 12 gian trưng bày và hỏi đáp về chữ ký số. "


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    publisher("init", str(folder), cwd=tmp_path)
    for path in (folder / "campaigns").glob("*"):
        path.unlink()
    return folder


def write(workspace: Path, size: int) -> int:
    """A campaign of just under `size` bytes; gives how many sections it has."""
    section = f"\n## Mục số 0000\n\n{SENTENCE * 8}\n"
    count = (size - len(HEAD.encode())) // len(section.encode())
    parts = (section.replace("0000", f"{number:04}") for number in range(count))
    (workspace / "campaigns" / "lon.md").write_text(HEAD + "".join(parts), "utf-8")
    return count


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "outputs"),
    [
        (990_000, ("article", "led")),
        (500_000, ("article", "led")),
        (500_000, ("radio",)),
        (125_000, ("infographic",)),
        (125_000, ("poster",)),
    ],
)
def test_every_output_of_a_very_long_campaign_is_made_to_its_end(
    workspace: Path, size: int, outputs: tuple[str, ...]
) -> None:
    """The time it takes grows as the length does; a square of it would not end within the process's time."""
    sections = write(workspace, size)
    words = ("render", "campaigns/lon.md", "--only", ",".join(outputs), "--out", "out", "--json")
    done = publisher(*words, cwd=workspace)
    assert done.returncode == 0, done.stderr[-2000:]
    artifacts = answer(done)["artifacts"]
    assert isinstance(artifacts, list)
    assert {artifact["kind"] for artifact in artifacts} == set(outputs)
    for artifact in artifacts:
        assert (workspace / artifact["path"]).stat().st_size == artifact["bytes"] > 0
    if "article" in outputs:
        body = next(a["path"] for a in artifacts if a["role"] == "body")
        assert (workspace / body).read_text("utf-8").count("<h2") == sections


@pytest.mark.slow
def test_a_campaign_of_more_than_a_megabyte_is_refused_in_one_sentence(workspace: Path) -> None:
    write(workspace, 1_100_000)
    done = publisher("check", "campaigns/lon.md", "--lang", "en", cwd=workspace)
    assert done.returncode == 2
    assert [line for line in done.stderr.splitlines() if "longer than" in line] == [
        "campaigns/lon.md: longer than 1000000 bytes; no campaign is. Cut it into several files."
    ]
    assert "1 error," in done.stderr
