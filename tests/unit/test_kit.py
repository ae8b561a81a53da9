"""The hand-out kit: everything in one ZIP with safe names, a read-me, and the same bytes every time."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from article_sample import full_campaign, hostile_campaign, office

from publisher.errors import RenderError
from publisher.render.base import Artifact
from publisher.render.captions import Caption
from publisher.render.kit import KIT_README, make_kit

CAPTION = Caption("Tiêu đề", "Dòng một\nDòng hai", "Mô tả", ("The",))


def artifact(root: Path, name: str, *, kind: str = "infographic", alt: str = "") -> Artifact:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(name.encode())
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Artifact(kind, "feed", "image", "tinh-mau", "10-10", path, digest, len(name), "image/png", alt=alt)


def files(root: Path) -> list[Artifact]:
    return [
        artifact(root, "feed/trang-1.png", alt="Ảnh một: 80% người dân"),
        artifact(root, "story/trang-1.png", alt="Ảnh hai"),
        artifact(root, "10-10.docx", kind="article"),
        artifact(root, "clip.mp4", kind="clip", alt="Phim"),
        artifact(root, "kịch bản.txt", kind="radio"),
    ]


def read(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as kit:
        return {name: kit.read(name).decode("utf-8-sig") for name in kit.namelist()}


def test_the_read_me_says_that_a_synthetic_voice_is_not_for_air(tmp_path: Path) -> None:
    about = "không phát sóng"
    voice = [*files(tmp_path), artifact(tmp_path, "10-10-giong-tong-hop.mp3", kind="radio")]
    assert about in read(make_kit(full_campaign(), office(), voice, {}, tmp_path).path)[KIT_README]
    assert about not in read(make_kit(full_campaign(), office(), files(tmp_path), {}, tmp_path).path)[KIT_README]


def test_the_kit_holds_every_file_every_caption_every_alt_text_and_the_read_me(tmp_path: Path) -> None:
    kit = make_kit(full_campaign(), office(), files(tmp_path), {"facebook": CAPTION, "trang tinh/x": CAPTION}, tmp_path)
    inside = read(kit.path)
    assert list(inside) == [
        "DOC-TRUOC.txt",
        "anh/trang-1-2.png",
        "anh/trang-1.png",
        "bai-viet/10-10.docx",
        "clip/clip.mp4",
        "loi-dang/facebook.txt",
        "loi-dang/trang-tinh-x.txt",
        "mo-ta-anh.txt",
        "phat-thanh/kich-ban.txt",
    ]
    assert "LỜI ĐĂNG\r\nDòng một\r\nDòng hai" in inside["loi-dang/facebook.txt"]
    assert "anh/trang-1.png\r\nẢnh một: 80% người dân" in inside["mo-ta-anh.txt"]
    assert "Quyết định 505/QĐ-TTg" in inside[KIT_README]
    assert "anh/trang-1.png" in inside[KIT_README]
    assert (kit.role, kit.mime, kit.sha256) == (
        "kit",
        "application/zip",
        hashlib.sha256(kit.path.read_bytes()).hexdigest(),
    )


def test_a_kit_made_twice_elsewhere_has_the_same_bytes(tmp_path: Path) -> None:
    one = make_kit(full_campaign(), office(), files(tmp_path / "a"), {"zalo": CAPTION}, tmp_path / "a")
    two = make_kit(full_campaign(), office(), reversed(files(tmp_path / "b")), {"zalo": CAPTION}, tmp_path / "b")
    assert one.sha256 == two.sha256


def test_the_read_me_says_until_when_and_shows_no_private_path(tmp_path: Path) -> None:
    campaign = replace(full_campaign(), valid_until=date(2026, 10, 31))
    inside = read(make_kit(campaign, office(), files(tmp_path), {}, tmp_path).path)
    assert "Chỉ đăng đến hết ngày 31/10/2026." in inside[KIT_README]
    assert str(tmp_path) not in "".join(inside.values())


def test_names_in_the_kit_leave_no_folder_whatever_the_files_are_called(tmp_path: Path) -> None:
    odd = [
        artifact(tmp_path, name, kind="x")
        for name in ("..png", "-rf.png", "a\nb.png", "Ă" * 80 + ".png", "A.png", "a.png")
    ]
    names = list(read(make_kit(hostile_campaign(), office(), odd, {"../../etc": CAPTION}, tmp_path).path))
    assert all(not name.startswith(("/", ".", "-")) and ".." not in name and "\n" not in name for name in names)
    assert len({name.lower() for name in names}) == len(names) == 6 + 3


def test_every_name_in_the_kit_is_plain_letters_that_the_unpacker_of_the_system_takes(tmp_path: Path) -> None:
    made = [*files(tmp_path), artifact(tmp_path, "Đường – “mới”.png"), artifact(tmp_path, "日本.png", kind="poster")]
    kit = make_kit(full_campaign(), office(), made, {"zalo": CAPTION}, tmp_path)
    names = list(read(kit.path))
    assert all(name.isascii() and " " not in name for name in names)
    assert "anh/Duong-moi.png" in names
    if shutil.which("unzip") is None:
        pytest.skip("unzip is not installed")
    done = subprocess.run(["unzip", "-q", str(kit.path), "-d", str(tmp_path / "ra")], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    found = [p for p in (tmp_path / "ra").rglob("*") if p.is_file()]
    assert sorted(p.relative_to(tmp_path / "ra").as_posix() for p in found) == sorted(names)


def test_a_file_changed_after_rendering_is_not_handed_out(tmp_path: Path) -> None:
    made = files(tmp_path)
    made[0].path.write_bytes(b"other")
    with pytest.raises(RenderError, match=r"trang-1.png: was changed after rendering"):
        make_kit(full_campaign(), office(), made, {}, tmp_path)
    made[0].path.unlink()
    with pytest.raises(RenderError, match=r"trang-1.png: is not there any more"):
        make_kit(full_campaign(), office(), made, {}, tmp_path)
