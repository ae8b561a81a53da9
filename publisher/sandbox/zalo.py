"""Stand-in for Zalo: OAuth v4 with a refresh token that works once, articles that exist only after verify."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from publisher.sandbox import zalo_films
from publisher.sandbox.consent import give_consent, take_code
from publisher.sandbox.exchange import Request, Response, give_json
from publisher.sandbox.service import Picture, Shop, ShownPost

KIND = "zalo"
_STEPS = {
    "create": "prepare",
    "update": "commit",
    "verify": "verify",
    "remove": "change",
    "access_token": "login",
    "permission": "login",
}
_MIMES = {"png": "image/png", "jpg": "image/jpeg"}


def step(request: Request) -> str:
    if request.parts[:1] == ["pictures"]:
        return "picture"
    if "upload_video" in request.parts:
        return "upload"
    return _STEPS.get(request.parts[-1] if request.parts else "", "read")


def refuse(fault: str) -> Response | None:
    codes = {
        "throttle": (-32, "Application exceeds the rate limit per minute"),
        "expired": (-220, "Access token expired"),
    }
    code, message = codes.get(fault, (-248, "Content violates the platform's rules"))
    return _say(code, message)


def handle(request: Request, shop: Shop) -> Response:
    if request.parts[:1] == ["pictures"]:
        return _picture(request, shop)
    if request.path == "/v4/oa/permission":
        return give_consent(request, shop, {"oa_id": "1"})
    if request.path == "/v4/oa/access_token":
        return _login(request, shop)
    if not _is_token(request.headers.get("access_token", ""), shop):
        return _say(-216, "Access token is invalid")
    actions = {
        "/v2.0/article/create": _create,
        "/v2.0/article/update": _update,
        "/v2.0/article/verify": _verify,
        "/v2.0/article/remove": _remove,
        "/v2.0/article/getslice": _slice,
        "/v2.0/article/getdetail": _detail,
        "/v2.0/article/upload_video/preparevideo": zalo_films.take_film,
        "/v2.0/article/upload_video/verify": zalo_films.verify_film,
        "/v2.0/oa/getoa": _account,
    }
    action = actions.get(request.path)
    return action(request, shop) if action else _say(-209, "API not supported")


def _login(request: Request, shop: Shop) -> Response:
    """Exchange a refresh token for a new pair; the old one is burnt at once."""
    secret = shop.secret("app_secret") or ""
    if not hmac.compare_digest(request.headers.get("secret_key", ""), secret):
        return give_json({"error": -14002, "error_name": "Invalid app id or secret", "error_description": ""})
    state = shop.store.get("login", "state") or {"refresh": shop.secret("refresh_token"), "number": 0}
    if request.form.get("grant_type") == "authorization_code":
        if not take_code(request, shop):
            return give_json({"error": -14010, "error_name": "Invalid code", "error_description": ""})
    elif request.form.get("refresh_token") != state["refresh"] or request.form.get("grant_type") != "refresh_token":
        return give_json({"error": -14014, "error_name": "Invalid refresh token", "error_description": ""})
    number = int(state["number"]) + 1
    seed = f"{shop.account.name}/{number}/{secret}".encode()
    access, refresh = (hashlib.sha256(seed + end).hexdigest()[:40] for end in (b"a", b"r"))
    shop.store.put("login", "state", {"access": access, "refresh": refresh, "number": number})
    return give_json({"access_token": access, "refresh_token": refresh, "expires_in": "90000"})


def _is_token(token: str, shop: Shop) -> bool:
    state = shop.store.get("login", "state")
    return state is not None and bool(token) and hmac.compare_digest(token, str(state.get("access", "")))


def _picture(request: Request, shop: Shop) -> Response:
    """A public place for pictures, as the office's own web server would be."""
    name = request.parts[-1]
    if request.method == "PUT":
        shop.store.put("pictures", name, {"order": shop.store.next_number(), "file": shop.store.keep(request.body)})
        return Response(201)
    record = shop.store.get("pictures", name)
    if record is None:
        return Response(404)
    mime = _MIMES.get(name.rpartition(".")[2], "application/octet-stream")
    return Response(200, shop.store.kept(record["file"]), {"Content-Type": mime})


def _create(request: Request, shop: Shop) -> Response:
    return _take(request.json(), shop, target="")


def _update(request: Request, shop: Shop) -> Response:
    payload = request.json()
    if shop.store.get("articles", str(payload.get("id", ""))) is None:
        return _say(-201, "id is invalid")
    return _take(payload, shop, target=str(payload["id"]))


def _take(payload: dict[str, Any], shop: Shop, *, target: str) -> Response:
    """Accept a payload for processing; the article changes only when it is verified."""
    wrong = _find_wrong(payload) if payload.get("type") != "video" else zalo_films.find_wrong(payload, shop)
    if wrong:
        return _say(-201, wrong)
    number = shop.store.next_number()
    token = hashlib.sha256(f"{shop.account.name}/{number}".encode()).hexdigest()[:32]
    failed = shop.fail_processing or not _fetch_all(payload, shop)
    record = {"order": number, "payload": payload, "target": target, "asked": 0, "failed": failed}
    shop.store.put("tokens", token, record)
    if not failed and target:
        # As with the real service, the update goes on whether or not anybody asks for its result.
        _apply(shop, record, target)
    elif not failed:
        record["article"] = _apply(shop, record, f"a{number:08d}")
        shop.store.put("tokens", token, record)
    return _say(0, "Success", {"token": token})


def _find_wrong(payload: dict[str, Any]) -> str:
    lengths = (("title", 150), ("description", 300), ("author", 51))
    for key, limit in lengths:
        value = payload.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) >= limit:
            return f"{key} is invalid"
    if payload.get("status") not in ("show", "hide") or payload.get("type") != "normal":
        return "status or type is invalid"
    body = payload.get("body")
    if not isinstance(body, list) or not body or not payload.get("cover", {}).get("photo_url"):
        return "body or cover is invalid"
    return ""


def _fetch_all(payload: dict[str, Any], shop: Shop) -> bool:
    if payload["type"] == "video":
        return bool(_file_of(payload["avatar"], shop))
    urls = [payload["cover"]["photo_url"], *(item["url"] for item in payload["body"] if item.get("type") == "image")]
    return all(_file_of(url, shop) for url in urls)


def _file_of(url: str, shop: Shop) -> str:
    record = shop.store.get("pictures", urlsplit(url).path.rpartition("/")[2])
    return str(record["file"]) if record and len(shop.store.kept(record["file"])) <= 1_000_000 else ""


def _apply(shop: Shop, record: dict[str, Any], article_id: str) -> str:
    old = shop.store.get("articles", article_id) or {"order": record["order"], "created": shop.now().isoformat()}
    payload = {key: value for key, value in record["payload"].items() if key != "id"}
    if payload["status"] == "show" and old.get("payload", {}).get("status") != "show":
        old["created"] = shop.now().isoformat()
    shop.store.put("articles", article_id, {**old, "id": article_id, "payload": payload, "removed": False})
    return article_id


def _verify(request: Request, shop: Shop) -> Response:
    token = str(request.json().get("token", ""))
    record = shop.store.get("tokens", token)
    if record is None:
        return _say(-201, "token is invalid")
    shop.store.put("tokens", token, {**record, "asked": record["asked"] + 1})
    if record["asked"] == 0:
        return _say(-214, "Article is being processed")
    if record["failed"]:
        return _say(-200, "Cover could not be fetched")
    return _say(0, "Success", {"id": record.get("article") or record["target"]})


def _remove(request: Request, shop: Shop) -> Response:
    article = shop.store.get("articles", str(request.json().get("id", "")))
    if article is None:
        return _say(-201, "id is invalid")
    shop.store.put("articles", article["id"], {**article, "removed": True})
    return _say(0, "Success")


def _slice(request: Request, shop: Shop) -> Response:
    offset, limit = int(request.query.get("offset", "0")), min(int(request.query.get("limit", "10")), 10)
    kind = request.query.get("type", "normal")
    articles = [a for a in reversed(shop.store.all("articles")) if not a["removed"] and a["payload"]["type"] == kind]
    medias = [
        {"id": a["id"], "title": a["payload"]["title"], "status": a["payload"]["status"], "type": kind}
        for a in articles[offset : offset + limit]
    ]
    return _say(0, "Success", {"medias": medias, "total": len(articles)})


def _detail(request: Request, shop: Shop) -> Response:
    article = shop.store.get("articles", request.query.get("id", ""))
    if article is None or article["removed"]:
        return _say(-201, "id is invalid")
    return _say(0, "Success", {**article["payload"], "id": article["id"], "link_view": _url(shop, article["id"])})


def _account(request: Request, shop: Shop) -> Response:
    return _say(0, "Success", {"name": shop.title, "oa_id": "1", "num_follower": 1234})


def _url(shop: Shop, article_id: str) -> str:
    return f"{shop.base.rsplit('/', 2)[0]}/xem/{KIND}/{shop.account.name}#{article_id}"


def _say(error: int, message: str, data: dict[str, Any] | None = None) -> Response:
    return give_json({"error": error, "message": message, "data": data or {}})


def shown(shop: Shop) -> list[ShownPost]:
    return [_show(shop, article) for article in shop.store.all("articles")]


def _show(shop: Shop, article: dict[str, Any]) -> ShownPost:
    payload = article["payload"]
    if payload["type"] == "video":
        return _show_film(shop, article)
    state = "withdrawn" if article["removed"] else {"show": "published"}.get(payload["status"], "draft")
    cover = payload["cover"]["photo_url"]
    urls = [cover, *(item["url"] for item in payload["body"] if item["type"] == "image")]
    captions = {item["url"]: item.get("caption", "") for item in payload["body"] if item["type"] == "image"}
    pictures = []
    for url in dict.fromkeys(urls):
        mime = _MIMES.get(url.rpartition(".")[2], "image/png")
        pictures.append(Picture(_file_of(url, shop), mime, captions.get(url, ""), url))
    return ShownPost(
        kind=KIND,
        account=shop.account.name,
        id=article["id"],
        url=_url(shop, article["id"]),
        state=state,
        created_at=article["created"],
        title=payload["title"],
        text=payload["description"],
        pictures=tuple(pictures),
        order=article["order"],
        data={"author": payload["author"], "cover": "show"},
        blocks=tuple((item["type"], item.get("content") or item.get("url") or "") for item in payload["body"]),
    )


def _show_film(shop: Shop, article: dict[str, Any]) -> ShownPost:
    payload = article["payload"]
    film = zalo_films.film_of(payload["video_id"], shop)
    still = Picture(_file_of(payload["avatar"], shop), "image/png", f"Ảnh bìa: {payload['title']}", payload["avatar"])
    return ShownPost(
        kind=KIND,
        account=shop.account.name,
        id=article["id"],
        url=_url(shop, article["id"]),
        state="withdrawn" if article["removed"] else {"show": "published"}.get(payload["status"], "draft"),
        created_at=article["created"],
        title=payload["title"],
        text=payload["description"],
        pictures=(Picture(film, "video/mp4"), still),
        order=article["order"],
        data={"film": "video"},
    )
