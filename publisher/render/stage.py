"""The compositor: actors on a backdrop, frame after frame, redrawing only what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from publisher.render.motion import ARRIVE, LEAVE, Entrance, enter_shift, leave_shift
from publisher.render.planes import Canvas, Pose, Rect, Sprite, lay

NOTHING = Rect(0, 0, 0, 0)


class Actor(Protocol):
    """Something on the stage."""

    @property
    def leaves(self) -> bool:
        """Whether it goes before the scene ends."""
        ...

    def draw(self, canvas: Canvas, frame: int) -> Rect:
        """Draw what is to be seen at `frame` of the scene; gives the region it may have changed."""
        ...

    def rests_from(self) -> int | None:
        """The frame from which, until it leaves, its picture no longer changes; None when it always moves."""
        ...


@dataclass(frozen=True)
class Still:
    """A sprite that arrives, rests and, when `leave` says so, goes.

    `x`, `y` are its place at rest, even numbers; it pops about its own middle.
    """

    sprite: Sprite
    x: int
    y: int
    enter: int = 0
    entrance: Entrance = "rise"
    leave: int | None = None
    travel: float = 70.0
    length: int = ARRIVE

    def pose(self, frame: int) -> Pose | None:
        if frame < self.enter and self.entrance != "still":
            return None
        if self.leave is not None and frame >= self.leave:
            shift = leave_shift((frame - self.leave + 1) / LEAVE, travel=self.travel)
        else:
            shift = enter_shift(self.entrance, (frame - self.enter + 1) / self.length, travel=self.travel)
        grown_x = (1 - shift.scale) * self.sprite.width / 2
        grown_y = (1 - shift.scale) * self.sprite.height / 2
        return Pose(self.x + shift.x + grown_x, self.y + shift.y + grown_y, shift.scale, shift.opacity)

    def draw(self, canvas: Canvas, frame: int) -> Rect:
        pose = self.pose(frame)
        return lay(canvas, self.sprite, pose) if pose else NOTHING

    @property
    def leaves(self) -> bool:
        return self.leave is not None

    def rests_from(self) -> int | None:
        return 0 if self.entrance == "still" else self.enter + self.length


class Stage:
    """Plays a scene once: `play` gives each frame as the buffer to encode, valid until the one after next is asked for.

    `under` and `over` move all the time: the waves below everything, the curtain above. Of `actors`, one that has
    come to rest becomes part of the backdrop and costs nothing more, once everything below it rests too. From frame
    `leave_at` all that can leave moves again.
    """

    def __init__(
        self,
        backdrop: Canvas,
        actors: Sequence[Actor],
        *,
        under: Sequence[Actor] = (),
        over: Sequence[Actor] = (),
        leave_at: int | None = None,
    ) -> None:
        self._backdrop = backdrop
        self._base = backdrop.copy()
        self._actors, self._under, self._over = list(actors), list(under), list(over)
        self._moving = list(actors)
        self._leave_at = leave_at

    def play(self, frames: int) -> Iterator[Canvas]:
        # Two in turn: while one is drawn, the encoder may still be reading the other.
        canvases = (self._backdrop.copy(), self._backdrop.copy())
        dirty: tuple[list[Rect], ...] = ([], [])
        for frame in range(frames):
            canvas, stale = canvases[frame % 2], dirty[frame % 2]
            for rect in self._settle(frame):
                for regions in dirty:
                    regions.append(rect)
            for rect in stale:
                canvas.restore(self._base, rect)
            drawn = [actor.draw(canvas, frame) for actor in (*self._under, *self._moving, *self._over)]
            stale[:] = [rect for rect in drawn if not rect.empty]
            yield canvas

    def _settle(self, frame: int) -> list[Rect]:
        """Draw what has come to rest into the base; only from the bottom up, so that nothing changes its depth.

        Gives the regions of the base that changed.
        """
        changed = list[Rect]()
        if frame == self._leave_at:
            self._base, self._moving = self._backdrop.copy(), list(self._actors)
            changed.append(self._base.rect)
        leaving = self._leave_at is not None and frame >= self._leave_at
        waiting = list[Actor]()
        for actor in self._moving:
            rest = actor.rests_from()
            if rest is None or frame < rest or waiting or (leaving and actor.leaves):
                waiting.append(actor)
            else:
                changed.append(actor.draw(self._base, frame))
        self._moving = waiting
        return changed


def still_frame(backdrop: Canvas, actors: Sequence[Actor], frame: int) -> Canvas:
    """The one picture that the scene shows at `frame`."""
    canvas = backdrop.copy()
    for actor in actors:
        actor.draw(canvas, frame)
    return canvas
