"""Consent of a YouTube channel's owner: a code for a refresh token (an installed application, loopback redirect)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from publisher.channels.base import Rejected, Retry
from publisher.channels.consent import Question
from publisher.channels.outcomes import NOT_CONNECTED_S
from publisher.channels.secrets import Secret
from publisher.channels.web import Answer, NeverLeft, Web

# youtube.upload alone cannot change a title or add captions.
SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"


@dataclass(frozen=True)
class YoutubeConsent:
    web: Web
    consent_url: str
    login_url: str
    client_id: str
    client_secret: Secret
    redirect: str = ""
    gives: tuple[str, ...] = ("refresh_token",)

    def address(self, question: Question) -> str:
        values = {
            "client_id": self.client_id,
            "redirect_uri": question.redirect,
            "response_type": "code",
            "scope": SCOPE,
            "access_type": "offline",  # without it there is no refresh token
            "prompt": "consent",  # a second consent gives a refresh token only when it is asked anew
            "code_challenge": question.challenge,
            "code_challenge_method": "S256",
            "state": question.state,
        }
        return f"{self.consent_url}/o/oauth2/v2/auth?{urlencode(values)}"

    def exchange(self, code: str, question: Question) -> Mapping[str, str] | Retry | Rejected:
        form = {
            "client_id": self.client_id,
            "client_secret": self.client_secret.reveal(),
            "code": code,
            "code_verifier": question.verifier,
            "grant_type": "authorization_code",
            "redirect_uri": question.redirect,
        }
        reply = self.web.call("POST", f"{self.login_url}/token", data=form)
        if not isinstance(reply, Answer):
            refused = isinstance(reply, NeverLeft) and reply.settings
            return Rejected(reply.reason) if refused else Retry(reply.reason, NOT_CONNECTED_S)
        body = reply.body if isinstance(reply.body, dict) else {}
        token, scopes = body.get("refresh_token"), str(body.get("scope", SCOPE)).split()
        if SCOPE not in scopes:
            return Rejected("the right to manage the channel's videos was not ticked. Log in again, and tick it.")
        if isinstance(token, str) and token:
            return {"refresh_token": token}
        said = self.web.clean(body.get("error_description") or body.get("error") or f"HTTP {reply.status}")
        return Rejected(f"Google gives no refresh token; check client_id and client_secret_env, log in again: {said}")
