"""What a station finds in its folder: the files of one piece, with a manifest that proves they are all there. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher.channels.base import Account, Aired, Post
from publisher.content.signs import strip_marks

MANIFEST = "manifest.json"
SCRIPT = "kich-ban.txt"
BROADCAST = "da-phat.txt"
"""What a station puts into the folder once the piece was on air; its first line may be a link."""

RECEIPTS = ".da-giao"
"""Where a receipt of each piece stays, whatever the station does with the piece itself."""

RECEIPTS_KEPT = f"{RECEIPTS}/doc-truoc.txt"
RECEIPTS_WORDS = """Thư mục này ghi lại những kịch bản đã giao cho đài.
Xin đừng xóa: nhờ nó mà không kịch bản nào bị giao lần thứ hai.
"""

LEVEL = "thông thường"  # Thông tư 39/2020/TT-BTTTT knows two more; this service never asks for them
_LONGEST_NOTE = 500
_NOT_PLAIN = re.compile(r"[^a-z0-9.]+")


@dataclass(frozen=True)
class Piece:
    """Folder name and files (name → bytes); the manifest is among them."""

    folder: str
    files: Mapping[str, bytes]


def folder_name(key: str) -> str:
    """A name a person can read, that no two keys share."""
    readable = _plain(key)[:60].strip("-.") or "bai"
    return f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:10]}"


def make_piece(account: Account, post: Post, media: Mapping[str, bytes], *, station: str) -> Piece:
    """The piece's files. `media` is the post's media by name; the bytes are taken as they are."""
    files = {safe_name(name): data for name, data in sorted(media.items())}
    if post.text.strip() and not any(name.endswith(".txt") for name in files):
        files[SCRIPT] = (unicodedata.normalize("NFC", post.text).rstrip() + "\n").encode()
    manifest = {
        "format": 1,
        "key": post.key,
        "content_sha256": post.content_hash(),
        "title": post.title,
        "account": account.name,
        "station": station,
        "level": LEVEL,
        "due_at": post.due_at.isoformat() if post.due_at else None,
        "files": [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(files.items())
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return Piece(folder_name(post.key), {**files, MANIFEST: text.encode()})


def receipt_path(folder: str) -> str:
    return f"{RECEIPTS}/{folder}.json"


def make_receipt(post: Post) -> bytes:
    """That this piece was about to be delivered, in whatever version."""
    value = {"format": 1, "key": post.key, "title": post.title}
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def read_manifest(data: bytes | None) -> dict[str, Any] | None:
    """The manifest, or None when there is none or it is not one."""
    try:
        value = json.loads((data or b"").decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("files"), list) else None


def read_broadcast(data: bytes) -> Aired:
    """The station's note: a link in its first line counts as the address, all lines as its words."""
    text = " ".join(unicodedata.normalize("NFC", data.decode("utf-8-sig", "replace")).split())[:_LONGEST_NOTE]
    first = text.split(" ", 1)[0]
    url = first if first.startswith(("https://", "http://")) else ""
    return Aired(text.removeprefix(url).strip(), url)


def safe_name(name: str) -> str:
    """A file name every system takes: small letters, digits, hyphens and its ending."""
    stem, dot, ending = name.rpartition(".")
    plain = _plain(stem if dot else name).strip("-.") or "tep"
    return f"{plain[:80]}.{_plain(ending)[:8]}" if dot else plain[:80]


def _plain(text: str) -> str:
    return _NOT_PLAIN.sub("-", strip_marks(text.lower())).replace("..", ".")
