"""Radio scripts as text, Word, PDF and data, ready to be read aloud."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from publisher.content.model import Override
from publisher.errors import RenderError, SettingsError, UsageError
from publisher.files import hash_file, replacing, write_bytes, write_text
from publisher.render.base import Artifact, RenderJob, Size
from publisher.render.radio_docx import write_docx
from publisher.render.radio_script import STUDIO_RATE, Paper, Script, clock, header_rows, lint_script, write_script
from publisher.render.sentences import clean
from publisher.render.sound import measure_duration
from publisher.render.speech import can_speak, speak_lines
from publisher.render.typesetting import Source, check_letters, set_pdf
from publisher.settings import read_yaml
from publisher.vietnamese.glossary import load_reading
from publisher.workspace import Workspace

KIND = "radio"
OPTIONS = ("approver", "audio", "length", "number", "on_air", "rate", "region")
LONGEST_FIELD = 60  # characters of one field of the head; the paper has a line for each
TEMPLATES = ("radio",)
FORMATS: Mapping[str, Size] = {}
_PHRASES = (
    "programme", "greeting", "headline", "topics", "ask", "ask_again", "quote", "quote_unnamed", "step", "sources",
    "ai", "hotline", "closing",
)  # fmt: skip
_SLOTS = {
    "programme": {"topic"}, "greeting": {"programme", "station"}, "headline": {"title"},
    "ask": {"question"}, "ask_again": {"question"}, "quote": {"source", "text"}, "quote_unnamed": {"text"},
    "step": {"number", "text"}, "hotline": {"hotline"}, "closing": {"programme", "station"},
}  # fmt: skip


def render(job: RenderJob) -> list[Artifact]:
    """Write the script in every form, once for each length asked for (`30,60`); else as long as it is.

    Raises RenderError, and SettingsError for a broken phrase or word list.
    """
    lengths = [length.strip() for length in job.options.get("length", "").split(",") if length.strip()]
    if not lengths:
        return draw_script(job, job.folder / KIND / f"{job.campaign.slug}-kich-ban")
    artifacts = []
    for length in dict.fromkeys(lengths):
        own = replace(job, options={**job.options, "length": length})
        artifacts += draw_script(own, job.folder / KIND / f"{job.campaign.slug}-kich-ban-{length}s")
    return artifacts


def draw_script(job: RenderJob, stem: Path) -> list[Artifact]:
    """One script in every form, at `stem` with an ending each."""
    script = make_script(job)
    fonts = job.workspace.assets / "fonts"
    data = describe(script, job.unit.font)
    check_letters(_texts(data), fonts=fonts, place=job.campaign.path)
    pdf = set_pdf(Source({"radio": job.workspace.templates / "radio"}, "radio/script.typ"), data, fonts=fonts)
    write_text(stem.with_suffix(".txt"), write_plain(script))
    write_bytes(stem.with_suffix(".docx"), write_docx(script, job.unit))
    write_bytes(stem.with_suffix(".pdf"), pdf)
    problems = [{"level": p.level, "message": p.message} for p in lint_script(script, path=job.campaign.path)]
    value = {**asdict(script), "seconds": round(script.seconds, 1), "syllables": script.syllables, "problems": problems}
    write_text(stem.with_suffix(".json"), json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")
    forms = (
        (".txt", "text", "text/plain"),
        (".docx", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (".pdf", "pdf", "application/pdf"),
        (".json", "json", "application/json"),
    )
    artifacts = [_artifact(job, script, stem.with_suffix(suffix), role, mime) for suffix, role, mime in forms]
    recorded = job.campaign.channels.get(KIND, Override()).audio
    if recorded:
        artifacts.append(_recording(job, script, recorded, stem))
    elif job.options.get("audio") == "yes" and can_speak():
        audio = stem.with_name(f"{stem.name.replace('-kich-ban', '-giong-tong-hop')}.mp3")
        lines = [line.said for turn in script.turns for line in turn.lines]
        speak_lines(lines, audio, title=script.title, rate=script.rate, region=region_of(job))
        artifacts.append(_artifact(job, script, audio, "audio", "audio/mpeg"))
    job.progress(1, 1)
    return artifacts


def _recording(job: RenderJob, script: Script, name: str, stem: Path) -> Artifact:
    """What a person recorded goes out as it is; no synthetic voice is made beside it."""
    source = find_file(job, name)
    seconds = measure_duration(source, shown=source.name)
    target = stem.with_name(f"{stem.name.replace('-kich-ban', '-ban-thu')}{source.suffix.lower()}")
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)
    mime = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg"}.get(target.suffix, "audio/wav")
    return replace(_artifact(job, script, target, "audio", mime), duration_s=round(seconds, 1))


def find_file(job: RenderJob, name: str) -> Path:
    """The recording inside the workspace, and no link. Raises RenderError when it is not there."""
    root = job.workspace.root.resolve()
    for path in (root / name, (root / job.campaign.path).parent / name):
        if path.is_file() and not path.is_symlink() and path.resolve().is_relative_to(root):
            return path
    raise RenderError(f"{job.campaign.path}: audio: no recording `{name}` there. Put it beside the campaign.")


def make_script(job: RenderJob) -> Script:
    """The script of a job: `rate` and `length` (seconds) and `region` are options."""
    rate, length = _number(job, "rate", job.unit.rate or STUDIO_RATE), _number(job, "length", job.unit.length_s)
    reading = load_reading(job.workspace, region="south" if region_of(job) == "south" else "north")
    phrases = load_phrases(job.workspace)
    return write_script(
        job.campaign, job.unit, phrases=phrases, reading=reading, rate=rate, length_s=length, paper=read_paper(job)
    )


def read_paper(job: RenderJob) -> Paper:
    """What the station adds to the head: `number`, `on_air`, `approver`. Raises UsageError for what is no such line."""
    fields = {name: clean(job.options.get(name, "")) for name in ("number", "on_air", "approver")}
    for name, text in fields.items():
        if len(text) > LONGEST_FIELD:
            raise UsageError(f"{name}: {len(text)} characters; the head of a script has room for {LONGEST_FIELD}.")
    return Paper(**fields)


def region_of(job: RenderJob) -> str:
    """Whose words the script is read with: the job's option, else the office's."""
    return job.options.get("region", job.unit.region)


def _number(job: RenderJob, name: str, default: int) -> int:
    text = job.options.get(name, str(default))
    if not text.isdigit() or not int(text) <= 3600 or (name == "rate" and int(text) < 60):
        raise UsageError(f"{name}: found `{text}`; a whole number is needed, such as {default or 60}.")
    return int(text)


def load_phrases(workspace: Workspace) -> dict[str, str]:
    """The fixed phrases. Raises SettingsError for a missing one or for a word in braces that is not filled in."""
    marked = read_yaml(workspace.templates / "radio" / "phrases.yaml", shown="templates/radio/phrases.yaml")
    marked.refuse_unknown(_PHRASES, of="a radio script's phrases")
    phrases = {name: marked.text(name) for name in _PHRASES}
    for name, phrase in phrases.items():
        allowed = _SLOTS.get(name, set())
        try:
            phrase.format(**dict.fromkeys(allowed, ""))
        except (KeyError, IndexError, ValueError, AttributeError):
            known = ", ".join(f"{{{slot}}}" for slot in sorted(allowed)) or "none"
            marked.complain(name, f"something in braces is not known; allowed here: {known}.")
    if marked.problems:
        raise SettingsError(marked.problems)
    return phrases


def describe(script: Script, font: str) -> dict[str, Any]:
    """What the paper's template is told."""
    return {
        "title": script.title,
        "station": script.station,
        "programme": script.programme,
        "fonts": list(dict.fromkeys([font, "Noto Sans"])),
        "header": [list(row) for row in header_rows(script)],
        "turns": [
            {
                "name": turn.name,
                "time": clock(turn.seconds),
                "lines": [
                    {
                        "speaker": line.speaker,
                        "said": line.said,
                        "cut": line.cut,
                        "syllables": line.syllables,
                        "notes": [note.short for note in line.notes],
                    }
                    for line in turn.lines
                ],
            }
            for turn in script.turns
        ],
        "doubts": [f"“{doubt.written}” đọc là “{doubt.said}”" for doubt in script.doubts],
        "left_out": list(script.left_out),
    }


def write_plain(script: Script) -> str:
    """The script as plain text: what a commune's loudspeaker reads, one sentence a line."""
    lines = [script.station.upper(), script.title, ""]
    lines += [f"{label}: {value}" for label, value in header_rows(script)]
    number = 0
    for turn in script.turns:
        lines += ["", f"[{turn.name.upper()} – {clock(turn.seconds)}]"]
        for line in turn.lines:
            number += 1
            lines.append(f"{number:>3}. {line.speaker}: {line.said}")
            if line.cut:
                lines.append(f"     (câu dài {line.syllables} âm tiết, nên ngắt: {line.cut})")
    if script.changed:
        lines += ["", "CÁCH ĐỌC", *(f"- {written} → {said}" for written, said in script.changed)]
    if script.doubts:
        lines += ["", "CẦN BIÊN TẬP VIÊN KIỂM TRA"]
        lines += [f"- “{doubt.written}” đọc là “{doubt.said}”" for doubt in script.doubts]
    if script.left_out:
        lines += ["", "ĐÃ BỎ BỚT ĐỂ VỪA THỜI LƯỢNG", *(f"- {text}" for text in script.left_out)]
    return "\n".join(lines) + "\n"


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [text for part in inner for text in _texts(part)]


def _artifact(job: RenderJob, script: Script, path: Path, role: str, mime: str) -> Artifact:
    return Artifact(
        kind=KIND,
        format="",
        role=role,
        unit=job.unit.id,
        campaign=job.campaign.slug,
        path=path,
        sha256=hash_file(path),
        bytes=path.stat().st_size,
        mime=mime,
        duration_s=round(script.seconds, 1),
        left_out=tuple(script.left_out) if role == "text" else (),
    )
