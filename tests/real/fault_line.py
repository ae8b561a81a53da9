"""The way to a real server, which goes wrong when told to: the same faults a stand-in plays, before the real thing."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from publisher.sandbox.exchange import Request, Response, read_request
from publisher.sandbox.loopback import Handler, Loopback, refuse
from publisher.sandbox.service import services

_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})


@dataclass
class Cut:
    """When the line is cut, whether the last answer still arrives, and what is done with the server behind it."""

    left: int
    answered: bool
    act: Callable[[], None]


class FaultLine(Loopback):
    """Passes every request on to 127.0.0.1:`port` and its answer back, unless a fault is planned for it.

    `kind` names the stand-in whose steps (`prepare`, `commit`, `read`…) the requests are sorted by, and whose words
    a refusal is made of. What is passed on is not changed, but for the address in `Host` and `Destination`.
    """

    def __init__(self, port: int, kind: str, *, slow_s: float = 60.0) -> None:
        super().__init__(slow_s=slow_s)
        self.port, self.kind = port, kind
        self.service = services()[kind]
        self._cut: Cut | None = None

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

    def respond(self, handler: Handler) -> None:
        headers = dict(handler.headers.items())
        request = read_request(handler.command, handler.path, headers, b"", skip=0)
        fault = self.faults.take(self.kind, self.service.step(request))
        self.requests.append(request)
        if fault == "drop_before" or self._done.is_set():
            handler.drop()
            return
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        response = refuse(self.service, fault) or self._pass_on(request, headers, body)
        cut = self._cut
        if cut is not None:
            cut.left -= 1
            if cut.left == 0:
                self._do_cut(cut)
                response = response if cut.answered else None
        if response is None:
            handler.drop()
            return
        handler.close_connection = True  # the real server may be gone by the next request
        self.answer(handler, fault, response)

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
