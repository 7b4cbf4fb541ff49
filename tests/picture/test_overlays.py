"""Names, captions, pauses and the podium."""

import numpy as np
import pytest

from optviz.frames import Box
from optviz.picture.film import staged, view_of
from optviz.picture.frame_state import caption_at, moments
from optviz.picture.layout.page import Rect
from optviz.picture.machine.board import Moment
from optviz.picture.overlays.captions import Captions
from optviz.picture.overlays.name_tags import SHORTEST, Tags
from optviz.picture.overlays.podium import Podium, lessons
from optviz.picture.scene import Scene
from optviz.picture.timeline import frame_steps
from optviz.scenario import loads
from tests.picture.races import MAP, RACES, film_of, race

VIEW = Rect(64, 101, 700, 540)
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


def scene_of(text: str) -> Scene:
    run = race(text)
    return staged(run.result, run.scenario, frame_steps(run.scenario.steps, run.scenario.render.frames))


def test_a_pause_repeats_the_frame_that_reaches_its_step() -> None:
    render = loads(TOLD).render
    shown = moments(frame_steps(40, 21), render, has_podium=True)
    assert len(shown) == 21 + 5 + 1
    asking = [number for number, moment in enumerate(shown) if moment.prompt == "who?"]
    assert asking == [6, 7, 8, 9, 10]
    assert {shown[number].step for number in asking} == {10}
    assert shown[-1] == Moment(40, 20, podium=True)


def test_a_caption_stays_until_the_next() -> None:
    render = loads(TOLD).render
    assert [caption_at(step, render) for step in (0, 19, 20, 40)] == ["first", "first", "second", "second"]
    assert caption_at(5, loads("function: beale\noptimizers: [adam]").render) == ""


def test_frames_pauses_and_hold_add_up() -> None:
    movie = film_of(race(TOLD))
    assert movie.frames / movie.fps + movie.hold == pytest.approx(21 / 10 + 0.5 + 2)


def test_one_racer_alone_needs_no_podium() -> None:
    movie = film_of(race(RACES["curve"]))
    assert movie.frames == 15
    assert movie.hold == 2.0


def test_without_a_hold_there_is_no_podium() -> None:
    movie = film_of(race(MAP.replace("frames: 25", "frames: 25, hold: 0")))
    assert movie.frames == 25
    assert movie.hold == 0


def _apart(boxes: list[Box]) -> bool:
    return not any(a.meets(b) for number, a in enumerate(boxes) for b in boxes[:number])


def test_names_meet_neither_one_another_nor_the_edge() -> None:
    scene = scene_of(MAP.replace("size: 480x270", "size: 1280x720"))
    view = view_of("map")(scene, VIEW)
    tags = Tags(scene, view)
    for frame, step in enumerate(scene.steps):
        boxes = [mark.box for mark in tags.pointers(Moment(int(step), frame))]
        assert _apart(boxes)
        assert all(box.left >= view.frame.x0 - 1 and box.right <= view.frame.x1 + 1 for box in boxes)


def test_no_name_flashes_up() -> None:
    scene = scene_of(MAP.replace("frames: 25", "frames: 60").replace("size: 480x270", "size: 1280x720"))
    spots = Tags(scene, view_of("map")(scene, VIEW)).spots
    for column in spots.T:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], column >= 0, [False]])))
        assert all(end - first >= SHORTEST for first, end in zip(edges[::2], edges[1::2], strict=True))
    assert (spots >= 0).any()


def test_the_podium_comes_at_its_moment_only() -> None:
    scene = scene_of(MAP)
    podium = Podium(scene, view_of("map")(scene, VIEW))
    assert list(podium.pointers(Moment(60, 24))) == []
    assert len(list(podium.pointers(Moment(60, 24, podium=True)))) >= 2


def test_what_was_learnt() -> None:
    assert lessons(scene_of(RACES["diverging"]))[-1] == "2 diverged"
    scene = scene_of(MAP.replace("steps: 60", "steps: 300"))
    count = sum(racer.outcome == "finished" for racer in scene.result.racers)
    assert lessons(scene)[0] == f"{count} of 4 arrived"
    network = "network: {layers: [2, 3, 1], samples: 5}\nsteps: 2\nfinish: {gap: 100}\noptimizers: [adam, sgd]\n"
    assert lessons(scene_of(network))[0] == "2 of 2 arrived"


@pytest.mark.parametrize("text", ["short", "a long caption " * 12, "onewordwithoutanyspace" * 20])
def test_a_caption_fits_its_view(text: str) -> None:
    scene = scene_of(MAP)
    captions = Captions(scene, Rect(64, 101, 400, 300))
    for moment in (Moment(0, 0, caption=text), Moment(0, 0, prompt=text)):
        (mark,) = captions.pointers(moment)
        left, right = (scene.page.pixel(edge, 0)[1] for edge in (64, 464))
        assert left <= mark.box.left
        assert mark.box.right <= right
