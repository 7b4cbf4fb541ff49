"""Words over the view: captions, what is said at pauses, the lesson at the end."""

from collections.abc import Iterator

import pytest

from optviz.engine.lesson import lesson_of
from optviz.picture.frame_state import FrameState, frame_states
from optviz.picture.overlays.captions import Captions
from tests import few
from tests.picture.races import CURVE, MAP, scene_of, view_of

TALKING = MAP.replace("frames: 25", "frames: 25, lesson: What was learnt, captions: [{at: 0, text: %s}]")


@pytest.mark.parametrize("text", few(["short", "a long caption " * 12, "onewordwithoutanyspace" * 20], 3))
@pytest.mark.thorough
def test_words_fit_their_strip_and_touch_neither_heading_nor_view(text: str) -> None:
    scene = scene_of(TALKING % text)
    view, page = view_of(scene), scene.page
    captions = Captions(scene, view)
    formula = page.height - 80.0  # its baseline, from below
    for moment in (FrameState(0, 0, caption=text), FrameState(0, 0, prompt=text)):
        lines = list(captions.sprites(moment))
        assert 1 <= len(lines) <= 3
        for _, box in lines:
            assert box.bottom <= page.size[1] - view.frame.y1
            assert page.size[1] - box.top <= formula * page.scale
            assert 0 <= box.left < box.right <= page.size[0]


def test_the_lesson_comes_at_the_end_instead_of_the_caption() -> None:
    scene = scene_of(TALKING % "late")
    captions = Captions(scene, view_of(scene))
    assert captions.lesson == "What was learnt"
    (caption,) = captions.sprites(FrameState(60, 24, caption="late"))
    shown = [list(captions.sprites(moment)) for moment in _end(scene.steps, scene.scenario.render)]
    assert len(shown) == 12  # half a second
    assert all(len(placed) == 1 and placed[0].sprite is not caption.sprite for placed in shown)
    assert len({id(placed[0].sprite) for placed in shown}) == 12  # it eases in


@pytest.mark.parametrize("text", [MAP, CURVE])
def test_a_lesson_is_made_where_none_is_given(text: str) -> None:
    scene = scene_of(text)
    assert Captions(scene, view_of(scene)).lesson == lesson_of(scene.result)
    assert scene.page.strip.height > 0


def test_a_film_that_says_nothing_keeps_no_strip() -> None:
    silent = scene_of(MAP.replace("frames: 25", "frames: 25, hold: 0"))
    assert silent.page.strip.height == 0
    assert list(_end(silent.steps, silent.scenario.render)) == []
    assert silent.grid.view.top < scene_of(MAP).grid.view.top


def _end(steps: object, render: object) -> Iterator[FrameState]:
    return (moment for moment in frame_states(steps, render) if moment.podium)
