"""The lowest point of a box, and the proof that none is lower."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.formula.intervals import enclose, is_continuous
from optviz.problems import Sought, from_formula, lowest_point
from optviz.problems.bounds import Bounds


def sought(formula: str, box: Bounds, points: int = 10_000_000, enclosed: bool = True) -> Sought:
    problem = from_formula(formula, minima=[])
    symbols = problem.symbols
    assert symbols is not None

    def enclosure(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        sides = [*zip(low, high, strict=True), (1.0, 1.0)]
        bound, *slopes = enclose([symbols.value, *symbols.slopes], dict(zip(symbols.arguments, sides, strict=True)))
        least, greatest = (
            np.array([np.broadcast_to(slope[side], low.shape[1]) for slope in slopes]) for side in (0, 1)
        )
        return np.broadcast_to(bound[0], low.shape[1]), least, greatest

    jumps = not is_continuous(symbols.value, ("x", "y"))
    return Sought(problem.value, problem.gradient, box, points, enclosure if enclosed else None, jumps)


LOWEST = [  # formula, box, the lowest point
    ("x**2 + x", ((0, 1),), [0]),
    ("-x", ((0, 1),), [1]),
    ("abs(x - 1/3)", ((-7, 5),), [1 / 3]),
    ("x**2 - cos(3000*(x - 0.25)) - 0.5*x", ((-50, 50),), [0.25]),
    ("-exp(-1e8*(x - 3.3)**2)", ((-10, 10),), [3.3]),
    ("sqrt(abs(x - 3.3)) + sin(x)**2/9", ((-90, 90),), [3.3]),
    ("where(x > 0.3, x, 2 - x)", ((-1, 1),), [0.3]),
    ("x*y", ((-1, 1), (-2, 1)), [1, -2]),
    ("20 + x**2 - 10*cos(20*pi*x) + y**2 - 10*cos(20*pi*y)", ((-31, 40), (-50, 60)), [0, 0]),
    ("(1 - x)**2 + 100*(y - x**2)**2", ((-9, 8), (-7, 9)), [1, 1]),
    ("-exp(-1e6*((x - 2.2)**2 + (y + 3.1)**2)) + 0.001*x", ((-5, 5), (-5, 5)), [2.2, -3.1]),
]


@pytest.mark.parametrize(("formula", "box", "expected"), LOWEST)
def test_the_lowest_point_is_found_and_proven(formula: str, box: Bounds, expected: list[float]) -> None:
    point, proven = lowest_point(sought(formula, box))
    np.testing.assert_allclose(point, expected, atol=1e-6)
    assert proven


def test_the_proof_finds_what_the_grid_has_missed() -> None:
    formula, box = "0.001*x**2 - exp(-1e8*(x - 3.3033)**2)", ((-10, 10),)
    blind, proven = lowest_point(sought(formula, box, enclosed=False))
    assert (abs(float(blind[0])) < 1e-6, proven) == (True, False)
    few, _ = lowest_point(sought(formula, box, points=20_000))
    np.testing.assert_allclose(few, [3.3033], atol=1e-6)


def test_without_the_means_there_is_no_proof() -> None:
    point, proven = lowest_point(sought("(x - y)**2 + 0*x", ((-1, 1), (-1, 1)), points=500))
    assert abs(float(point[0] - point[1])) < 1e-6
    assert not proven


def test_of_equally_low_points_the_first_counts() -> None:
    point, _ = lowest_point(sought("0*x", ((-1, 1),)))
    assert point == [-1]
