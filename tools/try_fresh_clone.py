"""Clone what is committed into a folder that is thrown away, and do what the README says there."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="publisher-fresh-") as folder:
        clone = Path(folder) / "publisher"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        subprocess.run(["make", "demo"], cwd=clone, check=True)
        subprocess.run(["make", "demo"], cwd=clone, check=True)
        left = subprocess.run(
            ["git", "status", "--porcelain"], cwd=clone, check=True, capture_output=True, text=True
        ).stdout
        if left:
            raise SystemExit(f"the demo left changes in the clone:\n{left}")


if __name__ == "__main__":
    main()
