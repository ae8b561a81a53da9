"""`publisher preview` as a process: what it shows, where it writes, its exit codes."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest

from tests.acceptance.test_command import ROOT, answer, publisher

PARTS = ("assets", "templates", "channels", "schedules", "publisher.yaml")
POSTS = (
    '  - {at: "2026-10-10 08:00", to: "facebook:facebook-tinh-mau", send: infographic}\n'
    '  - {at: "2026-10-11 16:30", to: "portal:portal-tinh-mau", send: article}\n'
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One workspace for all: a preview changes nothing of it but what it has rendered."""
    root = tmp_path_factory.mktemp("xem-truoc")
    for name in PARTS:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, root / name)
    (root / "campaigns").mkdir()
    return root


def write(folder: Path, front: str) -> str:
    (folder / "campaigns" / "gon.md").write_text(
        f"---\nslug: gon\nunit: tinh-mau\n{front}---\n# Tiêu đề\n\nMột đoạn.\n\n## Mục\n\nThân bài nói rõ.\n", "utf-8"
    )
    return "campaigns/gon.md"


def test_the_page_is_written_where_asked_and_opens_without_a_network(folder: Path, tmp_path: Path) -> None:
    done = publisher("preview", write(folder, f"plan:\n{POSTS}"), "--year", "2026", "--out", str(tmp_path), cwd=folder)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "index.html") in done.stderr
    page = lxml.html.parse(tmp_path / "index.html").getroot()
    for address in page.xpath("//@src"):
        assert address.startswith(("tep/", "data:text/vtt")), address
        assert address.startswith("data:") or (tmp_path / address).is_file()
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert "Thân bài nói rõ." in done.stdout
    assert not (folder / "var" / "publisher.db").exists()


def test_only_one_kind_is_shown_when_one_is_named(folder: Path) -> None:
    done = publisher("preview", write(folder, f"plan:\n{POSTS}"), "--channel", "portal", "--json", cwd=folder)
    (channel,) = answer(done)["channels"]  # type: ignore[misc]
    assert (channel["account"], channel["due"]) == ("portal-tinh-mau", ["2026-10-11 16:30"])
    assert channel["text"] == "Một đoạn."
    assert "Thân bài nói rõ." in channel["html"]
    none = publisher("preview", "campaigns/gon.md", "--channel", "mastodon", cwd=folder)
    assert none.returncode == 3
    assert "facebook-tinh-mau" in none.stderr


def test_the_first_comment_of_an_account_that_wants_one_is_shown(folder: Path, tmp_path: Path) -> None:
    path = folder / "channels" / "facebook-tinh-mau.yaml"
    before = path.read_text("utf-8")
    path.write_text(before.replace("sources: text", "sources: comment"), "utf-8")
    front = (
        'sources: [Báo Tỉnh Mẫu]\nplan:\n  - {at: "2026-10-10 08:00", to: "facebook:facebook-tinh-mau", send: text}\n'
    )
    words = ("preview", write(folder, front), "--year", "2026", "--json", "--out", str(tmp_path))
    try:
        (channel,) = answer(publisher(*words, cwd=folder))["channels"]  # type: ignore[misc]
    finally:
        path.write_text(before, "utf-8")
    assert channel["comment"] == "Nguồn:\n• Báo Tỉnh Mẫu"
    assert "Báo Tỉnh Mẫu" not in channel["text"]
    page = lxml.html.parse(tmp_path / "index.html").getroot()
    assert "• Báo Tỉnh Mẫu" in page.text_content()


def test_without_a_plan_every_account_of_the_office_is_shown_without_a_time(folder: Path) -> None:
    done = publisher("preview", write(folder, "outputs: [infographic, article]\n"), "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    channels = answer(done)["channels"]
    assert isinstance(channels, list)
    assert {c["output"] for c in channels} == {"infographic", "article"}
    assert {c["account"].rsplit("-", 2)[1] for c in channels} == {"tinh"}
    assert all(c["due"] == [] for c in channels)


def test_what_an_account_cannot_carry_is_shown_beside_what_fits(folder: Path) -> None:
    posts = POSTS + '  - {at: "2026-10-12 08:00", to: "zalo:zalo-tinh-mau", send: text}\n'
    done = publisher("preview", write(folder, f"plan:\n{posts}"), "--year", "2026", "--json", cwd=folder)
    assert done.returncode == 2, done.stderr
    problems = {c["account"]: c["problems"] for c in answer(done)["channels"]}  # type: ignore[attr-defined]
    assert "cannot carry `text`" in problems["zalo-tinh-mau"][0]
    assert problems["facebook-tinh-mau"] == []


def test_a_schedule_that_is_wrong_is_refused_with_its_line(folder: Path) -> None:
    done = publisher("preview", write(folder, 'plan:\n  - {at: "D0 25:00", to: facebook, send: clip}\n'), cwd=folder)
    assert done.returncode == 2
    assert re.search(r"campaigns/gon\.md:\d+: .*25:00", done.stderr)


def test_what_is_past_its_last_day_is_shown_and_said(folder: Path) -> None:
    path = write(folder, f"valid_until: 2026-10-09\nplan:\n{POSTS}")
    done = publisher("preview", path, "--year", "2026", "--channel", "facebook", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "2026-10-10 08:00" in done.stdout
    assert "valid_until 2026-10-09" in done.stdout


def test_a_campaign_with_a_clip_shows_its_storyboard(folder: Path, tmp_path: Path) -> None:
    """In the terminal as times and words, on the page as a strip of stills with text alternatives."""
    post = '  - {at: "2026-10-10 08:00", to: "facebook:facebook-tinh-mau", send: clip}\n'
    name = write(folder, f"plan:\n{post}")
    done = publisher("preview", name, "--year", "2026", "--out", str(tmp_path), "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    scenes = answer(done)["scenes"]
    assert isinstance(scenes, list)
    assert [scene["start_s"] for scene in scenes[1:]] == [scene["end_s"] for scene in scenes[:-1]]
    page = lxml.html.parse(tmp_path / "index.html").getroot()
    shown = page.xpath("//ol[@class='scenes']//img")
    assert [image.get("alt") for image in shown] == [scene["text"] for scene in scenes]
    assert all((tmp_path / image.get("src")).is_file() for image in shown)
    told = publisher("preview", name, "--year", "2026", cwd=folder).stdout
    assert f"0:00–0:04  {scenes[0]['text']}" in told
    assert "Thân bài nói rõ." in told
