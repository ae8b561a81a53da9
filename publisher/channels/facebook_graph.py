"""The adapter between us and Graph: facebook-sdk makes the calls, this session makes them safe.

facebook-sdk 3.1.0 puts the token into the address on GET and DELETE, has one base address for the whole process,
loses the HTTP status and headers, and ends in five families of exceptions. The session below is what it talks
through: there the address is ours, the token is a header, the time is bounded and the response is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import facebook
import requests

from publisher.channels.rates import Usage, read_usage
from publisher.channels.secrets import Secret
from publisher.channels.web import (
    Answer,
    BoundedSession,
    NeverLeft,
    NoAnswer,
    NoAuth,
    Web,
    judge_exception,
    read_answer,
    retry_after_s,
)

THROTTLED_S = 3600.0  # windows are an hour long; calling on while blocked lengthens the block
UPLOAD_S = 300.0  # a clip of 90 s over a commune's line


@dataclass(frozen=True)
class GraphError:
    """An error as Graph words it. Decisions are made on the numbers; the message is only shown."""

    code: int
    subcode: int
    message: str
    status: int
    transient: bool = False
    trace: str = ""
    wait_s: float = 0.0


@dataclass(frozen=True)
class Graphed:
    """A JSON object that is no error."""

    value: Mapping[str, Any]


GraphReply: TypeAlias = Graphed | GraphError | NeverLeft | NoAnswer


class GraphSession(BoundedSession):
    """What facebook-sdk is given as its session: sends to our base, with the token in a header only."""

    def __init__(self, base: str, token: Secret, *, timeout_s: float, trust_env: bool) -> None:
        super().__init__(timeout_s=timeout_s, trust_env=trust_env)
        self._base = base.rstrip("/")
        self._token = token
        self._kept = threading.local()

    @property
    def last(self) -> requests.Response | None:
        """The response of this thread's last call, or None when there was none."""
        return getattr(self._kept, "response", None)

    def request(self, method: Any, url: Any, **parts: Any) -> requests.Response:  # type: ignore[override]
        self._kept.response = None
        path = str(url).removeprefix(facebook.FACEBOOK_GRAPH_URL)
        if "://" in path:
            raise requests.exceptions.InvalidURL("not an address of Graph")
        for place in ("params", "data"):
            if isinstance(parts.get(place), dict):
                parts[place] = {k: v for k, v in parts[place].items() if k != "access_token"}
        headers = {**(parts.pop("headers", None) or {}), "Authorization": f"OAuth {self._token.reveal()}"}
        parts.update(headers=headers, auth=NoAuth(), allow_redirects=False)
        response = super().request(method, f"{self._base}/{path}", **parts)
        self._kept.response = response
        return response


class Graph:
    """Calls on one Page. Every call ends in a value; none raises for what a network or Facebook does."""

    def __init__(
        self, web: Web, token: Secret, *, version: str, app_secret: Secret | None = None, upload_base: str = ""
    ) -> None:
        self.web = web
        self.version = version
        self.usage = Usage()
        self._token = token
        self._app_secret = app_secret
        self._upload_base = upload_base
        self._session = GraphSession(web.bases[0], token, timeout_s=web.timeout_s, trust_env=not web.sandboxed)
        # The sdk knows versions up to 3.1 only; the attribute takes any, and all paths are built from it.
        self._api = facebook.GraphAPI(access_token=token.reveal(), timeout=web.timeout_s, session=self._session)
        self._api.version = version

    def read(self, node: str, **parameters: str) -> GraphReply:
        return self._call(f"{self.version}/{node}", {**parameters, **self._proof()}, None, None, "GET")

    def entries(self, edge: str, *, pages: int = 10, **parameters: str) -> Iterator[dict[str, Any]]:
        """Everything an edge lists, a hundred a page; a page is read when it is needed. Raises UnreadError."""
        after: dict[str, str] = {}
        for _ in range(pages):
            reply = self.read(edge, **parameters, limit="100", **after)
            data = reply.value.get("data") if isinstance(reply, Graphed) else None
            if not isinstance(reply, Graphed) or not isinstance(data, list):
                raise UnreadError(reply)
            yield from (entry for entry in data if isinstance(entry, dict))
            cursor = _cursor(reply.value.get("paging"))
            if not cursor:  # an empty page is not the end; a missing `next` is
                return
            after = {"after": cursor}
        raise UnreadError(None)

    def write(self, node: str, fields: Mapping[str, Any]) -> GraphReply:
        return self._call(f"{self.version}/{node}", None, self._form(fields), None, "POST")

    def upload(self, node: str, fields: Mapping[str, Any], name: str, path: Path) -> GraphReply:
        """A multipart form with one file in the field `name`."""
        try:
            with path.open("rb") as stream:
                files = {name: (path.name, stream, "application/octet-stream")}
                return self._call(f"{self.version}/{node}", None, self._form(fields), files, "POST")
        except FileNotFoundError:
            return NeverLeft("a file of the post is no longer there", settings=True)

    def upload_bytes(self, node: str, fields: Mapping[str, Any], name: str, data: bytes) -> GraphReply:
        """A multipart form with some bytes in the field `name`."""
        files = {name: ("part", data, "application/octet-stream")}
        return self._call(f"{self.version}/{node}", None, self._form(fields), files, "POST")

    def debug_token(self, app_id: str) -> GraphReply:
        """What Graph knows about our own token, asked in the application's name as the documentation wants it.

        Asked as a POST that stands for a GET: so neither token is in an address.
        """
        if self._app_secret is None:
            return NeverLeft("app_secret_env is not set", settings=True)
        form = {"method": "get", "input_token": self._token.reveal()}
        headers = {"Authorization": f"OAuth {app_id}|{self._app_secret.reveal()}"}
        reply = self.web.call("POST", f"{self.web.bases[0]}/{self.version}/debug_token", data=form, headers=headers)
        return self._judge_answer(reply) if isinstance(reply, Answer) else reply

    def exchange_token(self, app_id: str) -> GraphReply:
        """A long-lived token for our own, which is a person's; as a POST, so that neither stands in an address."""
        if self._app_secret is None:
            return NeverLeft("app_secret_env is not set", settings=True)
        form = {
            "grant_type": "fb_exchange_token",
            "client_id": app_id,
            "client_secret": self._app_secret.reveal(),
            "fb_exchange_token": self._token.reveal(),
        }
        reply = self.web.call("POST", f"{self.web.bases[0]}/{self.version}/oauth/access_token", data=form)
        return self._judge_answer(reply) if isinstance(reply, Answer) else reply

    def delete(self, node: str) -> GraphReply:
        return self._call(f"{self.version}/{node}", self._proof(), None, None, "DELETE")

    def send_bytes(self, video_id: str, path: Path, *, offset: int = 0) -> GraphReply:
        """The bytes of a Reel from `offset` on, to the upload host (the sdk knows no such host)."""
        url = f"{self._upload_base}/video-upload/{self.version}/{video_id}"
        headers = {
            "Authorization": f"OAuth {self._token.reveal()}",
            "offset": str(offset),
            "file_size": str(path.stat().st_size),
        }
        with path.open("rb") as stream:
            stream.seek(offset)
            body: Any = stream if path.stat().st_size > offset else b""
            reply = self.web.call("POST", url, data=body, headers=headers, timeout_s=UPLOAD_S)
        return self._judge_answer(reply) if isinstance(reply, Answer) else reply

    def _form(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """Form fields as Graph reads them: booleans in small letters, lists and objects as JSON."""
        form: dict[str, str] = {}
        for key, value in fields.items():
            if isinstance(value, bool):
                form[key] = "true" if value else "false"
            elif isinstance(value, dict | list):
                form[key] = json.dumps(value, ensure_ascii=False)
            else:
                form[key] = str(value)
        return {**form, **self._proof()}

    def _proof(self) -> dict[str, str]:
        if self._app_secret is None:
            return {}
        key = self._app_secret.reveal().encode()
        return {"appsecret_proof": hmac.new(key, self._token.reveal().encode(), hashlib.sha256).hexdigest()}

    def _call(
        self,
        path: str,
        args: dict[str, str] | None,
        form: dict[str, str] | None,
        files: Mapping[str, Any] | None,
        method: str,
    ) -> GraphReply:
        """One call through the sdk, its five families of failures made one."""
        try:
            value = self._api.request(path, args=args, post_args=form, files=files, method=method)
        except requests.RequestException as error:
            return judge_exception(error)
        except (facebook.GraphAPIError, KeyError, ValueError, TypeError, AttributeError, OSError):
            # An error object, an HTML page, no content type, broken JSON, a list where an object is due.
            return self._judge_last()
        if not isinstance(value, dict) or self._session.last is None or self._session.last.status_code >= 400:
            return self._judge_last()
        self.usage = read_usage(self._session.last.headers)
        return Graphed(value)

    def _judge_last(self) -> GraphReply:
        response = self._session.last
        if response is None:
            return NoAnswer("the connection broke")
        return self._judge_answer(read_answer(response))

    def _judge_answer(self, answer: Answer) -> GraphReply:
        self.usage = read_usage(answer.headers)
        error = answer.body.get("error") if isinstance(answer.body, dict) else None
        if isinstance(error, dict):
            return GraphError(
                code=_whole(error.get("code")),
                subcode=_whole(error.get("error_subcode")),
                message=self.web.clean(error.get("error_user_msg") or error.get("message") or ""),
                status=answer.status,
                transient=bool(error.get("is_transient")),
                trace=self.web.clean(error.get("fbtrace_id") or ""),
                wait_s=self.usage.wait_s,
            )
        if isinstance(answer.body, dict) and answer.ok:
            return Graphed(answer.body)
        if answer.status in (429, 503):
            wait_s = self.usage.wait_s or retry_after_s(answer.headers, THROTTLED_S)
            return GraphError(4, 0, f"HTTP {answer.status}", answer.status, wait_s=wait_s)
        return NoAnswer(f"the answer (HTTP {answer.status}) is not what Facebook gives")


class UnreadError(Exception):
    """An edge was not read to its end: `reply` came instead of a list, or (None) it goes on longer than is read."""

    def __init__(self, reply: GraphReply | None) -> None:
        super().__init__()
        self.reply = reply

    def say(self, unreadable: str, endless: str) -> str:
        """Why, in the words for the one or the other."""
        return endless if self.reply is None else f"{unreadable}: {unread(self.reply)}"


def _cursor(paging: object) -> str:
    """Where to go on; the `next` address itself holds a token and is never called."""
    cursors = paging.get("cursors") if isinstance(paging, dict) and paging.get("next") else None
    return str(cursors.get("after") or "") if isinstance(cursors, dict) else ""


def unread(reply: GraphReply) -> str:
    """Why a reading gave nothing, for the person who is asked."""
    if isinstance(reply, GraphError):
        return f"Facebook {reply.code}: {reply.message}"
    return "the answer is not what Facebook gives" if isinstance(reply, Graphed) else reply.reason


def _whole(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
