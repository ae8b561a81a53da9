"""Python files that are no part of a package, as modules: stand-ins named like a library, tools of the repository."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType


def load_by_path(path: Path, name: str) -> ModuleType:
    """The module in the file, made anew at every call."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
