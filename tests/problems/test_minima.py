"""The search for minima: inside a box, on the edges of a domain, and farther and farther out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optviz.problems import from_formula, with_minima_around
from optviz.problems.minima import polished_values
from tests import few

LINE, UNIT, SQUARE = [[-1, 1]], [[0, 1], [0, 1]], [[-1, 1], [-1, 1]]

# --- on the edges of a domain -------------------------------------------------------------------------

ON_EDGES = [  # formula, domain, the lowest minima, the others
    ("x**2 + x", [[0, 1]], [(0,)], []),
    ("x", LINE, [(-1,)], []),
    ("-x", LINE, [(1,)], []),
    ("x**3", [[0, 1]], [(0,)], []),  # the slope is 0 there, and so is the curvature
    ("x**2", [[0, 1]], [(0,)], []),
    ("sqrt(x)", [[0, 4]], [(0,)], []),
    ("exp(-x)", [[0, 5]], [(5,)], []),
    ("acos(x)", LINE, [(1,)], []),
    ("sin(x)**2", [[0, math.pi]], [(0,), (math.pi,)], []),
    ("x - x**3", [[-1, 1.5]], [(1.5,)], [(-(3**-0.5),)]),
    ("-x**2", [[-1, 2]], [(2,)], [(-1,)]),
    ("x**2", [[0.5, 2]], [(0.5,)], []),
    ("abs(x - 3)", [[0, 1]], [(1,)], []),
    ("x**2 + y**2", [[1, 2], [-1, 1]], [(1, 0)], []),
    ("x**2 + y**2", UNIT, [(0, 0)], []),
    ("(x - 2)**2 + (y - 0.3)**2", SQUARE, [(1, 0.3)], []),
    ("x + y", [[-1, 1], [-2, 2]], [(-1, -2)], []),
    ("x*y", SQUARE, [(-1, 1), (1, -1)], []),
    ("x**2 - y**2", SQUARE, [(0, -1), (0, 1)], []),
    ("-(x**2) - y**2", [[-1, 1], [-1, 2]], [(-1, 2), (1, 2)], [(-1, -1), (1, -1)]),
    ("abs(x) + abs(y)", [[-1, 1], [0, 1]], [(0, 0)], []),
    ("(1 - x)**2 + 100*(y - x**2)**2", [[-2, 0.5], [-1, 3]], [(0.5, 0.25)], []),
    ("x", [[-1, 1], [-1, 1]], [], []),  # as low all along the edge
]


@pytest.mark.parametrize(("formula", "domain", "lowest", "others"), few(ON_EDGES, 4))
def test_minima_are_found_on_the_edges_of_a_domain(
    formula: str, domain: list[list[float]], lowest: list[tuple[float, ...]], others: list[tuple[float, ...]]
) -> None:
    text = f"{formula} + 0*y" if len(domain) == 2 and "y" not in formula else formula
    problem = from_formula(text, window=domain, domain=domain)
    assert problem.minima == tuple(pytest.approx(point, abs=1e-12) for point in lowest)
    assert problem.local_minima == tuple(pytest.approx(point, abs=1e-9) for point in others)
    without = with_minima_around(from_formula(text, domain=domain), [0.5] * len(domain))
    assert (without.minima, without.local_minima, without.f_min) == (
        problem.minima,
        problem.local_minima,
        problem.f_min,
    )


def test_a_shallow_minimum_on_an_edge_is_found() -> None:
    """From the edge the function rises for less than a twentieth of the grid's cell."""
    rastrigin = "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)"
    problem = from_formula(rastrigin, domain=[[0.5, 5], [-5, 5]], window=[[0.5, 5], [-5, 5]])
    on_edge = sorted(round(y) for x, y in problem.local_minima if x == 0.5)
    assert on_edge == list(range(-5, 6))


def test_a_windows_edge_is_no_domains() -> None:
    assert from_formula("x**2 + x", window=[[0, 1]]).minima == ()
    assert from_formula("x**2 + x", window=[[0, 1]], domain=[[-0.25, 2]]).minima == ()
    assert from_formula("x**2 + x", window=[[-1, 1]], domain=[[0.25, 2]]).minima == ((0.25,),)


@pytest.mark.thorough
def test_a_valley_that_ends_at_an_edge_is_no_minimum() -> None:
    for formula in ("x**2*y**2", "(x - y)**2", "(x - 2*y)**2", "max(0, x + y)"):
        assert from_formula(formula, window=SQUARE, domain=SQUARE).minima == ()


# --- what is no minimum -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "formula",
    few(
        [
            "floor(3*x) + x**2",
            "log(x)",
            "1/x",
            "-1/abs(x)",
            "log(abs(x - 0.25))",
            "x**2 - 1/abs(x - 1)",
            "x**3",
            "-x**2",
            "exp(-x)",
        ],
        9,
    ),
)
@pytest.mark.thorough
def test_a_pole_and_a_slope_are_no_minima(formula: str) -> None:
    for problem in (from_formula(formula, window=[[-2, 3]]), with_minima_around(from_formula(formula), (1,))):
        assert (problem.minima, problem.local_minima, problem.f_min, problem.lower) == ((), (), None, None)


@pytest.mark.thorough
def test_a_crease_that_bends_has_no_minimum_where_a_coarse_grid_sees_one() -> None:
    problem = with_minima_around(from_formula("100*sqrt(abs(y - 0.01*x**2)) + 0.01*abs(x + 10)"), (-12, 2))
    assert (problem.minima, problem.f_min) == ((), None)


# --- all of them, and the lowest ----------------------------------------------------------------------

HILLY = [  # formula, domain: as many minima as a dense grid shows
    ("cos(3*x) + 0.1*x", (-5, 5)),
    ("sin(50*x) + 0.1*x**2", (-5, 5)),
    ("x*sin(x)", (-20, 20)),
    ("(6*x - 2)**2*sin(12*x - 4)", (0, 1)),
    ("x**2*sin(1/(x + 0.001))", (0.05, 1)),
    ("x**2 + 5*abs(sin(20*x))", (-2, 2)),
    ("min((x - 1)**2, (x + 1)**2 - 0.5)", (-3, 3)),
    ("-exp(-1000*(x - 0.37)**2) + 0.01*x**2", (-10, 10)),
    ("abs(x)**1.5 + 0.3*x", (-1, 1)),
    ("1e-6*x**2 - 1e-6*x", (0, 1)),
]


@pytest.mark.parametrize(("formula", "domain"), HILLY)
def test_a_dense_grid_shows_the_same_minima(formula: str, domain: tuple[float, float]) -> None:
    problem = from_formula(formula, window=[domain], domain=[domain])
    x = np.linspace(*domain, 100_001)
    f = problem.value(x[np.newaxis])
    beyond = np.concatenate([[np.inf], f, [np.inf]])
    low = (f < beyond[:-2]) & (f < beyond[2:])
    found = sorted(place for (place,) in (*problem.minima, *problem.local_minima))
    np.testing.assert_allclose(found, x[low], atol=2e-4 * (domain[1] - domain[0]))
    assert problem.f_min is not None
    assert problem.f_min <= f.min()


def test_many_minima_in_a_cell_are_isolated_each() -> None:
    problem = from_formula("x**2 - cos(20000*x)", window=[[-3, 3]])
    assert problem.minima
    assert all(abs(float(problem.gradient(np.array(point))[0])) < 1e-5 for point in problem.minima)


@pytest.mark.parametrize(
    ("formula", "window", "lowest"),
    [
        ("-exp(-1e8*(x - 3.3033)**2) + 0.001*x**2", [[-10, 10]], (3.3033,)),
        ("-exp(-1e8*(x - 3.3033)**2) + 0.001*x", [[-10, 10]], (3.3033,)),
        ("abs(x - 1) + 5*min(0, 5000*abs(x - 7.30031) - 3)", [[-10, 10]], (7.30031,)),
        ("x**2 - cos(20000*(x - 0.5)) - x", [[-30, 20]], (0.5,)),
        ("0.001*(x**2 + y**2) - exp(-1e6*((x - 2.2022)**2 + (y + 3.1033)**2))", [[-5, 5], [-5, 5]], (2.2022, -3.1033)),
        (
            "sin(3*pi*x)**2 + (x - 1)**2*(1 + sin(3*pi*y)**2) + (y - 1)**2*(1 + sin(2*pi*y)**2)",
            [[-18.8, 6.8], [-6.4, 19.2]],
            (1, 1),
        ),
    ],
)
def test_the_lowest_minimum_is_found_where_no_grid_sees_it(
    formula: str, window: list[list[float]], lowest: tuple[float, ...]
) -> None:
    assert from_formula(formula, window=window).minima == (pytest.approx(lowest, abs=1e-6),)


# --- zeros --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "window"),
    [
        ("(x - 0.3)**2", [[-1, 1.17]]),
        ("sin(x) + 1", [[-3, 3]]),
        ("1 - cos(x - 1)", [[-2, 3]]),
        ("(x - 1/3)**4", [[-2, 3.1]]),
        ("-(-abs(x - 0.7))", [[-2, 3]]),
        ("(x - 1.7)**2 + (y - x/3)**2", [[-2, 3.3], [-2, 3]]),
        ("(1 - x)**2 + 100*(y - x**2)**2", [[-2, 2.1], [-1, 3]]),
        ("(x**2 + y - 11)**2 + (x + y**2 - 7)**2", [[-5, 5], [-5, 5]]),
    ],
)
def test_a_lowest_value_of_zero_is_zero(formula: str, window: list[list[float]]) -> None:
    assert str(from_formula(formula, window=window).f_min) == "0.0"


def test_small_values_that_are_not_zero_stay() -> None:
    assert from_formula("1e-30*x**2 - 5e-31", window=[[-1, 1]]).f_min == -5e-31
    values = polished_values(lambda x: x[0] ** 2 + 1e-12, lambda x: 2 * x, np.array([[0.001]]), np.array([0.01]))
    assert values == pytest.approx([1e-12])


@pytest.mark.parametrize("formula", ["x**2 + 10*y**2 + 3*sin(3*x)", "x**4 - x**2 + sin(y)**2", "cosh(x) + abs(y)"])
def test_a_coordinate_of_zero_is_zero(formula: str) -> None:
    problem = from_formula(formula, window=[[-1.3, 1.1], [-1.1, 1.7]])
    assert problem.minima
    for place in {value for point in problem.minima for value in point if abs(value) < 1e-9}:
        assert str(place) == "0.0"


def test_given_minima_have_no_negative_zero() -> None:
    assert str(from_formula("x**2 + y**2", minima=[[-0.0, 0.0]]).minima) == "((0.0, 0.0),)"


# --- outside the window -------------------------------------------------------------------------------

QUARTIC = "x**4 - 3*x**2 + x"


@pytest.mark.parametrize(
    ("formula", "window", "domain", "lower"),
    [
        (QUARTIC, [[0.4, 1.44]], None, (-1.3008395659415772,)),
        (QUARTIC, [[-2, 2]], None, None),
        (QUARTIC, [[0.4, 1.44]], [[-1, 2]], (-1,)),
        (QUARTIC, [[0.4, 1.44]], [[-0.25, 2]], None),
        ("(x - 5)**2", [[0, 2]], None, (5,)),
        ("(x - 5)**2", [[0, 2]], [[-1, 3]], (3,)),
        ("x - x**3", [[-2, 2]], None, None),  # falls without end, but has no lower minimum
        ("cos(x)", [[2, 4]], None, None),  # others are as low
        ("x*sin(x)", [[-8, 8]], None, (-11.085538406497022,)),  # the next one of lower and lower ones
        ("x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y", [[0, 4], [0, 4]], None, (-2.903534027771177,) * 2),
        ("x**2 + 10*y**2 + 3*sin(3*x)", [[1, 4], [-2, 2]], None, (-0.48742243442987, 0)),
    ],
)
def test_a_lower_minimum_outside_the_window_is_known(
    formula: str, window: list[list[float]], domain: list[list[float]] | None, lower: tuple[float, ...] | None
) -> None:
    problem = from_formula(formula, window=window, domain=domain)
    assert problem.lower == (None if lower is None else pytest.approx(lower, abs=1e-9))


@pytest.mark.parametrize(
    ("formula", "start", "lowest", "lower"),
    [
        ("x*sin(x)", (1,), [(0,)], (4.913180439434884,)),
        ("x*sin(x)", (10,), [(17.33637792398336,)], (29.87858650610739,)),
        ("x*sin(x) + y*sin(y)", (1, 1), [(0, 0)], (4.913180439434884, 4.913180439434884)),
        ("0.01*x**2 + 3*sin(x)", (60,), [(-1.5603935157,)], None),  # far, but there is a lowest
        ("(x - 3000)**2", (1,), [(3000,)], None),
        (
            "sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
            (3.5, 1),
            [(2.594395102, 1.594395102)],
            (0.547197551, 1.547197551),
        ),
        ("x - x**3", (-1,), [(-(3**-0.5),)], None),
    ],
)
def test_where_ever_lower_minima_follow_the_first_box_counts(
    formula: str, start: tuple[float, ...], lowest: list[tuple[float, ...]], lower: tuple[float, ...] | None
) -> None:
    problem = with_minima_around(from_formula(formula), start)
    assert problem.minima == tuple(pytest.approx(point, abs=1e-3) for point in lowest)
    if lower is None:
        assert problem.lower is None
    else:
        assert problem.lower is not None
        assert np.abs(problem.lower) == pytest.approx(lower, abs=1e-8)
