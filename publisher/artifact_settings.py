"""Where approved files lie when several machines send: the part `artifacts` of `publisher.yaml`; never a secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from publisher.settings import Marked, describe

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")  # the rules of S3 for new buckets
_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,63}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class BucketSettings:
    """A bucket of an S3-compatible store. `key_env` and `secret_env` name variables; an empty endpoint is Amazon's."""

    bucket: str
    key_env: str
    secret_env: str
    endpoint: str = ""
    region: str = "us-east-1"
    prefix: str = ""
    timeout_s: float = 30.0


def read_artifacts(marked: Marked) -> BucketSettings | None:
    """Read the part, complaining in it; None when it is not there: files lie in the state folder."""
    if not marked.values:
        return None
    keys = ("bucket", "endpoint", "region", "prefix", "key_env", "secret_env", "timeout_s")
    marked.refuse_unknown(keys, of="artifacts")
    settings = BucketSettings(
        marked.text("bucket"),
        marked.text("key_env"),
        marked.text("secret_env"),
        marked.text("endpoint", "").rstrip("/"),
        marked.text("region", "us-east-1"),
        marked.text("prefix", "").strip("/"),
        marked.number("timeout_s", 30.0),
    )
    if settings.bucket and not _BUCKET.fullmatch(settings.bucket):
        marked.complain("bucket", f"3 to 63 small letters, digits, dots, hyphens; found {describe(settings.bucket)}.")
    if settings.prefix and not _PREFIX.fullmatch(settings.prefix):
        marked.complain("prefix", f"plain names with / between them; found {describe(settings.prefix)}.")
    if not 0.1 <= settings.timeout_s <= 600:
        marked.complain("timeout_s", f"{settings.timeout_s:g} seconds; write 0.1 to 600.")
    for key in ("key_env", "secret_env"):
        value = getattr(settings, key)
        if value and not _VARIABLE.fullmatch(value):
            marked.complain(key, "needs the name of a variable in capitals (STORE_KEY), never the secret itself.")
    _check_endpoint(marked, settings.endpoint)
    return settings


def _check_endpoint(marked: Marked, endpoint: str) -> None:
    if not endpoint:
        return
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        marked.complain("endpoint", f"an address such as https://s3.tinh-mau.vn; found {describe(parts.scheme)}.")
    elif "@" in parts.netloc or parts.query:
        marked.complain("endpoint", "holds a login. Take it out, renew the key, and name variables in `key_env`.")
    elif parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        marked.complain("endpoint", "must begin with https; http would send approved files readable to all.")
