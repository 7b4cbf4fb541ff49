"""Standard output in the place of a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli import optviz_says

pytestmark = pytest.mark.usefixtures("small")


@pytest.mark.thorough
def test_the_bytes_are_those_of_the_file(folder: Path) -> None:
    result = optviz_says("race", "small.yaml", "-o", "-", "--format", "gif")
    assert (result.exit_code, result.stderr) == (0, "")
    optviz_says("race", "small.yaml", "-o", "a.gif")
    assert result.stdout_bytes == (folder / "a.gif").read_bytes()


def test_numbers_are_nothing_but_numbers() -> None:
    assert json.loads(optviz_says("race", "small.yaml", "-o", "-", "--format", "json").stdout)["racers"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "-"], "-o -: needs a format; name one, such as -o - --format gif"),
        (["-o", "-", "--format", "gfi"], "--format gfi: no such format: gfi; did you mean gif?"),
        (["-o", "-", "--format", "gif", "--json"], "takes one scenario, without --preview, --json and --open"),
        (["-o", "a.gif", "--format", "mp4"], "--format mp4: the suffix of -o says it already; leave it out"),
    ],
)
def test_a_call_that_cannot_be_met_is_refused(folder: Path, arguments: list[str], said: str) -> None:
    result = optviz_says("race", "small.yaml", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr + result.stdout
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]


def test_a_format_alone_names_the_file(folder: Path) -> None:
    assert optviz_says("race", "small.yaml", "--format", "json").exit_code == 0
    assert (folder / "outputs" / "small.json").exists()
