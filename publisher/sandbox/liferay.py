"""Liferay's headless delivery as a portal's stand-in plays it: PUT by external reference code creates or replaces."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote

from publisher.sandbox.exchange import Request, Response, give_json
from publisher.sandbox.service import Picture, Shop, ShownPost
from publisher.sandbox.wordpress import is_login


def step(request: Request) -> str:
    if request.parts[1:2] == ["oauth2"]:
        return "login"
    if request.method == "GET":
        return "read"
    if request.method == "DELETE":
        return "change"
    return "prepare" if "documents" in request.parts else "commit"


def handle(request: Request, shop: Shop) -> Response:
    if request.method == "GET" and request.parts[1:2] == ["documents"]:
        record = shop.store.get("documents", request.parts[-1])
        return (
            Response(200, shop.store.kept(record["file"]), {"Content-Type": record["mime"]})
            if record
            else Response(404)
        )
    if request.path == "/o/oauth2/token":
        return _give_token(request, shop)
    if not (_is_client(request, shop) if shop.account.settings.get("client_id") else is_login(request, shop)):
        return give_json({"status": "UNAUTHORIZED", "title": "not logged in"}, status=401)
    prefix = ["o", "headless-delivery", "v1.0", "sites", str(shop.account.settings.get("site_id", ""))]
    if request.parts[:5] != prefix:
        return give_json({"status": "NOT_FOUND", "title": "no such site"}, status=404)
    rest = request.parts[5:]
    if rest == ["blog-postings"] and request.method == "GET":
        return give_json({"items": [], "totalCount": len(shop.store.all("blogs"))})
    if len(rest) != 3 or rest[1] != "by-external-reference-code":
        return give_json({"status": "NOT_FOUND", "title": "no such path"}, status=404)
    if rest[0] == "documents":
        return _put_document(request, shop, rest[2])
    return _on_blog(request, shop, rest[2])


def _give_token(request: Request, shop: Shop) -> Response:
    wanted = {
        "grant_type": "client_credentials",
        "client_id": str(shop.account.settings.get("client_id", "")),
        "client_secret": shop.secret("client_secret"),
    }
    if any(request.form.get(name) != value for name, value in wanted.items()):
        return give_json({"error": "invalid_client"}, status=401)
    number = shop.store.next_number()
    token = hashlib.sha256(f"{shop.account.name}/{number}/{wanted['client_secret']}".encode()).hexdigest()[:40]
    shop.store.put("login", "state", {"access": token})
    return give_json({"access_token": token, "token_type": "Bearer", "expires_in": 600})


def _is_client(request: Request, shop: Shop) -> bool:
    state = shop.store.get("login", "state") or {}
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bool(given) and hmac.compare_digest(given, str(state.get("access", "")))


def _put_document(request: Request, shop: Shop, code: str) -> Response:
    part = request.file("file")
    if part is None:
        return give_json({"status": "BAD_REQUEST", "title": "no file"}, status=400)
    described = json.loads(request.form.get("document", "{}"))
    old = shop.store.get("documents", code)
    record = {
        "id": code,
        "order": old["order"] if old else shop.store.next_number(),
        "file": shop.store.keep(part.data),
        "mime": part.mime,
        "alt": described.get("description", ""),
    }
    shop.store.put("documents", code, record)
    return give_json({"id": record["order"], "contentUrl": f"{shop.base}/o/documents/{quote(code)}"})


def _on_blog(request: Request, shop: Shop, code: str) -> Response:
    old = shop.store.get("blogs", code)
    if request.method == "PUT":
        value = request.json()
        if not value.get("headline") or not value.get("articleBody"):
            return give_json({"status": "BAD_REQUEST", "title": "headline and articleBody are needed"}, status=400)
        fresh: dict[str, Any] = {"order": 0, "created": shop.now().isoformat()}
        if old is None:
            fresh["order"] = shop.store.next_number()
        else:
            fresh = {"order": old["order"], "created": old["created"]}
        shop.store.put("blogs", code, {**fresh, "id": code, "value": value, "gone": False})
        return give_json({**value, "id": fresh["order"], "friendlyUrlPath": code})
    if old is None or old["gone"]:
        return give_json({"status": "NOT_FOUND", "title": "no such article"}, status=404)
    if request.method == "DELETE":
        shop.store.put("blogs", code, {**old, "gone": True})
        return Response(204)
    return give_json({**old["value"], "id": old["order"], "friendlyUrlPath": code})


def shown(shop: Shop) -> list[ShownPost]:
    documents = shop.store.all("documents")
    return [_show(shop, record, documents) for record in shop.store.all("blogs")]


def _show(shop: Shop, record: dict[str, Any], documents: list[dict[str, Any]]) -> ShownPost:
    body = record["value"]["articleBody"]
    cover = record["value"].get("image", {}).get("imageId", 0)
    drawn = sorted((d for d in documents if d["order"] == cover or d["id"] in body), key=lambda d: d["order"] != cover)
    pictures = tuple(Picture(d["file"], d["mime"], d["alt"], d["id"]) for d in drawn)
    return ShownPost(
        kind="portal",
        account=shop.account.name,
        id=record["id"],
        url=f"{shop.base.rsplit('/', 2)[0]}/xem/portal/{shop.account.name}#{record['id']}",
        state="withdrawn" if record["gone"] else "published",
        created_at=record["created"],
        title=record["value"]["headline"],
        text=record["value"].get("description", ""),
        html=body,
        pictures=pictures,
        data={"cover": "show"} if cover else {},
        order=record["order"],
    )
