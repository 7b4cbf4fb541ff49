"""Problems made from the author's own formulas, and the search for their minima."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optviz.errors import OptvizError
from optviz.problems import FUNCTIONS, Problem, find_minima, from_catalogue, from_formula, problem, with_minima_around
from tests import few

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


@pytest.mark.parametrize(("formula", "window", "minima"), few(SEARCHED, 2))
def test_minima_are_found(formula: str, window: list[list[float]], minima: list[tuple[float, ...]]) -> None:
    problem = from_formula(formula, window=window)
    assert problem.minima_found
    for found, expected in zip((*problem.minima, *problem.local_minima), minima, strict=True):
        assert found == pytest.approx(expected, abs=1e-9)
    assert (problem.f_min is None) == (not minima)
    if minima:
        assert problem.f_min == problem.value(np.array(problem.minima[0]))


UNSEEN = {"bukin6", "eggholder"}  # the end of a curved crease, and the edge of a domain


@pytest.mark.parametrize("name", few([name for name in FUNCTIONS if name not in UNSEEN and FUNCTIONS[name].minima], 4))
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


def test_a_formula_that_is_read_again_is_not_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(window: float) -> Problem:
        return from_formula("(x - 0.31)**2 + sin(3*y)", window=[[-1, window], [-2, 2]])

    first = read(1)
    monkeypatch.setattr(problem, "search_minima", lambda *given, **more: pytest.fail("searched again"))
    again = read(1)
    assert (again.minima, again.f_min, again.value) == (first.minima, first.f_min, first.value)
    with pytest.raises(pytest.fail.Exception, match="searched again"):
        read(2)


def test_given_minima_are_not_searched_for() -> None:
    problem = from_formula("x**2 - 3", window=[[-1, 1]], minima=[0], start=0.5)
    assert (problem.minima, problem.minima_found, problem.f_min) == (((0.0,),), False, -3.0)
    assert problem.start == (0.5,)


def test_minima_outside_the_domain_do_not_count() -> None:
    assert from_formula("(x**2 - 1)**2", window=[[-2, 2]], domain=[[0.5, 2]]).minima == ((1.0,),)
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
        "window: the function has two coordinates (x, y), window has 1; write [[x0, x1], [y0, y1]]",
        "domain: needs finite ranges that rise, not [[1.0, 0.0], [0.0, 1.0]]",
        "minima[0]: the function has two coordinates (x, y), minima[0] has 1; write [x, y]",
        "start: must be finite, not [1.0, nan]",
    ]


def test_what_is_given_replaces_what_the_catalogue_knows() -> None:
    beale = from_catalogue("beale")
    assert from_catalogue("beale", window=None, minima=None) == beale
    problem = from_catalogue("beale", window=[[0, 4], [-1, 1]], domain=[[-1, 4], [-1, 1]], start=[0, 0])
    assert (problem.name, problem.title, problem.formula) == ("beale", beale.title, beale.formula)
    assert (problem.window, problem.domain) == (((0, 4), (-1, 1)), ((-1, 4), (-1, 1)))
    assert (problem.start, problem.minima, problem.f_min) == ((0, 0), beale.minima, beale.f_min)
    assert not problem.minima_found
    problem = from_catalogue("himmelblau", minima=[[3, 2]])
    assert (problem.minima, problem.f_min, problem.minima_found) == (((3, 2),), 0, False)


def test_other_constants_move_the_minima() -> None:
    steep, gentle = from_catalogue("michalewicz"), from_catalogue("michalewicz", constants={"m": 1})
    assert from_catalogue("michalewicz", constants={"m": 10}) == steep
    at = np.array([1.0, 2.0])
    expected = -np.sin(1) * np.sin(1 / np.pi) ** 2 - np.sin(2) * np.sin(8 / np.pi) ** 2
    assert gentle.value(at) == pytest.approx(expected, rel=1e-14)
    assert gentle.minima_found
    assert gentle.minima[0] != steep.minima[0]
    assert np.abs(gentle.gradient(np.array(gentle.minima[0]))).max() < 1e-9
    assert gentle.window == steep.window
    unsearched = from_catalogue("michalewicz", constants={"m": 1}, search=False)
    assert (unsearched.minima, unsearched.minima_found, unsearched.f_min) == ((), True, None)


def test_a_domain_leaves_the_minima_inside_it() -> None:
    problem = from_catalogue("himmelblau", domain=[[0, 5], [-5, 5]])
    assert problem.minima == tuple(point for point in FUNCTIONS["himmelblau"].minima if point[0] > 0)
    assert not problem.minima_found
    problem = from_catalogue("rastrigin", domain=[[0.5, 1.5], [-0.4, 0.4]])
    assert problem.minima_found
    assert problem.minima == (pytest.approx((0.99495863, 0), abs=1e-6),)
    assert problem.f_min == pytest.approx(0.994959057, abs=1e-8)
    assert not from_catalogue("saddle", domain=[[-1, 1], [-1, 1]]).minima_found


MISFITS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("beale", {"constants": {"a": 1}}, ["constants.a: beale has no constant a; its formula has none"]),
    ("schwefel", {"constants": {"C": 1}}, ["constants.C: schwefel has no constant C; did you mean c?"]),
    ("schwefel", {"constants": {"c": float("inf")}}, ["constants.c: constant c must be finite, not inf"]),
    (
        "beale",
        {"window": [[0, 1]], "minima": [1]},
        [
            "window: the function has two coordinates (x, y), window has 1; write [[x0, x1], [y0, y1]]",
            "minima[0]: the function has two coordinates (x, y), minima[0] has 1; write [x, y]",
        ],
    ),
]


@pytest.mark.parametrize(("name", "given", "expected"), MISFITS)
def test_misfits_of_a_catalogue_function(name: str, given: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(OptvizError) as refused:
        from_catalogue(name, **given)
    assert [str(issue) for issue in refused.value.issues] == expected


EXTREMES = [  # formula, window: values and slopes beyond the largest float
    ("(((((x**2)**2)**2)**2)**2)**2", [[-1e6, 1e6]]),
    ("x**2", [[-1.5e308, 1.5e308]]),
    ("x**2 + y**2", [[-1e308, 1e308], [-1, 1]]),
    ("exp(x**4)", [[-100, 100]]),
    ("x**2", [[1, 1 + 1e-15]]),
    ("x**2", [[-5e-324, 5e-324]]),
    ("x**2", [[-1e-300, 1e-300]]),
    ("1e308*x**2 - 1e308*x**4", [[-10, 10]]),
]


@pytest.mark.parametrize(("formula", "window"), few(EXTREMES, 4))
@pytest.mark.thorough
def test_the_search_is_quiet_at_extremes(formula: str, window: list[list[float]]) -> None:
    for minimum in from_formula(formula, window=window).minima:
        assert all(low <= z <= high for z, (low, high) in zip(minimum, window, strict=True))


# --- the lowest and the others ------------------------------------------------------------------------


def test_the_lowest_minima_are_told_apart_from_the_others() -> None:
    problem = from_formula("x**4 - 2*x**2 + 0.5*x", window=[[-2, 2]])
    assert problem.minima == (pytest.approx((-1.057453770738378,)),)
    assert problem.local_minima == (pytest.approx((0.93040292655585,)),)
    assert len(from_formula("(x**2 - 1)**2", window=[[-2, 2]]).minima) == 2


def test_given_minima_are_compared_by_the_values_that_they_stand_for() -> None:
    written = from_catalogue("himmelblau", minima=[[3, 2], [3.58, -1.85], [-2.81, 3.13]])
    assert (len(written.minima), written.local_minima, written.f_min) == (3, (), 0)
    tilted = from_formula("x**4 - 2*x**2 + 0.5*x", minima=[0.93, -1.057])
    assert (tilted.minima, tilted.local_minima) == (((-1.057,),), ((0.93,),))
    assert tilted.f_min == pytest.approx(-1.5147536412757057, abs=1e-14)


@pytest.mark.parametrize(
    ("formula", "start", "lowest"),
    [
        ("x**4 - 3*x**2 + x", (0.5,), (-1.3008395659415772,)),
        ("(x - 3000)**2", (1.0,), (3000.0,)),
        ("x**2 - y**2", (1.0, 1.0), ()),
        ("(x - 100)**2", (1.0,), (100.0,)),
        ("x**2 + 10*y**2 + 3*sin(3*x)", (4.0, 3.0), (-0.4874224344, 0.0)),
    ],
)
def test_without_a_window_minima_are_searched_in_a_box_that_grows(
    formula: str, start: tuple[float, ...], lowest: tuple[float, ...]
) -> None:
    problem = from_formula(formula)
    found = with_minima_around(problem, start)
    assert (problem.minima, found.minima_found, found.window) == ((), True, None)
    assert found.minima == ((pytest.approx(lowest, abs=1e-8),) if lowest else ())


def test_a_gap_of_rounding_alone_is_zero() -> None:
    problem = from_formula("2*x**2 + 2*x*y + 2*y**2 - 6*x", minima=[[2, -1]])
    assert problem.f_min == -6
    f = np.array([-6 - 8.9e-16, -6, -6 + 1e-12, 4, -7, np.inf])
    assert problem.above_least(f).tolist() == pytest.approx([0, 0, 1e-12, 10, -1, np.inf], rel=1e-3)
    flat = from_formula("x**2", minima=[0])
    assert flat.above_least(np.array([1e-300])).tolist() == [1e-300]
