"""How fast an account and a network may go: a bucket that says when, and what usage headers tell. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Rate:
    """At most `burst` posts at once, one more every `every_s` seconds; `spacing_s` between any two."""

    every_s: float = 0.0
    burst: int = 1
    spacing_s: float = 0.0


@dataclass(frozen=True)
class Network:
    """All accounts of one kind together, which a service sees as one application."""

    name: str
    rate: Rate


@dataclass(frozen=True)
class Bucket:
    """The state of a rate: what the queue stores. `tokens` as of `at`; nothing goes before `not_before`."""

    tokens: float
    at: datetime
    last: datetime | None = None
    not_before: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        moments = {"at": self.at, "last": self.last, "not_before": self.not_before}
        return {"tokens": self.tokens, **{k: v.isoformat() if v else None for k, v in moments.items()}}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Bucket:
        moments = {k: datetime.fromisoformat(v) if (v := value[k]) else None for k in ("last", "not_before")}
        return cls(float(value["tokens"]), datetime.fromisoformat(value["at"]), moments["last"], moments["not_before"])


def full(rate: Rate, now: datetime) -> Bucket:
    """A bucket from which nothing was taken."""
    return Bucket(float(rate.burst), now)


def refill(bucket: Bucket, rate: Rate, now: datetime) -> Bucket:
    """The bucket as of `now`; a clock that went back refills nothing and empties nothing."""
    passed_s = max(0.0, (now - bucket.at).total_seconds())
    if rate.every_s <= 0:
        return replace(bucket, tokens=float(rate.burst), at=max(now, bucket.at))
    tokens = min(float(rate.burst), bucket.tokens + passed_s / rate.every_s)
    return replace(bucket, tokens=tokens, at=max(now, bucket.at))


def next_at(bucket: Bucket, rate: Rate, now: datetime) -> datetime:
    """The first moment, `now` or later, at which a post may go."""
    bucket = refill(bucket, rate, now)
    moments = [now]
    if bucket.not_before is not None:
        moments.append(bucket.not_before)
    if bucket.last is not None and rate.spacing_s:
        moments.append(bucket.last + timedelta(seconds=rate.spacing_s))
    if rate.every_s > 0 and bucket.tokens < 1:
        # A microsecond over: rounding must never give a moment at which the bucket is still short.
        moments.append(bucket.at + timedelta(seconds=(1 - bucket.tokens) * rate.every_s, microseconds=1))
    return max(moments)


def take(bucket: Bucket, rate: Rate, now: datetime) -> Bucket | None:
    """The bucket after one post at `now`, or None when it has to wait (until `next_at`)."""
    if next_at(bucket, rate, now) > now:
        return None
    bucket = refill(bucket, rate, now)
    return replace(bucket, tokens=bucket.tokens - 1, last=now)


def hold(bucket: Bucket, until: datetime) -> Bucket:
    """The service asked to wait: nothing before `until`, never sooner than what it asked earlier."""
    return replace(bucket, not_before=max(until, bucket.not_before or until))


def earliest(buckets: Sequence[tuple[Bucket, Rate]], now: datetime) -> datetime:
    """When all of them (the account's own and its network's) let a post go."""
    return max((next_at(bucket, rate, now) for bucket, rate in buckets), default=now)


def rate_of(settings: Mapping[str, Any]) -> Rate:
    """The account's own rate: `posts_per_day` spread by refilling over the day, `spacing_s` between any two."""
    per_day, spacing_s = int(settings.get("posts_per_day") or 0), float(settings.get("spacing_s") or 0)
    return Rate(86_400 / per_day if per_day else 0.0, max(1, per_day), spacing_s)


@dataclass(frozen=True)
class Usage:
    """What the service says about our use: `percent` of the limit (100: blocked), `wait_s` until it lets go.

    `app_percent` is the part that all accounts of the application share.
    """

    percent: float = 0.0
    wait_s: float = 0.0
    app_percent: float = 0.0


SLOW_PERCENT = 75.0  # from here on posts are spread over the hour
FULL_PERCENT = 95.0


def read_usage(headers: Mapping[str, str]) -> Usage:
    """Facebook's usage headers; they are missing at about 0 % use, and a broken one counts as missing.

    `X-App-Usage` holds percentages; `X-Business-Use-Case-Usage` lists them per object, with a wait in minutes.
    """
    found = {name.lower(): value for name, value in headers.items()}
    entries = [_mapping(found.get("x-app-usage", ""))]
    for uses in _mapping(found.get("x-business-use-case-usage", "")).values():
        entries += [use for use in uses if isinstance(use, dict)] if isinstance(uses, list) else []
    percent, app_percent = _percent(entries), _percent(entries[:1])
    wait = max((_number(entry.get("estimated_time_to_regain_access")) for entry in entries), default=0.0)
    return Usage(percent, wait * 60, app_percent)


def spread(usage: Usage, now: datetime) -> datetime | None:
    """Until when to hold after an answer with this usage, or None for at once."""
    if usage.wait_s > 0:
        return now + timedelta(seconds=usage.wait_s)
    if usage.percent >= FULL_PERCENT:
        return now + timedelta(hours=1)
    if usage.percent >= SLOW_PERCENT:
        return now + timedelta(minutes=5)
    return None


def _percent(entries: Sequence[Mapping[str, Any]]) -> float:
    names = ("call_count", "total_time", "total_cputime")
    return max((_number(entry.get(name)) for entry in entries for name in names), default=0.0)


def _mapping(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 <= value < 1e6 else 0.0
