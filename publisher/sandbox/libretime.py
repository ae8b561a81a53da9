"""LibreTime as a station's stand-in plays it: a library by MD5, one programme, a schedule; after its API's schema."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from publisher.sandbox.exchange import Request, Response, give_json
from publisher.sandbox.service import Picture, Shop, ShownPost

LENGTH = timedelta(seconds=90)  # of every recording, whatever its bytes


def is_asked(request: Request) -> bool:
    return request.parts[:1] in (["api"], ["rest"])


def step(request: Request) -> str:
    if request.method == "GET":
        return "read"
    if request.parts[-1] == "schedule":
        return "commit"
    return "change" if "schedule" in request.parts else "prepare"


def handle(request: Request, shop: Shop) -> Response:
    key = shop.secret("password") or ""
    given = request.headers.get("authorization", "")
    if request.path == "/rest/media":
        expected = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
        if not hmac.compare_digest(given, expected):
            return give_json({"detail": "Unauthorized"}, status=401)
        return _upload(request, shop)
    if not hmac.compare_digest(given, f"Api-Key {key}"):
        return give_json({"detail": "Authentication credentials were not provided."}, status=403)
    parts = request.parts[2:]
    if parts == ["show-instances"]:
        return give_json(_instances(shop))
    if parts[:1] == ["shows"] and len(parts) == 2:
        known = parts[1] == str(shop.account.settings.get("show"))
        return give_json({"id": 1, "name": "Bản tin xã"}) if known else give_json({"detail": "Not found."}, status=404)
    if parts[:1] == ["files"]:
        return _files(request, shop, parts[1:])
    if parts[:1] == ["schedule"]:
        return _schedule(request, shop, parts[1:])
    return give_json({"detail": "Not found."}, status=404)


def _upload(request: Request, shop: Shop) -> Response:
    part = request.file("file")
    if part is None or not part.data:
        return give_json({"detail": "no file"}, status=400)
    number = shop.store.next_number()
    status = 2 if shop.fail_processing else 1 if shop.store.get("slow", "import") else 0
    record = {
        "id": number,
        "order": number,
        "file": shop.store.keep(part.data),
        "md5": hashlib.md5(part.data, usedforsecurity=False).hexdigest(),
        "import_status": status,
        "track_title": part.filename,
        "artist_name": None,
        "description": None,
        "length": f"0{LENGTH}.000000",
    }
    shop.store.put("library", str(number), record)
    return give_json({"id": number}, status=201)


def _files(request: Request, shop: Shop, rest: list[str]) -> Response:
    if not rest:
        md5 = request.query.get("md5")
        found = [_shown_file(r) for r in shop.store.all("library") if md5 in (None, r["md5"])]
        return give_json(found)
    record = shop.store.get("library", rest[0])
    if record is None:
        return give_json({"detail": "Not found."}, status=404)
    if request.method == "PATCH":
        words = {k: v for k, v in request.json().items() if k in ("track_title", "artist_name", "description")}
        record = shop.store.put("library", rest[0], {**record, **words})
    return give_json(_shown_file(record))


def _shown_file(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in ("file", "order")}


def _instances(shop: Shop) -> list[dict[str, Any]]:
    """The programme is on air every day from 17:00 to 17:15 UTC; another one all day long."""
    day = shop.now().replace(hour=17, minute=0, second=0, microsecond=0)
    show = int(str(shop.account.settings.get("show", "0")))
    own = [
        {"id": 100 + n, "show": show, "starts_at": at.isoformat(), "ends_at": (at + timedelta(minutes=15)).isoformat()}
        for n in range(-1, 10)
        for at in [day + timedelta(days=n)]
    ]
    other = {"id": 9, "show": show + 1, "starts_at": shop.now().isoformat(), "ends_at": own[-1]["ends_at"]}
    return [other, *own]


def _schedule(request: Request, shop: Shop, rest: list[str]) -> Response:
    if not rest and request.method == "GET":
        after, before = request.query.get("starts_after"), request.query.get("ends_before")
        found = [
            _shown_entry(r)
            for r in shop.store.all("schedule")
            if not r["gone"]
            and (after is None or _at(r["starts_at"]) >= _at(after))
            and (before is None or _at(r["ends_at"]) <= _at(before))
        ]
        return give_json(found)
    if not rest:
        return _add(request, shop)
    record = shop.store.get("schedule", rest[0])
    if record is None or record["gone"]:
        return give_json({"detail": "Not found."}, status=404)
    if request.method == "DELETE":
        shop.store.put("schedule", rest[0], {**record, "gone": True})
        return Response(204)
    if request.method == "PATCH":
        record = shop.store.put("schedule", rest[0], {**record, **request.json()})
    return give_json(_shown_entry(record))


def _add(request: Request, shop: Shop) -> Response:
    value = request.json()
    needed = ("starts_at", "ends_at", "instance", "cue_in", "cue_out", "position", "broadcasted")
    missing = {name: ["This field is required."] for name in needed if name not in value}
    if missing or shop.store.get("library", str(value.get("file"))) is None:
        return give_json(missing or {"file": ["Invalid pk - object does not exist."]}, status=400)
    number = shop.store.next_number()
    record = {**value, "id": number, "order": number, "played": False, "gone": False}
    shop.store.put("schedule", str(number), {**record, "created": shop.now().isoformat()})
    return give_json(_shown_entry(record), status=201)


def _shown_entry(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in ("order", "gone", "created")}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def shown(shop: Shop) -> list[ShownPost]:
    return [_show(shop, record) for record in shop.store.all("schedule")]


def _show(shop: Shop, record: dict[str, Any]) -> ShownPost:
    file = shop.store.get("library", str(record["file"])) or {}
    return ShownPost(
        kind="radio",
        account=shop.account.name,
        id=str(record["id"]),
        url="",
        state="withdrawn" if record["gone"] else "published",
        created_at=record["created"],
        title=str(file.get("track_title") or ""),
        text=str(file.get("description") or ""),
        pictures=(Picture(file["file"], "audio/mpeg", "", "bản ghi âm"),) if file else (),
        order=record["order"],
        data={"due_at": record["starts_at"], "level": "thông thường", "key": "", "station": shop.title},
    )
