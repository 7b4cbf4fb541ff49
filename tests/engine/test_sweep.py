"""Sweeps: every cell is a race of its own, works where it arrives; a dive stays on the boundary."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.engine.judge import OUTCOMES, judge
from optviz.engine.run import run
from optviz.engine.sweep import (
    SweepAxis,
    approach,
    boundary_near,
    default_of,
    joined,
    run_cells,
    sweep,
    value_of,
)
from optviz.engine.tuning import Course
from optviz.optimizers import OPTIMIZERS, Range, bind
from optviz.problems import Finish, from_catalogue

STEPS = 40
HIMMELBLAU = from_catalogue("himmelblau")
FINISH = Finish(distance=0.1)
START = np.array([[-1.0], [-3.0]])
ALONE = [Course(HIMMELBLAU, START)]
LR = SweepAxis("lr", Range(1e-3, 1.0, "log"), 9)
MOMENTUM = SweepAxis("momentum", Range(0.1, 0.99, "logit"), 5)
RULE = bind(OPTIMIZERS["momentum"], {"lr": 0.01}, STEPS)


def test_every_cell_is_a_race_of_its_own() -> None:
    found = sweep("m", RULE, [LR, MOMENTUM], ALONE, FINISH)
    assert found.final.shape == (9, 5)
    for cell in np.ndindex(9, 5):
        own = RULE.with_values({"lr": float(LR.values[cell[0]]), "momentum": float(MOMENTUM.values[cell[1]])})
        path = run(own, HIMMELBLAU, START[:, 0])
        judged = judge(path, HIMMELBLAU, FINISH)
        assert OUTCOMES[found.outcome[cell]] == judged.outcome
        assert found.final[cell] == (np.inf if judged.outcome == "diverged" else path.f[-1])
        assert found.arrival[cell] == (np.inf if judged.arrived_at is None else judged.arrived_at)
        assert found.works[cell] == (judged.outcome == "arrived")
        assert found.survived[cell] == len(path.f) - 1  # the steps with finite numbers
    assert {OUTCOMES[code] for code in np.unique(found.outcome)} >= {"arrived", "diverged"}


def test_cells_of_several_starts_are_medians() -> None:
    starts = np.random.default_rng(0).uniform(-4, 4, (2, 5))
    found = sweep("m", RULE, [LR], [Course(HIMMELBLAU, starts)], FINISH)
    ends = [run(RULE.with_values({"lr": float(LR.values[2])}), HIMMELBLAU, start).f[-1] for start in starts.T]
    assert found.final[2] == np.median(ends)
    assert 0 <= found.arrived.min() <= found.arrived.max() <= 1


def test_the_course_is_f_after_the_steps_shown() -> None:
    found = sweep("m", RULE, [LR], ALONE, FINISH, range(0, STEPS + 1, 10))
    assert found.course is not None
    assert found.course.shape == (5, 9)
    path = run(RULE.with_values({"lr": float(LR.values[0])}), HIMMELBLAU, START[:, 0])
    np.testing.assert_allclose(found.course[:, 0], path.f[::10], rtol=1e-6)
    assert np.isinf(found.course[-1][found.outcome == OUTCOMES.index("diverged")]).all()


def test_all_are_shown_at_a_last_moment_before_the_end() -> None:
    many = SweepAxis("lr", Range(1e-3, 10.0, "log"), 200)  # enough for compiled stages; most of them diverge
    found = sweep("m", RULE, [many], ALONE, FINISH, (0, 30, 36))
    assert found.course is not None
    is_lost = found.outcome == OUTCOMES.index("diverged")
    assert is_lost.mean() > 0.3
    np.testing.assert_array_equal(np.isfinite(found.course[-1]), found.survived >= 36)
    path = run(RULE.with_values({"lr": float(many.values[0])}), HIMMELBLAU, START[:, 0])
    np.testing.assert_allclose(found.course[:, 0], path.f[[0, 30, 36]], rtol=1e-6)


def test_the_share_that_works_and_the_best() -> None:
    found = sweep("m", RULE, [LR], ALONE, FINISH)
    assert found.share == np.isfinite(found.arrival).mean()
    assert found.final[found.best] == found.final.min()
    assert (value_of(RULE, "lr"), default_of(RULE, "lr")) == (0.01, 0.001)


def test_without_a_finish_line_near_the_best_works() -> None:
    found = sweep("m", RULE, [LR], ALONE, Finish())
    assert found.works[found.best]
    assert not found.works[np.isinf(found.final)].any()


@pytest.mark.parametrize("decades", [1.0, 5.0])
def test_a_dive_stays_on_the_boundary(decades: float) -> None:
    axes = [SweepAxis("lr", Range(1e-3, 1.0, "log"), 12), SweepAxis("momentum", Range(0.1, 0.99, "logit"), 10)]
    pairs = approach(axes, boundary_near(RULE, axes, ALONE, FINISH, (0.1, 0.5), decades), decades, 3)
    assert [[axis.count for axis in pair] for pair in pairs] == [[12, 10]] * 3
    for pair in pairs:
        gone = sweep("m", RULE, pair, ALONE, FINISH).outcome == OUTCOMES.index("diverged")
        assert gone.any()
        assert not gone.all()
    widths = [np.log(pair[0].range.high / pair[0].range.low) for pair in pairs]
    assert widths[-1] / widths[0] == pytest.approx(10**-decades, rel=1e-3)


@pytest.mark.parametrize("place", [(0.0, 0.2), (0.5, 1.0)])
def test_a_dive_begins_with_the_whole_ranges_and_never_leaves_them(place: tuple[float, float]) -> None:
    axes = [SweepAxis("lr", Range(0.0, 1.0, "linear"), 5), SweepAxis("momentum", Range(0.0, 0.9, "linear"), 5)]
    pairs = approach(axes, np.array(place), 3.0, 4)
    assert pairs[0] == tuple(axes)
    for pair in pairs:
        for own, whole, share in zip(pair, axes, place, strict=True):
            assert whole.range.low <= own.range.low <= whole.range.at(share) <= own.range.high <= whole.range.high


def test_cells_have_the_same_bytes_whichever_others_they_are_run_with() -> None:
    axes, shown = [LR, MOMENTUM], range(0, STEPS + 1, 20)
    whole = run_cells(RULE, axes, ALONE, FINISH, slice(0, 45), shown)
    parts = [run_cells(RULE, axes, ALONE, FINISH, part, shown) for part in (slice(0, 7), slice(7, 8), slice(8, 45))]
    for name, column in joined(parts).items():
        assert column.tobytes() == whole[name].tobytes()
