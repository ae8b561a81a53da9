"""Pictures of editors: turned upright, cropped to what matters, without what the camera wrote into them."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from publisher.content.model import Picture
from publisher.content.picture_names import is_film
from publisher.errors import RenderError
from publisher.files import hash_file, write_bytes
from publisher.render.footage import open_footage

DEFAULT_FOCUS = (0.5, 0.38)  # faces stand above the middle
SMALLEST_PART = 0.55  # of the pixels a place needs; below it a picture looks soft
MAX_PIXELS = 60_000_000


def crop_picture(picture: Picture, root: Path, *, width: int, height: int, place: str) -> bytes:
    """The picture as a JPEG of exactly that size, cropped around its focus. Raises RenderError naming the place."""
    at = f"{place}:{picture.line}"
    with open_upright(source_of(picture, root, place=at), shown=picture.name, place=at) as image:
        if image.width < width * SMALLEST_PART or image.height < height * SMALLEST_PART:
            raise RenderError(
                f"{place}:{picture.line}: picture `{picture.name}` has {image.width}×{image.height} pixels; at least "
                f"{round(width * SMALLEST_PART)}×{round(height * SMALLEST_PART)} are needed here. Take a larger one."
            )
        focus = picture.focus or DEFAULT_FOCUS
        fitted = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS, centering=focus)
        stream = io.BytesIO()
        fitted.save(stream, "JPEG", quality=90, subsampling=0, optimize=True)
        return stream.getvalue()


def source_of(picture: Picture, root: Path, *, place: str) -> Path | io.BytesIO:
    """The picture's file, or of a film the frame with which its part begins. Raises RenderError."""
    path = root / picture.path
    if not is_film(picture.name):
        return path
    with open_footage(path, picture, place=place) as footage:
        still = io.BytesIO()
        Image.fromarray(footage.pixels(0)).save(still, "PNG", compress_level=1)
    still.seek(0)
    return still


def open_upright(path: Path | io.BytesIO, *, shown: str, place: str) -> Image.Image:
    """The pixels as RGB, turned as the camera was held, and nothing else of the file. Raises RenderError."""
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise RenderError(f"{place}: picture `{shown}` has more than {MAX_PIXELS:,} pixels. Make it smaller.")
            upright = ImageOps.exif_transpose(image)
            plain = Image.new("RGB", upright.size, "white")
            rgba = upright.convert("RGBA")
            plain.paste(rgba, mask=rgba.getchannel("A"))
            return plain
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError) as error:
        raise RenderError(f"{place}: picture `{shown}` cannot be read. Save it again as PNG or JPEG.") from error


def fit_image(path: Path, max_bytes: int, *, folder: Path) -> Path:
    """The same pixels in a file of at most `max_bytes`: the PNG itself, a better packed one, or a good JPEG.

    Raises RenderError when even a JPEG of quality 80 is larger: nothing is made smaller in silence.
    """
    if path.stat().st_size <= max_bytes:
        return path
    stem = f"{path.stem}-{hash_file(path)[:12]}-{max_bytes}"
    for suffix in (".png", ".jpg"):
        made = folder / f"{stem}{suffix}"
        if made.is_file():
            return made
    with Image.open(path) as image:
        image.load()
        tries = [(".png", {"format": "PNG", "optimize": True})] if image.format == "PNG" else []
        tries += [
            (".jpg", {"format": "JPEG", "quality": q, "subsampling": 0, "optimize": True}) for q in (95, 90, 85, 80)
        ]
        for suffix, options in tries:
            stream = io.BytesIO()
            (image if suffix == ".png" else image.convert("RGB")).save(stream, **options)
            if stream.tell() <= max_bytes:
                made = folder / f"{stem}{suffix}"
                write_bytes(made, stream.getvalue())
                return made
    raise RenderError(
        f"{path.name}: does not fit into {max_bytes:,} bytes even as a JPEG of quality 80. Choose a smaller format."
    )
