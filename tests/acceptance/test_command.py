"""The installed command as a process: stdout, files, exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import docx
import pytest

from tests.acceptance.pages import CHROMIUM, axe_findings, browser_page, parse_errors, repeated_ids

ROOT = Path(__file__).parents[2]
LEAN = "# Tiêu đề ngắn\n\nMột đoạn duy nhất.\n"


def publisher(*words: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command; the environment has no secret and speaks English."""
    env = {key: value for key, value in os.environ.items() if not key.endswith(("_TOKEN", "_SECRET", "_PASSWORD"))}
    env |= {"LANG": "C.UTF-8", **more}
    command = [sys.executable, "-m", "publisher", *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False)


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """The last JSON object on stdout."""
    value: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return value


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace made by `publisher init`, with one lean campaign in the place of the samples."""
    folder = tmp_path / "phong-truyen-thong"
    done = publisher("init", str(folder), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for path in (folder / "campaigns").glob("*"):
        path.unlink()
    (folder / "campaigns" / "gon.md").write_text(LEAN, encoding="utf-8")
    return folder


def plan_in(folder: Path, plan: str) -> None:
    """A plan of its own for the lean campaign: a post on the page of the province, and the script to the radio."""
    text = f"---\nslug: gon\nunit: tinh-mau\nplan:\n{plan}---\n{LEAN}"
    (folder / "campaigns" / "gon.md").write_text(text, encoding="utf-8")


PAGE_ONLY = '  - {at: "2026-10-10 08:00", to: "facebook:facebook-tinh-mau", send: infographic, late: send}\n'


def test_init_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    done = publisher("init", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_outside_a_workspace_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    done = publisher("check", cwd=tmp_path)
    assert done.returncode == 2
    assert "publisher init DIR" in done.stderr


def test_check_names_every_problem_of_every_file_at_once(workspace: Path) -> None:
    """An editor mends a file once, not once an error."""
    bad = "---\nkey_dy: chuyen-doi-so\nvalid_until: 2026-13-40\n---\n# Sai\n\n![x](khong-co.png)\n\n<b>đậm</b> [a](file:///etc/passwd)\n"
    (workspace / "campaigns" / "sai.md").write_text(bad, encoding="utf-8")
    (workspace / "campaigns" / "trung.md").write_text(
        "---\nslug: tieu-de-ngan\n---\n# Khác\n\nĐoạn.\n", encoding="utf-8"
    )
    (workspace / "channels" / "facebook-tinh-mau.yaml").write_text("kind: facebok\n", encoding="utf-8")
    done = publisher("check", "--json", cwd=workspace)
    assert done.returncode == 2
    found = answer(done)["problems"]
    assert isinstance(found, list)
    places = {(p["path"], p["line"]) for p in found if p["level"] == "error"}
    assert {("campaigns/sai.md", 2), ("campaigns/sai.md", 3), ("campaigns/sai.md", 9)} <= places
    assert ("campaigns/trung.md", 1) in places
    assert ("channels/facebook-tinh-mau.yaml", 1) in places
    words = " ".join(p["message"] for p in found)
    assert "Did you mean `key_day`?" in words
    assert "Did you mean `facebook`?" in words


def test_a_heading_and_a_paragraph_give_all_four_outputs(workspace: Path) -> None:
    done = publisher("render", "campaigns/gon.md", "--out", "ra", "--json", cwd=workspace)
    assert done.returncode == 0, done.stderr
    artifacts = answer(done)["artifacts"]
    assert isinstance(artifacts, list)
    assert {a["kind"] for a in artifacts} == {"infographic", "clip", "article", "radio"}
    for artifact in artifacts:
        path = workspace / artifact["path"]
        assert path.stat().st_size == artifact["bytes"] > 0
        assert artifact["alt"] or not artifact["mime"].startswith(("image/", "video/")), artifact["path"]


def test_a_second_render_draws_nothing_and_leaves_the_same_bytes(workspace: Path) -> None:
    """Two runs, and a third in another folder without the cache, give the same bytes."""
    words = ("render", "campaigns/gon.md", "--only", "infographic,article,radio", "--json")
    first = answer(publisher(*words, "--out", "ra", cwd=workspace))
    second = answer(publisher(*words, "--out", "ra", cwd=workspace))
    assert second["drawn"] == 0
    assert first["artifacts"] == second["artifacts"]
    shutil.rmtree(workspace / "var")
    third = answer(publisher(*words, "--out", "khac", cwd=workspace))
    assert third["drawn"] == 3
    assert hashes(first["artifacts"]) == hashes(third["artifacts"])


def hashes(artifacts: object) -> list[tuple[str, str]]:
    assert isinstance(artifacts, list)
    return [(Path(a["path"]).name, a["sha256"]) for a in artifacts]


def test_a_failed_render_leaves_no_half_written_file(workspace: Path) -> None:
    """A character that no font draws stops the picture before anything is written."""
    (workspace / "campaigns" / "gon.md").write_text("# Chữ lạ 𓀀\n\nĐoạn.\n", encoding="utf-8")
    done = publisher("render", "--only", "infographic", "--out", "ra", cwd=workspace)
    assert done.returncode == 1
    assert "U+13000" in done.stderr
    assert [path for path in (workspace / "ra").rglob("*") if path.is_file()] == []


def test_an_unreadable_font_is_one_clear_error(workspace: Path) -> None:
    font = next((workspace / "assets" / "fonts").glob("*/*.ttf"))
    font.write_bytes(b"not a font")
    done = publisher("render", "--only", "infographic", "--out", "ra", cwd=workspace)
    assert done.returncode == 1
    assert font.name in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_outputs_formats_and_units_are_named_with_what_is_allowed(workspace: Path) -> None:
    for words, allowed in (("--only=poser", "infographic"), ("--format=fed", "feed"), ("--unit=xa", "xa-mau")):
        done = publisher("render", "--out", "ra", words, cwd=workspace)
        assert done.returncode == 2
        assert allowed in done.stderr


def queue_year(folder: Path) -> list[str]:
    """Plan, apply as lan; gives the ids."""
    done = publisher("plan", "--year", "2026", "-o", "plan.json", "--now", "2026-10-01T08:00", cwd=folder)
    assert done.returncode == 0, done.stderr
    done = publisher("apply", "plan.json", "--as", "lan", "--now", "2026-10-01T08:05", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    added = answer(done)["added"]
    assert isinstance(added, list)
    return [str(name) for name in added]


def test_the_writer_cannot_approve_and_a_changed_plan_is_refused(workspace: Path) -> None:
    plan_in(workspace, PAGE_ONLY)
    (piece,) = queue_year(workspace)
    assert publisher("approve", piece, "--as", "lan", cwd=workspace).returncode != 0
    done = publisher("approve", piece, "--as", "minh", "--now", "2026-10-01T09:00", cwd=workspace)
    assert done.returncode == 0, done.stderr
    done = publisher("queue", "list", "--json", cwd=workspace)
    assert [d["state"] for d in answer(done)["deliveries"]] == ["queued"]  # type: ignore[attr-defined]
    text = (workspace / "campaigns" / "gon.md").read_text("utf-8")
    (workspace / "campaigns" / "gon.md").write_text(text.replace("duy nhất", "đã đổi"), encoding="utf-8")
    stale = publisher("apply", "plan.json", "--as", "lan", "--now", "2026-10-01T10:00", cwd=workspace)
    assert stale.returncode == 2
    assert "out of date" in stale.stderr


def test_a_changed_campaign_voids_the_approval(workspace: Path) -> None:
    """What was approved is what goes out: another text is another approval."""
    plan_in(workspace, PAGE_ONLY)
    (piece,) = queue_year(workspace)
    publisher("approve", piece, "--as", "minh", "--now", "2026-10-01T09:00", cwd=workspace)
    text = (workspace / "campaigns" / "gon.md").read_text("utf-8")
    (workspace / "campaigns" / "gon.md").write_text(text.replace("duy nhất", "đã đổi"), encoding="utf-8")
    assert queue_year(workspace) == []
    done = publisher("queue", "list", "--json", cwd=workspace)
    assert [d["state"] for d in answer(done)["deliveries"]] == ["in_review"]  # type: ignore[attr-defined]


def test_a_plan_changed_by_hand_is_refused(workspace: Path) -> None:
    plan_in(workspace, PAGE_ONLY)
    publisher("plan", "--year", "2026", "-o", "plan.json", "--now", "2026-10-01T08:00", cwd=workspace)
    plan = workspace / "plan.json"
    plan.write_text(plan.read_text("utf-8").replace("2026-10-10T01", "2026-10-09T01"), encoding="utf-8")
    done = publisher("apply", "plan.json", "--as", "lan", cwd=workspace)
    assert done.returncode == 2
    assert "was changed after it was made" in done.stderr


def test_run_without_credentials_sends_nothing_and_names_the_variable(workspace: Path) -> None:
    plan_in(workspace, PAGE_ONLY)
    (piece,) = queue_year(workspace)
    publisher("approve", piece, "--as", "minh", "--now", "2026-10-01T09:00", cwd=workspace)
    done = publisher("run", "--until-idle", "--now", "2026-10-10T08:00:10", cwd=workspace)
    assert "FB_TINH_MAU_TOKEN" in done.stderr
    listed = answer(publisher("queue", "list", "--json", cwd=workspace))
    assert [d["state"] for d in listed["deliveries"]] != ["sent"]  # type: ignore[attr-defined]


def test_nothing_matched_and_unknown_ids_have_their_own_exit_code(workspace: Path) -> None:
    assert publisher("queue", "list", cwd=workspace).returncode == 3
    assert publisher("queue", "show", "khong-co", cwd=workspace).returncode == 3
    assert publisher("approve", "--all", "--as", "minh", cwd=workspace).returncode == 3


def test_the_ledger_is_whole_and_says_so(workspace: Path) -> None:
    plan_in(workspace, PAGE_ONLY)
    queue_year(workspace)
    done = publisher("audit", "verify", "--json", cwd=workspace)
    assert done.returncode == 0
    assert answer(done)["whole"] is True


def test_speak_says_an_override_as_it_stands(workspace: Path) -> None:
    text = "Theo [57-NQ/TW]{đọc: nghị quyết năm bảy}, có 5 hộ.\nGọi [1900]{đọc: tổng đài}, hỏi 2*3."
    done = publisher("speak", text, "--json", cwd=workspace)
    assert answer(done)["spoken"] == "Theo nghị quyết năm bảy, có năm hộ.\nGọi tổng đài, hỏi hai ba."


def test_speak_reads_aloud_and_lists_what_it_is_not_sure_of(workspace: Path) -> None:
    done = publisher("speak", "Nghị quyết 57-NQ/TW, hơn 2/3 số hộ, XYZK", "--json", cwd=workspace)
    found = answer(done)
    assert "năm mươi bảy" in str(found["spoken"])
    assert "hai phần ba" in str(found["spoken"])
    assert [d["written"] for d in found["doubts"]] == ["XYZK"]  # type: ignore[attr-defined]


def test_no_message_shows_the_private_path_of_the_workspace(workspace: Path) -> None:
    (workspace / "campaigns" / "gon.md").write_text("---\nunit: khong\n---\n", encoding="utf-8")
    for words in (("check",), ("render", "--out", "ra"), ("plan",), ("doctor", "--offline")):
        done = publisher(*words, cwd=workspace)
        assert str(workspace.parent) not in done.stdout + done.stderr


def check_pages(pages: list[Path]) -> None:
    """What the sandbox shows is sound HTML, and everyone can read it."""
    assert len(pages) >= 6
    assert {page.name: parse_errors(page) + repeated_ids(page) for page in pages} == {page.name: [] for page in pages}
    if CHROMIUM:
        with browser_page() as browser:
            for page in pages:
                assert axe_findings(browser, page) == [], page.name


@pytest.mark.slow
def test_the_demo_delivers_every_piece_once_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    """From a new workspace: Markdown to receipts, twice."""
    folder = tmp_path / "ws"
    publisher("init", str(folder), cwd=tmp_path)
    first = publisher("demo", "--json", cwd=folder)
    assert first.returncode == 0, first.stderr[-2000:]
    made = answer(first)
    assert set(made["counts"]) == {"sent"}  # type: ignore[call-overload]
    receipts = made["receipts"]
    assert isinstance(receipts, list)
    assert len({r["id"] for r in receipts}) == len(receipts) >= 24
    public = [r["url"] for r in receipts if r["url"]]  # a script in a station's folder has no public address
    assert len(set(public)) == len(public) >= 18
    assert all(r["author"] not in r["approved_by"] and r["attempts"] == 1 for r in receipts)
    check_pages(sorted((folder / "var" / "demo" / "out" / "channels").glob("*.html")))
    second = publisher("demo", "--json", cwd=folder)
    assert second.returncode == 0
    again = answer(second)
    assert again["drawn"] == 0
    assert [(r["id"], r["sent_at"], r["content_hash"]) for r in again["receipts"]] == [  # type: ignore[attr-defined]
        (r["id"], r["sent_at"], r["content_hash"]) for r in receipts
    ]


def test_who_wrote_the_text_cannot_approve_it_even_when_another_queued_it(workspace: Path) -> None:
    """The campaign names its writer; that the plan was applied by somebody else does not make her its reader."""
    plan_in(workspace, PAGE_ONLY)
    path = workspace / "campaigns" / "gon.md"
    path.write_text(path.read_text("utf-8").replace("slug: gon", "slug: gon\nauthor: Trần Văn Minh"), encoding="utf-8")
    (piece,) = queue_year(workspace)
    done = publisher("approve", piece, "--as", "minh", "--now", "2026-10-01T09:00", cwd=workspace)
    assert done.returncode != 0
    assert "another" in done.stderr


HOSTILE = """---
title: "Tiêu đề <script>alert(1)</script> {{ 7*7 }}"
unit: tinh-mau
---

Đoạn đầu {% for x in y %} #read("/etc/passwd") =cmd|'/C calc'!A1 ${HOME}.

## Mục {{ config }}

- **49%** {{ 7*7 }} người dân

| =1+1 | @SUM(A1) |
|---|---|
| =cmd | 5 |
| -2 | 7 |
"""


def test_hostile_text_is_shown_as_text_in_every_output(workspace: Path) -> None:
    """Nothing a campaign says is run, read or fetched, whatever it looks like."""
    (workspace / "campaigns" / "gon.md").write_text(HOSTILE, encoding="utf-8")
    done = publisher("render", "--only", "infographic,article", "--out", "ra", "--json", cwd=workspace)
    assert done.returncode == 0, done.stderr
    artifacts = answer(done)["artifacts"]
    assert isinstance(artifacts, list)
    for artifact in artifacts:
        path = workspace / artifact["path"]
        if path.suffix in (".html", ".md"):
            text = path.read_text("utf-8")
            assert "<script" not in text.lower().replace("&lt;script", "")
            assert "root:" not in text
            assert "7*7" in text or "7\\*7" in text
        assert "49 người" not in artifact["alt"].replace("49%", "")


def test_preview_shows_every_channel_and_queues_nothing(workspace: Path) -> None:
    plan_in(workspace, PAGE_ONLY)
    done = publisher("preview", "campaigns/gon.md", "--year", "2026", "--json", cwd=workspace)
    assert done.returncode == 0, done.stderr
    (channel,) = answer(done)["channels"]  # type: ignore[misc]
    assert channel["account"] == "facebook-tinh-mau"
    assert "Một đoạn duy nhất." in channel["text"]
    assert channel["length"] == len(channel["text"]) <= channel["limit"]
    assert channel["due"] == ["2026-10-10 08:00"]
    assert all(media["alt"] for media in channel["media"])
    assert publisher("queue", "list", cwd=workspace).returncode == 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this machine")
def test_a_full_disk_is_one_clear_error_and_leaves_no_half_file(workspace: Path) -> None:
    """A tiny file system stands for the full disk; where none can be mounted the test says so."""
    small = workspace / "day"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    try:
        done = publisher("render", "--only", "infographic", "--out", "day/ra", cwd=workspace)
        assert done.returncode == 1
        assert "No space left" in done.stderr
        assert "Traceback" not in done.stderr
        assert [path for path in small.rglob("*") if path.is_file()] == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_report_says_what_is_out_and_what_is_not(workspace: Path) -> None:
    plan_in(workspace, PAGE_ONLY)
    (piece,) = queue_year(workspace)
    now = ("--now", "2026-11-01T08:00")
    for ending in ("xlsx", "docx", "csv"):
        done = publisher("report", "--period", "2026-10", "-o", f"bao-cao.{ending}", "--json", *now, cwd=workspace)
        assert done.returncode == 0, done.stderr
        assert {key: answer(done)[key] for key in ("planned", "out")} == {"planned": 1, "out": 0}
    text = (workspace / "bao-cao.csv").read_text("utf-8-sig")
    assert "10/10/2026 08:00" in text
    assert "chờ duyệt" in text
    assert piece
    assert publisher("report", "--period", "2025", "-o", "x.csv", cwd=workspace).returncode == 3
    wrong = publisher("report", "--period", "2026-10", "-o", "x.pdf", cwd=workspace)
    assert (wrong.returncode, (workspace / "x.pdf").exists()) == (2, False)
    assert ".csv, .docx, .xlsx" in wrong.stderr


@pytest.mark.slow
def test_what_a_clip_has_no_time_for_is_said(workspace: Path) -> None:
    """A clip is short; what it leaves away is named with its line, again when it comes from the cache."""
    steps = "".join(f"{n}. **Việc {n}.** {'Một câu dài vừa phải về việc này. ' * 3}\n" for n in range(1, 16))
    (workspace / "campaigns" / "gon.md").write_text(f"# Tiêu đề\n\nĐoạn.\n\n## Bước\n\n{steps}", encoding="utf-8")
    for _ in range(2):
        done = publisher("render", "--only", "clip", "--out", "ra", "--json", cwd=workspace)
        assert done.returncode == 0, done.stderr
        artifacts = answer(done)["artifacts"]
        assert isinstance(artifacts, list)
        (video,) = [a for a in artifacts if a["role"] == "video"]
        assert video["left_out"]
        assert all(text.startswith("campaigns/gon.md:") for text in video["left_out"])
        assert video["left_out"][0] in done.stderr


def test_accounts_are_listed_with_the_names_of_missing_secrets_and_no_value(workspace: Path) -> None:
    done = publisher("channels", "list", "--json", cwd=workspace, FB_APP_SECRET="rat-bi-mat-12345")
    rows = {row["name"]: row for row in answer(done)["accounts"]}  # type: ignore[attr-defined]
    assert rows["facebook-tinh-mau"]["missing"] == ["FB_TINH_MAU_TOKEN"]
    assert "rat-bi-mat" not in done.stdout + done.stderr
    asked = publisher("channels", "check", "facebook-tinh-mau", cwd=workspace)
    assert asked.returncode == 4
    assert "FB_TINH_MAU_TOKEN" in asked.stdout
    assert publisher("channels", "check", "khong-co", cwd=workspace).returncode == 3


def crowded() -> str:
    """14 figures, 12 long steps, a table of 12 rows and a title of 200 characters."""
    title = " ".join(["Chuyển đổi số toàn dân"] * 9)[:200].strip()
    figures = "".join(f"- **{n * 7 + 1}%** nhãn thứ {n} của mục tiêu chung\n" for n in range(14))
    steps = "".join(f"{n}. **Việc thứ {n}.** {'Nội dung dài của bước này. ' * 8}\n" for n in range(1, 13))
    rows = "".join(f"| Xã số {n} | Việc của xã {n} rất dài | Nơi {n} |\n" for n in range(12))
    return (
        f"---\ntitle: {title}\nslug: gon\n---\n\nTóm tắt ngắn gọn.\n\n## Số\n\n{figures}\n## Bước\n\n{steps}\n"
        f"## Bảng\n\n| Xã | Việc | Nơi |\n|---|---|---|\n{rows}"
    )


def test_a_crowded_file_keeps_every_word_in_article_and_script(workspace: Path) -> None:
    """Infographics are held to the same in their own tests; a clip says what it had no time for."""
    (workspace / "campaigns" / "gon.md").write_text(crowded(), encoding="utf-8")
    done = publisher("render", "--only", "article,radio", "--out", "ra", "--json", cwd=workspace)
    assert done.returncode == 0, done.stderr
    wanted = set(re.findall(r"[^\W_]+", crowded().split("---", 2)[2].lower()))
    paths = [workspace / a["path"] for a in answer(done)["artifacts"]]  # type: ignore[attr-defined]
    html = re.sub(r"<[^>]+>", " ", next(p for p in paths if p.name == "gon.html").read_text("utf-8"))
    document = docx.Document(str(next(p for p in paths if p.name == "gon.docx")))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    word = " ".join([*(p.text for p in document.paragraphs), *cells])
    for text in (html, word):
        assert wanted <= set(re.findall(r"[^\W_]+", text.lower()))
    script = next(p for p in paths if p.suffix == ".txt").read_text("utf-8").lower()
    assert {w for w in wanted if not w.isdigit()} <= set(re.findall(r"[^\W_]+", script))
