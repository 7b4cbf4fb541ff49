"""``optviz sweep``: its table, its files, and what is said of axes that are none."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from optviz.output.metadata import made_by_optviz
from tests.cli import optviz_says

TEXT = """function: himmelblau
steps: 20
optimizers: [sgd: {lr: 0.01}, momentum: {lr: 0.01}, lookahead]
render: {size: 320x180, frames: 4, hold: 0}
"""


@pytest.fixture(autouse=True)
def scenario(folder: Path) -> None:
    (folder / "it.yaml").write_text(TEXT)


@pytest.mark.thorough
def test_one_axis_in_every_kind_of_file(folder: Path) -> None:
    outputs = ["a.json", "b.csv", "c.npz", "d.png", "e.gif", "f.txt", "g.svg"]
    result = optviz_says(
        "sweep", "it.yaml", "--over", "lr=1e-3:1:log:7", *(part for path in outputs for part in ("-o", path))
    )
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0].split()[:3] == ["racer", "works", "over"]
    assert all(made_by_optviz(folder / path) for path in outputs)
    document = json.loads((folder / "a.json").read_text())
    assert [racer["label"] for racer in document["racers"]] == ["SGD", "Momentum"]
    assert document["axes"] == [{"name": "lr", "low": 0.001, "high": 1.0, "scale": "log", "count": 7}]
    assert "without Lookahead, which lacks lr" in " ".join(document["protocol"])
    rows = list(csv.DictReader((folder / "b.csv").read_text().splitlines()))
    assert len(rows) == 14
    np.testing.assert_allclose([float(row["lr"]) for row in rows[:7]], np.geomspace(1e-3, 1, 7), rtol=1e-12)


@pytest.mark.thorough
def test_two_axes_and_a_dive(folder: Path) -> None:
    over = ("--over", "lr=1e-3:1:log:9", "--over", "momentum=0.1:0.9:linear:8")
    result = optviz_says("sweep", "it.yaml", *over, "-o", "a.gif", "-o", "a.npz", "--json")
    assert result.exit_code == 0, result.output
    with np.load(folder / "a.npz") as file:
        assert file["Momentum/final_f"].shape == (9, 8)
        np.testing.assert_allclose(file["momentum"], np.linspace(0.1, 0.9, 8))
    result = optviz_says("sweep", "it.yaml", *over, "--zoom", "0.1,0.5", "--decades", "2", "-o", "zoom.gif", "-q")
    assert (result.exit_code, result.output) == (0, "")
    assert made_by_optviz(folder / "zoom.gif")


REFUSED = [
    ([], "--over: one or two axes are swept, got 0; such as --over lr=0.0001:1"),
    (["lr"], "--over lr: is no axis; write NAME=LOW:HIGH, such as lr=0.0001:1, or lr=0.0001:1:log:200"),
    (["lrr=0.1:1"], "--over lrr=0.1:1: no racer has a hyperparameter lrr; did you mean lr?"),
    (["lr=-1:1"], "--over lr=-1:1: the low end must be >= 0, got -1.0"),
    (["lr=0:1"], "--over lr=0:1: the low end must be above 0: the logarithm is searched, got 0.0"),
    (["lr=1:0.1"], "--over lr=1:0.1: the low end must lie below the high end, got [1.0, 0.1]; did you mean [0.1, 1]?"),
    (["lr=a:1"], "--over lr=a:1: the low end must be a finite number, got 'a'"),
    (
        ["lr=1:1/3"],
        "--over lr=1:1/3: the low end must lie below the high end, got [1.0, 0.3333333333333333]; "
        "did you mean [0.333333, 1]?",
    ),
    (["learning_rate=0.1:1"], "--over learning_rate=0.1:1: no racer has a hyperparameter learning_rate; write lr"),
    (
        ["decoupled=0:1"],
        "--over decoupled=0:1: decoupled is no number that could be swept; allowed: lr, weight_decay, "
        "momentum, dampening, alpha, base.lr, base.beta1, base.beta2, base.eps, base.eps_root, base.weight_decay",
    ),
    (["lr=0.1:1:log:2.5"], "--over lr=0.1:1:log:2.5: the count must be a whole number, got 2.5"),
    (["lr=0.1:1:lin"], "--over lr=0.1:1:lin: no such scale: lin; did you mean linear?"),
    (["lr=0.1:1", "lr=0.1:1"], "--over lr=0.1:1: lr is swept already"),
    (["lr=0.1:1:log:1"], "--over lr=0.1:1:log:1: an axis has at least 2 values"),
    (["momentum=0.1:1.5"], "--over momentum=0.1:1.5: the high end must be in [0, 1), got 1.5"),
    (["momentum=0.1:0.5", "alpha=0.1:0.5"], "--over: no racer has both momentum and alpha; sweep them one by one"),
]


@pytest.mark.parametrize(("over", "said"), REFUSED)
def test_what_is_no_axis(folder: Path, over: list[str], said: str) -> None:
    result = optviz_says("sweep", "it.yaml", *(part for text in over for part in ("--over", text)))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[0] == said
    assert not (folder / "outputs").exists()


def test_a_measure_that_is_none_or_cannot_be_filmed_is_told() -> None:
    one = ("sweep", "it.yaml", "--over", "lr=0.1:1", "--measure")
    assert optviz_says(*one, "step").stderr.startswith("--measure step: no such measure; did you mean steps?")
    filmed = optviz_says(*one, "steps", "-o", "a.gif")
    assert filmed.stderr.startswith("--measure steps: a film shows f as it falls; write a still")


def test_a_dive_needs_two_axes_and_a_place_on_them() -> None:
    one = ("sweep", "it.yaml", "--over", "lr=0.1:1")
    assert optviz_says(*one, "--zoom", "1,2").stderr.startswith("--zoom 1,2: a dive has two axes")
    both = (*one, "--over", "momentum=0.1:0.9")
    assert optviz_says(*both, "--zoom", "a").stderr.startswith("--zoom a: must be two numbers")
    assert optviz_says(*both, "--zoom", "5,0.5").stderr.startswith("--zoom 5,0.5: 5 lies outside lr, 0.1 to 1")


def test_decades_without_a_dive_are_refused() -> None:
    found = optviz_says("sweep", "it.yaml", "--over", "lr=0.1:1", "--decades", "3")
    assert found.stderr == "--decades 3: only a dive has them; say where to with --zoom X,Y\n"


def test_numbers_may_be_arithmetic_and_a_linear_axis_has_no_decades(folder: Path) -> None:
    assert optviz_says("sweep", "it.yaml", "--over", "lr=1/1000:0.1:LINEAR:4", "-o", "a.json").exit_code == 0
    document = json.loads((folder / "a.json").read_text())
    assert document["axes"] == [{"name": "lr", "low": 0.001, "high": 0.1, "scale": "linear", "count": 4}]
    assert {racer["decades"] for racer in document["racers"]} == {None}
    assert [len(racer["outcome"]) for racer in document["racers"]] == [4, 4]
    said = optviz_says("sweep", "it.yaml", "--over", "lr=1e-3:0.1:linear:4", "-o", "a.txt").stdout
    assert "decades" not in said + (folder / "a.txt").read_text()


def test_cells_that_would_not_fit_are_foretold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.pipeline.sweep.memory_bytes", lambda: 1 << 30)
    over = ("--over", "lr=0.1:1:log:9000", "--over", "momentum=0.1:0.9:logit:9000")
    result = optviz_says("sweep", "it.yaml", *over)
    assert result.exit_code == 2
    assert result.stderr == (
        "--over: 9000 x 9000 cells for 1 racer need about 9.7 GB, more than half of this machine's memory; "
        "1978 x 1978 fit\n"
    )
    result = optviz_says("sweep", "it.yaml", *over, "--zoom", "0.3,0.5", "--set", "render.frames=100")
    assert result.stderr.startswith("--over: 9000 x 9000 cells in 100 pictures need about 972 GB")
