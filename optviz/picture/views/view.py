"""Defines a view: the layer that shows the function, and where the racers stand on it."""

from __future__ import annotations

import numpy as np
from matplotlib.transforms import Bbox

from optviz.picture.frame_state import FrameState
from optviz.picture.machine.layer import Layer
from optviz.picture.scene import Floats, Scene

EDGE_INSET_PX = 8.0  # from a view's edge to an arrow for a racer that left it


class RacerMarks:
    """Where each racer stands on a view, in pixels from the picture's lower left."""

    def __init__(self, scene: Scene, paths: list[Floats]) -> None:
        self.scene = scene
        self.paths = paths  # of each racer, (steps + 1, 2), as at the end of the film

    def on_paths(self, moment: FrameState) -> Floats:
        """Return (racers, 2) the place of every racer on its path at a moment."""
        return np.array([self.scene.place(path, racer, moment) for racer, path in enumerate(self.paths)])

    def centres(self, moment: FrameState) -> Floats:
        """Return (racers, 2) the centre of every racer's mark at a moment; NaN for one that left a surface."""
        return self.on_paths(moment)


class View(Layer):
    """The layer that shows the function or the iterates; overlays are placed by its ``frame`` and ``marks``."""

    frame: Bbox  # its area, in pixels from the picture's lower left
    marks: RacerMarks | None = None  # None where racers have no place on it
