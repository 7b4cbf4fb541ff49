"""Lists the views by the names that a scenario gives them. One more: one file, one row, its name in scenario/render.py.

A row is called with the scene and the view's place in design pixels.
"""

from __future__ import annotations

from collections.abc import Callable

from optviz.picture.layout.page import Rect
from optviz.picture.scene import Scene
from optviz.picture.views.curve import CurveView
from optviz.picture.views.grid import GridView
from optviz.picture.views.landscape import landscape_view
from optviz.picture.views.losses import LossView
from optviz.picture.views.map import MapView
from optviz.picture.views.network import network_view
from optviz.picture.views.surface import surface_view
from optviz.picture.views.time import TimeView
from optviz.picture.views.view import View

VIEWS: dict[str, Callable[[Scene, Rect], View]] = {
    "curve": CurveView,
    "map": MapView,
    "grid": GridView,
    "surface": surface_view,
    "time": TimeView,
    "losses": LossView,
    "network": network_view,
    "landscape": landscape_view,
}
