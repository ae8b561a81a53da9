"""Captions as files: SubRip and WebVTT."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.render.cues import Cue


def write_srt(cues: Sequence[Cue]) -> str:
    """The captions as SubRip."""
    blocks = [
        f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{_plain(cue.text)}\n"
        for number, cue in enumerate(cues, start=1)
    ]
    return "\n".join(blocks)


def write_vtt(cues: Sequence[Cue]) -> str:
    """The captions as WebVTT; what could be read as markup there is written out."""
    blocks = [f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{_escape(_plain(cue.text))}\n" for cue in cues]
    return "WEBVTT\n\n" + "\n".join(blocks)


def _plain(text: str) -> str:
    """One line, and nothing in it that a player takes for the next time line."""
    return " ".join(text.split()).replace("-->", "→")


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"
