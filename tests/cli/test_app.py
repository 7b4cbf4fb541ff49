"""The command line as a whole: wrong calls, help, version."""

from __future__ import annotations

import inspect
import json
import os
import re
from pathlib import Path
from typing import get_args

import pytest
import typer
from typer.testing import CliRunner

import optviz
from optviz.cli import habits
from optviz.cli.app import app_of, commands, needed
from optviz.optimizers import OPTIMIZERS
from optviz.problems import FUNCTIONS
from tests import few
from tests.cli import NAMES, optviz_says


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
@pytest.mark.usefixtures("small")
def test_a_wrong_call_is_told_and_writes_nothing(folder: Path, arguments: list[str], said: str) -> None:
    (folder / "junk.yaml").write_bytes(b"\xff\xfe\x00")
    result = optviz_says(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    first, *quoted = result.stderr.splitlines()
    assert first.startswith(said)
    assert all(line.startswith("  ") for line in quoted)
    assert sorted(os.listdir(folder)) == ["junk.yaml", "small.yaml"]


@pytest.mark.parametrize("arguments", [["rcae"], ["race", "--pace", "log"], ["list", "planets"], ["show"], ["check"]])
def test_typers_own_errors_end_with_2(arguments: list[str]) -> None:
    result = optviz_says(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["render"], "No such command: render; did you mean optviz race?"),
        (["version"], "No such command: version; did you mean optviz --version?"),
        (["rcae"], "No such command: rcae; did you mean race?"),
        (["race", "--pace", "log"], "No such option: --pace; --set render.pace=VALUE does it"),
        (["race", "--noise=1"], "No such option: --noise; --set noise=VALUE does it"),
        (["race", "--width", "640"], "No such option: --width; --size 1280x720 does it"),
        (["race", "--learning_rate=1"], "No such option: --learning_rate; --lr RATE does it"),
        (["show", "--width", "640"], "No such option: --width"),
        (["gallery", "--pace", "log"], "No such option: --pace; --set render.pace=VALUE does it"),
        (["gallery", "-o", "a.gif"], "No such option: -o; --to FOLDER does it"),
        (["gallery", "--output=a.gif"], "No such option: --output; --to FOLDER does it"),
        (["list", "rules"], "Invalid value for 'WHAT': 'rules' is not one of 'optimizers', 'functions'"),
        (["help", "rcae"], "no page is called rcae; did you mean race?"),
        (["help", "adam"], "no page is called adam; optviz show adam explains it"),
        (["show", "gradient descent"], "no optimizer or function is called gradient descent; it is called sgd here"),
        (["show", "race"], "race is a scenario; optviz race race renders it"),
        (["new", "x", "--from", "nothing"], "--from nothing: no such function or scenario; see optviz list"),
        (["race", "race.yaml"], "race.yaml: no such file; did you mean race, which ships with optviz?"),
        (["race", "adam"], "adam: no such file; it is an optimizer: --optimizer adam"),
        (["race", "x**2 + y**2"], "x**2 + y**2: no such file; it is a formula: --function 'x**2 + y**2'"),
        (["race", "post"], "post: no such file; did you mean post/"),
        (["--fps", "30", "race"], "No such option: --fps; flags stand after the command"),
        (["race", "-fps", "30"], "No such option: -fps; --fps does it"),
        (["race", "--theme"], "requires an argument"),
        (["basins", "beale", "--grid", "40x40"], "--grid 40x40: must be a whole number, got '40x40'"),
        (["race", "--table_as", "csv"], "No such option: --table_as; --table-as does it"),
        (["race", "--momentum", "0.9"], "No such option: --momentum; --set common.momentum=VALUE does it"),
        (["race", "--decades", "3"], "No such option: --decades; it is a flag of optviz sweep"),
        (["race", "-i", "a.yaml"], "No such option: -i; FILE without a flag does it"),
        (["race", "--stpes", "3"], "No such option: --stpes; did you mean --steps?"),
        (["league", "--optimizer", "adam"], "No such option: --optimizer; --rules NAME,... does it"),
        (["list", "optimisers"], "'words'; did you mean optimizers?"),
        (["race", "--at", "-1"], "--at -1: must be at least 0, got -1"),
        (["race", "--jobs", "all"], "--jobs all: must be a whole number, got 'all'"),
        (["sweep", "beale", "--decades", "20"], "--decades 20: must be at most 12, got 20"),
        (["show", "adam", "--step", "1.5"], "--step 1.5: must be a whole number, got 1.5"),
    ],
)
def test_what_does_not_exist_has_a_remedy(arguments: list[str], said: str) -> None:
    assert said in optviz_says(*arguments).stderr


@pytest.mark.parametrize("command", NAMES)
def test_flags_that_are_numbers_are_read_as_scenarios_are(command: str) -> None:
    ours = {name: function for group in commands().values() for name, function in group.items()}[command]
    for one in inspect.signature(ours, eval_str=True).parameters.values():
        kind, option, *_ = *get_args(one.annotation), None, None
        is_number = bool({int, float} & {kind, *get_args(kind)})
        assert not is_number or option.parser is not None, one.name


@pytest.mark.parametrize("option", ["--zzz", "--log", "--3", "-z"])
def test_what_nothing_does_gets_no_remedy(option: str) -> None:
    assert optviz_says("race", option).stderr.endswith(f"No such option: {option}\n")


def test_flags_of_elsewhere_name_flags_that_exist() -> None:
    known = {
        word.strip(",") for name in ("race", "league", "new") for word in optviz_says(name, "--help").stdout.split()
    }
    assert {meant.split()[0] for meant in habits.FLAGS} - {"optviz"} <= known | {"FILE"}


@pytest.mark.parametrize("wrong", [["--at", "-1"], ["--nothing"], ["--paper", "a5"]])
def test_scripts_get_wrong_flags_as_json(wrong: list[str]) -> None:
    result = optviz_says("race", "--json", *wrong)
    assert (result.exit_code, result.stderr) == (2, "")
    assert wrong[0] in str(json.loads(result.stdout)["errors"])


def test_optviz_alone_prints_help() -> None:
    result = optviz_says()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == optviz_says("--help").stdout


@pytest.mark.parametrize("command", NAMES)
def test_help_knows_the_commands(command: str) -> None:
    said = optviz_says("help", command)
    assert said.exit_code == 0
    assert optviz_says(command, "--help").stdout.splitlines()[1:] == said.stdout.splitlines()[1:]


@pytest.mark.parametrize("arguments", [[], ["help", "race"], ["help", "commands"], ["--help"], ["rcae"], ["list"]])
def test_importing_what_is_needed_changes_nothing(arguments: list[str]) -> None:
    alone = CliRunner().invoke(app_of(commands(*needed(arguments))), arguments)
    assert (alone.exit_code, alone.output) == ((whole := optviz_says(*arguments)).exit_code, whole.output)
    assert needed(["list", "optimizers"]) == ["list"]


@pytest.mark.thorough
def test_scripts_get_lists_and_facts() -> None:
    rules, functions = (json.loads(optviz_says("list", what, "--json").stdout) for what in ("optimizers", "functions"))
    assert {rule["name"] for rule in rules} == {*OPTIMIZERS}
    assert {function["name"] for function in functions} <= {*FUNCTIONS}
    assert json.loads(optviz_says("show", "adam", "--json").stdout) in rules
    assert json.loads(optviz_says("show", "beale", "--json").stdout) in functions
    assert set(json.loads(optviz_says("list", "--json").stdout)) == {"optimizers", "functions", "scenarios", "words"}


@pytest.mark.usefixtures("small")
def test_scripts_get_errors_too() -> None:
    result = optviz_says("race", "small.yaml", "--set", "steps=0", "--json")
    assert (result.exit_code, result.stderr) == (2, "")
    (error,) = json.loads(result.stdout)["errors"]
    assert (error["message"], error["file"]) == ("must be at least 1, got 0", "--set steps=0")
    assert json.loads(optviz_says("show", "nothing", "--json").stdout)["errors"]


def test_version() -> None:
    assert optviz_says("--version").stdout == f"optviz {optviz.__version__}\n"


@pytest.mark.parametrize("columns", few(["60", "80", "200"], 3))
@pytest.mark.parametrize("command", [[], *([name] for name in NAMES)])
def test_help_teaches_by_example_in_80_columns(
    command: list[str], columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    result = optviz_says(*command, "--help")
    assert result.exit_code == 0
    assert f"  optviz {command[0]}" in result.stdout if command else "function: beale" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    told = result.stdout.partition("Options:")[2]
    assert not any(line.endswith("...") for line in told.splitlines()), "a summary is cut"
    assert not re.search(r"<\w+(\[\w+\])?>", result.stdout), "a type of Python's"


def test_one_more_command_is_one_function_and_one_row() -> None:
    def greet(name: str) -> None:
        """Greet somebody."""
        typer.echo(f"hello {name}")

    app = app_of({**commands(), "Say": {"greet": greet}})
    assert CliRunner().invoke(app, ["greet", "Nadam"]).output == "hello Nadam\n"
    listed = CliRunner().invoke(app, ["--help"]).output
    assert all(name in listed for name in (*NAMES, "Say:", "greet"))
    assert "Greet somebody." in listed
