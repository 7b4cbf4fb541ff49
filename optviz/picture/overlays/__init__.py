"""Lists what lies over the view and its words, lowest first. One more: one file, one row.

A row is called with the scene and its view, once the view and the panels have put their words on the board; it finds
the racers by ``view.marks``, which is None where they have no place on the view.
"""

from __future__ import annotations

from collections.abc import Callable

from optviz.picture.machine.layer import Layer
from optviz.picture.overlays.captions import Captions
from optviz.picture.overlays.names import Names
from optviz.picture.scene import Scene
from optviz.picture.views.view import View


def _step_apart(scene: Scene, view: View) -> Layer:
    """Take steps apart where the scenario asks for it; imported then, for few films do."""
    if not scene.scenario.render.anatomy:
        return Layer()
    from optviz.picture.overlays.anatomy import StepApart

    return StepApart(scene, view)


OVERLAYS: dict[str, Callable[[Scene, View], Layer]] = {
    "anatomy": _step_apart,
    "names": Names,
    "captions": Captions,
}
