"""Loops for LED walls: silent, without a seam, of any size, with few words in large type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from publisher.errors import UsageError
from publisher.files import hash_file, replacing, write_bytes
from publisher.render.base import Artifact, RenderJob, Size
from publisher.render.clip import film_unit, key_day_name
from publisher.render.encoding import join_segments
from publisher.render.film import Film
from publisher.render.layers import make_look
from publisher.render.scenes import Draft, Item, draft_scenes
from publisher.render.screen import Screen, make_screen
from publisher.render.segments import encode_scenes, keep_still
from publisher.render.storyboard import BEAT, LeftOut, Scene, Storyboard, time_scene
from publisher.render.theme import load_theme
from publisher.render.typesetting import check_letters

KIND = "led"
OPTIONS = ("size",)
TEMPLATES = ("clip",)
FORMATS: Mapping[str, Size] = {"led": Size(1920, 1080)}

SMALLEST, LARGEST = 128, 3840
MOST = 6
"""Screens of one loop: people pass a wall, they do not stand before it."""
WORDS = 16
"""Most words of one thing on a wall; longer ones are for other outputs."""

DENSITIES = (3.4, 3.0, 2.6, 2.3, 2.1, 1.9, 1.7, 1.5, 1.34, 1.2, 1.08, 0.96, 0.86, 0.78, 0.7, 0.6, 0.5)
_SIZE = re.compile(r"(\d{2,5})[x×](\d{2,5})")


def render(job: RenderJob) -> list[Artifact]:
    """One loop of the size that option `size` names (`1920x384`), 1920×1080 by default, and a still of it."""
    width, height = parse_size(job.options.get("size", ""))
    film = make_loop(job, make_screen(width, height))
    done = 0

    def advance(frames: int) -> None:
        nonlocal done
        done += frames
        job.progress(done, film.board.frames)

    segments = encode_scenes(film, advance)
    stem = f"led-{width}x{height}"
    video, still = job.folder / f"{stem}.mp4", job.folder / f"{stem}.png"
    job.folder.mkdir(parents=True, exist_ok=True)
    with replacing(video) as temporary:
        join_segments([(segment.path, segment.frames) for segment in segments], None, temporary)
    write_bytes(still, keep_still(film, film.board.scenes[0]))
    words = "; ".join(
        f"{scene.heading} {' '.join(t.item.text for t in scene.items)}".strip() for scene in film.board.scenes
    )
    made = ((video, "video", "video/mp4"), (still, "thumbnail", "image/png"))
    return [
        Artifact(
            kind=KIND, format="led", role=role, unit=job.unit.id, campaign=job.campaign.slug, path=path,
            sha256=hash_file(path), bytes=path.stat().st_size, mime=mime, width=width, height=height,
            duration_s=film.board.duration_s if role == "video" else 0.0, alt=f"Màn hình LED, không tiếng: {words}",
        )
        for path, role, mime in made
    ]  # fmt: skip


def parse_size(text: str) -> tuple[int, int]:
    """`1920x384` as width and height. Raises UsageError for what is no size, odd, or out of bounds."""
    if not text:
        size = FORMATS[KIND]
        return int(size.width), int(size.height)
    match = _SIZE.fullmatch(text.strip().lower())
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST) or width % 2 or height % 2:
        raise UsageError(
            f"size: found `{text[:40]}`; a size is written 1920x384, two even numbers from {SMALLEST} to {LARGEST}. "
            "Give the number of pixels of the wall."
        )
    return width, height


def make_loop(job: RenderJob, screen: Screen) -> Film:
    """The film of a wall."""
    board = plan_loop(job, screen)
    texts = [f"{scene.heading} {t.item.text}" for scene in board.scenes for t in scene.items]
    check_letters(texts, fonts=job.workspace.assets / "fonts", place=job.campaign.path)
    theme = load_theme(job.workspace, job.campaign.theme)
    look = make_look(film_unit(job), theme)
    return Film(board, screen, look, look, job.unit, job.unit, job.workspace, job.campaign.path, DENSITIES, dark=True)


def plan_loop(job: RenderJob, screen: Screen) -> Storyboard:
    """Title, the figures one by one, short quotations and the hotline; what is longer is left out and listed."""
    campaign, left = job.campaign, list[LeftOut]()
    key_day = key_day_name(job.workspace, campaign)
    drafts = [Draft("lead", key_day, (Item(body=campaign.title, line=campaign.title_line),), line=campaign.title_line)]
    for draft in draft_scenes(campaign, screen.room):
        for item in draft.items:
            fits = draft.kind in ("figures", "quotation") and len(item.text.split()) <= WORDS
            if fits and len(drafts) < MOST - 1:
                drafts.append(replace(draft, items=(item,), heading="", part=0, parts=1))
            elif draft.kind != "lead":
                left.append(LeftOut(item.line, item.text))
    if job.unit.hotline:
        drafts.append(Draft("lead", job.unit.name, (Item(body=f"Gọi {job.unit.hotline}"),)))
    scenes: list[Scene] = []
    for draft in drafts:
        scenes.append(time_scene(draft, 2 * BEAT, 2 * BEAT * len(scenes)))
    return Storyboard(campaign.title, tuple(scenes), tuple(left), campaign.ai_label)
