"""Real servers a station's folder lies on: OpenSSH, ProFTPD with TLS and Apache's WebDAV, from Debian's packages.

Each runs on loopback without rights of its own, with its files in the folder it is given. A service's configuration
is its default wherever that is possible: what a station's technician leaves alone is what we have to live with.
"""

from __future__ import annotations

import base64
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real.certificates import make_certificate
from tests.real.guard import Guarded, free_port, unprivileged

USER, PASSWORD = "publisher", "mat-khau-thu-nghiem"
# PASSWORD as /etc/shadow holds it (openssl passwd -6 -salt tinhmau): sshd and ProFTPD ask the C library to compare.
_HASH = "$6$tinhmau$y1wSkp7jkzeBkpKI74umGmUtTskk36/GrE2AVCYNJ6SkrOD4kzyywahuqPhmPYVCMBlT4VRxxxYArxLvFQXtD1"


@dataclass(frozen=True)
class Station:
    """A running server: where it listens, what it stores into, and what proves that it is the right one."""

    port: int
    place: Path
    version: str
    host_key: str = ""
    ca_file: str = ""


@contextmanager
def running(make: Callable[[Path, int], tuple[Guarded, Station]]) -> Iterator[Station]:
    """Start what `make` prepares in a folder of its own, and end it again."""
    home = Path(tempfile.mkdtemp(prefix="publisher-server-", dir="/tmp"))
    try:
        (home / "files" / "kich-ban").mkdir(parents=True)
        server, station = make(home, free_port())
        user = unprivileged("nobody")
        for path in (home, *home.rglob("*")) if user else ():
            shutil.chown(path, user)
        server.start(station.port)
        try:
            yield station
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def make_sshd(home: Path, port: int) -> tuple[Guarded, Station]:
    """OpenSSH; its one account exists only for it (libnss-wrapper), not on this machine."""
    account = pwd.getpwnam(unprivileged("nobody") or pwd.getpwuid(os.getuid()).pw_name)
    key, files = home / "host_key", home / "files"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    (home / "passwd").write_text(f"{USER}:x:{account.pw_uid}:{account.pw_gid}::{files}:/bin/false\n")
    (home / "group").write_text(f"nogroup:x:{account.pw_gid}:\n")
    (home / "shadow").write_text(f"{USER}:{_HASH}:19000:0:99999:7:::\n")
    lines = (
        f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {key}", "PidFile none", "UsePAM no", "StrictModes no",
        "PasswordAuthentication yes", "Subsystem sftp internal-sftp", "ForceCommand internal-sftp", f"AllowUsers {USER}",
    )  # fmt: skip
    (home / "sshd_config").write_text("\n".join(lines) + "\n")
    environment = {
        "LD_PRELOAD": "libnss_wrapper.so", "NSS_WRAPPER_PASSWD": str(home / "passwd"),
        "NSS_WRAPPER_GROUP": str(home / "group"), "NSS_WRAPPER_SHADOW": str(home / "shadow"),
    }  # fmt: skip
    program = shutil.which("sshd", path="/usr/sbin") or "sshd"
    server = Guarded(
        ["env", *(f"{name}={value}" for name, value in environment.items()), program, "-D", "-e", "-f",
         str(home / "sshd_config")], log=home / "log", user=unprivileged("nobody"), remove=home,
    )  # fmt: skip
    public = base64.b64decode((home / "host_key.pub").read_text().split()[1])
    shown = "SHA256:" + base64.b64encode(hashlib.sha256(public).digest()).decode().rstrip("=")
    return server, Station(port, files / "kich-ban", _said("ssh", "-V").split(",")[0].split("_")[1], host_key=shown)


def make_proftpd(home: Path, port: int) -> tuple[Guarded, Station]:
    """ProFTPD with TLS on both connections; a data connection must reuse the session of the control connection."""
    account = pwd.getpwnam(unprivileged("nobody") or pwd.getpwuid(os.getuid()).pw_name)
    certificate, files = make_certificate(home), home / "files"
    certificate.chmod(0o600)
    (home / "users").write_text(f"{USER}:{_HASH}:{account.pw_uid}:{account.pw_gid}::{files}:/bin/false\n")
    (home / "users").chmod(0o600)
    lines = (
        "ServerName dai", "ServerType standalone", "UseIPv6 off", "DefaultAddress 127.0.0.1", "SocketBindTight on",
        f"Port {port}", f"User {account.pw_name}", "Group nogroup", f"ScoreboardFile {home}/score",
        f"PidFile {home}/pid", "DelayEngine off", "WtmpLog off", "UseReverseDNS off", "RequireValidShell off",
        "AuthPAM off", "AuthOrder mod_auth_file.c", f"AuthUserFile {home}/users", f"SystemLog {home}/log",
        "TransferLog NONE", "LoadModule mod_tls.c", "TLSEngine on", "TLSRequired on", f"TLSLog {home}/tls.log",
        f"TLSECCertificateFile {certificate}", f"TLSECCertificateKeyFile {certificate}",
    )  # fmt: skip
    (home / "proftpd.conf").write_text("\n".join(lines) + "\n")
    program = shutil.which("proftpd", path="/usr/sbin") or "proftpd"
    server = Guarded(
        [program, "--nodaemon", "-c", str(home / "proftpd.conf")],
        log=home / "out",
        user=unprivileged("nobody"),
        remove=home,
    )
    version = _said(program, "-v").split()[-1]
    return server, Station(port, files / "kich-ban", version, ca_file=str(certificate))


def make_apache(home: Path, port: int) -> tuple[Guarded, Station]:
    """Apache httpd with mod_dav and a login."""
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
    (home / "users").write_text(f"{USER}:{{SHA}}{digest}\n")
    place = home / "files" / "kich-ban"
    modules = ("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "dav", "dav_fs")
    lines = (
        f"ServerRoot {home}", "ServerName 127.0.0.1", f"Listen 127.0.0.1:{port}", f"PidFile {home}/pid",
        *(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in modules),
        f"ErrorLog {home}/log", f"DavLockDB {home}/locks", f"DocumentRoot {place}", f"<Directory {place}>", "Dav On",
        "AuthType Basic", "AuthName dai", f"AuthUserFile {home}/users", "Require valid-user", "</Directory>",
    )  # fmt: skip
    (home / "httpd.conf").write_text("\n".join(lines) + "\n")
    program = shutil.which("apache2", path="/usr/sbin") or "apache2"
    server = Guarded(
        [program, "-D", "FOREGROUND", "-f", str(home / "httpd.conf")],
        log=home / "out",
        user=unprivileged("nobody"),
        remove=home,
    )
    return server, Station(port, place, _said(program, "-v").partition("Apache/")[2].split()[0])


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    return done.stdout + done.stderr
