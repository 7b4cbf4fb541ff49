"""Lists the views by the names that a scenario gives them. One more: one file, one row, its name in scenario/render.py.

A row is called with the scene and the view's place in design pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from optviz.picture.layout.page import Rect
from optviz.picture.scene import Scene
from optviz.picture.views.view import View


def _later(module: str, name: str) -> Callable[[Scene, Rect], View]:
    """Return a view that is imported when it is drawn: a film has one."""

    def view(scene: Scene, rect: Rect) -> View:
        kind: Callable[[Scene, Rect], View] = getattr(import_module(f"{__name__}.{module}"), name)
        return kind(scene, rect)

    return view


VIEWS: dict[str, Callable[[Scene, Rect], View]] = {
    "curve": _later("curve", "CurveView"),
    "map": _later("map", "MapView"),
    "grid": _later("grid", "GridView"),
    "surface": _later("surface", "surface_view"),
    "time": _later("time", "TimeView"),
    "effective_lr": _later("losses", "EffectiveRateView"),
    "losses": _later("losses", "LossView"),
    "network": _later("network", "network_view"),
    "landscape": _later("landscape", "landscape_view"),
}
