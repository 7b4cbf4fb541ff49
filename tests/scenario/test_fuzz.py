"""Whatever stands in a file: it is a Scenario, or an OptvizError whose every issue speaks plainly."""

from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from optviz.errors import OptvizError
from optviz.scenario import Scenario, loads
from optviz.scenario.document import decode

SEEDS = [
    "function: beale\noptimizers: [adam, amsgrad: {beta1: 0.5}]\ncommon: {lr: 0.1}\n",
    "function: {formula: x**2 + a*y, constants: {a: 2}, window: [[-1, 1], [-1, 1]], minima: [[0, 0]]}\n"
    "start: [1, 0]\noptimizers:\n  - nadam: {momentum_decay: none, label: N}\n",
    "function: post_1d\nsteps: 10\nnoise: {std: 0.1}\nfinish: {gap: 0.1}\noptimizers: [adam: {lr: 0.1/sqrt(t)}]\n"
    "render: {size: 4k, loop: 2, captions: [{at: 1, text: x}], pauses: [{at: 1, seconds: 1}]}\noutput: [a.gif]\n",
]
WORDS = st.sampled_from(
    ["adam", "beale", "lr", "render", "size", "formula", "{", "}", "[", "]", ": ", "- ", "\n", "&a ", "*a", "!!x ", "'",
     '"', "|", ".nan", "1e999", "-1", "9" * 400, "x**2", "__import__", "null", "true", "\t", "#", "? ", "%", "\x85"]
)  # fmt: skip
JARGON = ("pydantic", "https://", "Traceback", "type=", "input_value", "ValidationError", "Errno")


def outcome_of(text: str) -> Scenario | OptvizError:
    try:
        return loads(text)
    except OptvizError as error:
        return error


def outcome_is_plain(text: str) -> None:
    outcome = outcome_of(text)
    issues = outcome.issues if isinstance(outcome, OptvizError) else ()
    assert isinstance(outcome, Scenario) or issues
    for said in map(str, issues):
        assert "\n" not in said
        assert not any(word in said for word in JARGON)


@given(st.text())
@pytest.mark.thorough
def test_any_text(text: str) -> None:
    outcome_is_plain(text)


@given(st.binary())
def test_any_bytes(raw: bytes) -> None:
    with suppress(OptvizError):
        outcome_is_plain(decode(raw, "x"))


@given(st.lists(WORDS, max_size=30).map("".join))
def test_any_heap_of_words(text: str) -> None:
    outcome_is_plain(text)


@given(st.sampled_from(SEEDS), st.data())
def test_scenarios_with_a_piece_cut_out_and_words_put_in(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    outcome_is_plain(text[:start] + data.draw(st.lists(WORDS, max_size=3).map("".join)) + text[end:])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(node: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] + [place for key, value in inside for place in places(value, (*path, key))]


@given(st.sampled_from(SEEDS), VALUES, st.data())
def test_scenarios_with_another_value_somewhere(text: str, value: object, data: st.DataObject) -> None:
    scenario = yaml.safe_load(text)
    *folders, key = data.draw(st.sampled_from(places(scenario)[1:]))
    inside = scenario
    for folder in folders:
        inside = inside[folder]
    inside[key] = value
    outcome_is_plain(yaml.safe_dump(scenario, allow_unicode=True))


@pytest.mark.parametrize("text", SEEDS)
def test_the_seeds_are_right(text: str) -> None:
    assert isinstance(loads(text), Scenario)
