"""A person's tokens on the stand-in of Facebook: made long-lived, and leading to the Page's own."""

from __future__ import annotations

import hashlib
import hmac

from publisher.sandbox.exchange import Request, Response, give_json
from publisher.sandbox.service import Shop

PERSON = "900000000000001"


def user_token(shop: Shop, *, long: bool = False) -> str:
    """The token of the person who looks after the Page: for an hour, or long-lived."""
    kind = "dai" if long else "ngan"
    return f"nguoi-{kind}-{hashlib.sha256(f'{shop.account.name}/{kind}'.encode()).hexdigest()[:24]}"


def handle(request: Request, shop: Shop, page_id: str) -> Response | None:
    """What only a person's token is asked for; None for everything else."""
    if request.parts[-2:] == ["oauth", "access_token"]:
        return _exchange(request, shop)
    given = request.headers.get("authorization", "").removeprefix("OAuth ")
    long = hmac.compare_digest(given.encode(), user_token(shop, long=True).encode())
    if not long and not hmac.compare_digest(given.encode(), user_token(shop).encode()):
        return None
    proof = hmac.new((shop.secret("app_secret") or "").encode(), given.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(request.query.get("appsecret_proof", ""), proof):
        return _refuse(104, "Invalid appsecret_proof provided in the API argument")
    if request.parts[-1:] == ["me"]:
        return give_json({"id": PERSON})
    if request.parts[-2:] == ["me", "accounts"]:
        return _pages(request, shop, page_id, long=long)
    return _refuse(200, "A page access token is required")


def _exchange(request: Request, shop: Shop) -> Response:
    form = request.form
    sound = form.get("grant_type") == "fb_exchange_token" and form.get("client_secret") == shop.secret("app_secret")
    known = form.get("client_id") == str(shop.account.settings.get("app_id"))
    if not sound or not known or form.get("fb_exchange_token") != user_token(shop):
        return _refuse(190, f"Invalid token {form.get('fb_exchange_token')}")
    return give_json({"access_token": user_token(shop, long=True), "token_type": "bearer", "expires_in": 5_184_000})


def _pages(request: Request, shop: Shop, page_id: str, *, long: bool) -> Response:
    """Two screens; the Page's own token comes from a long-lived one only, another dies within the hour."""
    if request.query.get("after") != "2":
        other = {"id": "1", "access_token": "cua-trang-khac", "tasks": ["CREATE_CONTENT"]}
        return give_json({"data": [other], "paging": {"cursors": {"after": "2"}, "next": "https://x.example/"}})
    tasks = shop.store.get("login", "tasks") or {"tasks": ["CREATE_CONTENT", "MODERATE"]}
    token = shop.secret("token") if long else "chet-trong-mot-gio"
    return give_json({"data": [{"id": page_id, "access_token": token, **tasks}], "paging": {}})


def _refuse(code: int, message: str) -> Response:
    return give_json({"error": {"code": code, "message": message, "type": "OAuthException"}}, status=400)
