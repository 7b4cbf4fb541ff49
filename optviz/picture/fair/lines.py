"""Draws lines that grow, one for each racer, with its head at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from optviz.picture.fair.sheet import Sheet
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.theme import HALO_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.strokes import Polyline, cut_strokes

Floats = NDArray[np.float64]

LINE_SHARE = 0.85  # of a trail's width
STATION_PX = 4.6  # radius of a head at a station


class Lines(Layer):
    """A line for each racer that grows step by step, and its head at the end."""

    def __init__(
        self,
        sheet: Sheet,
        paths: Mapping[int, Floats],
        steps: Mapping[int, NDArray[np.int64]],
        rests: Mapping[int, tuple[float, float]] | None = None,
        *,
        width: float | None = None,
        stations: Mapping[int, Floats] | None = None,
    ) -> None:
        """Take paths (n, 2) in pixels by racer, in the order of drawing, and the steps that reach their points.

        rests: where heads end after the last step; else at their lines' ends. width: in points. stations: points of
        the paths where heads stay.
        """
        self.sheet, self.paths, self.steps, self.stations = sheet, paths, steps, stations or {}
        self.rests = {racer: tuple(path[-1].tolist()) for racer, path in paths.items()} if rests is None else rests
        self.last = max(int(own[-1]) for own in steps.values())
        theme = sheet.page.theme
        points = LINE_SHARE * theme.line if width is None else width
        lines = [Polyline(path, sheet.paint(racer)[0], points, steps=steps[racer]) for racer, path in paths.items()]
        self.strokes = cut_strokes(lines, theme.page, HALO_PT, sheet.page.size)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield every racer's head: where its line ends, after the last step where it rests; and those that stay."""
        for racer, path in self.paths.items():
            reached = max(0, int(np.searchsorted(self.steps[racer], moment.step, side="right")) - 1)
            x, y = self.rests[racer] if moment.step >= self.last else path[reached].tolist()
            for station in self.stations.get(racer, ()):
                if station[0] <= x:
                    yield self.sheet.mark(racer, (float(station[0]), float(station[1])), STATION_PX)
            yield self.sheet.mark(racer, (x, y), *([STATION_PX] if self.stations else []))
