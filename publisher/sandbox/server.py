"""The sandbox: real HTTP on loopback to stand-ins that keep what they get and show it as a reader would see it."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from publisher.clock import Clock, SystemClock
from publisher.sandbox import pages
from publisher.sandbox.exchange import Request, Response, give_html, read_request
from publisher.sandbox.faults import Faults
from publisher.sandbox.service import SandboxAccount, Service, Shop, ShownPost, fake_secret, services
from publisher.sandbox.store import Store

_ACTS = ("slow", "drop_after", "error_after", "html_after", "wrong_type", "no_type", "broken_json")
_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
MAX_BODY = 2_000_000_000


class Sandbox:
    """Stand-ins for `accounts` on 127.0.0.1; use as a context manager.

    `folder` keeps everything posted; a later sandbox on the same folder has it still. `clock` dates posts: give the
    one the queue runs on, so that a run on a set date reads its own posts back.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        *,
        accounts: Iterable[SandboxAccount] = (),
        clock: Clock | None = None,
        slow_s: float = 1.0,
    ) -> None:
        self.folder = folder
        self.faults = Faults()
        self.requests: deque[Request] = deque(maxlen=10_000)
        self.errors: list[str] = []
        """What went wrong inside a stand-in itself: empty unless it has a mistake."""
        self.slow_s = slow_s
        self._wanted_port = port
        self._accounts = {(account.kind, account.name): account for account in accounts}
        self._clock: Clock = clock or SystemClock()
        self._stores: dict[tuple[str, str], Store] = {}
        self._lock = threading.RLock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._done = threading.Event()

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Listen. After a stop it is the same port again."""
        self._done.clear()
        server = _Server(("127.0.0.1", self._wanted_port), _Handler)
        server.sandbox = self
        self._server, self._wanted_port = server, server.server_address[1]
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening: from now on connections are refused."""
        self._done.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if self._thread is not None:
            self._thread.join(5)
        self._server = self._thread = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._wanted_port}"

    @property
    def tokens(self) -> Mapping[str, str]:
        """Name of each variable the accounts ask for → the value the sandbox accepts."""
        names = sorted({variable for account in self._accounts.values() for variable in account.secrets.values()})
        return {name: fake_secret(name) for name in names}

    def posts(self, kind: str | None = None) -> tuple[ShownPost, ...]:
        """Everything posted, drafts and withdrawn posts too, account by account, oldest first."""
        with self._lock:
            return tuple(
                post
                for (its_kind, name) in sorted(self._accounts)
                if kind in (None, its_kind)
                for post in services()[its_kind].shown(self.shop(its_kind, name))
            )

    def write_pages(self, folder: Path) -> Path:
        """Write static pages that show each channel as its readers would see it; gives the first page's path."""
        return pages.write_pages(folder, [self.shop(*key) for key in sorted(self._accounts)], self.posts())

    def shop(self, kind: str, name: str) -> Shop:
        """One account's stand-in."""
        key = (kind, name)
        store = self._stores.setdefault(key, Store(self.folder / kind / name))
        return Shop(self._accounts[key], store, self._clock, f"{self.url}/{kind}/{name}")

    def respond(self, handler: _Handler, method: str, target: str) -> None:
        """Answer one request, or play the fault that is planned for it."""
        if self._done.is_set():  # a connection kept alive must not outlive the server
            handler.drop()
            return
        service, shop = self._place(target)
        if service is None or shop is None:
            _read_body(handler)
            handler.give(self._show(target) if method == "GET" else give_html("<h1>404</h1>", status=404))
            return
        headers = dict(handler.headers.items())
        bare = read_request(method, target, headers, b"", skip=2)
        fault = self.faults.take(shop.account.kind, service.step(bare))
        self.requests.append(bare)
        if fault == "drop_before":
            handler.drop()
            return
        request = read_request(method, target, headers, _read_body(handler), skip=2)
        with self._lock:
            response = self._act(service, request, shop, fault)
        self._answer(handler, fault, response)

    def _act(self, service: Service, request: Request, shop: Shop, fault: str | None) -> Response:
        if fault == "error_before":
            return Response(500, b'{"message": "internal"}', {"Content-Type": "application/json"})
        if fault == "unavailable":
            return Response(503, b"busy", {"Content-Type": "text/plain", "Retry-After": "37"})
        if fault in ("throttle", "expired", "policy", "duplicate"):
            return service.refuse(fault) or Response(429, b"{}", {"Content-Type": "application/json"})
        shop.fail_processing = fault == "verify_fails"
        return service.handle(request, shop)

    def _answer(self, handler: _Handler, fault: str | None, response: Response) -> None:
        if fault == "slow":
            self._done.wait(self.slow_s)
        spoiled = spoil(fault, response)
        handler.drop() if spoiled is None else handler.give(spoiled)

    def _place(self, target: str) -> tuple[Service | None, Shop | None]:
        pieces = target.split("?", maxsplit=1)[0].split("/")
        if len(pieces) < 4 or (pieces[1], pieces[2]) not in self._accounts:
            return None, None
        return services()[pieces[1]], self.shop(pieces[1], pieces[2])

    def _show(self, target: str) -> Response:
        with self._lock:
            return pages.show_live(target, [self.shop(*key) for key in sorted(self._accounts)], self.posts())


def spoil(fault: str | None, response: Response) -> Response | None:
    """What is left of an answer on its way back when the fault is played; None when it never arrives."""
    if fault == "drop_after":
        return None
    if fault == "error_after":
        return Response(500, b"{}", {"Content-Type": "application/json"})
    if fault in ("html_after", "wrong_type"):
        return give_html(_GATEWAY, status=502 if fault == "html_after" else 200)
    if fault == "no_type":
        return Response(response.status, response.body)
    if fault == "broken_json":
        return Response(response.status, response.body[: len(response.body) // 2], response.headers)
    return response


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    sandbox: Sandbox

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is part of the play; anything else is kept, so that a test can ask for it."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            self.sandbox.errors.append(repr(error))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def _serve(self) -> None:
        self.server.sandbox.respond(self, self.command, self.path)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve
    do_MKCOL = do_MOVE = do_PROPFIND = do_OPTIONS = _serve

    def give(self, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed: requests are kept in `Sandbox.requests`."""


def _read_body(handler: _Handler) -> bytes:
    length = int(handler.headers.get("Content-Length") or 0)
    return handler.rfile.read(min(length, MAX_BODY)) if length else b""
