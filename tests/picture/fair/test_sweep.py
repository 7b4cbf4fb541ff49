"""The pictures of sweeps: bars end where a rule stops working, maps have each cell in its place."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.frames import Box
from optviz.picture.fair.chart import Axis
from optviz.picture.fair.sheet import LEAST_AXES_PX
from optviz.picture.fair.sweep import Shade, SweepMap, curve_film, dive_film, image_of, map_film, outcome_colours
from optviz.pipeline.sweep import axes_of, study_dive, study_sweep
from optviz.scenario import loads

TEXT = """function: himmelblau
steps: 20
optimizers: [sgd: {lr: 0.01}, momentum: {lr: 0.01}]
render: {size: 480x270, frames: 4}
"""
OVER = ["lr=1e-3:1:log:9", "momentum=0.1:0.9:linear:8"]


@pytest.mark.thorough
def test_curves_and_bars_in_one_picture_and_step_by_step() -> None:
    scenario = loads(TEXT)
    study = study_sweep(scenario, axes_of(OVER[:1], scenario), film=True)
    film = curve_film(study, scenario)
    frames = [frame.pixels.copy() for frame in film.draw()]
    assert len(frames) == len(study.shown) == 5
    assert not np.array_equal(frames[0], frames[-1])
    assert np.array_equal(frames[-1], film.still(None))
    words = " ".join(text.get_text() for text in film.board._figure.texts)
    assert "where it works" in words
    assert "works: arrives" in words
    assert "decades" in words


@pytest.mark.thorough
def test_maps_and_dives_on_another_page() -> None:
    scenario = loads(TEXT.replace("{size: 480x270, frames: 4}", "{size: 240x426, frames: 3, theme: dark}"))
    axes = axes_of(OVER, scenario)
    study = study_sweep(scenario, axes)
    assert map_film(study, scenario).still(None).shape == (426, 240, 4)
    last, found = study_dive(scenario, axes, (0.1, 0.5), 2)
    film = dive_film(last, found, scenario)
    assert film.frames == 3
    assert not np.array_equal(film.still(0), film.still(2))


@pytest.mark.thorough
@pytest.mark.parametrize("render", ["{size: 480p}", "{size: 160x160}", "{size: 480p, text: 3}"])
def test_words_shrink_until_axes_have_room(render: str) -> None:
    racers = ", ".join(f"momentum: {{lr: 0.0{i}}}" for i in range(1, 10))
    scenario = loads(f"{{function: himmelblau, steps: 9, optimizers: [{racers}], render: {render}}}")
    for count, draw in enumerate((curve_film, map_film), 1):
        board = draw(study_sweep(scenario, axes_of(OVER[:count], scenario)), scenario).board
        box = board._layers[0].box
        assert min(box.bottom - box.top, box.right - box.left) > LEAST_AXES_PX * board._figure.dpi / 100 - 2


@pytest.mark.thorough
def test_a_dive_over_linear_axes_tells_its_magnification() -> None:
    scenario = loads(TEXT.replace("frames: 4", "frames: 3"))
    axes = axes_of(["lr=0:0.2:linear:9", "momentum=0:0.9:linear:9"], scenario)
    last, found = study_dive(scenario, axes, (0.1, 0.5), 2)
    assert found.axes[0] == tuple(axes)
    assert dive_film(last, found, scenario).frames == 3
    assert dive_film(last, found, scenario).still(2).shape == (270, 480, 4)


def test_the_head_stands_on_the_value_that_the_table_calls_the_best() -> None:
    scenario = loads(TEXT.replace("steps: 20", "steps: 60"))
    study = study_sweep(scenario, axes_of(["lr=1e-3:1:log:40"], scenario))
    film = curve_film(study, scenario)
    curves, state = film.board._layers[0], film.shown[-1]
    _, *heads = curves.sprites(state)
    for one, head in zip(study.sweeps, heads, strict=True):
        x = curves.chart.pixels(curves.values, one.final)[one.best[0], 0]
        assert (head.box.left + head.box.right) / 2 == pytest.approx(x, abs=1.5)


def test_cells_stand_in_their_places() -> None:
    colours = np.zeros((3, 2, 3), np.uint8)
    colours[2, 1] = 200  # the last value of both axes: right and up
    pixels = image_of(colours, Box(0, 0, 20, 30)).pixels
    assert (pixels[:10, 20:, 0] == 200).all()
    assert pixels[..., 0].sum() == 200 * 100


def test_low_is_bright_and_sooner_divergence_is_darker() -> None:
    shade = Shade(Axis(1e-6, 1, "log"), 100)
    low, high, late, soon = shade.colours(np.array([1e-6, 1, np.inf, np.inf]), np.array([100, 100, 90, 2])).astype(int)
    assert low.sum() > high.sum()
    assert late.sum() > soon.sum()
    assert np.ptp(late) == np.ptp(soon) == 0
    spread = shade.colours(np.full(2, np.inf), np.array([90.0, 89]), spread=True).astype(int)
    assert abs(spread[0] - spread[1]).max() > 100


@pytest.mark.thorough
def test_steps_and_outcomes_are_shown_instead_of_f() -> None:
    scenario = loads(TEXT)
    axes = axes_of(OVER, scenario)
    for measure, words in (("steps", "steps to arrive"), ("outcome", "share of the starts that arrives")):
        film = curve_film(study_sweep(scenario, axes[:1], measure=measure), scenario)
        assert words in " ".join(text.get_text() for text in film.board._figure.texts)
    study = study_sweep(scenario, axes, measure="outcome")
    film = map_film(study, scenario)
    (first, *_) = [layer for layer in film.board._layers if isinstance(layer, SweepMap)]
    assert np.array_equal(first.colours(20), outcome_colours()[study.sweeps[0].outcome])
    words = " ".join(text.get_text() for text in film.board._figure.texts)
    assert all(outcome in words for outcome in ("arrived", "stopped", "moving", "diverged"))
    steps = map_film(study_sweep(scenario, axes, measure="steps"), scenario)
    assert not np.array_equal(steps.still(None), film.still(None))
