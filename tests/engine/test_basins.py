"""Basins: each start ends as a race of its own does; unknown local minima, local minima with a time, flow."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.engine.basins import (
    DIVERGED,
    FLOW_STEPS,
    MOVING,
    OTHER_MINIMUM,
    OUTSIDE,
    STOPPED,
    Basins,
    flow_of,
    lay_out,
    local_minima,
    run_resting,
    run_starts,
)
from optviz.engine.judge import judge
from optviz.engine.noise import NO_NOISE
from optviz.engine.run import run
from optviz.optimizers import OPTIMIZERS, BoundRule, bind
from optviz.problems import Finish, Problem, from_catalogue, from_formula, grid_points
from tests import few

GRID, ALL = 9, slice(0, 9)
FINISH = Finish(distance=0.1)
HIMMELBLAU = from_catalogue("himmelblau")
WELLS = from_formula("(x**2 - 1)**2 + 0.3*x + y**2", window=[[-2, 2], [-2, 2]])  # two wells, the left one lower


def rule(name: str, steps: int = 80, **hyperparameters: float) -> BoundRule:
    return bind(OPTIMIZERS[name], hyperparameters, steps)


def mapped(own: BoundRule, problem: Problem) -> tuple[list[tuple[float, ...]], Basins]:
    """The minima that have codes, and how all starts of a grid end, in two parts."""
    parts = [slice(0, 40), slice(40, GRID * GRID)]
    given = (own, problem, FINISH, problem.window, GRID)
    found = [run_starts(*given, part, NO_NOISE) for part in parts]
    ends = {name: np.concatenate([one[name] for one in found]) for name in found[0]}
    local = local_minima(problem, problem.window, [ends])
    resting = np.flatnonzero(ends["codes"] == OTHER_MINIMUM)
    for name, column in run_resting(own, problem, local, *given[2:], resting, NO_NOISE).items() if local else ():
        ends[name][resting] = column
    return [*problem.minima, *local], lay_out("own", own, ends, GRID)


@pytest.mark.parametrize("problem", [HIMMELBLAU, WELLS], ids=["himmelblau", "wells"])
@pytest.mark.parametrize(("name", "lr"), few([("sgd", 0.01), ("momentum", 0.02), ("adam", 0.2), ("sgd", 0.2)], 4))
def test_every_start_ends_as_in_a_race_of_its_own(problem: Problem, name: str, lr: float) -> None:
    own = rule(name, lr=lr)
    minima, found = mapped(own, problem)
    lowest = len(problem.minima)
    starts = grid_points(problem.window, (GRID, GRID))
    for start, code, step in zip(starts.T, found.codes.ravel(), found.steps.ravel(), strict=True):
        path = run(own, problem, start)
        judged = judge(path, problem, FINISH)
        if judged.outcome == "arrived":
            assert 0 <= code < lowest
            assert step == judged.arrived_at
            assert np.hypot(*(path.x[-1] - minima[code])) <= 0.1
        elif judged.stopped_at == "local minimum":
            assert code >= lowest or code == OTHER_MINIMUM
        elif judged.outcome == "diverged":
            assert (code, step) == (DIVERGED, judged.diverged_at)
        else:
            assert code == (STOPPED if judged.outcome == "stopped" else MOVING)


def test_a_start_in_the_higher_well_comes_to_rest_there_and_has_a_time() -> None:
    own = rule("sgd", lr=0.05)
    minima, found = mapped(own, WELLS)
    assert len(minima) == 2
    right = found.codes[:, -1]
    assert (right == 1).all()
    path = run(own, WELLS, grid_points(WELLS.window, (GRID, GRID))[:, GRID - 1])
    inside = np.hypot(*(path.x - np.array(minima[1])).T) <= 0.1
    assert found.steps[0, -1] == np.flatnonzero(~inside)[-1] + 1


def test_areas_are_shares_of_all_starts() -> None:
    _, found = mapped(rule("sgd", lr=0.01), HIMMELBLAU)
    shares = [found.area(int(code)) for code in np.unique(found.codes)]
    assert sum(share for share, _, _ in shares) == pytest.approx(1)
    assert all(low < share < high for share, low, high in shares)


def test_a_flow_is_where_single_races_are() -> None:
    own, problem = rule("adam", lr=0.5), HIMMELBLAU
    flow = flow_of(own, problem, problem.window, 3, ALL, (0, 20, 40, 70, 80))
    assert flow.shape == (5, 2, 9)
    path = run(own, problem, grid_points(problem.window, (3, 3))[:, 4])
    (low, high) = problem.window[0]
    for number, step in enumerate((0, 20, 40, 70, 80)):
        shares = (path.x[step] - low) / (high - low)
        assert np.abs(flow[number, :, 4] - shares * FLOW_STEPS).max() <= 1


def test_what_leaves_the_box_is_outside() -> None:
    flow = flow_of(rule("sgd", lr=5.0), HIMMELBLAU, HIMMELBLAU.window, 3, ALL, (0, 40, 80))
    assert (flow[-1] == OUTSIDE).all()
    assert (flow[0] != OUTSIDE).all()
