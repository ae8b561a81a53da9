"""Films of Zalo's video articles as the stand-in takes and converts them."""

from __future__ import annotations

import hashlib
from typing import Any

from publisher.sandbox.exchange import Request, Response, give_json
from publisher.sandbox.service import Shop

MAX_FILM = 50_000_000


def take_film(request: Request, shop: Shop) -> Response:
    part = request.file("file")
    if part is None or part.data[4:8] != b"ftyp" or len(part.data) > MAX_FILM:
        return give_json({"error": -201, "message": "file is invalid", "data": {}})
    number = shop.store.next_number()
    token = hashlib.sha256(f"{shop.account.name}/film/{number}".encode()).hexdigest()[:32]
    record = {"order": number, "file": shop.store.keep(part.data), "asked": 0, "id": f"f{number:08d}"}
    shop.store.put("films", token, {**record, "failed": shop.fail_processing})
    return give_json({"error": 0, "message": "Success", "data": {"token": token}})


def verify_film(request: Request, shop: Shop) -> Response:
    """Converting takes until the second time somebody asks."""
    token = request.headers.get("token", "")
    record = shop.store.get("films", token)
    if record is None:
        return give_json({"error": -201, "message": "token is invalid", "data": {}})
    shop.store.put("films", token, {**record, "asked": record["asked"] + 1})
    if record["failed"]:
        data: dict[str, Any] = {"status": 4, "status_message": "Convert failed", "convert_percent": 0}
    elif record["asked"] == 0:
        data = {"status": 3, "status_message": "Processing", "convert_percent": 40}
    else:
        data = {"status": 1, "status_message": "Ready", "convert_percent": 100, "video_id": record["id"]}
    return give_json({"error": 0, "message": "Success", "data": data})


def find_wrong(payload: dict[str, Any], shop: Shop) -> str:
    for key, limit in (("title", 150), ("description", 300)):
        value = payload.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) >= limit:
            return f"{key} is invalid"
    if payload.get("status") not in ("show", "hide") or not payload.get("avatar"):
        return "status or avatar is invalid"
    return "" if film_of(str(payload.get("video_id")), shop) else "video_id is invalid"


def film_of(video_id: str, shop: Shop) -> str:
    """The film's bytes by name; '' when there is none of that id."""
    return next((str(r["file"]) for r in shop.store.all("films") if r["id"] == video_id), "")
