"""A title as a name for files and addresses: small letters without marks, digits and hyphens."""

from __future__ import annotations

import re

from publisher.content.signs import strip_marks

SLUG = re.compile(r"[a-z0-9-]{1,80}")


def make_slug(title: str) -> str:
    """`Chuyển đổi số 10/10` → `chuyen-doi-so-10-10`; at most 80 characters, cut between words; '' for none."""
    slug = re.sub(r"[^a-z0-9]+", "-", strip_marks(title).lower()).strip("-")
    if len(slug) <= 80:
        return slug
    head = slug[:81]
    return head.rsplit("-", 1)[0].strip("-")[:80] if "-" in head else slug[:80]
