"""HTTP for every kind: bounded in time and size, never redirected, and every way it can end is one of three values."""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from publisher.channels.secrets import Secret, mask

MAX_ANSWER_BYTES = 8_000_000  # an answer of an API is never longer; a longer one is no answer of that API
CONNECT_S = 10.0
LONGEST_REASON = 300
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

# Raised before a connection is opened: the request could not even be written.
_UNWRITABLE = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.URLRequired,
)


@dataclass(frozen=True)
class Answer:
    """What a service said. `body` is the JSON value, or None where the answer is not JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any
    text: str = ""
    content: bytes = b""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class NeverLeft:
    """No byte of the request reached the service; `settings` when trying again cannot help."""

    reason: str
    settings: bool = False


@dataclass(frozen=True)
class NoAnswer:
    """The request may have arrived and been acted on."""

    reason: str


Reply: TypeAlias = Answer | NeverLeft | NoAnswer


def judge_exception(error: Exception) -> NeverLeft | NoAnswer:
    """What an exception of `requests` says about the request: whether it surely never left."""
    if isinstance(error, _UNWRITABLE):
        return NeverLeft("the address or a header cannot be used", settings=True)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return NeverLeft("no connection within the time allowed")
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return NeverLeft("the server's certificate is not valid for its address", settings=True)
    if isinstance(error, requests.exceptions.ConnectionError) and _is_unconnected(error):
        return NeverLeft("could not connect")
    if isinstance(error, requests.exceptions.ReadTimeout | requests.exceptions.Timeout):
        return NoAnswer("no answer within the time allowed")
    if isinstance(error, requests.exceptions.ConnectionError):
        return NoAnswer("the connection was dropped before an answer came")
    return NoAnswer("the answer could not be read")


def _is_unconnected(error: BaseException) -> bool:
    """Whether the cause, however wrapped, is that no connection was made."""
    for cause in (*error.args, getattr(error, "reason", None), getattr(error, "original_error", None)):
        if isinstance(cause, NewConnectionError | ConnectTimeoutError):
            return True
        if isinstance(cause, MaxRetryError | requests.exceptions.ProxyError) or hasattr(cause, "original_error"):
            return _is_unconnected(cause)
    return False


class BoundedSession(requests.Session):
    """A session that follows no redirect and reads no answer longer, in bytes or seconds, than allowed."""

    def __init__(self, *, timeout_s: float, trust_env: bool) -> None:
        super().__init__()
        self.timeout_s = timeout_s
        self.trust_env = trust_env
        self.headers["Connection"] = "close"

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        started = time.monotonic()
        kwargs.update(stream=True, allow_redirects=False)
        kwargs["timeout"] = kwargs.get("timeout") or (min(CONNECT_S, self.timeout_s), self.timeout_s)
        response = super().send(request, **kwargs)
        longest_s = kwargs["timeout"][1] if isinstance(kwargs["timeout"], tuple) else kwargs["timeout"]
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(65_536):
            size += len(part)
            if size > MAX_ANSWER_BYTES or time.monotonic() - started > 2 * longest_s:
                response.close()
                raise requests.exceptions.ChunkedEncodingError("answer too long or too slow")
            parts.append(part)
        response._content = b"".join(parts)
        # A kept connection may be closed by the other side just as we send: a doubt that a fresh one never raises.
        self.get_adapter(request.url or "").close()
        return response


class NoAuth(AuthBase):
    """Leaves the request alone; given so that no `.netrc` of the machine is ever sent to a service."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


@dataclass
class Web:
    """One service as one account sees it: only addresses below `bases` are ever called."""

    bases: tuple[str, ...]
    timeout_s: float = 30.0
    secrets: tuple[Secret, ...] = ()
    sandboxed: bool = False
    auth: AuthBase = field(default_factory=NoAuth, repr=False)
    session: requests.Session = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.session = BoundedSession(timeout_s=self.timeout_s, trust_env=not self.sandboxed)

    def covers(self, url: str) -> bool:
        """Whether `url` lies below one of the bases: a service cannot send our token elsewhere."""
        parts = urlsplit(url)
        if parts.username or parts.password or "/../" in f"{parts.path}/":
            return False
        return any(url == base or url.startswith(f"{base.rstrip('/')}/") for base in self.bases)

    def call(self, method: str, url: str, *, timeout_s: float | None = None, **parts: Any) -> Reply:
        """Make one request. Never raises for what a network or a service does."""
        if not self.covers(url):
            return NeverLeft("the service named an address that is not its own", settings=True)
        limit_s = timeout_s or self.timeout_s
        try:
            response = self.session.request(
                method, url, auth=self.auth, timeout=(min(CONNECT_S, limit_s), limit_s), allow_redirects=False, **parts
            )
        except requests.RequestException as error:
            return judge_exception(error)
        except UnicodeError:
            return NeverLeft("the address or a header cannot be used", settings=True)
        except (OSError, ValueError):
            return NoAnswer("the connection broke")
        return read_answer(response)

    def clean(self, text: object) -> str:
        """What a service said, fit for a log or a page: one line, no secret, not long."""
        return clean(text, self.secrets)


def clean(text: object, secrets: Iterable[Secret]) -> str:
    """`text` on one line, without secrets, cut to LONGEST_REASON with a mark where it was cut."""
    line = " ".join(_UNSAFE.sub(" ", mask(str(text), secrets)).split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


def read_answer(response: requests.Response) -> Answer:
    """The response as a value; `body` is None unless it says it is JSON and is."""
    body: Any = None
    if "json" in response.headers.get("content-type", "").lower():
        try:
            body = json.loads(response.content.decode("utf-8"))
        except (ValueError, RecursionError):
            body = None
    headers = {name.lower(): value for name, value in response.headers.items()}
    text = response.content[:2000].decode("utf-8", "replace")
    return Answer(response.status_code, headers, body, text, response.content)


def retry_after_s(headers: Mapping[str, str], default_s: float) -> float:
    """Seconds the service asks us to wait (`Retry-After` as seconds or as a date), between 1 s and a day."""
    value = headers.get("retry-after", "").strip()
    wait_s = default_s
    if value.isdigit():
        wait_s = float(value)
    elif value:
        moment = email.utils.parsedate_tz(value)
        if moment is not None:
            wait_s = email.utils.mktime_tz(moment) - datetime.now(UTC).timestamp()
    return min(max(wait_s, 1.0), 86_400.0)
