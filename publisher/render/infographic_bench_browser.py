"""What an infographic is measured against: the same pages written for a browser, in a Chromium that is warm.

The browser gets the better of what is not the same: all pages are one document, loaded once, its cards all have one
shape, and its lines break as they come.
"""

from __future__ import annotations

import base64
import html
import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from publisher.render.base import Size
from publisher.render.infographic_layout import Layout
from publisher.render.infographic_pairs import texts_of

Shoot = Callable[[], object]


@contextmanager
def browser_turns(
    layouts: Sequence[Layout], size: Size, fonts: Path, folder: Path
) -> Iterator[tuple[Shoot, Shoot] | None]:
    """Two turns of a Chromium that is already running: every page as PNG; the same, and all pages as one PDF.

    Each turn takes the next of the layouts. None where there is no Chromium or no playwright.
    """
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only for developers
    except ImportError:
        chromium = None
    if not chromium:
        yield None
        return
    paths = [folder / f"carousel-{number}.html" for number in range(len(layouts))]
    for path, layout in zip(paths, layouts, strict=True):
        path.write_text(carousel_html(layout, size, fonts), "utf-8")
    following = itertools.cycle(zip(paths, layouts, strict=True))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": int(size.width), "height": int(size.height)})

        def shoot() -> None:
            path, layout = next(following)
            tab.goto(path.as_uri())
            tab.evaluate("document.fonts.ready")
            for number in range(len(layout.pages)):
                tab.evaluate(f"window.scrollTo(0, {number * size.height})")  # quicker than a clip of the whole
                tab.screenshot()

        def shoot_and_print() -> None:
            shoot()
            tab.pdf(width=f"{size.width}px", height=f"{size.height}px", print_background=True)

        try:
            yield shoot, shoot_and_print
        finally:
            browser.close()


def carousel_html(layout: Layout, size: Size, fonts: Path) -> str:
    """Pages with the same words, bars, pictures and codes in the same fonts and colours, as one would write them."""
    colours = layout.data["colours"]
    faces = "".join(
        f"@font-face{{font-family:B;font-weight:{weight};src:url({path.as_uri()})}}"
        for path in sorted((fonts / "be-vietnam-pro").glob("*.ttf"))
        if (weight := "".join(sign for sign in path.stem if sign.isdigit())) and "Italic" not in path.stem
    )
    style = (
        f"{faces}*{{margin:0;box-sizing:border-box}}body{{font:400 31px/1.4 B;color:{colours['ink']}}}"
        f"article{{position:relative;width:{size.width}px;height:{size.height}px;overflow:hidden;break-after:page;"
        f"padding:130px 72px;background:{colours['paper']}}}"
        "header,footer{position:absolute;left:72px;right:72px;font-size:26px;display:flex;justify-content:space-between}"
        "header{top:52px}footer{bottom:40px}"
        f"h1{{font-size:76px;line-height:1.2;padding:90px 60px;background:{colours['band']};color:#fff}}"
        "section{display:grid;grid-template-columns:1fr 1fr;gap:24px;margin:24px 0}img{width:100%}svg{width:190px}"
        "p{background:#fff;border-radius:24px;padding:24px}p:first-child{font-weight:700}"
        f"i{{display:block;height:30px;border-radius:8px;background:{colours['accent']}}}"
    )
    pages = "".join(_page(page, layout) for page in layout.pages)
    return f"<!doctype html><meta charset=utf-8><style>{style}</style>{pages}"


def _page(page: Mapping[str, Any], layout: Layout) -> str:
    hero = page["hero"]
    title = f"<h1>{html.escape(hero['title'])}</h1><p>{html.escape(hero['summary'])}</p>" if hero else ""
    parts = "".join(f"<section>{_part(part, layout)}</section>" for part in page["parts"])
    head = f"<header><b>{html.escape(layout.data['short'])}</b><b>{page['mark']}</b></header>"
    foot = f"<footer><span>{html.escape(layout.data['name'])}</span><span>{html.escape(page['foot'])}</span></footer>"
    return f"<article>{head}{title}{parts}{foot}</article>"


def _part(part: Mapping[str, Any], layout: Layout) -> str:
    shown = {name: value for name, value in part.items() if name != "qr"}
    words = "".join(f"<p>{html.escape(text)}</p>" for text in texts_of(shown) if text.strip())
    bars = [value["share"] for row in part.get("rows", ()) if isinstance(row, Mapping) for value in row["values"]]
    lines = "".join(f"<i style='width:{100 * share:.1f}%'></i>" for share in bars)
    return words + lines + _picture(part, layout) + _code(part.get("qr") or ())


def _picture(part: Mapping[str, Any], layout: Layout) -> str:
    if "file" not in part:
        return ""
    data = base64.b64encode(layout.source.pictures[part["file"]]).decode()
    return f"<img src='data:image/jpeg;base64,{data}'>"


def _code(rows: Sequence[str]) -> str:
    """A QR code as one path."""
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, bit in enumerate(row) if bit == "1")
    return f"<svg viewBox='0 0 {len(rows)} {len(rows)}'><path d='{squares}'/></svg>" if squares else ""
