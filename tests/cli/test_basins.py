"""``optviz basins``: its table, its files, and what it refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from optviz.output.metadata import made_by_optviz
from optviz.pipeline import basins
from tests.cli import optviz_says

TEXT = """function: himmelblau
steps: 30
optimizers: [sgd: {lr: 0.01}, adam: {lr: 0.3}]
render: {size: 320x180, frames: 3, hold: 0}
"""


@pytest.fixture(autouse=True)
def scenario(folder: Path) -> None:
    (folder / "it.yaml").write_text(TEXT)


@pytest.mark.thorough
def test_it_writes_every_kind_of_file(folder: Path) -> None:
    outputs = ["a.json", "b.csv", "c.npz", "d.png", "e.gif", "f.txt", "g.svg"]
    result = optviz_says("basins", "it.yaml", "--grid", "12", *(part for path in outputs for part in ("-o", path)))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0].split()[:3] == ["racer", "end", "area"]
    assert all(made_by_optviz(folder / path) for path in outputs)
    document = json.loads((folder / "a.json").read_text())
    areas = document["racers"][0]["areas"]
    assert sum(area["share"] for area in areas) == pytest.approx(1)
    rows = list(csv.DictReader((folder / "b.csv").read_text().splitlines()))
    assert len(rows) == 2 * 144
    with np.load(folder / "c.npz") as file:
        arrays = dict(file)
    ends = arrays["SGD/ends"]
    assert ends.shape == (12, 12)
    named = [row["end"] for row in rows if row["racer"] == "SGD"]
    told = dict(zip(arrays["codes"].tolist(), arrays["names"].tolist(), strict=True))
    assert [told[code] for code in ends.ravel().tolist()] == named
    assert "from --grid 100" in result.stdout  # with so few starts a boundary has no dimension
    assert named.count(areas[0]["end"]) == (ends == 0).sum() == round(areas[0]["share"] * 144)
    assert float(rows[0]["x0"]) == arrays["starts"][0, 0]


@pytest.mark.thorough
def test_a_picture_by_default_and_a_film_of_the_flow(folder: Path) -> None:
    assert optviz_says("basins", "it.yaml", "--grid", "8", "-q").exit_code == 0
    assert made_by_optviz(folder / "outputs" / "it-basins.png")
    result = optviz_says("basins", "it.yaml", "--grid", "8", "--flow", "-o", "flow.gif", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["files"][0]["path"] == "flow.gif"


def test_a_picture_for_every_frame(folder: Path) -> None:
    result = optviz_says("basins", "it.yaml", "--grid", "8", "-o", "frames/%04d.png")
    assert result.exit_code == 0
    assert len(list((folder / "frames").iterdir())) == 3
    assert "frames/%04d.png  " in result.stdout


REFUSED = [
    (["it.yaml", "-o", "x.html"], "-o x.html: a page plays a race, not a comparison; write .mp4 for a film"),
    (["it.yaml", "--flow", "-o", "x.csv"], "--flow: no output shows it; add one, such as -o flow.mp4"),
    (
        ["it.yaml", "--flow", "--set", "render.pace=arc"],
        "it.yaml: render.pace: arc follows the paths of a race, and a flow has one for each start; write linear, log",
    ),
    (["it.yaml", "--flow", "--set", "render.pace=story"], "it.yaml: render.pace: story follows the paths of a race"),
    (["it.yaml", "--grid", "1"], "--grid 1: must be at least 2"),
    (["it.yaml", "--function", "post_1d"], "it.yaml: basins need two coordinates, not a function of one coordinate"),
    (
        ["--function", "x**2 + y**2", "--start", "1,1", "--optimizer", "adam"],
        "function: a formula has no window over which starts could be spread; give the function a window",
    ),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_what_has_no_basins_is_refused(folder: Path, arguments: list[str], said: str) -> None:
    result = optviz_says("basins", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(said)
    assert not (folder / "outputs").exists()


def test_a_grid_that_would_not_fit_is_foretold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.pipeline.basins.memory_bytes", lambda: 1 << 30)
    result = optviz_says("basins", "it.yaml", "--grid", "20000")
    assert result.exit_code == 2
    assert result.stderr == (
        "--grid 20000: 400 000 000 starts for 2 racers need about 32 GB, more than half of this machine's memory; "
        "--grid 2420 fits\n"
    )


def test_a_folder_keeps_what_is_finished_and_a_failure_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*more: str) -> tuple[int, str]:
        result = optviz_says("basins", "it.yaml", "--grid", "6", "-o", "a.npz", "--resume", "cells", "-q", *more)
        return result.exit_code, result.stderr

    own = basins.run_starts
    monkeypatch.setattr(basins, "run_starts", lambda rule, *rest: own(rule, *rest) if rule.name == "sgd" else 1 / 0)
    assert run() == (1, "Adam: starts 1 to 36 failed: ZeroDivisionError: division by zero\n")
    with np.load(folder / "a.npz") as file:
        assert {name.partition("/")[0] for name in file} == {"starts", "minima", "codes", "names", "SGD"}
    monkeypatch.setattr(basins, "run_starts", lambda rule, *rest: own(rule, *rest) if rule.name == "adam" else 1 / 0)
    assert run() == (0, "")
    code, said = run("--set", "steps=31")
    assert code == 2
    assert said == (
        "--resume cells: holds cells of another protocol: steps is 30 there and 31 here; name another folder\n"
    )
