"""Pictures of an article: read once, bounded in size, freed of hidden data, named by their content."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from publisher.content.model import Block, Campaign, Chart, Picture, Questions
from publisher.errors import RenderError
from publisher.render.article_markdown import chart_alt
from publisher.render.chart_picture import draw_chart
from publisher.render.pictures import source_of
from publisher.render.sentences import clean
from publisher.units import Unit
from publisher.workspace import Workspace

MAX_SIDE_PX = 1600  # twice the width of the text column on a page, once the width of an A4 page at 200 dpi
MAX_PIXELS = 60_000_000  # the largest picture that is opened: 250 MB in memory
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")


@dataclass(frozen=True)
class ArticleMedia:
    """One picture of an article: its bytes, the name they go by in the HTML, and its text alternative."""

    name: str
    data: bytes
    mime: str
    width: int
    height: int
    alt: str
    credit: str = ""
    kind: str = "picture"


def collect_media(campaign: Campaign, unit: Unit, workspace: Workspace) -> dict[int, ArticleMedia]:
    """Every picture and chart of the campaign by the line it stands on. Raises RenderError naming that line."""
    media: dict[int, ArticleMedia] = {}
    for block in _walk(campaign.blocks()):
        if isinstance(block, Picture):
            media[block.line] = read_picture(block, campaign, workspace)
        elif isinstance(block, Chart):
            data, width, height = draw_chart(block, unit, fonts=workspace.assets / "fonts")
            alt = chart_alt(block)
            name = _name("bieu-do", data, "png")
            media[block.line] = ArticleMedia(name, data, "image/png", width, height, alt, kind="chart")
    return media


def _walk(blocks: tuple[Block, ...]) -> list[Block]:
    found: list[Block] = []
    for block in blocks:
        found.append(block)
        if isinstance(block, Questions):
            for item in block.items:
                found += _walk(item.answer)
    return found


def _name(stem: str, data: bytes, ending: str) -> str:
    return f"{stem}-{hashlib.sha256(data).hexdigest()[:16]}.{ending}"


def read_picture(picture: Picture, campaign: Campaign, workspace: Workspace) -> ArticleMedia:
    """The campaign's picture as it goes out. Raises RenderError when it is no picture or too large to open."""
    place = f"{campaign.path}:{picture.line}"
    path = workspace.root / picture.path
    if not path.resolve().is_relative_to(workspace.root.resolve()):
        raise RenderError(f"{place}: picture `{picture.name}` lies outside the workspace; put it beside the campaign.")
    source = source_of(picture, workspace.root, place=place)
    data, mime, width, height = shrink_picture(source, place=f"{place}: picture `{picture.name}`")
    name = _name("hinh", data, "png" if mime == "image/png" else "jpg")
    return ArticleMedia(name, data, mime, width, height, clean(picture.alt), clean(picture.credit))


def read_mark(unit: Unit) -> ArticleMedia | None:
    """The unit's mark at the size of a page's head, or None when the unit has none."""
    if unit.mark is None:
        return None
    place = f"assets/units/{unit.id}/unit.yaml: mark `{unit.mark.name}`"
    data, mime, width, height = shrink_picture(unit.mark, place=place, max_side_px=160)
    name = _name("bieu-trung", data, "png" if mime == "image/png" else "jpg")
    return ArticleMedia(name, data, mime, width, height, f"Biểu trưng {clean(unit.short_name)}", kind="mark")


def shrink_picture(
    path: Path | io.BytesIO, *, place: str, max_side_px: int = MAX_SIDE_PX
) -> tuple[bytes, str, int, int]:
    """Bytes, type, width and height of the picture upright, at most `max_side_px` long, without EXIF or other notes.

    A picture with transparency or few colours stays PNG, a photograph becomes JPEG.
    """
    try:
        with Image.open(path, formats=_FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                size = f"{opened.width}×{opened.height}"
                raise RenderError(f"{place}: {size} pixels; at most {MAX_PIXELS} in all. Make the picture smaller.")
            lossless = opened.format in ("PNG", "GIF", "BMP")
            upright = ImageOps.exif_transpose(opened)
            picture = upright.convert("RGBA" if upright.mode in ("RGBA", "LA", "P", "PA") else "RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise RenderError(
            f"{place}: cannot be opened as a picture; PNG, JPEG and WebP are. Save it again in a picture editor."
        ) from error
    picture.thumbnail((max_side_px, max_side_px), Image.Resampling.LANCZOS)
    return _encode(picture, lossless=lossless)


def _encode(picture: Image.Image, *, lossless: bool) -> tuple[bytes, str, int, int]:
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    # Built anew from its pixels, so that no EXIF, XMP or comment of the source comes along.
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    stream = io.BytesIO()
    if bare.mode == "RGBA" or (lossless and bare.getcolors(maxcolors=4096)):
        bare.save(stream, "PNG", optimize=True)
        return stream.getvalue(), "image/png", *bare.size
    bare.save(stream, "JPEG", quality=86, optimize=True, progressive=True)
    return stream.getvalue(), "image/jpeg", *bare.size
