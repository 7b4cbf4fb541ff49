"""The table of a race's numbers: its columns, its forms, and the AMSGrad text's own table."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest

import optviz
from optviz.cli.options import TableForm
from optviz.cli.tables import numbers
from optviz.pipeline.table import Table, table_of
from tests.cli import optviz_says

LINE = """\
function: {formula: x**2, window: [[-3, 3]], minima: [0]}
start: 2
steps: 20
optimizers: [adam: {lr: 0.1}, sgd: {lr: 0.1, label: "Plain, old"}]
output: out.json
"""
PLANE = LINE.replace("x**2, window: [[-3, 3]], minima: [0]", "x**2 + y**2").replace("start: 2", "start: [2, 1]")


def asked(text: str, *columns: str, steps: tuple[int, ...] = (0, 1, 20)) -> Table:
    scenario = optviz.loads(text, overrides={"table": {"columns": list(columns), "steps": list(steps)}})
    found = table_of(scenario, optviz.run(scenario).result)
    assert found is not None
    return found


def test_the_texts_table_is_printed_to_the_digit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = optviz_says("race", "amsgrad/effective-lr", "-o", "x.json")
    assert said.exit_code == 0, said.stderr
    rows, v, largest = [], 0.0, 0.0
    for t in range(1, 51):
        v = 0.999 * v + 0.001 * (10.0 if t % 10 == 1 else 0.1) ** 2
        largest = max(largest, v)
        if t == 1 or t % 5 == 0:
            rates = [0.1 / (math.sqrt(second) + 1e-8) for second in (v, largest)]
            rows.append([str(t), *(f"{number:.6f}" for number in (v, largest, *rates))])
    printed = [line.split() for line in said.stdout.splitlines()]
    first = printed.index(rows[0])
    assert printed[first : first + len(rows)] == rows
    assert printed[first - 1] == "step Adam state.v AMSGrad state.vmax Adam effective_lr AMSGrad effective_lr".split()
    racers = json.loads((tmp_path / "x.json").read_text())["racers"]
    assert f"{racers[0]['state']['v'][-1][0]:.6f}" == rows[-1][1]
    assert f"{racers[1]['state']['vmax'][-1][0]:.6f}" == rows[-1][2]


def test_a_column_is_every_racers_or_ones() -> None:
    assert asked(LINE, "f").heads == ("step", "Adam f", "Plain, old f")
    assert asked(LINE, "step", "state.v", "Plain, old/lr").heads == ("step", "Adam state.v", "Plain, old lr")
    assert asked(PLANE, "Adam/x", "state.m1").heads == ("step", "Adam x0", "Adam x1", "Adam state.m1")
    alone = LINE.replace(', sgd: {lr: 0.1, label: "Plain, old"}', "")
    assert asked(alone, "f", "effective_lr", "|g|").heads == ("step", "f", "effective_lr", "|g|")


def test_the_numbers_are_the_races() -> None:
    race = optviz.run(optviz.loads(PLANE))
    adam = race["Adam"]
    found = asked(PLANE, "Adam/x1", "Adam/|g|", "Adam/state.v0", "Adam/effective_lr1", "Adam/lr")
    assert adam.effective_lr is not None
    last = (adam.x[20, 1], np.linalg.norm(adam.gradient[19]), adam.state["v"][19, 0], adam.effective_lr[19, 1], 0.1)
    assert found.rows[0] == (0, 1, None, None, None, None)  # the start has a point alone
    assert found.rows[2] == (20, *last)


def test_a_racer_that_diverged_has_no_numbers_after() -> None:
    wild = LINE.replace("sgd: {lr: 0.1,", "sgd: {lr: 1.0e+300,")
    assert asked(wild, "Plain, old/f", "Adam/f").rows[2][1] is None
    assert "nan" not in numbers(asked(wild, "f"), TableForm.text)


def test_regret_and_networks_have_columns() -> None:
    online = optviz.load("amsgrad/counterexample", {"steps": 30, "table": {"columns": ["average_regret"]}})
    found = table_of(online, optviz.run(online).result)
    assert found is not None
    assert found.heads == ("step", "Adam average_regret", "AMSGrad average_regret")
    network = optviz.load("amsgrad/network", {"steps": 2, "table": {"columns": ["x352", "f"]}})
    found = table_of(network, optviz.run(network).result)
    assert found is not None
    assert [row[0] for row in found.rows] == [0, 1, 2]
    assert found.heads[1] == "Adam x352"


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        (LINE, "state.vmax", "no such column: state.vmax; did you mean state.v?"),
        (LINE, "loss", "no such column: loss; allowed: step, x, f, gradient, |g|, effective_lr, lr, state.m, state.v"),
        (LINE, "Adm/f", "no such column: Adm/f; did you mean Adam/f?"),
        (LINE, "Plain, old/state.v", "no such column: Plain, old/state.v; did you mean"),
        (LINE, "x0", "no such column: x0; did you mean x?"),
        (PLANE, "x2", "no such column: x2; did you mean x"),
        (LINE, "average_regret", "no such column: average_regret"),
    ],
)
def test_a_column_that_is_not_there_is_refused_with_the_nearest(text: str, column: str, said: str) -> None:
    with pytest.raises(optviz.OptvizError) as caught:
        optviz.loads(f"{text}table: {{columns: ['{column}']}}\n", name="a.yaml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("a.yaml:6:19: table.columns[0]: ")


def test_a_step_beyond_the_race_is_refused() -> None:
    with pytest.raises(optviz.OptvizError, match=r"table.steps\[1\]: must be at most steps, 20, got 21"):
        asked(LINE, "f", steps=(1, 21))


def test_a_flag_asks_for_a_table_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(LINE)
    said = optviz_says("race", "a.yaml", "--table", '"Plain, old/f", effective_lr').stdout
    assert [line.split()[0] for line in said.split("\n\n")[1].splitlines()[1:]] == [str(t) for t in range(0, 21, 2)]
    assert "Plain, old f  Adam effective_lr" in said
    wrong = optviz_says("race", "a.yaml", "--table", "f,loss")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("--table f,loss: no such column: loss; allowed: ")


def test_markdown_and_csv_stand_alone_on_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(LINE + "table: {columns: [f, '|g|'], steps: [0, 20]}\n")
    said = optviz_says("race", "a.yaml", "--table-as", "csv")
    rows = list(csv.reader(io.StringIO(said.stdout)))
    assert rows[0] == ["step", "Adam f", "Plain, old f", "Adam |g|", "Plain, old |g|"]
    assert float(rows[2][1]) == optviz.run(optviz.load("a.yaml"))["Adam"].f[-1]
    assert rows[1][3:] == ["", ""]
    assert "out.json" in said.stderr
    lines = optviz_says("race", "a.yaml", "--table-as", "markdown").stdout.splitlines()
    assert [len(line) for line in lines] == [len(lines[0])] * 4
    assert r"Adam \|g\|" in lines[0]
    assert set(lines[1]) <= set("|-: ")
    document = json.loads(optviz_says("race", "a.yaml", "--json").stdout)
    assert document["table"]["columns"] == rows[0]
    assert document["table"]["rows"][0][3] is None


def test_numbers_of_any_size_keep_their_digits() -> None:
    wide = Table(("step", "a", "b", "c"), ((0, 1e-9, 1.5, None), (10, 2.0, -1000.25, 0.0)))
    assert numbers(wide, TableForm.text).splitlines() == [
        "step             a             b         c",
        "   0  1.000000e-09      1.500000          ",
        "  10  2.000000e+00  -1000.250000  0.000000",
    ]
