"""Every key against values of every kind: it takes them, or says plainly why not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import inf, nan
from typing import Any

import pytest

from optviz.errors import Issue, OptvizError, join
from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.parameters import BOOLEANS
from optviz.scenario import build, loads
from optviz.scenario.loading import KEYS
from optviz.scenario.models import Scenario
from tests import few

EVERY_KEY = [f"{inside}.{key}".lstrip(".") for inside, model in KEYS.items() for key in model.model_fields]
VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 2, 10**400, 0.5, 1e3, -0.0, nan, inf, -inf),
    *("", " ", "x", "yes", "x" * 300, "\x07", "a\nb", "\u202e"),
    *([], [1], [1, 2], [1, 2, 3], [[1, 2]], [[2, 1], [1, 2]], [None], [True, 2], ["x"]),
    *({}, {"x": 1}, {"\n": None}, {"at": 1, "text": "x"}),
]


def issues_of(keys: dict[str, Any]) -> tuple[Issue, ...]:
    """The mistakes in these keys; a scenario without any must survive being written and read."""
    try:
        scenario = build(**keys)
    except OptvizError as error:
        return error.issues
    assert loads(scenario.source_text, name=scenario.name).resolved() == scenario.resolved()
    return ()


MOMENTS: dict[str, dict[str, Any]] = {
    "captions": {"text": "x"},
    "pauses": {"text": "x", "seconds": 1},
    "anatomy": {"seconds": 1},
}


def around(path: str) -> dict[str, Any]:
    """A sound scenario in which something may be put at the path."""
    if path.startswith("network"):
        return {"network": {}, "steps": 5, "optimizers": ["adam"]}
    return {"function": {"formula": "x**2"}, "start": 1, "steps": 5, "optimizers": ["adam"]}


def put(keys: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    if not rest:
        return {**keys, first: value}
    if first in MOMENTS:
        moment = {"at": 1, **MOMENTS[first]}
        return {**keys, first: [put(moment, rest, value)]}
    return {**keys, first: put(keys.get(first) or {}, rest, value)}


@cache
def refused(path: str) -> list[Sequence[Issue]]:
    """What is wrong with each of the values at the path."""
    return [issues_of(put(around(path), path, value)) for value in VALUES]


@pytest.mark.parametrize("path", few(EVERY_KEY, 8))
def test_every_key_takes_a_value_or_says_plainly_why_not(path: str) -> None:
    assert any(refused(path))
    for issue in (issue for issues in refused(path) for issue in issues):
        assert str(issue).isprintable()
        assert issue.path
        assert not any(word in str(issue) for word in ("pydantic", "Input should", "validation"))


WHOLE = {
    "steps": "steps: {}",
    "seed": "seed: {}",
    "network.layers[1]": "network: {{layers: [10, {}, 1]}}",
    "network.samples": "network: {{samples: {}}}",
    "noise.spike_every": "noise: {{spike_every: {}, spike_std: 1}}",
    "render.fps": "render: {{fps: {}}}",
    "render.frames": "render: {{frames: {}}}",
    "render.captions[0].at": "render: {{captions: [{{at: {}, text: x}}]}}",
}
NUMBER = {
    "start[0]": "start: [{}, 1]",
    "noise.std": "noise: {{std: {}}}",
    "finish.gap": "finish: {{gap: {}}}",
    "finish.distance": "finish: {{distance: {}}}",
    "render.hold": "render: {{hold: {}}}",
    "render.pauses[0].seconds": "render: {{pauses: [{{at: 1, seconds: {}}}]}}",
    "render.camera.turn": "render: {{camera: {{turn: {}}}}}",
    "function.window[0][1]": "function: {{name: beale, window: [[0, {}], [0, 1]]}}",
    "function.minima[0][0]": "function: {{formula: x*y, minima: [[{}, 0]]}}",
    "function.constants.a": "function: {{formula: x*y*a, constants: {{a: {}}}}}",
}
ADDED = {"network": "", "function": "start: [1, 1]\n"}


def scenario_with(line: str, written: str) -> str:
    added = ADDED.get(line.partition(":")[0], "function: beale\n")
    return f"{line.format(written)}\n{added}optimizers: [adam]\n"


@pytest.mark.parametrize("written", ["true", "false", "'1'", "yes", "[1]", "{a: 1}"])
@pytest.mark.parametrize(("path", "line"), [*WHOLE.items(), *NUMBER.items()])
def test_only_numbers_are_numbers(path: str, line: str, written: str) -> None:
    with pytest.raises(OptvizError) as caught:
        loads(scenario_with(line, written))
    (issue,) = caught.value.issues
    assert issue.path == path
    assert issue.message.startswith("must be a whole number" if path in WHOLE else "must be a number")


@pytest.mark.parametrize("line", WHOLE.values(), ids=WHOLE)
def test_a_whole_number_may_be_written_with_an_exponent(line: str) -> None:
    text = scenario_with(line, "1e1")
    assert loads(text).resolved() == loads(text.replace("1e1", "10")).resolved()
    with pytest.raises(OptvizError, match=r"must be a whole number, got 2\.5"):
        loads(scenario_with(line, "2.5"))


@pytest.mark.parametrize("written", [*BOOLEANS, *map(str.title, BOOLEANS), *map(str.upper, BOOLEANS)])
def test_booleans_have_one_set_of_words(written: str) -> None:
    scenario = loads(
        f"function: beale\noptimizers: [adam: {{bias_correction: {written}}}]\nrender: {{loop: {written}}}\n"
        f"common: {{bias_correction: {written}}}\n"
    )
    meant = BOOLEANS[written.lower()]
    assert scenario.render.loop is meant
    assert scenario.optimizers[0].hyperparameters["bias_correction"] is meant


UNPRINTABLE = ["\n", "\x1b[2J", "\x9b2J", "\u202e", "\u200b", "\u2028", "\U000e0041"]


@pytest.mark.parametrize("form", ["adam(lr={})", "torch.{}", "lr = {}", "{}, 2"])
def test_hints_repeat_nothing_unprintable(form: str) -> None:
    for given in UNPRINTABLE:
        text = form.format(given)
        for keys in ({"optimizers": [text]}, {"optimizers": [{"adam": {text: 1}}]}, {"start": text}):
            issues = issues_of({"function": "beale", "optimizers": ["adam"], **keys})
            assert all(str(issue).isprintable() for issue in issues)


@pytest.mark.parametrize("given", UNPRINTABLE)
def test_whatever_a_key_holds_its_mistake_is_printable(given: str) -> None:
    for name, rule in OPTIMIZERS.items():
        racers: list[Any] = [{name: {given: 1}}, {name: given}, {given: {}}]
        if any(part.is_base for part in rule.parameters.values()):
            racers += [{name: {"base": {"adam": {given: 1}}}}, {name: {"base": {given: {}}}}]
        for racer in racers:
            issues = issues_of({"function": "beale", "optimizers": [racer], "title": given, given: given})
            assert len(issues) == 3
            assert all(str(issue).isprintable() for issue in issues)


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"title": "\udc80"}, "title: "),
        ({"\udc80": 1}, ""),
        ({"optimizers": ["\udc80"]}, "optimizers[0]: "),
        ({"common": {"\udc80": 1}}, ""),
    ],
)
def test_half_a_character_is_refused(keys: dict[str, Any], place: str) -> None:
    (issue,) = issues_of({"function": "beale", "optimizers": ["adam"], **keys})
    assert str(issue).startswith(f"{place}'\\udc80' cannot stand in a scenario")


def test_paths_and_issues_are_printable() -> None:
    assert join("a", "x\ny") == "a.x\\ny"
    assert join("", "é") == "é"
    assert join("a[1]", 2) == "a[1][2]"
    issue = Issue("a\nb", path="\x1b", hint="\u202e", where="c\x07")
    assert str(issue) == "c\\x07: \\x1b: a\\nb; \\u202e"


def test_an_unprintable_key_has_its_place() -> None:
    with pytest.raises(OptvizError) as caught:
        loads('function: beale\noptimizers:\n  - adam: {lr: 1, "\\n": 2}\n')
    (issue,) = caught.value.issues
    assert (issue.line, issue.column, issue.path) == (3, 19, "optimizers[0].adam.\\n")
    assert issue.source[18 : 18 + issue.width] == '"\\n"'


def test_every_key_is_described() -> None:
    assert KEYS[""] is Scenario
    for path, model in KEYS.items():
        for key, field in model.model_fields.items():
            assert field.description, f"{path}.{key}: say what it means in optviz/scenario/"
