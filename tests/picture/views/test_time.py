"""The view over time: axes, levels, few strokes for long runs."""

from itertools import combinations

import numpy as np
import pytest

import optviz
from optviz.picture.film import set_scene
from optviz.picture.frame_state import FrameState
from optviz.picture.overlays.names import Names
from optviz.picture.views.losses import EffectiveRateView
from optviz.picture.views.time import TimeView
from tests.picture.races import scene_of, view_of
from tests.picture.views.scenarios import TIME, TWO


def test_time_runs_to_the_right_and_x_upwards() -> None:
    scene = scene_of(TIME)
    view = view_of(scene)
    path, x = view.marks.paths[0], scene.result.racers[0].trajectory.x[:, 0]
    assert np.allclose(np.diff(path[:, 0]), np.diff(path[:, 0])[0])
    assert path[0, 0] == pytest.approx(view.frame.x0)
    assert path[-1, 0] == pytest.approx(view.frame.x1)
    assert np.corrcoef(path[:, 1], x)[0, 1] == pytest.approx(1)


def test_the_domain_and_the_best_fixed_point_are_drawn() -> None:
    view = view_of(scene_of(TIME))
    assert isinstance(view, TimeView)
    (axes,) = view.axes
    levels = [line.get_ydata()[0] for line in axes.lines]
    assert levels == [-1, 1, pytest.approx(-1)]
    said = [text.get_text() for text in axes.texts]
    assert said == ["edge of the domain", "edge of the domain", "best fixed point  x = −1"]


@pytest.mark.parametrize(("edge", "count"), [("edge", 3), ("EDGE OF ALL THAT CAN BE WON OR LOST", 2)])
def test_words_on_one_line_keep_apart(edge: str, count: int) -> None:
    race = optviz.run(
        optviz.load(
            "amsgrad/counterexample",
            {"render.size": "480p", "render.frames": 3, "steps": 60, "words": {"edge of the domain": edge}},
        )
    )
    scene = set_scene(race.result, race.scenario, np.arange(3))
    view = TimeView(scene, scene.grid.view)
    boxes = [text.get_window_extent(scene.page.ruler) for text in view.axes[0].texts]
    assert len(boxes) == count
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_effective_rates_are_a_view_of_their_own() -> None:
    scene = scene_of(
        TIME.replace("sgd: {lr: 0.01}", "lion: {lr: 0.01}, amsgrad: {lr: 0.1}").replace(
            "hold: 0", "hold: 0, view: effective_lr, fps: 3"
        )
    )
    view = view_of(scene)
    assert isinstance(view, EffectiveRateView)
    racers = scene.result.racers
    places = view.axes.axes.transData.inverted().transform(view.marks.paths[0][1:])
    np.testing.assert_allclose(places, np.column_stack([np.arange(1, 61), racers[0].effective_lr[:, 0]]), atol=1e-6)
    assert set(view.axes.places) == {0, 2}
    assert view.marks.inside(FrameState(30)).tolist() == [True, False, True]  # Lion has no such factor
    names = Names(scene, view)
    assert np.isfinite(names.plan.offsets[..., 0]).any(axis=0).tolist()[1:] == [False, True]


@pytest.mark.thorough
def test_a_long_noisy_run_becomes_few_strokes() -> None:
    scene = scene_of(TIME.replace("steps: 60", "steps: 40000\nnoise: {std: 2}").replace(TWO, "optimizers: [adam]\n"))
    view = view_of(scene)
    assert view.strokes is not None
    assert len(view.strokes.steps) < 4 * view.frame.width / 0.35 + 4
    for end in (np.min, np.max):
        assert end(view.strokes.segments[..., 1]) == pytest.approx(end(view.marks.paths[0][:, 1]), abs=0.4)
