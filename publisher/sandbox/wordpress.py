"""WordPress' REST interface as a portal's stand-in plays it: drafts, media, slugs that are suffixed when taken."""

from __future__ import annotations

import base64
import hmac
import re
from typing import Any

from publisher.sandbox.exchange import Request, Response, give_json
from publisher.sandbox.service import Picture, Shop, ShownPost

ROOT = "/wp-json/wp/v2"
CATEGORIES = (1, 2, 3)
_STATUSES = ("publish", "future", "draft", "pending", "private")
_FILENAME = re.compile(r'filename="([^"]+)"')


def step(request: Request) -> str:
    if request.method == "GET":
        return "read"
    if request.method == "DELETE":
        return "change"
    return "commit" if re.fullmatch(rf"{ROOT}/posts/\d+", request.path) else "prepare"


def handle(request: Request, shop: Shop) -> Response:
    if request.method == "GET" and request.parts[:1] == ["wp-content"]:
        return _file(request, shop)
    if not is_login(request, shop):
        return _refuse_login(request)
    parts = request.path.removeprefix(f"{ROOT}/").split("/")
    if parts == ["users", "me"]:
        rights = {"publish_posts": True, "upload_files": True, "edit_published_posts": True}
        return give_json({"id": 1, "name": shop.account.settings.get("user", ""), "capabilities": rights})
    if parts == ["categories"]:
        asked = [int(number) for number in request.query.get("include", "").split(",") if number.isdigit()]
        return give_json([{"id": number, "name": f"Mục {number}"} for number in asked if number in CATEGORIES])
    if parts[0] not in ("posts", "media"):
        return _error("rest_no_route", "No route was found", 404)
    if len(parts) == 1:
        listing = _list if request.method == "GET" else _create
        return listing(request, shop, parts[0])
    record = shop.store.get(parts[0], parts[1])
    if record is None:
        return _error("rest_post_invalid_id", "Invalid post ID.", 404)
    return _on_record(request, shop, parts[0], record)


def _refuse_login(request: Request) -> Response:
    """As WordPress 6.1 does: parameters are checked before logins, so the 401 lies inside a 400."""
    if request.method == "GET" and "status" in request.query:
        inner = {"code": "rest_forbidden_status", "message": "Status is forbidden.", "data": {"status": 401}}
        data = {"status": 400, "params": {"status": "Status is forbidden."}, "details": {"status": inner}}
        body = {"code": "rest_invalid_param", "message": "Invalid parameter(s): status", "data": data}
        return give_json(body, status=400)
    return _error("rest_not_logged_in", "You are not currently logged in.", 401)


def is_login(request: Request, shop: Shop) -> bool:
    """Basic login with the account's user and password."""
    expected = f"{shop.account.settings.get('user', '')}:{shop.secret('password') or ''}"
    given = request.headers.get("authorization", "").removeprefix("Basic ")
    return hmac.compare_digest(given, base64.b64encode(expected.encode()).decode())


def _file(request: Request, shop: Shop) -> Response:
    record = shop.store.get("media", request.parts[-1].partition("-")[0])
    if record is None:
        return Response(404)
    return Response(200, shop.store.kept(record["file"]), {"Content-Type": record["mime"]})


def _list(request: Request, shop: Shop, collection: str) -> Response:
    slugs = [slug for slug in request.query.get("slug", "").split(",") if slug]
    statuses = request.query.get("status", "publish").split(",")
    found = [
        record
        for record in shop.store.all(collection)
        if (not slugs or record["slug"] in slugs) and (collection == "media" or record["status"] in statuses)
    ]
    return give_json([_describe(collection, record, shop) for record in reversed(found)])


def _create(request: Request, shop: Shop, collection: str) -> Response:
    number = shop.store.next_number()
    record: dict[str, Any] = {"id": str(number), "order": number, "created": shop.now().isoformat()}
    if collection == "media":
        name = _FILENAME.search(request.headers.get("content-disposition", ""))
        if name is None or not request.body:
            return _error("rest_upload_no_content_disposition", "No Content-Disposition supplied.", 400)
        file, mime = shop.store.keep(request.body), request.headers.get("content-type", "")
        record |= {"file": file, "mime": mime, "alt": "", "name": name[1]}
        record["slug"] = _free_slug(shop, "media", name[1].rpartition(".")[0].lower())
    else:
        value = request.json()
        if "id" in value:
            return _error("rest_post_exists", "Cannot create existing post.", 400)
        if any(number not in CATEGORIES for number in value.get("categories", [])):
            return _error("rest_invalid_param", "Invalid parameter(s): categories", 400)
        if not value.get("title") and not value.get("content"):
            return _error("empty_content", "Content, title, and excerpt are empty.", 400)
        record |= {"status": value.get("status", "draft"), "title": "", "content": "", "excerpt": "", "cover": 0}
        record["slug"] = _free_slug(shop, "posts", str(value.get("slug") or number))
        _fill(record, value)
    shop.store.put(collection, record["id"], record)
    return give_json(_describe(collection, record, shop), status=201)


def _free_slug(shop: Shop, collection: str, slug: str) -> str:
    taken = {record["slug"] for record in shop.store.all(collection)}
    free, number = slug, 1
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free


def _fill(record: dict[str, Any], value: dict[str, Any]) -> None:
    names = (("title", "title"), ("content", "content"), ("excerpt", "excerpt"), ("featured_media", "cover"))
    for theirs, ours in names:
        if theirs in value:
            record[ours] = value[theirs]


def _on_record(request: Request, shop: Shop, collection: str, record: dict[str, Any]) -> Response:
    if request.method == "GET":
        return give_json(_describe(collection, record, shop))
    if request.method == "DELETE":
        if record["status"] == "trash":
            return _error("rest_already_trashed", "The post has already been deleted.", 410)
        shop.store.put(collection, record["id"], {**record, "status": "trash"})
        return give_json(_describe(collection, {**record, "status": "trash"}, shop))
    value = request.json()
    if collection == "media":
        record["alt"] = value.get("alt_text", record["alt"])
    else:
        _fill(record, value)
        status = value.get("status", record["status"])
        if status not in _STATUSES:
            return _error("rest_invalid_param", "Invalid parameter(s): status", 400)
        if status == "publish" and record["status"] != "publish":
            record["created"] = shop.now().isoformat()
        record["status"] = status
    shop.store.put(collection, record["id"], record)
    return give_json(_describe(collection, record, shop))


def _describe(collection: str, record: dict[str, Any], shop: Shop) -> dict[str, Any]:
    value: dict[str, Any] = {"id": int(record["id"]), "slug": record["slug"]}
    if collection == "media":
        url = f"{shop.base}/wp-content/uploads/{record['id']}-{record['name']}"
        return {**value, "source_url": url, "alt_text": record["alt"], "mime_type": record["mime"]}
    value.update(status=record["status"], link=_url(shop, record["id"]), featured_media=record["cover"])
    for key in ("title", "content", "excerpt"):
        value[key] = {"raw": record[key], "rendered": record[key]}
    return value


def _url(shop: Shop, post_id: str) -> str:
    return f"{shop.base.rsplit('/', 2)[0]}/xem/portal/{shop.account.name}#{post_id}"


def _error(code: str, message: str, status: int) -> Response:
    return give_json({"code": code, "message": message, "data": {"status": status}}, status=status)


def shown(shop: Shop) -> list[ShownPost]:
    media = shop.store.all("media")
    return [_show(shop, record, media) for record in shop.store.all("posts")]


def _show(shop: Shop, record: dict[str, Any], media: list[dict[str, Any]]) -> ShownPost:
    pictures, cover = [], []
    for item in media:
        url = _describe("media", item, shop)["source_url"]
        picture = Picture(item["file"], item["mime"], item["alt"], f"{item['id']}-{item['name']}")
        if str(item["id"]) == str(record["cover"]):
            cover.append(picture)
        elif url.rpartition("/")[2] in record["content"]:
            pictures.append(picture)
    state = {"publish": "published", "trash": "withdrawn"}.get(record["status"], "draft")
    return ShownPost(
        kind="portal",
        account=shop.account.name,
        id=record["id"],
        url=_url(shop, record["id"]),
        state=state,
        created_at=record["created"],
        title=record["title"],
        text=record["excerpt"],
        html=record["content"],
        pictures=tuple(cover + pictures),
        order=record["order"],
        data={"cover": "show"} if cover else {},
    )
