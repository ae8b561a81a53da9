"""A preview in the terminal: the text as it goes out, its length, a small picture, the times, every warning."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from publisher.web.model import ChannelPreview, MediaPreview, Preview

COLUMNS = 44  # of a small picture; two pixels stand in one character, one above the other
BAR = 24


def draw_preview(preview: Preview, console: Console) -> None:
    """Print every channel's piece. Pictures are drawn on a terminal and named elsewhere."""
    console.print(Text(preview.title, style="bold"))
    console.print(Text(f"{preview.path} · {preview.key_day}".rstrip(" ·"), style="dim"))
    for problem in preview.problems:
        console.print(Text(f"! {problem}", style="yellow"))
    for channel in preview.channels:
        console.print(draw_channel(channel, pictures=console.is_terminal))


def draw_channel(channel: ChannelPreview, *, pictures: bool) -> Panel:
    """One account's piece as a panel."""
    parts: list[RenderableType] = []
    if channel.title:
        parts.append(Text(channel.title, style="bold"))
    parts.append(Text(channel.text))
    parts.append(draw_length(channel))
    parts += [part for media in channel.media if (part := draw_media(media, pictures=pictures)) is not None]
    parts += [Text(f"⏱ {moment}", style="cyan") for moment in channel.due]
    parts += [Text(f"! {warning}", style="yellow") for warning in channel.warnings]
    title = f"{channel.account} · {channel.kind} · {channel.output}"
    return Panel(Group(*parts), title=title, title_align="left", border_style="red" if channel.warnings else "blue")


def draw_length(channel: ChannelPreview) -> Text:
    """`412 / 63 206` with a bar; only the number where the channel has no limit."""
    if channel.limit is None:
        return Text(f"{channel.length} ký tự", style="dim")
    full = min(BAR, round(BAR * channel.length / channel.limit)) if channel.limit else 0
    style = "red" if channel.length > channel.limit else "green"
    bar = "█" * full + "░" * (BAR - full)
    return Text(f"{bar} {channel.length:,} / {channel.limit:,}".replace(",", " "), style=style)


def draw_media(media: MediaPreview, *, pictures: bool) -> RenderableType | None:
    """A picture in half blocks on a terminal; a line for every other file."""
    if media.role == "image" and pictures:
        return Group(draw_picture(media.path), Text(media.alt[:200], style="dim italic"))
    words = f"{media.role}: {media.path.name} ({media.bytes:,} B)".replace(",", " ")
    return Text(f"{words}  {media.alt[:120]}".rstrip(), style="dim")


def draw_picture(path: Path, columns: int = COLUMNS) -> Text:
    """The picture as characters: each holds an upper and a lower pixel."""
    with Image.open(path) as image:
        rows = max(2, round(image.height / image.width * columns / 2) * 2)
        small = image.convert("RGB").resize((columns, rows), Image.Resampling.LANCZOS)
    data = small.tobytes()
    colours = [f"#{data[at : at + 3].hex()}" for at in range(0, len(data), 3)]
    text = Text()
    for top in range(0, columns * rows, columns * 2):
        for upper in range(top, top + columns):
            text.append("▀", Style(color=colours[upper], bgcolor=colours[upper + columns]))
        text.append("\n")
    return text
