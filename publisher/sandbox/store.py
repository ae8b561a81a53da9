"""What a stand-in keeps: JSON records and files in a folder, so that a later run finds what an earlier one posted."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,120}")


def write(path: Path, data: bytes) -> None:
    """All of `data` or what was there before. Not forced to the disk: a stand-in need not outlive a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{threading.get_ident()}")
    temporary.write_bytes(data)
    temporary.replace(path)


@dataclass
class Store:
    """One account's records, by collection and id. Safe for several threads."""

    folder: Path
    lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, collection: str, record_id: str, record: dict[str, Any]) -> dict[str, Any]:
        if not _ID.fullmatch(record_id):
            raise ValueError("an id is letters, digits and -_.:")
        with self.lock:
            text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            write(self.folder / collection / f"{record_id}.json", text.encode())
        return record

    def get(self, collection: str, record_id: str) -> dict[str, Any] | None:
        if not _ID.fullmatch(record_id):
            return None
        with self.lock:
            try:
                value = json.loads((self.folder / collection / f"{record_id}.json").read_text(encoding="utf-8"))
            except FileNotFoundError:
                return None
        return value if isinstance(value, dict) else None

    def all(self, collection: str) -> list[dict[str, Any]]:
        """Every record, oldest first."""
        with self.lock:
            paths = sorted((self.folder / collection).glob("[!.]*.json"))
            records = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        return sorted(records, key=lambda record: int(record.get("order", 0)))

    def remove(self, collection: str, record_id: str) -> None:
        if _ID.fullmatch(record_id):
            (self.folder / collection / f"{record_id}.json").unlink(missing_ok=True)

    def next_number(self) -> int:
        """1, 2, 3… for ever."""
        with self.lock:
            path = self.folder / "count"
            number = int(path.read_text()) + 1 if path.is_file() else 1
            write(path, str(number).encode())
            return number

    def keep(self, data: bytes) -> str:
        """Store bytes under their SHA-256 and give it."""
        name = hashlib.sha256(data).hexdigest()
        path = self.folder / "files" / name
        if not path.is_file():
            write(path, data)
        return name

    def kept(self, name: str) -> bytes:
        return (self.folder / "files" / name).read_bytes()
