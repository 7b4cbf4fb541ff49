"""Leaves out the points of contours that nobody sees: a file of vectors would hold a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Transform
from numpy.typing import NDArray


class Contours(PathCollection):
    """Bands or lines of land, of which a file of vectors holds fewer points."""


@contextmanager
def thinned(figure: Figure, tolerance: float) -> Iterator[None]:
    """Draw the figure's contours in the block with no more points than keep them within ``tolerance`` pixels."""
    contours = [one for axes in figure.axes for one in axes.collections if isinstance(one, (Contours, ContourSet))]
    whole = [list(one.get_paths()) for one in contours]
    for one, paths in zip(contours, whole, strict=True):
        one.set_paths([_thin(path, one.get_transform(), tolerance) for path in paths])
    try:
        yield
    finally:
        for one, paths in zip(contours, whole, strict=True):
            one.set_paths(paths)


def _thin(path: Path, to_pixels: Transform, tolerance: float) -> Path:
    """Return a path of straight lines with fewer points; its pieces stay closed or open as they are."""
    if path.codes is None or not np.size(path.vertices):
        return path
    places, marks = np.asarray(to_pixels.transform(path.vertices)), np.asarray(path.codes)
    begins = np.flatnonzero(marks == Path.MOVETO)
    vertices: list[NDArray[np.float64]] = []
    codes: list[NDArray[np.uint8]] = []
    for first, end in zip(begins, [*begins[1:], len(places)], strict=True):
        is_closed = bool(marks[end - 1] == Path.CLOSEPOLY)
        piece = Path(places[first : end - 1] if is_closed else places[first:end])
        piece.should_simplify, piece.simplify_threshold = True, tolerance
        kept = piece.cleaned(simplify=True)
        own = np.asarray(kept.codes)
        drawn = own != Path.STOP
        vertices += [np.asarray(kept.vertices)[drawn], places[first : first + 1]][: 1 + is_closed]
        codes += [own[drawn], np.array([Path.CLOSEPOLY])][: 1 + is_closed]
    return Path(to_pixels.inverted().transform(np.concatenate(vertices)), np.concatenate(codes))
