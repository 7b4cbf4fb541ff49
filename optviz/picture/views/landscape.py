"""Draws the loss of networks on a plane through their paths, from above, with all racers on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optviz.engine.landscape import Landscape
from optviz.formula.typography import number
from optviz.picture.layout.page import Page, Rect
from optviz.picture.layout.theme import LABEL_PT, SMALL_PT
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.contours import HIGHEST, HeightMap, levels_of
from optviz.picture.views.map import MapView
from optviz.problems import Bounds
from optviz.words import Words

WHOLE_SHARE = 0.99  # from which a share has more digits, so that it is not told as all


def landscape_view(scene: Scene, rect: Rect) -> LandscapeView:
    """Return the view of a race that was given a landscape."""
    assert scene.result.landscape is not None
    return LandscapeView(scene, rect, scene.result.landscape)


class LandscapeView(MapView):
    """A map of the loss in the plane, under which its share of the paths' variance is told."""

    def __init__(self, scene: Scene, rect: Rect, landscape: Landscape) -> None:
        self.landscape = landscape
        super().__init__(replace(scene, result=landscape.flat(scene.result)), rect)
        words, look = scene.page.as_artist(*_fitting(holds(landscape, scene.page.say), scene.page, rect.width))
        self.axes.set_xlabel(words, labelpad=0, color=scene.page.theme.quiet, **look)

    def value_at(self, x: Floats, y: Floats) -> Floats:
        """Return the loss at places on the picture; from its neighbours where it would ask code of the user's."""
        if not self.landscape.is_custom:
            return super().value_at(x, y)
        places = self.axes.transData.inverted().transform(np.column_stack([x.ravel(), y.ravel()]))
        return self.landscape.between(places).reshape(x.shape)

    def window_shown(self, aspect: float) -> Bounds:
        """Return the window of the landscape, whatever the shape of the picture."""
        return self.landscape.window

    def land(self) -> HeightMap:
        """Return the heights that were computed."""
        return land_of(self.landscape, self.scene.scenario.render.levels)

    def names(self) -> tuple[str, str]:
        """Leave the room of the axes' names to what the plane holds."""
        return "", ""


def _fitting(said: Sequence[str], page: Page, room: float) -> tuple[str, float]:
    """Return the first, longest words for which there is room, and their size."""
    for words in said:
        for size in (LABEL_PT + 1, SMALL_PT):
            if page.width_of(words, size) <= room:
                return words, size
    return page.fitted(said[-1], SMALL_PT, room), SMALL_PT


def land_of(landscape: Landscape, scale: str) -> HeightMap:
    """Return the heights of a landscape, with levels on the ``scale`` asked for."""
    x, y = landscape.axes
    z: Floats = np.where(np.isfinite(landscape.heights), np.clip(landscape.heights, -HIGHEST, HIGHEST), np.nan)
    return HeightMap(x, y, z, levels_of(z, scale), scale)


def holds(landscape: Landscape, say: Words) -> tuple[str, ...]:
    """Say how much of the paths' variance the plane holds, from with what lies along each direction to short."""
    if np.isnan(landscape.plane.share):
        return (say("no path stays near this plane"),)
    whole, across, up = map(percent, (landscape.plane.share, *landscape.plane.shares))
    sentence = say("this plane holds {share} % of the paths' variance", share=whole)
    longer = say("{sentence}: {across} % across, {up} % up", sentence=sentence, across=across, up=up)
    return longer, sentence, say("{share} % of the variance", share=whole)


def percent(share: float) -> str:
    """Return a share in percent: two digits, and near the whole as many as tell it from all."""
    return number(100 * share, 2 if share < WHOLE_SHARE else 4)
