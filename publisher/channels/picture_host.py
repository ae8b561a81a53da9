"""Where pictures lie publicly for services that fetch them: named by hash, so that placing twice changes nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from publisher.channels.base import Media, Rejected, Retry
from publisher.channels.link import Link
from publisher.channels.outcomes import PREPARE_S
from publisher.channels.web import Answer, Web
from publisher.errors import PublisherError
from publisher.files import hash_file, write_bytes

if TYPE_CHECKING:
    from publisher.channels.zalo_settings import Settings

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg"}


class PictureHost(Protocol):
    def place(self, media: Media) -> str | Retry | Rejected:
        """The public address of the picture, from which its very bytes can be fetched now."""
        ...


@dataclass(frozen=True)
class FolderHost:
    """A folder of this machine that a web server serves under `url`."""

    folder: Path
    url: str
    web: Web

    def place(self, media: Media) -> str | Retry | Rejected:
        name = public_name(media)
        target = self.folder / name
        if not self.folder.is_dir():
            return Rejected("pictures_folder: not there. Make it, or correct it in the account's file.")
        try:
            if not target.is_file() or hash_file(target) != media.sha256:
                write_bytes(target, media.path.read_bytes())
        except (OSError, PublisherError):
            return Rejected("pictures_folder: cannot be written to. Look at its rights and free space.")
        return _fetchable(self.web, f"{self.url}/{name}", media)


@dataclass(frozen=True)
class PutHost:
    """A server that takes pictures by PUT: the sandbox."""

    url: str
    web: Web

    def place(self, media: Media) -> str | Retry | Rejected:
        url = f"{self.url}/{public_name(media)}"
        try:
            data = media.path.read_bytes()
        except OSError:
            return Rejected(f"{media.name}: the file is no longer there. Render the post again.")
        reply = self.web.call("PUT", url, data=data, headers={"Content-Type": media.mime})
        if not isinstance(reply, Answer) or not reply.ok:
            return Retry("a picture could not be placed", PREPARE_S)
        return _fetchable(self.web, url, media)


def open_host(settings: Settings, link: Link) -> PictureHost:
    """The account's place for pictures; in the sandbox, the sandbox."""
    if link.sandbox is not None:
        url = f"{link.sandbox}/pictures"
        return PutHost(url, Web((url,), settings.timeout_s, sandboxed=True))
    return FolderHost(
        Path(settings.pictures_folder), settings.pictures_url, Web((settings.pictures_url,), settings.timeout_s)
    )


def public_name(media: Media) -> str:
    """A name of hexadecimal digits only: services refuse addresses with blanks or Vietnamese letters."""
    return f"{media.sha256[:40]}.{_ENDINGS.get(media.mime, 'bin')}"


def _fetchable(web: Web, url: str, media: Media) -> str | Retry:
    """A cover that cannot be fetched fails at Zalo minutes later; here it fails now, with a reason."""
    reply = web.call("GET", url)
    if isinstance(reply, Answer) and reply.status == 200:
        if hashlib.sha256(reply.content).hexdigest() == media.sha256:
            return url
        return Retry(f"{media.name} has other bytes at its public address: check pictures_url", PREPARE_S)
    said = f"HTTP {reply.status}" if isinstance(reply, Answer) else reply.reason
    return Retry(f"{media.name} is not found at its public address ({said}): check pictures_url", PREPARE_S)
