"""The podium at the end of a race."""

import pytest

from optviz.picture.frame_state import FrameState
from optviz.picture.overlays.podium import Podium, lessons
from tests.picture.races import MAP, RACES, scene_of, view_of
from tests.picture.views.scenarios import REGIONS


@pytest.mark.parametrize(("text", "marks"), [(MAP, 3), (REGIONS, 0)])
def test_the_podium_comes_at_its_moment_only(text: str, marks: int) -> None:
    """Veil, card, and between them a mark for each of the first three, on a view that shows where they stand."""
    scene = scene_of(text)
    podium = Podium(scene, view_of(scene))
    last, frame = scene.result.steps, len(scene.steps) - 1
    assert list(podium.sprites(FrameState(last, frame))) == []
    shown = list(podium.sprites(FrameState(last, frame, podium=True)))
    assert len(shown) == 2 + marks
    height, width = scene.page.size[::-1]
    assert all(placed.box.within(height, width) == placed.box for placed in shown)


def test_what_happened_in_short() -> None:
    assert lessons(scene_of(RACES["diverging"]))[-1] == "2 diverged"
    scene = scene_of(MAP.replace("steps: 60", "steps: 300"))
    count = sum(racer.outcome == "finished" for racer in scene.result.racers)
    assert lessons(scene)[0] == f"{count} of 4 arrived"
    network = "network: {layers: [2, 3, 1], samples: 5}\nsteps: 2\nfinish: {gap: 100}\noptimizers: [adam, sgd]\n"
    assert lessons(scene_of(network))[0] == "2 of 2 arrived"
