"""Finds a place for the words at each arrow: near its tip, off heads, arrows and other words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]  # left, bottom, right, top, in pixels

TURNS, GAPS_PX = 16, (5.0, 12.0, 22.0, 34.0, 48.0)  # around a tip, and off it, where words are tried
ON_BOX, ON_LINE, OUTSIDE, OVER_EDGE = 1e4, 40.0, 1e5, 3.0  # costs: on words, of each point of an arrow, beyond, a pixel
TURNED, AT_OTHER = 6.0, 40.0  # costs of words that do not stand where the arrow points, and nearer to another's tip
SPACING_PX = 4.0  # between the points of an arrow that words should not hide


@dataclass(frozen=True)
class Tip:
    """Where words belong: one or several ``places`` (n, 2), and (n, 2) the ways on from there."""

    places: Floats
    ways: Floats
    size: tuple[float, float]  # of the words


def place_labels(
    tips: Sequence[Tip], lines: Iterable[Floats], taken: Sequence[Box], edges: Box, radius: float, scale: float
) -> list[Box]:
    """Return a box for the words at each of ``tips``, those first that have the fewest places.

    lines: (n, 2) points that words should not hide. taken: boxes that they must not touch; edges: that they must not
    cross. radius: of the round window around the origin in which they should stay.
    """
    points = np.concatenate([np.empty((0, 2)), *(spaced(line, SPACING_PX * scale) for line in lines)])
    boxes: dict[int, Box] = {}
    for number in sorted(range(len(tips)), key=lambda at: len(tips[at].places)):
        candidates = _candidates(tips[number], scale)
        others = [tip.places for at, tip in enumerate(tips) if at != number and len(tip.places) == 1]
        misread = np.concatenate([np.empty((0, 2)), *others])
        costs = [
            cost
            + _cost(box, points, [*taken, *boxes.values()], edges, radius)
            + AT_OTHER * (_distance(box, misread) < _distance(box, tips[number].places))
            for cost, box in candidates
        ]
        boxes[number] = candidates[int(np.argmin(costs))][1]
    return [boxes[number] for number in range(len(tips))]


def spaced(line: Floats, apart: float) -> Floats:
    """Return points along a line (n, 2), ``apart`` pixels from one another."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0, lengths[-1], int(lengths[-1] / apart) + 2)
    return np.column_stack([np.interp(at, lengths, line[:, axis]) for axis in (0, 1)])


def _candidates(tip: Tip, scale: float) -> list[tuple[float, Box]]:
    """Return boxes around a tip, and what each costs where nothing is in the way."""
    width, height = tip.size
    found = []
    for place, way in zip(tip.places, tip.ways, strict=True):
        for turn in range(TURNS):
            to = np.array([cos(2 * pi * turn / TURNS), sin(2 * pi * turn / TURNS)])
            reach = min(width / 2 / max(abs(to[0]), 1e-9), height / 2 / max(abs(to[1]), 1e-9))
            for gap in GAPS_PX:
                x, y = place + to * (reach + gap * scale)
                box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
                found.append((TURNED * (1 - float(to @ way)) + gap, box))
    return found


def _distance(box: Box, places: Floats) -> float:
    """Return how far the nearest of ``places`` (n, 2) is from a box."""
    away = np.maximum(np.maximum(np.array(box[:2]) - places, places - np.array(box[2:])), 0.0)
    return float(np.hypot(*away.T).min(initial=np.inf))


def _cost(box: Box, points: Floats, taken: Sequence[Box], edges: Box, radius: float) -> float:
    left, low, right, high = box
    met = (left < one[2] and one[0] < right and low < one[3] and one[1] < high for one in taken)
    cost = ON_BOX * sum(met)
    inside = (points[:, 0] > left) & (points[:, 0] < right) & (points[:, 1] > low) & (points[:, 1] < high)
    cost += ON_LINE * int(inside.sum())
    cost += OUTSIDE * (left < edges[0] or low < edges[1] or right > edges[2] or high > edges[3])
    farthest = float(np.hypot(max(-left, right), max(-low, high)))
    return cost + OVER_EDGE * max(0.0, farthest - radius)
