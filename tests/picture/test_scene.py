"""One mark for a racer, whatever view or panel shows it: a head, a cross where it diverged, an arrow where it left."""

import numpy as np
import pytest
from matplotlib.transforms import Bbox

from optviz.picture import scene as scenes
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.sprites import ARROW
from optviz.picture.panels import PANELS
from optviz.picture.scene import nearest_inside
from tests import few
from tests.picture.races import scene_of, view_of

SMALL = "render: {size: 426x240, frames: 9, panels: [%s], view: %s%s}\n"
RACERS = "optimizers: [adam: {lr: 0.01}, sgd: {lr: %s}]\nsteps: 8\n"
LINE, SQUARE = "window: [[-2, 2]]}\nstart: 1\n", "window: [[-2, 2], [-2, 2]]}\nstart: [1, 1]\n"
STEEP = {1: f"function: {{formula: x**4, {LINE}", 2: f"function: {{formula: x**4 + y**4, {SQUARE}"}
ENDLESS = {1: f"function: {{formula: -x**2, {LINE}", 2: f"function: {{formula: x**2 - y**2, {SQUARE}"}
TURNING = ("surface", 2, ", camera: {turn: 90}")
VIEWS = [("curve", 1, ""), ("time", 1, ""), ("map", 2, ""), ("surface", 2, ""), TURNING, ("time", 2, "")]


@pytest.fixture
def markers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The markers that racers were drawn with, in order."""
    drawn: list[str] = []
    draw = scenes.draw_marker

    def noting(marker: str, *look: object) -> object:
        drawn.append(marker)
        return draw(marker, *look)

    monkeypatch.setattr(scenes, "draw_marker", noting)
    return drawn


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch, markers: list[str]) -> list[int]:
    """The degrees by which they were turned."""
    turned: list[int] = []
    draw = scenes.draw_marker

    def noting(marker: str, *look: object) -> object:
        turned.append(int(str(look[-1])))
        return draw(marker, *look)

    monkeypatch.setattr(scenes, "draw_marker", noting)
    return turned


@pytest.mark.parametrize(("view", "dim", "more"), few(VIEWS, 2))
def test_a_diverged_racer_is_a_cross_in_every_view(view: str, dim: int, more: str, markers: list[str]) -> None:
    scene = scene_of(STEEP[dim] + RACERS % "1.0e+300" + SMALL % ("", view, more))
    assert scene.result.racers[1].trajectory.diverged_at == 1
    shown = view_of(scene)
    for step, expected in ((0, {"X", "o"}), (1, {"X", "x"}), (8, {"X", "x"})):
        markers.clear()
        list(shown.sprites(FrameState(step)))
        assert set(markers) == expected


@pytest.mark.parametrize("dim", [1, 2])
def test_a_diverged_racer_is_a_cross_in_a_panel(dim: int, markers: list[str]) -> None:
    scene = scene_of(STEEP[dim] + RACERS % "1.0e+300" + SMALL % ("loss", "auto", ""))
    (axes,) = PANELS["loss"].draw(scene, scene.grid.panels["loss"])
    list(axes.sprites(FrameState(8, 8, podium=True)))
    assert set(markers) == {"X", "x"}


@pytest.mark.parametrize(("view", "dim", "more"), few([case for case in VIEWS if case[0] != "time"], 2))
@pytest.mark.thorough
def test_a_racer_that_left_is_an_arrow(view: str, dim: int, more: str, markers: list[str]) -> None:
    scene = scene_of(ENDLESS[dim] + RACERS % "0.5" + SMALL % ("", view, more))
    shown = view_of(scene)
    markers.clear()
    list(shown.sprites(FrameState(8)))
    assert len(markers) == 2
    assert markers.count(ARROW) == 1


def test_a_curve_that_falls_for_ever_leaves_sideways(markers: list[str], turns: list[int]) -> None:
    scene = scene_of(
        "function: {formula: -x**3, window: [[-1, 1]]}\nstart: 0.9\n" + RACERS % "0.5" + SMALL % ("", "curve", "")
    )
    shown = view_of(scene)
    markers.clear()
    turns.clear()
    list(shown.sprites(FrameState(3)))
    assert ARROW in markers
    assert turns[markers.index(ARROW)] == 0


@pytest.mark.parametrize("step", few([0, 8], 2))
@pytest.mark.thorough
def test_an_arrow_stands_inside_the_view(step: int) -> None:
    scene = scene_of(ENDLESS[2] + RACERS % "0.5" + SMALL % ("", "map", ""))
    view, height = view_of(scene), scene.page.size[1]
    for _, box in view.sprites(FrameState(step)):
        assert view.frame.x0 <= (box.left + box.right) / 2 <= view.frame.x1
        assert view.frame.y0 <= height - (box.top + box.bottom) / 2 <= view.frame.y1


@pytest.mark.parametrize(
    ("place", "inset", "nearest"),
    [((3, 4), 2, (3, 4)), ((-5, 4), 2, (2, 4)), ((5, 99), 1, (5, 9)), ((-1, -1), 0, (0, 0)), ((0, 10), 3, (0, 10))],
)
def test_the_nearest_place_inside(place: tuple[float, float], inset: float, nearest: tuple[float, float]) -> None:
    assert nearest_inside(place, Bbox.from_extents(0, 0, 10, 10), inset) == nearest


def test_racers_that_share_a_colour_are_dashed_differently() -> None:
    twelve = ", ".join(
        f"sgd: {{lr: 0.{number:02}, color: {colour}}}" for number, colour in enumerate(["red", "blue"] * 3, 1)
    )
    scene = scene_of(f"{STEEP[2]}optimizers: [{twelve}]\nsteps: 8\n" + SMALL % ("", "map", ""))
    dashes = [scene._own_dash(racer) for racer in range(6)]
    assert dashes[0] is dashes[1] is None
    assert dashes[2] == dashes[3] != dashes[4] == dashes[5]


def test_badges_are_opaque() -> None:
    scene = scene_of(STEEP[2] + RACERS % "0.1" + SMALL % ("ranking", "map", ""))
    assert all(np.max(scene.badge(racer).colour[..., 3]) == 255 for racer in range(2))
