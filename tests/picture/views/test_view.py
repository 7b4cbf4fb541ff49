"""What every view promises: the same pixels however one gets to a step, heads inside, every theme."""

from pathlib import Path

import numpy as np
import pytest

from optviz.picture.frame_state import FrameState
from optviz.picture.views.curve import CurveView
from optviz.picture.views.grid import GridView
from optviz.picture.views.network import LossView, RegionsView
from optviz.picture.views.surface import StillView, TurningView
from optviz.picture.views.time import TimeView
from tests import few
from tests.picture.races import board_of, film_of, pictures, race, scene_of, view_of
from tests.picture.views.scenarios import GRID, REGIONS, SINE, STACKED, SURFACE, TIME, TIME_2D, TURNING

KINDS: dict[str, tuple[str, type]] = {
    "surface": (SURFACE, StillView),
    "turning": (TURNING, TurningView),
    "time": (TIME, TimeView),
    "time in two dimensions": (TIME_2D, TimeView),
    "stacked": (STACKED, CurveView),
    "regions": (REGIONS, RegionsView),
    "grid": (GRID, GridView),
    "loss of a network": (SINE, LossView),
}


@pytest.mark.parametrize("name", few(KINDS, 4))
@pytest.mark.thorough
def test_a_step_looks_the_same_drawn_at_once_or_frame_by_frame(name: str) -> None:
    text, kind = KINDS[name]
    scene = scene_of(text)
    assert isinstance(view_of(scene), kind)
    board = board_of(scene_of(text))
    moments = [FrameState(int(step), frame) for frame, step in enumerate(scene.steps)]
    frames = pictures(board.film(moments))
    for at in (0, 4, 8):
        np.testing.assert_array_equal(board.still(moments[at]), frames[at])
    assert (frames[0] != frames[-1]).any()


@pytest.mark.parametrize("name", few(["surface", "turning", "regions", "grid"], 4))
@pytest.mark.thorough
def test_a_theme_that_fills_nothing_draws_lines(name: str) -> None:
    scene = scene_of(KINDS[name][0].replace("render: {", "render: {theme: paper, "))
    last = FrameState(int(scene.steps[-1]), len(scene.steps) - 1)
    assert len(np.unique(board_of(scene).still(last).reshape(-1, 4), axis=0)) > 20


@pytest.mark.parametrize("name", few(sorted(set(KINDS) - {"regions", "grid"}), 2))
def test_heads_stand_inside_the_view(name: str) -> None:
    scene = scene_of(KINDS[name][0])
    view = view_of(scene)
    for frame, step in enumerate(scene.steps):
        for x, y in view.marks.centres(FrameState(int(step), frame)):
            assert view.frame.x0 - 1 <= x <= view.frame.x1 + 1
            assert view.frame.y0 - 1 <= y <= view.frame.y1 + 1


@pytest.mark.thorough
def test_prints_of_a_turning_view_hold_its_picture(tmp_path: Path) -> None:
    film_of(race(TURNING)).save_vector(tmp_path / "view.svg", "svg", None)
    assert "<image" in (tmp_path / "view.svg").read_text()
