"""Which real servers this machine has; `tools/install_servers.py` installs them, and a test without its server says so."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "install_servers.py"


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install_servers", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def need(*servers: str) -> None:
    """Skip the test, naming the command that would help, unless all of the servers are installed."""
    missing = load_tool().missing(servers)
    if missing:
        pytest.skip(f"{', '.join(missing)}: not installed. As root: python tools/install_servers.py")
