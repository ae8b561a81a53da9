"""The sandbox: real HTTP on loopback to stand-ins that keep what they get and show it as a reader would see it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from publisher.clock import Clock, SystemClock
from publisher.sandbox import pages
from publisher.sandbox.exchange import Request, Response, give_html, read_request
from publisher.sandbox.loopback import REFUSALS, Handler, Loopback, refuse
from publisher.sandbox.service import SandboxAccount, Service, Shop, ShownPost, fake_secret, services
from publisher.sandbox.store import Store

MAX_BODY = 2_000_000_000


class Sandbox(Loopback):
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
        super().__init__(port, slow_s=slow_s)
        self.folder = folder
        self._accounts = {(account.kind, account.name): account for account in accounts}
        self._clock: Clock = clock or SystemClock()
        self._stores: dict[tuple[str, str], Store] = {}
        self._lock = threading.RLock()

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

    def respond(self, handler: Handler) -> None:
        """Answer one request, or play the fault that is planned for it."""
        method, target = handler.command, handler.path
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
        self.answer(handler, fault, response)

    def _act(self, service: Service, request: Request, shop: Shop, fault: str | None) -> Response:
        refused = refuse(service, fault)
        if refused is not None:
            return refused
        if fault in REFUSALS:
            return Response(429, b"{}", {"Content-Type": "application/json"})
        shop.fail_processing = fault == "verify_fails"
        return service.handle(request, shop)

    def _place(self, target: str) -> tuple[Service | None, Shop | None]:
        pieces = target.split("?", maxsplit=1)[0].split("/")
        if len(pieces) < 4 or (pieces[1], pieces[2]) not in self._accounts:
            return None, None
        return services()[pieces[1]], self.shop(pieces[1], pieces[2])

    def _show(self, target: str) -> Response:
        with self._lock:
            return pages.show_live(target, [self.shop(*key) for key in sorted(self._accounts)], self.posts())


def _read_body(handler: Handler) -> bytes:
    length = int(handler.headers.get("Content-Length") or 0)
    return handler.rfile.read(min(length, MAX_BODY)) if length else b""
