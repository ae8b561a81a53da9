"""Install the real servers that `make test-all` speaks to, from Debian's packages, without starting any of them.

The tests start their own, with folders and databases thrown away afterwards, and never touch what the machine runs.
Not root, or not Debian: nothing is installed, and the tests that need a server say so and are skipped.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
REFUSAL = Path("/usr/sbin/policy-rc.d")

# What is wanted → the file or command that shows it is there, and the packages that bring it.
SERVERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "wordpress": ("/usr/share/wordpress/wp-load.php", ("wordpress", "php-mbstring", "php-xml")),
    "theme": ("/usr/share/wordpress/wp-content/themes/twentytwentythree", ("wordpress-theme-twentytwentythree",)),
    "mariadb": ("mariadbd", ("mariadb-server",)),
    "php": ("php", ("php-cli", "php-mysql", "php-gd")),
    "apache": ("apache2", ("apache2",)),
    "sshd": ("sshd", ("openssh-server", "libnss-wrapper")),
    "proftpd": ("proftpd", ("proftpd-core", "proftpd-mod-crypto")),
    "swift": ("swift-proxy-server", ("swift-proxy", "swift-account", "swift-container", "swift-object")),
    "postgres": ("/usr/lib/postgresql", ("postgresql",)),
}


def missing(servers: Iterable[str] = ()) -> list[str]:
    """Those of the servers (all of them when none is named) that are not installed."""
    return [name for name in (tuple(servers) or SERVERS) if not _is_there(SERVERS[name][0])]


def _is_there(sign: str) -> bool:
    return Path(sign).exists() if sign.startswith("/") else shutil.which(sign, path=PATH) is not None


@contextlib.contextmanager
def _nothing_started() -> Iterator[None]:
    """Debian starts what it installs, unless this script of its own says no (policy-rc.d, exit code 101)."""
    if REFUSAL.exists():
        yield
        return
    REFUSAL.write_text("#!/bin/sh\nexit 101\n")
    REFUSAL.chmod(0o755)
    try:
        yield
    finally:
        REFUSAL.unlink()


def install(servers: Iterable[str]) -> bool:
    """Install the packages of the servers; whether it worked."""
    packages = sorted({package for name in servers for package in SERVERS[name][1]})
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PATH": PATH}
    with _nothing_started():
        for command in (("update",), ("install", "--yes", "--no-install-recommends", *packages)):
            done = subprocess.run(["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL, check=False)
            if done.returncode:
                return False
    return True


def main() -> int:
    """0 always: a machine without the servers still runs every other test."""
    wanted = missing()
    if not wanted:
        print("Real servers: all installed.")
        return 0
    packages = " ".join(sorted({package for name in wanted for package in SERVERS[name][1]}))
    if shutil.which("apt-get") is None or os.getuid() != 0:
        print(f"Not installed: {', '.join(wanted)}. Tests against them are skipped. As root:")
        print(f"  apt-get install {packages}")
        return 0
    print(f"Installing for the tests against real servers: {packages}")
    if not install(wanted) or missing():
        print(f"Could not be installed: {', '.join(missing())}. Tests against them are skipped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
