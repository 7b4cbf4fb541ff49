"""Where the land is cut into bands: every function of the catalogue must show its structure."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from optviz.picture.layout.theme import THEMES
from optviz.picture.machine.thinned import Contours
from optviz.picture.views.contours import (
    BANDS,
    LARGEST_SHARE,
    LOW_BANDS,
    MOST_LINES,
    SCALES,
    HeightMap,
    Levels,
    crossings,
    height_map,
    levels_of,
)
from optviz.picture.views.land import draw_contours
from optviz.problems import FUNCTIONS, CustomFunction, from_callables, from_catalogue, from_formula

FUNCTIONS_2D = [name for name, entry in FUNCTIONS.items() if len(entry.window) == 2]
# Plains with a hole or a ditch: nearly all of the land truly has one height.
PLAINS = {"easom": 0.99, "michalewicz": 0.65}
# Functions on which the scale is known by the eye of whoever drew them.
CHOSEN = {
    "sphere": "linear",
    "rosenbrock": "log",
    "beale": "log",
    "himmelblau": "log",
    "ellipsoid100": "log",
    "rastrigin": "linear",
    "saddle": "linear",
    "holder_table": "rank",
    "easom": "linear",
}
RIPPLED = ("rastrigin", "eggholder", "shubert", "schaffer2", "schaffer4", "drop_wave", "levy13")


@pytest.mark.parametrize("name", FUNCTIONS_2D)
def test_the_bands_share_the_land(name: str) -> None:
    ground = ground_of(name)
    shares = ground.levels.shares(ground.z)
    assert len(shares) == BANDS
    assert shares.min() > 0
    assert shares.max() <= PLAINS.get(name, LARGEST_SHARE)
    assert np.isclose(shares.sum(), 1)


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS_2D) - set(PLAINS)))
def test_the_low_land_shows_more_than_a_flat_floor(name: str) -> None:
    ground = ground_of(name)
    assert len(np.unique(ground.levels.band_of(ground.z[ground.z <= np.median(ground.z)]))) >= LOW_BANDS


@pytest.mark.parametrize(("name", "scale"), CHOSEN.items())
def test_the_scale_follows_from_the_data(name: str, scale: str) -> None:
    assert ground_of(name).levels.scale == scale


@pytest.mark.parametrize("name", FUNCTIONS_2D)
def test_lines_that_would_blur_are_left_out(name: str) -> None:
    ground = ground_of(name)
    assert ground.lines == (crossings(ground.levels, ground.z) <= MOST_LINES)
    assert ground.lines or name not in ("sphere", "rosenbrock", "beale")
    assert not (ground.lines and name in RIPPLED)


@pytest.mark.parametrize("name", RIPPLED)
def test_a_land_of_lines_alone_has_some_that_can_be_told_apart(name: str) -> None:
    ground = ground_of(name)
    assert 1 <= len(ground.sparse) < BANDS - 1
    assert set(ground.sparse) <= set(ground.levels.heights)


@pytest.mark.parametrize("name", FUNCTIONS_2D)
def test_heights_in_space_rise_with_the_function(name: str) -> None:
    ground = ground_of(name)
    relief, z = ground.terrain.ravel(), ground.z.ravel()
    assert (np.diff(relief[np.argsort(z)]) >= -1e-12).all()
    assert (relief.min(), relief.max()) == pytest.approx((0, 1))
    assert ground.terrain_scale == ("log" if ground.levels.scale == "log" else "linear")


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", ["rosenbrock", "rastrigin", "easom", "saddle"])
def test_a_named_scale_is_taken(name: str, scale: str) -> None:
    problem = from_catalogue(name)
    assert problem.window is not None
    levels = height_map(problem, problem.window, scale, samples=80).levels
    assert levels.scale == scale
    assert (np.diff(levels.heights) > 0).all()


def test_log_levels_are_equal_factors_above_the_lowest_point() -> None:
    heights = levels_of(np.geomspace(1e-6, 1e6, 200).reshape(10, 20), "log").heights
    factors = (heights[2:] - heights[0]) / (heights[1:-1] - heights[0])
    np.testing.assert_allclose(factors, factors[0], rtol=1e-6)


def test_the_scales_do_not_care_for_height_or_unit() -> None:
    z = ground_of("beale").z
    for scale in SCALES:
        bands = levels_of(z, scale).band_of(z)
        moved = 1000 * z + 7
        assert (levels_of(moved, scale).band_of(moved) != bands).mean() < 1e-3


@pytest.mark.parametrize("formula", ["0*x + 0*y + 3", "floor(x) + 0*y", "log(x) + y**2", "1/(x*y)"])
def test_odd_lands_have_levels_all_the_same(formula: str) -> None:
    """Flat, in steps, without value in a half, without bound."""
    ground = height_map(from_formula(formula, start=(1, 1)), ((-2, 2), (-2, 2)), samples=61)
    assert (np.diff(ground.levels.heights) > 0).all()
    assert np.isfinite(ground.levels.heights).all()
    assert np.isclose(ground.levels.shares(ground.z).sum(), 1)


@pytest.mark.parametrize("formula", ["(x*x + y - 11)**2 + (x + y*y - 7)**2", "log(x) + y**2"])
@pytest.mark.parametrize("theme", ["light", "paper"])
def test_land_that_is_drawn_again_looks_as_it_did(formula: str, theme: str) -> None:
    problem, drawn, kinds = from_formula(formula, start=(1, 1), search=False), [], []
    for _ in range(2):
        figure = Figure(figsize=(2, 2), dpi=60)
        land = height_map(problem, ((-5, 5), (-5, 5)), samples=61)
        axes = figure.add_subplot()
        draw_contours(axes, land, THEMES[theme])
        axes.set(xlim=(-5, 5), ylim=(-5, 5))
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        drawn.append(np.array(canvas.buffer_rgba()))
        kinds.append([type(artist) for artist in axes.collections])
    assert land.contours
    assert kinds[0] == kinds[1]  # an SVG holds their names
    np.testing.assert_array_equal(*drawn)


@pytest.mark.parametrize("theme", ["light", "paper"])
def test_land_without_a_value_has_no_bands_and_no_lines(theme: str) -> None:
    problem, axes = from_formula("log(x) + y", start=(1, 1), search=False), Figure().add_subplot()
    draw_contours(axes, height_map(problem, ((-2, -1), (-1, 1)), samples=21), THEMES[theme])
    assert [len(path.vertices) for one in axes.collections for path in one.get_paths()] in ([0], [])


@pytest.mark.parametrize(
    "formula", ["(x*x + y - 11)**2 + (x + y*y - 7)**2", "log(x) + y**2", "where(x > 0, 1, 3) + 0*y"]
)
def test_bands_and_lines_are_those_of_matplotlib(formula: str) -> None:
    problem = from_formula(formula, start=(1, 1), search=False)
    land, axes = height_map(problem, ((-5, 5), (-5, 5)), samples=61), Figure().add_subplot()
    draw_contours(axes, land, THEMES["light"])
    heights = land.levels.heights
    expected = [axes.contourf(land.x, land.y, land.z, levels=heights, algorithm="serial")]
    if len(heights) > 2 and land.lines:
        expected.append(axes.contour(land.x, land.y, land.z, levels=heights[1:-1], algorithm="serial"))
    ours = [one for one in axes.collections if isinstance(one, Contours)]
    for own, other in zip(ours, expected, strict=True):
        for path, reference in zip(own.get_paths(), other.get_paths(), strict=True):
            np.testing.assert_array_equal(path.vertices, reference.vertices)
            np.testing.assert_array_equal(path.codes, reference.codes)


def test_every_height_lies_in_its_band() -> None:
    levels = Levels("linear", np.array([0.0, 1.0, 2.0]))
    assert levels.band_of(np.array([-1.0, 0.0, 0.5, 1.0, 2.0, 9.0])).tolist() == [0, 0, 0, 1, 1, 1]


@cache
def ground_of(name: str) -> HeightMap:
    problem = from_catalogue(name)
    assert problem.window is not None
    return height_map(problem, problem.window, samples=160)


@pytest.mark.parametrize(
    ("function", "side"),
    [(lambda x, y: x**2 + y**2, 300), (lambda x, y: math.hypot(x, y) ** 2, 150)],
    ids=["arrays", "numbers"],
)
def test_a_function_of_numbers_is_asked_for_fewer_heights(function: Any, side: int) -> None:
    problem = from_callables(CustomFunction(function), minima=[(0, 0)])
    assert height_map(problem, [(-1.0, 1.0), (-1.0, 1.0)]).z.shape == (side, side)
