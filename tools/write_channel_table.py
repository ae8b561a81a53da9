"""Write docs/channels.md from the kinds themselves: settings, limits, abilities, and against what each was proved."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "contract")]

import yaml  # noqa: E402

from publisher.channels.base import Account, Channel, Limits  # noqa: E402
from publisher.channels.registry import COMMON, connect, kinds  # noqa: E402
from publisher.channels.secrets import Secrets  # noqa: E402

PROOFS = ROOT / "docs" / "conformance.yaml"
NO_SERVER = "a folder of this machine"
TARGET = ROOT / "docs" / "channels.md"
WORDS = {True: "yes", False: "no"}

HEAD = """# Channels

This page is written by `tools/write_channel_table.py`; a test fails when it is stale. Do not edit it by hand.

An account is one file `channels/<name>.yaml`. Secrets are never in it: a line `token_env: FB_TOKEN` names a variable of
the environment, or a file of that name in the folder that `PUBLISHER_SECRETS` (or the service manager's
`CREDENTIALS_DIRECTORY`) names, or an entry of the operating system's keyring under the service that `PUBLISHER_KEYRING`
names (`pip install publisher[keyring]`); the first that has it counts.

```
publisher channels list                    what there is, and where each secret comes from
publisher channels check [NAME]            ask each account about its credentials and rights
publisher channels login NAME              consent in a browser (Zalo, YouTube), or secrets typed unseen
publisher channels send-test NAME          a piece marked as a test, prepared as far as nobody can see it
publisher channels send-test NAME --publish --as PERSON    the same through the queue: another person approves it
```

## What each kind can do

*Finds* means that after a lost answer the channel can be read back and the doubt be settled without a person.

| account | shapes | finds | corrects | withdraws | proved against | when |
|---|---|---|---|---|---|---|
"""

FOOT = """
## Proof

Real servers are started by the tests from Debian's packages (`tools/install_servers.py`), on loopback, with folders and
databases that are thrown away; `make test-all` proves the rows again and `make proof` writes their date down.

Every row was proved by `tests/contract/test_channels.py`, which finds the kinds by listing the package and plays these
faults at each stand-in that speaks HTTP: {faults}. No kind has been tried against a vendor's live service from this
repository; limits that only clients have reported are marked in the kind's file and are settings where they may change.
"""


def load_server(kind: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"stand_in_{kind}", ROOT / "tests" / "servers" / f"{kind}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"tests/servers/{kind}.py: missing; every kind needs its stand-in")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def open_channel(case: Any, folder: Path) -> Channel:
    """The case's channel with made-up secrets; connecting makes no request."""
    values = dict.fromkeys(case.secrets.values(), "made-up-value")
    filler = {"folder": "/srv/x", "host": "x.example", "host_key": "SHA256:x", "port": 1}
    settings = {**({} if case.server is None else filler), **case.settings}
    account = Account("name", case.kind, "unit", settings, case.secrets, "channels/name.yaml")
    return connect(account, secrets=Secrets(values), folder=folder)


def describe_limits(limits: Limits) -> str:
    parts = [
        f"{name} {value:,}" for name in ("text", "title", "summary") if (value := getattr(limits, name)) is not None
    ]
    if limits.images:
        size = f" of {limits.image_bytes:,} bytes" if limits.image_bytes else ""
        parts.append(f"{limits.images} pictures{size}")
    if limits.video_bytes:
        parts.append(f"video {limits.video_bytes:,} bytes" + (f", {limits.video_s:g} s" if limits.video_s else ""))
    return "; ".join(parts) or "none known"


def describe_proof(case: Any) -> str:
    """Against what, in which version and when; Markdown cells."""
    if not case.real:
        return f"{case.against or ('its stand-in over HTTP' if case.server is None else NO_SERVER)} | every `make test`"
    proofs = yaml.safe_load(PROOFS.read_text(encoding="utf-8")) if PROOFS.is_file() else {}
    proof = (proofs or {}).get(case.name)
    if proof is None:
        return f"{case.real} | not yet: run `make proof`"
    return f"{proof['server']} {proof['version']} | {proof['on']}, {proof['checks']} checks"


def write_rows(folder: Path) -> str:
    rows = []
    for kind in kinds():
        for case in load_server(kind).CASES:
            channel = open_channel(case, folder)
            finds = "with a person" if case.needs_person or case.by_note else WORDS[channel.can_find]
            name = case.name.removesuffix("-real")
            rows.append(
                f"| {name} | {', '.join(channel.limits.shapes)} | {finds} | {WORDS[channel.can_correct]} | "
                f"{WORDS[channel.can_withdraw]} | {describe_proof(case)} |\n"
            )
    return "".join(rows)


def write_settings() -> str:
    parts = ["\n## Settings of every account\n\n| setting | meaning |\n|---|---|\n"]
    parts += [f"| `{key}` | {meaning} |\n" for key, meaning in COMMON.items()]
    for kind, module in kinds().items():
        limits: Limits = getattr(module, "LIMITS", Limits(None))
        parts.append(
            f"\n## {kind}\n\nLimits of one post: {describe_limits(limits)}.\n\n| setting | meaning |\n|---|---|\n"
        )
        parts += [f"| `{key}` | {meaning} |\n" for key, meaning in module.SETTINGS.items()]
        parts += [f"| `{key}_env` | {meaning} |\n" for key, meaning in module.SECRETS.items()]
    return "".join(parts)


def write_page() -> str:
    """The whole page as text."""
    from channel_case import COMMIT_FAULTS  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        rows = write_rows(Path(folder))
    return HEAD + rows + write_settings() + FOOT.format(faults=", ".join(f"`{name}`" for name in COMMIT_FAULTS))


if __name__ == "__main__":
    TARGET.write_text(write_page(), encoding="utf-8")
