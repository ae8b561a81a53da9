"""Calls to Zalo's OpenAPI, and what its numbers mean. HTTP is mostly 200: the number decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from publisher.channels.base import Outcome, Rejected, Retry, Unknown
from publisher.channels.outcomes import THROTTLED_S, judge
from publisher.channels.web import Answer, Web
from publisher.channels.zalo_login import ZaloLogin

TOKEN_DEAD = (-216, -220)
PROCESSING = -214
MEDIUM = -200
PER_MINUTE_S = 60.0  # −32 counts by the minute

_REFUSED: Mapping[int, str] = MappingProxyType(
    {
        -201: "a value is not accepted",
        -204: "the Official Account was deleted",
        -205: "there is no such Official Account",
        -209: "the application is not active for this call; activate it at developers.zalo.me",
        -210: "a text or a list is too long; shorten it",
        -211: "the quota is used up; wait for its renewal or extend the package",
        -212: "the account is not registered for this call",
        -215: "app_id is wrong",
        -219: "the application was removed or disabled",
        -221: "the Official Account is not verified",
        -223: "the content quota of this period is used up, or the right to manage articles is missing",
        -224: "the package does not hold this; extend it",
        -240: "this call was switched off by Zalo",
        -242: "the proof of the application's secret is wrong: check app_secret_env",
        -248: "the content breaks Zalo's rules",
    }
)


@dataclass(frozen=True)
class Said:
    """Zalo's envelope: 0 is well."""

    error: int
    message: str
    data: Mapping[str, Any]


ZaloReply: TypeAlias = Said | Outcome


@dataclass
class ZaloApi:
    web: Web
    login: ZaloLogin
    base: str
    help: str

    def call(self, method: str, path: str, **parts: Any) -> ZaloReply:
        """One call; a dead access token is renewed once and the call, which was surely refused, made once more.

        `parts` are those of `Web.call`; a body that can be read only once does not do.
        """
        token = self.login.current()
        if not token:
            fresh = self.login.refresh(used="")
            if not isinstance(fresh, str):
                return fresh
            token = fresh
        reply = self._once(method, path, token, parts)
        if isinstance(reply, Said) and reply.error in TOKEN_DEAD:
            fresh = self.login.refresh(used=token)
            if not isinstance(fresh, str):
                return fresh
            reply = self._once(method, path, fresh, parts)
        return reply

    def _once(self, method: str, path: str, token: str, parts: Mapping[str, Any]) -> ZaloReply:
        headers = {**parts.get("headers", {}), "access_token": token}
        reply = self.web.call(method, f"{self.base}{path}", **{**parts, "headers": headers})
        if isinstance(reply, Answer) and isinstance(reply.body, dict) and isinstance(reply.body.get("error"), int):
            data = reply.body.get("data")
            message = self.web.clean(str(reply.body.get("message", "")).replace(token, "•••"))
            return Said(reply.body["error"], message, data if isinstance(data, dict) else {})
        outcome = judge(reply, web=self.web, token=self.help)
        return outcome if outcome is not None else Unknown("the answer is not what Zalo gives, so it may be out")

    def judge(self, said: Said) -> Outcome:
        """The outcome of an error of a call that publishes."""
        words = f"Zalo {said.error}: {said.message}"
        if said.error == -32:
            return Retry(f"too many calls a minute. {words}", PER_MINUTE_S)
        if said.error in TOKEN_DEAD:
            return Rejected(f"Zalo takes no token of ours. {self.help} {words}")
        if said.error == MEDIUM:
            return Rejected(f"a picture could not be fetched: check pictures_url and that it is public. {words}")
        if said.error == PROCESSING:
            return Unknown(f"still being processed. {words}")
        if said.error in _REFUSED:
            return Rejected(f"{_REFUSED[said.error]}. {words}")
        if said.error == -234:
            return Retry(f"not at night. {words}", 3600.0)
        if said.error <= -300 or said.error in range(-299, -200):
            return Rejected(f"refused. {words}")
        return Unknown(f"{words}, so it may be out")


def wait_s(outcome: Outcome) -> float:
    """How long an outcome asks to wait."""
    return outcome.after_s if isinstance(outcome, Retry) else THROTTLED_S
