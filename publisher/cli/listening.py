"""One answer of a browser, heard on this machine only."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from urllib.parse import urlsplit

from publisher.errors import CredentialsError

WAIT_S = 600.0  # a person finds the account's password in this time
_THANKS = "<!doctype html><meta charset='utf-8'><title>publisher</title><p>Đã nhận. Đóng trang này được rồi.</p>"


def is_local(redirect: str) -> bool:
    """Whether a browser on this machine, led to `redirect`, reaches us ('' is any port of ours)."""
    return not redirect or urlsplit(redirect).hostname in ("127.0.0.1", "localhost")


class Listener:
    """Listens at `redirect`, or on a free port of 127.0.0.1; use as a context manager."""

    def __init__(self, redirect: str = "", *, wait_s: float = WAIT_S) -> None:
        self._wait_s = wait_s
        self._heard = threading.Event()
        self._answer = ""
        port = urlsplit(redirect).port or 0 if redirect else 0
        try:
            self._server = HTTPServer(("127.0.0.1", port), self._handler())
        except OSError as error:
            raise CredentialsError(f"login: port {port} of this machine is taken. Use --paste.") from error
        self.address = redirect or f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def wait(self) -> str:
        """The address the browser came to. Raises CredentialsError when nobody came."""
        if not self._heard.wait(self._wait_s):
            raise CredentialsError("login: nobody has agreed in time. Log in again.")
        return self._answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                answers = "state=" in self.path  # a browser also asks for its icon
                body = _THANKS.encode() if answers else b""
                self.send_response(200 if answers else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                if answers and not listener._heard.is_set():
                    listener._answer = self.path
                    listener._heard.set()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the address holds the code."""

        return Handler
