"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import optviz
from optviz.cli import app as cli
from optviz.cli.console import coloured
from optviz.optimizers import OPTIMIZERS
from optviz.problems import FUNCTIONS
from optviz.scenario.shipped import shipped, shipped_names

SMALL = "function: beale\nsteps: 5\noptimizers: [adam, sgd]\nrender: {size: 320x180, hold: 0}\n"
BROKEN = "function: baele\nstepps: 3\noptimizers: [adamaxx]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def optviz_says(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, arguments)


# --- race ---------------------------------------------------------------------------------------------


def test_race_writes_every_output_and_prints_the_ranking(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL)
    result = optviz_says("race", "small.yaml", "-o", "a.json", "-o", "b/c.csv")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["racer", "outcome", "final", "f"]
    assert [line.split()[:3] for line in lines[1:3]] == [["1", "SGD", "running"], ["2", "Adam", "running"]]
    assert lines[3].startswith("a.json  ")
    assert lines[4].startswith("b/c.csv  ")
    assert lines[4].endswith(" s")
    assert json.loads((folder / "a.json").read_text())["ranking"] == ["SGD", "Adam"]


def test_race_goes_to_outputs_by_default(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL)
    result = optviz_says("race", "small.yaml")
    assert result.exit_code == 0
    assert (folder / "outputs" / "small.gif").read_bytes().startswith(b"GIF89a")


def test_quiet_prints_nothing(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL)
    result = optviz_says("race", "small.yaml", "-q", "-o", "a.json")
    assert (result.exit_code, result.output) == (0, "")


def test_race_without_a_file_is_the_shipped_race(folder: Path) -> None:
    result = optviz_says("race", "-o", "a.json")
    assert result.exit_code == 0
    assert len(json.loads((folder / "a.json").read_text())["racers"]) == 10


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_scenarios_are_right_and_known_by_name(folder: Path, name: str) -> None:
    result = optviz_says("check", name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"ok {name}: ")


def test_names_outside_the_shipped_folder_are_not_shipped() -> None:
    assert shipped("../pyproject") is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["race", "smal.yaml"], "smal.yaml: no such file; did you mean small.yaml?"),
        (["race", "nowhere/x.yaml"], "nowhere/x.yaml: no such file; there is no folder nowhere either"),
        (["race", "."], ".: is a folder, not a scenario file"),
        (["race", "junk.yaml"], "junk.yaml:1:1: not UTF-8 text: byte 0xff; save the file as UTF-8"),
        (["race", "small.yaml", "-o", "x.gfi"], "-o x.gfi: no such format: .gfi; did you mean .gif?"),
        (["race", "small.yaml", "-o", "x.gif", "-o", "x.gif"], "-o x.gif: x.gif is named twice; keep one of them"),
        (["race", "small.yaml", "-o", "x"], "-o x: x has no suffix to pick the format by; end it in"),
        (["show", "admaax"], "no optimizer or function is called admaax; did you mean adamax?"),
        (["show", "zzzzzz"], "no optimizer or function is called zzzzzz; see optviz list"),
    ],
)
def test_a_wrong_call_is_one_line_and_writes_nothing(folder: Path, arguments: list[str], said: str) -> None:
    (folder / "small.yaml").write_text(SMALL)
    (folder / "junk.yaml").write_bytes(b"\xff\xfe\x00")
    result = optviz_says(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1
    assert sorted(os.listdir(folder)) == ["junk.yaml", "small.yaml"]


def test_an_unwritable_output_is_found_before_the_race(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "small.yaml").write_text(SMALL)
    (folder / "x.gif").mkdir()
    monkeypatch.setattr("optviz.pipeline.render.run", lambda scenario: pytest.fail("raced"))
    result = optviz_says("race", "small.yaml", "-o", "x.gif")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "cannot write x.gif: it is a folder\n"


def test_ctrl_c_ends_with_the_shells_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(scenario: object) -> None:
        raise KeyboardInterrupt

    (folder / "small.yaml").write_text(SMALL)
    monkeypatch.setattr("optviz.pipeline.render.run", interrupted)
    result = optviz_says("race", "small.yaml")
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_a_bug_keeps_its_trace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(scenario: object) -> None:
        raise ZeroDivisionError

    (folder / "small.yaml").write_text(SMALL)
    monkeypatch.setattr("optviz.pipeline.render.run", broken)
    assert isinstance(optviz_says("race", "small.yaml").exception, ZeroDivisionError)


@pytest.mark.parametrize("arguments", [["rcae"], ["race", "--fps", "3"], ["list", "planets"], ["show"], ["check"]])
def test_typers_own_errors_end_with_2(arguments: list[str]) -> None:
    result = optviz_says(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")


# --- check --------------------------------------------------------------------------------------------


def test_check_says_ok_and_every_mistake(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL)
    (folder / "broken.yaml").write_text(BROKEN)
    result = optviz_says("check", "small.yaml", "broken.yaml")
    assert result.exit_code == 2
    assert result.stdout == "ok small.yaml: 2 racers on Beale, 5 steps\n"
    assert result.stderr.splitlines() == [
        "broken.yaml:1:11: function: no such function: baele; did you mean beale?",
        "broken.yaml:2:1: stepps: unknown key; did you mean steps?",
        "broken.yaml:3:14: optimizers[0].adamaxx: no such optimizer; did you mean adamax?",
    ]


def test_check_of_a_right_file_ends_with_0_and_writes_nothing(folder: Path) -> None:
    (folder / "one.yaml").write_text("function: post_1d\nsteps: 1\noptimizers: [adam]\n")
    result = optviz_says("check", "one.yaml")
    assert (result.exit_code, result.stdout) == (0, "ok one.yaml: 1 racer on Cubic, 1 step\n")
    assert os.listdir(folder) == ["one.yaml"]


# --- colours ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terminal", "no_color", "expected"), [(True, "", True), (True, "1", False), (False, "", False)]
)
def test_errors_are_red_on_a_terminal_only(
    terminal: bool, no_color: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    assert (coloured("wrong", Terminal(terminal)) != "wrong") is expected


class Terminal(io.StringIO):
    """Text that may say it is a terminal."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


# --- list, show, help, version ------------------------------------------------------------------------


def test_list_names_every_optimizer_and_function() -> None:
    optimizers, functions = optviz_says("list", "optimizers").stdout, optviz_says("list", "functions").stdout
    assert [line.split()[0] for line in optimizers.splitlines()] == ["name", *OPTIMIZERS]
    assert [line.split()[0] for line in functions.splitlines()] == ["name", *FUNCTIONS]
    assert optviz_says("list").stdout.startswith(f"{optimizers}\n{functions}\n")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_show_explains_every_rule_in_plain_text(name: str) -> None:
    result, rule = optviz_says("show", name), OPTIMIZERS[name]
    assert result.exit_code == 0
    for word in (rule.label, *rule.equations, *rule.legend, *rule.parameters, *rule.state):
        assert word in result.stdout


@pytest.mark.parametrize("name", FUNCTIONS)
def test_show_explains_every_function(name: str) -> None:
    result = optviz_says("show", name.upper())
    assert result.exit_code == 0
    assert f"function: {name}" in result.stdout


def test_version() -> None:
    assert optviz_says("--version").stdout == f"optviz {optviz.__version__}\n"


@pytest.mark.parametrize("command", [[], ["race"], ["check"], ["list"], ["show"]])
def test_help_teaches_by_example(command: list[str]) -> None:
    result = optviz_says(*command, "--help")
    assert result.exit_code == 0
    assert f"optviz {command[0]} " in result.stdout if command else "function: beale" in result.stdout
