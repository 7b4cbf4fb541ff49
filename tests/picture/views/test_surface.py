"""The view in space: what is hidden, who left, a camera that turns."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from optviz.parallel import limit_cores
from optviz.picture.film import draw_layers
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.board import Board
from optviz.picture.views.surface import StillView, TurningView
from tests.picture.races import board_of, scene_of, view_of
from tests.picture.views.scenarios import SMALL, SURFACE, TURNING


def test_hidden_parts_of_a_trail_are_dimmed_and_have_no_halo() -> None:
    scene = scene_of(
        SURFACE.replace("beale", "ackley").replace("view: surface", "view: surface, camera: {elevation: 8}")
    )
    view = view_of(scene)
    assert isinstance(view, StillView)
    assert view.strokes is not None
    hidden = [to_rgba(colour) for colour in view.surface.block.hidden_colour]
    dimmed = np.array([tuple(colour) in hidden for colour in view.strokes.colours])
    lines = view.strokes.caps == "round"
    assert dimmed.any()
    assert not dimmed.all()
    assert lines[dimmed].all()
    assert (~lines).any()
    assert (~lines).sum() <= (lines & ~dimmed).sum()  # fewer where trails run side by side


@pytest.mark.parametrize("camera", ["", ", camera: {turn: 90}"])
def test_whoever_leaves_the_land_has_an_arrow_and_no_name(camera: str) -> None:
    text = "function: {formula: x**2 - y**2, window: [[-2, 2], [-2, 2]]}\nstart: [1, 0.5]\nsteps: 20\n"
    scene = scene_of(f"{text}optimizers: [adam: {{lr: 0.01}}, sgd: {{lr: 0.2}}]\n{SMALL}, view: surface{camera}}}")
    view = view_of(scene)
    ends = view.marks.centres(FrameState(20, 8))
    assert np.isfinite(ends[0]).all()
    assert np.isnan(ends[1]).all()
    board_of(scene).still(FrameState(20, 8))


def test_a_turning_camera_turns_by_what_was_asked() -> None:
    view = view_of(scene_of(TURNING))
    assert isinstance(view, TurningView)
    first, last = view.surface.camera_at(0), view.surface.camera_at(8)
    assert (last.azimuth - first.azimuth) % 360 == pytest.approx(200)
    assert first.elevation == last.elevation


def test_the_number_of_cores_leaves_no_trace() -> None:
    pictures = []
    for count in (1, 3):
        scene = scene_of(TURNING)
        drawn = draw_layers(scene)
        view = drawn[1]
        assert isinstance(view, TurningView)
        limit_cores(count)
        board = Board(scene.page.figure, drawn)
        moments = [FrameState(int(step), frame) for frame, step in enumerate(scene.steps)]
        pictures.append([frame.pixels.copy() for frame in board.film(moments)])
    limit_cores(None)
    np.testing.assert_array_equal(*pictures)
