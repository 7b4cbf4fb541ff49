"""Axes with our own scales are drawn as Matplotlib draws the same ticks, to the pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator
from matplotlib.transforms import Bbox

from optviz.frames import Pixels
from optviz.picture.machine.scales import ScaledAxes


def linear(axes: Axes) -> None:
    axes.set(xlim=(0, 1), ylim=(-3, 2))
    axes.set_xticks([0.0, 0.25, 0.5, 1.0], ["0", "¼", "½", "1"])
    axes.set_yticks([-2.0, 0.0, 2.0], ["−2", "0", "2"])


def logarithmic(axes: Axes) -> None:
    axes.set(xlim=(0, 40), ylim=(3e-5, 20), yscale="log")
    axes.yaxis.set_major_locator(FixedLocator([1e-6, 1e-4, 1e-2, 1.0, 100.0]))  # the outer two are not seen
    axes.yaxis.set_major_formatter(FixedFormatter(["low", "10⁻⁴", "10⁻²", "1", "high"]))
    axes.minorticks_off()
    axes.set_xticks([0, 20, 40], ["0", "20", "40"])
    axes.tick_params(labelbottom=False)


def falling(axes: Axes) -> None:
    axes.set(xlim=(0, 1), ylim=(4, 0), yticks=[])
    axes.xaxis.set_major_locator(FixedLocator([0.2, 0.6]))
    axes.xaxis.set_major_formatter(FixedFormatter([]))


def named(axes: Axes) -> None:
    linear(axes)
    axes.tick_params(labelsize=8, labelcolor="crimson", labelfontfamily=["DejaVu Serif"])
    axes.set_xlabel("learning rate", labelpad=2, color="navy")
    axes.set_ylabel("momentum", labelpad=1, fontsize=9)
    axes.grid(False)


def at_the_ends(axes: Axes) -> None:
    """Ticks that rounding put a hair beyond the ends are there."""
    axes.set(xlim=(0.3, 0.9), ylim=(0, 1))
    axes.xaxis.set_major_locator(FixedLocator([0.3 - 1e-12, 0.9 + 1e-12, 0.9001]))
    axes.xaxis.set_major_formatter(FixedFormatter(["a", "b", "c"]))
    axes.set_yticks([])


LOOKS: tuple[Callable[[Axes], None], ...] = (linear, logarithmic, falling, named, at_the_ends)


def axes_of(kind: type[Axes]) -> Axes:
    figure = Figure(figsize=(2.4, 1.8), dpi=90)
    axes = kind(figure, (0.2, 0.2, 0.7, 0.7))
    figure.add_axes(axes)
    axes.spines[:].set_visible(False)
    axes.tick_params(which="both", length=0, pad=4, labelcolor="grey", labelsize=10)
    axes.grid(color="lightgrey", linewidth=0.8)
    axes.set_axisbelow(True)
    return axes


def drawn(axes: Axes) -> Pixels:
    canvas: Any = FigureCanvasAgg(axes.figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())


@pytest.mark.parametrize("look", LOOKS)
def test_scales_are_drawn_as_those_of_matplotlib(look: Callable[[Axes], None]) -> None:
    expected, own = axes_of(Axes), axes_of(ScaledAxes)
    for axes in (expected, own):
        look(axes)
    np.testing.assert_array_equal(drawn(own), drawn(expected))
    for name in ("xaxis", "yaxis"):
        theirs = [label.get_window_extent() for label in getattr(expected, name).get_ticklabels() if label.get_text()]
        boxes = getattr(own, name).boxes()
        assert all(any(np.allclose(box.extents, one.extents) for one in theirs) for box in boxes)


def test_the_outermost_labels_may_end_with_the_axes() -> None:
    axes = axes_of(ScaledAxes)
    linear(axes)
    assert isinstance(axes, ScaledAxes)
    before = axes.xaxis.boxes()
    axes.xaxis.aligned = {0: "left", 1: "right"}
    after = axes.xaxis.boxes()
    assert before[0].x0 < axes.bbox.x0 <= after[0].x0
    assert before[-1].x1 > axes.bbox.x1 >= after[-1].x1
    assert [box.x0 for box in before[1:3]] == [box.x0 for box in after[1:3]]


def test_a_tight_box_holds_labels_and_names() -> None:
    axes = axes_of(ScaledAxes)
    named(axes)
    tight = axes.get_tightbbox()
    assert tight is not None
    expected = axes_of(Axes)
    named(expected)
    other = expected.get_tightbbox()
    assert other is not None
    np.testing.assert_allclose(Bbox.union([tight, other]).extents, tight.extents, atol=0.5)
    np.testing.assert_allclose(tight.extents, other.extents, atol=0.5)
