"""Results: the order at every step, and the table."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine import Spec, compete
from tests.engine.quadratic import ORDER, QUADRATIC, SPECS, race


def test_finished_then_running_by_value_then_diverged_the_latest_first() -> None:
    done = race()
    assert list(done.ranking) == ORDER
    outcomes = [done.racers[index].outcome for index in done.order]
    assert outcomes == ["finished", "finished", "running", "running", "diverged", "diverged"]


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(SPECS))
def test_the_order_of_entry_changes_nothing(order: list[Spec]) -> None:
    straight, mixed = race(), race(order)
    assert list(mixed.ranking) == ORDER
    by_label = {racer.label: racer.trajectory.x for racer in mixed.racers}
    for racer in straight.racers:
        np.testing.assert_array_equal(by_label[racer.label], racer.trajectory.x)


def test_at_the_start_all_are_equal_and_stand_in_file_order() -> None:
    assert race().order_at(0) == tuple(range(len(SPECS)))


def test_the_ranking_at_a_step_knows_nothing_of_later_ones() -> None:
    long = race()
    for step in (1, 5, 20, 150):
        short = race(steps=step)
        assert long.order_at(step) == short.order_at(step) == short.order


def test_the_table_has_a_row_for_every_racer() -> None:
    rows = race().table()
    assert [(row.place, row.label) for row in rows] == list(enumerate(ORDER, 1))
    assert all(math.isfinite(row.f) for row in rows)
    steps = {row.label: row.step for row in rows}
    assert steps["slow"] is None
    assert steps["fast"] == race().racers[4].finished_at
    assert steps["lost"] == race().racers[1].trajectory.diverged_at


def test_racers_share_the_noise() -> None:
    noise = np.random.default_rng(0).normal(size=(10, 2))
    done = compete(QUADRATIC, [1, 0], 10, [("a", "sgd", {}), ("b", "sgd", {})], noise=noise)
    np.testing.assert_array_equal(*(racer.trajectory.x for racer in done.racers))
