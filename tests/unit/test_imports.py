"""Imports go down only: this test holds the layers of the design."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "publisher"

# A layer may import itself and every layer below it; layers on one line may not import each other.
LAYERS = [
    {"content"},
    {"vietnamese"},
    {"render", "channels", "schedule", "sandbox"},
    {"queue"},
    {"engine"},
    {"web"},
    {"cli"},  # `preview --open` shows a page that web draws
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}


def imported(path: Path) -> list[str]:
    """Second-level names of the package that a file imports: `publisher.queue.store` gives `queue`."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            parts = node.module.split(".")
            if parts == ["publisher"]:
                names += [alias.name for alias in node.names]
            elif parts[0] == "publisher":
                names.append(parts[1])
        elif isinstance(node, ast.Import):
            names += [a.name.split(".")[1] for a in node.names if a.name.startswith("publisher.")]
    return names


def wrong_imports(package: Path) -> list[str]:
    found = []
    for path in sorted(package.rglob("*.py")):
        here = path.relative_to(package).parts[0]
        for there in imported(path):
            base_imports_layer = here not in RANK and there in RANK and here != "__main__.py"
            climbs = here in RANK and there in RANK and RANK[there] >= RANK[here] and there != here
            if base_imports_layer or climbs:
                found.append(f"{path.relative_to(package)} imports publisher.{there}")
    return found


def test_imports_go_down_only() -> None:
    assert wrong_imports(PACKAGE) == []


def test_an_import_that_climbs_is_found(tmp_path: Path) -> None:
    """The check itself can fail."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "bad.py").write_text("from publisher.queue import store\n")
    assert wrong_imports(tmp_path) == ["content/bad.py imports publisher.queue"]


def test_every_folder_of_the_package_has_a_layer() -> None:
    folders = {path.parent.relative_to(PACKAGE).parts[0] for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE}
    assert folders <= set(RANK)
