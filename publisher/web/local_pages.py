"""How pages are made that are written to a folder and opened from there: no script, nothing fetched."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def local_pages(templates: Path) -> Environment:
    """The templates of `preview/`: every value is escaped, and one that is missing is an error."""
    return Environment(
        loader=FileSystemLoader(templates / "preview"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
