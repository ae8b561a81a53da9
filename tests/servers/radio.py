"""Stations' cases: the sandbox's WebDAV folder and a folder of this machine."""

from __future__ import annotations

import contextlib
import email.policy
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import aiosmtpd
import paramiko
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from channel_case import NOON, Case, Seen, Server, make_file
from ftps_server import FtpsServer

from publisher.channels.base import Post, Sent
from publisher.channels.radio_sftp import fingerprint
from tests.real.certificates import make_certificate
from tests.real.fault_line import FaultLine
from tests.real.installed import need
from tests.real.stations import PASSWORD, USER, make_apache, make_proftpd, make_sshd, running

KIND = "radio"
SCRIPT = "Kính thưa bà con!\nNgày mười tám tháng năm là Ngày Khoa học, Công nghệ Việt Nam."


def script(folder: Path, key: str) -> Post:
    document = make_file(folder, "kịch bản.docx", b"PK\3\4docx", "application/msword", "document")
    return Post(key, "radio-thu", "script", "Bài phát thanh 18/5", SCRIPT, media=(document,), due_at=NOON)


def words(post: Post) -> list[str]:
    return [post.text]


def too_long(post: Post) -> Post:
    return replace(post, data={"level": "urgent"})


def read_folder(place: Path) -> list[Seen]:
    """What a station's program picks up: folders with a plain name."""
    marked = ("da-rut-", "thay-the-", ".")
    folders = [p for p in sorted(place.iterdir()) if p.is_dir() and not p.name.startswith(marked)]
    return [
        Seen((p / "kich-ban.txt").read_text(), tuple(f.read_bytes() for f in sorted(p.glob("*.docx")))) for p in folders
    ]


@contextmanager
def folder_server(folder: Path) -> Iterator[Server]:
    place = folder / "dai"
    place.mkdir()
    yield Server({"folder": str(place)}, {}, lambda: read_folder(place))


@contextmanager
def sftp_server(folder: Path) -> Iterator[Server]:
    """A real SFTP server on loopback; what it is asked is done in a folder."""
    place = folder / "sftp"
    (place / "kich-ban").mkdir(parents=True)
    key = paramiko.RSAKey.generate(2048)
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()
    thread = threading.Thread(target=_accept, args=(listener, key, place, done), daemon=True)
    thread.start()
    settings = {"host": "127.0.0.1", "port": listener.getsockname()[1], "host_key": fingerprint(key)}
    yield Server(settings, {"RADIO_THU_PASSWORD": PASSWORD}, lambda: read_folder(place / "kich-ban"))
    done.set()
    listener.close()


class _Door(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == ("publisher", PASSWORD)
        return paramiko.common.AUTH_SUCCESSFUL if right else paramiko.common.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.common.OPEN_SUCCEEDED


class _Handle(paramiko.SFTPHandle):
    """One open file."""

    def __init__(self, path: Path, flags: int) -> None:
        super().__init__(flags)
        mode = "wb" if flags & os.O_WRONLY else "rb"
        self.readfile = self.writefile = path.open(mode)

    def stat(self):
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server, root: Path, *more, **named) -> None:
        super().__init__(server, *more, **named)
        self.root = root

    def _path(self, path: str) -> Path:
        return self.root / self.canonicalize(path).lstrip("/")

    def _do(self, act):
        try:
            return act() or paramiko.SFTP_OK
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def list_folder(self, path: str):
        def listed():
            return [paramiko.SFTPAttributes.from_stat(p.stat(), p.name) for p in self._path(path).iterdir()]

        try:
            return listed()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def stat(self, path: str):
        return self._do(lambda: paramiko.SFTPAttributes.from_stat(self._path(path).stat()))

    lstat = stat

    def open(self, path: str, flags: int, attr):
        return self._do(lambda: _Handle(self._path(path), flags))

    def mkdir(self, path: str, attr):
        return self._do(lambda: self._path(path).mkdir())

    def rename(self, old: str, new: str):
        return self._do(lambda: self._path(old).rename(self._path(new)) and None)

    def remove(self, path: str):
        return self._do(lambda: self._path(path).unlink())

    def rmdir(self, path: str):
        return self._do(lambda: self._path(path).rmdir())


def _accept(listener: socket.socket, key: paramiko.PKey, root: Path, done: threading.Event) -> None:
    while not done.is_set():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        transport = paramiko.Transport(connection)
        transport.add_server_key(key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, root)
        with contextlib.suppress(paramiko.SSHException, EOFError):
            transport.start_server(server=_Door())


@contextmanager
def ftps_server(folder: Path) -> Iterator[Server]:
    place = folder / "ftps"
    (place / "kich-ban").mkdir(parents=True)
    certificate = make_certificate(folder)
    server = FtpsServer(place, certificate, ("publisher", PASSWORD))
    settings = {"host": "127.0.0.1", "port": server.port, "ca_file": str(certificate)}
    yield Server(settings, {"RADIO_THU_PASSWORD": PASSWORD}, lambda: read_folder(place / "kich-ban"))
    server.close()


@contextmanager
def openssh_server(folder: Path) -> Iterator[Server]:
    need("sshd")
    with running(make_sshd) as station:
        place = station.place
        settings = {"host": "127.0.0.1", "port": station.port, "host_key": station.host_key, "folder": str(place)}
        yield Server(settings, SECRET, lambda: read_folder(place), version=station.version)


@contextmanager
def proftpd_server(folder: Path) -> Iterator[Server]:
    need("proftpd")
    with running(make_proftpd) as station:
        place = station.place
        settings = {"host": "127.0.0.1", "port": station.port, "ca_file": station.ca_file, "folder": str(place)}
        yield Server(settings, SECRET, lambda: read_folder(place), version=station.version)


@contextmanager
def apache_server(folder: Path) -> Iterator[Server]:
    need("apache")
    with running(make_apache) as station:
        line = FaultLine(station.port, KIND)
        line.start()
        seen = lambda: read_folder(station.place)  # noqa: E731
        yield Server({"url": line.url}, SECRET, seen, line=line, version=station.version)
        line.stop()


class _Postbox:
    """What a mail server took, and what it should do with the next message."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append(message)
        return "250 2.0.0 queued as 1"


def read_postbox(postbox: _Postbox) -> list[Seen]:
    """The messages an editor goes by: a later one may correct or withdraw an earlier."""
    found: dict[str, Seen | None] = {}
    for message in postbox.messages:
        about = str(message["In-Reply-To"] or message["Message-ID"])
        words = message.get_body().get_content()
        files = tuple(part.get_payload(decode=True) for part in message.iter_attachments())
        withdrawn = str(message["Subject"]).startswith("RÚT BÀI")
        found[about] = None if withdrawn else Seen(f"{message['Subject']}\n{words}".replace("\r\n", "\n"), files)
    return [seen for seen in found.values() if seen is not None]


@contextmanager
def mail_server(folder: Path) -> Iterator[Server]:
    """A real SMTP server on loopback with TLS and a login."""
    certificate, postbox = make_certificate(folder), _Postbox()

    def login(server, session, envelope, mechanism, data) -> AuthResult:
        right = (data.login, data.password) == (b"publisher", PASSWORD.encode())
        return AuthResult(success=right)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    controller = Controller(
        postbox, hostname="127.0.0.1", port=_free_port(), tls_context=context, require_starttls=True,
        authenticator=login, auth_required=True,
    )  # fmt: skip
    controller.start()
    settings = {"host": "127.0.0.1", "port": controller.port, "ca_file": str(certificate)}
    yield Server(settings, {"RADIO_THU_PASSWORD": PASSWORD}, lambda: read_postbox(postbox))
    controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def real(name: str, via: str, software: str, server, **more) -> Case:
    settings = {"via": via, "user": USER, "station": "Đài tỉnh Mẫu"}
    return Case(
        name, KIND, settings, {"password": "RADIO_THU_PASSWORD"}, script, words, too_long, token_setting="password_env",
        server=server, real=software, **more,
    )  # fmt: skip


SECRET = {"RADIO_THU_PASSWORD": PASSWORD}


def recording(folder: Path, key: str) -> Post:
    """A script with the announcer's recording."""
    sound = make_file(folder, "ghi am.mp3", b"ID3\4 ban ghi am" * 40, "audio/mpeg", "audio")
    return Post(key, "radio-thu", "script", "Bài phát thanh 18/5", SCRIPT, media=(sound,), due_at=NOON)


LIBRETIME = {"duplicate": "LibreTime refuses no second file; it is asked for the md5 first"}
CASES = (
    Case(
        "radio-libretime",
        KIND,
        {"via": "libretime", "url": "https://dai.tinhmau.example", "show": "7", "station": "Đài tỉnh Mẫu"},
        {"password": "RADIO_THU_KEY"},
        recording,
        words,
        too_long,
        token_setting="password_env",
        without=LIBRETIME,
        verify_step="prepare",
    ),
    real("radio-sftp-real", "sftp", "OpenSSH", openssh_server),
    real("radio-ftps-real", "ftps", "ProFTPD", proftpd_server),
    real(
        "radio-webdav-real",
        "webdav",
        "Apache httpd, mod_dav",
        apache_server,
        line=True,
        # A MOVE answers with its status alone: without or with half a body it is the same answer.
        faults={"no_type": (Sent, 1), "broken_json": (Sent, 1)},
        without={"verify_fails": "a folder has its name when the server answers"},
    ),
    Case(
        "radio-mail",
        KIND,
        {
            "via": "mail",
            "user": "publisher",
            "station": "Đài tỉnh Mẫu",
            "to": "thoi-su@dai.example",
            "from": "truyen-thong@tinhmau.example",
        },
        {"password": "RADIO_THU_PASSWORD"},
        script,
        words,
        too_long,
        token_setting="password_env",
        by_note=True,
        against=f"aiosmtpd {aiosmtpd.__version__}, a real SMTP server",
        server=mail_server,
    ),
    Case(
        "radio-ftps",
        KIND,
        {"via": "ftps", "folder": "/kich-ban", "user": "publisher", "station": "Đài tỉnh Mẫu"},
        {"password": "RADIO_THU_PASSWORD"},
        script,
        words,
        too_long,
        token_setting="password_env",
        against="its stand-in over FTP with TLS",
        server=ftps_server,
    ),
    Case(
        "radio-sftp",
        KIND,
        {"via": "sftp", "folder": "/kich-ban", "user": "publisher", "station": "Đài tỉnh Mẫu"},
        {"password": "RADIO_THU_PASSWORD"},
        script,
        words,
        too_long,
        token_setting="password_env",
        against="its stand-in over SFTP",
        server=sftp_server,
    ),
    Case(
        "radio-webdav",
        KIND,
        {"via": "webdav", "url": "https://dai.tinhmau.example/dav", "station": "Đài tỉnh Mẫu"},
        {},
        script,
        words,
        too_long,
        token_setting="",
        # A MOVE answers with its status alone: without or with half a body it is the same answer.
        faults={"no_type": (Sent, 1), "broken_json": (Sent, 1)},
        without={"verify_fails": "a folder has its name when the server answers"},
    ),
    Case(
        "radio-folder",
        KIND,
        {"via": "folder", "station": "Đài tỉnh Mẫu"},
        {},
        script,
        words,
        too_long,
        token_setting="",
        server=folder_server,
    ),
)
