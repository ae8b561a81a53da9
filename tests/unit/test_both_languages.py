"""What the queue refuses is said in the language of whoever is there: on pages always Vietnamese."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import publisher.queue
from publisher.errors import PublisherError, QueueError, Words, join_words
from publisher.queue.transitions import STATES
from publisher.queue.wording import ROLES, VERBS
from publisher.queue.wording import STATES as NAMES
from publisher.workspace import ROLES as KNOWN_ROLES

QUEUE = Path(publisher.queue.__file__).parent
# What a form of the web app can lead to.
CALLED = (
    "adding", "airing", "alarming", "approvals", "artifacts", "facts", "freezes", "passing", "rows", "settling",
)  # fmt: skip


def raised(path: Path) -> list[tuple[int, str]]:
    """Line and words of every error that is raised in the file."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Raise)]
    calls = [node.exc for node in nodes if isinstance(node.exc, ast.Call)]
    return [(call.lineno, ast.unparse(call.args[0])) for call in calls if call.args]


@pytest.mark.parametrize("name", CALLED)
def test_every_refusal_that_pages_can_meet_is_in_both_languages(name: str) -> None:
    found = raised(QUEUE / f"{name}.py")
    assert found
    assert [line for line, words in found if not re.match(r"Words\(|join_words\(|_words\(", words)] == []


def test_every_act_state_and_role_has_its_vietnamese_name() -> None:
    verbs = {
        verb for path in QUEUE.parent.rglob("*.py") for verb in re.findall(r'verb="([^"]+)"', path.read_text("utf-8"))
    }
    assert verbs == set(VERBS)
    assert set(NAMES) == set(STATES)
    assert set(ROLES) == set(KNOWN_ROLES)


def test_words_of_several_lines_stay_apart() -> None:
    error = QueueError(join_words([Words("a: no", "a: không"), Words("Nothing.", "Chưa gì.")]))
    assert (str(error), error.words.vi) == ("a: no\nNothing.", "a: không\nChưa gì.")
    assert PublisherError("giờ").words == Words("giờ", "giờ")
