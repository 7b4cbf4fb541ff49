"""``optviz new`` and ``optviz schema``: what is written is right, teaches, and is never written over."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from optviz.errors import OptvizError
from optviz.optimizers import OPTIMIZERS
from optviz.problems import FUNCTIONS
from optviz.scenario import load, loads
from optviz.scenario.descriptions import MEANINGS
from optviz.scenario.document import read_document
from optviz.scenario.schema import schema, schema_text
from optviz.scenario.shipped import schema_file, shipped, shipped_names
from tests.cli import optviz_says
from tests.scenario.test_defaults import EVERYTHING, SHORTEST, VALLEY

VALIDATOR = jsonschema.Draft202012Validator(schema())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def complaints(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(read_document(text, "x.yaml").data)]


# --- new ----------------------------------------------------------------------------------------------


def test_new_writes_a_scenario_that_is_right(folder: Path) -> None:
    result = optviz_says("new")
    assert result.stdout == "my-race.yaml is written; next: optviz race my-race.yaml --preview --open\n"
    text = (folder / "my-race.yaml").read_text()
    assert text.startswith(f"# yaml-language-server: $schema={schema_file().as_uri()}\n")
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


@pytest.mark.parametrize("name", shipped_names())
def test_new_copies_a_shipped_scenario(name: str) -> None:
    if name in FUNCTIONS:
        return
    copied = loads(optviz_says("new", "-", "--from", name).stdout)
    assert copied.resolved() | {"output": None} == load(name).resolved() | {"output": None}


def test_new_never_overwrites(folder: Path) -> None:
    (folder / "mine.yaml").write_text("precious")
    result = optviz_says("new", "mine")
    assert (result.exit_code, result.stderr) == (1, "mine.yaml: exists already and is left as it is; name another\n")
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
            "--with: goes with a function, not with a whole scenario; take the racers",
        ),
    ],
)
def test_new_says_what_is_wrong(folder: Path, arguments: list[str], said: str) -> None:
    result = optviz_says("new", "x", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert list(folder.iterdir()) == []


# --- the schema ---------------------------------------------------------------------------------------


def test_the_shipped_schema_is_the_generated_one() -> None:
    said = "it changed: run optviz schema > configs/scenario.schema.json"
    assert schema_file().read_text(encoding="utf-8") == schema_text() == optviz_says("schema").stdout, said


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_scenarios_pass_the_schema_and_name_it(name: str) -> None:
    path = shipped(name)
    first, _, _ = path.read_text(encoding="utf-8").partition("\n")
    place = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / place).resolve() == schema_file()
    assert complaints(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text", [SHORTEST, VALLEY, EVERYTHING, *(f"function: beale\noptimizers: [{name}: ]\n" for name in OPTIMIZERS)]
)
def test_what_is_right_passes_the_schema(text: str) -> None:
    loads(text)
    assert complaints(text) == []


WRONG = [
    "optimizers: [adam]\n",
    "function: baele\noptimizers: [adam]\n",
    "function: beale\noptimizers: []\n",
    "function: beale\noptimizers: [adm]\n",
    "function: beale\noptimizers: [adam: {lrr: 1}]\n",
    "function: beale\noptimizers: [adam: {lr: -1}]\n",
    "function: beale\noptimizers: [adam: {beta1: 1}]\n",
    "function: beale\noptimizers: [adam: {}, sgd: {}, adam: {}, amsgrad: {bias_correction: maybe}]\n",
    "function: beale\noptimizers: [{adam: {}, sgd: {}}]\n",
    "function: beale\noptimizers: [lookahead: {base: {lookahead: {}}}]\n",
    "function: beale\noptimizers: [lookahead: {k: 1.5}]\n",
    "function: beale\noptimizers: [adam]\nstepps: 3\n",
    "function: beale\noptimizers: [adam]\nsteps: 0\n",
    "function: beale\noptimizers: [adam]\nsteps: 1.5\n",
    "function: beale\noptimizers: [adam]\nstart: [1, 2, 3]\n",
    "function: beale\noptimizers: [adam]\ncommon: {lrr: 1}\n",
    "function: beale\noptimizers: [adam]\nfinish: {gap: 1, distance: 2}\n",
    "function: beale\noptimizers: [adam]\nfinish: {gap: 0}\n",
    "function: beale\noptimizers: [adam]\nnoise: {spike_every: 2}\n",
    "function: beale\noptimizers: [adam]\nrender: {fps: 61}\n",
    "function: beale\noptimizers: [adam]\nrender: {size: huge}\n",
    "function: beale\noptimizers: [adam]\nrender: {theme: drak}\n",
    "function: beale\noptimizers: [adam]\nrender: {panels: [los]}\n",
    "function: beale\noptimizers: [adam]\nrender: {trail: 0}\n",
    "function: beale\noptimizers: [adam]\nrender: {captions: [{at: 1}]}\n",
    "function: {name: beale, formula: x}\noptimizers: [adam]\n",
    "function: {formula: x, window: [-1, 1]}\noptimizers: [adam]\n",
    "function: beale\noptimizers: [adam]\noutput: film.gfi\n",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_with_a_key_fails_the_schema_too(text: str) -> None:
    with pytest.raises(OptvizError):
        loads(text)
    assert complaints(text) != []


def test_every_key_has_a_meaning() -> None:
    whole = schema()
    for name, part in {"Scenario": whole, **whole["$defs"]}.items():
        assert part.get("description"), name
        for key, value in part.get("properties", {}).items():
            assert value.get("description"), f"{name}.{key}: say what it means in optviz/scenario/descriptions.py"
    assert all(meaning for keys in MEANINGS.values() for meaning in keys.values())
