"""A small FTP server with TLS on loopback: the commands a drop needs, done in a folder."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import threading
from pathlib import Path


class FtpsServer:
    """Listens until `close`; `login` is (user, password)."""

    def __init__(self, root: Path, certificate: Path, login: tuple[str, str]) -> None:
        self.root, self.login = root, login
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            _Session(self, connection).run()


class _Session:
    def __init__(self, server: FtpsServer, connection: socket.socket) -> None:
        self.server, self.socket = server, connection
        self.folder = server.root
        self.user, self.logged_in, self.old = "", False, Path()
        self.data: socket.socket | None = None

    def say(self, text: str) -> None:
        self.socket.sendall(f"{text}\r\n".encode())

    def run(self) -> None:
        self.say("220 ready")
        self.lines = self.socket.makefile("rb")
        while line := self.lines.readline():
            word, _, rest = line.decode().rstrip("\r\n").partition(" ")
            if word.upper() == "QUIT":
                return
            try:
                self.answer(word.upper(), rest)
            except OSError:
                self.say("550 not done")

    def answer(self, word: str, rest: str) -> None:
        simple = {"PBSZ": "200 ok", "PROT": "200 ok", "TYPE": "200 ok"}
        if word == "AUTH":
            self.say("234 go on")
            self.socket = self.server.context.wrap_socket(self.socket, server_side=True)
            self.lines = self.socket.makefile("rb")
        elif word == "USER":
            self.user = rest
            self.say("331 password")
        elif word == "PASS":
            right = isinstance(self.socket, ssl.SSLSocket) and (self.user, rest) == self.server.login
            self.logged_in = right
            self.say("230 in" if right else "530 no")
        elif word in simple:
            self.say(simple[word])
        elif not self.logged_in:
            self.say("530 log in")
        else:
            self.act(word, rest)

    def act(self, word: str, rest: str) -> None:
        path = self.folder / rest.lstrip("/")
        if word == "CWD":
            there = self.server.root / rest.lstrip("/") if rest.startswith("/") else path
            self.folder = there if there.is_dir() else self.folder
            self.say("250 ok" if there.is_dir() else "550 no such folder")
        elif word == "PWD":
            self.say(f'257 "/{self.folder.relative_to(self.server.root)}" is here')
        elif word in ("PASV", "EPSV"):
            self.data = socket.create_server(("127.0.0.1", 0))
            port = self.data.getsockname()[1]
            self.say(f"227 (127,0,0,1,{port // 256},{port % 256})" if word == "PASV" else f"229 (|||{port}|)")
        elif word == "STOR":
            self.transfer(lambda stream: path.write_bytes(stream.makefile("rb").read()), needed=path.parent)
        elif word == "RETR":
            self.transfer(lambda stream: stream.sendall(path.read_bytes()), needed=path)
        elif word == "MLSD":
            names = sorted(p.name for p in path.iterdir()) if path.is_dir() else []
            listing = "".join(f"type=file; {name}\r\n" for name in names).encode()
            self.transfer(lambda stream: stream.sendall(listing), needed=path)
        elif word == "RNFR":
            self.old = path
            self.say("350 and to")
        else:
            acts = {"MKD": path.mkdir, "DELE": path.unlink, "RMD": lambda: shutil.rmtree(path)}
            acts.get(word, lambda: self.old.rename(path))()
            self.say(f'257 "{rest}"' if word == "MKD" else "250 done")

    def transfer(self, act, *, needed: Path) -> None:
        assert self.data is not None
        if not needed.exists():
            self.say("550 no such file")
            return
        self.say("150 opening")
        plain, _ = self.data.accept()
        stream = self.server.context.wrap_socket(plain, server_side=True)
        if not stream.session_reused:  # as vsftpd and ProFTPD do unless told otherwise
            stream.close()
            self.say("425 the data connection is not of this session")
            return
        act(stream)
        with contextlib.suppress(OSError):
            stream.unwrap()
        stream.close()
        self.data.close()
        self.say("226 done")
