"""The hand-out kit: one ZIP a campaign with everything somebody needs to post it by hand, and a read-me."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.content.model import Campaign
from publisher.errors import RenderError
from publisher.files import write_bytes
from publisher.render.base import Artifact
from publisher.render.captions import Caption, remove_marks
from publisher.render.docx_file import ZIP_DATE
from publisher.render.sentences import clean
from publisher.units import Unit

KIT_README = "DOC-TRUOC.txt"  # plain letters: old unpackers garble others
CAPTIONS, ALTS = "loi-dang", "mo-ta-anh.txt"

# Folder in the kit and what the read-me says of it, by the kind of output.
_FOLDERS = {
    "infographic": ("anh", "đồ họa thông tin: đăng kèm lời trong thư mục loi-dang"),
    "poster": ("in-an", "áp phích, băng rôn: tệp PDF để in"),
    "clip": ("clip", "phim ngắn có phụ đề; tệp .srt hoặc .vtt là phụ đề rời"),
    "article": ("bai-viet", "bài viết: .docx để sửa, .html để đăng lên cổng, ảnh đi kèm"),
    "radio": ("phat-thanh", "kịch bản phát thanh cho phát thanh viên"),
    "led": ("led", "hình động cho màn hình LED, không có tiếng"),
}
_OTHER = ("khac", "tệp khác")
_STORED = (  # already small: stored as they are
    ".png", ".jpg", ".jpeg", ".mp4", ".mp3", ".m4a", ".ogg", ".webp", ".docx", ".pdf", ".zip",
)  # fmt: skip
_HYPHENS = re.compile(r"-+(?=\.)|(?<=-)-+")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def make_kit(
    campaign: Campaign, unit: Unit, artifacts: Sequence[Artifact], captions: Mapping[str, Caption], out: Path
) -> Artifact:
    """Write `<out>/<slug>/<unit>/<slug>-<unit>-kit.zip`. The same files give the same bytes.

    Raises RenderError when an artifact's file is gone or no longer what was rendered.
    """
    entries: dict[str, bytes] = {}
    alts: dict[str, str] = {}
    for artifact in sorted(artifacts, key=lambda a: (a.kind, str(a.path))):
        name = _free_name(_place(artifact), entries)
        entries[name] = _read(artifact)
        if artifact.alt:
            alts[name] = clean(artifact.alt)
    for kind, caption in sorted(captions.items()):
        entries[_free_name(f"{CAPTIONS}/{_safe(kind)}.txt", entries)] = _caption_text(caption).encode("utf-8-sig")
    entries[ALTS] = _alt_text(alts).encode("utf-8-sig")
    entries[KIT_README] = _readme(campaign, unit, entries).encode("utf-8-sig")
    data = _pack(entries)
    path = out / campaign.slug / unit.id / f"{campaign.slug}-{unit.id}-kit.zip"
    write_bytes(path, data)
    return Artifact(
        kind="kit",
        format="",
        role="kit",
        unit=unit.id,
        campaign=campaign.slug,
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        mime="application/zip",
    )


def _place(artifact: Artifact) -> str:
    folder = _FOLDERS.get(artifact.kind, _OTHER)[0]
    return f"{folder}/{_safe(artifact.path.name)}"


def _safe(name: str) -> str:
    """A file name that every system and every unpacker takes: no path, no marks, no signs, not hidden."""
    stem, dot, ending = _HYPHENS.sub("", _UNSAFE.sub("-", remove_marks(name))).rpartition(".")
    return f"{stem.strip('.-')[-110:] or 'tep'}{dot}{ending.strip('-')}" if dot else ending.strip("-")[-110:] or "tep"


def _free_name(name: str, taken: Mapping[str, bytes]) -> str:
    """`name`, with a number before its ending when two artifacts would share it."""
    stem, dot, ending = name.rpartition(".")
    candidate, number = name, 1
    while candidate.lower() in {other.lower() for other in taken}:
        number += 1
        candidate = f"{stem}-{number}{dot}{ending}" if dot else f"{name}-{number}"
    return candidate


def _read(artifact: Artifact) -> bytes:
    try:
        data = artifact.path.read_bytes()
    except OSError as error:
        raise RenderError(f"{artifact.path.name}: is not there any more; render the campaign again.") from error
    if hashlib.sha256(data).hexdigest() != artifact.sha256:
        raise RenderError(f"{artifact.path.name}: was changed after rendering; render the campaign again.")
    return data


def _caption_text(caption: Caption) -> str:
    parts = (("TIÊU ĐỀ", caption.title), ("MÔ TẢ NGẮN", caption.summary), ("LỜI ĐĂNG", caption.text))
    return _lines("\n\n".join(f"{head}\n{text}" for head, text in parts) + "\n")


def _lines(text: str) -> str:
    return text.replace("\n", "\r\n")  # Notepad of older machines shows no other line end


def _alt_text(alts: Mapping[str, str]) -> str:
    head = "Chép phần mô tả vào ô “văn bản thay thế” khi đăng, để người không nhìn thấy ảnh cũng nắm được nội dung.\r\n"
    return head + "".join(f"\r\n{name}\r\n{alt}\r\n" for name, alt in sorted(alts.items()))


def _readme(campaign: Campaign, unit: Unit, entries: Mapping[str, bytes]) -> str:
    lines = [
        clean(campaign.title).upper(),
        f"Đơn vị phát hành: {clean(unit.name)}",
        *([f"Đường dây nóng: {clean(unit.hotline)}"] if unit.hotline else []),
        "",
        "TRONG GÓI NÀY",
        *(f"- {folder}/: {about}" for folder, about in _folders(entries)),
        f"- {CAPTIONS}/: lời đăng cho từng kênh, mở ra, chép nguyên văn",
        f"- {ALTS}: mô tả ảnh cho người khiếm thị",
        "",
        "CÁCH DÙNG",
        "1. Chọn tệp lời đăng đúng kênh trong thư mục loi-dang, chép phần LỜI ĐĂNG.",
        "2. Đính kèm ảnh hoặc clip; chép mô tả của đúng ảnh đó vào ô văn bản thay thế.",
        "3. Không sửa số liệu, không cắt nguồn và nhãn ở cuối lời đăng.",
        "4. Đăng xong, ghi lại đường dẫn và giờ đăng để báo cáo.",
        *(["5. Tệp giong-tong-hop.mp3 là giọng máy để nghe thử, không phát sóng."] if _synthetic(entries) else []),
        *_until(campaign),
        *(["", f"Lưu ý: {campaign.ai_label.lower()}; giữ nguyên nhãn này khi đăng."] if campaign.ai_label else []),
        *(["", "NGUỒN", *(f"- {clean(source)}" for source in campaign.sources)] if campaign.sources else []),
        "",
        "CÁC TỆP",
        *(f"- {name} ({_size(len(data))})" for name, data in sorted(entries.items())),
    ]
    return "\r\n".join(lines) + "\r\n"


def _folders(entries: Mapping[str, bytes]) -> list[tuple[str, str]]:
    there = {name.split("/", 1)[0] for name in entries}
    return [(folder, about) for folder, about in [*_FOLDERS.values(), _OTHER] if folder in there]


def _synthetic(entries: Mapping[str, bytes]) -> bool:
    return any(name.endswith("giong-tong-hop.mp3") for name in entries)


def _until(campaign: Campaign) -> list[str]:
    if campaign.valid_until is None:
        return []
    day = campaign.valid_until
    return ["", f"Chỉ đăng đến hết ngày {day.day:02d}/{day.month:02d}/{day.year}."]


def _size(count: int) -> str:
    """`1,2 MB`, the Vietnamese way."""
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}".replace(".", ",")
    return f"{count} byte"


def _pack(entries: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        # The read-me stands first, where a person who opens the kit looks.
        for name in sorted(entries, key=lambda n: (n != KIT_README, n)):
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            target.writestr(entry, entries[name], compresslevel=6)
    return stream.getvalue()
