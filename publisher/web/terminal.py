"""A preview in the terminal: the text as it goes out, its length, small pictures, the times, every warning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.style import Style
from rich.table import Table
from rich.text import Text

from publisher.channels.article_body import ImageItem, split_body
from publisher.render.stills import SceneStill
from publisher.schedule.wording import name_network, name_output
from publisher.web.model import ChannelPreview, MediaPreview, Preview
from publisher.web.pieces import tell_span

COLUMNS = 40  # of one small picture; two pixels stand in one character, one above the other
STRIP_COLUMNS = 22  # of each of several pictures side by side
LINES = 24  # no picture is higher: the next channel stays in sight
BAR = 24
WIDEST = 120  # columns of a panel: longer lines are hard to read
ALT = 160  # signs of an alternative text that are shown; the page shows all of it
FRAME = 4  # columns that a panel's border takes
ROLES = {
    "image": "hình",
    "video": "clip",
    "thumbnail": "hình mở đầu",
    "captions": "phụ đề",
    "document": "văn bản",
    "audio": "bản đọc",
    "data": "dữ liệu",
}
# What could move the cursor or recolour the terminal; a tab and a line end are text.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def draw_preview(preview: Preview, console: Console) -> None:
    """Print every channel's piece. Pictures are drawn on a terminal with colours and named elsewhere."""
    console.print(plain(preview.title, "bold"))
    console.print(plain(f"{preview.path} · {preview.key_day}".rstrip(" ·"), "dim"))
    for problem in preview.problems:
        console.print(plain(f"! {problem}", "yellow"))
    pictures = console.is_terminal and console.color_system in ("truecolor", "256") and not console.no_color
    for channel in preview.channels:
        parts = draw_channel(channel, columns=min(console.width, WIDEST) - FRAME if pictures else 0)
        if console.is_terminal:
            console.print(draw_panel(channel, parts), width=min(console.width, WIDEST))
        else:
            console.print(Text("\n== ") + name_channel(channel), *parts, sep="\n", soft_wrap=True)
    for part in draw_scenes(preview.scenes, columns=min(console.width, WIDEST) if pictures else 0):
        console.print(part, soft_wrap=True)
    console.print(draw_times(preview))
    if preview.others:
        console.print(plain(f"Cũng nhận như trên, mang tên cơ quan mình: {', '.join(preview.others)}", "dim"))
    found = len(preview.problems) + sum(len(channel.warnings) for channel in preview.channels)
    console.print(
        plain(f"{found} điều cần xem lại.", "bold yellow") if found else plain("Không có lưu ý nào.", "green")
    )


def plain(text: str, style: str = "") -> Text:
    """Text as it is: no markup is read in it and no control sign reaches the terminal."""
    return Text(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), style=style)


def name_channel(channel: ChannelPreview) -> Text:
    return plain(f"{name_network(channel.kind)} · {channel.account} · {name_output(channel.output)} · {channel.unit}")


def draw_panel(channel: ChannelPreview, parts: Sequence[RenderableType]) -> Panel:
    """One account's piece in a frame; a red one asks to be looked at."""
    border = "red" if channel.warnings else "blue"
    return Panel(Group(*parts), title=name_channel(channel), title_align="left", border_style=border)


def draw_channel(channel: ChannelPreview, *, columns: int) -> list[RenderableType]:
    """What one account gets; pictures are drawn in `columns` columns, or named when that is 0."""
    parts: list[RenderableType] = []
    if channel.title:
        parts.append(plain(channel.title, "bold"))
        if channel.title_limit is not None:
            parts.append(draw_length(len(channel.title), channel.title_limit))
    if channel.text:
        parts += [plain(channel.text), draw_length(channel.length, channel.limit)]
    parts += [*draw_article(channel.html), *draw_media(channel, columns=columns)]
    parts += [plain("Bình luận đầu tiên", "underline"), plain(channel.comment)] if channel.comment else []
    parts += [plain(f"⏱ {moment}", "cyan") for moment in channel.due]
    return parts + [plain(f"! {warning}", "bold yellow") for warning in channel.warnings]


def draw_article(html: str) -> list[RenderableType]:
    """Every word of an article's body, and where its pictures stand."""
    lines = [
        plain(f"[hình: {item.alt}]", "dim italic")
        if isinstance(item, ImageItem)
        else plain(item.text, "bold" if item.heading else "")
        for item in split_body(html)
    ]
    return [plain("Thân bài viết", "underline"), *lines] if lines else []


def draw_length(length: int, limit: int | None) -> Text:
    """`412 / 63 206 ký tự` with a bar; only the number where the channel has no limit."""
    shown = f"{length:,}".replace(",", " ")
    if limit is None:
        return Text(f"{shown} ký tự", style="dim")
    over = length - limit
    full = min(BAR, round(BAR * length / limit)) if limit else BAR
    words = f"{'█' * full}{'░' * (BAR - full)} {shown} / {limit:,} ký tự".replace(",", " ")
    return Text(f"{words} – dài quá {over}" if over > 0 else words, style="red" if over > 0 else "green")


def draw_media(channel: ChannelPreview, *, columns: int) -> list[RenderableType]:
    """Pictures and a clip's opening side by side, then a line for every file with its text alternative."""
    lines: list[RenderableType] = []
    seen = [media for media in channel.media if media.role in ("image", "thumbnail")] if columns else []
    if seen:
        lines.append(draw_strip([media.path for media in seen], columns=columns))
    return lines + [draw_file(media) for media in channel.media]


def draw_file(media: MediaPreview) -> Text:
    """`hình: trang-1.png (210 433 B)` and how its alternative text begins."""
    alt = media.alt if len(media.alt) <= ALT else f"{media.alt[:ALT].rsplit(' ', 1)[0]} … ({len(media.alt)} ký tự)"
    words = f"{ROLES.get(media.role, media.role)}: {media.path.name} ({media.bytes:,} B)".replace(",", " ")
    return plain(f"{words}  {alt}".rstrip(), "dim")


def draw_strip(paths: Sequence[Path], *, columns: int) -> RenderableType:
    """Small pictures side by side, in as many rows as it takes."""
    each = min(columns, COLUMNS if len(paths) == 1 else STRIP_COLUMNS)
    table = Table.grid(padding=(0, 1))
    beside = max(1, (columns + 1) // (each + 1))
    for first in range(0, len(paths), beside):
        table.add_row(*(draw_picture(path, each) for path in paths[first : first + beside]))
    return table


def draw_scenes(scenes: Sequence[SceneStill], *, columns: int) -> list[RenderableType]:
    """The clip's storyboard: its stills as a strip, where pictures are drawn, and what each shows from when to when."""
    if not scenes:
        return []
    parts: list[RenderableType] = [plain(f"\nPhân cảnh clip ({round(scenes[-1].end_s)} giây)", "bold")]
    if columns:
        parts.append(draw_strip([scene.path for scene in scenes], columns=columns))
    return parts + [plain(f"{tell_span(scene)}  {scene.text}", "dim") for scene in scenes]


def draw_picture(path: Path, columns: int = COLUMNS) -> Text:
    """The picture as characters: each holds an upper and a lower pixel. One that cannot be read is named."""
    try:
        with Image.open(path) as image:
            columns = max(1, min(columns, round(LINES * 2 * image.width / image.height)))
            rows = min(LINES * 2, max(2, round(image.height / image.width * columns / 2) * 2))
            small = image.convert("RGB").resize((columns, rows), Image.Resampling.LANCZOS)
    except (OSError, UnidentifiedImageError):
        return plain(f"[{path.name}: không mở được]", "yellow")
    data = small.tobytes()
    colours = [f"#{data[at : at + 3].hex()}" for at in range(0, len(data), 3)]
    text = Text(no_wrap=True)
    for top in range(0, columns * rows, columns * 2):
        for upper in range(top, top + columns):
            text.append("▀", Style(color=colours[upper], bgcolor=colours[upper + columns]))
        text.append("\n")
    return text


def draw_times(preview: Preview) -> Table:
    """Every piece of the campaign in the order of its time."""
    table = Table(box=None, pad_edge=False, title="Lịch đăng", title_justify="left", title_style="bold")
    for name in ("giờ", "kênh", "nội dung"):
        table.add_column(name)
    rows = sorted((moment, channel.account, channel.output) for channel in preview.channels for moment in channel.due)
    for moment, account, output in rows:
        table.add_row(plain(moment), plain(account), plain(name_output(output)))
    return table
