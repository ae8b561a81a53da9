"""A station's folder over SFTP; the server proves itself by the fingerprint in the account's file."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import paramiko

from publisher.channels.radio_drop import LostError, RefusedError, TakenError, UnreachableError
from publisher.channels.secrets import Secret

if TYPE_CHECKING:
    from publisher.channels.radio_settings import Settings


def open_sftp(settings: Settings, password: Secret) -> SftpDrop:
    """Connect, compare the server's key, log in. The password leaves only after the key is known. Raises DropError."""
    try:
        sock = socket.create_connection((settings.host, settings.port or 22), timeout=settings.timeout_s)
    except OSError as error:
        raise UnreachableError("the server cannot be reached") from error
    transport = paramiko.Transport(sock)
    try:
        transport.banner_timeout = transport.auth_timeout = settings.timeout_s
        transport.start_client(timeout=settings.timeout_s)
        _compare_key(transport, settings.host_key)
        transport.auth_password(settings.user, password.reveal())
        client = paramiko.SFTPClient.from_transport(transport)
        if client is None:
            raise UnreachableError("the server offers no SFTP")
        client.get_channel().settimeout(settings.timeout_s)  # type: ignore[union-attr]
        client.chdir(settings.folder)
        return SftpDrop(client, transport)
    except paramiko.AuthenticationException as error:
        transport.close()
        raise RefusedError("the server refuses the login") from error
    except FileNotFoundError as error:
        transport.close()
        raise RefusedError("the server has no such folder") from error
    except (OSError, EOFError, paramiko.SSHException) as error:
        transport.close()
        raise UnreachableError("no safe connection to the server") from error
    except BaseException:
        transport.close()
        raise


def fingerprint(key: paramiko.PKey) -> str:
    """The key as `ssh-keygen -l` prints it: SHA256: and unpadded base64."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


def _compare_key(transport: paramiko.Transport, expected: str) -> None:
    found = fingerprint(transport.get_remote_server_key())
    if not hmac.compare_digest(found, expected.rstrip("=")):
        raise RefusedError(f"host_key: the server shows another key ({found}). Ask the station before changing it")


@dataclass
class SftpDrop:
    client: paramiko.SFTPClient
    transport: paramiko.Transport

    def make_folder(self, path: str) -> None:
        with _translated():
            try:
                self.client.mkdir(path)
            except OSError:
                if not stat.S_ISDIR(self.client.stat(path).st_mode or 0):
                    raise

    def write(self, path: str, data: bytes) -> None:
        with _translated(), self.client.open(path, "wb") as stream:
            stream.write(data)

    def read(self, path: str) -> bytes | None:
        with _translated():
            try:
                with self.client.open(path, "rb") as stream:
                    return bytes(stream.read())
            except FileNotFoundError:
                return None

    def rename(self, old: str, new: str) -> None:
        with _translated():
            try:
                self.client.stat(new)
            except FileNotFoundError:
                self.client.rename(old, new)  # SFTP's own rename does not replace
                return
        raise TakenError("a folder of this name is already there")

    def remove_folder(self, path: str) -> None:
        with _translated():
            try:
                names = self.client.listdir(path)
            except FileNotFoundError:
                return
            for name in names:
                self.client.remove(f"{path}/{name}")
            self.client.rmdir(path)

    def check(self) -> str:
        with _translated():
            self.client.listdir(".")
        return "the folder answers"

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.client.close()
        self.transport.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise RefusedError("the server refuses the change; ask for the right") from error
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise LostError("the connection broke") from error
