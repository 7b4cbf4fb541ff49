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
from optviz.picture.film import draw_layers, set_scene
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.sprites import Lettering, Sprite
from optviz.picture.overlays.names import Names
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
        for maker, method in ((Lettering, "_word"), (Lettering, "_number"), (Names, "_draw_tag")):
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
        steps = frame_steps(race.result.steps, race.scenario.render.frames)
        scene = set_scene(race.result, race.scenario, steps)
        parts = draw_layers(scene)
        board = list(self._board(scene))
        last = len(scene.steps) - 1
        found = []
        for frame in (0, last):
            words = board + list(self._sprites(parts, FrameState(int(scene.steps[frame]), frame)))
            found += [f"{word.text} is cut off" for word in words if not word.inside(*scene.page.size)]
            found += [f"{a.text} lies on {b.text}" for a, b in combinations(words, 2) if a.touches(b)]
        return found

    def _sprites(self, parts: list[Layer], moment: FrameState) -> Iterator[Words]:
        for layer in parts:
            for sprite in layer.sprites(moment):
                if id(sprite.sprite) in self.said:
                    yield _ink(sprite, self.said[id(sprite.sprite)])

    def _board(self, scene: Scene) -> Iterator[Words]:
        """The texts that matplotlib would draw; the one of a scale goes from tick to tick."""
        found: list[Words] = []
        renderer, height = FigureCanvasAgg(scene.page.figure).get_renderer(), scene.page.size[1]

        def noted(text: Text, _: Any) -> None:
            if text.get_visible() and text.get_text().strip():
                box = text.get_window_extent(renderer)
                found.append(Words(text.get_text(), box.x0, height - box.y1, box.x1, height - box.y0))

        with self.patch.context() as patch:
            patch.setattr(Text, "draw", noted)
            scene.page.figure.draw_without_rendering()
        yield from found


def _ink(sprite: PlacedSprite, text: str) -> Words:
    """The box of what is not transparent."""
    assert isinstance(sprite.sprite, Sprite)
    rows, columns = np.nonzero(sprite.sprite.colour[..., 3])
    top, left = sprite.box.top, sprite.box.left
    return Words(text, left + columns.min(), top + rows.min(), left + columns.max() + 1, top + rows.max() + 1)
