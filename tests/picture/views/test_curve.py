"""The view in one dimension: stacks of heads, words that keep apart."""

import numpy as np
import pytest
from matplotlib.text import Text

from optviz.picture.frame_state import FrameState
from optviz.picture.views.curve import CurveView
from optviz.problems import FUNCTIONS
from tests.picture.races import board_of, scene_of, view_of
from tests.picture.views.scenarios import STACKED, TEN, TWO


def test_racers_on_one_spot_are_stacked() -> None:
    view = view_of(scene_of(STACKED.replace("426x240", "720p")))
    centres = view.marks.centres(FrameState(0, 0))
    assert np.ptp(centres[:, 0]) == 0
    heights = np.sort(centres[:, 1])
    assert len(heights) == 10
    assert np.diff(heights).min() > 14
    assert heights[0] == pytest.approx(view.marks.paths[0][0, 1])


def test_a_stack_without_room_above_goes_on_below() -> None:
    view = view_of(scene_of(STACKED))
    heights = np.sort(view.marks.centres(FrameState(0, 0))[:, 1])
    assert np.diff(heights).min() > 5
    assert heights[0] < view.marks.paths[0][0, 1] < heights[-1]


def test_whoever_is_alone_stands_on_the_curve() -> None:
    view = view_of(scene_of(STACKED.replace(", ".join(TEN), "adam")))
    for step in (0, 20, 40):
        np.testing.assert_array_equal(view.marks.centres(FrameState(step))[0], view.marks.paths[0][step])
    assert view.strokes is not None


def test_heads_rise_and_sink_smoothly() -> None:
    scene = scene_of(STACKED.replace("frames: 9", "frames: 41").replace("426x240", "720p"))
    view = view_of(scene)
    assert isinstance(view, CurveView)
    np.testing.assert_allclose(view.marks.lifts[-1], view.marks.lifts_at(40))
    assert np.abs(np.diff(view.marks.lifts, axis=0)).max() < np.ptp(view.marks.lifts) / 3


@pytest.mark.parametrize("name", [name for name, entry in FUNCTIONS.items() if len(entry.window) == 1])
def test_words_on_a_curve_keep_apart_and_inside(name: str) -> None:
    scene = scene_of(f"function: {name}\nsteps: 5\n{TWO}render: {{frames: 3, panels: []}}")
    view = view_of(scene)
    renderer = board_of(scene)._pen.renderer
    words = [text for text in scene.page.figure.findobj(Text) if text.get_text().startswith(("minimum", "x = "))]
    boxes = [word.get_window_extent(renderer) for word in words]
    assert len(boxes) >= min(1, len(scene.result.problem.minima))
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n])
    for box in boxes:
        assert view.frame.x0 - 1 <= box.x0
        assert box.x1 <= view.frame.x1 + 1
        assert view.frame.y0 <= box.y0
