"""Themes on every block and every format: the part of `preview` that designers use."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from pathlib import Path

from publisher.cli.context import Context
from publisher.cli.gather import choose_units, known_names, list_themes
from publisher.content.load import load_campaigns
from publisher.content.model import Campaign
from publisher.errors import ContentError, UsageError
from publisher.render.base import RenderJob
from publisher.render.theme_sheet import ThemeSheet, draw_theme_sheet
from publisher.web.theme_page import write_theme_page

ALL_THEMES = "*"
SAMPLE = "preview/sample.md"  # below templates/; has every block a theme may meet


def show_theme_sheets(args: argparse.Namespace, context: Context, choice: str) -> int:
    """One picture a theme, and with --open or --out a page that shows them. 1 when a format could not be drawn."""
    workspace = context.workspace
    known = list_themes(workspace)
    if choice != ALL_THEMES and choice not in known:
        raise UsageError(f"--theme-sheet: found `{choice}`; themes are: {', '.join(known)}.")
    campaign = sample_of(args.file, context)
    folder = Path(args.out) if args.out else workspace.state / "preview" / "themes"
    sheets = []
    for theme in known if choice == ALL_THEMES else [choice]:
        (unit,) = choose_units(workspace, campaign, "")
        with context.progress(theme) as bar:
            job = RenderJob(campaign, unit, workspace, folder / "pages" / theme, progress=bar)
            sheets.append(draw_theme_sheet(job, theme, folder / f"theme-{theme}.jpg"))
        context.show(sheet_path(sheets[-1], args, context))
        for problem in sheets[-1].problems:
            context.err.print(problem, style="red", markup=False, soft_wrap=True)
    page = write_theme_page(sheets, folder, templates=workspace.templates) if args.open or args.out else None
    if page is not None and args.open:
        open_page(page)
    found = [{**sheet_json(sheet), "path": sheet_path(sheet, args, context)} for sheet in sheets]
    context.give({"sheets": found, "page": str(page) if page else None})
    return 1 if any(sheet.problems for sheet in sheets) else 0


def sample_of(file: str, context: Context) -> Campaign:
    """The campaign to show: the one named, else the sample with every block. Raises ContentError."""
    path = Path(file) if file else context.workspace.templates / SAMPLE
    loading = load_campaigns([path], context.workspace, known_names(context.workspace))
    if not loading.campaigns:
        raise ContentError(loading.problems)
    return loading.campaigns[0]


def sheet_path(sheet: ThemeSheet, args: argparse.Namespace, context: Context) -> str:
    return str(sheet.path) if args.out else context.workspace.relative(sheet.path)


def sheet_json(sheet: ThemeSheet) -> dict[str, object]:
    return {
        "theme": sheet.theme.id,
        "name": sheet.theme.name,
        "width": sheet.width,
        "height": sheet.height,
        "formats": sheet.formats,
        "pages": sheet.pages,
        "problems": list(sheet.problems),
    }


def open_page(page: Path) -> None:
    """Show a local page in the browser, where there is a screen to show it on."""
    if has_screen():
        webbrowser.open(page.resolve().as_uri())


def has_screen() -> bool:
    """Whether a browser can be shown; on Linux a display has to be there."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
