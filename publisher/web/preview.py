"""The preview as a local page: one folder, no script, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment

from publisher.files import hash_file, replacing, write_text
from publisher.render.article_html import sanitise
from publisher.schedule.wording import name_day, name_network, name_output
from publisher.web.local_pages import local_pages
from publisher.web.model import ChannelPreview, MediaPreview, Preview
from publisher.web.pieces import tell_span

TEMPLATE = "page.html.j2"
ARTICLE = "article.html.j2"
FILES = "tep"
_OURS = re.compile(r"[0-9a-f]{16}(\.\w{1,5})?")


@dataclass(frozen=True)
class Card:
    """One channel as the page shows it. `captions` is the subtitle track as an address that holds its own text:
    browsers refuse to load a track from a file."""

    anchor: str
    channel: ChannelPreview
    network: str
    output: str
    article: str
    captions: str
    due: tuple[str, ...]
    share: int

    @property
    def over(self) -> bool:
        """Whether the text is longer than the channel allows."""
        return self.channel.limit is not None and self.channel.length > self.channel.limit

    def of(self, *roles: str) -> list[MediaPreview]:
        """The piece's files of those roles."""
        return [media for media in self.channel.media if media.role in roles]

    def others(self) -> list[MediaPreview]:
        """Files that are neither seen nor heard on the page."""
        return [media for media in self.channel.media if media.role not in ("image", "video", "thumbnail", "audio")]


def write_preview(preview: Preview, folder: Path, *, templates: Path) -> Path:
    """Write the page and copies of its media into `folder`; gives the page's path.

    Copies of an earlier page that this one does not show are removed.
    """
    environment = local_pages(templates)
    names = {str(m.path): put_file(m.path, folder) for channel in preview.channels for m in channel.media}
    names |= {str(scene.path): put_file(scene.path, folder) for scene in preview.scenes}
    articles = [put_article(channel, names, folder, environment) for channel in preview.channels]
    cards = [make_card(at, channel, articles[at]) for at, channel in enumerate(preview.channels, start=0)]
    rows = sorted((moment, at) for at, channel in enumerate(preview.channels) for moment in channel.due)
    page = environment.get_template(TEMPLATE).render(
        preview=preview,
        names=names,
        cards=cards,
        scenes=[(tell_span(scene), scene) for scene in preview.scenes],
        times=[(tell_moment(moment), cards[at]) for moment, at in rows],
        found=len(preview.problems) + sum(len(channel.warnings) for channel in preview.channels),
    )
    path = folder / "index.html"
    write_text(path, page)
    remove_stale(folder, keep={*names.values(), *articles})
    return path


def make_card(at: int, channel: ChannelPreview, article: str) -> Card:
    return Card(
        anchor=f"kenh-{at + 1}",
        channel=channel,
        network=name_network(channel.kind),
        output=name_output(channel.output),
        article=article,
        captions=embed_captions(channel),
        due=tuple(map(tell_moment, channel.due)),
        share=share(channel),
    )


def put_file(path: Path, folder: Path) -> str:
    """Copy a file under a name of its own bytes; gives its address relative to the page."""
    name = f"{FILES}/{hash_file(path)[:16]}{path.suffix}"
    target = folder / name
    if not target.is_file():
        with replacing(target) as temporary:
            shutil.copyfile(path, temporary)
    return name


def put_article(channel: ChannelPreview, names: Mapping[str, str], folder: Path, environment: Environment) -> str:
    """An article as a page of its own, shown in a closed frame; gives its address, or nothing when there is none."""
    if not channel.html:
        return ""
    pictures = {media.path.name: names[str(media.path)].removeprefix(f"{FILES}/") for media in channel.media}
    body = sanitise(channel.html, set(pictures))
    for written, copied in sorted(pictures.items()):
        body = body.replace(f'src="{written}"', f'src="{copied}"')
    page = environment.get_template(ARTICLE).render(title=channel.title, body=body)
    name = f"{FILES}/{hashlib.sha256(page.encode()).hexdigest()[:16]}.html"
    write_text(folder / name, page)
    return name


def embed_captions(channel: ChannelPreview) -> str:
    """The clip's WebVTT subtitles as a `data:` address; empty when it has none."""
    for media in channel.media:
        if media.role == "captions" and media.mime == "text/vtt":
            return f"data:text/vtt;base64,{base64.b64encode(media.path.read_bytes()).decode()}"
    return ""


def remove_stale(folder: Path, *, keep: set[str]) -> None:
    """Remove copies that no page shows any more; only files that bear such a name."""
    for path in (folder / FILES).glob("*"):
        if _OURS.fullmatch(path.name) and f"{FILES}/{path.name}" not in keep:
            path.unlink()


def tell_moment(moment: str) -> str:
    """`2026-10-10 08:00` as `08:00 Thứ Bảy, 10/10/2026`; any other text as it is."""
    try:
        local = datetime.strptime(moment, "%Y-%m-%d %H:%M")  # noqa: DTZ007  already local
    except ValueError:
        return moment
    return f"{local:%H:%M} {name_day(local.date())}"


def share(channel: ChannelPreview) -> int:
    """How full the text is, in percent of its limit, at most 100."""
    return min(100, round(100 * channel.length / channel.limit)) if channel.limit else 0
