"""Gradient noise that somebody else drew: a list, or a CSV file beside the scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import optviz
from optviz.scenario.draws import MOST_DRAWS
from tests.cli import optviz_says

LINE = "function: {formula: x**2, window: [[-3, 3]], minima: [0]}\nstart: 2\nsteps: 3\noptimizers: [sgd: {lr: 0.1}]\n"
PLANE = "function: sphere\nstart: [2, 1]\nsteps: 2\noptimizers: [sgd: {lr: 0.1}]\n"


def noise_of(text: str) -> np.ndarray:
    racer = optviz.run(optviz.loads(text)).racers[0]
    return racer.gradient - 2 * racer.x[:-1]


def complaint(path: Path, text: str, **overrides: object) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(optviz.OptvizError) as caught:
        optviz.load(path, overrides)
    return str(caught.value).replace(f"{path.parent}/", "")


@pytest.mark.parametrize("draws", ["[0.5, -1, 0.25]", "[[0.5], [-1], [0.25]]", "[0.5, -1, 0.25, 9]"])
def test_draws_are_added_as_they_are(draws: str) -> None:
    np.testing.assert_allclose(noise_of(LINE + f"noise: {{draws: {draws}}}\n")[:, 0], [0.5, -1, 0.25], atol=1e-12)
    plane = noise_of(PLANE + "noise: {draws: [[0.5, 1], [-1, 2]]}\n")
    np.testing.assert_allclose(plane, [[0.5, 1], [-1, 2]], atol=1e-12)


@pytest.mark.parametrize(
    "file",
    [
        "0.5\n-1\n.25\n",
        "noise\n0.5\n-1\n2.5e-1",
        "# noise\r\n\r\n0.5\r\n-1\r\n0.25\r\n7\r\n",
        "\ufeff0.5\n -1 \n0.25\n\n",
    ],
)
def test_a_file_of_one_column_may_have_a_header(tmp_path: Path, file: str) -> None:
    (tmp_path / "draws.csv").write_text(file, encoding="utf-8", newline="")
    (tmp_path / "a.yaml").write_text(LINE + "noise: {file: draws.csv}\n", encoding="utf-8")
    racer = optviz.run(optviz.load(tmp_path / "a.yaml")).racers[0]
    np.testing.assert_allclose((racer.gradient - 2 * racer.x[:-1])[:, 0], [0.5, -1, 0.25], atol=1e-12)


@pytest.mark.parametrize("file", ["x,y\n0.5,1\n-1,2\n", "0.5; 1\n-1; 2\n", "# x y\n0.5 1\n-1\t2\n"])
def test_a_file_of_two_columns_has_a_column_a_coordinate(tmp_path: Path, file: str) -> None:
    (tmp_path / "draws.csv").write_text(file, encoding="utf-8")
    (tmp_path / "a.yaml").write_text(PLANE + "noise:\n  file: draws.csv  # theirs\n", encoding="utf-8")
    assert optviz.load(tmp_path / "a.yaml").resolved()["noise"] == {"draws": [[0.5, 1], [-1, 2]]}


def test_outputs_hold_the_draws_and_no_path(tmp_path: Path) -> None:
    (tmp_path / "draws.csv").write_text("0.5\n-1\n0.25\n9\n", encoding="utf-8")
    (tmp_path / "a.yaml").write_text(
        LINE + "# theirs\nnoise: {file: draws.csv}  # in order\noutput: x.gif\n", encoding="utf-8"
    )
    race = optviz.run(optviz.load(tmp_path / "a.yaml"))
    assert race.scenario.source_text == LINE + "# theirs\nnoise: {draws: [0.5, -1.0, 0.25]}  # in order\n"
    for again in (optviz.loads(race.scenario.source_text), optviz.build(**race.to_dict()["scenario"])):
        np.testing.assert_array_equal(optviz.run(again).racers[0].x, race.racers[0].x)
    changed = optviz.load(tmp_path / "a.yaml", {"steps": 2})
    assert "draws.csv" not in changed.source_text
    assert optviz.loads(changed.source_text).resolved()["noise"] == {"draws": [0.5, -1.0]}


def test_a_flags_file_is_one_of_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "d.csv").write_text("1\n2\n3\n", encoding="utf-8")
    (tmp_path / "a.yaml").write_text(LINE, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    loaded = optviz.load(tmp_path / "a.yaml", {"noise.file": "d.csv"})
    assert loaded.noise is not None
    assert loaded.noise.draws == ((1,), (2,), (3,))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("1\n2\n", "a.yaml:5:15: noise.file: draws.csv has 2 rows, fewer than the 3 steps; steps: 2 at most"),
        ("1,2\n3,4\n5,6\n", "noise.file: 2 columns, the function has one coordinate (x)"),
        ("x\n1\nabc\n3\n", "draws.csv has no row of finite numbers on line 3: abc"),
        ("1\n2\nnan\n", "draws.csv has no row of finite numbers on line 3: nan"),
        ("1\n2,3\n4\n", "draws.csv has 2 columns on line 2, 1 above"),
        ("0.5,\n1\n2\n", "draws.csv has no row of finite numbers on line 1: 0.5,"),
        ("", "draws.csv has no row of numbers"),
        ("x\n\n", "draws.csv has no row of numbers"),
        (None, "draws.csv cannot be read: No such file or directory; it is looked for in "),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, file: str | None, said: str) -> None:
    if file is not None:
        (tmp_path / "draws.csv").write_text(file, encoding="utf-8")
    assert said in complaint(tmp_path / "a.yaml", LINE + "noise: {file: draws.csv}\n")


@pytest.mark.parametrize(
    ("noise", "said"),
    [
        ("{draws: [1, 2]}", "noise.draws: 2 rows, fewer than the 3 steps"),
        ("{draws: [1, [2, 3], 4]}", "noise.draws: rows must be equally long, got [1] and [2, 3]"),
        ("{draws: [[1, 2], [2, 3], [3, 4]]}", "noise.draws: 2 columns, the function has one coordinate (x)"),
        ("{draws: []}", "noise.draws: must be a list of rows, got []"),
        ("{draws: [1, .nan, 3]}", "must be a finite number"),
        ("{draws: [1, 2, 3], std: 1}", "noise: draws or file stand alone; such as {file: draws.csv}"),
        ("{file: a.csv, draws: [1, 2, 3]}", "noise: draws or file stand alone"),
        ("{file: ''}", "noise.file: must not be empty"),
    ],
)
def test_what_is_wrong_with_draws_is_said(tmp_path: Path, noise: str, said: str) -> None:
    assert said in complaint(tmp_path / "a.yaml", LINE + f"noise: {noise}\n")


@pytest.mark.thorough
def test_no_more_draws_are_kept_than_a_scenario_can_hold(tmp_path: Path) -> None:
    def of(steps: int) -> str:
        return PLANE.replace("steps: 2", f"steps: {steps}") + "noise: {file: draws.csv}\n"

    (tmp_path / "draws.csv").write_text("0.1234567890123456,-0.1234567890123456\n" * MOST_DRAWS, encoding="utf-8")
    said = f"noise.file: {MOST_DRAWS + 2} numbers are more than an output can keep; {MOST_DRAWS} at most"
    assert said in complaint(tmp_path / "a.yaml", of(MOST_DRAWS // 2 + 1))
    (tmp_path / "b.yaml").write_text(of(MOST_DRAWS // 2), encoding="utf-8")
    assert len(optviz.loads(optviz.load(tmp_path / "b.yaml").source_text).resolved()["noise"]["draws"]) == 6000


def test_no_output_replaces_the_draws(tmp_path: Path) -> None:
    (tmp_path / "draws.csv").write_text("1\n2\n3\n", encoding="utf-8")
    (tmp_path / "a.yaml").write_text(LINE + "noise: {file: draws.csv}\n", encoding="utf-8")
    said = optviz_says("race", str(tmp_path / "a.yaml"), "-o", str(tmp_path / "draws.csv"))
    assert said.exit_code == 2
    assert "which is read" in said.stderr
    race = optviz.run(optviz.load(tmp_path / "a.yaml"))
    with pytest.raises(optviz.OptvizError, match="which is read"):
        race.save(tmp_path / "draws.csv")
    assert (tmp_path / "draws.csv").read_text(encoding="utf-8") == "1\n2\n3\n"
