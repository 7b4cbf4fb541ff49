"""A batch's summary says of each point what the run and the judge of that point alone say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optviz.engine.batch import Summary, run_batch
from optviz.engine.evolve import InPlace, Lanes, Target
from optviz.engine.judge import judge
from optviz.engine.run import Trajectory, run
from optviz.engine.tally import NEVER
from optviz.errors import OptvizError
from optviz.formula.codegen.lanes import is_available
from optviz.optimizers import OPTIMIZERS, bind
from optviz.optimizers.clip import Clip
from optviz.problems import Finish, Problem, default_finish, from_catalogue, from_formula, from_network
from optviz.scenario.models import NetworkSettings
from tests import few
from tests.engine.draws import BOTH

STEPS = 80
HIMMELBLAU = from_catalogue("himmelblau")
VALLEYS = from_formula("x**4 - 2*x**2 + 0.5*x", window=[[-2, 2]])
SADDLE = from_formula("x**2 - y**2", window=[[-2, 2], [-2, 2]], domain=[[-2, 2], [-2, 2]], minima=[])
PLATEAU = from_formula("floor(x) + 0*y", window=[[-2, 2], [-2, 2]], minima=[])
OFF = from_formula("x - log(x)", window=[[0, 4]], minima=[1])
ONLINE = from_formula("where(chance(1/3), 3*x, where(t % 3 == 1, 0.1, -x))", domain=[[-1, 1]], window=[[-1.1, 1.1]])
NOWHERE = from_formula("x**2 + exp(-x)", minima=[])
LOGISTIC = from_formula("1/(1 + exp(-x))", window=[[-900, 900]], minima=[])  # floats overflow on the way
CLOSE = 1e-12  # relative: compiled lanes have an exponential of their own, a unit in the last place from NumPy's
PROBLEMS = [HIMMELBLAU, VALLEYS, SADDLE, PLATEAU, ONLINE, NOWHERE, LOGISTIC]
TARGETS: list[type[Target] | None] = [None, InPlace, *([Lanes] if is_available() else [])]  # None: the rule's own code
RULES: list[tuple[str, dict[str, Any]]] = [
    ("sgd", {"lr": 0.01}), ("momentum", {"lr": 0.02}), ("adam", {"lr": 0.1}), ("lookahead", {"base": {"sgd": {}}}),
    ("sgd", {"lr": 3.0}), ("sam", {"base": {"adam": {"lr": 0.3}}}), ("rprop", {}),
]  # fmt: skip


def on_every_target(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Target] | None]:
    """Have ``run_batch`` use one target after the other, in blocks that do not come out even."""
    monkeypatch.setattr("optviz.engine.evolve.CHUNK_STEPS", 16)
    for kind in TARGETS:
        target = kind and kind()
        if target is not None:
            target.width = 5
        monkeypatch.setattr("optviz.engine.batch.choose_target", lambda plan, points, expect, target=target: target)
        yield kind


def starts_of(problem: Problem, count: int = 6) -> np.ndarray:
    low, high = np.array(problem.window or [[-2, 2]], dtype=float).T
    starts = np.random.default_rng(0).uniform(low, high, size=(count, problem.dim)).T
    starts[-1, 0] = 0.0  # from which a saddle is reached
    return starts


def assert_as_alone(
    runs: Sequence[Trajectory], problem: Problem, finish: Finish, summary: Summary, tolerance: float = 0.0
) -> None:
    """The summary of every point against its own run and judgement: to the bit, or within a relative tolerance."""
    for i, alone in enumerate(runs):
        judged = judge(alone, problem, finish)
        np.testing.assert_allclose(summary.x[:, i], alone.x[-1], tolerance)
        np.testing.assert_allclose(summary.f[i], alone.f[-1], tolerance)
        closest = np.inf if problem.f_min is None else alone.f[np.argmin(np.abs(alone.f - problem.f_min))]
        np.testing.assert_allclose(summary.closest_f[i], closest, tolerance)
        for name in ("entered_at", "arrived_at", "diverged_at"):
            at = getattr(judged, name)
            assert getattr(summary, name)[i] == (NEVER if at is None else at), name
        assert summary.stopped_at[i] == (judged.stopped_at or "")
        assert summary.outcome[i] == judged.outcome
        assert summary.gradient_evaluations[i] == alone.gradient_evaluations


BEYOND = {  # floats overflow on the way to a number, at the first or the second start
    "sqrt(1 + x**2)": [1e200, -3.0],
    "(x**4)**0.25 + y**2": [1e100, 2.0],
    "x**2/(1 + x**2) + 0*y": [1e160, 1e100],
    "log(1 + x**4)": [1e90, 3.0],
    "x**6/6 - x**2": [2.6e51, 1e25],  # x**6 alone is beyond floats at 2.6e51: a polynomial has no value there
}


@pytest.mark.parametrize(("formula", "starts"), few([*BEYOND.items()], 2), ids=str)
@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_a_point_whose_floats_overflow_goes_on_or_diverges_as_it_does_alone(
    formula: str, starts: list[float], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = from_formula(formula, minima=[])
    points = np.tile(starts, (problem.dim, 1))
    rule = bind(OPTIMIZERS[name], {"lr": 0.1}, STEPS)
    alone = [run(rule, problem, point) if np.isfinite(problem.value(point)) else None for point in points.T]
    tolerance = CLOSE if "log" in formula else 0.0
    for target in on_every_target(monkeypatch):
        summary = run_batch(rule, problem, points, finish=Finish(0.1))
        for i, one in enumerate(alone):
            if one is None:
                assert summary.diverged_at[i] == 0
                continue
            assert summary.diverged_at[i] == (NEVER if one.diverged_at is None else one.diverged_at)
            np.testing.assert_allclose(summary.x[:, i], one.x[-1], tolerance if target is Lanes else 0.0)


def summary_finish(problem: Problem, starts: np.ndarray) -> Finish:
    return default_finish(problem, starts[:, 0].tolist())


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.formula)
@pytest.mark.parametrize(("name", "given"), few(RULES, 6), ids=str)
def test_every_point_is_summed_up_as_a_racer_alone(
    problem: Problem, name: str, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rule, starts = bind(OPTIMIZERS[name], given, STEPS), starts_of(problem)
    finish = summary_finish(problem, starts)
    alone = [run(rule, problem, start) for start in starts.T]
    for target in on_every_target(monkeypatch):
        tolerance = CLOSE if target is Lanes and "exp" in (problem.formula or "") else 0.0
        assert_as_alone(alone, problem, finish, run_batch(rule, problem, starts, finish=finish), tolerance)


@pytest.mark.parametrize("name", ["sgd", "momentum", "sam"])
def test_what_is_judged_is_the_gradient_that_the_rule_is_given(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond 0.9 the slope is infinite and f is not: clipped by value it is a number."""
    problem = from_formula("-1e308*x**2", window=[[-1, 1]], domain=[[-1, 1]], minima=[])
    given: dict[str, Any] = {"base": {"sgd": {"lr": 0.2}}} if name == "sam" else {"lr": 0.2}
    rule, starts = bind(OPTIMIZERS[name], given, STEPS), np.array([[0.5, -0.2, 0.8]])
    for clip in (None, Clip(value=1.0)):
        alone = [run(rule.receiving(clip, None), problem, start) for start in starts.T]
        assert all((one.diverged_at is None) == (clip is not None) for one in alone)
        for _ in on_every_target(monkeypatch):
            summary = run_batch(rule.receiving(clip, None), problem, starts, finish=Finish(0.1))
            assert_as_alone(alone, problem, Finish(0.1), summary)


@pytest.mark.thorough
def test_the_cases_meet_every_outcome() -> None:
    seen: set[str] = set()
    for problem in PROBLEMS:
        starts = starts_of(problem)
        finish = summary_finish(problem, starts)
        for rate in (0.01, 0.1, 3.0):
            summary = run_batch(bind(OPTIMIZERS["sgd"], {"lr": rate}, STEPS), problem, starts, finish=finish)
            seen |= {*summary.outcome.tolist(), *summary.stopped_at.tolist()}
    assert seen >= {"arrived", "stopped", "moving", "diverged", "local minimum", "saddle", "plateau", "edge", ""}


def test_hyperparameters_may_differ_from_point_to_point(monkeypatch: pytest.MonkeyPatch) -> None:
    rates, starts = np.geomspace(1e-3, 1, 5), starts_of(HIMMELBLAU, 3)
    together = bind(OPTIMIZERS["lookahead"], {"base": {"adam": {"lr": rates, "beta2": 1 - rates}}}, STEPS)
    finish = summary_finish(HIMMELBLAU, starts)
    bases = [{"adam": {"lr": rate, "beta2": 1 - rate}} for rate in rates.tolist()]
    rules = [bind(OPTIMIZERS["lookahead"], {"base": base}, STEPS) for base in bases]
    runs = [[run(rule, HIMMELBLAU, start, noise=BOTH) for rule in rules] for start in starts.T]
    for _ in on_every_target(monkeypatch):
        summary = run_batch(together, HIMMELBLAU, starts[:, :, np.newaxis], finish=finish, noise=BOTH)
        assert summary.x.shape == (2, 3, 5)
        for i, row in enumerate(runs):
            columns = {name: column[..., i, :] for name, column in vars(summary).items()}
            assert_as_alone(row, HIMMELBLAU, finish, Summary(**columns))


def test_a_gap_and_a_network_are_judged_as_alone() -> None:
    network = from_network(NetworkSettings(layers=(2, 3, 1), samples=5), seed=0)
    starts = np.random.default_rng(2).normal(size=(network.dim, 4))
    rule, finish = bind(OPTIMIZERS["adam"], {"lr": 0.1}, 60), Finish(gap=0.1)
    summary = run_batch(rule, network, starts, finish=finish)
    judged = [judge(run(rule, network, starts[:, i]), network, finish) for i in range(4)]
    assert summary.outcome.tolist() == [one.outcome for one in judged]
    assert summary.entered_at.tolist() == [NEVER if one.entered_at is None else one.entered_at for one in judged]
    assert len(set(summary.entered_at.tolist())) > 1


def test_one_start_and_a_start_off_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = bind(OPTIMIZERS["adam"], {"lr": 0.1}, STEPS)
    one = run_batch(rule, HIMMELBLAU, np.array(HIMMELBLAU.start), finish=Finish(0.1))
    assert one.outcome.shape == ()
    assert one.outcome.item() == "arrived"
    for _ in on_every_target(monkeypatch):
        off = run_batch(rule, OFF, np.array([[-1.0, 0.5]]), finish=Finish(0.1))
        assert off.diverged_at.tolist() == [0, NEVER]
        assert off.outcome.tolist() == ["diverged", "arrived"]
    with pytest.raises(OptvizError, match="must have 2 coordinates"):
        run_batch(rule, HIMMELBLAU, [1.0], finish=Finish())


def test_a_batch_is_watched_every_so_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    rule, starts = bind(OPTIMIZERS["amsgrad"], {"lr": 0.1}, 10), starts_of(HIMMELBLAU).reshape(2, 2, 3)
    went = run(rule, HIMMELBLAU, starts)
    for _ in on_every_target(monkeypatch):
        seen: list[Any] = []
        run_batch(
            rule,
            HIMMELBLAU,
            starts,
            finish=Finish(),
            moments=(4, 8),
            watch=lambda t, x, state, to=seen: to.append((t, x, state())),
        )
        assert [t for t, _, _ in seen] == [4, 8]
        last: list[int] = []
        run_batch(
            rule, HIMMELBLAU, starts, finish=Finish(), moments=(5, 10, 15), watch=lambda t, *_, to=last: to.append(t)
        )
        assert last == [5, 10]
        for t, x, state in seen:
            np.testing.assert_array_equal(x, went.x[t])
            assert list(state) == ["m", "v", "vmax"]
            for name, column in state.items():
                np.testing.assert_array_equal(column, went.state[name][t - 1])


@pytest.mark.parametrize("problem", [HIMMELBLAU, LOGISTIC, OFF], ids=lambda problem: problem.formula)
def test_paths_are_those_of_single_runs(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    starts = starts_of(problem, 3)[:, :, np.newaxis]
    rule = bind(OPTIMIZERS["momentum"], {"lr": np.array([0.01, 0.3, 9.0])}, STEPS)
    with np.errstate(all="ignore"):
        went = run(rule, problem, starts, record="x")
    monkeypatch.setattr("optviz.engine.run.POINTS_PER_CORE", 4)
    monkeypatch.setattr("optviz.engine.evolve.WORK_PER_CORE", 4)
    for cores in ("optviz.engine.run.cores", "optviz.engine.evolve.cores"):
        monkeypatch.setattr(cores, lambda: 2)
    for target in on_every_target(monkeypatch):
        path = np.full((STEPS + 1, problem.dim + 1, 3, 3), 7.0)
        found = run_batch(rule, problem, starts, finish=Finish(0.1), path=path, rests=False)
        kept = np.where(found.diverged_at == NEVER, STEPS + 1, found.diverged_at)
        live = np.arange(STEPS + 1)[:, np.newaxis, np.newaxis] < kept
        tolerance = CLOSE if target is Lanes else 0.0
        for own, known in ((path[:, -1], went.f), *((path[:, i], went.x[:, i]) for i in range(problem.dim))):
            np.testing.assert_allclose(own[live], known[live], tolerance)
        assert set(found.outcome.ravel()) <= {"arrived", "moving", "diverged"}


def test_a_batch_of_which_all_diverge_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its parts, each in a thread, as of the whole."""
    rule = bind(OPTIMIZERS["sgd"], {"lr": np.array([9.0, 9.0, 1e-3, 1e-3])}, 2000)
    monkeypatch.setattr("optviz.engine.run.POINTS_PER_CORE", 2)
    monkeypatch.setattr("optviz.engine.run.cores", lambda: 2)
    monkeypatch.setattr("optviz.engine.batch.choose_target", lambda *_: None)
    asked: list[float] = []
    problem = replace(HIMMELBLAU, value=lambda x, t: (asked.append(float(t)), HIMMELBLAU.value(x, t))[1])
    summary = run_batch(rule, problem, starts_of(HIMMELBLAU, 4), finish=Finish(0.1))
    assert (summary.diverged_at[:2] < 20).all()
    assert (summary.diverged_at[2:] == NEVER).all()
    assert 2000 < len(asked) < 2100  # one part went to the end, the other did not
    assert not (summary.arrived_at[:2] != NEVER).any()


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rule, starts = bind(OPTIMIZERS["adam"], {"lr": np.full((2, 50), 0.1)}, 20), starts_of(HIMMELBLAU, 50)
    monkeypatch.setattr("optviz.engine.run.POINTS_PER_CORE", 10)
    monkeypatch.setattr("optviz.engine.evolve.WORK_PER_CORE", 10)
    for _ in on_every_target(monkeypatch):
        for cores in ("optviz.engine.run.cores", "optviz.engine.evolve.cores"):
            monkeypatch.setattr(cores, lambda: 1)
        whole = run_batch(rule, HIMMELBLAU, starts[:, np.newaxis], finish=Finish(0.1))
        for cores in ("optviz.engine.run.cores", "optviz.engine.evolve.cores"):
            monkeypatch.setattr(cores, lambda: 3)
        parts = run_batch(rule, HIMMELBLAU, starts[:, np.newaxis], finish=Finish(0.1))
        for name, column in vars(whole).items():
            np.testing.assert_array_equal(getattr(parts, name), column)
