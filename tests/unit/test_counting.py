"""Numbers of things, as people read them."""

from __future__ import annotations

import pytest

from publisher.cli.context import count


@pytest.mark.parametrize(("number", "said"), [(0, "0 pieces"), (1, "1 piece"), (2, "2 pieces")])
def test_one_thing_is_one_thing(number: int, said: str) -> None:
    assert count(number, "piece") == said
