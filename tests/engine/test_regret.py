"""Online problems: the published counterexamples, regret, the effective rate over time, rankings and exports."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optviz.engine.export import Export
from optviz.engine.regret import average_loss, average_regret, best_fixed_point
from optviz.engine.result import Result
from optviz.engine.run import Trajectory
from optviz.problems import Problem, from_formula
from tests import few
from tests.engine import compete, run
from tests.output.films import write_data

REDDI: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "reference/reddi.json").read_text())["runs"]
SHORT = [case for case in REDDI if case["T"] <= 10_000]
LONG = [case for case in REDDI if case["T"] > 10_000]


# --- the counterexamples ------------------------------------------------------------------------------


def problem_of(case: dict[str, Any]) -> Problem:
    return from_formula(case["formula"], constants={"C": case["C"]}, domain=[[-1, 1]])


def path_of(case: dict[str, Any]) -> Trajectory:
    given = {name: case[name] for name in ("lr", "beta1", "beta2", "eps", "bias_correction")}
    constants = {"alpha": case["alpha"]}
    return run(case["rule"], problem_of(case), case["x0"], case["T"], given, constants=constants)


def named(case: dict[str, Any]) -> str:
    return " ".join(str(case[name]) for name in ("rule", "C", "T", "lr", "alpha", "beta1", "beta2", "eps", "x0"))


def assert_is_the_published(case: dict[str, Any]) -> None:
    path, problem = path_of(case), problem_of(case)
    np.testing.assert_allclose(path.x[case["t"], 0], case["x"], rtol=0, atol=1e-12)
    best = best_fixed_point(problem, case["T"])
    assert best == [-1.0]
    assert average_regret(path.x, problem, best)[-1] == pytest.approx(case["avg_regret"], rel=0, abs=1e-12)


@pytest.mark.parametrize("case", few(SHORT, 6), ids=named)
def test_counterexample(case: dict[str, Any]) -> None:
    assert_is_the_published(case)
    end = path_of(case).x[-1, 0]
    assert end > 0.99 if case["rule"] == "adam" else end == -1.0


@pytest.mark.slow
@pytest.mark.parametrize("case", LONG, ids=named)
def test_counterexample_over_a_million_steps(case: dict[str, Any]) -> None:
    assert_is_the_published(case)


def test_the_reference_has_a_million_steps_of_both_rules() -> None:
    assert {case["rule"] for case in LONG if case["T"] >= 1_000_000} == {"adam", "amsgrad"}


# --- the effective rate over time ---------------------------------------------------------------------

TENS = from_formula("where(t % 10 == 1, 10, 0.1) * x")


def rate(name: str, correction: Any, beta2: float = 0.9) -> np.ndarray:
    given = {"lr": 0.1, "beta2": beta2, "bias_correction": correction}
    path = run(name, TENS, 0.0, 50, given)
    np.testing.assert_array_equal(path.gradient[:, 0], np.where(np.arange(50) % 10 == 0, 10.0, 0.1))
    assert path.effective_lr is not None
    return path.effective_lr[:, 0]


@pytest.mark.parametrize("beta2", [0.9, 0.999])
@pytest.mark.parametrize("correction", ["before_max", "first_moment", "none"])
def test_amsgrads_rate_never_rises(correction: str, beta2: float) -> None:
    assert (np.diff(rate("amsgrad", correction, beta2)) <= 0).all()


@pytest.mark.parametrize("correction", [True, False])
def test_adams_rate_rises(correction: bool) -> None:
    assert (np.diff(rate("adam", correction)) > 0).sum() >= 40


def test_amsgrads_rate_may_rise_where_the_maximum_is_corrected_afterwards() -> None:
    # PyTorch's form: the maximum rests while its correction 1 - beta2^t still grows
    assert (np.diff(rate("amsgrad", "after_max", beta2=0.999)) > 0).any()


def test_without_corrections_adams_rate_is_never_below_amsgrads() -> None:
    assert (rate("adam", False) >= rate("amsgrad", "none")).all()


# --- regret -------------------------------------------------------------------------------------------

# formula, domain, steps, the best point to stay at
BEST: list[tuple[str, list[list[float]], int, list[float]]] = [
    ("where(t % 3 == 1, 3*x, -x)", [[-1, 1]], 1, [-1]),
    ("where(t % 3 == 2, -3*x, x)", [[-1, 1]], 10, [1]),
    ("where(t % 3 == 1, 3*x, -x)", [[-2, 5]], 1000, [-2]),
    ("(x - t)**2", [[0, 100]], 9, [5]),
    ("(x - t)**2", [[0, 3]], 9, [3]),
    ("abs(x - t)", [[-3, 50]], 7, [4]),
    ("t*(x**2 - 1)**2 - x/9", [[-2, 2]], 5, [1.00459787]),
    ("cos(3*x) + 0*t", [[0, 2]], 3, [math.pi / 3]),
    ("(x - 1)**2 + t*(y + x)**2", [[-5, 5], [-5, 5]], 20, [1, -1]),
    ("t*x - y", [[-1, 1], [-1, 7]], 20, [-1, 7]),
    ("t*x + y**2 - y", [[-1, 1], [-1, 7]], 20, [-1, 0.5]),
]


@pytest.mark.parametrize(("formula", "domain", "steps", "expected"), BEST)
def test_the_best_fixed_point(formula: str, domain: list[list[float]], steps: int, expected: list[float]) -> None:
    best = best_fixed_point(from_formula(formula, domain=domain), steps)
    np.testing.assert_allclose(best, expected, atol=2e-7)


def test_the_best_fixed_point_of_many_steps_is_summed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = from_formula("abs(x - sin(t))", domain=[[-1, 1]])
    whole = best_fixed_point(problem, 101)
    monkeypatch.setattr("optviz.engine.regret.POINTS_AT_ONCE", 2000)
    np.testing.assert_allclose(best_fixed_point(problem, 101), whole, atol=1e-7)
    np.testing.assert_allclose(whole, np.median(np.sin(np.arange(1, 102))), atol=1e-7)


HOLLOWS = [  # more of them than a grid has points; the best fixed point, which the sum's small slope shifts
    ("(x - 7.3)**2 - 10*cos(2*pi*(x - 7.3)) + 0.1*x*sin(t)", [[-100, 100]], [7.3]),
    ("(x - 7.3)**2 - 10*cos(40*pi*(x - 7.3)) + 0.1*x*sin(t)", [[-1000, 1000]], [7.3]),
    ("0.01*(x + 31.7)**2 - cos(300*(x + 31.7))*(1 + 0.1*cos(t))", [[-100, 100]], [-31.7]),
    ("0.01*(x - 3)**2 + abs(sin(50*(x - 3) + 0*t))", [[-100, 100]], [3]),
    ("t*(1e-3*x**2 - exp(-1e6*(x - 0.123456)**2))", [[-10, 10]], [0.123456]),
    (
        "(x-7.3)**2 + (y+2.1)**2 - 10*cos(2*pi*(x-7.3)) - 10*cos(2*pi*(y+2.1)) + 0.1*x*sin(t)",
        [[-100, 100], [-100, 100]],
        [7.3, -2.1],
    ),
]


@pytest.mark.parametrize(("formula", "domain", "best"), HOLLOWS)
def test_no_number_of_hollows_hides_the_best_fixed_point(
    formula: str, domain: list[list[float]], best: list[float]
) -> None:
    problem = from_formula(formula, domain=domain)
    result = compete(problem, best, 100, [("rests", "sgd", {"lr": 0.0}), ("moves", "sgd", {"lr": 1e-3})])
    np.testing.assert_allclose(result.best_fixed_point, best, atol=1e-5)
    assert result.regrets is not None
    assert -1e-12 <= result.regrets[0][-1] <= 1e-9


@pytest.mark.parametrize("formula", ["cos(x*t)", "max(x - sin(t), -x)", "abs(x - sin(t)) + 0.1*sin(9*x*t)"])
def test_a_racer_at_rest_has_no_regret_below_zero(formula: str) -> None:
    problem = from_formula(formula, domain=[[-1, 1]])
    best, points = best_fixed_point(problem, 40), np.linspace(-1, 1, 5001)
    assert best is not None
    totals = problem.value(points[np.newaxis, :, np.newaxis], np.arange(1.0, 41.0)).sum(axis=1)
    assert problem.value(best[:, np.newaxis], np.arange(1.0, 41.0)).sum() <= totals.min() + 1e-9


def test_the_best_fixed_point_depends_on_no_racer() -> None:
    problem = from_formula("abs(x - sin(t)) + 0.1*sin(9*x*t)", domain=[[-1, 1]])
    few = compete(problem, 0.5, 30, [("a", "sgd", {})])
    many = compete(problem, -0.25, 30, [("a", "sgd", {}), ("b", "adam", {"lr": 0.3})])
    np.testing.assert_array_equal(few.best_fixed_point, many.best_fixed_point)


def test_without_a_domain_there_is_no_best_point() -> None:
    assert best_fixed_point(TENS, 10) is None


def test_the_average_regret_is_its_definition() -> None:
    problem = from_formula("(x - sin(t))**2", domain=[[-1, 1]])
    path = run("adam", problem, 0.9, 30, {"lr": 0.1})
    best = best_fixed_point(problem, 30)
    assert best is not None
    losses = [float(problem.value(path.x[t - 1, 0].item(), float(t))) for t in range(1, 31)]
    fixed = [float(problem.value(best.item(), float(t))) for t in range(1, 31)]
    expected = [sum(a - b for a, b in zip(losses[:T], fixed[:T], strict=True)) / T for T in range(1, 31)]
    np.testing.assert_allclose(average_regret(path.x, problem, best), expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(average_loss(path.x, problem), [sum(losses[:T]) / T for T in range(1, 31)])


# --- races --------------------------------------------------------------------------------------------

SPECS = [("Adam", "adam", {"bias_correction": False}), ("AMSGrad", "amsgrad", {"bias_correction": "none"})]
COMMON = {"beta1": 0, "beta2": "1/(1 + C**2)", "lr": "0.5/sqrt(t)"}


def counterexample(steps: int = 3000, domain: Any = ((-1, 1),)) -> Result:
    problem = from_formula("where(t % 3 == 1, C*x, -x)", constants={"C": 3}, domain=domain)
    specs = [(label, rule, {**COMMON, **own}) for label, rule, own in SPECS]
    return compete(problem, 1.0, steps, specs, constants={"C": 3})


def test_the_running_rank_by_average_regret() -> None:
    race = counterexample()
    assert race.ranking == ("AMSGrad", "Adam")
    assert race.measure == "average regret"
    assert race.regrets is not None
    assert [row.f for row in race.table()] == [race.regrets[1][-1], race.regrets[0][-1]]
    assert race.order_at(0) == (0, 1)
    for step in (1, 7, 500):
        assert race.regrets[race.order_at(step)[0]][step - 1] == min(regret[step - 1] for regret in race.regrets)


def test_without_a_domain_they_rank_by_average_loss() -> None:
    race = compete(TENS, 0.0, 30, [("slow", "sgd", {"lr": 0.01}), ("fast", "sgd", {"lr": 0.1})])
    assert (race.ranking, race.measure, race.regrets) == (("fast", "slow"), "average loss", None)
    assert race.table()[0].f == average_loss(race.racers[1].trajectory.x, TENS)[-1]


def test_a_racer_gone_at_its_first_step_has_no_regret_yet() -> None:
    problem = from_formula("t*x**2", domain=[[-1, 1]])
    race = compete(problem, 0.0, 5, [("gone", "adam", {"eps": 0}), ("there", "sgd", {})])
    assert [(row.label, row.f) for row in race.table()] == [("there", 0.0), ("gone", 0.0)]
    assert race.regrets is not None
    assert len(race.regrets[0]) == 0


def test_regret_is_exported_to_the_last_bit(tmp_path: Path) -> None:
    race = counterexample(steps=40)
    for name in ("a.json", "a.csv", "a.npz"):
        write_data(tmp_path / name, Export(race, {}, ""))
    assert race.regrets is not None
    facts = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["racers"]
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with np.load(tmp_path / "a.npz") as arrays:
        for racer, regret, fact in zip(race.racers, race.regrets, facts, strict=True):
            own = [row["average_regret"] for row in rows if row["racer"] == racer.label]
            assert own[0] == ""
            np.testing.assert_array_equal(fact["average_regret"], regret)
            np.testing.assert_array_equal([float(cell) for cell in own[1:]], regret)
            np.testing.assert_array_equal(arrays[f"{racer.label}/average_regret"], regret)


def test_a_hyperparameter_may_be_a_formula_of_the_functions_constants() -> None:
    assert counterexample(steps=1).racers[0].hyperparameters["beta2"] == 1 / (1 + 3**2)
    formula, number = (
        compete(
            from_formula("where(t % 3 == 1, C*x, -x)", constants={"C": 3}, domain=[[-1, 1]]),
            1.0,
            50,
            [("Adam", "adam", {"beta1": 0, "beta2": beta2})],
            constants={"C": 3},
        )
        for beta2 in ("1/(1 + C**2)", 0.1)
    )
    np.testing.assert_array_equal(formula.racers[0].trajectory.x, number.racers[0].trajectory.x)
