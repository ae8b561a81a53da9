"""A station's folder over FTP with TLS (never without)."""

from __future__ import annotations

import ftplib
import io
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.channels.radio_drop import LostError, RefusedError, TakenError, UnreachableError
from publisher.channels.secrets import Secret

if TYPE_CHECKING:
    from publisher.channels.radio_settings import Settings


def open_ftps(settings: Settings, password: Secret) -> FtpsDrop:
    """Log in with TLS on both connections, after the certificate is proved. Raises a DropError."""
    try:
        context = ssl.create_default_context(cafile=settings.ca_file or None)
    except OSError as error:
        raise RefusedError("ca_file: cannot be read as certificates") from error
    ftp = _Ftps(context=context, timeout=settings.timeout_s)
    ftp.encoding = "utf-8"
    try:
        ftp.connect(settings.host, settings.port or 21)
        ftp.auth()
        ftp.login(settings.user, password.reveal())
        ftp.prot_p()
        ftp.cwd(settings.folder)
    except ftplib.error_perm as error:
        ftp.close()
        raise RefusedError(f"the server refuses the login or the folder ({str(error)[:3]})") from error
    except ssl.SSLCertVerificationError as error:
        ftp.close()
        raise RefusedError("the server's certificate is not valid for its name") from error
    except (OSError, EOFError, ftplib.Error) as error:
        ftp.close()
        raise UnreachableError("the server cannot be reached safely") from error
    return FtpsDrop(ftp)


class _Ftps(ftplib.FTP_TLS):
    """Data connections belong to the session of the login: vsftpd and ProFTPD refuse others unless told not to."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        return self.context.wrap_socket(connection, server_hostname=self.host, session=session), size


@dataclass
class FtpsDrop:
    ftp: _Ftps

    def make_folder(self, path: str) -> None:
        with _translated():
            try:
                self.ftp.mkd(path)
            except ftplib.error_perm:
                if not self._is_folder(path):
                    raise

    def write(self, path: str, data: bytes) -> None:
        with _translated():
            self.ftp.storbinary(f"STOR {path}", io.BytesIO(data))

    def read(self, path: str) -> bytes | None:
        parts: list[bytes] = []
        with _translated():
            try:
                self.ftp.retrbinary(f"RETR {path}", parts.append)
            except ftplib.error_perm as error:
                if str(error).startswith("550"):  # the one answer that means there is no such file
                    return None
                raise
        return b"".join(parts)

    def rename(self, old: str, new: str) -> None:
        with _translated():
            if self._is_folder(new):
                raise TakenError("a folder of this name is already there")
            self.ftp.rename(old, new)

    def remove_folder(self, path: str) -> None:
        with _translated():
            if not self._is_folder(path):
                return
            for name in self._names(path):
                self.ftp.delete(f"{path}/{name}")
            self.ftp.rmd(path)

    def check(self) -> str:
        with _translated():
            self._names("")
        return "the folder answers"

    def close(self) -> None:
        self.ftp.close()

    def _is_folder(self, path: str) -> bool:
        """Asked by going there: many servers list no name that begins with a dot."""
        here = self.ftp.pwd()
        try:
            self.ftp.cwd(path)
        except ftplib.error_perm:
            return False
        self.ftp.cwd(here)
        return True

    def _names(self, path: str) -> list[str]:
        try:
            return [name.rsplit("/", 1)[-1] for name, _ in self.ftp.mlsd(path) if name not in (".", "..")]
        except ftplib.error_perm as error:
            if str(error).startswith("550"):
                return []
            raise


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ftplib.error_perm as error:
        raise RefusedError(f"the server refuses ({str(error)[:3]})") from error
    except (OSError, EOFError, ftplib.Error) as error:
        raise LostError("the connection broke") from error
