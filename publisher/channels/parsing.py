"""Settings that several kinds share the form of: addresses, numbers with bounds, one word of a list."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from publisher.settings import Marked, describe, nearest

_HOME = ("127.0.0.1", "localhost", "::1")


def read_address(marked: Marked, key: str, default: str | None = None) -> str:
    """An https address without login, query or fragment; http only to this machine."""
    text = marked.text(key, default)
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        marked.complain(key, "not an address. Write one such as https://portal.example.vn.")
        return default or ""
    if not host or parts.username or parts.password or parts.query or parts.fragment:
        marked.complain(key, "an address has a host, and no login, `?` or `#`: https://portal.example.vn.")
    elif parts.scheme != "https" and not (parts.scheme == "http" and host in _HOME):
        marked.complain(key, f"needs https (a token is sent there); found {describe(text)}.")
    return text.rstrip("/")


def read_whole(marked: Marked, key: str, default: float, *, low: float, high: float) -> float:
    """A number between `low` and `high`."""
    value = marked.number(key, default)
    if not low <= value <= high:
        marked.complain(key, f"between {low:g} and {high:g}; found {describe(value)}.")
        return default
    return value


def read_word(marked: Marked, key: str, words: Sequence[str], default: str) -> str:
    """One of `words`; another one is reported with the nearest."""
    word = marked.text(key, default)
    if word in words:
        return word
    near = nearest(word, words)
    hint = f" Did you mean `{near}`?" if near else ""
    marked.complain(key, f"one of {', '.join(words)}; found {describe(word)}.{hint}")
    return default
