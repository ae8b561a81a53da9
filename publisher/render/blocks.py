"""What a scene is built of: blocks of layers that stand together, and what every block is made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from publisher.render.footage import Footage
from publisher.render.layers import Spec
from publisher.render.planes import Sprite
from publisher.render.screen import LEAST_TEXT, Screen
from publisher.render.stage import Actor, Still

Build = Callable[[Sequence[Sprite], int, int], list[Actor]]
"""Makes the actors of a block from its sprites and the left top corner it was given."""


@dataclass(frozen=True)
class Block:
    """Things that stand together: the layers they need, and how to place them once their height is known.

    The first layer gives the height, unless `height` does; `least` is the smallest height taken.
    """

    specs: tuple[Spec, ...]
    build: Build
    height: int = 0
    least: int = 0
    column: str = "items"
    gap: float = 30.0


@dataclass(frozen=True)
class Context:
    """What every block is made with."""

    screen: Screen
    look: Mapping[str, Any]
    density: float
    dark: bool
    leave_at: int | None
    width_of: Callable[[str, float], float]
    pictures: Mapping[str, Sprite | Footage] = field(default_factory=dict)
    end: int = 0

    def size(self, at_1080: float, *, least: float = LEAST_TEXT) -> float:
        """A size of type in pixels at the scene's density, never under the least that can be read."""
        return round(self.screen.px(max(at_1080 * self.density, least)), 1)

    @property
    def ink(self) -> str:
        return str(self.look["white"] if self.dark else self.look["ink"])

    @property
    def heading(self) -> str:
        return str(self.look["white"] if self.dark else self.look["heading"])

    @property
    def travel(self) -> float:
        return self.screen.px(70)

    @property
    def inset(self) -> int:
        """Where words begin on their page: what aligns with words starts there too."""
        return int(self.screen.px(4))

    def still(self, sprite: Sprite, x: int, y: int, enter: int, **more: Any) -> Still:
        return Still(
            sprite, x // 2 * 2, y // 2 * 2, enter, leave=more.pop("leave", self.leave_at), travel=self.travel, **more
        )
