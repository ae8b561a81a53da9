"""Radio scripts: sentences for the ear, two announcers, a running time, and nothing an announcer cannot read."""

from __future__ import annotations

import json
import shutil
import subprocess
import wave
from dataclasses import replace
from pathlib import Path

import av
import docx
import pytest
from office import lost_in_libreoffice, needs_libreoffice, open_in_libreoffice

from publisher.content.load import load_campaigns
from publisher.content.model import Campaign
from publisher.content.parse import Known, parse_campaign
from publisher.engine.rendering import used_files
from publisher.errors import RenderError, SettingsError, UsageError
from publisher.render import radio, speech
from publisher.render.base import RenderJob
from publisher.render.radio import make_script
from publisher.render.radio_lines import PAUSE_S
from publisher.render.radio_script import LONGEST, Script, lint_script, propose_cut, write_script
from publisher.render.radio_told import Rank
from publisher.units import load_unit
from publisher.vietnamese.glossary import load_reading
from publisher.vietnamese.reader import find_unreadable
from publisher.workspace import Workspace, load_workspace

ROOT = Path(__file__).parents[2]
WORKSPACE = load_workspace(ROOT)
UNIT = load_unit(WORKSPACE, "tinh-mau")
READING = load_reading(WORKSPACE)
PHRASES = radio.load_phrases(WORKSPACE)
SAMPLES = load_campaigns(sorted((ROOT / "campaigns").glob("*.md")), WORKSPACE, Known()).campaigns


def campaign_of(text: str) -> Campaign:
    campaign, problems = parse_campaign(text, path="mau.md", known=Known())
    assert campaign is not None, problems
    return campaign


def script_of(campaign: Campaign, *, rate: int = 230, length_s: int = 0) -> Script:
    return write_script(campaign, UNIT, phrases=PHRASES, reading=READING, rate=rate, length_s=length_s)


def said(script: Script) -> str:
    return "\n".join(line.said for turn in script.turns for line in turn.lines)


@pytest.mark.parametrize("campaign", SAMPLES, ids=lambda c: c.slug)
def test_nothing_of_a_sample_is_left_unreadable(campaign: Campaign) -> None:
    script = script_of(campaign)
    assert not find_unreadable(said(script))
    assert not [p for p in lint_script(script, path="x") if p.level == "error"]


@pytest.mark.parametrize("campaign", SAMPLES, ids=lambda c: c.slug)
def test_every_line_begins_with_a_capital_and_ends_with_a_stop(campaign: Campaign) -> None:
    for line in said(script_of(campaign)).split("\n"):
        assert line.strip("“")[0].isupper(), line
        assert line.rstrip("”")[-1] in ".?!:", line


def test_the_frame_is_always_there() -> None:
    script = script_of(campaign_of("# Tiêu đề\n\nMột đoạn duy nhất.\n"))
    assert [turn.name for turn in script.turns] == ["Lời chào", "Điểm tin", "Lời dẫn", "Lời kết"]
    assert "Xin chào quý thính giả." in said(script)
    assert "đến đây là hết" in said(script)


def test_blocks_become_sentences() -> None:
    text = (
        "# T\n\nĐoạn.\n\n## Số\n\n- **80%** người dân tham gia\n\n1. **Mở máy.** Bấm nút\n\n"
        "| Năm | Tỷ lệ |\n|---|---|\n| 2023 | 10% |\n| 2024 | 25% |\n| 2025 | 60% |\n\n"
        "> Tốt lắm.\n> — Bà Mẫu\n\n## Hỏi – đáp\n\n### Có mất phí không?\n\nKhông.\n"
    )
    spoken = said(script_of(campaign_of(text)))
    for sentence in (
        "Tám mươi phần trăm người dân tham gia.",
        "Bước một: Mở máy.",
        "Đến năm hai nghìn không trăm hai mươi lăm, con số này tăng lên sáu mươi phần trăm.",
        "Bà Mẫu chia sẻ: “Tốt lắm.”",
        "Không.",
    ):
        assert sentence in spoken


def test_what_parts_head_and_body_is_said_as_the_text_has_it() -> None:
    """`**Lấy mã**: …` is one sentence with a colon; nothing is cut off in its middle, and no line begins with a sign."""
    text = (
        "# T\n\nĐoạn.\n\n## Làm\n\n1. **Lấy mã**: nhà trường cấp\n2. **Gọi** theo số 112\n3. **Ngắt điện**, khóa van\n"
        "4. **Mở máy.** Bấm nút\n\n## Phạt\n\n- **4 triệu đồng**: vượt đèn đỏ\n- **80%** người dân\n"
    )
    lines = said(script_of(campaign_of(text))).split("\n")
    for line in (
        "Bước một: Lấy mã: nhà trường cấp.",
        "Bước hai: Gọi theo số một một hai.",
        "Bước ba: Ngắt điện, khóa van.",
        "Bước bốn: Mở máy.",
        "Bấm nút.",
        "Bốn triệu đồng: vượt đèn đỏ.",
        "Tám mươi phần trăm người dân.",
    ):
        assert line in lines


def test_a_line_chart_is_told_to_its_end_or_not_at_all() -> None:
    text = (
        "# T\n\nĐoạn.\n\n## Mực nước\n\n| Giờ | Mực nước (m) |\n|---|---|\n| 01h | 6,1 |\n| 05h | 6,8 |\n| 09h | 7,7 |\n"
        "| 13h | 8,4 |\n"
    )
    points = ("sáu phẩy một mét", "sáu phẩy tám mét", "bảy phẩy bảy mét", "tám phẩy bốn mét")
    found = set()
    for length in range(12, 40):
        spoken = said(script_of(campaign_of(text), length_s=length))
        found.add(tuple(point in spoken for point in points))
    assert found == {(False,) * 4, (True,) * 4}


def test_what_people_are_to_do_stays_longer_than_the_rest() -> None:
    long = "Mưa to kéo dài trên diện rộng ở nhiều nơi trong tỉnh. " * 6
    text = f"# T\n\nĐoạn.\n\n## Tình hình\n\n{long}\n\n## Cần làm\n\n1. **Ngắt điện**\n2. **Lên chỗ cao**\n"
    short = script_of(campaign_of(text), length_s=30)
    assert "Ngắt điện" in said(short)
    assert "Cần làm." in said(short)
    assert len(short.left_out) >= 3


def test_the_unit_of_a_column_is_said_once() -> None:
    text = "# T\n\nĐoạn.\n\n## Giá\n\n| Lúa | Tuần 1 (đồng/kg) | Tuần 2 (đồng/kg) |\n|---|---|---|\n| Mẫu | 6.500 | 6.700 |\n| Nếp | 7.900 | 8.100 |\n"
    spoken = said(script_of(campaign_of(text)))
    assert "Mẫu: tuần một là sáu nghìn năm trăm đồng một ki lô gam, tuần hai là" in spoken


def test_the_stations_own_lines_stand_in_the_head(tmp_path: Path) -> None:
    options = {"number": "312", "on_air": "Thứ Năm, 26/11/2026, 5h30", "approver": "Lê Thị Thu"}
    made = {a.role: a.path for a in radio.render(RenderJob(SAMPLES[0], UNIT, WORKSPACE, tmp_path, options=options))}
    plain = made["text"].read_text("utf-8")
    word = docx.Document(str(made["docx"]))
    cells = [cell.text for row in word.tables[0].rows for cell in row.cells]
    assert json.loads(made["json"].read_text("utf-8"))["paper"] == options
    for text in options.values():
        assert f": {text}\n" in plain
        assert text in cells
    with pytest.raises(UsageError, match="number: 61 characters"):
        radio.render(RenderJob(SAMPLES[0], UNIT, WORKSPACE, tmp_path, options={"number": "1" * 61}))


def test_one_announcer_asks_and_the_other_answers() -> None:
    text = "# T\n\nĐoạn.\n\n## Hỏi – đáp\n\n### Có mất phí không?\n\nKhông mất.\n"
    turn = next(t for t in script_of(campaign_of(text)).turns if t.name.startswith("Hỏi"))
    speakers = {line.said.split()[-1]: line.speaker for line in turn.lines}
    assert (speakers["không?"], speakers["mất."]) == ("PTV1", "PTV2")


def test_an_override_is_said_in_its_own_sentence() -> None:
    text = "# T\n\nĐoạn.\n\n## Mục\n\nTheo [57-NQ/TW]{đọc: nghị quyết năm bảy} ta làm. Câu sau có 5 việc.\n"
    lines = said(script_of(campaign_of(text))).split("\n")
    assert "Theo nghị quyết năm bảy ta làm." in lines
    assert "Câu sau có năm việc." in lines


def test_the_running_time_is_syllables_at_the_stations_rate_and_pauses() -> None:
    campaign = SAMPLES[0]
    studio, outdoor = script_of(campaign), script_of(campaign, rate=190)
    lines = sum(len(turn.lines) for turn in studio.turns)
    assert studio.seconds == pytest.approx(studio.syllables * 60 / 230 + PAUSE_S * lines, abs=1)
    assert outdoor.seconds > studio.seconds


@pytest.mark.parametrize("rate", [190, 230])
@pytest.mark.parametrize("length", [30, 60, 90, 300])
@pytest.mark.parametrize("campaign", SAMPLES, ids=lambda campaign: campaign.slug)
def test_a_version_of_a_length_is_no_longer_and_says_what_it_left_out(
    campaign: Campaign, length: int, rate: int
) -> None:
    whole, short = script_of(campaign, rate=rate), script_of(campaign, rate=rate, length_s=length)
    assert short.seconds <= min(length, whole.seconds)
    everything = [line.written for turn in whole.turns for line in turn.lines]
    kept = [line.written for turn in short.turns for line in turn.lines]
    assert sorted(kept + list(short.left_out)) == sorted(everything)
    assert bool(short.left_out) == (whole.seconds > length)
    assert [kept[0], kept[-1]] == [everything[0], everything[-1]]
    assert f"Nội dung chính hôm nay: {campaign.title}." in kept


def test_a_shorter_version_opens_nothing_it_does_not_say() -> None:
    """No heading, question or topic without what it announces; nothing explained that is not read."""
    for campaign in SAMPLES:
        for length in range(25, 300, 5):
            short = script_of(campaign, length_s=length)
            for turn in short.turns:
                lines = [line for line in turn.lines if line.rank in (Rank.STEPS, Rank.BODY)]
                assert not lines or not lines[-1].opens, (length, lines[-1])
            names = {turn.name.rstrip("?.") for turn in short.turns}
            topics = [line for turn in short.turns for line in turn.lines if line.rank is Rank.TOPICS]
            assert len(topics) != 1
            assert all(line.written.rstrip("?.") in names for line in topics if not line.opens)
            words = " ".join(line.written for turn in short.turns for line in turn.lines)
            assert all(before in words for before, _ in short.changed)


def test_what_cannot_be_told_in_the_time_is_an_error() -> None:
    script = script_of(campaign_of(f"# {'Một tiêu đề dài ' * 18}\n\nĐoạn.\n"), length_s=20)
    assert any(p.level == "error" and "were asked for" in p.message for p in lint_script(script, path="x"))


@pytest.mark.parametrize("rate", [100, 230])
def test_the_office_says_how_long_and_with_whose_words_its_scripts_are(rate: int, tmp_path: Path) -> None:
    unit = replace(UNIT, rate=rate, region="south", length_s=60)
    script = make_script(RenderJob(SAMPLES[0], unit, WORKSPACE, tmp_path))
    assert script.seconds <= 60
    assert "ngàn" in " ".join(pair[1] for pair in make_script(
        RenderJob(SAMPLES[0], replace(unit, length_s=0), WORKSPACE, tmp_path)).changed)  # fmt: skip


def test_several_lengths_give_a_script_each(tmp_path: Path) -> None:
    job = RenderJob(SAMPLES[0], UNIT, WORKSPACE, tmp_path, options={"length": "30,90"})
    names = {artifact.path.name for artifact in radio.render(job) if artifact.role == "text"}
    assert {name.removeprefix(SAMPLES[0].slug) for name in names} == {"-kich-ban-30s.txt", "-kich-ban-90s.txt"}


def test_a_long_sentence_is_marked_with_a_proposed_cut() -> None:
    text = "Hôm nay " + "bà con trong xã cùng nhau học tập, " * 5 + "rất vui."
    script = script_of(campaign_of(f"# T\n\nĐoạn.\n\n## Mục\n\n{text}\n"))
    line = next(line for turn in script.turns for line in turn.lines if line.syllables > LONGEST)
    assert "‖" in line.cut
    assert line.cut.replace(" ‖", "") == line.said
    assert any("Cut:" in p.message for p in lint_script(script, path="x"))


def test_beside_each_sentence_stands_what_the_article_writes_otherwise() -> None:
    script = script_of(campaign_of("# T\n\nĐoạn.\n\n## Mục\n\nCài VNeID cho 80% hộ. Hỏi XYZK nhé. Bà con vui.\n"))
    lines = {line.written: [note.short for note in line.notes] for turn in script.turns for line in turn.lines}
    assert lines["Cài VNeID cho 80% hộ."] == ["VNeID: vi en i ai đi", "80%"]
    assert lines["Hỏi XYZK nhé."] == ["XYZK: ích i dài dét ca (?)"]
    assert lines["Bà con vui."] == []


def test_a_cut_falls_at_a_comma_near_the_middle() -> None:
    assert propose_cut("một hai ba, bốn năm sáu bảy tám") == "một hai ba, ‖ bốn năm sáu bảy tám"


def test_a_very_long_sentence_is_cut_until_every_part_can_be_read() -> None:
    said_once = "bà con trong xã cùng nhau học tập rất vui, " * 9 + "và về nhà."
    parts = propose_cut(said_once).split(" ‖ ")
    assert " ".join(parts) == said_once
    assert len(parts) > 2
    assert all(len(part.split()) <= LONGEST for part in parts)


def test_what_cannot_be_read_blocks_the_script() -> None:
    script = script_of(SAMPLES[0])
    line = replace(script.turns[2].lines[0], said="Còn 5 việc ở UBND.")
    broken = replace(script, turns=(replace(script.turns[2], lines=(line,)),))
    found = lint_script(broken, path="mau.md")
    assert [problem.level for problem in found if "cannot be read aloud" in problem.message] == ["error"]


def test_the_same_job_gives_the_same_bytes_and_the_same_words_in_every_form(tmp_path: Path) -> None:
    def make(folder: Path) -> dict[str, Path]:
        artifacts = radio.render(RenderJob(SAMPLES[0], UNIT, WORKSPACE, folder))
        return {artifact.role: artifact.path for artifact in artifacts}

    first, second = make(tmp_path / "a"), make(tmp_path / "b")
    assert {role: path.read_bytes() for role, path in first.items()} == {
        role: path.read_bytes() for role, path in second.items()
    }
    lines = [line["said"] for turn in json.loads(first["json"].read_text("utf-8"))["turns"] for line in turn["lines"]]
    plain = first["text"].read_text("utf-8")
    word = docx.Document(str(first["docx"]))
    document = "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    document = document.replace(" ‖", "")  # on paper a long sentence stands once, with the marks of its cuts
    assert all(line in plain and line in document for line in lines)
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-raw", str(first["pdf"]), "-"], capture_output=True, check=True)
        shown = done.stdout.decode().split()
        assert all(word in shown for line in lines for word in line.split())


@needs_libreoffice
def test_libreoffice_shows_the_script_as_it_was_written(tmp_path: Path) -> None:
    made = {a.role: a.path for a in radio.render(RenderJob(SAMPLES[0], UNIT, WORKSPACE, tmp_path))}
    seen = open_in_libreoffice(made["docx"], tmp_path)
    assert lost_in_libreoffice(made["docx"], seen) == []
    assert [level for level, _ in seen.headings].count(1) == 1
    assert len(seen.headings) > 5


@pytest.mark.parametrize(("name", "value"), [("rate", "nhanh"), ("length", "-5"), ("rate", "0")])
def test_a_wrong_option_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{name}: found `{value}`"):
        radio.render(RenderJob(SAMPLES[0], UNIT, WORKSPACE, tmp_path, options={name: value}))


def test_a_broken_phrase_is_named_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "radio"
    folder.mkdir(parents=True)
    text = (ROOT / "templates" / "radio" / "phrases.yaml").read_text("utf-8")
    (folder / "phrases.yaml").write_text(text.replace("{title}", "{titel.__class__}"), encoding="utf-8")
    with pytest.raises(
        SettingsError, match=r"phrases.yaml:4: headline: something in braces is not known; allowed here: \{title\}"
    ):
        radio.load_phrases(Workspace(tmp_path, WORKSPACE.zone, "x", "vi", ""))


def test_a_loudspeaker_reads_at_its_offices_own_rate(tmp_path: Path) -> None:
    commune = load_unit(WORKSPACE, "xa-mau")
    (script,) = [a for a in radio.render(RenderJob(SAMPLES[0], commune, WORKSPACE, tmp_path)) if a.role == "json"]
    assert json.loads(script.path.read_text("utf-8"))["rate"] == commune.rate == 190


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_synthetic_reading_says_what_it_is(tmp_path: Path) -> None:
    """In its name, in its tags and in its first words; the same script gives the same bytes."""

    def make(folder: Path) -> Path:
        artifacts = radio.render(RenderJob(SAMPLES[0], UNIT, WORKSPACE, folder, options={"audio": "yes"}))
        return next(a.path for a in artifacts if a.role == "audio")

    first, second = make(tmp_path / "a"), make(tmp_path / "b")
    assert "giong-tong-hop" in first.name
    assert first.read_bytes() == second.read_bytes()
    with av.open(str(first)) as container:
        assert "tổng hợp" in container.metadata["comment"]
        assert container.duration is not None
        assert container.duration / 1_000_000 > 60


def test_the_first_words_of_a_synthetic_reading_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def note(command: list[str]) -> None:
        if "-f" in command and command[0] == "espeak-ng":
            texts.append(Path(command[command.index("-f") + 1]).read_text("utf-8"))
        Path(command[-1]).write_bytes(b"sound")

    monkeypatch.setattr(speech, "_run", note)
    speech.speak_lines(["Xin chào."], tmp_path / "a.mp3", title="T", rate=230, region="north")
    assert texts == [f"{speech.NOTICE}\nXin chào."]
    assert "tổng hợp" in speech.NOTICE


def test_without_a_voice_nothing_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(radio, "can_speak", lambda: False)
    artifacts = radio.render(RenderJob(SAMPLES[0], UNIT, WORKSPACE, tmp_path, options={"audio": "yes"}))
    assert {artifact.role for artifact in artifacts} == {"text", "docx", "pdf", "json"}


def silence(path: Path, seconds: int = 2) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 8000 * seconds)
    return path


def recorded_campaign(folder: Path, name: str) -> tuple[Campaign, Workspace]:
    """A campaign with a recording of its own, in a workspace of its own."""
    (folder / "campaigns").mkdir()
    for part in ("assets", "templates"):
        (folder / part).symlink_to(ROOT / part)
    path = folder / "campaigns" / "ban-tin.md"
    path.write_text(f"---\nchannels:\n  radio:\n    audio: {name}\n---\n# Bản tin\n\nBà con vui.\n", "utf-8")
    silence(folder / "campaigns" / "thu.wav")
    workspace = replace(WORKSPACE, root=folder)
    loading = load_campaigns([path], workspace, Known())
    assert not loading.problems, loading.problems
    return loading.campaigns[0], workspace


@pytest.mark.parametrize("voice", [True, False])
def test_an_editors_recording_takes_the_place_of_the_synthetic_voice(
    voice: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(radio, "can_speak", lambda: voice)
    campaign, workspace = recorded_campaign(tmp_path, "thu.wav")
    artifacts = radio.render(RenderJob(campaign, UNIT, workspace, tmp_path / "ra", options={"audio": "yes"}))
    (audio,) = [a for a in artifacts if a.role == "audio"]
    assert audio.path.name == "ban-tin-ban-thu.wav"
    assert audio.path.read_bytes() == (tmp_path / "campaigns" / "thu.wav").read_bytes()
    assert (audio.duration_s, audio.mime) == (2.0, "audio/wav")
    assert used_files(RenderJob(campaign, UNIT, workspace, tmp_path)) == [tmp_path / "campaigns" / "thu.wav"]


def test_what_is_no_sound_is_one_clear_error(tmp_path: Path) -> None:
    campaign, workspace = recorded_campaign(tmp_path, "thu.wav")
    (tmp_path / "campaigns" / "thu.wav").write_bytes(b"not sound")
    with pytest.raises(RenderError, match=r"thu\.wav"):
        radio.render(RenderJob(campaign, UNIT, workspace, tmp_path / "ra"))
    (tmp_path / "campaigns" / "thu.wav").unlink()
    with pytest.raises(RenderError, match="audio: no recording"):
        radio.render(RenderJob(campaign, UNIT, workspace, tmp_path / "ra"))


def test_a_recording_of_another_channel_or_outside_is_named_with_its_line() -> None:
    text = "---\nchannels:\n  facebook: {audio: a.mp3}\n  radio:\n    audio: ../a.mp3\n---\n# T\n\nĐoạn.\n"
    _, problems = parse_campaign(text, path="x.md", known=Known())
    assert [problem.line for problem in problems if "audio" in problem.message] == [3, 5]
