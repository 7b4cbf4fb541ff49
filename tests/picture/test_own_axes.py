"""A race as Matplotlib's figure, and drawn into axes of the user's own."""

from __future__ import annotations

from io import BytesIO

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from numpy.typing import NDArray
from PIL import Image

import optviz
from optviz import Race
from optviz.picture.layout.theme import THEMES, paints
from tests import few
from tests.picture.races import CURVE, MAP, film_of, race

ONLINE = "function: {formula: x*sin(t), domain: [[-1, 1]]}\nstart: 0.5\nsteps: 20\noptimizers: [adam, sgd]\n"
NETWORK = "network: {layers: [2, 3, 1], samples: 20}\nsteps: 6\noptimizers: [adam, sgd]\n"
SURFACE = "function: beale\nsteps: 20\noptimizers: [adam, sgd]\nrender: {size: 320x180, view: surface, panels: []}\n"


def axes_of(size: tuple[float, float] = (5, 4)) -> Axes:
    figure = Figure(figsize=size)
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def pixels_of(figure: Figure, dpi: float) -> NDArray[np.uint8]:
    file = BytesIO()
    figure.savefig(file, format="png", dpi=dpi, facecolor=figure.get_facecolor())
    return np.asarray(Image.open(file).convert("RGB"))


def box_of(pixels: NDArray[np.int_], colour: str) -> NDArray[np.int_]:
    """The first and last row and column that hold a colour."""
    own = np.array([round(255 * part) for part in to_rgb(colour)])
    rows, columns = np.nonzero((np.abs(pixels.astype(int) - own) <= 40).all(axis=2))
    return np.array([rows.min(), rows.max(), columns.min(), columns.max()])


@pytest.fixture(scope="module")
def done() -> Race:
    return race(MAP)


@pytest.mark.parametrize("step", few([None, 0, 20], 3))
@pytest.mark.thorough
def test_trails_heads_and_names_are_those_of_the_step(done: Race, step: int | None) -> None:
    axes = axes_of()
    trails = done.draw(axes, step)
    looks = paints(done.scenario.optimizers, THEMES["light"])
    assert list(trails) == [racer.label for racer in done.racers]
    for racer, trail, (colour, _) in zip(done.racers, trails.values(), looks, strict=True):
        np.testing.assert_array_equal(trail.get_xydata(), racer.x[: None if step is None else step + 1])
        assert (to_hex(str(trail.get_color())), trail.get_label()) == (colour, racer.label)
    heads = {(*line.get_xydata()[0].tolist(), to_hex(str(line.get_markerfacecolor()))) for line in axes.lines}
    last = done.scenario.steps if step is None else step
    assert {(*racer.x[last].tolist(), colour) for racer, (colour, _) in zip(done.racers, looks, strict=True)} <= heads
    names = [text.get_text() for text in axes.texts]
    assert sorted(names) == sorted(trails)
    assert [tuple(axes.get_xlim()), tuple(axes.get_ylim())] == [tuple(side) for side in done.problem.window or ()]
    assert axes.collections  # the land


def test_names_lie_neither_on_one_another_nor_outside(done: Race) -> None:
    axes = axes_of((6, 5))
    done.draw(axes)
    boxes = [text.get_window_extent() for text in axes.texts if isinstance(text, Annotation)]
    frame = axes.get_window_extent()
    assert all(frame.contains(*corner) for box in boxes for corner in box.corners())
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_what_is_there_already_stays_as_it_is(done: Race) -> None:
    axes, settings = axes_of(), dict(mpl.rcParams)
    axes.set(xlim=(0, 1), ylim=(2, 3), title="mine", facecolor="pink")
    (line,) = axes.plot([0, 1], [2, 3])
    colour, cycle = line.get_color(), axes.plot([0], [2])[0].get_color()
    done.draw(axes)
    assert dict(mpl.rcParams) == settings
    assert (axes.get_xlim(), axes.get_ylim(), axes.get_title()) == ((0, 1), (2, 3), "mine")
    assert (line.get_color(), to_hex(axes.get_facecolor())) == (colour, to_hex("pink"))
    assert axes.plot([0], [2])[0].get_color() not in (colour, cycle)  # the cycle went on by one, no more
    assert all(land.get_zorder() < line.get_zorder() for land in axes.collections)


@pytest.mark.parametrize(("text", "lines"), [(CURVE, 1), (ONLINE, 2), (NETWORK, 2), (SURFACE, 2)])
def test_every_view_has_its_plane(text: str, lines: int) -> None:
    run = race(text)
    axes = axes_of()
    trails = run.draw(axes, 5)
    assert len(trails) == lines
    for racer, trail in zip(run.racers, trails.values(), strict=True):
        x, y = np.asarray(trail.get_xydata()).T
        expected = {"curve": racer.x[:6, 0], "surface": racer.x[:6, 0]}.get(run.scenario.render.view, np.arange(6))
        np.testing.assert_array_equal(x, expected)
        assert axes.viewLim.contains(x[-1], y[-1])
    axes.figure.draw_without_rendering()


@pytest.mark.thorough
def test_a_figure_is_the_picture_at_any_resolution(done: Race) -> None:
    figure = done.figure()
    width, height = done.scenario.render.size
    still = film_of(done).still(None)[..., :3].astype(int)
    same = pixels_of(figure, figure.dpi).astype(int)
    assert same.shape == (height, width, 3)
    assert np.abs(same - still).mean() < 0.5
    twice = pixels_of(figure, 2 * figure.dpi)
    assert twice.shape == (2 * height, 2 * width, 3)
    for colour, _ in paints(done.scenario.optimizers, THEMES["light"]):
        np.testing.assert_allclose(box_of(twice, colour) / 2, box_of(still, colour), atol=5)


@pytest.mark.thorough
def test_a_surface_keeps_its_place_at_any_resolution() -> None:
    run = race(SURFACE)
    figure = run.figure(3)
    once, twice = (pixels_of(figure, dpi * figure.dpi).astype(int) for dpi in (1, 2))
    assert np.abs(twice[::2, ::2] - once).mean() < 6


@pytest.mark.parametrize("step", [-1, 61])
def test_a_step_that_the_race_does_not_have_is_refused(done: Race, step: int) -> None:
    for draw in (lambda: done.draw(axes_of(), step), lambda: done.figure(step)):
        with pytest.raises(optviz.OptvizError, match=f"step: the race has steps 0 to 60, got {step}"):
            draw()
