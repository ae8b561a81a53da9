"""Every page we make is sound HTML, readable by everyone, and holds nothing that runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.pages import (
    CHROMIUM,
    active_content,
    axe_findings,
    browser_page,
    find_validator,
    parse_errors,
    repeated_ids,
    validator_errors,
)
from tests.acceptance.test_command import ROOT, answer, publisher

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
PARTS = ("assets", "templates", "channels", "schedules", "publisher.yaml")
HOSTILE = """---
slug: do-ai
unit: tinh-mau
author: <script>alert("người viết")</script>
sources: ["<img src=x onerror=alert(1)>", "javascript:alert(2)"]
---
# <script>alert(3)</script> Tiêu đề {{ 7*7 }}

Mở đầu <iframe src="https://ac.example"></iframe> và <b onclick="alert(4)">đậm</b>.

## <svg onload=alert(5)> Mục

- **12** việc <a href="javascript:alert(6)">xem</a>
- **3** việc `=cmd|' /C calc'!A0`

| Tên | Số |
|---|---:|
| <script src=//ac.example/x.js></script> | 5 |
| "><img src=x onerror=alert(7)> | 7 |

> Lời <meta http-equiv=refresh content=0> trích
> — Ai đó <style>body{display:none}</style>

1. **Bước.** {% include "/etc/passwd" %}
2. **Bước hai.** #read("/etc/passwd") và <form action="https://ac.example"><input></form>
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The article and the preview of a sample and of a campaign that wants to do harm."""
    root = tmp_path_factory.mktemp("trang")
    for name in PARTS:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, root / name)
    shutil.copytree(ROOT / "campaigns", root / "campaigns")
    (root / "campaigns" / "do-ai.md").write_text(HOSTILE, "utf-8")
    found = {}
    for name in ("chuyen-doi-so-10-10", "do-ai"):
        file = f"campaigns/{name}.md"
        done = publisher("render", file, "--only", "article", "--out", "ra", "--json", cwd=root)
        assert done.returncode == 0, done.stderr
        made = answer(done)["artifacts"]
        assert isinstance(made, list)
        found[f"article {name}"] = root / next(a["path"] for a in made if a["path"].endswith(f"{name}.html"))
        done = publisher("preview", file, "--channel", "portal", "--out", f"xem-{name}", cwd=root)
        assert done.returncode == 0, done.stderr
        found[f"preview {name}"] = root / f"xem-{name}" / "index.html"
    return found


def test_every_page_is_sound_html(pages: dict[str, Path]) -> None:
    for name, path in pages.items():
        assert parse_errors(path) + repeated_ids(path) == [], name


def test_the_reader_of_html_finds_what_is_wrong(tmp_path: Path) -> None:
    """The check itself can fail."""
    page = tmp_path / "x.html"
    page.write_text("<!doctype html><title>x</title><p id=a><b id=a><i></b></i>", "utf-8")
    assert parse_errors(page)
    assert repeated_ids(page) == ["a"]


@pytest.mark.slow
def test_the_validator_of_the_standard_finds_no_error(pages: dict[str, Path], tmp_path: Path) -> None:
    jar = find_validator(tmp_path)
    if jar is None:
        pytest.skip("the Nu validator needs Java and a package registry")
    assert validator_errors(jar, list(pages.values())) == []
    wrong = tmp_path / "x.html"
    wrong.write_text("<!doctype html><title>x</title><ul><p>x</ul>", "utf-8")
    assert validator_errors(jar, [wrong])


@needs_chromium
def test_axe_finds_nothing_serious_and_the_browser_nothing_that_runs(pages: dict[str, Path]) -> None:
    with browser_page() as page:
        for name, path in pages.items():
            assert axe_findings(page, path) == [], name
    with browser_page() as page:
        for name, path in pages.items():
            assert active_content(page, path) == [], name


@needs_chromium
def test_axe_and_the_browser_find_what_is_wrong(tmp_path: Path) -> None:
    """The checks themselves can fail."""
    path = tmp_path / "x.html"
    path.write_text(
        '<!doctype html><html lang=vi><title>x</title><img src=x><p style="color:#aaa;background:#fff">mờ</p>'
        '<a href="javascript:1">x</a><b onclick="1">y</b><script>1</script>',
        "utf-8",
    )
    with browser_page() as page:
        assert {finding.split(":")[0] for finding in axe_findings(page, path)} == {"color-contrast", "image-alt"}
        assert {"onclick", "SCRIPT", "javascript:1"} <= set(active_content(page, path))
