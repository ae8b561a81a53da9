"""The hand-out kit of a whole campaign, clip included, as a process makes it: minutes of work, only in `make test-all`."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import av
import pytest

from tests.acceptance.test_command import answer, publisher

CAMPAIGN = """\
---
slug: goi
unit: tinh-mau
outputs: [infographic, clip, article, radio]
---
# Ngày hội khoa học

Mời bà con đến nhà văn hóa xã.

## Ba việc

- **80%** hồ sơ nộp trực tuyến
- **12** gian trưng bày
"""


@pytest.mark.slow
def test_a_kit_with_a_clip_holds_all_of_it_as_it_was_rendered(tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    publisher("init", str(workspace), cwd=tmp_path)
    (workspace / "campaigns" / "goi.md").write_text(CAMPAIGN, "utf-8")
    done = publisher("render", "campaigns/goi.md", "--kit", "--out", "out", "--json", cwd=workspace)
    assert done.returncode == 0, done.stderr
    artifacts = answer(done)["artifacts"]
    assert isinstance(artifacts, list)
    (kit,) = [a for a in artifacts if a["kind"] == "kit"]
    with zipfile.ZipFile(workspace / kit["path"]) as opened:
        inside = {name: opened.read(name) for name in opened.namelist()}
    kept = {hashlib.sha256(data).hexdigest() for data in inside.values()}
    assert {a["sha256"] for a in artifacts if a["kind"] != "kit"} <= kept
    assert {"infographic", "clip", "article", "radio", "kit"} == {a["kind"] for a in artifacts}
    (film,) = [data for name, data in inside.items() if name.endswith(".mp4")]
    with av.open(io.BytesIO(film)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 15 * 25
    assert any(name.endswith((".srt", ".vtt")) for name in inside), "a clip goes nowhere without its captions"
    described = next(data.decode("utf-8-sig") for name, data in inside.items() if b"80%" in data and "mo-ta" in name)
    assert ".mp4" in described or ".png" in described
    assert all(name.isascii() and ".." not in name for name in inside)
