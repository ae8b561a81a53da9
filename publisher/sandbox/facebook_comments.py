"""Comments below a Page's posts, as the Graph stand-in keeps them."""

from __future__ import annotations

from typing import Any

from publisher.sandbox.exchange import Request, Response, give_json
from publisher.sandbox.service import Shop

MAX_COMMENT = 8_000


def handle(request: Request, shop: Shop, node: str, page_id: str) -> Response | None:
    """Make or list comments; None when there is no such post."""
    posts = (shop.store.get(collection, node) for collection in ("posts", "videos"))
    post = next((record for record in posts if record is not None), None)
    if post is None or post["state"] != "published":
        return None
    if request.method == "GET":
        return _list(request, shop, node)
    text = request.form.get("message", "")
    if not text.strip() or len(text) > MAX_COMMENT:
        return give_json({"error": {"code": 100, "message": "(#100) Invalid parameter", "type": "x"}}, status=400)
    number = shop.store.next_number()
    comment_id = f"{node.rpartition('_')[2]}_{number:06d}"
    record = {"id": comment_id, "order": number, "post": node, "message": text, "by": page_id, "gone": False}
    shop.store.put("comments", comment_id, {**record, "created": shop.now().isoformat()})
    return give_json({"id": comment_id})


def _list(request: Request, shop: Shop, node: str) -> Response:
    start, limit = int(request.query.get("after") or 0), min(int(request.query.get("limit", "25")), 100)
    found = _of(shop, node)
    paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + limit)}}
    if start + limit < len(found):
        paging["next"] = f"{shop.base}{request.path}?after={start + limit}"
    return give_json({"data": [_describe(record) for record in found[start : start + limit]], "paging": paging})


def on_comment(request: Request, shop: Shop, comment_id: str) -> Response | None:
    """Read, edit or delete one comment; None when there is none of that id."""
    record = shop.store.get("comments", comment_id)
    if record is None or record["gone"]:
        return None
    if request.method == "GET":
        return give_json(_describe(record))
    if request.method == "DELETE":
        shop.store.put("comments", comment_id, {**record, "gone": True})
    else:
        shop.store.put("comments", comment_id, {**record, "message": request.form.get("message", "")})
    return give_json({"success": True})


def below(shop: Shop, post_id: str) -> tuple[str, ...]:
    """The comments readers see below a post, oldest first."""
    return tuple(str(record["message"]) for record in _of(shop, post_id))


def _of(shop: Shop, post_id: str) -> list[dict[str, Any]]:
    return [r for r in shop.store.all("comments") if r["post"] == post_id and not r["gone"]]


def _describe(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": record["id"],
        "message": record["message"],
        "from": {"id": record["by"], "name": "Page"},
        "created_time": record["created"],
        "permalink_url": f"https://www.facebook.com/{record['post']}?comment_id={record['order']}",
    }
