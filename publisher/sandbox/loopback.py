"""A server on 127.0.0.1 that can be stopped and started again, and plays what goes wrong on the way."""

from __future__ import annotations

import sys
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from publisher.sandbox.exchange import Request, Response, give_html
from publisher.sandbox.faults import Faults
from publisher.sandbox.service import Service

_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
REFUSALS = ("throttle", "expired", "policy", "duplicate")


class Loopback:
    """Answers every request by `respond`, each in a thread of its own; use as a context manager.

    `port` 0 takes a free one, and keeps it.
    """

    def __init__(self, port: int = 0, *, slow_s: float) -> None:
        self.slow_s = slow_s
        self.faults = Faults()
        self.requests: deque[Request] = deque(maxlen=10_000)
        self.errors: list[str] = []
        """What went wrong inside the server itself: empty unless it has a mistake."""
        self._done = threading.Event()
        self._listen_port = port
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listen_port}"

    def start(self) -> None:
        """Listen. After a stop it is the same port again."""
        self._done.clear()
        server = _Server(("127.0.0.1", self._listen_port), Handler)
        server.loopback = self
        self._server, self._listen_port = server, server.server_address[1]
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="loopback", daemon=True)
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

    def respond(self, handler: Handler) -> None:
        """Answer the request that the handler has begun to read."""
        raise NotImplementedError

    def answer(self, handler: Handler, fault: str | None, response: Response) -> None:
        """Give the answer, or what the fault leaves of it."""
        if fault == "slow":
            self._done.wait(self.slow_s)
        spoiled = spoil(fault, response)
        handler.drop() if spoiled is None else handler.give(spoiled)


def refuse(service: Service, fault: str | None) -> Response | None:
    """The answer of a service that does not act on the request because of the fault; None when it acts."""
    if fault == "error_before":
        return Response(500, b'{"message": "internal"}', {"Content-Type": "application/json"})
    if fault == "unavailable":
        return Response(503, b"busy", {"Content-Type": "text/plain", "Retry-After": "37"})
    return service.refuse(fault) if fault in REFUSALS else None


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
    loopback: Loopback

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is part of the play; anything else is kept, so that a test can ask for it."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            self.loopback.errors.append(repr(error))


class Handler(BaseHTTPRequestHandler):
    """One connection: gives answers whole, or drops it."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def _serve(self) -> None:
        self.server.loopback.respond(self)

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
        """Nothing is printed: requests are kept in `Loopback.requests`."""
