"""Which real servers this machine has; `tools/install_servers.py` installs them, and a test without its server says so."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.by_path import load_by_path

TOOL = Path(__file__).parents[2] / "tools" / "install_servers.py"


def load_tool() -> ModuleType:
    return load_by_path(TOOL, "install_servers")


def need(*servers: str) -> None:
    """Skip the test, naming the command that would help, unless all of the servers are installed."""
    missing = load_tool().missing(servers)
    if missing:
        pytest.skip(f"{', '.join(missing)}: not installed. As root: python tools/install_servers.py")
