"""What the curves show: the right numbers, for the right racers, on a scale that tells no lie."""

from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.engine.regret import average_loss
from optviz.picture.frame_state import FrameState
from optviz.picture.panels import PANELS, curves
from optviz.picture.panels.curves import Curve, CurveAxes, scale_of
from optviz.picture.scene import Scene
from tests.picture.panels.scenarios import BEALE, ONLINE
from tests.picture.races import race, scene_of


def drawn(scene: Scene, name: str) -> list[CurveAxes]:
    return [cast(CurveAxes, layer) for layer in PANELS[name].draw(scene, scene.grid.panels[name])]


def height_of(panel: CurveAxes, racer: int, step: int) -> float:
    return float(panel.places[racer][step, 1])


@pytest.mark.parametrize("name", ["loss", "distance", "gradient"])
def test_everybody_has_a_curve_in_their_colour_and_a_head_at_its_end(name: str) -> None:
    scene = scene_of(BEALE % name)
    (panel,) = drawn(scene, name)
    assert set(panel.places) == set(range(5))
    assert panel.strokes is not None
    assert {tuple(colour) for colour in panel.strokes.colours} <= {
        tuple(np.array([*bytes.fromhex(colour[1:]), 255]) / 255) for colour, _ in scene.paints
    }
    assert len(list(panel.sprites(FrameState(60, 29)))) == 5


@pytest.mark.parametrize("name", ["loss", "distance", "gradient", "effective_lr", "state"])
def test_two_logarithms_are_as_far_apart_as_their_places(name: str) -> None:
    """Heights on the picture are linear in the number or in its logarithm."""
    scene = scene_of(BEALE % name)
    racer = scene.result.racers[0].trajectory
    truth = {
        "loss": np.log(racer.f[1:]),
        "distance": np.log(np.hypot(*(racer.x[1:] - [3, 0.5]).T)),
        "gradient": np.log(np.hypot(*racer.gradient.T)),
        "effective_lr": np.log(np.asarray(racer.effective_lr)[:, 0]),
        "state": racer.state["m"][:, 0],
    }[name]
    heights = drawn(scene, name)[0].places[0][1:, 1]
    slope, offset = np.polyfit(truth, heights, 1)
    np.testing.assert_allclose(slope * truth + offset, heights, atol=1e-6)
    assert slope > 0


def test_rates_of_x_and_y_share_their_scale_and_leave_out_who_has_none() -> None:
    scene = scene_of(BEALE % "effective_lr")
    x, y = drawn(scene, "effective_lr")
    assert set(x.places) == set(y.places) == {0, 1, 3, 4}
    assert height_of(x, 3, 1) == height_of(y, 3, 1)  # sgd has one rate for both
    said = [text.get_text() for text in scene.page.figure.texts]
    assert {"no effective lr: Lion", "effective lr of ", "x", "y"} <= set(said)


def test_amsgrads_rate_never_rises_and_adams_does() -> None:
    reddi = ONLINE.replace("regret, ranking, rates", "effective_lr")
    (panel,) = drawn(scene_of(reddi), "effective_lr")
    rises = [np.diff(panel.places[racer][1:, 1]).max() for racer in (0, 1)]
    assert rises[0] > 1
    assert rises[1] <= 1e-9


def test_states_are_shown_by_name_for_those_who_keep_them() -> None:
    scene = scene_of(BEALE % "state")
    panels = drawn(scene, "state")
    names = [text.get_text() for text in scene.page.figure.texts]
    titles = [f"${name}$ of ${axis}$" for name in ("m", "v", r"v^{\max}", "b") for axis in "xy"]
    assert names == [run.text for title in titles for run in scene.page.typesetter.line(title, 10.0).runs]
    assert [set(panel.places) for panel in panels[::2]] == [{0, 1, 2}, {0, 1}, {1}, {4}]


def test_regret_is_the_races_own() -> None:
    scene = scene_of(ONLINE)
    (panel,) = drawn(scene, "regret")
    assert scene.result.regrets is not None
    heights, truth = panel.places[0][1:, 1], scene.result.regrets[0]
    slope, offset = np.polyfit(truth, heights, 1)
    np.testing.assert_allclose(slope * truth + offset, heights, atol=1e-6)


def test_the_loss_of_an_online_problem_is_its_average_so_far() -> None:
    scene = scene_of(ONLINE.replace("regret,", "loss,"))
    (panel,) = drawn(scene, "loss")
    heights, truth = panel.places[1][1:, 1], average_loss(scene.result.racers[1].trajectory.x, scene.result.problem)
    slope, offset = np.polyfit(truth, heights, 1)
    np.testing.assert_allclose(slope * truth + offset, heights, atol=1e-6)


def test_who_diverges_leaves_the_scale_to_the_others_and_an_arrow_at_the_edge() -> None:
    scene = scene_of(BEALE % "loss")
    (panel,) = drawn(scene, "loss")
    assert scene.result.racers[3].outcome == "diverged"
    assert panel.places[3][-1, 1] > panel.clip.y1 >= max(height_of(panel, racer, 0) for racer in range(5))
    for sprite in panel.sprites(FrameState(60, 29)):
        assert 0 <= sprite.box.top < sprite.box.bottom <= 360


def test_a_curve_stops_where_there_is_no_number() -> None:
    path = np.column_stack([np.arange(6.0), [1, 2, np.nan, 4, 5, np.nan]])
    runs = list(curves._unbroken(path))
    assert [run[:, 1].tolist() for run in runs] == [[1, 2, 2, 2, 2, 2], [4, 4, 4, 4, 5, 5]]


BOMB = """
function: {formula: x**2 + y**2, window: [[-2, 2], [-2, 2]]}
start: [1.5, 1]
steps: 60
optimizers: [sgd: {lr: "where(t < 40, 0.1, 1e200)"}%s]
render: {size: 426x240, frames: 5, panels: [loss]}
"""


@pytest.mark.parametrize("others", ["", ", momentum: {lr: 0.01}", ", adam: {lr: 1.0e-9}"])
def test_what_a_racer_had_before_it_diverged_belongs_to_the_range(others: str) -> None:
    scene = scene_of(BOMB % others)
    (panel,) = drawn(scene, "loss")
    lost = scene.result.racers[0]
    assert lost.diverged_at == 40
    heights = panel.places[0][:40, 1]
    assert heights.max() <= panel.clip.y1
    assert heights.min() >= panel.clip.y0
    assert (np.diff(heights) < -1).all()  # it falls at every step, by more than a pixel


# --- scales ---------------------------------------------------------------------------------------


RESULT = race(BEALE % "loss").result


def test_what_reaches_zero_lies_on_a_floor_that_says_so() -> None:
    scale = scale_of([Curve(0, np.array([10, 1e-3, 0, -1]))], RESULT, log=True)
    assert (scale.low, scale.floor, scale.log) == (1e-4, 1e-4, True)
    assert curves._ticks(scale, 4).labels[0] == "≤ 10⁻⁴"


def test_what_is_rounding_alone_lies_on_a_floor_too() -> None:
    scale = scale_of([Curve(0, np.array([10, 1e-3, 1e-16]))], RESULT, log=True)
    assert (scale.low, scale.floor) == (1e-11, 1e-11)


def test_who_swung_far_and_came_back_before_it_diverged_is_on_the_scale() -> None:
    swinging = [1, 50, 2, 0.1, 0.5, 1e40, 1e200]
    scale = scale_of([Curve(3, np.array(swinging)), Curve(0, np.array([1, 0.5]))], RESULT, log=True)
    assert RESULT.racers[3].outcome == "diverged"
    assert scale.low < 0.1
    assert 50 < scale.high < 1e3


@pytest.mark.parametrize(
    ("values", "log"),
    [([1, 2, 3], False), ([1e-4, 1], True), ([-1, 1e4], False), ([0, 1e-9, 1], True), ([0, 0], False)],
)
def test_numbers_decide_their_scale(values: list[float], log: bool) -> None:
    assert scale_of([Curve(0, np.array(values, float))], RESULT, log=None).log == log


numbers = st.floats(-1e300, 1e300) | st.sampled_from([0.0, 5e-324, 1e-310, np.inf, np.nan])


@given(values=st.lists(numbers, min_size=1, max_size=6), log=st.sampled_from([True, False, None]), most=st.floats(1, 9))
def test_any_numbers_get_a_scale_and_labels(values: list[float], log: bool | None, most: float) -> None:
    scale = scale_of([Curve(0, np.array(values))], RESULT, log)
    assert np.isfinite([scale.low, scale.high]).all()
    assert scale.low < scale.high
    assert not scale.log or scale.low > 0
    ticks = curves._ticks(scale, most)
    assert len(ticks.labels) == len(ticks.places) <= 2 * most + 4
    slack = 1e-8 * (scale.high - scale.low)
    assert all(scale.low - slack <= place <= scale.high + slack for place in ticks.places)


def test_a_panel_stays_empty_where_all_diverge_before_they_have_a_number() -> None:
    text = (
        "{function: {formula: x**4}, start: 1, steps: 9, optimizers: [adam: {lr: 1.0e305}], render: {panels: [state]}}"
    )
    scene = scene_of(text)
    assert scene.result.racers[0].diverged_at == 1
    (slot,) = scene.grid.panels.values()
    assert PANELS["state"].draw(scene, slot)
