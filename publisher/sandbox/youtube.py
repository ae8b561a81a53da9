"""Stand-in for YouTube: resumable uploads, private until made public, tokens from a token server."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from publisher.sandbox.consent import give_consent, take_code
from publisher.sandbox.exchange import Request, Response, give_json
from publisher.sandbox.service import Picture, Shop, ShownPost

KIND = "youtube"
_PROCESSED = {"uploadStatus": "processed"}
UPLOADS = "UU1"
SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"


def step(request: Request) -> str:
    if request.path in ("/token", "/o/oauth2/v2/auth"):
        return "login"
    if request.method == "GET":
        return "read"
    if request.parts[:1] in (["upload"], ["session"]):
        return "prepare"
    return "commit" if request.method == "PUT" and request.query.get("part") == "status" else "change"


def refuse(fault: str) -> Response | None:
    if fault == "throttle":
        return _error(403, "rateLimitExceeded", "Too many requests", headers={"Retry-After": "37"})
    if fault == "expired":
        return _error(401, "authError", "Invalid Credentials")
    return _error(403, "forbidden", "The video may not be published")


def handle(request: Request, shop: Shop) -> Response:
    if request.path == "/o/oauth2/v2/auth":
        return give_consent(request, shop)
    if request.path == "/token":
        return _give_token(request, shop)
    if request.parts[:1] == ["session"]:
        return _take_bytes(request, shop, request.parts[-1])
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given, _token(shop)):
        return _error(401, "authError", "Invalid Credentials")
    if request.path == "/upload/youtube/v3/videos":
        return _start(request, shop)
    if request.path == "/upload/youtube/v3/thumbnails/set":
        return _set_still(request, shop)
    if request.parts[-1:] == ["captions"]:
        return _captions(request, shop)
    if request.path == "/youtube/v3/channels":
        playlists = {"relatedPlaylists": {"uploads": UPLOADS}}
        return give_json({"items": [{"id": "UC1", "snippet": {"title": shop.title}, "contentDetails": playlists}]})
    if request.path == "/youtube/v3/playlistItems":
        return _list_uploads(request, shop)
    return _on_video(request, shop)


def _token(shop: Shop) -> str:
    return hashlib.sha256(f"{shop.account.name}/{shop.secret('refresh_token')}".encode()).hexdigest()[:40]


def _give_token(request: Request, shop: Shop) -> Response:
    if request.form.get("client_secret") != shop.secret("client_secret"):
        return give_json({"error": "invalid_client"}, status=401)
    state = shop.store.get("login", "state") or {}
    answer = {"access_token": _token(shop), "expires_in": 3599, "token_type": "Bearer"}
    if request.form.get("grant_type") == "authorization_code":
        if not take_code(request, shop):
            return give_json({"error": "invalid_grant"}, status=400)
        refresh = hashlib.sha256(f"{request.form['code']}/refresh".encode()).hexdigest()[:40]
        shop.store.put("login", "state", {"access": _token(shop), "refresh": refresh})
        return give_json({**answer, "refresh_token": refresh, "scope": request.form.get("scope", SCOPE)})
    if request.form.get("refresh_token") not in (shop.secret("refresh_token"), state.get("refresh", "")):
        return give_json({"error": "invalid_grant"}, status=400)
    shop.store.put("login", "state", {**state, "access": _token(shop)})
    return give_json(answer)


def _start(request: Request, shop: Shop) -> Response:
    value = request.json()
    snippet = value.get("snippet", {})
    if not snippet.get("title") or len(snippet["title"]) > 100 or len(str(snippet.get("description")).encode()) > 5000:
        return _error(400, "invalidTitle", "The request metadata specifies an invalid video title")
    number = shop.store.next_number()
    session = hashlib.sha256(f"{shop.account.name}/{number}".encode()).hexdigest()[:24]
    size = int(request.headers.get("x-upload-content-length", "0"))
    record = {"order": number, "value": value, "size": size, "file": shop.store.keep(b""), "video": ""}
    record["fails"] = shop.fail_processing
    shop.store.put("sessions", session, record)
    return Response(200, b"", {"Location": f"{shop.base}/session/{session}"})


def _take_bytes(request: Request, shop: Shop, session: str) -> Response:
    record = shop.store.get("sessions", session)
    if record is None:
        return Response(404)
    have = shop.store.kept(record["file"])
    asked = request.headers.get("content-range", "")
    if not asked.startswith("bytes */"):
        start = int(asked.removeprefix("bytes ").partition("-")[0]) if asked else 0
        have = have[:start] + request.body
        record["file"] = shop.store.keep(have)
    if len(have) < record["size"]:
        shop.store.put("sessions", session, record)
        return Response(308, b"", {"Range": f"bytes=0-{len(have) - 1}"} if have else {})
    if not record["video"]:
        record["video"] = f"v{record['order']:010d}"
        video = {"id": record["video"], "order": record["order"], "file": record["file"], "still": "", "gone": False}
        judged = {"uploadStatus": "rejected", "rejectionReason": "duplicate"} if record["fails"] else _PROCESSED
        made = {**video, **record["value"], "created": shop.now().isoformat()}
        shop.store.put("videos", video["id"], {**made, "status": {**made["status"], **judged}})
    shop.store.put("sessions", session, record)
    return give_json({"id": record["video"]}, status=201)


def _set_still(request: Request, shop: Shop) -> Response:
    video = shop.store.get("videos", request.query.get("videoId", ""))
    if video is None:
        return _error(404, "videoNotFound", "The video cannot be found")
    shop.store.put("videos", video["id"], {**video, "still": shop.store.keep(request.body)})
    return give_json({"items": []})


def _captions(request: Request, shop: Shop) -> Response:
    if request.method == "GET":
        tracks = [t for t in shop.store.all("captions") if t["video"] == request.query.get("videoId")]
        return give_json({"items": [{"id": track["id"]} for track in tracks]})
    boundary = request.headers.get("content-type", "").partition("boundary=")[2].encode()
    parts = request.body.split(b"--" + boundary)
    if len(parts) != 4:
        return _error(400, "invalidMetadata", "The request contains invalid metadata values")
    described, file = (part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts[1:3])
    number = shop.store.next_number()
    record: dict[str, Any] = {"id": str(number), "order": number, "file": shop.store.keep(file)}
    record["video"] = json.loads(described)["snippet"]["videoId"]
    shop.store.put("captions", record["id"], record)
    return give_json({"id": record["id"]})


def _list_uploads(request: Request, shop: Shop) -> Response:
    """Newest first, private films too: they are the channel's own."""
    if request.query.get("playlistId") != UPLOADS:
        return _error(404, "playlistNotFound", "The playlist cannot be found")
    start, most = int(request.query.get("pageToken", "0")), min(int(request.query.get("maxResults", "5")), 50)
    films = [video for video in reversed(shop.store.all("videos")) if not video["gone"]]
    more = {"nextPageToken": str(start + most)} if start + most < len(films) else {}
    return give_json({"items": [_list_one(video) for video in films[start : start + most]], **more})


def _list_one(video: dict[str, Any]) -> dict[str, Any]:
    snippet = {**video["snippet"], "publishedAt": video["created"]}
    status = {"privacyStatus": video["status"]["privacyStatus"]}
    return {"snippet": snippet, "contentDetails": {"videoId": video["id"]}, "status": status}


def _on_video(request: Request, shop: Shop) -> Response:
    video_id = request.query.get("id") or str(request.json().get("id", ""))
    video = shop.store.get("videos", video_id)
    if video is not None and video["gone"]:
        video = None
    if request.method == "GET":
        return give_json({"items": [_describe(video)] if video else []})
    if video is None:
        return _error(404, "videoNotFound", "The video cannot be found")
    if request.method == "DELETE":
        shop.store.put("videos", video_id, {**video, "gone": True})
        return Response(204)
    part = request.query.get("part", "")
    video[part] = {**video.get(part, {}), **request.json().get(part, {})}
    shop.store.put("videos", video_id, video)
    return give_json(_describe(video))


def _describe(video: dict[str, Any]) -> dict[str, Any]:
    return {"id": video["id"], "status": video["status"], "snippet": video["snippet"]}


def _error(status: int, reason: str, message: str, *, headers: dict[str, str] | None = None) -> Response:
    error = {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}
    return give_json({"error": error}, status=status, headers=headers)


def shown(shop: Shop) -> list[ShownPost]:
    tracks = shop.store.all("captions")
    return [_show(shop, video, tracks) for video in shop.store.all("videos")]


def _show(shop: Shop, video: dict[str, Any], tracks: list[dict[str, Any]]) -> ShownPost:
    captions = [Picture(t["file"], "text/vtt", "", "phụ đề") for t in tracks if t["video"] == video["id"]]
    still = [Picture(video["still"], "image/png", f"Ảnh bìa: {video['snippet']['title']}")] if video["still"] else []
    public = video["status"].get("privacyStatus") == "public"
    failed = video["status"]["uploadStatus"] != "processed"
    return ShownPost(
        kind=KIND,
        account=shop.account.name,
        id=video["id"],
        url=f"{shop.base.rsplit('/', 2)[0]}/xem/{KIND}/{shop.account.name}#{video['id']}",
        state="withdrawn" if video["gone"] else "failed" if failed else "published" if public else "draft",
        created_at=video["created"],
        title=video["snippet"]["title"],
        text=video["snippet"]["description"],
        pictures=(Picture(video["file"], "video/mp4"), *still, *captions),
        order=video["order"],
    )
