"""``optviz show``: optimizers, test functions and rendered files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from optviz.optimizers import OPTIMIZERS
from optviz.problems import FUNCTIONS, names_of
from tests import few
from tests.cli import SMALL, optviz_says


@pytest.mark.parametrize("name", few(OPTIMIZERS, 5))
def test_show_explains_every_rule_in_plain_text(name: str) -> None:
    result, rule = optviz_says("show", name), OPTIMIZERS[name]
    assert result.exit_code == 0
    assert all(equation in result.stdout for equation in rule.equations)
    for word in (rule.label, *rule.parameters, *rule.state):
        assert word in result.stdout


@pytest.mark.parametrize("name", few(FUNCTIONS, 6))
def test_show_explains_every_function(name: str) -> None:
    result = optviz_says("show", name.upper())
    assert result.exit_code == 0
    assert f"function: {name}" in result.stdout
    assert f"\n{FUNCTIONS[name].about}\n" in result.stdout
    assert ", ".join(names_of(name)) in result.stdout


@pytest.mark.thorough
def test_show_reads_the_scenario_back_out_of_a_film(tmp_path: Path) -> None:
    film = tmp_path / "race.gif"
    (tmp_path / "race.yaml").write_text(SMALL)
    assert optviz_says("race", str(tmp_path / "race.yaml"), "-q", "-o", str(film)).exit_code == 0
    again = tmp_path / "again.yaml"
    again.write_text(optviz_says("show", str(film)).stdout)
    first, second, *_ = again.read_text().splitlines()
    assert first == "# Adam and SGD on Beale"
    assert re.fullmatch(r"# optviz [\d.]+, scenario [0-9a-f]{12}, recipe [0-9a-f]{12}", second)
    copy = tmp_path / "copy.gif"
    assert optviz_says("race", str(again), "-q", "-o", str(copy)).exit_code == 0
    with Image.open(film) as one, Image.open(copy) as other:
        assert one.n_frames == other.n_frames == 3
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("none.gif", "none.gif: cannot be read: No such file or directory"),
        ("a.csv", "a.csv: files of this kind hold no scenario; those that do: .gif"),
    ],
)
def test_show_says_why_a_file_cannot_be_shown(tmp_path: Path, file: str, said: str) -> None:
    result = optviz_says("show", str(tmp_path / file))
    assert result.exit_code == 2
    assert said in result.stderr


def test_show_takes_a_step_apart(tmp_path: Path) -> None:
    scenario = tmp_path / "my.yaml"
    scenario.write_text(SMALL)
    said = optviz_says("show", "adam", "--step", "3", str(scenario))
    assert said.exit_code == 0, said.stderr
    assert said.stdout.startswith("Adam, step 3 of 5, on Beale\n")
    sums = re.findall(r"m ← β₁m \+ \(1−β₁\)g\n +x: (.+) = (.+)\n", said.stdout)
    ((left, right),) = sums
    ten = str.maketrans({"−": "-", "·": "*"})
    assert eval(left.translate(ten)) == pytest.approx(float(right.translate(ten)), rel=1e-3)
    assert "slope remembered, 10 steps" in said.stdout
    facts = json.loads(optviz_says("show", "Adam", "--step", "3", str(scenario), "--json").stdout)
    assert facts["after"] == pytest.approx([b + d for b, d in zip(facts["before"], facts["terms"]["Δ"], strict=True)])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("adam", "--step", "6", "FILE"), "Adam has steps 1 to 5, got 6"),
        (("adan", "--step", "3", "FILE"), "no racer is called adan"),
        (("adam", "--step", "3"), "--step and a scenario go together"),
    ],
)
def test_show_says_which_steps_there_are(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    scenario = tmp_path / "my.yaml"
    scenario.write_text(SMALL)
    shown = optviz_says("show", *(str(scenario) if one == "FILE" else one for one in arguments))
    assert shown.exit_code == 2
    assert said in shown.stderr
