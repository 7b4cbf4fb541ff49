"""The drawing machine: frames, their boxes, and the same pixels however one gets to a step."""

import numpy as np
import pytest

from optviz.frames import Box
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.board import Board
from tests import few
from tests.picture.races import RACES, board_of, film_of, pictures, race, scene_of


def played(name: str) -> tuple[Board, list[FrameState]]:
    scene = scene_of(RACES[name])
    return board_of(scene), [FrameState(int(step), frame) for frame, step in enumerate(scene.steps)]


@pytest.mark.parametrize("name", few(RACES, 3))
@pytest.mark.thorough
def test_pixels_outside_the_boxes_are_those_of_the_frame_before(name: str) -> None:
    board, moments = played(name)
    assert len(pictures(board.film(moments))) == len(moments)


@pytest.mark.parametrize("name", few(RACES, 3))
@pytest.mark.thorough
def test_a_step_looks_the_same_drawn_at_once_or_frame_by_frame(name: str) -> None:
    board, moments = played(name)
    frames = [frame.pixels.copy() for frame in board.film(moments)]
    for at in (0, 1, len(moments) // 2, len(moments) - 1):
        np.testing.assert_array_equal(board.still(moments[at]), frames[at])


@pytest.mark.thorough
@pytest.mark.parametrize("name", few(RACES, 3))
def test_a_film_can_be_drawn_again(name: str) -> None:
    movie = film_of(race(RACES[name]))
    first, second = ([frame.pixels.copy() for frame in movie.draw()] for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert len(first) == movie.frames


@pytest.mark.thorough
def test_frames_are_opaque_and_of_the_size_asked_for() -> None:
    movie = film_of(race(RACES["map"]))
    first = next(movie.draw())
    assert first.pixels.shape == (270, 480, 4)
    assert (first.pixels[..., 3] == 255).all()
    assert first.boxes == (Box(0, 0, 270, 480),)


@pytest.mark.thorough
def test_a_frame_touches_little_of_the_picture() -> None:
    """The machine's point: what changes in a frame is a small part of the picture."""
    movie = film_of(race(RACES["map"], size="1280x720"))
    shares = []
    for number, frame in enumerate(movie.draw()):
        touched = np.zeros(frame.pixels.shape[:2], bool)
        for box in frame.boxes:
            touched[box.slices] = True
        if number:
            shares.append(touched.mean())
    assert np.mean(shares) < 0.12


@pytest.mark.thorough
def test_the_window_stays_though_somebody_diverges() -> None:
    run = race(RACES["diverging"])
    assert {racer.outcome for racer in run.racers} >= {"diverged"}
    last = film_of(run).samples()[-1]
    assert last.shape == (270, 480, 4)
