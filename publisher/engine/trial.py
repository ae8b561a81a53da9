"""A piece for trying an account: it says in its first words that it is a test."""

from __future__ import annotations

import hashlib
import wave
from datetime import datetime, timedelta
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from publisher.channels.base import Account, Media, Post, Role
from publisher.channels.registry import limits_of
from publisher.errors import UsageError
from publisher.files import write_bytes
from publisher.queue.model import NewDelivery
from publisher.workspace import Workspace

MARK = "[BÀI THỬ NGHIỆM]"
TEXT = f"{MARK} Đây là bài thử của hệ thống, sẽ được gỡ; bà con không cần làm gì."
SHAPES = ("text", "script", "article", "video")
_SIZE = (1280, 720)
_FILM_S = 3
_TONE_S, _TONE_HZ, _SAMPLES = 3, 440, 22_050


def make_trial(account: Account, workspace: Workspace, *, now: datetime) -> NewDelivery:
    """The test piece of the account, due now. Raises UsageError when no shape of it fits the account."""
    shape = next((shape for shape in SHAPES if shape in limits_of(account).shapes), None)
    if shape is None:
        raise UsageError(f"{account.path}: a {account.kind} account takes no test piece.")
    key = f"thu-nghiem.{account.name}.{now:%Y%m%d-%H%M%S}"
    post = Post(
        key=key,
        account=account.name,
        shape=shape,
        title=f"{MARK} {now:%H:%M:%S %d/%m/%Y}",
        text=f"{TEXT} ({key})",
        html=f"<p>{TEXT}</p><p>{key}</p>" if shape == "article" else "",
        summary=TEXT if shape == "article" else "",
        author=MARK.strip("[]"),
        media=tuple(_media(shape, workspace)),
        due_at=now,
        data={"level": "ordinary", "unit": account.unit, "campaign": "thu-nghiem"},
    )
    return NewDelivery(
        id=key,
        campaign="thu-nghiem",
        unit=account.unit,
        account=account.name,
        output=shape,
        due_at=now,
        post=post,
        valid_until=now + timedelta(days=1),
    )


def _media(shape: str, workspace: Workspace) -> list[Media]:
    folder = workspace.cache / "trial"
    if shape == "article":
        return [_file(_draw(folder / "bai-thu.png", workspace), "image/png", "image", alt=f"{MARK} Ảnh thử.")]
    if shape == "video":
        return [_file(_film(folder / "bai-thu.mp4", workspace), "video/mp4", "video", seconds=_FILM_S)]
    if shape == "script":  # a station may take recordings only
        return [_file(_tone(folder / "bai-thu.wav"), "audio/wav", "audio", seconds=_TONE_S)]
    return []


def _picture(workspace: Workspace) -> Image.Image:
    image = Image.new("RGB", _SIZE, (11, 79, 138))
    faces = sorted((workspace.assets / "fonts").glob("*/*.ttf"))
    font = ImageFont.truetype(str(faces[0]), 90) if faces else ImageFont.load_default(90)
    ImageDraw.Draw(image).text((_SIZE[0] // 2, _SIZE[1] // 2), MARK, font=font, fill="white", anchor="mm")
    return image


def _draw(path: Path, workspace: Workspace) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    _picture(workspace).save(path, "PNG")
    return path


def _film(path: Path, workspace: Workspace) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = imageio_ffmpeg.write_frames(str(path), _SIZE, fps=5, macro_block_size=16)
    writer.send(None)
    frame = np.ascontiguousarray(np.asarray(_picture(workspace)))
    for _ in range(5 * _FILM_S):
        writer.send(frame)
    writer.close()
    return path


def _tone(path: Path) -> Path:
    """A soft tone that begins and ends quietly: whoever hears it on air takes it for what it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    moments = np.arange(_TONE_S * _SAMPLES) / _SAMPLES
    loud = 0.1 * np.minimum(1.0, np.minimum(moments, _TONE_S - moments) * 4)
    samples = (np.sin(2 * np.pi * _TONE_HZ * moments) * loud * 32_767).astype("<i2")
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_SAMPLES)
        sound.writeframes(samples.tobytes())
    return path


def _file(path: Path, mime: str, role: Role, *, alt: str = "", seconds: float = 0.0) -> Media:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    # Named by its bytes: a later test must not change what an earlier one, still in review, is to send.
    named = path.with_name(f"{path.stem}-{digest[:12]}{path.suffix}")
    write_bytes(named, data)
    return Media(named, digest, len(data), mime, role, named.name, alt, seconds=seconds)
