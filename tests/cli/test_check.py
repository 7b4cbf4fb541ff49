"""``optviz check``: every error, or what the scenario is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from optviz.scenario.shipped import shipped, shipped_names
from tests import few
from tests.cli import BROKEN, optviz_says


@pytest.mark.usefixtures("small")
def test_check_says_ok_and_every_mistake(folder: Path) -> None:
    (folder / "broken.yaml").write_text(BROKEN)
    result = optviz_says("check", "small.yaml", "broken.yaml")
    assert result.exit_code == 2
    assert result.stdout == "ok small.yaml: 2 racers on Beale, 5 steps\n"
    assert result.stderr.splitlines() == [
        "broken.yaml:1:11: function: no such function: baele; did you mean beale?",
        "  function: baele",
        "            ^^^^^",
        "broken.yaml:2:1: stepps: unknown key; did you mean steps?",
        "  stepps: 3",
        "  ^^^^^^",
        "broken.yaml:3:14: optimizers[0].adamaxx: no such optimizer; did you mean adamax?",
        "  optimizers: [adamaxx]",
        "               ^^^^^^^",
    ]


def test_check_of_a_right_file_ends_with_0_and_writes_nothing(folder: Path) -> None:
    (folder / "one.yaml").write_text("function: post_1d\nsteps: 1\noptimizers: [adam]\n")
    result = optviz_says("check", "one.yaml")
    assert (result.exit_code, result.stdout) == (0, "ok one.yaml: 1 racer on Cubic, 1 step\n")
    assert os.listdir(folder) == ["one.yaml"]


@pytest.mark.usefixtures("small")
def test_json_of_mistakes(folder: Path) -> None:
    (folder / "x.yaml").write_text("function: beale\nstepps: 3\noptimizers: [adam]\n")
    result = optviz_says("check", "small.yaml", "x.yaml", "--json")
    assert (result.exit_code, result.stderr) == (2, "")
    (issue,) = json.loads(result.stdout)
    assert (issue["file"], issue["line"], issue["column"], issue["path"]) == ("x.yaml", 2, 1, "stepps")
    assert optviz_says("check", "small.yaml", "--json").stdout == "[]\n"


@pytest.mark.parametrize("name", few(shipped_names(), 6))
def test_shipped_scenarios_are_right_and_known_by_name(folder: Path, name: str) -> None:
    result = optviz_says("check", name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"ok {name}: ")


def test_names_outside_the_shipped_folder_are_not_shipped() -> None:
    assert shipped("../pyproject") is None
