"""The themes as a local page: each picture at its full size, its problems beside it; no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from publisher.files import write_text
from publisher.render.theme_sheet import ThemeSheet
from publisher.web.local_pages import local_pages

TEMPLATE = "themes.html.j2"


def write_theme_page(sheets: Sequence[ThemeSheet], folder: Path, *, templates: Path) -> Path:
    """Write `index.html` beside the pictures; gives its path."""
    path = folder / "index.html"
    write_text(path, local_pages(templates).get_template(TEMPLATE).render(sheets=sheets))
    return path
