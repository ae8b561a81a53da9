"""Settings of a radio account: by which way the station gets its scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from requests.auth import HTTPBasicAuth

from publisher.channels.base import Account
from publisher.channels.link import Link
from publisher.channels.parsing import read_address, read_whole, read_word
from publisher.channels.radio_drop import Drop, LocalDrop
from publisher.channels.radio_webdav import WebdavDrop
from publisher.channels.web import NoAuth, Web
from publisher.settings import Marked, describe

_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
WAYS = ("folder", "sftp", "ftps", "webdav", "mail", "libretime")
SECURITY = ("starttls", "tls", "none")
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "via": "folder, sftp, ftps, webdav, mail or libretime",
        "folder": "the folder itself (folder: an absolute path of this machine or a mounted share)",
        "url": "address of the folder (webdav) or of the station (libretime)",
        "show": "number of the programme set apart for such pieces (libretime)",
        "host": "name of the server (sftp, ftps, mail)",
        "port": "its port, if not the usual one",
        "user": "login name (sftp, ftps, webdav, mail)",
        "host_key": "SHA256:… fingerprint of the server's key (sftp); ask the station for it",
        "ca_file": "file with the authority behind the server's certificate, if it is not a public one (ftps, mail)",
        "to": "the station's address (mail)",
        "from": "our own address, of which answers come back (mail)",
        "security": "starttls, tls or none; none only to a mail server on this machine (mail)",
        "station": "name of the station, as printed in the manifest",
        "timeout_s": "seconds without an answer after which a call is given up",
    }
)
SECRETS: Mapping[str, str] = MappingProxyType(
    {
        "password": "Ask the station for a login that may write into this folder only. For `via: mail` it is that of "
        "our own mail account, or its application password; for `via: libretime` the key `api_key` of its settings."
    }
)


@dataclass(frozen=True)
class Settings:
    via: str = "folder"
    folder: str = ""
    url: str = ""
    show: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    host_key: str = ""
    ca_file: str = ""
    station: str = ""
    to: str = ""
    sender: str = ""
    security: str = "starttls"
    timeout_s: float = 30.0

    @property
    def shown(self) -> str:
        """Where a person looks: never a private path of this machine."""
        if self.via in ("webdav", "libretime"):
            return self.url
        return f"{self.host}:{self.folder}" if self.host else Path(self.folder).name


def parse_settings(marked: Marked, secrets: Mapping[str, str]) -> Settings:
    """The station's settings; what is wrong is reported in `marked` with its line."""
    via = read_word(marked, "via", WAYS, "folder")
    needed = {
        "folder": ("folder",),
        "webdav": ("url",),
        "libretime": ("url", "show"),
        "sftp": ("folder", "host", "user", "host_key"),
        "mail": ("host", "to", "from"),
    }
    for key in needed.get(via, ("folder", "host", "user")):
        if not marked.values.get(key):
            marked.complain(key, f"missing; `via: {via}` needs it: {SETTINGS[key]}.")
    show = marked.text("show", "")
    if show and not show.isdigit():
        marked.complain("show", f"the programme's number, digits only; found {describe(show)}.")
    if via in ("sftp", "ftps", "libretime") and "password" not in secrets:
        marked.complain("password_env", f"missing. {SECRETS['password']}")
    if via == "mail":
        _check_mail(marked, secrets)
    folder = marked.text("folder", "")
    if via == "folder" and folder and not Path(folder).is_absolute():
        marked.complain("folder", f"an absolute path such as /mnt/dai-phat-thanh; found {describe(folder)}.")
    host_key = marked.text("host_key", "")
    if host_key and not host_key.startswith("SHA256:"):
        marked.complain("host_key", f"a fingerprint begins with SHA256:; found {describe(host_key)}.")
    return Settings(
        via=via,
        folder=folder,
        url=read_address(marked, "url", ""),
        show=show,
        host=marked.text("host", ""),
        port=int(read_whole(marked, "port", 0, low=0, high=65_535)),
        user=marked.text("user", ""),
        host_key=host_key,
        ca_file=marked.text("ca_file", ""),
        station=marked.text("station", ""),
        to=marked.text("to", ""),
        sender=marked.text("from", ""),
        security=read_word(marked, "security", SECURITY, "starttls"),
        timeout_s=read_whole(marked, "timeout_s", 30.0, low=0.1, high=600),
    )


def _check_mail(marked: Marked, secrets: Mapping[str, str]) -> None:
    for key in ("to", "from"):
        value = marked.text(key, "")
        if value and not _MAIL.fullmatch(value):
            marked.complain(key, f"one mail address such as ban.tin@dai.example; found {describe(value)}.")
    if ("password" in secrets) != bool(marked.text("user", "")):
        marked.complain("user", "a login has both `user` and `password_env`; a server without login has neither.")
    if marked.text("security", "") == "none" and marked.text("host", "") not in ("127.0.0.1", "localhost", "::1"):
        marked.complain("security", "`none` would send the script readable to all; write starttls or tls.")


def open_drop(account: Account, settings: Settings, link: Link) -> Callable[[], Drop]:
    """How to open the station's folder. In the sandbox every way is WebDAV to the sandbox."""
    if link.sandbox is not None:
        web = Web((link.sandbox,), settings.timeout_s, sandboxed=True)
        base = link.sandbox
        return lambda: WebdavDrop(web, base)
    if settings.via == "folder":
        return lambda: LocalDrop(Path(settings.folder))
    if settings.via == "webdav":
        return _webdav(account, settings, link)
    return _server(account, settings, link)


def _webdav(account: Account, settings: Settings, link: Link) -> Callable[[], Drop]:
    password = link.secret(account, "password", SECRETS["password"]) if "password" in account.secrets else None
    secrets = () if password is None else (password,)
    auth = NoAuth() if password is None else HTTPBasicAuth(settings.user.encode(), password.reveal().encode())
    web = Web((settings.url,), settings.timeout_s, secrets, auth=auth)
    return lambda: WebdavDrop(web, settings.url)


def _server(account: Account, settings: Settings, link: Link) -> Callable[[], Drop]:
    # Imported here: SFTP needs an extra package that most installations never use.
    from publisher.channels.radio_ftps import open_ftps  # noqa: PLC0415
    from publisher.channels.radio_sftp import open_sftp  # noqa: PLC0415

    password = link.secret(account, "password", SECRETS["password"])
    opener = open_sftp if settings.via == "sftp" else open_ftps
    return lambda: opener(settings, password)
