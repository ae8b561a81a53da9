"""The way to a real server, which goes wrong when told to: the same faults a stand-in plays, before the real thing."""

from __future__ import annotations

import http.client
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from publisher.sandbox.exchange import Request, Response, read_request
from publisher.sandbox.faults import Faults
from publisher.sandbox.server import spoil
from publisher.sandbox.service import services

_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})


@dataclass
class Cut:
    """When the line is cut, whether the last answer still arrives, and what is done with the server behind it."""

    left: int
    answered: bool
    act: Callable[[], None]


class FaultLine:
    """Passes every request on to 127.0.0.1:`port` and its answer back, unless a fault is planned for it.

    `kind` names the stand-in whose steps (`prepare`, `commit`, `read`…) the requests are sorted by, and whose words
    a refusal is made of. What is passed on is not changed, but for the address in `Host` and `Destination`.
    """

    def __init__(self, port: int, kind: str, *, slow_s: float = 60.0) -> None:
        self.port, self.kind, self.slow_s = port, kind, slow_s
        self.service = services()[kind]
        self.faults = Faults()
        self.requests: deque[Request] = deque(maxlen=10_000)
        self.errors: list[str] = []
        self._cut: Cut | None = None
        self._listen_port = 0
        self._done = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listen_port}"

    def start(self) -> None:
        """Listen. After a stop it is the same port again."""
        self._done.clear()
        line = self

        class Handler(_Handler):
            pass

        Handler.line = line
        server = ThreadingHTTPServer(("127.0.0.1", self._listen_port), Handler)
        server.daemon_threads = True
        self._server, self._listen_port = server, server.server_address[1]
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if self._thread is not None:
            self._thread.join(5)
        self._server = self._thread = None

    def cut_after(self, count: int, *, answered: bool, act: Callable[[], None]) -> None:
        """After `count` more requests nobody answers here any more, and `act` is done.

        The last request is acted on; its answer arrives only when `answered`. 0 cuts at once.
        """
        self._cut = Cut(count, answered, act)
        if count == 0:
            self._do_cut(self._cut)

    def _do_cut(self, cut: Cut) -> None:
        self._cut = None
        cut.act()
        self.stop()

    def respond(self, handler: _Handler) -> None:
        headers = dict(handler.headers.items())
        request = read_request(handler.command, handler.path, headers, b"", skip=0)
        fault = self.faults.take(self.kind, self.service.step(request))
        self.requests.append(request)
        if fault == "drop_before" or self._done.is_set():
            handler.drop()
            return
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        response = self._refuse(fault) or self._pass_on(request, headers, body)
        cut = self._cut
        if cut is not None:
            cut.left -= 1
            if cut.left == 0:
                self._do_cut(cut)
                response = response if cut.answered else None
        if response is None:
            handler.drop()
            return
        if fault == "slow":
            self._done.wait(self.slow_s)
        spoiled = spoil(fault, response)
        handler.drop() if spoiled is None else handler.give(spoiled)

    def _refuse(self, fault: str | None) -> Response | None:
        if fault == "error_before":
            return Response(500, b"{}", {"Content-Type": "application/json"})
        if fault == "unavailable":
            return Response(503, b"busy", {"Content-Type": "text/plain", "Retry-After": "37"})
        if fault in ("throttle", "expired", "policy", "duplicate"):
            return self.service.refuse(fault)
        return None

    def _pass_on(self, request: Request, headers: Mapping[str, str], body: bytes) -> Response | None:
        """The real server's answer; None when it gave none."""
        there = f"127.0.0.1:{self.port}"
        own = {name: value for name, value in headers.items() if name.lower() not in _HOP}
        if "Destination" in own:
            own["Destination"] = own["Destination"].replace(self.url, f"http://{there}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(request.method, request.target, body=body, headers={**own, "Connection": "close"})
            answer = connection.getresponse()
            given = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
            return Response(answer.status, answer.read(), given)
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    line: FaultLine

    def _serve(self) -> None:
        self.line.respond(self)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve
    do_MKCOL = do_MOVE = do_PROPFIND = do_OPTIONS = _serve

    def give(self, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.close_connection = True
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed: requests are kept in `FaultLine.requests`."""
