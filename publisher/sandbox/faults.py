"""What can go wrong on the way to a service: a stand-in plays it when told to, once or several times."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "slow": "acts, and answers later than anyone waits",
        "drop_before": "closes the connection without reading the request",
        "drop_after": "acts, then closes the connection without an answer",
        "error_before": "answers 500 and has not acted",
        "error_after": "acts, then answers 500",
        "html_after": "acts, then answers with a page of HTML (a gateway's 502)",
        "wrong_type": "acts, and answers 200 with a page of HTML",
        "no_type": "acts, and answers without a content type",
        "broken_json": "acts, and answers with half an object",
        "unavailable": "answers 503 with Retry-After and has not acted",
        "throttle": "refuses for going too fast, in the service's own words and headers",
        "expired": "refuses the token as expired, in the service's own words",
        "policy": "refuses the content by policy, in the service's own words",
        "duplicate": "refuses as a duplicate of what is already there, in the service's own words",
        "verify_fails": "takes the post, and fails later while processing it",
    }
)


@dataclass
class _Planned:
    name: str
    kind: str
    step: str
    times: int


class Faults:
    """What is to go wrong next. `step` is what the stand-in calls the request: `prepare`, `commit`, `read`…"""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._lock = threading.Lock()

    def play(self, name: str, *, kind: str, step: str = "commit", times: int = 1) -> None:
        """Play the fault on the next `times` requests of `step` at a stand-in of `kind`."""
        if name not in FAULTS:
            raise ValueError(f"no fault {name}; there are: {', '.join(FAULTS)}")
        with self._lock:
            self._planned.append(_Planned(name, kind, step, times))

    def take(self, kind: str, step: str) -> str | None:
        """The fault to play on this request, counted as played."""
        with self._lock:
            for planned in self._planned:
                if (planned.kind, planned.step) == (kind, step):
                    planned.times -= 1
                    if planned.times <= 0:
                        self._planned.remove(planned)
                    return planned.name
            return None

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    @property
    def left(self) -> int:
        """How many faults have not been played to their end."""
        return len(self._planned)
