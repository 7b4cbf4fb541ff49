"""The podium at the end of a race."""

import pytest

from optviz.picture.frame_state import FrameState
from optviz.picture.overlays.podium import Podium, lessons
from tests.picture.races import MAP, RACES, scene_of, view_of
from tests.picture.views.scenarios import REGIONS

ARRIVING = MAP.replace("steps: 60", "steps: 300")


@pytest.mark.parametrize(("text", "marks"), [(ARRIVING, 3), (REGIONS, 0)])
def test_the_podium_comes_at_its_moment_only(text: str, marks: int) -> None:
    """Veil, card, and between them a mark for each of the first three; the card alone where nobody arrived."""
    scene = scene_of(text)
    podium = Podium(scene, view_of(scene))
    last, frame = scene.result.steps, len(scene.steps) - 1
    assert list(podium.sprites(FrameState(last, frame))) == []
    shown = list(podium.sprites(FrameState(last, frame, podium=True)))
    assert len(shown) == (2 + marks if scene.result.podium else 1)
    height, width = scene.page.size[::-1]
    assert all(placed.box.within(height, width) == placed.box for placed in shown)


def test_what_happened_in_short() -> None:
    assert lessons(scene_of(RACES["diverging"]))[-1] == "2 diverged"
    scene = scene_of(MAP.replace("steps: 60", "steps: 300"))
    count = sum(racer.outcome == "arrived" for racer in scene.result.racers)
    assert count > 0
    assert lessons(scene)[0] == f"{count} of 4 arrived and stayed to the end"
    network = "network: {layers: [2, 3, 1], samples: 5}\nsteps: 2\nfinish: {gap: 100}\noptimizers: [adam, sgd]\n"
    assert lessons(scene_of(network))[0] == "2 of 2 arrived and stayed to the end"


def test_who_diverged_stands_on_no_podium_and_without_arrivals_there_is_none() -> None:
    lost = "function: rosenbrock\noptimizers: [sgd: {lr: 10}, momentum: {lr: 5}%s]\nrender: {size: 480x270}\n"
    scene = scene_of(lost % "")
    podium = Podium(scene, view_of(scene))
    (card,) = podium.sprites(FrameState(scene.result.steps, podium=True))
    assert podium.first == ()
    assert lessons(scene) == ["nobody arrived", "2 diverged"]
    arrived = scene_of((lost % ", adam: {lr: 0.1}").replace("rosenbrock", "sphere").replace("lr: 5", "lr: 1.0e+300"))
    assert [arrived.result.racers[index].label for index in Podium(arrived, view_of(arrived)).first] == ["Adam"]
    (taller,) = list(Podium(arrived, view_of(arrived)).sprites(FrameState(arrived.result.steps, podium=True)))[-1:]
    assert taller.box.bottom - taller.box.top > card.box.bottom - card.box.top


def test_equal_racers_share_a_block_height_and_a_place() -> None:
    scene = scene_of(ARRIVING.replace("adam: {lr: 0.1}", "adam: {lr: 0.1}, adam: {lr: 0.1, label: Twin}"))
    rows = [row.place_text for row in scene.result.table() if row.label in ("Adam", "Twin")]
    assert rows[0] == rows[1]
    assert rows[0].endswith("=")


def test_where_nobody_arrived_it_is_told_who_ends_lowest() -> None:
    scene = scene_of(MAP.replace("steps: 60", "steps: 3"))
    assert lessons(scene) == ["nobody arrived", f"{scene.result.ranking[0]} ends lowest"]
    saddle = "function: saddle\nstart: [1, 0.1]\nsteps: 5\noptimizers: [adam, sgd]\n"
    assert lessons(scene_of(saddle)) == [f"{scene_of(saddle).result.ranking[0]} ends lowest"]
