"""The exported numbers, from a scenario to each file and back: the same float64s, laid out as documented."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optviz
from optviz import Race, __version__
from optviz.engine.result import Racer
from tests.output.films import write_data

# many kinds of racers at once: no state, an infinite setting, no effective rate, a base, a schedule, one that diverges
CROWD = """
title: A crowd
function: {formula: x**4/4 + y**2, window: [[-3, 3], [-3, 3]], minima: [[0, 0]]}
start: [1.5, 1]
steps: 12
noise: {std: 0.1, spike_every: 5, spike_std: 1}
optimizers:
  - sgd: {lr: 0.1/sqrt(t)}
  - adam: {lr: 0.1}
  - amsgrad: {lr: 0.1, bias_correction: none}
  - prodigy
  - lion: {lr: 0.01}
  - lookahead: {base: {momentum: {lr: 0.05}}, label: "Looking, ahead"}
  - sgd: {lr: 3, label: gone}
"""
LINE = "function: post_1d\nsteps: 5\noptimizers: [adam: {lr: 0.1}]\n"
ONLINE = """
function: {formula: "where(t % 3 == 1, 3*x, -x)", domain: [[-1, 1]]}
start: 1
steps: 9
optimizers: [adam: {lr: 0.5/sqrt(t)}, amsgrad]
"""
NETWORK = "network: {layers: [3, 4, 1], samples: 20}\nsteps: 6\nfinish: {gap: 1.5}\noptimizers: [adam: {lr: 0.1}]\n"

SERIES = ("x", "f", "gradient", "effective_lr", "average_regret")
FACTS = [
    *("label", "optimizer", "hyperparameters", "outcome", "arrived_at", "entered_at", "stopped_at", "diverged_at"),
    *("place", "gradient_evaluations", "state_size", "x", "f", "gradient", "state", "effective_lr", "average_regret"),
]


@pytest.fixture(scope="module", params=[CROWD, LINE, ONLINE, NETWORK], ids=["crowd", "line", "online", "network"])
def race(request: pytest.FixtureRequest) -> Race:
    return optviz.run(optviz.loads(request.param))


def written(race: Race, folder: Path, suffix: str) -> Path:
    path = folder / f"race.{suffix}"
    write_data(path, race.export())
    return path


def series(racer: Racer, race: Race) -> dict[str, Any]:
    path, index = racer.trajectory, race.racers.index(racer)
    regret = None if race.result.regrets is None else race.result.regrets[index]
    return dict(zip(SERIES, (path.x, path.f, path.gradient, path.effective_lr, regret), strict=True))


def forbidden(name: str) -> Any:
    raise AssertionError(f"{name} is not JSON")


# --- json ---------------------------------------------------------------------------------------------


def test_json_holds_what_the_contract_says(race: Race, tmp_path: Path) -> None:
    text = written(race, tmp_path, "json").read_text(encoding="utf-8")
    data = json.loads(text, parse_constant=forbidden)
    assert list(data) == ["optviz", "scenario", "problem", "racers", "ranking"]
    assert data["optviz"] == __version__
    assert data == json.loads(json.dumps(race.to_dict(), allow_nan=False))
    assert set(data["problem"]) == {"dimension", "minima", "local_minima", "f_min"}
    assert data["problem"]["dimension"] == race.problem.dim
    assert data["ranking"] == [race.racers[index].label for index in race.result.order]
    for racer, facts in zip(race.racers, data["racers"], strict=True):
        assert list(facts) == FACTS
        assert (facts["label"], facts["optimizer"]) == (racer.label, racer.rule.name)
        assert facts["outcome"] in ("arrived", "stopped", "moving", "diverged")
        assert facts["state_size"] == len(facts["state"])


def test_json_reads_back_to_the_same_floats(race: Race, tmp_path: Path) -> None:
    data = json.loads(written(race, tmp_path, "json").read_text(encoding="utf-8"))
    for racer, facts in zip(race.racers, data["racers"], strict=True):
        steps = racer.trajectory.steps
        assert (len(facts["x"]), len(facts["f"]), len(facts["gradient"])) == (steps + 1, steps + 1, steps)
        for name, column in series(racer, race).items():
            assert facts[name] is None if column is None else np.array_equal(np.array(facts[name]), column), name
        assert set(facts["state"]) == set(racer.trajectory.state)
        for name, column in racer.trajectory.state.items():
            np.testing.assert_array_equal(np.array(facts["state"][name]), column)


def test_the_scenario_in_the_json_gives_the_same_race(race: Race, tmp_path: Path) -> None:
    data = json.loads(written(race, tmp_path, "json").read_text(encoding="utf-8"))
    again = optviz.run(optviz.loads(json.dumps(data["scenario"])))
    assert again.ranking == race.ranking
    for one, other in zip(race.racers, again.racers, strict=True):
        np.testing.assert_array_equal(one.trajectory.x, other.trajectory.x)


# --- csv ----------------------------------------------------------------------------------------------


def test_csv_is_in_long_form_and_reads_back_to_the_same_floats(race: Race, tmp_path: Path) -> None:
    with written(race, tmp_path, "csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    dim = race.problem.dim
    rates = ["effective_lr"] if dim == 1 else [f"effective_lr{i}" for i in range(dim)]
    regret = ["average_regret"] if race.result.regrets is not None else []
    assert list(rows[0]) == [
        *("racer", "step", *(f"x{i}" for i in range(dim)), "f", "|g|"),
        *(*rates, "lr", "optimizer", *regret),
    ]
    for racer in race.racers:
        own = [row for row in rows if row["racer"] == racer.label]
        path = racer.trajectory
        assert [int(row["step"]) for row in own] == list(range(path.steps + 1))
        np.testing.assert_array_equal([[float(row[f"x{i}"]) for i in range(dim)] for row in own], path.x)
        np.testing.assert_array_equal([float(row["f"]) for row in own], path.f)
        np.testing.assert_array_equal([float(row["lr"]) for row in own[1:]], path.lr)
        norms = [float(row["|g|"]) for row in own[1:]]
        np.testing.assert_array_equal(norms, np.linalg.norm(path.gradient, axis=1))
        if path.effective_lr is None:
            assert {row[rate] for row in own for rate in rates} == {""}
        else:
            told = np.array([[float(row[rate]) for rate in rates] for row in own[1:]])
            np.testing.assert_array_equal(told.reshape(path.effective_lr.shape), path.effective_lr)


# --- npz ----------------------------------------------------------------------------------------------


def test_npz_holds_every_series_of_every_racer(race: Race, tmp_path: Path) -> None:
    with np.load(written(race, tmp_path, "npz"), allow_pickle=False) as arrays:
        assert {arrays[name].dtype for name in arrays.files} == {np.dtype(np.float64)}
        expected = set()
        for racer in race.racers:
            columns = {name: column for name, column in series(racer, race).items() if column is not None}
            columns |= {"lr": racer.trajectory.lr}
            columns |= {f"state/{name}": column for name, column in racer.trajectory.state.items()}
            for name, column in columns.items():
                np.testing.assert_array_equal(arrays[f"{racer.label}/{name}"], column)
            expected |= {f"{racer.label}/{name}" for name in columns}
        assert set(arrays.files) == expected


# --- all of them --------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["json", "csv", "npz"])
def test_the_same_seed_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    first, second, other = (optviz.run(optviz.loads(f"seed: {seed}\n{CROWD}")) for seed in (7, 7, 8))
    contents = [written(race, tmp_path, suffix).read_bytes() for race in (first, second, other)]
    assert contents[0] == contents[1] != contents[2]


def test_a_racer_that_diverges_is_cut_and_says_so() -> None:
    facts = {racer["label"]: racer for racer in optviz.run(optviz.loads(CROWD)).to_dict()["racers"]}
    gone = facts["gone"]
    assert gone["outcome"] == "diverged"
    assert len(gone["x"]) == len(gone["f"]) == gone["diverged_at"]
    assert facts["Prodigy"]["hyperparameters"]["growth_rate"] == "inf"


def test_a_network_has_no_known_minimum_and_finishes_at_a_loss() -> None:
    race = optviz.run(optviz.loads(NETWORK.replace("steps: 6", "steps: 60")))
    data = race.to_dict()
    assert data["problem"] == {"dimension": 3 * 4 + 4 + 4 + 1, "minima": [], "local_minima": [], "f_min": None}
    assert data["scenario"]["start"] is None
    (facts,) = data["racers"]
    assert facts["outcome"] == "arrived"
    at = facts["arrived_at"]
    assert max(facts["f"][at:]) <= 1.5 < facts["f"][at - 1]
