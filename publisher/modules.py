"""Plug-ins of the project's own: a module of a package is one when it says of what kind it is."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def modules_by_kind(package: ModuleType) -> dict[str, Any]:
    """Every module of the package that has a KIND, sorted by it.

    Its name is one word: those of several words are a kind's helpers, which whoever needs them imports.
    """
    names = [info.name for info in pkgutil.iter_modules(package.__path__) if "_" not in info.name]
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return dict(sorted((module.KIND, module) for module in modules if hasattr(module, "KIND")))
