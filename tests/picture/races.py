"""Small races to draw."""

from collections.abc import Iterable

import numpy as np

import optviz
from optviz import Race
from optviz.frames import DrawnFilm, Frame, Pixels
from optviz.picture.film import draw_layers, film, set_scene
from optviz.picture.machine.board import Board
from optviz.picture.scene import Scene
from optviz.picture.timeline import frame_steps
from optviz.picture.views.view import View
from optviz.scenario import loads

MAP = """
function: {name: beale, window: [[-0.4, 4.2], [-1.6, 2]]}
start: [0.7, 1.4]
steps: 60
optimizers: [adam: {lr: 0.1}, amsgrad: {lr: 0.1}, momentum: {lr: 0.003}, sgd: {lr: 0.01}]
render: {size: 480x270, frames: 25}
"""

CURVE = """
function: post_1d
steps: 40
optimizers: [adamax: {lr: 0.02}]
render: {size: 480x270, frames: 15, panels: [loss]}
"""

DIVERGING = """
function: rosenbrock
start: [-1.5, 2]
steps: 50
optimizers: [adam: {lr: 0.1}, sgd: {lr: 0.01}, momentum: {lr: 0.005}]
render: {size: 480x270, frames: 20, theme: dark}
"""

RACES = {"map": MAP, "curve": CURVE, "diverging": DIVERGING}


def race(text: str, /, **render: object) -> Race:
    """The race of a scenario, with keys of its render changed."""
    return optviz.run(loads(text, overrides={"render": render} if render else None))


def film_of(race: Race) -> DrawnFilm:
    """The animation that the race's scenario asks for."""
    return film(race.result, race.scenario)


def scene_of(text: str, /, **render: object) -> Scene:
    """The scene of a scenario's race, every frame the same number of steps apart."""
    run = race(text, **render)
    return set_scene(run.result, run.scenario, frame_steps(run.result.steps, run.scenario.render.frames))


def view_of(scene: Scene) -> View:
    """The scene's view, drawn with everything else."""
    return next(layer for layer in draw_layers(scene) if isinstance(layer, View))


def board_of(scene: Scene) -> Board:
    """The scene's board with all layers."""
    return Board(scene.page.figure, draw_layers(scene))


def pictures(frames: Iterable[Frame]) -> list[Pixels]:
    """Every frame's picture, once it is seen that outside the frame's boxes it is the picture before."""
    seen: list[Pixels] = []
    for frame in frames:
        after = frame.pixels.copy()
        if seen:
            before = seen[-1].copy()
            for box in frame.boxes:
                before[box.slices] = after[box.slices]
            np.testing.assert_array_equal(before, after)
        seen.append(after)
    return seen
