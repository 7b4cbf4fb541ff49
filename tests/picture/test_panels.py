"""What the panels show: the right numbers, for the right racers, on a scale that tells no lie."""

from typing import cast, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import optviz
from optviz.engine.regret import average_loss
from optviz.picture import PANELS
from optviz.picture.film import panel_of, staged
from optviz.picture.layout.theme import THEMES
from optviz.picture.machine.board import Moment
from optviz.picture.machine.pen import pieces
from optviz.picture.machine.sprites import Sprite
from optviz.picture.panels import curves
from optviz.picture.panels.curves import Curve, Curves, scale_of
from optviz.picture.panels.ranking import Ranking
from optviz.picture.panels.rates import Rates
from optviz.picture.panels.rows import scientific, short
from optviz.picture.panels.ticks import Ticks, linear_ticks, log_ticks, step_ticks
from optviz.picture.scene import Scene
from optviz.picture.timeline import frame_steps
from optviz.scenario import loads, models

BEALE = """
function: beale
start: [0.7, 1.4]
steps: 60
optimizers: [adam: {lr: 0.1}, amsgrad: {lr: 0.1}, lion: {lr: 0.01}, sgd: {lr: 0.3}, momentum: {lr: 0.002}]
render: {size: 640x360, frames: 30, panels: [%s]}
"""
ONLINE = """
function: {formula: "where(t % 3 == 1, 3*x, -x)", domain: [[-1, 1]]}
start: 0
steps: 60
optimizers: [adam: {beta1: 0, beta2: 0.1, lr: 0.1/sqrt(t)}, amsgrad: {beta1: 0, beta2: 0.1, lr: 0.1/sqrt(t)}]
render: {size: 640x360, frames: 30, panels: [regret, ranking, rates]}
"""


def scene_of(text: str) -> Scene:
    run = optviz.run(loads(text))
    return staged(run.result, run.scenario, frame_steps(run.scenario.steps, run.scenario.render.frames))


def drawn(scene: Scene, name: str) -> list[Curves]:
    return [cast(Curves, layer) for layer in panel_of(name).draw(scene, scene.grid.panels[name])]


def table(text: str, name: str) -> tuple[Scene, "Ranking | Rates"]:
    scene = scene_of(text)
    return scene, cast("Ranking | Rates", panel_of(name).draw(scene, scene.grid.panels[name])[0])


def height_of(panel: Curves, racer: int, step: int) -> float:
    return float(panel.places[racer][step, 1])


def test_every_panel_of_the_contract_is_drawn() -> None:
    assert set(PANELS) == set(get_args(models.PanelName))


# --- curves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["loss", "distance", "gradient"])
def test_everybody_has_a_curve_in_their_colour_and_a_head_at_its_end(name: str) -> None:
    scene = scene_of(BEALE % name)
    (panel,) = drawn(scene, name)
    assert set(panel.places) == set(range(5))
    assert panel.strokes is not None
    assert {tuple(colour) for colour in panel.strokes.colours} <= {
        tuple(np.array([*bytes.fromhex(colour[1:]), 255]) / 255) for colour, _ in scene.paints
    }
    assert len(list(panel.pointers(Moment(60, 29)))) == 5


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
    assert names == [text for title in titles for text, _ in pieces(title)]
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
    for pointer in panel.pointers(Moment(60, 29)):
        assert 0 <= pointer.box.top < pointer.box.bottom <= 360


def test_a_curve_stops_where_there_is_no_number() -> None:
    path = np.column_stack([np.arange(6.0), [1, 2, np.nan, 4, 5, np.nan]])
    runs = list(curves._unbroken(path))
    assert [run[:, 1].tolist() for run in runs] == [[1, 2, 2, 2, 2, 2], [4, 4, 4, 4, 5, 5]]


# --- scales ---------------------------------------------------------------------------------------


RUN = optviz.run(loads(BEALE % "loss"))


def test_what_reaches_zero_lies_on_a_floor_that_says_so() -> None:
    scale = scale_of([Curve(0, np.array([10, 1e-3, 0, -1]))], RUN, log=True)
    assert (scale.low, scale.floor, scale.log) == (1e-4, 1e-4, True)
    assert curves._ticks(scale, 4).labels[0] == "≤ 10⁻⁴"


def test_what_is_rounding_alone_lies_on_a_floor_too() -> None:
    scale = scale_of([Curve(0, np.array([10, 1e-3, 1e-16]))], RUN, log=True)
    assert (scale.low, scale.floor) == (1e-11, 1e-11)


@pytest.mark.parametrize(
    ("values", "log"),
    [([1, 2, 3], False), ([1e-4, 1], True), ([-1, 1e4], False), ([0, 1e-9, 1], True), ([0, 0], False)],
)
def test_numbers_decide_their_scale(values: list[float], log: bool) -> None:
    assert scale_of([Curve(0, np.array(values, float))], RUN, log=None).log == log


numbers = st.floats(-1e300, 1e300) | st.sampled_from([0.0, 5e-324, 1e-310, np.inf, np.nan])


@given(values=st.lists(numbers, min_size=1, max_size=6), log=st.sampled_from([True, False, None]), most=st.floats(1, 9))
def test_any_numbers_get_a_scale_and_labels(values: list[float], log: bool | None, most: float) -> None:
    scale = scale_of([Curve(0, np.array(values))], RUN, log)
    assert np.isfinite([scale.low, scale.high]).all()
    assert scale.low < scale.high
    assert not scale.log or scale.low > 0
    ticks = curves._ticks(scale, most)
    assert len(ticks.labels) == len(ticks.places) <= 2 * most + 4
    slack = 1e-8 * (scale.high - scale.low)
    assert all(scale.low - slack <= place <= scale.high + slack for place in ticks.places)


# --- ticks ----------------------------------------------------------------------------------------

LINEAR = [
    ((0, 1, 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"], ""),
    ((-3, 3, 3), ["−2", "0", "2"], ""),
    ((-1.9, 1.9, 1.3), ["−1", "1"], ""),
    ((-30, 60, 2), ["0", "50"], ""),
    ((-6e-7, 2e-7, 4), ["−6", "−4", "−2", "0", "2"], "× 10⁻⁷"),
    ((0, 1.3e12, 3), ["0.0", "0.5", "1.0"], "× 10¹²"),
    ((1e6, 1e6 + 3, 3), ["0", "+1", "+2", "+3"], "× 10⁰ above 1e+06"),
]


@pytest.mark.parametrize(("axis", "labels", "unit"), LINEAR)
def test_linear_labels(axis: tuple[float, float, int], labels: list[str], unit: str) -> None:
    ticks = linear_ticks(*axis)
    assert (ticks.labels, ticks.unit) == (labels, unit)


LOG = [
    ((1e-3, 1e2, 6), ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹", "10²"]),
    ((1e-9, 1e3, 3), ["10⁻⁹", "10⁻⁶", "10⁻³", "10⁰", "10³"]),
    ((0.15, 1.6, 4), ["0.2", "0.5", "1"]),
    ((2e-8, 9e-8, 4), ["2·10⁻⁸", "5·10⁻⁸"]),
    ((1e-300, 1e300, 2), ["10⁻²⁰⁰", "10⁰", "10²⁰⁰"]),
]


@pytest.mark.parametrize(("axis", "labels"), LOG)
def test_logarithmic_labels(axis: tuple[float, float, float], labels: list[str]) -> None:
    assert log_ticks(*axis).labels == labels


def test_labels_of_steps() -> None:
    assert step_ticks(300, 6) == Ticks([0, 50, 100, 150, 200, 250, 300], "0 50 100 150 200 250 300".split())
    assert step_ticks(1, 6).labels == ["0", "1"]
    assert step_ticks(10_000, 5).labels == ["0", "2k", "4k", "6k", "8k", "10k"]
    assert step_ticks(1_000_000, 5).labels == ["0", "0.2M", "0.4M", "0.6M", "0.8M", "1M"]


# --- tables ---------------------------------------------------------------------------------------


def test_events_of_the_ranking() -> None:
    scene, ranking = table(BEALE.replace("steps: 60", "steps: 400") % "ranking", "ranking")
    assert isinstance(ranking, Ranking)
    last = [ranking._value(racer, 400, 400) for racer in range(5)]
    first = scene.result.racers[0].finished_at
    assert last[0] == (True, f"✓ step {first}")
    assert last[3] == (True, f"diverged at {scene.result.racers[3].trajectory.diverged_at}")
    assert ranking._value(0, 0, 0) == (False, "1.4e+01") or not ranking._value(0, 0, 0)[0]


def test_rows_stand_in_their_places_at_both_ends_and_move_between() -> None:
    scene, ranking = table(BEALE % "ranking", "ranking")
    assert isinstance(ranking, Ranking)
    np.testing.assert_array_equal(np.argsort(ranking.rows[-1]), scene.result.order)
    np.testing.assert_array_equal(ranking.rows[0], np.arange(5))
    assert ranking.rows.min() >= 0
    assert ranking.rows.max() <= 4


def test_numbers_end_on_one_line_and_do_not_dance() -> None:
    scene, ranking = table(BEALE % "ranking", "ranking")
    assert isinstance(ranking, Ranking)
    _, right = scene.page.pixel(ranking.table.right, 0)
    for frame in (0, 10, 29):
        ends = [pointer.box.right for pointer in ranking.pointers(Moment(int(scene.steps[frame]), frame))]
        assert ends.count(right) == 5
    widths = {ranking.values.number(scientific(number)).width for number in (1.1e-3, 9.9e05, 4.44e-99)}
    assert len(widths) == 1


def test_an_online_race_shows_what_it_ranks_by() -> None:
    scene, ranking = table(ONLINE, "ranking")
    assert isinstance(ranking, Ranking)
    assert scene.result.regrets is not None
    assert ranking.measure == "average regret"
    assert ranking._value(1, 60, 60) == (False, scientific(scene.result.regrets[1][-1]))
    assert ranking._value(1, 0, 0) == (False, "–")


def test_rates_count_steps_gradients_and_schedules() -> None:
    _, rates = table(ONLINE, "rates")
    assert isinstance(rates, Rates)
    assert rates._texts(0, 0) == ("0", "0", "1.00e−01")
    assert rates._texts(0, 25) == ("25", "25", "2.00e−02")
    twice = "function: beale\nsteps: 9\noptimizers: [sam: {base: {sgd: {lr: 0.01}}}, sgd: {lr: 100}]\n"
    _, rates = table(twice + "render: {panels: rates, size: 640x360}\n", "rates")
    assert isinstance(rates, Rates)
    assert rates._texts(0, 4)[:2] == ("4", "8")
    lost = rates.scene.result.racers[1].trajectory.diverged_at
    assert rates._texts(1, 9) == (str(lost), str(lost), "100")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (1e-5, "1e−5"), (2.5e-300, "2.5e−300"), (1e12, "1e12"), ("0.1/sqrt(t)", "0.1/√t"), (-3, "−3")],
)
def test_short_numbers(value: object, text: str) -> None:
    assert short(value) == text


# --- themes ---------------------------------------------------------------------------------------


def test_paper_fills_nothing() -> None:
    paper = THEMES["paper"]
    assert set(paper.land) == {paper.page} == {"#ffffff"}
    assert paper.line < THEMES["light"].line


def test_racers_that_share_a_colour_are_dashed_otherwise() -> None:
    scene = scene_of(BEALE % "loss")
    dashes = [scene._own_dash(racer) for racer in (0, 9, 10, 19, 20, 23)]
    assert dashes[0] is dashes[1] is None
    assert dashes[2] == dashes[3] != dashes[4] == dashes[5]


def test_badges_are_drawn() -> None:
    scene = scene_of(BEALE % "ranking")
    badges: list[Sprite] = [scene.badge(racer) for racer in range(5)]
    assert all(badge.colour[..., 3].max() == 255 for badge in badges)
