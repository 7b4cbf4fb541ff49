"""Words put down from kept letters are those that Matplotlib draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from optviz.frames import Pixels
from optviz.picture.machine import canvas
from optviz.picture.machine.canvas import Canvas, Inscription

LOOKS: dict[str, dict[str, Any]] = {
    "plain": {},
    "coloured and pale": {"color": "crimson", "alpha": 0.4},
    "turned": {"rotation": 30, "ha": "center", "va": "center"},
    "mathematics": {"s": r"$\frac{x}{2}$ and words"},
    "two lines": {"s": "Adam\nAdamax"},
    "outside": {"x": -0.4},
}


def drawn(kind: type[FigureCanvasAgg], look: dict[str, Any]) -> Pixels:
    figure = Figure(figsize=(1.6, 0.9), dpi=100)
    figure.text(**{"x": 0.137, "y": 0.421, "s": "AMSGrad 0.1", **look})
    made: Any = kind(figure)
    made.draw()
    return np.array(made.buffer_rgba())


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_words_are_those_of_matplotlib_also_when_they_are_drawn_again(look: dict[str, Any]) -> None:
    expected = drawn(FigureCanvasAgg, look)
    for _ in range(2):
        np.testing.assert_array_equal(drawn(Canvas, look), expected)


def test_letters_are_kept_for_the_same_words_in_the_same_place() -> None:
    canvas._letters.cache_clear()
    for look in ({}, {}, {"color": "navy"}, {"x": 0.138}, {"s": "AMSGrad 0.2"}, {"fontsize": 9}):
        drawn(Canvas, look)
    assert canvas._letters.cache_info()[:2] == (2, 4)  # colours share them


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_extents_are_those_of_matplotlib(look: dict[str, Any]) -> None:
    measured = []
    for kind in (FigureCanvasAgg, Canvas, Canvas):
        figure = Figure(figsize=(1.6, 0.9), dpi=100)
        words = figure.text(**{"x": 0.137, "y": 0.421, "s": "AMSGrad 0.1", **look})
        made: Any = kind(figure)
        measured.append(words.get_window_extent(made.get_renderer()).extents)
    np.testing.assert_array_equal(measured[0], measured[1])
    np.testing.assert_array_equal(measured[0], measured[2])


@pytest.mark.parametrize("look", [look for look in LOOKS.values() if "\n" not in look.get("s", "")])
@pytest.mark.parametrize("kind", [FigureCanvasAgg, Canvas])
def test_inscriptions_are_texts_of_matplotlib(kind: type[FigureCanvasAgg], look: dict[str, Any]) -> None:
    expected = drawn(kind, look)
    for _ in range(2):
        figure = Figure(figsize=(1.6, 0.9), dpi=100)
        given = {"x": 0.137, "y": 0.421, "text": look.get("s", "AMSGrad 0.1"), **look}
        given.pop("s", None)
        words = Inscription(**given, transform=figure.transFigure)
        figure.add_artist(words)
        made: Any = kind(figure)
        plain = Text(**given, transform=figure.transFigure)
        plain.set_figure(figure)
        extents = [text.get_window_extent(made.get_renderer()).extents for text in (words, plain)]
        np.testing.assert_array_equal(extents[0], extents[1])
        made.draw()
        np.testing.assert_array_equal(np.array(made.buffer_rgba()), expected)


def test_what_an_inscription_looks_like_may_change() -> None:
    figure = Figure(figsize=(1.6, 0.9), dpi=100)
    renderer = Canvas(figure).get_renderer()
    words, plain = (kind(0.5, 0.5, "AMSGrad", transform=figure.transFigure) for kind in (Inscription, Text))
    for change in (
        {"fontsize": 7}, {"text": "Adam"}, {"ha": "right"}, {"va": "top"}, {"rotation": 20}, {"fontweight": "bold"},
        {"position": (0.1, 0.2)}, {"text": "$x$"}, {"parse_math": False},
    ):  # fmt: skip
        extents = []
        for text in (words, plain):
            text.set_figure(figure)
            text.set(**change)
            extents.append(text.get_window_extent(renderer).extents)
        np.testing.assert_array_equal(extents[0], extents[1])
