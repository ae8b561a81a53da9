"""Zalo's OAuth v4: the refresh token works once, so its successor is on the disk before anything else happens.

One refresher at a time (a lock on a file), the pair is read again after the lock is taken, the new pair is written
durably before it is used. An answer lost on the way means that the stored token may be burnt: the next refresh then
is refused, only a person's new consent helps, and that is what is said.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from publisher.channels.base import Rejected, Retry
from publisher.channels.outcomes import NOT_CONNECTED_S, THROTTLED_S
from publisher.channels.secrets import Secret
from publisher.channels.web import Answer, NeverLeft, Web, retry_after_s
from publisher.files import replacing

CONSENT = "consent needed: an administrator of the account gives it anew (publisher channels login)"
OLD_AFTER_DAYS = 30  # a refresh token lives about three months; renewed at least monthly it never comes near


@dataclass(frozen=True)
class Pair:
    """What is stored: `origin` is the hash of the variable's value the chain of tokens began with."""

    access: str
    refresh: str
    origin: str
    at: str


@dataclass
class ZaloLogin:
    """The account's tokens in `folder`, readable by this user alone."""

    web: Web
    folder: Path
    app_id: str
    first: Secret
    app_secret: Secret
    login_url: str
    help: str

    def current(self) -> str:
        """The access token last given, or '' when there is none yet."""
        pair = self._read()
        return pair.access if pair else ""

    def age_days(self) -> float | None:
        """Days since the last refresh, or None before the first."""
        pair = self._read()
        return None if pair is None else (datetime.now(UTC) - datetime.fromisoformat(pair.at)).total_seconds() / 86_400

    def refresh(self, *, used: str) -> str | Retry | Rejected:
        """A new access token in place of `used`. Another process that was faster has already stored it."""
        with self._locked():
            pair = self._read()
            if pair is not None and pair.access and pair.access != used:
                return pair.access
            return self._renew(pair.refresh if pair else self.first.reveal())

    def _renew(self, token: str) -> str | Retry | Rejected:
        form = {"app_id": self.app_id, "refresh_token": token, "grant_type": "refresh_token"}
        headers = {"secret_key": self.app_secret.reveal()}
        reply = self.web.call("POST", f"{self.login_url}/v4/oa/access_token", data=form, headers=headers)
        if isinstance(reply, NeverLeft):
            return Rejected(reply.reason) if reply.settings else Retry(reply.reason, NOT_CONNECTED_S)
        if isinstance(reply, Answer) and reply.status in (429, 503):
            return Retry("Zalo's login asks to wait", retry_after_s(reply.headers, THROTTLED_S))
        if not isinstance(reply, Answer) or not isinstance(reply.body, dict) or reply.status >= 500:
            # The token may be burnt. Only asking again tells; if it is, the answer then is a clear refusal.
            return Retry("the answer to a refresh of the token was lost", NOT_CONNECTED_S)
        access, refresh = reply.body.get("access_token"), reply.body.get("refresh_token")
        if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
            self._write(Pair(access, refresh, self._origin, _now()))
            return access
        return self._refused(reply)

    def _refused(self, reply: Answer) -> Rejected:
        """An error in so many words: nothing was exchanged, what is stored stays."""
        code = reply.body.get("error")
        said = self.web.clean(reply.body.get("error_name") or reply.body.get("error_description") or "")
        if code in (-14014, -14020):
            return Rejected(f"the refresh token is used or no longer valid; {CONSENT}. {self.help} Zalo {code}: {said}")
        return Rejected(f"Zalo refuses the login: check app_id and app_secret_env. Zalo {code}: {said}")

    @property
    def _origin(self) -> str:
        return hashlib.sha256(self.first.reveal().encode()).hexdigest()

    @property
    def _path(self) -> Path:
        return self.folder / "tokens.json"

    def _read(self) -> Pair | None:
        """The stored pair; None when there is none, or when the variable holds a newer consent."""
        try:
            pair = Pair(**json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        self._hide(pair)
        return pair if pair.origin == self._origin else None

    def _hide(self, pair: Pair) -> None:
        """A service may repeat a token in its words; it must not get into ours."""
        tokens = (Secret("access token", pair.access), Secret("refresh token", pair.refresh))
        self.web.secrets = (self.first, self.app_secret, *tokens)

    def _write(self, pair: Pair) -> None:
        self._hide(pair)
        with replacing(self._path, mode=0o600) as temporary:
            temporary.write_text(json.dumps(pair.__dict__), encoding="utf-8")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(self.folder / "tokens.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)


def _now() -> str:
    return datetime.now(UTC).isoformat()
