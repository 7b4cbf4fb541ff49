"""Tiles of sweeps and basins: the same bytes wherever they are computed, finished ones kept, failed ones named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest

import optviz
from optviz.errors import OptvizError, OutputError
from optviz.pipeline import basins, cells, sweep, tiles, tune
from optviz.pipeline.basins import study_basins
from optviz.pipeline.cells import HERE, Workshop
from optviz.pipeline.sweep import axes_of, study_dive, study_sweep
from optviz.pipeline.tiles import parts_of
from optviz.pipeline.tune import study_tuning
from optviz.scenario import Scenario, loads
from tests import few
from tests.pipeline.clusters import Cluster

TEXT = """function: himmelblau
start: [-1, -3]
steps: 10
noise: {std: 0.01}
optimizers: [sgd: {lr: 0.05}, momentum: {lr: 0.01}]
"""
WELLS = """function: styblinski_tang
steps: 24
optimizers: [sgd: {lr: 0.02}, momentum: {lr: 0.005}]
"""
RANGES = """function: himmelblau
steps: 10
noise: {std: 0.01}
optimizers: [sgd: {lr: {tune: [0.0001, 0.001]}}, momentum: {lr: {tune: [0.0001, 0.001]}}]
tuning: {trials: 9, seeds: 2, starts: {random: 5}}
"""
OVER = ("lr=1e-2:10:log:20", "momentum=0.1:0.9:linear:3")
Study: TypeAlias = Callable[[Workshop], dict[str, np.ndarray[Any, Any]]]


def scenario(text: str = TEXT) -> Scenario:
    return loads(text, overrides={"render.frames": 3})


def swept(workshop: Workshop) -> dict[str, np.ndarray[Any, Any]]:
    study = study_sweep(scenario(), axes_of(("lr=1e-2:10:log:60",), scenario()), film=True, workshop=workshop)
    return study.arrays() | {one.label: one.course for one in study.sweeps if one.course is not None}


def dived(workshop: Workshop) -> dict[str, np.ndarray[Any, Any]]:
    _, found = study_dive(scenario(), axes_of(OVER, scenario()), (0.1, 0.5), 2, workshop=workshop)
    return {f"{number}": one.final for number, one in enumerate(found.sweeps)}


def mapped(workshop: Workshop) -> dict[str, np.ndarray[Any, Any]]:
    study = study_basins(scenario(WELLS), 9, flow=True, workshop=workshop)
    assert {code for one in study.maps for code in one.codes.ravel().tolist()} > {0, 1}
    return study.arrays() | {one.label: one.flow for one in study.maps if one.flow is not None}


def tuned(workshop: Workshop) -> dict[str, np.ndarray[Any, Any]]:
    return study_tuning(scenario(RANGES), widen=True, workshop=workshop).arrays()


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "TILE_POINT_STEPS", 200)
    monkeypatch.setattr(cells, "TASK_POINT_STEPS", 200)


def bytes_of(arrays: dict[str, np.ndarray[Any, Any]]) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in arrays.items()}


@pytest.mark.parametrize("study", few([swept, dived, mapped, tuned], 4))
@pytest.mark.thorough
def test_any_number_of_workers_gives_the_same_bytes(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "TILE_POINT_STEPS", 1e9)
    whole = bytes_of(study(HERE))
    monkeypatch.setattr(tiles, "TILE_POINT_STEPS", 200)
    for workers in (1, 2, 8):
        made: list[Cluster] = []

        def open_one(workers: int = workers, made: list[Cluster] = made) -> Cluster:
            made.append(Cluster(workers))
            return made[-1]

        monkeypatch.setattr(tiles, "_settled", {})  # as in another process
        assert bytes_of(study(Workshop(executor=open_one))) == whole
        assert made[0].taken > 3
        assert made[0].deaths > 0


@pytest.mark.parametrize(
    ("study", "module", "name"),
    few(
        [
            (swept, sweep, "run_cells"),
            (dived, sweep, "run_cells"),
            (mapped, basins, "flow_of"),
            (tuned, tune, "run_trials"),
        ],
        4,
    ),
)
def test_finished_tiles_are_not_computed_again(
    study: Study, module: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, run, count = bytes_of(study(HERE)), getattr(module, name), []

    def interrupted(*given: Any) -> object:
        if len(count) == 3:
            raise KeyboardInterrupt
        count.append(given)
        return run(*given)

    monkeypatch.setattr(module, name, interrupted)
    with pytest.raises(KeyboardInterrupt):
        study(Workshop(resume=tmp_path))
    kept = set(tmp_path.glob("*.npz"))
    assert len(kept) >= 3
    count.clear()
    monkeypatch.setattr(module, name, lambda *given: count.append(given) or run(*given))
    assert bytes_of(study(Workshop(resume=tmp_path))) == whole
    assert len(count) + 3 == len([*count, *range(3)])
    count.clear()
    assert bytes_of(study(Workshop(resume=tmp_path))) == whole
    assert not count


def test_a_tile_that_fails_is_named_and_its_racer_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    over = axes_of(("lr=1e-2:10:log:40",), scenario())
    whole, run, trials = study_sweep(scenario(), over), sweep.run_cells, tune.run_trials

    def failing(rule: Any, *given: Any) -> object:
        if rule.name == "momentum" and given[3].start:
            raise MemoryError("too much")
        return run(rule, *given)

    monkeypatch.setattr(sweep, "run_cells", failing)
    study = study_sweep(scenario(), over)
    assert set(study.failed.values()) == {"MemoryError: too much"}
    assert list(study.failed) == ["Momentum: cells 21 to 40 of 40"]
    assert [one.label for one in study.sweeps] == ["SGD"]
    assert study.indices == (0,)
    assert "without Momentum, of which a cell failed" in study.terms
    assert study.sweeps[0].final.tobytes() == whole.sweeps[0].final.tobytes()
    monkeypatch.setattr(tune, "run_trials", lambda rule, *_: 1 / 0 if rule.name == "sgd" else trials(rule, *_))
    ranges = study_tuning(scenario(RANGES))
    assert list(ranges.tunings) == ["Momentum"]
    assert set(ranges.failed) > {"SGD: trials 1 to 4 of 9, seed 1"}
    assert "without SGD, of which a cell failed" in ranges.terms
    assert ranges.document()["failed"] == ranges.failed
    with pytest.raises(OptvizError, match="SGD: trials 1 to 4 of 9, seed 1: ZeroDivisionError"):
        optviz.run(scenario(RANGES))
    monkeypatch.setattr(basins, "run_starts", lambda *_: 1 / 0)
    with pytest.raises(OutputError, match="SGD: starts 1 to 9: ZeroDivisionError") as told:
        study_basins(scenario(WELLS), 3)
    assert told.value.exit_code == 1


def test_a_picture_of_a_dive_that_fails_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, run = dived(HERE), sweep.run_cells

    def failing(rule: Any, axes: Any, *given: Any) -> object:
        if axes[0].range.decades < 0.1:
            raise MemoryError
        return run(rule, axes, *given)

    monkeypatch.setattr(sweep, "run_cells", failing)
    study, found = study_dive(scenario(), axes_of(OVER, scenario()), (0.1, 0.5), 2)
    assert [one.final.tobytes() for one in found.sweeps] == [whole[f"{number}"].tobytes() for number in range(2)]
    assert all(name.startswith("picture 3: ") for name in study.failed)
    assert "without picture 3, of which a cell failed" in study.terms


def test_a_folder_of_another_sweep_is_refused(tmp_path: Path) -> None:
    kept = Workshop(resume=tmp_path)
    study_sweep(scenario(), axes_of(OVER[:1], scenario()), workshop=kept)
    study_sweep(scenario(TEXT.replace("0.05", "0.5")), axes_of(OVER[:1], scenario()), workshop=kept)
    with pytest.raises(
        OptvizError, match=r"another protocol: lr is 0.01 to 10.0, log, 20 values there and 0.01 to 1.0"
    ):
        study_sweep(scenario(), axes_of(("lr=1e-2:1:log:20",), scenario()), workshop=kept)
    with pytest.raises(OptvizError, match="command is sweep there and basins here"):
        study_basins(scenario(WELLS), 3, workshop=kept)


def test_parts_are_consecutive_and_worth_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "TILE_POINT_STEPS", 1000)
    for total, point_steps in ((1, 1), (10, 1), (1000, 300), (7, 5000)):
        parts = list(parts_of(total, point_steps))
        assert [index for part in parts for index in range(part.start, part.stop)] == list(range(total))
        assert len(parts) == 1 or all((part.stop - part.start) * point_steps >= 1000 for part in parts)
