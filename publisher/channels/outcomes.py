"""How an HTTP reply becomes an outcome: the one place that decides what surely did not happen."""

from __future__ import annotations

from typing import Any

from publisher.channels.base import Outcome, Rejected, Retry, Unknown
from publisher.channels.web import Answer, NeverLeft, NoAnswer, Reply, Web, retry_after_s

NOT_CONNECTED_S = 60.0  # a network that is gone is rarely back sooner
THROTTLED_S = 120.0  # where the service names no time of its own
PREPARE_S = 120.0  # a failed upload is safe to repeat; not at once, or a struggling service gets more of it
_MOVED = (301, 307, 308)  # by their definition the request was not acted on


class StoppedError(Exception):
    """A step of a piece's way ended in this outcome; never leaves the channel's own methods."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome

    @property
    def reason(self) -> str:
        return getattr(self.outcome, "reason", "no answer")


def judge(reply: Reply, *, web: Web, token: str, said: str = "") -> Outcome | None:
    """The outcome of a call that publishes, or None when it is a 2xx with a JSON object that the kind must read.

    `token` names the setting and the remedy for refused credentials; `said` is the service's own word on an error.
    """
    if isinstance(reply, NeverLeft):
        if reply.settings:
            return Rejected(f"{reply.reason}. Check the addresses in the account's file.")
        return Retry(reply.reason, NOT_CONNECTED_S)
    if isinstance(reply, NoAnswer):
        return Unknown(f"{reply.reason}, so it may be out")
    if reply.ok:
        return None if isinstance(reply.body, dict) else Unknown("the answer is not what this service gives")
    return _judge_status(reply, token=token, said=f": {web.clean(said)}" if said else "")


def _judge_status(answer: Answer, *, token: str, said: str) -> Outcome:
    status = answer.status
    if status in (429, 503):
        return Retry(f"the service asks to wait (HTTP {status}){said}", retry_after_s(answer.headers, THROTTLED_S))
    if status in (401, 403):
        return Rejected(f"not allowed (HTTP {status}){said}. {token}")
    if status in _MOVED:
        return Rejected(f"the service has moved (HTTP {status}). Put its new address into the account's file.")
    if status >= 500 or status == 408 or status < 400:
        return Unknown(f"the service failed (HTTP {status}){said}, so it may be out")
    return Rejected(f"refused (HTTP {status}){said}")


def before_commit(outcome: Outcome) -> Retry | Rejected:
    """The same in prepare, where nobody can have seen anything: what is in doubt is simply done again."""
    if isinstance(outcome, Retry | Rejected):
        return outcome
    reason = outcome.reason if isinstance(outcome, Unknown) else "prepared in an unexpected way"
    return Retry(reason.removesuffix(", so it may be out"), PREPARE_S)


def need_object(reply: Reply, outcome: Outcome | None) -> dict[str, Any]:
    """The JSON object of the reply. Raises StoppedError with `outcome`, what the reply was judged to be."""
    if outcome is not None:
        raise StoppedError(outcome)
    return dict(reply.body) if isinstance(reply, Answer) else {}


def need_list(reply: Reply, outcome: Outcome | None, *, service: str) -> list[dict[str, Any]]:
    """The objects in the JSON list of the reply. Raises StoppedError where it is none; `service` is named then."""
    if isinstance(reply, Answer) and reply.ok and isinstance(reply.body, list):
        return [entry for entry in reply.body if isinstance(entry, dict)]
    raise StoppedError(outcome or Unknown(f"the answer is not what {service} gives"))
