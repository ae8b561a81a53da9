"""QR codes as squares for templates and as pictures."""

from __future__ import annotations

import io
from functools import lru_cache

import segno


@lru_cache(maxsize=256)
def qr_matrix(address: str) -> tuple[str, ...]:
    """One text of 0 and 1 a row, without the quiet zone; error correction M, so that a printed code survives dirt."""
    code = segno.make(address, error="m", micro=False)
    return tuple("".join("1" if cell else "0" for cell in row) for row in code.matrix)


def qr_png(address: str, *, scale: int = 8) -> bytes:
    """Black on white with the quiet zone of 4 modules the standard asks for."""
    stream = io.BytesIO()
    segno.make(address, error="m", micro=False).save(stream, kind="png", scale=scale, border=4)
    return stream.getvalue()
