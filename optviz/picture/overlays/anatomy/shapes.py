"""Draws the shapes of a step taken apart, as sprites around a place: arrows, ellipses, boxes, rings, dashed lines."""

from __future__ import annotations

from math import ceil, cos, pi, sin

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from optviz.picture.machine.sprites import Draw, Sprite, draw_sprite

Floats = NDArray[np.float64]

CORNERS = 72  # of the polygon that is drawn for an ellipse
HEAD_LENGTH, HEAD_WIDTH = 4.2, 2.1  # of an arrow, in widths of its shaft; the second on either side
HEAD_SHARE = 0.6  # of a short arrow's length, at most


def arrow(along: Floats, width: float) -> Floats:
    """Return (7, 2) the corners of an arrow from the origin to ``along``; its shaft is ``width`` wide; in pixels."""
    length = float(np.hypot(*along))
    head = min(HEAD_LENGTH * width, HEAD_SHARE * length)
    half, wide, neck = width / 2, HEAD_WIDTH / HEAD_LENGTH * head, length - head
    plain = [(0, -half), (neck, -half), (neck, -wide), (length, 0), (neck, wide), (neck, half), (0, half)]
    right, up = along / max(length, 1e-9)
    return np.asarray(np.array(plain) @ np.array([[right, up], [-up, right]]))


def outline(half: Floats, is_box: bool) -> Floats:
    """Return (n, 2) the corners of a box or an ellipse around the origin whose half axes are ``half``."""
    if is_box:
        return np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * half
    turns = np.arange(CORNERS) * 2 * pi / CORNERS
    return np.column_stack([[cos(turn) for turn in turns], [sin(turn) for turn in turns]]) * half


def filled(corners: Floats, face: str | None, edge: str | None, rim: float, dpi: float, alpha: float = 1.0) -> Sprite:
    """Draw a polygon (n, 2), in pixels around the middle of the anchor's pixel."""
    path = Path([*(corners + 0.5), corners[0] + 0.5], closed=True)
    return _around(corners, rim, dpi, lambda pen: pen.shape(path, face, edge, rim, alpha))


def dashed(corners: Floats, colour: str, width: float, dash: float, dpi: float) -> Sprite:
    """Draw the outline of a polygon (n, 2), or a line of two points, dashed; all lengths in pixels."""
    closed = np.vstack([corners, corners[:1]]) + 0.5 if len(corners) > 2 else corners + 0.5
    points = width * 72 / dpi
    return _around(corners, width, dpi, lambda pen: pen.line(closed, colour, points, "butt", (0.0, dash, 1.7 * dash)))


def line(end: Floats, colour: str, width: float, dpi: float) -> Sprite:
    """Draw a line from the middle of the anchor's pixel to ``end``, in pixels."""
    points = np.array([np.zeros(2), end])
    return _around(points, width, dpi, lambda pen: pen.line(points + 0.5, colour, width * 72 / dpi))


def ring(radius: float, colour: str, width: float, dpi: float) -> Sprite:
    """Draw a circle around the middle of the anchor's pixel."""
    corners = np.array([(-radius, -radius), (radius, radius)])
    return _around(corners, width, dpi, lambda pen: pen.shape(Path.circle((0.5, 0.5), radius), None, colour, width))


def _around(corners: Floats, rim: float, dpi: float, draw: Draw) -> Sprite:
    pad = ceil(rim) + 2
    (left, low), (right, high) = np.floor(corners.min(axis=0)) - pad, np.ceil(corners.max(axis=0)) + pad
    size = int(high - low) + 1, int(right - left) + 1
    return draw_sprite(*size, dpi, (int(high), int(-left)), draw)
