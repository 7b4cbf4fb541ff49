"""What a race tells by itself: captions at its events, slow motion around them, and words in its description."""

from __future__ import annotations

import numpy as np
import pytest

import optviz
from optviz.engine.events import events_of
from optviz.picture.film import scene_of_film
from optviz.picture.frame_state import frame_states
from optviz.pipeline.story import MOST_IN_ONE, READ_S, SLOW
from optviz.scenario import loads
from optviz.scenario.render import Stretch

TEXT = """
function: {formula: x**2, window: [[-3, 3]]}
start: 2
steps: 120
optimizers: [momentum: {lr: 0.02}, sgd: {lr: 0.1}]
render: {size: 426x240, panels: [], captions: auto, pace: story}
"""


@pytest.fixture(scope="module")
def race() -> optviz.Race:
    return optviz.run(loads(TEXT))


def test_captions_tell_events_when_they_happen_and_long_enough_to_be_read(race: optviz.Race) -> None:
    render = race.scenario.render
    events = events_of(race.result)
    assert events
    scene = scene_of_film(race.result, race.scenario)
    shown = frame_states(scene.steps, render, scene.ahead)[: len(scene.steps)]
    for event in events:
        words = event.in_words(race.result, race.scenario.say)
        told = [state.step for state in shown if words in state.caption]
        assert told[0] >= event.step
        others = [other for other in events if other.step - event.step >= 0 and other != event]
        assert len(told) >= READ_S * render.fps - 1 or told[-1] == shown[-1].step or len(others) >= MOST_IN_ONE


def test_the_film_is_slow_around_the_events(race: optviz.Race) -> None:
    pace = race.scenario.render.pace
    assert isinstance(pace, tuple)
    assert all(isinstance(one, Stretch) and one.speed == SLOW for one in pace)
    steps = scene_of_film(race.result, race.scenario).steps
    event = events_of(race.result)[0].step
    assert np.count_nonzero(np.abs(steps - event) <= 2) > 2 * np.count_nonzero(np.abs(steps - 110) <= 2)


def test_a_race_where_nothing_happens_keeps_an_even_pace() -> None:
    text = TEXT.replace("momentum: {lr: 0.02}, sgd: {lr: 0.1}", "sgd: {lr: 0.00001}").replace("steps: 120", "steps: 20")
    quiet = optviz.run(loads(text)).scenario.render
    assert (quiet.pace, quiet.captions) == ("linear", ())


def test_the_description_tells_what_happens_on_the_way(race: optviz.Race) -> None:
    step = next(event.step for event in events_of(race.result) if event.kind == "overshoot")
    assert f"Step {step}: Momentum overshoots" in race.in_words()


def test_another_word_for_captions_is_refused() -> None:
    with pytest.raises(optviz.OptvizError, match="must be auto or a list of captions, got 'atuo'"):
        loads(TEXT.replace("captions: auto", "captions: atuo"))
    assert loads(TEXT.replace("captions: auto", "captions: []")).render.captions == ()
