"""The consent page of an OAuth service, as a person who agrees leaves it: back to where the question came from."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

from publisher.sandbox.exchange import Request, Response, give_html
from publisher.sandbox.service import Shop


def give_consent(request: Request, shop: Shop, extra: Mapping[str, str] | None = None) -> Response:
    """Agree, and lead the browser back with a code that works once."""
    redirect, challenge = request.query.get("redirect_uri", ""), request.query.get("code_challenge", "")
    wanted = (shop.account.settings.get("app_id"), shop.account.settings.get("client_id"))
    given = request.query.get("app_id") or request.query.get("client_id")
    if not redirect.startswith(("http://", "https://")) or not challenge or given not in wanted:
        return give_html("<h1>400</h1>", status=400)
    number = shop.store.next_number()
    code = hashlib.sha256(f"{shop.account.name}/code/{number}".encode()).hexdigest()[:32]
    shop.store.put("codes", code, {"order": number, "challenge": challenge, "redirect": redirect})
    answer = {"code": code, "state": request.query.get("state", ""), **(extra or {})}
    return Response(302, b"", {"Location": f"{redirect}?{urlencode(answer)}"})


def take_code(request: Request, shop: Shop) -> bool:
    """Whether the form holds a code given out, and the verifier behind its challenge. It is burnt by asking."""
    code = request.form.get("code", "")
    record = shop.store.get("codes", code)
    shop.store.remove("codes", code)
    verifier = request.form.get("code_verifier", "")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return record is not None and hmac.compare_digest(challenge, str(record["challenge"]))
