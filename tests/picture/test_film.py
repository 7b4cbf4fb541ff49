"""The film: what each frame shows, and that frames, pauses and hold add up."""

import pytest

from optviz.picture.frame_state import FrameState, caption_at, frame_states
from optviz.picture.timeline import frame_steps
from optviz.scenario import loads
from tests import few
from tests.picture.races import MAP, RACES, film_of, race

TOLD = """
function: beale
optimizers: [adam, sgd]
steps: 40
render:
  fps: 10
  frames: 21
  captions: [{at: 20, text: second}, {at: 0, text: first}]
  pauses: [{at: 10, seconds: 0.5, text: "who?"}]
"""


def test_a_pause_repeats_the_frame_that_reaches_its_step() -> None:
    render = loads(TOLD).render
    shown = frame_states(frame_steps(40, 21), render)
    assert len(shown) == 21 + 5 + 5
    asking = [number for number, moment in enumerate(shown) if moment.prompt == "who?"]
    assert asking == [6, 7, 8, 9, 10]
    assert {(shown[number].step, shown[number].caption) for number in asking} == {(10, "first")}
    assert shown[-1] == FrameState(40, 20, podium=1.0)
    end = [moment.podium for moment in shown[-6:]]
    assert end == sorted(end)
    assert end[0] == 0 < end[1] < 0.2


def test_a_caption_stays_until_the_next() -> None:
    render = loads(TOLD).render
    assert [caption_at(step, render) for step in (0, 19, 20, 40)] == ["first", "first", "second", "second"]
    assert caption_at(5, loads("function: beale\noptimizers: [adam]").render) == ""


def test_a_caption_ends_before_the_step_of_its_end() -> None:
    render = loads(TOLD.replace("text: second", "until: 30, text: second")).render
    assert [caption_at(step, render) for step in (20, 29, 30, 40)] == ["second", "second", "", ""]


@pytest.mark.thorough
def test_frames_pauses_and_hold_add_up() -> None:
    movie = film_of(race(TOLD))
    assert movie.frames / movie.fps + movie.hold == pytest.approx(21 / 10 + 0.5 + 4)


def test_one_racer_alone_is_held_two_seconds() -> None:
    movie = film_of(race(RACES["curve"]))
    assert movie.frames / movie.fps + movie.hold == pytest.approx(15 / 25 + 2)


@pytest.mark.parametrize(("hold", "end"), few([(0, 0), (0.02, 0), (0.04, 1), (0.2, 5), (10, 12)], 4))
@pytest.mark.thorough
def test_the_end_comes_within_the_hold(hold: float, end: int) -> None:
    movie = film_of(race(MAP.replace("frames: 25", f"frames: 25, hold: {hold}")))
    assert movie.frames == 25 + end
    assert movie.frames / movie.fps + movie.hold == pytest.approx(1 + hold)
    assert movie.hold >= 0


@pytest.mark.thorough
def test_steps_of_a_contact_sheet_are_at_equal_distances() -> None:
    assert film_of(race(MAP)).key_steps(5) == [0, 15, 30, 45, 60]
