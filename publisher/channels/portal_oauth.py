"""Liferay's OAuth 2 client credentials: a token of the service's own, without any person's password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from publisher.channels.bearer import Bearer
from publisher.channels.secrets import Secret
from publisher.channels.web import Answer, NeverLeft, NoAnswer, Reply, Web


@dataclass
class ClientCredentials:
    """`web` is without a login of its own; the access token lives in memory only."""

    web: Web
    base: str
    client_id: str
    client_secret: Secret
    _bearer: Bearer[Reply] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._bearer = Bearer(self.web, self._renew)

    def call(self, method: str, url: str, **parts: Any) -> Reply:
        """One call with a token; one that the portal surely refused (401) is made once more with a new token."""
        return self._bearer.call(method, url, **parts)

    def _renew(self) -> str | Reply:
        """A new token; or, of what went wrong, that the call itself surely never left, or the portal's refusal."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret.reveal(),
        }
        reply = self.web.call("POST", f"{self.base}/o/oauth2/token", data=form)
        if isinstance(reply, NoAnswer):
            return NeverLeft(f"no access token could be had: {reply.reason}")
        if not isinstance(reply, Answer):
            return reply
        token = reply.body.get("access_token") if isinstance(reply.body, dict) else None
        if reply.ok and isinstance(token, str) and token:
            return token
        if reply.status in (400, 401, 403):
            said = reply.body.get("error", "") if isinstance(reply.body, dict) else ""
            body = {"title": f"OAuth 2: {said or 'refused'}"}
            return Answer(401, reply.headers, body)  # RFC 6749 answers 400 to a wrong secret as well
        return NeverLeft(f"no access token could be had (HTTP {reply.status})")
