"""Stand-in for a station's folder: enough WebDAV to write a piece under a hidden name and give it its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from publisher.sandbox import libretime
from publisher.sandbox.exchange import Request, Response
from publisher.sandbox.service import Picture, Shop, ShownPost
from publisher.sandbox.store import write

KIND = "radio"
_MULTISTATUS = b'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:"/>'


def step(request: Request) -> str:
    if libretime.is_asked(request):
        return libretime.step(request)
    if request.method in ("GET", "PROPFIND", "HEAD"):
        return "read"
    if request.method == "MOVE":
        return "commit" if request.path.startswith("/.") else "change"
    return "prepare"


def refuse(fault: str) -> Response | None:
    if fault == "throttle":
        return Response(429, b"", {"Retry-After": "37"})
    if fault == "duplicate":
        return Response(412)
    return Response(401 if fault == "expired" else 403)


def handle(request: Request, shop: Shop) -> Response:
    if libretime.is_asked(request):
        return libretime.handle(request, shop)
    path = _inside(shop, request.path)
    if path is None:
        return Response(403)
    if request.method == "PROPFIND":
        return Response(207, _MULTISTATUS, {"Content-Type": "application/xml"})
    actions = {"GET": _get, "PUT": _put, "MKCOL": _make, "DELETE": _delete}
    if request.method == "MOVE":
        return _move(request, shop, path)
    action = actions.get(request.method)
    return action(request, path) if action else Response(405)


def _inside(shop: Shop, path: str) -> Path | None:
    """The path in the station's folder, or None when it leads out of it."""
    parts = [part for part in path.split("/") if part]
    if any(part in (".", "..") or "\\" in part or "\0" in part for part in parts) or len(parts) > 2:
        return None
    return shop.store.folder / "hop-thu" / Path(*parts)


def _get(request: Request, path: Path) -> Response:
    if not path.is_file():
        return Response(404)
    return Response(200, path.read_bytes(), {"Content-Type": "application/octet-stream"})


def _put(request: Request, path: Path) -> Response:
    if not path.parent.is_dir():
        return Response(409)
    write(path, request.body)
    return Response(201)


def _make(request: Request, path: Path) -> Response:
    if path.exists():
        return Response(405)
    path.mkdir(parents=True)
    return Response(201)


def _delete(request: Request, path: Path) -> Response:
    if not path.exists():
        return Response(404)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    return Response(204)


def _move(request: Request, shop: Shop, path: Path) -> Response:
    prefix = urlsplit(shop.base).path
    target = unquote(urlsplit(request.headers.get("destination", "")).path)
    there = _inside(shop, target.removeprefix(prefix)) if target.startswith(prefix) else None
    if there is None:
        return Response(502)
    if not path.exists():
        return Response(404)
    if there.exists():
        return Response(412)
    path.rename(there)
    number = shop.store.next_number()
    record = {"order": number, "created": shop.now().isoformat()}
    if not there.name.startswith("."):
        shop.store.put("arrivals", f"{number:06d}", {**record, "folder": there.name})
    return Response(201)


def shown(shop: Shop) -> list[ShownPost]:
    arrivals = {record["folder"]: record for record in shop.store.all("arrivals")}
    folders = sorted((shop.store.folder / "hop-thu").glob("*/manifest.json"))
    posts = [_show(shop, path.parent, arrivals.get(path.parent.name, {})) for path in folders]
    posts += libretime.shown(shop)
    return sorted(posts, key=lambda post: (post.order, post.id))


def _show(shop: Shop, folder: Path, arrival: dict[str, Any]) -> ShownPost:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    state = "published"
    for prefix, word in ((".", "draft"), ("da-rut-", "withdrawn"), ("thay-the-", "replaced")):
        state = word if folder.name.startswith(prefix) else state
    script = folder / "kich-ban.txt"
    texts = [script] if script.is_file() else sorted(folder.glob("*.txt"))
    files = tuple(
        Picture(shop.store.keep((folder / entry["name"]).read_bytes()), "application/octet-stream", "", entry["name"])
        for entry in manifest["files"]
        if (folder / entry["name"]).is_file()
    )
    return ShownPost(
        kind=KIND,
        account=shop.account.name,
        id=folder.name,
        url="",
        state=state,
        created_at=str(arrival.get("created", "")),
        title=str(manifest.get("title", "")),
        text=texts[0].read_text(encoding="utf-8") if texts else "",
        pictures=files,
        order=int(arrival.get("order", 0)),
        data={
            "due_at": str(manifest.get("due_at") or ""),
            "level": str(manifest.get("level", "")),
            "key": str(manifest.get("key", "")),
            "station": str(manifest.get("station", "")),
        },
    )
