"""Pictures within what each channel takes: another format or quality, never fewer pixels, never one left out."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from publisher.channels.fitting import fit_limits
from publisher.channels.registry import limits_of, load_accounts
from publisher.content.model import Campaign
from publisher.errors import RenderError
from publisher.files import hash_file
from publisher.queue.compose import Piece, compose_post
from publisher.render import infographic
from publisher.render.base import Artifact, RenderJob
from publisher.render.pictures import fit_image
from publisher.units import load_unit
from publisher.workspace import load_workspace
from tests.unit.test_infographic import campaign_of

ROOT = Path(__file__).parents[2]
WORKSPACE = load_workspace(ROOT)
UNIT = load_unit(WORKSPACE, "tinh-mau")
ACCOUNTS = {account.kind: account for account in load_accounts(WORKSPACE)}
LIMITED = sorted(
    kind
    for kind, account in ACCOUNTS.items()
    if (limits_of(account).image_bytes or limits_of(account).png_bytes) and "photos" in limits_of(account).shapes
)
CAMPAIGN = Campaign("mau.md", "Tiêu đề", "Tóm tắt", "mau", ())


def photograph(width: int, height: int, *, grain: int = 18) -> Image.Image:
    """Soft colours with the grain of a real photograph, which no PNG packs well; the same one every time."""
    random = np.random.default_rng(7)
    y, x = np.mgrid[0:height, 0:width]
    soft = np.stack([128 + 90 * np.sin(x / 90 + k) * np.cos(y / 70 - k) for k in range(3)], axis=2)
    return Image.fromarray(np.clip(soft + random.normal(0, grain, soft.shape), 0, 255).astype(np.uint8))


def page_of(folder: Path, image: Image.Image, number: int, pages: int) -> Artifact:
    path = folder / f"trang-{number}.png"
    image.save(path, compress_level=1)
    return Artifact(
        "infographic", "feed", "image", "tinh-mau", "mau", path, hash_file(path), path.stat().st_size, "image/png",
        width=image.width, height=image.height, page=number, pages=pages, alt=f"Trang {number}",
    )  # fmt: skip


def test_the_limits_that_the_networks_publish_are_ours() -> None:
    found = {kind: limits_of(account) for kind, account in ACCOUNTS.items()}
    assert (found["facebook"].png_bytes, found["facebook"].image_bytes) == (1_000_000, 4_000_000)
    assert found["zalo"].image_bytes == 1_000_000
    assert set(LIMITED) >= {"facebook"}


@pytest.mark.parametrize("kind", LIMITED)
@pytest.mark.parametrize("size", [(1080, 1350)])
def test_pages_full_of_photographs_go_out_whole_within_the_limits(
    kind: str, size: tuple[int, int], tmp_path: Path
) -> None:
    limits = limits_of(ACCOUNTS[kind])
    pages = [page_of(tmp_path, photograph(*size, grain=grain), n, 2) for n, grain in ((1, 6), (2, 18))]
    assert all(page.bytes > 1_000_000 for page in pages)
    now = datetime(2026, 10, 10, 1, tzinfo=UTC)
    piece = Piece("x", CAMPAIGN, UNIT, ACCOUNTS[kind], limits, "infographic", "", now)
    post = compose_post(
        piece, pages, workspace=WORKSPACE,
        fit_image=lambda path, most, png: fit_image(path, most, png_bytes=png, folder=tmp_path / "vua"),
    )  # fmt: skip
    assert [media.alt for media in post.media] == ["Trang 1", "Trang 2"]
    assert fit_limits(post, limits) == ()
    for media in post.media:
        with Image.open(media.path) as image:
            assert image.size == size


@pytest.mark.parametrize("most", [1_000_000])
def test_an_infographic_with_a_large_photograph_fits_and_looks_the_same(most: int, tmp_path: Path) -> None:
    space = replace(WORKSPACE, state_folder=tmp_path / "state")
    campaign = campaign_of("# Ảnh lớn\n\nMột ảnh.\n\n![Ảnh chụp](campaigns/y-tuong.png)\n")
    job = RenderJob(campaign, UNIT, space, tmp_path, ("story",))
    page = next(a for a in infographic.render(job) if a.role == "image")
    with Image.open(page.path) as image:
        whole = image.convert("RGB")
    whole.paste(photograph(936, 900), (72, 700))
    stream = io.BytesIO()
    whole.save(stream, "PNG", compress_level=1)
    path = tmp_path / "trang.png"
    path.write_bytes(stream.getvalue())
    assert path.stat().st_size > 1_000_000
    fitted = fit_image(path, most, png_bytes=1_000_000, folder=tmp_path / "vua")
    assert fitted.stat().st_size <= most
    assert fitted.suffix == ".jpg"
    with Image.open(fitted) as image:
        assert image.size == whole.size
        far = np.abs(np.asarray(image.convert("RGB"), float) - np.asarray(whole, float)).mean()
    assert far < 8


def test_what_cannot_fit_is_an_error_and_not_left_out(tmp_path: Path) -> None:
    path = tmp_path / "nhieu.png"
    photograph(540, 675, grain=90).save(path, compress_level=1)
    with pytest.raises(RenderError, match="does not fit into 50,000 bytes even as a JPEG"):
        fit_image(path, 50_000, folder=tmp_path / "vua")


def test_a_small_png_stays_what_it_is_and_a_large_one_becomes_the_best_jpeg(tmp_path: Path) -> None:
    small, large = tmp_path / "nho.png", tmp_path / "lon.png"
    Image.new("RGB", (1080, 1350), "navy").save(small)
    photograph(1080, 1350, grain=6).save(large, compress_level=1)
    assert fit_image(small, 4_000_000, png_bytes=1_000_000, folder=tmp_path / "vua") == small
    roomy = fit_image(large, 4_000_000, png_bytes=1_000_000, folder=tmp_path / "vua")
    tight = fit_image(large, 400_000, folder=tmp_path / "vua")
    assert roomy.stat().st_size > tight.stat().st_size
    assert fit_image(large, 4_000_000, png_bytes=1_000_000, folder=tmp_path / "vua") == roomy
