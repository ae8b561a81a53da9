"""A real S3-compatible store: OpenStack Swift with its S3 interface, four servers on loopback, from Debian's packages."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real.guard import Guarded, free_port, unprivileged

KEY, SECRET = "publisher:store", "mat-khau-kho-thu"
_STORAGE = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
devices = {home}/disks
swift_dir = {home}
mount_check = false
workers = 0
{user}
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{name}
"""
# No memcached listens on port 1: nothing is cached, which costs a little time and needs no server more.
_PROXY = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {home}
workers = 0
{user}
[pipeline:main]
pipeline = catch_errors cache s3api tempauth slo dlo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_publisher_store = {secret} .admin
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
"""


@dataclass(frozen=True)
class SwiftStore:
    url: str
    proxy: Guarded
    port: int
    version: str


@contextmanager
def running_swift() -> Iterator[SwiftStore]:
    """A store of one disk and one copy, empty, for the key `KEY` with the secret `SECRET`."""
    with ExitStack() as stack:
        home = Path(tempfile.mkdtemp(prefix="publisher-swift-", dir="/tmp"))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        (home / "disks" / "d1").mkdir(parents=True)
        account = unprivileged("swift")
        user = f"user = {account}" if account else ""
        servers = []
        for name in ("account", "container", "object"):
            port = free_port()
            _make_ring(home, name, port)
            (home / f"{name}.conf").write_text(_STORAGE.format(name=name, port=port, home=home, user=user))
            servers.append((name, port))
        servers.append(("proxy", free_port()))
        (home / "proxy.conf").write_text(_PROXY.format(port=servers[-1][1], home=home, user=user, secret=SECRET))
        for path in (home, *home.rglob("*")) if account else ():
            shutil.chown(path, account)
        guarded = {}
        for name, port in servers:
            command = [f"swift-{name}-server", str(home / f"{name}.conf")]
            guarded[name] = Guarded(command, log=home / f"{name}.log", user=account, remove=home)
            stack.callback(guarded[name].stop)
            guarded[name].start(port)
        port = servers[-1][1]
        yield SwiftStore(f"http://127.0.0.1:{port}", guarded["proxy"], port, _version())


def _make_ring(home: Path, name: str, port: int) -> None:
    """Sixteen parts of the ring, one copy, one disk: `swift-ring-builder` as for any store."""
    builder = f"{name}.builder"
    for arguments in (
        ["create", "4", "1", "0"],
        ["add", "--region", "1", "--zone", "1", "--ip", "127.0.0.1", "--port", str(port), "--device", "d1",
         "--weight", "1"],
        ["rebalance"],
    ):  # fmt: skip
        # Warnings about a ring without spare copies end in exit code 1.
        subprocess.run(["swift-ring-builder", builder, *arguments], cwd=home, capture_output=True, timeout=60)
    if not (home / f"{name}.ring.gz").is_file():
        raise RuntimeError(f"swift-ring-builder made no {name}.ring.gz")


def _version() -> str:
    found = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "swift-proxy"], capture_output=True, text=True)
    return found.stdout.partition("-")[0] or "unknown"
