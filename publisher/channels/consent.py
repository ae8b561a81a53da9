"""OAuth consent: the address a person opens, what comes back, and the exchange of its code for a token.

The code is bound to this machine by a verifier nobody else has (PKCE, RFC 7636) and to this question by its state.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from publisher.channels.base import Rejected, Retry
from publisher.channels.secrets import is_printable


@dataclass(frozen=True)
class Question:
    """One asking for consent; only the answer that carries its state counts."""

    redirect: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48)[:43], repr=False)

    @property
    def challenge(self) -> str:
        """The unpadded base64url of the verifier's SHA-256."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")

    def read_code(self, address: str) -> str | Rejected:
        """The code in the address the browser was led back to."""
        try:
            values = parse_qs(urlsplit(address.strip()).query)
        except ValueError:
            return Rejected("this is not an address. Copy the whole line of the browser's address bar.")
        state, code = values.get("state", [""])[0], values.get("code", [""])[0]
        if not hmac.compare_digest(state.encode(), self.state.encode()):
            return Rejected("this address answers another question. Use the one that this login led to.")
        if not code:
            return Rejected("consent was not given. Log in again, and agree.")
        return code if is_printable(code) else Rejected("the address holds no usable code. Copy it again.")


class Consent(Protocol):
    """What a kind offers whose token comes from a person's consent: `ask_consent(account, link)` in its module."""

    @property
    def redirect(self) -> str:
        """Where the service leads the browser back to; '' means any port of this machine."""
        ...

    @property
    def gives(self) -> tuple[str, ...]:
        """Names of the secrets the exchange gives."""
        ...

    def address(self, question: Question) -> str:
        """What a person opens in a browser. Holds no secret."""
        ...

    def exchange(self, code: str, question: Question) -> Mapping[str, str] | Retry | Rejected:
        """Secrets by name, for the code; a code works once."""
        ...
