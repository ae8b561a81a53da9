"""What a channel must remember in the middle of prepare: written durably before the next call relies on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher.files import replacing


@dataclass(frozen=True)
class Notes:
    """One small file a delivery key in the account's own folder: a video id, a session address, a token."""

    folder: Path

    def read(self, key: str) -> dict[str, str]:
        """What was noted for `key`; empty when nothing was, or when the file is not one of ours."""
        try:
            value = json.loads(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}

    def write(self, key: str, handles: Mapping[str, str]) -> None:
        """Replace what is noted for `key`. On the disk when this returns."""
        # Whoever reads the address of an open upload could put other bytes into it.
        with replacing(self._path(key), mode=0o600) as temporary:
            temporary.write_text(json.dumps(dict(sorted(handles.items())), ensure_ascii=False) + "\n", encoding="utf-8")

    def forget(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"
