"""Lists the views by the names that a scenario gives them. One more: one file, one row, its name in scenario/render.py.

A row is called with the scene and the view's place in design pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optviz.picture.layout.page import Rect
    from optviz.picture.scene import Scene
    from optviz.picture.views.view import View


MODULES = {
    "curve": ("curve", "CurveView"),
    "map": ("map", "MapView"),
    "grid": ("grid", "GridView"),
    "surface": ("surface", "surface_view"),
    "time": ("time", "TimeView"),
    "effective_lr": ("losses", "EffectiveRateView"),
    "losses": ("losses", "LossView"),
    "network": ("network", "network_view"),
    "landscape": ("landscape", "landscape_view"),
}


def module_of(view: str) -> str:
    """Return the full name of the module that holds a view."""
    return f"{__name__}.{MODULES[view][0]}"


def _later(name: str) -> Callable[[Scene, Rect], View]:
    """Return a view that is imported when it is drawn: a film has one."""

    def view(scene: Scene, rect: Rect) -> View:
        kind: Callable[[Scene, Rect], View] = getattr(import_module(module_of(name)), MODULES[name][1])
        return kind(scene, rect)

    return view


VIEWS = {name: _later(name) for name in MODULES}
