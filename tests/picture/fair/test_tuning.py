"""The picture of a tuning: its heads stand on what was kept, its lines on what was tried, its words tell the terms."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.engine.tuning_study import TuningStudy
from optviz.picture.fair.chart import Axis, axis_of
from optviz.picture.fair.tuning import Lines, tuning_film
from optviz.pipeline.tune import study_tuning
from optviz.scenario import Scenario, loads

TEXT = """function: himmelblau
steps: 20
common: {lr: {tune: [1.0e-3, 100]}}
optimizers: [adam, sgd, momentum: {momentum: {tune: [0.3, 0.99]}}]
tuning: {trials: 9, starts: {random: 3}}
render: {size: 480x270}
"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return loads(TEXT)


@pytest.fixture(scope="module")
def study(scenario: Scenario) -> TuningStudy:
    return study_tuning(scenario)


def words_of(film: object) -> list[str]:
    figure = film.board._figure
    return [text.get_text() for text in (*figure.texts, *(text for axes in figure.axes for text in axes.texts))]


@pytest.mark.thorough
def test_heads_rest_on_what_was_kept(study: TuningStudy, scenario: Scenario) -> None:
    film = tuning_film(study, scenario)
    tried, _ = (layer for layer in film.board._layers if isinstance(layer, Lines))
    for racer, one in enumerate(study.tunings.values()):
        value = one.values["lr"]
        share = np.log(value / 1e-3) / np.log(1e5)
        box = film.board._figure.axes[0].bbox
        assert tried.rests[racer][0] == pytest.approx(box.x0 + share * box.width, abs=0.01)
        assert tried.rests[racer][1] <= min(tried.paths[racer][:, 1]) + 1e-6 or len(one.ranges) > 1


def test_a_frame_for_every_trial(study: TuningStudy, scenario: Scenario) -> None:
    film = tuning_film(study, scenario)
    assert film.frames == 9
    frames = [frame.pixels.copy() for frame in film.draw()]
    assert len({frame.tobytes() for frame in frames}) == 9
    assert np.array_equal(frames[-1], film.still(None))


@pytest.mark.thorough
def test_the_words_tell_what_was_kept_and_on_what_terms(study: TuningStudy, scenario: Scenario) -> None:
    words = " ".join(words_of(tuning_film(study, scenario)))
    assert "9 trials each" in words
    assert "the same 3 random starts (seed 0)" in words
    assert "kept: lowest median final f" in words
    for label in study.tunings:
        assert label in words


@pytest.mark.parametrize("settings", ["{size: 240x426, theme: paper}"])
@pytest.mark.thorough
def test_it_fits_other_pages(study: TuningStudy, settings: str) -> None:
    scenario = loads(TEXT.replace("{size: 480x270}", settings))
    width, height = scenario.render.size
    assert tuning_film(study, scenario).still(None).shape == (height, width, 4)


def test_what_never_comes_stands_at_the_top_and_rounding_at_the_floor() -> None:
    axis = axis_of(np.array([1e-30, 0, 1e-3, 10, np.inf, np.nan]))
    assert (axis.scale, axis.has_floor) == ("log", True)
    assert axis.places(np.array([np.inf, 0.0, 1e-30])).tolist() == [1, 0, 0]
    assert axis.ticks(6).labels[0].startswith("≤")
    assert axis_of(np.array([1.0, 3, 2])).scale == "linear"
    assert axis_of(np.array([np.inf])) == Axis(0, 1, "linear")


def test_odds_and_counts_have_their_labels() -> None:
    assert Axis(0.05, 0.9995, "logit").ticks(9).labels == ["0.1", "0.5", "0.9", "0.99", "0.999"]
    assert Axis(1, 64, "count").ticks(9).labels == ["1", "2", "5", "10", "20", "50"]
