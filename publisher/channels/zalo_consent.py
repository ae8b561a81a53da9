"""Consent of an Official Account's administrator, OAuth v4: a code for the first pair of tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from publisher.channels.base import Rejected, Retry
from publisher.channels.consent import Question
from publisher.channels.outcomes import NOT_CONNECTED_S
from publisher.channels.secrets import Secret
from publisher.channels.web import Answer, NeverLeft, Web


@dataclass(frozen=True)
class ZaloConsent:
    """`redirect` is the address entered at developers.zalo.me; Zalo leads to no other."""

    web: Web
    login_url: str
    app_id: str
    app_secret: Secret
    redirect: str
    gives: tuple[str, ...] = ("refresh_token",)

    def address(self, question: Question) -> str:
        values = {
            "app_id": self.app_id,
            "redirect_uri": question.redirect,
            "code_challenge": question.challenge,
            "state": question.state,
        }
        return f"{self.login_url}/v4/oa/permission?{urlencode(values)}"

    def exchange(self, code: str, question: Question) -> Mapping[str, str] | Retry | Rejected:
        form = {
            "app_id": self.app_id,
            "code": code,
            "grant_type": "authorization_code",
            "code_verifier": question.verifier,
        }
        headers = {"secret_key": self.app_secret.reveal()}
        reply = self.web.call("POST", f"{self.login_url}/v4/oa/access_token", data=form, headers=headers)
        if not isinstance(reply, Answer):
            refused = isinstance(reply, NeverLeft) and reply.settings
            return Rejected(reply.reason) if refused else Retry(reply.reason, NOT_CONNECTED_S)
        body = reply.body if isinstance(reply.body, dict) else {}
        token = body.get("refresh_token")
        if isinstance(token, str) and token:
            return {"refresh_token": token}
        said = self.web.clean(body.get("error_name") or body.get("error_description") or f"HTTP {reply.status}")
        return Rejected(f"Zalo gives no token for this consent; check app_id and app_secret_env, log in again: {said}")
