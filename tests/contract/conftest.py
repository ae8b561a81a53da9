"""With PUBLISHER_PROOF=record, a run against real servers writes down what it proved: docs/conformance.yaml."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

TARGET = Path(__file__).parents[2] / "docs" / "conformance.yaml"
PROVED = "proved"
"""Name of the property a test leaves: [name of the case, server, version]."""

HEAD = """# Which real server each account was proved against, when, and by how many checks. Written by `make proof`, which needs
# the servers of tools/install_servers.py; a case with a failed or skipped check keeps its older line.
"""

_passed: Counter[str] = Counter()
_spoiled: set[str] = set()
_servers: dict[str, tuple[str, str]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for name, value in report.user_properties:
        if name == PROVED:
            case, server, version = value
            _servers[case] = (server, version)
            _passed[case] += report.when == "call" and report.passed
            if not report.passed:
                _spoiled.add(case)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Workers of xdist only report; the process that hears all of them writes."""
    if os.environ.get("PUBLISHER_PROOF") != "record" or hasattr(session.config, "workerinput"):
        return
    known = yaml.safe_load(TARGET.read_text("utf-8")) or {} if TARGET.is_file() else {}
    for case in sorted(_passed):
        if case not in _spoiled and _passed[case]:
            server, version = _servers[case]
            today = datetime.now(UTC).date().isoformat()
            known[case] = {"server": server, "version": version, "on": today, "checks": _passed[case]}
    TARGET.write_text(HEAD + yaml.safe_dump(known, allow_unicode=True, sort_keys=True), encoding="utf-8")
