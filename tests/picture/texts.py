"""Every text of a picture and the box that its ink fills; nothing is rasterised but sprites."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from optviz import Race
from optviz.picture.film import layers, staged
from optviz.picture.machine.board import Layer, Moment, Placed
from optviz.picture.machine.sprites import Sprite, Type
from optviz.picture.overlays.name_tags import Tags
from optviz.picture.scene import Scene
from optviz.picture.timeline import frame_steps

ROUNDING = 1.0  # pixels by which two texts that only just clear one another may meet, since sprites stand on whole ones


@dataclass(frozen=True)
class Words:
    """A text and its box in pixels from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: "Words") -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > ROUNDING and down > ROUNDING

    def inside(self, width: int, height: int) -> bool:
        """Within the picture, but for a rounded pixel."""
        return (
            min(self.left, self.top) >= -ROUNDING
            and self.right <= width + ROUNDING
            and self.bottom <= height + ROUNDING
        )


class Reader:
    """Lays races out and reads their words."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.said: dict[int, str] = {}  # what a sprite says, by its identity
        self.kept: list[Sprite] = []  # so that no identity is given twice
        self.patch = patch
        for maker, method in ((Type, "_sprite"), (Tags, "_made")):
            patch.setattr(maker, method, self._noting(getattr(maker, method)))

    def _noting(self, made: Any) -> Any:
        def noting(owner: Any, text: str, *rest: Any) -> Sprite:
            sprite: Sprite = made(owner, text, *rest)
            self.said[id(sprite)] = text
            self.kept.append(sprite)
            return sprite

        return noting

    def faults(self, race: Race) -> list[str]:
        """Texts that are cut off and pairs that overlap, on the first and the last frame."""
        scene = staged(race.result, race.scenario, frame_steps(race.scenario.steps, race.scenario.render.frames))
        parts = layers(scene)
        board = list(self._board(scene))
        last = len(scene.steps) - 1
        found = []
        for frame in (0, last):
            words = board + list(self._sprites(parts, Moment(int(scene.steps[frame]), frame)))
            found += [f"{word.text} is cut off" for word in words if not word.inside(*scene.page.size)]
            found += [f"{a.text} lies on {b.text}" for a, b in combinations(words, 2) if a.touches(b)]
        return found

    def _sprites(self, parts: list[Layer], moment: Moment) -> Iterator[Words]:
        for layer in parts:
            for pointer in layer.pointers(moment):
                if id(pointer.sprite) in self.said:
                    yield _ink(pointer, self.said[id(pointer.sprite)])

    def _board(self, scene: Scene) -> Iterator[Words]:
        """The texts that matplotlib would draw."""
        found: list[Text] = []
        with self.patch.context() as patch:
            patch.setattr(Text, "draw", lambda text, _: found.append(text))
            scene.page.figure.draw_without_rendering()
        renderer, height = FigureCanvasAgg(scene.page.figure).get_renderer(), scene.page.size[1]
        for text in found:
            if text.get_visible() and text.get_text().strip():
                box = text.get_window_extent(renderer)
                yield Words(text.get_text(), box.x0, height - box.y1, box.x1, height - box.y0)


def _ink(pointer: Placed, text: str) -> Words:
    """The box of what is not transparent."""
    assert isinstance(pointer.sprite, Sprite)
    rows, columns = np.nonzero(pointer.sprite.colour[..., 3])
    top, left = pointer.box.top, pointer.box.left
    return Words(text, left + columns.min(), top + rows.min(), left + columns.max() + 1, top + rows.max() + 1)
