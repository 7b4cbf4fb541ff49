"""Problems made from the author's own formulas, and the search for their minima."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.errors import OptvizError
from optviz.problems import FUNCTIONS, find_minima, from_catalogue, from_formula
from optviz.problems.problem import written_out

SEARCHED = [  # formula, window, minima
    ("x - x**3", [[-2, 2]], [(-0.5773502691896258,)]),
    ("x - x**3", [[0, 2]], []),
    ("2*x**2 + 2*x*y + 2*y**2 - 6*x", [[-1, 4], [-4, 2]], [(2, -1)]),
    ("abs(x - 0.3)", [[-1, 1]], [(0.3,)]),
    ("max(abs(x), abs(y - 0.1))", [[-1, 1.1], [-1, 1]], [(0, 0.1)]),
    ("x**2", [[0, 1]], [(0,)]),
    ("x*log(x)", [[-1, 2]], [(0.36787944117144233,)]),
    ("x**4 - 2*x**2 + 0.5*x", [[-2, 2]], [(-1.057453770738378,), (0.93040292655585,)]),
    ("(x - y)**2", [[-1, 1], [-1, 1]], []),
    ("(x**2 + y**2 - 1)**2", [[-2, 2], [-2, 2]], []),
    ("max(0, abs(x) - 1)", [[-2, 2]], []),
    ("floor(x)", [[-2, 2]], []),
    ("0*x", [[-2, 2]], []),
    ("x + y", [[-2, 2], [-2, 2]], []),
    ("x**3 - 3*x*y**2", [[-2, 2], [-2, 2]], []),
    ("1/x", [[-1, 1]], []),
    ("exp(1000*x)", [[-1, 1]], []),
    ("log(-1 - x**2)", [[-1, 1]], []),
]


@pytest.mark.parametrize(("formula", "window", "minima"), SEARCHED)
def test_minima_are_found(formula: str, window: list[list[float]], minima: list[tuple[float, ...]]) -> None:
    problem = from_formula(formula, window=window)
    assert problem.minima_found
    assert len(problem.minima) == len(minima)
    for found, expected in zip(problem.minima, minima, strict=True):
        assert found == pytest.approx(expected, abs=1e-9)
    assert (problem.f_min is None) == (not minima)
    if minima:
        assert problem.f_min == problem.value(np.array(problem.minima[0]))


UNSEEN = {"bukin6", "eggholder"}  # the end of a curved crease, and the edge of a domain


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in UNSEEN and FUNCTIONS[name].minima])
def test_the_search_finds_what_is_known(name: str) -> None:
    problem = from_catalogue(name)
    assert problem.window
    found = np.array(find_minima(problem, problem.window))
    assert np.array_equal(found, find_minima(problem, problem.window))
    for minimum in problem.minima:
        assert np.abs(found - np.array(minimum)).max(axis=1).min() < 1e-8
    assert problem.value(found[0]) == pytest.approx(problem.f_min, rel=1e-12, abs=1e-12)


def test_what_a_formula_becomes() -> None:
    problem = from_formula("a*x**2 + y", constants={"a": 3}, start=[1, 2])
    assert (problem.name, problem.dim, problem.online) == ("formula", 2, False)
    assert (problem.formula, problem.title, problem.latex) == ("a*x**2 + y", "a·x² + y", "a x^{2} + y")
    assert (problem.window, problem.domain, problem.start) == (None, None, (1.0, 2.0))
    assert (problem.minima, problem.minima_found, problem.f_min) == ((), False, None)
    assert np.array_equal(problem.gradient(np.array([2.0, 0.0])), [12, 1])


def test_given_minima_are_not_searched_for() -> None:
    problem = from_formula("x**2 - 3", window=[[-1, 1]], minima=[0], start=0.5)
    assert (problem.minima, problem.minima_found, problem.f_min) == (((0.0,),), False, -3.0)
    assert problem.start == (0.5,)


def test_minima_outside_the_domain_do_not_count() -> None:
    assert from_formula("x**2", window=[[-1, 1]], domain=[[0.5, 2]]).minima == ()
    assert from_formula("x**2", window=[[-1, 1]], domain=[[2, 3]]).minima == ()


def test_online_problems_have_no_minima_to_search() -> None:
    problem = from_formula(
        "where(t % 3 == 1, C*x, -x)", constants={"C": 3}, domain=[[-1, 1]], window=[[-1, 1]], minima=[[-1]]
    )
    assert problem.online
    assert (problem.f_min, problem.minima) == (None, ((-1.0,),))
    assert problem.domain == ((-1.0, 1.0),)
    assert not from_formula("x*t", window=[[-1, 1]]).minima_found
    assert find_minima(problem, ((-1, 1),)) == ()


def test_all_misfits_at_once() -> None:
    with pytest.raises(OptvizError) as refused:
        from_formula("x + y", window=[[0, 1]], domain=[[1, 0], [0, 1]], minima=[[1]], start=[1, float("nan")])
    assert [str(issue) for issue in refused.value.issues] == [
        "window: window does not fit a formula in x and y; write [[x0, x1], [y0, y1]]",
        "domain: domain needs finite ranges that rise, not [[1.0, 0.0], [0.0, 1.0]]",
        "minima[0]: minima[0] does not fit a formula in x and y; write [x, y]",
        "start: start must be finite, not [1.0, nan]",
    ]


TITLES = [
    ("x - x**3", "x - x³"),
    ("2 * x ** 12", "2·x¹²"),
    ("x**2.5*y", "x**2.5·y"),
    ("x**-2", "x**-2"),
    ("x**y", "x**y"),
]


@pytest.mark.parametrize(("formula", "title"), TITLES)
def test_written_out(formula: str, title: str) -> None:
    assert written_out(formula) == title
