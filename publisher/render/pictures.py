"""Pictures of editors: turned upright, cropped to what matters, without what the camera wrote into them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from publisher.content.model import Picture
from publisher.content.picture_names import is_film
from publisher.errors import RenderError
from publisher.files import hash_file, write_bytes

DEFAULT_FOCUS = (0.5, 0.38)  # faces stand above the middle
SMALLEST_PART = 0.55  # of the pixels a place needs; below it a picture looks soft
MAX_PIXELS = 60_000_000
REPACKED = 1.5  # better packing of a PNG saves a third at most; trying more costs seconds for nothing
# Without `optimize`, for which Pillow sets aside too little room for a picture full of grain, and fails.
# The best first. Full colour as long as it goes: thin coloured letters lose their edges without it.
JPEG_QUALITIES = (
    *({"quality": quality, "subsampling": 0} for quality in (95, 90, 85, 80, 75)),
    *({"quality": quality, "subsampling": 2} for quality in (75, 65, 55)),
)


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
        fitted.save(stream, "JPEG", quality=90, subsampling=0)
        return stream.getvalue()


def source_of(picture: Picture, root: Path, *, place: str) -> Path | io.BytesIO:
    """The picture's file, or of a film the frame with which its part begins. Raises RenderError."""
    path = root / picture.path
    if not is_film(picture.name):
        return path
    from publisher.render.footage import open_footage  # noqa: PLC0415 - OpenCV, for the few campaigns with a film

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


def fit_image(path: Path, max_bytes: int, *, folder: Path, png_bytes: int | None = None) -> Path:
    """The same pixels in a file of at most `max_bytes`, or `png_bytes` for a PNG: the file itself, a better packed PNG,
    or the best JPEG that is small enough.

    Raises RenderError when even the last JPEG is larger: no picture is made smaller or left out in silence.
    """
    most_png = min(max_bytes, png_bytes or max_bytes)
    is_png = path.suffix.lower() == ".png"
    if path.stat().st_size <= (most_png if is_png else max_bytes):
        return path
    stem = f"{path.stem}-{hash_file(path)[:12]}-{max_bytes}-{most_png}"
    for suffix in (".png", ".jpg"):
        made = folder / f"{stem}{suffix}"
        if made.is_file():
            return made
    with Image.open(path) as image:
        image.load()
        tries: list[tuple[str, int, dict[str, Any]]] = []
        if image.format == "PNG" and path.stat().st_size <= most_png * REPACKED:
            tries.append((".png", most_png, {"format": "PNG", "optimize": True}))
        tries += [(".jpg", max_bytes, {"format": "JPEG", **quality}) for quality in JPEG_QUALITIES]
        for suffix, most, options in tries:
            stream = io.BytesIO()
            (image if suffix == ".png" else image.convert("RGB")).save(stream, **options)
            if stream.tell() <= most:
                made = folder / f"{stem}{suffix}"
                write_bytes(made, stream.getvalue())
                return made
    raise RenderError(
        f"{path.name}: does not fit into {max_bytes:,} bytes even as a JPEG of low quality. "
        "Choose a smaller format, or a picture with less in it."
    )
