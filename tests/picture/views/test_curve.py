"""The view in one dimension: stacks of heads, words that keep apart."""

import numpy as np
import pytest
from matplotlib.text import Text

from optviz.picture.frame_state import FrameState
from optviz.picture.views.curve import CurveView, _sinking
from optviz.problems import FUNCTIONS
from tests import few
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


@pytest.mark.thorough
def test_at_the_end_the_winner_of_a_stack_stands_lowest() -> None:
    scene = scene_of(STACKED.replace("426x240", "720p").replace("steps: 40", "steps: 400"))
    marks = view_of(scene).marks
    lifts = marks.lifts_at(FrameState(400))
    stacked = [racer for racer in scene.result.order if scene.result.racers[racer].outcome == "arrived"]
    assert len(stacked) > 3
    assert lifts[stacked[0]] == 0
    heights = marks.centres(FrameState(400))[stacked, 1]
    assert (np.diff(heights[:4]) > 0).all()


def test_a_stack_whose_lower_heads_leave_sinks_rather_than_falls() -> None:
    lifts = np.zeros((12, 2))
    lifts[0] = 50.0, -30.0
    np.testing.assert_allclose(_sinking(lifts, 10.0, [0, 11])[:6, 0], [50, 40, 30, 20, 10, 0])
    np.testing.assert_allclose(_sinking(lifts, 10.0, [0, 11])[:4, 1], [-30, -20, -10, 0])
    np.testing.assert_allclose(_sinking(lifts, 10.0, [0, 2, 11])[:4, 0], [50, 40, 0, 0])


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


@pytest.mark.thorough
def test_heads_rise_and_sink_smoothly() -> None:
    slow = STACKED.replace("function: post_1d", "function: {name: post_1d, window: [[-2, 2]]}").replace(
        "frames: 9", "frames: 41"
    )
    scene = scene_of(slow.replace("426x240", "720p"))
    view = view_of(scene)
    assert isinstance(view, CurveView)
    np.testing.assert_allclose(view.marks.lifts[-1], view.marks.lifts_at(FrameState(40)))
    assert np.abs(np.diff(view.marks.lifts, axis=0)).max() < np.ptp(view.marks.lifts) / 3


@pytest.mark.parametrize("name", few([name for name, entry in FUNCTIONS.items() if len(entry.window) == 1], 5))
@pytest.mark.thorough
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


@pytest.mark.parametrize("size", few(["854x480", "1280x720", "426x240"], 3))
@pytest.mark.parametrize("function", few(["post_1d", "double_well", "{formula: x**2}"], 3))
@pytest.mark.thorough
def test_no_dashed_line_strikes_the_words_of_a_minimum_or_of_the_start(function: str, size: str) -> None:
    text = f"function: {function}\nstart: -0.9\nsteps: 5\n{TWO}render: {{size: {size}, frames: 3, panels: [loss]}}"
    scene = scene_of(text)
    view = view_of(scene)
    assert isinstance(view, CurveView)
    renderer = board_of(scene)._pen.renderer
    words = scene.page.figure.findobj(
        lambda one: isinstance(one, Text) and one.get_text()[:5] in ("minim", "x = −", "start")
    )
    boxes = [word.get_window_extent(renderer).padded(-1) for word in words]
    assert len(boxes) >= 2
    for line in (one for one in view.axes.lines if one.is_dashed()):
        path = line.get_transform().transform_path(line.get_path())
        assert not any(path.intersects_bbox(box, filled=False) for box in boxes)


BOTH = "optimizers: [adam, sgd]\n"
ALONE = "function: {name: post_1d, window: [[-5, 5]]}\nstart: -1.7\nsteps: 5\noptimizers: [adamax]\n"


def dashed_heights(view: CurveView) -> list[float]:
    """The heights of the view's dashed horizontal lines that cross it from side to side."""
    across = [line for line in view.axes.lines if list(line.get_xdata()) == [0, 1]]
    assert all(line.is_dashed() for line in across)
    return [float(line.get_ydata()[0]) for line in across]


def curve_view(text: str) -> CurveView:
    view = view_of(scene_of(text))
    assert isinstance(view, CurveView)
    return view


@pytest.mark.parametrize("values", [(-5.0, 5.0), (-0.5, 0.25), (-0.385, 40.0)])
def test_values_are_the_ends_of_the_vertical_axis(values: tuple[float, float]) -> None:
    view = curve_view(f"{ALONE}render: {{frames: 3, panels: [], values: {list(values)}}}")
    assert view.axes.get_ylim() == values
    assert view.axes.get_xlim() == (-5, 5)


@pytest.mark.parametrize("name", ["post_1d", "double_well", "{formula: x**2 + 3}", "{formula: 2 - x}"])
def test_a_dashed_line_lies_at_the_lowest_value(name: str) -> None:
    view = curve_view(f"function: {name}\nstart: 0.5\nsteps: 5\noptimizers: [adamax]\nrender: {{frames: 3}}")
    f_min = view.scene.result.problem.f_min
    assert dashed_heights(view) == ([] if f_min is None else [f_min])


@pytest.mark.thorough
def test_words_of_a_minimum_stay_inside_the_values_and_leave_with_it() -> None:
    def words(values: str) -> list[float]:
        scene = scene_of(f"{ALONE}render: {{frames: 3, panels: [], values: {values}}}")
        view = view_of(scene)
        found = [text for text in scene.page.figure.findobj(Text) if text.get_text().startswith("minimum")]
        return [float(text.get_window_extent(scene.page.ruler).y0 - view.frame.y0) for text in found]

    assert len(words("[0, 5]")) == 0
    for values in ("[-5, 5]", "[-0.385, 5]"):
        (above_the_foot,) = words(values)
        assert above_the_foot >= 0


def test_the_words_of_all_minima_are_off_the_line_at_the_lowest_value() -> None:
    scene = scene_of(
        f"function: {{name: double_well, window: [[-2, 2]]}}\nstart: 1.9\nsteps: 5\n{BOTH}", size="854x480"
    )
    view = view_of(scene)
    line = view.outlines[1][0, 1]
    said = [text for text in scene.page.figure.texts if text.get_text().startswith("x = ")]
    assert len(said) == 2
    for text in said:
        box = text.get_window_extent(scene.page.ruler)
        assert box.y1 < line or box.y0 > line


def test_the_words_of_a_minimum_move_down_where_others_stand() -> None:
    scene = scene_of(
        "function: post_1d\nstart: -1\nsteps: 5\noptimizers: [adam]\nrender: {size: 854x480, frames: 3, panels: []}",
        values=[-5, 5],
    )
    view_of(scene)
    assert any(text.get_text().startswith("minimum") for text in scene.page.figure.texts)
