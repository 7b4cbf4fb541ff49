"""Strokes that a pen draws in one call are those that it draws one after another."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.transforms import Bbox

from optviz.picture.machine.pen import Pen
from optviz.picture.machine.strokes import Polyline, Strokes, cut_strokes

SIZE = (160, 120)


def walks(seed: int, count: int) -> Strokes:
    """Trails with halos that cross one another and the edges of what is drawn."""
    rng = np.random.default_rng(seed)
    lines = [
        Polyline(rng.normal(80, 20, 2) + np.cumsum(rng.normal(0, 6, (60, 2)), axis=0), colour, 2.2)
        for colour in ("#1f77b4", "#d62728", "#2ca02c")[:count]
    ]
    return cut_strokes(lines, "#ffffff", 1.2, SIZE)


def drawn(strokes: Strokes, parts: list[slice], clip: Bbox) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    renderer = RendererAgg(*SIZE, 100)
    np.asarray(renderer.buffer_rgba())[...] = 200
    pen = Pen(renderer, 100)
    for part in parts:
        pen.strokes(strokes, part, clip)
    return np.array(renderer.buffer_rgba())


@pytest.mark.parametrize("count", [1, 2, 3])
def test_strokes_of_two_caps_in_one_call_are_those_of_many(count: int) -> None:
    strokes, clip = walks(count, count), Bbox([[20.5, 10.0], [130.0, 100.5]])
    number = len(strokes.steps)
    assert set(strokes.caps) == {"butt", "round"}
    at_once = drawn(strokes, [slice(0, number)], clip)
    np.testing.assert_array_equal(at_once, drawn(strokes, [slice(at, at + 1) for at in range(number)], clip))
    assert (at_once != drawn(strokes, [slice(0, 0)], clip)).any()
