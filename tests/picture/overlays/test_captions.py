"""Captions and prompts on the view."""

import pytest

from optviz.picture.frame_state import FrameState
from optviz.picture.overlays.captions import Captions
from tests.picture.races import MAP, scene_of, view_of


@pytest.mark.parametrize("text", ["short", "a long caption " * 12, "onewordwithoutanyspace" * 20])
def test_a_caption_fits_its_view(text: str) -> None:
    scene = scene_of(MAP)
    view = view_of(scene)
    captions = Captions(scene, view)
    for moment in (FrameState(0, 0, caption=text), FrameState(0, 0, prompt=text)):
        (placed,) = captions.sprites(moment)
        assert view.frame.x0 - 1 <= placed.box.left
        assert placed.box.right <= view.frame.x1 + 1


def test_the_podium_has_no_caption() -> None:
    scene = scene_of(MAP)
    assert list(Captions(scene, view_of(scene)).sprites(FrameState(60, 24, caption="late", podium=True))) == []
