"""The machine's frames against Matplotlib drawing each in full, from nothing: no board kept, no pixels put back.

What may differ: where antialiased edges of strokes overlap, for there the machine blends in another order than one pass
would; and words, which the machine sets on whole pixels.
"""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from optviz.frames import Pixels
from optviz.picture.frame_state import FrameState, frame_states
from optviz.picture.machine.board import Board
from optviz.picture.machine.pen import Pen
from tests import few
from tests.picture.races import MAP, RACES, board_of, scene_of

MEAN = 0.065  # levels of 255 that a frame may differ by on average: ten names with halos stand in one
LARGE = 40  # levels
EVERY = 9  # frames of the machine, one is compared; besides the last two
SHARE = 5e-4  # of the pixels that may differ by more than that: in 480 x 270, sixty

TEN = """
function: {name: beale, window: [[-0.4, 4.2], [-1.6, 2]]}
start: [0.7, 1.4]
steps: 60
optimizers: [adam: {lr: 0.1}, amsgrad: {lr: 0.1}, adamax: {lr: 0.1}, nadam: {lr: 0.1}, rmsprop: {lr: 0.02},
  adagrad: {lr: 0.5}, adadelta: {lr: 4}, momentum: {lr: 0.003}, nesterov: {lr: 0.003}, sgd: {lr: 0.01}]
render: {size: 640x360, text: normal, frames: 20, fps: 10, hold: 1, panels: [loss, ranking]}
"""
FORGETFUL = """
function: himmelblau
start: [0, 0]
steps: 60
optimizers: [adam: {lr: 0.1}, sgd: {lr: 0.01}]
render: {size: 480x270, frames: 20, trail: 12, theme: dark, panels: [distance, gradient]}
"""
STACKED = """
function: post_1d
steps: 40
optimizers: [adamax: {lr: 0.02}, adam: {lr: 0.02}, sgd: {lr: 0.02}]
render: {size: 480x270, frames: 15, panels: [ranking]}
"""
OVER_TIME = """
function: himmelblau
start: [0, 0]
steps: 60
optimizers: [adam: {lr: 0.1}, sgd: {lr: 0.01}]
render: {size: 480x270, frames: 15, view: time, theme: paper, panels: [effective_lr, state]}
"""
SPACE = """
function: himmelblau
start: [0, 0]
steps: 40
optimizers: [adam: {lr: 0.1}, sgd: {lr: 0.01}]
render: {size: 480x270, frames: 10, view: surface, panels: [rates]}
"""
GLIDING = MAP.replace("steps: 60", "steps: 8").replace("frames: 25", "frames: 27, trail: 3, panels: [loss]")
TEXTS = RACES | {
    "gliding": GLIDING,
    "ten": TEN,
    "forgetful": FORGETFUL,
    "stacked": STACKED,
    "over time": OVER_TIME,
    "space": SPACE,
}


class Everything(Artist):
    """All strokes and sprites of a moment, as an artist over the figure."""

    def __init__(self, board: Board, moment: FrameState, dpi: float) -> None:
        super().__init__()
        self.set_zorder(1e6)
        self.board, self.moment, self.dpi = board, moment, dpi

    def draw(self, renderer: RendererBase) -> None:
        self.board.trace(Pen(renderer, self.dpi), self.moment.step, self.board.wanted(self.moment))


def redrawn(figure: Figure, board: Board, moment: FrameState) -> Pixels:
    """The moment as Matplotlib draws it in one pass, on pixels of its own."""
    everything = Everything(board, moment, figure.dpi)
    figure.add_artist(everything)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    everything.remove()
    return np.array(canvas.buffer_rgba())


@pytest.mark.parametrize("name", few(TEXTS, 9))
def test_a_frame_is_what_a_full_redraw_gives(name: str) -> None:
    scene = scene_of(TEXTS[name])
    board = board_of(scene)
    shown = frame_states(scene.steps, scene.scenario.render)
    for number, (moment, frame) in enumerate(zip(shown, board.film(shown), strict=True)):
        if number % EVERY and number < len(shown) - 2:
            continue
        error = np.abs(frame.pixels.astype(int) - redrawn(scene.page.figure, board, moment))
        assert error.mean() < MEAN, moment
        assert (error > LARGE).any(axis=2).mean() < SHARE, moment
