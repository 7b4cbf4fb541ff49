"""From a race to a film: page, view, panels, then frame after frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from optviz.frames import Film, Frame, Pixels
from optviz.picture.board import Board, Layer, Moment
from optviz.picture.header import Header
from optviz.picture.page import Page, Rect, grid
from optviz.picture.panels.loss import LossPanel
from optviz.picture.panels.ranking import RankingPanel
from optviz.picture.scene import Scene
from optviz.picture.theme import THEMES
from optviz.picture.views.curve import CurveView
from optviz.picture.views.map import MapView
from optviz.timeline import frame_steps

if TYPE_CHECKING:
    from optviz.results import Race
    from optviz.scenario import Render

DRAW_VIEW: dict[str, Callable[[Scene, Rect], Layer]] = {"curve": CurveView, "map": MapView}
DRAW_PANEL: dict[str, Callable[[Scene, Rect], Layer]] = {"loss": LossPanel, "ranking": RankingPanel}


def film(race: Race) -> Film:
    """The animation that the race's scenario asks for. The board is drawn now, the frames when they are asked for."""
    render = race.scenario.render
    steps = frame_steps(race.steps, render.frames, render.pace, _travelled(race))
    board = compose(race, render, steps)
    moments = [Moment(frame, int(step)) for frame, step in enumerate(steps)]

    def draw() -> Iterator[Frame]:
        return board.film(moments)

    def samples() -> list[Pixels]:
        return [board.still(moments[at]) for at in sorted({0, len(moments) // 2, len(moments) - 1})]

    return Film(
        *render.size,
        render.fps,
        len(moments),
        render.hold,
        render.loop,
        race.title,
        race.scenario.text,
        draw,
        samples,
    )


def compose(race: Race, render: Render, steps: NDArray[np.int64]) -> Board:
    """The picture with everything on it that stays, and the layers that move."""
    page = Page(*render.size, THEMES[render.theme])
    scene = Scene(race, render, page, steps)
    places = grid(page, render.panels, len(race.racers))
    layers: list[Layer] = [Header(scene), DRAW_VIEW[render.view](scene, places.view)]
    layers += [DRAW_PANEL[name](scene, rect) for name, rect in places.panels.items()]
    return Board(page.figure, layers)


def _travelled(race: Race) -> NDArray[np.float64]:
    """The longest way any racer has gone up to each step, in windows' sizes; shape (steps + 1,)."""
    ways = np.zeros(race.steps + 1)
    for racer in race.racers:
        x = racer.trajectory.x
        way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(x, axis=0), axis=1))])
        ways[: len(way)] = np.maximum(ways[: len(way)], way)
    return np.maximum.accumulate(ways)
