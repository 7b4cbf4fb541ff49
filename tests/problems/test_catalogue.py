"""Every function of the catalogue against its reference, and what an entry promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from optviz.errors import OptvizError
from optviz.problems import ALIASES, FUNCTIONS, TestFunction, from_catalogue, names_of
from optviz.scenario import loads, problem_of
from tests import few

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "functions.json").read_text())["functions"]
LOCAL = {"x_minus_x3", "post_1d"}  # unbounded below, with a local minimum
NONE = {"monkey_saddle", "saddle"}  # unbounded below, without
EDGE = {"eggholder"}  # its stated minimum lies on the edge of its domain
KINKED = {"ackley", "bukin6", "drop_wave"}  # not smooth at the minimum; the subgradient is 0 there


def test_the_catalogue_has_the_reference_in_its_order() -> None:
    assert list(FUNCTIONS) == [*REFERENCE, *ALIASES]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_and_gradients(name: str) -> None:
    problem = from_catalogue(name)
    points = REFERENCE[ALIASES.get(name, name)]["test_points"]
    assert points
    for point in points:
        x, gradient = np.array(point["x"]), np.array(point["grad"])
        assert problem.value(x) == pytest.approx(point["f"], rel=1e-12, abs=0)
        assert problem.gradient(x) == pytest.approx(gradient, rel=1e-12, abs=0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_batch_gives_what_its_points_give(name: str) -> None:
    problem = from_catalogue(name)
    points = np.array([point["x"] for point in REFERENCE[ALIASES.get(name, name)]["test_points"]])
    values, gradients = problem.value(points.T), problem.gradient(points.T)
    assert np.array_equal(values, [problem.value(point) for point in points])
    assert np.array_equal(gradients.T, [problem.gradient(point) for point in points])
    if problem.dim == 1:
        assert np.array_equal(values, [problem.value(float(point[0])) for point in points])
        assert np.array_equal(gradients[0], [problem.gradient(float(point[0])) for point in points])


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in NONE])
def test_minima_are_minima(name: str) -> None:
    problem = from_catalogue(name)
    assert problem.minima
    for minimum in problem.minima:
        x = np.array(minimum, dtype=float)
        assert problem.value(x) == pytest.approx(problem.f_min, rel=1e-12, abs=1e-12)
        around = x[:, None] + 1e-3 * np.hstack([np.eye(problem.dim), -np.eye(problem.dim)])
        if name not in EDGE:
            rounding = 1e-16 * np.abs(x).max() * np.abs(problem.gradient(around)).max() / 1e-3  # of x itself
            assert np.abs(problem.gradient(x)).max() <= 1e-13 + 2 * rounding
            assert (problem.value(around) > problem.value(x)).all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_minima_are_those_of_the_reference(name: str) -> None:
    known = REFERENCE[ALIASES.get(name, name)]
    if name in LOCAL | NONE:
        assert all(minimum["on_boundary"] for minimum in known["minima_on_domain"])
        return
    exact = known.get("exact_minimum")
    expected = [exact["x"]] if exact else [minimum["x"] for minimum in known["minima_on_domain"]]
    found = sorted(map(tuple, np.round(np.array(FUNCTIONS[name].minima, dtype=float), 9) + 0.0))
    assert found == pytest.approx(np.array(sorted(map(tuple, np.round(expected, 9) + 0.0))), abs=2e-9)
    assert from_catalogue(name).f_min == pytest.approx(0.0 if exact else known["fmin"], rel=1e-14, abs=2e-13)


@pytest.mark.parametrize("name", sorted(KINKED))
def test_the_gradient_at_a_kinked_minimum_is_zero(name: str) -> None:
    problem = from_catalogue(name)
    assert np.array_equal(problem.gradient(np.array(problem.minima[0], dtype=float)), [0, 0])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_entries_are_whole(name: str) -> None:
    entry, problem = FUNCTIONS[name], from_catalogue(name)
    assert entry.title
    assert entry.source
    assert entry.about.endswith((".", "!", "?"))
    assert len(entry.window) == len(entry.start) == problem.dim
    for place in [entry.start, *entry.minima]:
        assert all(low <= z <= high for z, (low, high) in zip(place, entry.window, strict=True))
    slope = np.abs(problem.gradient(np.array(entry.start, dtype=float)))
    assert (slope > 1e-4).any()
    assert not problem.minima_found
    assert problem.name == name


@pytest.mark.parametrize("name", few(FUNCTIONS, 4))
def test_titles_are_mathtext(name: str) -> None:
    MathTextParser("path").parse(f"$f(x) = {from_catalogue(name).latex}$")


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_is_the_same_function(alias: str) -> None:
    assert FUNCTIONS[alias] is FUNCTIONS[ALIASES[alias]]
    assert from_catalogue(alias).name == alias
    assert names_of(alias) == [alias, ALIASES[alias]]
    assert names_of(ALIASES[alias]) == [ALIASES[alias], alias]


def test_the_blog_posts_functions_start_where_it_does() -> None:
    assert (from_catalogue("post_1d").start, from_catalogue("post_2d").start) == ((-1,), (1, 0))


def test_one_more_function_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = TestFunction(
        title="Trough",
        formula="x**2 + a*y**4",
        constants={"a": 3},
        window=((-1, 1), (-2, 2)),
        start=(1, 2),
        minima=((0, 0),),
        source="this test",
        about="Flat along y.",
    )
    monkeypatch.setitem(FUNCTIONS, "trough", entry)
    scenario = loads("function: trough\noptimizers: [adam]\n")
    problem = problem_of(scenario)
    assert (problem.title, problem.latex, problem.f_min) == ("Trough", "x^{2} + a y^{4}", 0)
    assert np.array_equal(problem.gradient(np.array([1.0, 2.0])), [2, 96])
    assert (scenario.title, scenario.start) == ("Adam on Trough", (1, 2))


def test_an_unknown_name_is_an_issue() -> None:
    with pytest.raises(OptvizError, match=r"unknown function rosenbrok; did you mean rosenbrock\?"):
        from_catalogue("rosenbrok")


@pytest.mark.thorough
def test_no_heavy_imports() -> None:
    program = """
import sys, numpy
from optviz.problems import from_catalogue, from_formula
from_catalogue("ackley").gradient(numpy.array([1.0, 2.0]))
from_formula("x**2", window=[[-1, 2]])
print(sorted({"matplotlib", "sympy", "av", "PIL", "pydantic", "scipy", "yaml"} & set(sys.modules)))
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
