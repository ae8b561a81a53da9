"""Make `.venv` with the tested versions of `requirements.lock`. Run by make; needs nothing but Python 3.11."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"


def run(*words: str | Path) -> None:
    subprocess.run([str(word) for word in words], check=True, cwd=ROOT)


def make_venv() -> None:
    """Debian's python3 comes without pip: its python3-venv package is the ordinary way to get it."""
    if (VENV / "bin" / "pip").exists():
        return
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], check=False, cwd=ROOT, capture_output=True
    )
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("apt-get") and os.geteuid() == 0:
        run("apt-get", "update", "-q")
        run("apt-get", "install", "-y", "-q", "--no-install-recommends", "python3-venv")
        run(sys.executable, "-m", "venv", VENV)
        return
    raise SystemExit("This Python has no venv module. Install it once: sudo apt-get install python3-venv")


def main() -> None:
    if sys.version_info < (3, 11):
        raise SystemExit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    make_venv()
    pip = VENV / "bin" / "pip"
    run(pip, "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", "requirements.lock")
    run(pip, "install", "-q", "--disable-pip-version-check", "--no-deps", "-e", ".")


if __name__ == "__main__":
    main()
