"""The JSON Schema takes what the loader takes, and refuses what is wrong with a key by itself."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from optviz.errors import OptvizError
from optviz.optimizers import OPTIMIZERS
from optviz.scenario import loads
from optviz.scenario.document import read_document
from optviz.scenario.from_python import as_text
from optviz.scenario.schema import schema, schema_text
from optviz.scenario.shipped import shipped, shipped_folder, shipped_names
from tests import few
from tests.cli import optviz_says
from tests.scenario.test_fields import EVERY_KEY, VALUES, around, put, refused
from tests.scenario.test_loading import EVERYTHING, SHORTEST, VALLEY

SCHEMA = shipped_folder() / "scenario.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(schema_text()))


def complaints(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(read_document(text, "x.yaml").data)]


@pytest.mark.parametrize("path", few(EVERY_KEY, 8))
def test_the_schema_refuses_nothing_that_is_right(path: str) -> None:
    for value, issues in zip(VALUES[1:], refused(path)[1:], strict=True):
        if not issues:
            text = as_text(put(around(path), path, value))
            assert list(VALIDATOR.iter_errors(read_document(text, "x").data)) == [], value


def test_the_shipped_schema_is_the_generated_one() -> None:
    said = "it changed: run optviz schema > configs/scenario.schema.json"
    assert SCHEMA.read_text(encoding="utf-8") == schema_text() == optviz_says("schema").stdout, said


@pytest.mark.thorough
def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_scenarios_pass_the_schema_and_name_it(name: str) -> None:
    path = shipped(name)
    first, _, _ = path.read_text(encoding="utf-8").partition("\n")
    place = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / place).resolve() == SCHEMA
    assert complaints(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        SHORTEST,
        SHORTEST + "render:\ncommon:\nnoise:\nfinish:\n",
        SHORTEST + "start: [1/3, 2*pi]\nnoise: {std: 1/2, relative_std: 0.1}\n",
        "function: beale\noptimizers: [adam: {noise: {std: 1}, clip: {norm: 1/2}}]\n",
        VALLEY,
        EVERYTHING,
        *(f"function: beale\noptimizers: [{name}: ]\n" for name in OPTIMIZERS),
    ],
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
    "function: beale\noptimizers: [adam]\nfinish: {distance: 0}\n",
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


def test_everything_in_the_schema_is_described() -> None:
    whole = schema()
    for name, part in {"Scenario": whole, **whole["$defs"]}.items():
        assert part.get("description"), name
        for key, value in part.get("properties", {}).items():
            assert value.get("description"), f"{name}.{key}"


def test_the_schema_has_the_words_of_json_schema_alone() -> None:
    """Pydantic writes a bound that it cannot place under its own name, such as ge, which no editor knows."""
    words = set(re.findall(r'^ +"(ge|gt|le|lt|min_length|max_length)":', schema_text(), re.MULTILINE))
    assert words == set()
