"""The command line as a whole: wrong calls, help, version."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import optviz
from optviz.cli.app import COMMANDS, app_of
from tests.cli import optviz_says


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


@pytest.mark.parametrize("arguments", [["rcae"], ["race", "--fps", "3"], ["list", "planets"], ["show"], ["check"]])
def test_typers_own_errors_end_with_2(arguments: list[str]) -> None:
    result = optviz_says(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")


def test_version() -> None:
    assert optviz_says("--version").stdout == f"optviz {optviz.__version__}\n"


@pytest.mark.parametrize("columns", ["80", "200"])
@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_teaches_by_example_in_80_columns(
    command: list[str], columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    result = optviz_says(*command, "--help")
    assert result.exit_code == 0
    assert f"  optviz {command[0]}" in result.stdout if command else "function: beale" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "..." not in result.stdout.partition("Commands:")[2], "a summary is cut"


def test_one_more_command_is_one_function_and_one_row() -> None:
    def greet(name: str) -> None:
        """Greet somebody."""
        typer.echo(f"hello {name}")

    app = app_of({**COMMANDS, "greet": greet})
    assert CliRunner().invoke(app, ["greet", "Nadam"]).output == "hello Nadam\n"
    listed = CliRunner().invoke(app, ["--help"]).output
    assert all(name in listed for name in (*COMMANDS, "greet"))
    assert "Greet somebody." in listed
