"""``optviz tune``: its table, its files, the scenario that it writes, and what it refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from optviz.output.metadata import made_by_optviz
from optviz.scenario import load
from tests.cli import optviz_says

TEXT = """# a comment
function: himmelblau
steps: 10
common: {lr: {tune: [1.0e-3, 0.01]}, weight_decay: 0.001}
optimizers:
  - adam
  - sgd: {label: Plain}
  - lookahead: {base: {sgd: {lr: {tune: [1.0e-3, 0.1]}}}}
  - momentum: {lr: 0.01}
tuning: {trials: 5, starts: {grid: 2}}
render: {size: 320x180}
"""


@pytest.fixture(autouse=True)
def tuned(folder: Path) -> Path:
    (folder / "it.yaml").write_text(TEXT)
    return folder


def test_finished_trials_are_kept(folder: Path) -> None:
    given = ("tune", "it.yaml", "-o", "a.csv", "--resume", "kept", "-q")
    assert optviz_says(*given).exit_code == 0
    assert len(list((folder / "kept").glob("*.npz"))) == 3
    written = (folder / "a.csv").read_bytes()
    assert optviz_says(*given, "--set", "tuning.metric=final").exit_code == 0
    assert (folder / "a.csv").read_bytes() == written
    assert "tuning is" in optviz_says(*given, "--set", "tuning.trials=6").stderr


def test_it_prints_a_table_and_warns_of_edges(folder: Path) -> None:
    result = optviz_says("tune", "it.yaml", "-o", "a.json", "-o", "b.csv", "-o", "c.npz")
    assert result.exit_code == 0
    head, *rows = [line.split("  ") for line in result.stdout.splitlines()[:4]]
    assert head[0] == "racer"
    assert {row[0] for row in rows} == {"Adam", "Plain", "Lookahead(SGD)"} or len(rows) == 3
    assert "Adam: the best lr, 0.01, lies at the high end of 0.001 to 0.01" in result.stderr
    document = json.loads((folder / "a.json").read_text())
    assert [racer["trials"] for racer in document["racers"]] == [5, 5, 5]
    assert document["racers"][2]["ranges"] == {"base.lr": [0.001, 0.1]}
    rows = list(csv.DictReader((folder / "b.csv").read_text().splitlines()))
    assert len(rows) == 15
    assert [row["kept"] for row in rows].count("yes") == 3
    with np.load(folder / "c.npz") as file:
        arrays = dict(file)
    assert arrays["Adam/final_f"].shape == (5, 4)
    np.testing.assert_array_equal([float(row["score"]) for row in rows[:5]], arrays["Adam/scores"])
    assert all(made_by_optviz(folder / name) for name in ("a.json", "b.csv", "c.npz"))


def test_the_written_scenario_races_with_the_values_found(folder: Path) -> None:
    result = optviz_says("tune", "it.yaml", "-q", "-o", "a.json", "--write", "tuned.yaml")
    assert (result.exit_code, result.stdout) == (0, "")
    written = load(folder / "tuned.yaml")
    found = {racer["label"]: racer["values"] for racer in json.loads((folder / "a.json").read_text())["racers"]}
    rates = {racer.label: racer.rule.lr for racer in written.optimizers}
    assert rates == {racer.label: rates[racer.label] for racer in load(folder / "it.yaml").optimizers}
    assert [rates["Adam"], rates["Plain"]] == [found["Adam"]["lr"], found["Plain"]["lr"]]
    assert written.optimizers[2].rule.lr == next(iter(list(found.values())[2].values()))
    assert not any(racer.rule.ranges for racer in written.optimizers)
    assert written.optimizers[3].rule.lr == 0.01
    assert written.optimizers[0].rule.values["weight_decay"] == 0.001
    assert (folder / "tuned.yaml").read_text().startswith("# Tuned by optviz: base.lr over 0.001 to 0.1")


@pytest.mark.thorough
def test_it_draws_by_default(folder: Path) -> None:
    result = optviz_says("tune", "it.yaml", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["files"][0]["path"] == "outputs/it-tuning.png"
    assert made_by_optviz(folder / "outputs" / "it-tuning.png")


REFUSED = [
    (["small.yaml"], 2, "small.yaml: optimizers: no hyperparameter is tuned; write one as a range, such as lr: {"),
    (["it.yaml", "small.yaml"], 2, "it.yaml small.yaml: takes one scenario"),
    (["it.yaml", "--write", "x.json"], 2, "--write x.json: a scenario ends in .yaml"),
    (["it.yaml", "--write", "it.yaml"], 2, "--write it.yaml: cannot write it.yaml: it is it.yaml, which is read"),
    (["it.yaml", "-o", "x.bmp"], 2, "-o x.bmp: no such format: .bmp"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED)
def test_what_cannot_be_is_refused_before_anything_is_written(
    small: Path, folder: Path, arguments: list[str], code: int, said: str
) -> None:
    before = sorted(folder.rglob("*"))
    result = optviz_says("tune", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.splitlines()[0].startswith(said)
    assert sorted(folder.rglob("*")) == before


def test_a_race_tunes_first_and_says_so(folder: Path) -> None:
    result = optviz_says("race", "it.yaml", "-o", "a.json")
    assert result.exit_code == 0
    assert "Adam: lr 0.01, tuned over 0.001 to 0.01, 5 trials, 200 gradients" in result.stdout
    assert "Adam: the best lr, 0.01, lies at the high end" in result.stderr


def test_a_racer_whose_every_trial_diverges_is_told(folder: Path) -> None:
    (folder / "wild.yaml").write_text(
        "function: beale\nsteps: 30\noptimizers: [sgd: {lr: {tune: [10, 100]}}]\ntuning: {trials: 3}\n"
    )
    said = "SGD: in every trial half of its runs or more diverge; a value from the middle was kept\n"
    result = optviz_says("tune", "wild.yaml", "-o", "a.json")
    assert (result.exit_code, result.stderr) == (0, said)
    assert "  diverged  3 " in result.stdout
    assert optviz_says("race", "wild.yaml", "-o", "a.json").stderr == said
