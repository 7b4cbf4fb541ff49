"""Draws a result as its scenario asks: page, view, panels, overlays, then frame after frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from optviz.engine.result import Result
from optviz.picture.board_film import BoardFilm
from optviz.picture.frame_state import FrameState, caption_at, end_frames, frame_states
from optviz.picture.header import Header
from optviz.picture.layout.grid import Need, lay_out
from optviz.picture.layout.page import page_look
from optviz.picture.layout.theme import THEMES
from optviz.picture.machine.board import Board
from optviz.picture.machine.layer import Layer
from optviz.picture.machine.style import own_style
from optviz.picture.overlays import OVERLAYS
from optviz.picture.overlays.captions import said_over
from optviz.picture.panels import PANELS
from optviz.picture.scene import Scene
from optviz.picture.timeline import frame_times, gliding, with_keys
from optviz.picture.views import VIEWS
from optviz.picture.views.view import trails_lit_last
from optviz.scenario import Scenario
from optviz.scenario.render import Render


@own_style()
def film(result: Result, scenario: Scenario) -> RaceFilm:
    """Return the animation that the scenario asks for. The board is drawn now, the frames when they are asked for."""
    render = scenario.render
    # the page, and what each frame shows: motion, captions, pauses, the end
    scene = scene_of_film(result, scenario)
    shown = frame_states(scene.steps, render, scene.ahead)
    # the board with everything that stays, and the layers that move on it
    board = Board(scene.page.figure, draw_layers(scene))
    return RaceFilm(
        width=render.size[0],
        height=render.size[1],
        fps=render.fps,
        frames=len(shown),
        hold=max(0.0, render.hold - end_frames(render) / render.fps),
        loop=render.plays,
        title=scenario.title,
        scenario=scenario.source_text,
        recipe=scenario.recipe,
        board=board,
        shown=shown,
        steps=scene.steps,
        render=render,
    )


def figure(result: Result, scenario: Scenario, step: int | None = None) -> Figure:
    """Return the picture after ``step``, or the film's last frame, as Matplotlib's figure. Raises OptvizError."""
    from optviz.picture.own_axes import refuse_other_step

    refuse_other_step(result, step)
    return film(result, scenario).figure(step)


def scene_of_film(result: Result, scenario: Scenario) -> Scene:
    """Return the scene of the film: which step each frame of motion shows, those of the stops among them."""
    render = scenario.render
    times = frame_times(scenario.steps, render.frames, render.pace, _travelled(result), render.stops)
    return set_scene(result, scenario, *gliding(times, render.glide))


def set_scene(
    result: Result, scenario: Scenario, steps: NDArray[np.int64], ahead: NDArray[np.float64] | None = None
) -> Scene:
    """Lay out the page on which everything the scenario asks for has room. For the arrays see Scene."""
    render = scenario.render
    needs: dict[str, Need] = {name: PANELS[name].need(result) for name in render.panels}
    said, look, bars = said_over(result, scenario), page_look(scenario), 0.0
    if render.anatomy:
        from optviz.picture.overlays.anatomy import height_of_bars

        bars = height_of_bars(result, scenario)
    page, grid = lay_out(render.size, THEMES[render.themes[0]], needs, said, look, bars)
    return Scene(result, scenario, page, steps, grid, np.zeros(len(steps)) if ahead is None else ahead)


def draw_layers(scene: Scene) -> list[Layer]:
    """Put what stays on the page's figure; return the layers that draw what moves, lowest first."""
    view = VIEWS[scene.scenario.render.view](scene, scene.grid.view)
    header = Header(scene)
    panels = [layer for name, slot in scene.grid.panels.items() for layer in PANELS[name].draw(scene, slot)]
    overlays = [overlay(scene, view) for overlay in OVERLAYS.values()]
    return [header, *trails_lit_last(scene, view), view, *panels, *overlays]


@dataclass(frozen=True, kw_only=True)
class RaceFilm(BoardFilm):
    """The animation of a race."""

    steps: NDArray[np.int64]  # (frames of motion,)
    render: Render

    def key_steps(self, count: int) -> list[int]:
        """Return the steps of ``count`` frames at equal distances; the nearest are those that are taken apart."""
        chosen = np.rint(np.linspace(0, len(self.steps) - 1, count)).astype(int)
        steps: list[int] = self.steps[chosen].tolist()
        return with_keys(steps, [one.at for one in self.render.anatomy])

    def state_at(self, step: int) -> FrameState:
        """Return what is shown after ``step``, with its caption, and taken apart if the film does so."""
        apart = float(any(one.at == step for one in self.render.anatomy))
        return FrameState(step, caption=caption_at(step, self.render), apart=apart)


def _travelled(result: Result) -> NDArray[np.float64]:
    """Return (steps + 1,) the longest way that any racer has gone up to each step."""
    longest = np.zeros(result.steps + 1)
    for path in [racer.x for racer in result.racers] if result.landscape is None else result.landscape.paths:
        with np.errstate(over="ignore"):  # farther than floats can say is infinitely far
            way = np.concatenate([[0.0], np.cumsum(np.hypot.reduce(np.diff(path, axis=0), axis=1))])
        longest[: len(way)] = np.maximum(longest[: len(way)], way)
    return np.maximum.accumulate(longest)
