"""``optviz new``: what is written is right, teaches, and is never written over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from optviz.problems import FUNCTIONS
from optviz.scenario import load, loads
from optviz.scenario.shipped import shipped_names
from tests import few
from tests.cli import optviz_says
from tests.scenario.test_schema import complaints


def test_new_writes_a_scenario_that_is_right(folder: Path) -> None:
    result = optviz_says("new")
    assert result.stdout == "my-race.yaml is written; next: optviz race my-race.yaml --preview --open\n"
    text = (folder / "my-race.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=scenario.schema.json\n")  # no path of this machine
    assert complaints(text) == []
    assert [racer.label for racer in load("my-race.yaml").optimizers] == ["Adam", "AMSGrad", "Adamax"]


def test_new_begins_from_a_function_with_racers(folder: Path) -> None:
    assert (
        optviz_says("new", "a/valley", "--from", "himmelblau", "--with", "adam,amsgrad:lr=0.1,label=Ours").exit_code
        == 0
    )
    scenario = load("a/valley.yaml")
    assert scenario.function.name == "himmelblau"
    assert [(racer.label, racer.hyperparameters["lr"]) for racer in scenario.optimizers] == [
        ("Adam", 0.001),
        ("Ours", 0.1),
    ]
    assert scenario.output == ("outputs/valley.gif",)


@pytest.mark.parametrize("origin", ["beale", "post_1d", "sin(x) + x**2", "x**2 + 3*y**2"])
def test_what_stands_behind_a_hash_can_be_uncommented(origin: str) -> None:
    text = optviz_says("new", "-", "--from", origin).stdout
    _, _, body = text.partition("\n\n")  # the comment at the top
    body = re.sub(r"^# function:\n(#   .*\n)+", "", body, flags=re.MULTILINE)
    plain, full = loads(text), loads(re.sub("^# ", "", body, flags=re.MULTILINE))
    assert (full.title, full.render, full.seed) == (plain.title, plain.render, plain.seed)
    assert full.noise.std == 0.1


@pytest.mark.parametrize("name", few(shipped_names(), 6))
def test_new_copies_a_shipped_scenario(name: str) -> None:
    if name in FUNCTIONS:
        return
    copied = loads(optviz_says("new", "-", "--from", name).stdout)
    assert copied.resolved() | {"output": None} == load(name).resolved() | {"output": None}


def test_a_copy_says_how_to_race_itself(folder: Path) -> None:
    assert optviz_says("new", "mine", "--from", "amsgrad/counterexample").exit_code == 0
    text = (folder / "mine.yaml").read_text()
    assert "optviz race mine.yaml" in text
    assert "configs/" not in text


def test_the_name_of_a_shipped_scenario_is_no_file(folder: Path) -> None:
    result = optviz_says("new", "amsgrad/counterexample")
    said = "is a shipped scenario; to copy it: optviz new counterexample --from amsgrad/counterexample"
    assert (result.exit_code, result.stderr) == (2, f"amsgrad/counterexample: {said}\n")
    assert list(folder.iterdir()) == []
    assert optviz_says("new", "amsgrad/counterexample", "--from", "rosenbrock").exit_code == 0


def test_new_never_overwrites(folder: Path) -> None:
    (folder / "mine.yaml").write_text("precious")
    result = optviz_says("new", "mine")
    assert (result.exit_code, result.stderr) == (
        1,
        "mine.yaml: the file exists; it was not changed; choose another name\n",
    )
    assert (folder / "mine.yaml").read_text() == "precious"
    (folder / "file").write_text("")
    assert optviz_says("new", "file/x").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "beal"], "--from beal: no such function or scenario; did you mean beale?"),
        (["--from", "x**2 +"], "--from x**2 +: a value is missing after +"),
        (["--with", "adm"], "--with adm: no such optimizer; did you mean adam?"),
        (["--with", "adam:lr=-1"], "--with adam:lr=-1: lr: must be >= 0, got -1"),
        (
            ["--from", "race", "--with", "adam"],
            "--with: needs a function, not a shipped scenario; leave it out to copy race",
        ),
    ],
)
def test_new_says_what_is_wrong(folder: Path, arguments: list[str], said: str) -> None:
    result = optviz_says("new", "x", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert list(folder.iterdir()) == []
