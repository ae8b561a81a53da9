"""Short films: a campaign's storyboard as MP4 with captions and a still, for each shape of screen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Literal

from publisher.content.model import Campaign
from publisher.errors import RenderError, SettingsError, UsageError
from publisher.files import hash_file, replacing, write_bytes, write_text
from publisher.render.base import Artifact, RenderJob, Size
from publisher.render.cues import Cue, caption_cues
from publisher.render.encoding import encode_sound, join_segments
from publisher.render.film import Film
from publisher.render.layers import make_look
from publisher.render.narrated import plan_narrated
from publisher.render.narration import Narration, Recording
from publisher.render.recording import hear
from publisher.render.screen import make_screen
from publisher.render.segments import Segment, encode_scenes, hash_drawing, keep_still, remember_fit
from publisher.render.sound import mix_sound
from publisher.render.speech import can_speak, speak_cues
from publisher.render.storyboard import LONGEST_S, SHORTEST_S, USUAL_S, Storyboard, plan_storyboard
from publisher.render.subtitles import write_srt, write_vtt
from publisher.render.theme import load_theme
from publisher.render.typesetting import check_letters
from publisher.settings import read_yaml
from publisher.units import Unit, load_unit
from publisher.vietnamese.glossary import load_reading
from publisher.vietnamese.reader import count_syllables, read_aloud
from publisher.workspace import Workspace

Region = Literal["north", "south"]

KIND = "clip"
OPTIONS = ("audio", "region", "seconds")
SPOKEN_RATE = 240
"""Syllables a minute of the proof reading."""
TEMPLATES = ("clip",)
FORMATS: Mapping[str, Size] = {"reel": Size(1080, 1920), "square": Size(1080, 1080), "wide": Size(1920, 1080)}
BED = Path("sounds") / "bed.ogg"
FILLING = (1.0, 0.8, 0.62, 0.48, 0.36)
"""Parts of a screen's estimated room that are tried in turn."""


def render(job: RenderJob) -> list[Artifact]:
    """Each format as MP4 with SRT, VTT and a still; `reel` when none is named. Raises RenderError."""
    films = [(name, make_film(job, name)) for name in job.formats or ("reel",)]
    total = sum(film.board.frames for _, film in films)
    done = 0

    def advance(frames: int) -> None:
        nonlocal done
        done += frames
        job.progress(done, total)

    artifacts: list[Artifact] = []
    for name, film in films:
        segments = encode_scenes(film, advance)
        artifacts += write_clip(job, name, film, segments)
    return artifacts


def make_film(job: RenderJob, name: str) -> Film:
    """The film of one format. Raises RenderError for a narration that is too long or a letter no font has.

    Screens are filled by estimate; where a scene then does not fit in legible type, all are filled less.
    """
    size = FORMATS[name]
    screen = make_screen(int(size.width), int(size.height))
    theme = load_theme(job.workspace, job.campaign.theme)
    office = film_unit(job)
    look, own_look = make_look(office, theme), make_look(job.unit, theme)

    plan = time_film(job)

    def film_with(part: float) -> Film:
        board = plan(room=screen.room.filled(part))
        return Film(board, screen, look, own_look, office, job.unit, job.workspace, job.campaign.path)

    film = film_with(FILLING[0])
    texts = [film.board.title, *(f"{s.heading} {t.item.text}" for s in film.board.scenes for t in s.items)]
    check_letters(texts, fonts=job.workspace.assets / "fonts", place=job.campaign.path)
    for part in FILLING[1:]:
        if remember_fit(film):
            break
        film = film_with(part)
    return film


def time_film(job: RenderJob) -> Callable[..., Storyboard]:
    """The planning of the job's storyboard, for any `room`; option `seconds` sets how long it may be."""
    recording = hear_voice(job)
    limit_s = parse_seconds(job.options.get("seconds", ""))
    plan = partial(plan_storyboard, job.campaign, key_day=key_day_name(job.workspace, job.campaign))
    if recording is None:
        return partial(plan, limit_s=limit_s)
    narration = Narration(recording, syllable_counter(job.workspace))
    end_text = end_caption(film_unit(job))
    return lambda room: plan_narrated(partial(plan, room=room), narration, limit_s=limit_s, end_text=end_text)


def hear_voice(job: RenderJob) -> Recording | None:
    """The narration as it is heard. Raises RenderError when it cannot be, or lasts longer than a clip may."""
    voice, place = voice_path(job), voice_place(job)
    if voice is None:
        return None
    try:
        recording = hear(voice, shown=voice.name)
    except RenderError as error:
        raise RenderError(f"{place}: {error}") from error
    if recording.duration_s > LONGEST_S:
        raise RenderError(
            f"{place}: the recording lasts {recording.duration_s:.1f} s; a clip lasts at most {LONGEST_S:.0f} s. "
            "Shorten it, or remove the line."
        )
    return recording


def voice_place(job: RenderJob) -> str:
    return f"{job.campaign.path}:{job.campaign.voice_line}: voice"


def syllable_counter(workspace: Workspace) -> Callable[[str], int]:
    """How many syllables an announcer says for a text."""
    reading = load_reading(workspace)

    @cache
    def count(text: str) -> int:
        return count_syllables(read_aloud(text, reading).text)

    return count


def parse_seconds(text: str) -> float:
    """How long a clip may be. Raises UsageError for what is no number from 15 to 60."""
    if not text:
        return USUAL_S
    try:
        seconds = float(text.replace(",", "."))
    except ValueError:
        seconds = 0.0
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise UsageError(
            f"seconds: found `{text[:40]}`; a clip lasts {SHORTEST_S:.0f} to {LONGEST_S:.0f} s. Give such a number."
        )
    return seconds


def film_unit(job: RenderJob) -> Unit:
    """Whose film it is: the issuing office's, so that every unit below it shares the same frames but the end card."""
    issuing = job.campaign.unit or job.workspace.unit
    if not issuing or issuing == job.unit.id:
        return job.unit
    try:
        return load_unit(job.workspace, issuing)
    except SettingsError:
        return job.unit


def key_day_name(workspace: Workspace, campaign: Campaign) -> str:
    """What the opening says of the day: its date as people write it, or nothing when the title says it already."""
    path = workspace.schedules / "key-days.yaml"
    if not campaign.key_day or not path.is_file():
        return ""
    facts = path.stat()
    rule = _key_day_rules(path, facts.st_size, facts.st_mtime_ns).get(campaign.key_day)
    return f"Ngày {rule}" if rule else ""


@lru_cache(maxsize=2)
def _key_day_rules(path: Path, size: int, changed_ns: int) -> Mapping[str, str]:
    """Read again only when a size or a time of change did: the list is long and every film asks for one day of it."""
    try:
        days = read_yaml(path, shown="schedules/key-days.yaml").mappings("days")
    except SettingsError:
        return {}
    return {str(day.values.get("id", "")): str(day.values.get("rule", "")) for day in days}


def voice_path(job: RenderJob) -> Path | None:
    """The narration's file, inside the workspace and no link. Raises RenderError when it is not there."""
    if not job.campaign.voice:
        return None
    root = job.workspace.root.resolve()
    for path in (root / job.campaign.voice, (root / job.campaign.path).parent / job.campaign.voice):
        if path.is_file() and not path.is_symlink() and path.resolve().is_relative_to(root):
            return path
    raise RenderError(f"{voice_place(job)}: no recording `{job.campaign.voice}` there. Put it beside the campaign.")


def write_clip(job: RenderJob, name: str, film: Film, segments: list[Segment]) -> list[Artifact]:
    """Join the segments with the sound and write the film's files; all of them or none."""
    folder, stem = job.folder, f"clip-{name}"
    cues = caption_cues(film.board, end_text=end_caption(job.unit))
    folder.mkdir(parents=True, exist_ok=True)
    paths = {role: folder / f"{stem}{ending}" for role, ending in _ENDINGS.items()}
    sound = keep_sound(job, film.board.frames)
    with replacing(paths["video"]) as temporary:
        join_segments([(segment.path, segment.frames) for segment in segments], sound, temporary)
    write_bytes(paths["thumbnail"], keep_still(film, film.board.scenes[0]))
    write_text(paths["srt"], write_srt(cues))
    write_text(paths["vtt"], write_vtt(cues))
    artifacts = [_artifact(job, name, film, role, path) for role, path in paths.items()]
    if job.options.get("audio") == "yes" and not job.campaign.voice and can_speak():
        artifacts.append(_spoken(job, name, film, cues, folder / f"{stem}-giong-tong-hop.mp3"))
    return artifacts


def _spoken(job: RenderJob, name: str, film: Film, cues: tuple[Cue, ...], path: Path) -> Artifact:
    """The captions read by a machine, each at its time: to hear whether a narration would fit. It never goes out."""
    region: Region = "south" if job.options.get("region") == "south" else "north"
    reading = load_reading(job.workspace, region=region)
    said = [(cue.start_s, read_aloud(cue.text, reading).text) for cue in cues]
    ends_s = speak_cues(said, path, title=film.board.title, rate=SPOKEN_RATE, region=region)
    late = ends_s - film.board.duration_s
    told = f"{job.campaign.path}: read aloud, the captions take {late:.0f} s longer than the clip"
    made = _artifact(job, name, film, "audio", path)
    return replace(made, duration_s=round(ends_s, 1), left_out=(told,) if late > 1 else ())


def keep_sound(job: RenderJob, frames: int) -> Path:
    """The film's sound, ready to be joined; mixed once for all units that share it."""
    voice, recording = voice_path(job), hear_voice(job)
    speech = recording.speech if recording else ()
    bed = job.workspace.assets / BED
    parts = (hash_file(bed), hash_file(voice) if voice else "", str(frames), hash_drawing(job.workspace.root))
    path = job.workspace.cache / "clip" / f"{hashlib.sha256(repr(parts).encode()).hexdigest()}.m4a"
    if not path.is_file():
        with replacing(path) as temporary:
            mixed = temporary.with_suffix(".wav")
            try:
                mix_sound(mixed, frames=frames, bed=bed, voice=voice, speech=speech)
                encode_sound(mixed, temporary)
            finally:
                mixed.unlink(missing_ok=True)
    return path


_ENDINGS = {"video": ".mp4", "srt": ".srt", "vtt": ".vtt", "thumbnail": ".png"}
_MIMES = {
    "video": "video/mp4", "srt": "application/x-subrip", "vtt": "text/vtt", "thumbnail": "image/png",
    "audio": "audio/mpeg",
}  # fmt: skip


def _artifact(job: RenderJob, name: str, film: Film, part: str, path: Path) -> Artifact:
    pictured = part in ("video", "thumbnail")
    return Artifact(
        kind=KIND,
        format=name,
        role="captions" if part in ("srt", "vtt") else part,
        unit=job.unit.id,
        campaign=job.campaign.slug,
        path=path,
        sha256=hash_file(path),
        bytes=path.stat().st_size,
        mime=_MIMES[part],
        width=film.screen.width if pictured else 0,
        height=film.screen.height if pictured else 0,
        duration_s=film.board.duration_s if part != "thumbnail" else 0.0,
        alt=describe_film(film.board) if part == "video" else describe_still(film) if part == "thumbnail" else "",
        left_out=tell_left_out(film.board, job.campaign.path) if part == "video" else (),
    )


def tell_left_out(board: Storyboard, path: str) -> tuple[str, ...]:
    """What the film has no time for, each with its place in the campaign."""
    return tuple(f"{path}:{one.line}: no time in the clip for “{one.text[:60]}”" for one in board.left_out)


def describe_film(board: Storyboard) -> str:
    """The clip in words, for somebody who cannot see it."""
    said = [f"Clip {board.duration_s:.0f} giây có phụ đề: {board.title}."]
    for scene in board.body:
        lead = f"{scene.heading}: " if scene.heading and not scene.continues else ""
        said.append(lead + "; ".join(t.item.text.rstrip(".") for t in scene.items) + ".")
    return " ".join([*said, board.label]).strip()


def describe_still(film: Film) -> str:
    return f"Ảnh mở đầu clip của {film.office.name}: {film.board.title}"


def end_caption(unit: Unit) -> str:
    """What the end card says, for the captions."""
    parts = [unit.name, f"Điện thoại {unit.hotline}" if unit.hotline else "", unit.website]
    return ". ".join(part for part in parts if part)
