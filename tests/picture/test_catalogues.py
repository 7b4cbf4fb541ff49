"""What one more view, panel or overlay costs: one class and one row."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from optviz.picture.frame_state import FrameState
from optviz.picture.layout.grid import Slot
from optviz.picture.layout.page import Rect
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import draw_sprite
from optviz.picture.overlays import OVERLAYS
from optviz.picture.panels import PANELS, curves
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene
from optviz.picture.views import VIEWS
from optviz.picture.views.map import MapView
from optviz.picture.views.view import View
from tests.picture.races import MAP, board_of, scene_of


def last_picture(scene: Scene) -> np.ndarray:
    return board_of(scene).still(FrameState(scene.result.steps, len(scene.steps) - 1))


class Arrows(Layer):
    """The velocity of each racer: a line from its mark to where the next step leads."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene, self.marks = scene, view.marks

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield a line for each racer, ten times as long as its last step."""
        height = self.scene.page.size[1]
        for path in self.marks.paths if self.marks is not None else ():
            x, y = path[moment.step]
            points = np.array([(0, 0), 10 * (path[moment.step] - path[moment.step - 1])])
            arrow = draw_sprite(80, 80, 72, (40, 40), partial(Pen.line, points=points, colour="#ff0000", width=3))
            yield arrow.at(round(height - y), round(x))


@pytest.mark.thorough
def test_an_overlay_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    text = MAP.replace("frames: 25", "frames: 25, panels: []")
    plain = last_picture(scene_of(text))
    monkeypatch.setitem(OVERLAYS, "arrows", Arrows)
    drawn = last_picture(scene_of(text))
    red = (drawn[..., :3] == (255, 0, 0)).all(axis=-1)
    assert red.sum() > 20
    assert not (plain[..., :3] == (255, 0, 0)).all(axis=-1).any()


@pytest.mark.thorough
def test_a_panel_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(scene: Scene, slot: Slot) -> list[curves.CurveAxes]:
        plot = curves.Plot("x alone", tuple(curves.Curve(at, r.x[:, 0]) for at, r in enumerate(scene.result.racers)))
        return curves.draw(scene, slot, [[plot]], log=False)

    monkeypatch.setitem(PANELS, "loss", Panel(draw, lambda result: curves.need()))
    scene = scene_of(MAP.replace("frames: 25", "frames: 25, panels: [loss]"))
    board_of(scene)
    assert "x alone" in {text.get_text() for text in scene.page.figure.texts}


@pytest.mark.thorough
def test_a_view_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    class Empty(View):
        def __init__(self, scene: Scene, rect: Rect) -> None:
            self.frame = MapView(scene, rect).frame

    monkeypatch.setitem(VIEWS, "map", Empty)
    scene = scene_of(MAP.replace("frames: 25", "frames: 25, panels: []"))
    board = board_of(scene)
    last = FrameState(60, 24)
    bare = board.still(last)
    ended = board.still(replace(last, podium=1.0))  # names do without marks
    assert (bare != ended).any()
