"""The preview as a local page: one folder, no script, nothing fetched."""

from __future__ import annotations

import shutil
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from publisher.files import hash_file, replacing, write_text
from publisher.web.model import ChannelPreview, Preview

TEMPLATE = "page.html.j2"


def write_preview(preview: Preview, folder: Path, *, templates: Path) -> Path:
    """Write the page and copies of its media into `folder`; gives the page's path."""
    names = {media.path: put_file(media.path, folder) for channel in preview.channels for media in channel.media}
    environment = Environment(
        loader=FileSystemLoader(templates / "preview"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = environment.get_template(TEMPLATE).render(
        preview=preview, names={str(path): name for path, name in names.items()}, share=share
    )
    path = folder / "index.html"
    write_text(path, page)
    return path


def put_file(path: Path, folder: Path) -> str:
    """Copy a file under a name of its own bytes; gives its address relative to the page."""
    name = f"tep/{hash_file(path)[:16]}{path.suffix}"
    target = folder / name
    if not target.is_file():
        with replacing(target) as temporary:
            shutil.copyfile(path, temporary)
    return name


def share(channel: ChannelPreview) -> int:
    """How full the text is, in percent of its limit, at most 100."""
    return min(100, round(100 * channel.length / channel.limit)) if channel.limit else 0
