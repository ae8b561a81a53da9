"""A station's folder over WebDAV; also how the sandbox is reached, whatever an account's real way is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from publisher.channels.outcomes import THROTTLED_S
from publisher.channels.radio_drop import DropError, LostError, RefusedError, TakenError, UnreachableError
from publisher.channels.web import Answer, NeverLeft, Reply, Web, retry_after_s


@dataclass
class WebdavDrop:
    """Below `base`. A missing answer to MOVE is a LostError: the folder may already have its name."""

    web: Web
    base: str

    def make_folder(self, path: str) -> None:
        answer = self._ask("MKCOL", path)
        if answer.status not in (201, 405):  # 405: it is there already (RFC 4918, 9.3.1)
            raise self._refused(answer)

    def write(self, path: str, data: bytes) -> None:
        answer = self._ask("PUT", path, data=data, headers={"Content-Type": "application/octet-stream"})
        if not answer.ok:
            raise self._refused(answer)

    def read(self, path: str) -> bytes | None:
        reply = self.web.call("GET", self._url(path))
        answer = _need_answer(reply)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise self._refused(answer)
        return answer.content

    def rename(self, old: str, new: str) -> None:
        headers = {"Destination": self._url(new), "Overwrite": "F"}
        answer = self._ask("MOVE", old, headers=headers)
        if answer.status == 412:
            raise TakenError("a folder of this name is already there")
        if answer.status != 201:
            raise self._refused(answer)

    def remove_folder(self, path: str) -> None:
        answer = self._ask("DELETE", path)
        if not answer.ok and answer.status != 404:
            raise self._refused(answer)

    def check(self) -> str:
        answer = self._ask("PROPFIND", "", headers={"Depth": "0"})
        if not answer.ok:
            raise self._refused(answer)
        return "the folder answers"

    def close(self) -> None: ...

    def _url(self, path: str) -> str:
        return f"{self.base}/{quote(path)}" if path else f"{self.base}/"

    def _ask(self, method: str, path: str, **parts: Any) -> Answer:
        return _need_answer(self.web.call(method, self._url(path), **parts))

    def _refused(self, answer: Answer) -> DropError:
        if answer.status in (429, 503):
            wait_s = retry_after_s(answer.headers, THROTTLED_S)
            return UnreachableError(f"the folder's server asks to wait (HTTP {answer.status})", wait_s)
        if answer.status >= 500 or answer.status < 400:
            return LostError(f"the folder's server failed (HTTP {answer.status})")
        return RefusedError(f"the folder's server refuses (HTTP {answer.status})")


def _need_answer(reply: Reply) -> Answer:
    if isinstance(reply, Answer):
        return reply
    if isinstance(reply, NeverLeft):
        raise RefusedError(reply.reason) if reply.settings else UnreachableError(reply.reason)
    raise LostError(reply.reason)
