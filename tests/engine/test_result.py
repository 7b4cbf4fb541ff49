"""Results: the order at every step, and the table."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import optviz
from optviz.errors import OptvizError
from optviz.problems import from_catalogue
from tests.engine import Spec, compete
from tests.engine.draws import BOTH
from tests.engine.quadratic import ORDER, QUADRATIC, SPECS, race


def test_arrived_then_the_others_by_value_then_diverged_the_latest_first() -> None:
    done = race()
    assert list(done.ranking) == ORDER
    outcomes = [done.racers[index].outcome for index in done.order]
    assert outcomes == ["arrived", "arrived", "moving", "moving", "diverged", "diverged"]


@given(order=st.permutations(SPECS))
@pytest.mark.thorough
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
        known = replace(short, steps=step + 1)  # so that the step is not the end, where late stays do not count
        assert long.order_at(step) == known.order_at(step)


def test_the_table_has_a_row_for_every_racer() -> None:
    rows = race().table()
    assert [(row.place, row.label) for row in rows] == list(enumerate(ORDER, 1))
    assert all(math.isfinite(row.f) for row in rows)
    by_label = {row.label: row for row in rows}
    assert by_label["slow"].arrived_at is None
    assert by_label["fast"].arrived_at == race().racers[4].arrived_at
    assert by_label["lost"].diverged_at == race().racers[1].trajectory.diverged_at
    assert not any(row.shared for row in rows)


def test_equal_racers_share_a_place_and_the_next_is_skipped() -> None:
    twins = [("a", "momentum", {"lr": 0.05}), ("b", "momentum", {"lr": 0.05}), ("c", "sgd", {"lr": 0.01})]
    lost: list[Spec] = [("d", "sgd", {"lr": 5.0}), ("e", "sgd", {"lr": 5.0})]
    done = race([*twins, *lost])
    assert [row.place_text for row in done.table()] == ["1=", "1=", "3", "4=", "4="]
    assert done.places == (1, 1, 3, 4, 4)
    assert done.podium == (0, 1, 2)


def test_nobody_who_diverged_stands_on_a_podium_and_without_arrivals_there_is_none() -> None:
    assert race([SPECS[1], SPECS[4], SPECS[3]]).podium == (1,)
    assert race([SPECS[1], SPECS[3]]).podium == ()
    assert race([SPECS[0], SPECS[5]]).podium == ()


def test_during_the_race_it_counts_since_when_a_racer_is_inside() -> None:
    ravine = from_catalogue("ellipse01", window=[[-5.6, 3], [-2.8, 2.8]])
    done = compete(ravine, [-5, -2], 60, [("sgd", "sgd", {"lr": 0.46}), ("nesterov", "nesterov", {"lr": 0.1})])
    sgd, nesterov = done.racers
    assert (sgd.arrived_at, nesterov.entered_at, nesterov.arrived_at) == (41, 14, 56)
    assert done.order_at(14) == (1, 0)  # Nesterov flies by
    assert done.order_at(45) == (0, 1)
    assert done.ranking == ("sgd", "nesterov")


def test_racers_share_the_noise() -> None:
    done = compete(QUADRATIC, [1, 0], 10, [("a", "sgd", {}), ("b", "sgd", {})], noise=BOTH)
    np.testing.assert_array_equal(*(racer.trajectory.x for racer in done.racers))


def test_a_racer_that_stops_inside_is_the_same_race_cut() -> None:
    """It ends that many steps after it entered for good, keeps its place, and ranks during the film as it stands."""
    racers = [{"adam": {"lr": 0.1}}, {"sgd": {"lr": 0.01}}]
    keys: dict[str, Any] = {"function": "beale", "steps": 300, "optimizers": racers}
    whole, cut = optviz.run(optviz.build(**keys)), optviz.run(optviz.build(**keys, stop={"inside": 20}))
    long, short = whole["Adam"], cut["Adam"]
    assert long.arrived_at is not None
    assert short.arrived_at == long.arrived_at
    assert len(short.x) - 1 == long.arrived_at + 20
    assert np.array_equal(short.x, long.x[: len(short.x)])
    assert np.array_equal(cut["SGD"].x, whole["SGD"].x)
    assert cut.ranking == whole.ranking
    assert cut.result.order_at(len(short.x) + 20)[0] == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"stop": {"inside": 9}}, "stop.inside: must be at least 10"),
        ({"stop": {"inside": 20}, "starts": {"grid": 2}}, "stop: runs of a swarm"),
    ],
)
def test_what_cannot_stop_is_told(more: dict[str, Any], said: str) -> None:
    with pytest.raises(OptvizError) as error:
        optviz.build(function="beale", optimizers=["adam"], **more)
    assert said in str(error.value)
