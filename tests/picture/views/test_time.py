"""The view over time: axes, levels, few strokes for long runs."""

import numpy as np
import pytest

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


def test_a_long_noisy_run_becomes_few_strokes() -> None:
    scene = scene_of(TIME.replace("steps: 60", "steps: 40000\nnoise: {std: 2}").replace(TWO, "optimizers: [adam]\n"))
    view = view_of(scene)
    assert view.strokes is not None
    assert len(view.strokes.steps) < 4 * view.frame.width / 0.35 + 4
    for end in (np.min, np.max):
        assert end(view.strokes.segments[..., 1]) == pytest.approx(end(view.marks.paths[0][:, 1]), abs=0.4)
