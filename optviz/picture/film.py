"""Draws a result as its scenario asks: page, view, panels, then frame after frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from optviz.frames import DrawnFilm, Frame, Pixels
from optviz.lazily import imported
from optviz.picture import PANELS, VIEWS
from optviz.picture.frame_state import caption_at, moments
from optviz.picture.layout.grid import laid_out
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import THEMES
from optviz.picture.machine.board import Board, Layer, Moment
from optviz.picture.overlays.captions import Captions
from optviz.picture.overlays.header import Header
from optviz.picture.overlays.name_tags import Tags
from optviz.picture.overlays.podium import Podium
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene, View
from optviz.picture.timeline import frame_steps

if TYPE_CHECKING:
    from optviz.engine.result import Result
    from optviz.scenario import Scenario
    from optviz.scenario.models import Render


def view_of(name: str) -> Callable[[Scene, Rect], View]:
    """What draws the view of that name."""
    drawer: Callable[[Scene, Rect], View] = imported("optviz.picture", VIEWS[name])
    return drawer


def panel_of(name: str) -> Panel:
    """The panel of that name."""
    panel: Panel = imported("optviz.picture", PANELS[name])
    return panel


@dataclass(frozen=True, kw_only=True)
class RaceFilm(DrawnFilm):
    """The animation of a race, drawn from one board."""

    board: Board
    shown: list[Moment]  # what each frame shows
    steps: NDArray[np.int64]  # (frames of motion,)
    render: Render

    def draw(self) -> Iterator[Frame]:
        """Yield every frame, from a clean board."""
        return self.board.film(self.shown)

    def part(self, first: int, end: int) -> Iterator[Frame]:
        """Yield the frames from number ``first`` up to ``end`` (excluded), from a clean board."""
        return self.board.film(self.shown[first:end])

    def samples(self) -> list[Pixels]:
        """Draw the frames that tell most: the first, the middle one, the end of motion, the last."""
        numbers = sorted({0, self.frames // 2, max(self.frames - 2, 0), self.frames - 1})
        return self.board.stills([self.shown[number] for number in numbers])

    def still(self, step: int | None) -> Pixels:
        """Draw the picture after ``step``, or with None the last frame."""
        return self.board.still(self._moment(step))

    def save_vector(self, path: Path, form: str, step: int | None) -> None:
        """Write the picture after ``step``, or the last frame, as svg or pdf."""
        self.board.save_vector(path, form, self._moment(step))

    def key_steps(self, count: int) -> list[int]:
        """Return the steps of ``count`` frames at equal distances."""
        chosen = np.rint(np.linspace(0, len(self.steps) - 1, count)).astype(int)
        steps: list[int] = self.steps[chosen].tolist()
        return steps

    def _moment(self, step: int | None) -> Moment:
        return self.shown[-1] if step is None else Moment(step, caption=caption_at(step, self.render))


def film(result: Result, scenario: Scenario) -> RaceFilm:
    """Return the animation that the scenario asks for. The board is drawn now, the frames when they are asked for."""
    render = scenario.render
    steps = frame_steps(scenario.steps, render.frames, render.pace, _travelled(result, scenario.steps))
    has_podium = len(result.racers) > 1 and render.hold * render.fps >= 1
    shown = moments(steps, render, has_podium)
    return RaceFilm(
        width=render.size[0],
        height=render.size[1],
        fps=render.fps,
        frames=len(shown),
        hold=render.hold - has_podium / render.fps,
        loop=render.plays,
        title=scenario.title,
        scenario=scenario.source_text,
        board=compose(staged(result, scenario, steps)),
        shown=shown,
        steps=steps,
        render=render,
    )


def staged(result: Result, scenario: Scenario, steps: NDArray[np.int64]) -> Scene:
    """The page on which everything the scenario asks for has room."""
    render = scenario.render
    page, grid = laid_out(
        render.size, THEMES[render.theme], {name: panel_of(name).need(result) for name in render.panels}
    )
    return Scene(result, scenario, page, steps, grid)


def compose(scene: Scene) -> Board:
    """The picture with everything on it that stays, and the layers that move."""
    return Board(scene.page.figure, layers(scene))


def layers(scene: Scene) -> list[Layer]:
    """All that moves, lowest first; what stays has been put on the page's figure."""
    view = view_of(scene.scenario.render.view)(scene, scene.grid.view)
    drawn: list[Layer] = [Header(scene), view]
    for name, slot in scene.grid.panels.items():
        drawn += panel_of(name).draw(scene, slot)
    if len(scene.result.racers) > 1:
        drawn += [Tags(scene, view), Podium(scene, view)]
    return [*drawn, Captions(scene, scene.grid.view)]


def _travelled(result: Result, steps: int) -> NDArray[np.float64]:
    """The longest way that any racer has gone up to each step; shape (steps + 1,)."""
    ways = np.zeros(steps + 1)
    for racer in result.racers:
        x = racer.trajectory.x
        way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(x, axis=0), axis=1))])
        ways[: len(way)] = np.maximum(ways[: len(way)], way)
    return np.maximum.accumulate(ways)
