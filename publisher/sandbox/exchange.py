"""A request as a stand-in sees it, taken apart with the standard library, and what it answers."""

from __future__ import annotations

import email.parser
import email.policy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Part:
    """One file of a multipart form."""

    name: str
    filename: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Request:
    """`path` is decoded and begins after `/<kind>/<account>`; `form` holds the text fields of a form."""

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    form: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Part, ...] = ()

    @property
    def parts(self) -> list[str]:
        return [part for part in self.path.split("/") if part]

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        try:
            value = json.loads(self.body.decode("utf-8"))
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def file(self, name: str) -> Part | None:
        return next((part for part in self.files if part.name == name), None)


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def give_json(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status, body, {"Content-Type": "application/json; charset=UTF-8", **(headers or {})})


def give_html(text: str, *, status: int = 200) -> Response:
    return Response(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def read_request(method: str, target: str, headers: Mapping[str, str], body: bytes, *, skip: int) -> Request:
    """Take a request apart; the first `skip` parts of the path (kind and account) are left out."""
    split = urlsplit(target)
    pieces = split.path.split("/")[skip + 1 :]
    lower = {name.lower(): value for name, value in headers.items()}
    kind = lower.get("content-type", "")
    form: dict[str, str] = {}
    files: tuple[Part, ...] = ()
    if kind.startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
    elif kind.startswith("multipart/form-data"):
        form, files = _read_multipart(kind, body)
    query = {name: values[-1] for name, values in parse_qs(split.query, keep_blank_values=True).items()}
    path = "/" + "/".join(unquote(piece) for piece in pieces)
    return Request(method, target, path, query, lower, body, form, files)


def _read_multipart(kind: str, body: bytes) -> tuple[dict[str, str], tuple[Part, ...]]:
    raw = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(raw)
    form: dict[str, str] = {}
    files: list[Part] = []
    for part in message.iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        data = part.get_payload(decode=True)
        content = data if isinstance(data, bytes) else b""
        filename = part.get_filename()
        if filename is None:
            form[name] = content.decode("utf-8")
        else:
            files.append(Part(name, filename, part.get_content_type(), content))
    return form, tuple(files)
