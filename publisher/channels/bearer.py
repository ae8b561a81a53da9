"""Calls that carry an access token: it lives in memory only, and is renewed once when the service surely refuses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from publisher.channels.web import Answer, Reply, Web

T = TypeVar("T")


@dataclass
class Bearer(Generic[T]):
    """`renew` gives a new token, or what asking for one ended in: the call is not made then."""

    web: Web
    renew: Callable[[], str | T]
    _token: str = field(default="", repr=False)

    def call(self, method: str, url: str, **parts: Any) -> Reply | T:
        """One call with a token; one that was surely refused (401) is made once more with a new token."""
        headers = dict(parts.pop("headers", {}))
        for _ in range(2):
            token = self._token or self.renew()
            if not isinstance(token, str):
                return token
            self._token = token
            reply = self.web.call(method, url, headers={**headers, "Authorization": f"Bearer {token}"}, **parts)
            if not (isinstance(reply, Answer) and reply.status == 401):
                return reply
            self._token = ""
        return reply
