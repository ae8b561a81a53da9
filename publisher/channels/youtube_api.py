"""Calls to YouTube's Data API: a short-lived access token from the refresh token, and what its reasons mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from publisher.channels.base import Outcome, Rejected, Retry
from publisher.channels.bearer import Bearer
from publisher.channels.outcomes import NOT_CONNECTED_S, THROTTLED_S, judge
from publisher.channels.secrets import Secret
from publisher.channels.web import Answer, NeverLeft, Reply, Web, retry_after_s
from publisher.channels.youtube_quota import Quota, cost_of

UPLOAD_S = 600.0
_WAITS: Mapping[str, float] = MappingProxyType(
    {
        "quotaExceeded": 0.0,  # until the day ends
        "dailyLimitExceeded": 0.0,
        "uploadLimitExceeded": 24 * 3600.0,  # the channel's own limit of 24 hours
        "rateLimitExceeded": THROTTLED_S,
        "userRateLimitExceeded": THROTTLED_S,
    }
)


_DAILY = ("quotaExceeded", "dailyLimitExceeded")


@dataclass
class YoutubeApi:
    """`base` is the API, `login_url` the token server. The access token lives in memory only."""

    web: Web
    base: str
    login_url: str
    client_id: str
    client_secret: Secret
    refresh_token: Secret
    help: str
    quota: Quota
    _bearer: Bearer[Retry | Rejected] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._bearer = Bearer(self.web, self._renew)

    def call(self, method: str, url: str, **parts: Any) -> Reply | Retry | Rejected:
        """One call with a token; one that YouTube surely refused (401) is made once more with a new token."""
        units, uploads = cost_of(method, urlsplit(url).path)
        wait_s = self.quota.take(units, uploads=uploads)
        if wait_s:
            return Retry(f"today's quota of YouTube is used up ({self.quota.shown()})", wait_s)
        reply = self._bearer.call(method, url, **parts)
        if isinstance(reply, Retry | Rejected | NeverLeft):  # no token, or no connection: YouTube has seen nothing
            self.quota.give_back(units, uploads=uploads)
        return reply

    def judge(self, reply: Reply | Retry | Rejected) -> Outcome | None:
        """The outcome of a publishing call; None for a 2xx with an object."""
        if isinstance(reply, Retry | Rejected):
            return reply
        reason, said = _reason(reply)
        if reason in _WAITS and isinstance(reply, Answer):
            default_s = self.quota.left_s() if reason in _DAILY else _WAITS[reason]
            return Retry(f"YouTube asks to wait ({reason})", retry_after_s(reply.headers, default_s))
        return judge(reply, web=self.web, token=self.help, said=f"{reason} {said}".strip())

    def _renew(self) -> str | Retry | Rejected:
        form = {
            "client_id": self.client_id,
            "client_secret": self.client_secret.reveal(),
            "refresh_token": self.refresh_token.reveal(),
            "grant_type": "refresh_token",
        }
        reply = self.web.call("POST", f"{self.login_url}/token", data=form)
        if isinstance(reply, Answer) and isinstance(reply.body, dict):
            token = reply.body.get("access_token")
            if reply.ok and isinstance(token, str) and token:
                # A service may repeat the token in its words; it must not get into ours.
                self.web.secrets = (self.client_secret, self.refresh_token, Secret("access token", token))
                return token
            if 400 <= reply.status < 500 and reply.status != 429:
                return Rejected(
                    f"Google refuses the login ({self.web.clean(reply.body.get('error', ''))}). {self.help}"
                )
        if isinstance(reply, NeverLeft) and reply.settings:
            return Rejected(reply.reason)
        return Retry("no access token could be had", NOT_CONNECTED_S)


def _reason(reply: Reply) -> tuple[str, str]:
    error = reply.body.get("error") if isinstance(reply, Answer) and isinstance(reply.body, dict) else None
    if not isinstance(error, dict):
        return "", ""
    errors = error.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    return str(first.get("reason", "")), str(error.get("message", ""))
