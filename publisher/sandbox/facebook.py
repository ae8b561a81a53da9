"""Stand-in for the Graph API of a Page: feed, pictures, videos, Reels, reading back, editing and deleting."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any

from publisher.sandbox import facebook_comments, facebook_held, facebook_login
from publisher.sandbox.exchange import Request, Response, give_json
from publisher.sandbox.service import Picture, Shop, ShownPost

KIND = "facebook"
MAX_MESSAGE = 63_206
MAX_PICTURE = 4_000_000
CHUNK = 1_000_000
_VERSION = re.compile(r"v\d+\.\d")


def step(request: Request) -> str:
    parts = request.parts
    if request.method == "GET" or parts[-1:] == ["debug_token"]:
        return "read"
    if parts[:1] == ["video-upload"] or parts[-1:] == ["photos"]:
        return "prepare"
    if parts[-1:] == ["feed"]:
        return "commit"
    if parts[-1:] == ["comments"]:
        return "comment"
    if parts[-1:] in (["video_reels"], ["videos"]):
        return "video"
    return "change"


def refuse(fault: str) -> Response | None:
    if fault == "throttle":
        usage = {"1": [{"type": "pages", "call_count": 100, "total_cputime": 20, "total_time": 30}]}
        usage["1"][0]["estimated_time_to_regain_access"] = 7
        return _error(32, "Page request limit reached", headers={"X-Business-Use-Case-Usage": json.dumps(usage)})
    if fault == "expired":
        return _error(190, "Error validating access token: Session has expired", subcode=463, status=401)
    if fault == "policy":
        return _error(368, "The action attempted has been deemed abusive or is otherwise disallowed", subcode=1346003)
    return _error(506, "Duplicate status message")


def handle(request: Request, shop: Shop) -> Response:
    if request.parts[-1:] == ["debug_token"]:
        return _debug_token(request, shop)
    facebook_held.publish_due(shop)
    asked = facebook_login.handle(request, shop, _page_id(shop))
    if asked is not None:
        return asked
    refused = _check_token(request, shop)
    if refused is not None:
        return refused
    parts = request.parts
    if parts[:1] == ["video-upload"]:
        return _take_bytes(request, shop, parts[-1])
    if not parts or not _VERSION.fullmatch(parts[0]):
        return _error(2635, "You are calling a deprecated version of the Ads API", status=400)
    node, edge = (parts[1] if len(parts) > 1 else ""), (parts[2] if len(parts) > 2 else "")
    actions = {
        ("POST", "feed"): _post_feed,
        ("POST", "photos"): _post_photo,
        ("POST", "videos"): _post_video,
        ("POST", "video_reels"): _post_reel,
        ("GET", "published_posts"): _list_posts,
        ("GET", "videos"): _list_films,
        ("GET", "video_reels"): _list_films,
    }
    if edge == "scheduled_posts":
        held = [_describe("posts", post, shop) for post in facebook_held.held(shop)]
        return give_json({"data": held, "paging": {}})
    if edge == "comments":
        return facebook_comments.handle(request, shop, node, _page_id(shop)) or _gone(request, node)
    action = actions.get((request.method, edge))
    if action is not None:
        return action(request, shop)
    if node == "me":
        return give_json({"id": _page_id(shop), "name": shop.title})
    return _on_node(request, shop, node)


def _on_node(request: Request, shop: Shop, node: str) -> Response:
    for collection in ("posts", "videos", "photos"):
        record = shop.store.get(collection, node)
        if record is not None and record.get("state") != "withdrawn":
            if request.method == "GET":
                return give_json(_describe(collection, record, shop))
            return _change(request, shop, collection, record)
    return facebook_comments.on_comment(request, shop, node) or _gone(request, node)


def _gone(request: Request, node: str) -> Response:
    message = f"Unsupported {request.method.lower()} request. Object with ID '{node}' does not exist"
    return _error(100, message, subcode=33)


def _change(request: Request, shop: Shop, collection: str, record: dict[str, Any]) -> Response:
    if request.method == "DELETE":
        shop.store.put(collection, record["id"], {**record, "state": "withdrawn"})
        return give_json({"success": True})
    if request.form.get("is_published") == "true" and record["state"] == "scheduled":
        shop.store.put(collection, record["id"], {**record, "state": "published", "created": shop.now().isoformat()})
        return give_json({"success": True})
    text = request.form.get("message", request.form.get("description"))
    if text is None or len(text) > MAX_MESSAGE:
        return _error(100, "(#100) Invalid parameter")
    shop.store.put(collection, record["id"], {**record, "message": text, "edited": True})
    return give_json({"success": True})


def _check_token(request: Request, shop: Shop) -> Response | None:
    given = request.headers.get("authorization", "").removeprefix("OAuth ").removeprefix("Bearer ")
    token = shop.secret("token")
    if not given or token is None or not hmac.compare_digest(given, token):
        return _error(190, "Invalid OAuth access token - Cannot parse access token", subcode=467, status=400)
    secret = shop.secret("app_secret")
    if secret is not None and request.parts[:1] != ["video-upload"]:
        proof = hmac.new(secret.encode(), given.encode(), hashlib.sha256).hexdigest()
        sent = {**request.query, **request.form}.get("appsecret_proof", "")
        if not hmac.compare_digest(sent, proof):
            return _error(104, "Invalid appsecret_proof provided in the API argument")
    return None


def _post_feed(request: Request, shop: Shop) -> Response:
    message, link = request.form.get("message", ""), request.form.get("link", "")
    photos = _attached(request, shop)
    if photos is None:
        return _error(100, "(#100) Param attached_media must be an array of uploaded photos")
    if not (message or link or photos) or len(message) > MAX_MESSAGE:
        return _error(100, "(#100) Missing or too long message")
    published = [post for post in shop.store.all("posts") if post["state"] == "published"]
    if published and not photos and published[-1]["message"] == message and published[-1]["link"] == link:
        return _error(506, "Duplicate status message")
    moment, wrong = facebook_held.read_schedule(request, shop, photos)
    if wrong:
        return _error(100, wrong)
    number = shop.store.next_number()
    post_id = f"{_page_id(shop)}_{number:06d}"
    record: dict[str, Any] = {
        "id": post_id,
        "order": number,
        "state": "scheduled" if moment else "published",
        "at": moment,
        "message": message,
        "link": link,
        "photos": photos,
        "created": shop.now().isoformat(),
    }
    shop.store.put("posts", post_id, record)
    return give_json({"id": post_id}, headers=_usage_headers())


def _attached(request: Request, shop: Shop) -> list[str] | None:
    """Ids of the pictures attached, or None when one is wrong."""
    ids: list[str] = []
    if any(key.startswith("attached_media") and not key.endswith("]") for key in request.form):
        return None
    for number in range(50):
        text = request.form.get(f"attached_media[{number}]")
        if text is None:
            return ids
        try:
            photo_id = str(json.loads(text)["media_fbid"])
        except (ValueError, KeyError, TypeError):
            return None
        if shop.store.get("photos", photo_id) is None:
            return None
        ids.append(photo_id)
    return ids


def _post_photo(request: Request, shop: Shop) -> Response:
    part = request.file("source")
    if part is None or not part.data.startswith((b"\x89PNG", b"\xff\xd8")):
        return _error(324, "Missing or invalid image file")
    if len(part.data) > MAX_PICTURE:
        return _error(324, "Image too large", subcode=1366046)
    if request.form.get("published") != "false":
        return _error(100, "this stand-in expects pictures to be uploaded unpublished")
    number = shop.store.next_number()
    mime = "image/png" if part.data.startswith(b"\x89PNG") else "image/jpeg"
    record: dict[str, Any] = {
        "id": str(900_000 + number),
        "order": number,
        "file": shop.store.keep(part.data),
        "mime": mime,
        "alt": request.form.get("alt_text_custom", ""),
        "temporary": request.form.get("temporary") == "true",
    }
    shop.store.put("photos", record["id"], record)
    return give_json({"id": record["id"]})


def _new_video(shop: Shop, kind: str, size: int) -> dict[str, Any]:
    number = shop.store.next_number()
    record: dict[str, Any] = {
        "id": str(700_000 + number),
        "order": number,
        "film": kind,
        "size": size,
        "state": "draft",
        "message": "",
        "title": "",
        "file": "",
        "created": shop.now().isoformat(),
    }
    return shop.store.put("videos", record["id"], record)


def _post_video(request: Request, shop: Shop) -> Response:
    phase = request.form.get("upload_phase")
    if phase == "start":
        size = int(request.form.get("file_size", "0"))
        record = _new_video(shop, "video", size)
        offsets = {"start_offset": "0", "end_offset": str(min(CHUNK, size))}
        return give_json({"upload_session_id": f"s{record['id']}", "video_id": record["id"], **offsets})
    found = shop.store.get("videos", request.form.get("upload_session_id", "")[1:])
    if found is None:
        return _error(100, "unknown upload session", subcode=1363033)
    if phase == "transfer":
        return _take_chunk(request, shop, found)
    return _finish(request, shop, found, ready=_length(shop, found) == found["size"])


def _take_chunk(request: Request, shop: Shop, record: dict[str, Any]) -> Response:
    part, have = request.file("video_file_chunk"), _length(shop, record)
    if part is None or int(request.form.get("start_offset", "-1")) != have:
        return _error(100, "wrong offset", subcode=1363037)
    data = (shop.store.kept(record["file"]) if record["file"] else b"") + part.data
    shop.store.put("videos", record["id"], {**record, "file": shop.store.keep(data)})
    end = min(len(data) + CHUNK, int(record["size"]))
    return give_json({"start_offset": str(len(data)), "end_offset": str(end)})


def _length(shop: Shop, record: dict[str, Any]) -> int:
    return len(shop.store.kept(record["file"])) if record["file"] else 0


def _post_reel(request: Request, shop: Shop) -> Response:
    if request.form.get("upload_phase") == "start":
        record = _new_video(shop, "reel", 0)
        url = f"{shop.base}/video-upload/v26.0/{record['id']}"
        return give_json({"video_id": record["id"], "upload_url": url})
    found = shop.store.get("videos", request.form.get("video_id", ""))
    if found is None or request.form.get("video_state") != "PUBLISHED":
        return _error(100, "(#100) unknown video_id or video_state")
    return _finish(request, shop, found, ready=bool(found["file"]) and _length(shop, found) == found["size"])


def _take_bytes(request: Request, shop: Shop, video_id: str) -> Response:
    record = shop.store.get("videos", video_id)
    offset, size = request.headers.get("offset", ""), request.headers.get("file_size", "")
    if record is None or not offset.isdigit() or not size.isdigit():
        return _error(6000, "the video could not be processed", subcode=1363033)
    have = shop.store.kept(record["file"]) if record["file"] else b""
    if int(offset) > len(have):
        return _error(6000, "wrong offset", subcode=1363037)
    data = have[: int(offset)] + request.body
    shop.store.put("videos", video_id, {**record, "size": int(size), "file": shop.store.keep(data)})
    return give_json({"success": True})


def _finish(request: Request, shop: Shop, record: dict[str, Any], *, ready: bool) -> Response:
    if not ready:
        return _error(6000, "There was a problem uploading your video file", subcode=1363030)
    film = shop.store.kept(record["file"])
    state = "failed" if shop.fail_processing or film[4:8] != b"ftyp" else "published"
    changes = {
        "state": state,
        "message": request.form.get("description", ""),
        "title": request.form.get("title", ""),
        "created": shop.now().isoformat(),
    }
    shop.store.put("videos", record["id"], {**record, **changes})
    return give_json({"success": True})


def _list_posts(request: Request, shop: Shop) -> Response:
    return _list(request, shop, "posts", [post for post in shop.store.all("posts") if post["state"] == "published"])


def _list_films(request: Request, shop: Shop) -> Response:
    """All of one kind that are not deleted, public or not: they are the Page's own."""
    kind = "reel" if request.parts[-1] == "video_reels" else "video"
    films = [film for film in shop.store.all("videos") if film["film"] == kind and film["state"] != "withdrawn"]
    return _list(request, shop, "videos", films)


def _list(request: Request, shop: Shop, collection: str, records: list[dict[str, Any]]) -> Response:
    """One page of the records, newest first."""
    since = int(request.query.get("since", "0"))
    limit = min(int(request.query.get("limit", "25")), 100)
    start = int(request.query.get("after") or 0)
    found = [record for record in reversed(records) if _seconds(record) >= since]
    page = found[start : start + limit]
    paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + limit)}}
    if start + limit < len(found):
        paging["next"] = f"{shop.base}{request.path}?after={start + limit}"
    return give_json({"data": [_describe(collection, record, shop) for record in page], "paging": paging})


def _seconds(record: dict[str, Any]) -> float:
    return datetime.fromisoformat(record["created"]).timestamp()


def _describe(collection: str, record: dict[str, Any], shop: Shop) -> dict[str, Any]:
    if collection == "photos":
        return {"id": record["id"]}
    created = datetime.fromisoformat(record["created"]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    value = {"id": record["id"], "created_time": created, "permalink_url": _url(shop, record["id"])}
    if collection == "videos":
        value.update(title=record["title"], description=record["message"])
        return {**value, "published": record["state"] == "published", "status": _status(shop, record)}
    value.update(message=record["message"], is_published=record["state"] == "published")
    if record.get("at"):
        value["scheduled_publish_time"] = record["at"]
    targets = [{"target": {"id": photo}} for photo in record["photos"]]
    if len(targets) == 1:
        value["attachments"] = {"data": targets}
    elif targets:
        value["attachments"] = {"data": [{"subattachments": {"data": targets}}]}
    return value


def _status(shop: Shop, record: dict[str, Any]) -> dict[str, Any]:
    video_status = {"published": "ready", "failed": "error"}.get(record["state"], "upload_complete")
    publish = {"published": "published", "failed": "error"}.get(record["state"], "draft")
    return {
        "video_status": video_status,
        "uploading_phase": {"status": "complete", "bytes_transfered": _length(shop, record)},
        "processing_phase": {"errors": [{"message": "unsupported file"}]} if record["state"] == "failed" else {},
        "publishing_phase": {
            "status": "complete" if record["state"] == "published" else "not_started",
            "publish_status": publish,
        },
    }


def _debug_token(request: Request, shop: Shop) -> Response:
    """Asked in the application's name; what is put as `debug`/`token` is answered in place of a sound token."""
    app_id = str(shop.account.settings.get("app_id", ""))
    given = request.headers.get("authorization", "").removeprefix("OAuth ")
    if not hmac.compare_digest(given.encode(), f"{app_id}|{shop.secret('app_secret')}".encode()):
        return _error(190, "Invalid OAuth access token signature.", status=400)
    valid = request.form.get("input_token") == shop.secret("token")
    scopes = ["pages_manage_posts", "pages_read_engagement", "pages_show_list"]
    data = {"is_valid": valid, "type": "PAGE", "expires_at": 0, "data_access_expires_at": 0, "scopes": scopes}
    return give_json({"data": {**data, "app_id": app_id, **(shop.store.get("debug", "token") or {})}})


def _page_id(shop: Shop) -> str:
    return str(shop.account.settings.get("page_id", "100"))


def _url(shop: Shop, record_id: str) -> str:
    return f"{shop.base.rsplit('/', 2)[0]}/xem/{KIND}/{shop.account.name}#{record_id}"


def _usage_headers() -> dict[str, str]:
    return {"X-App-Usage": json.dumps({"call_count": 3, "total_time": 1, "total_cputime": 1})}


def _error(
    code: int, message: str, *, subcode: int = 0, status: int = 400, headers: dict[str, str] | None = None
) -> Response:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Atest"}
    if subcode:
        error["error_subcode"] = subcode
    return give_json({"error": error}, status=status, headers=headers)


def shown(shop: Shop) -> list[ShownPost]:
    facebook_held.publish_due(shop)
    photos = {photo["id"]: photo for photo in shop.store.all("photos")}
    posts = [_show_post(shop, record, photos) for record in shop.store.all("posts")]
    films = [_show_film(shop, record) for record in shop.store.all("videos")]
    return sorted(posts + films, key=lambda post: post.order)


def _show_post(shop: Shop, record: dict[str, Any], photos: dict[str, dict[str, Any]]) -> ShownPost:
    pictures = tuple(Picture(photos[p]["file"], photos[p]["mime"], photos[p]["alt"]) for p in record["photos"])
    return ShownPost(
        kind=KIND,
        account=shop.account.name,
        id=record["id"],
        url=_url(shop, record["id"]),
        state="draft" if record["state"] == "scheduled" else record["state"],
        created_at=record["created"],
        text=record["message"],
        link=record["link"],
        pictures=pictures,
        order=record["order"],
        comments=facebook_comments.below(shop, record["id"]),
    )


def _show_film(shop: Shop, record: dict[str, Any]) -> ShownPost:
    return ShownPost(
        kind=KIND,
        account=shop.account.name,
        id=record["id"],
        url=_url(shop, record["id"]),
        state=record["state"],
        created_at=record["created"],
        title=record["title"],
        text=record["message"],
        pictures=(Picture(record["file"], "video/mp4"),) if record["file"] else (),
        order=record["order"],
        data={"film": record["film"]},
        comments=facebook_comments.below(shop, record["id"]),
    )
