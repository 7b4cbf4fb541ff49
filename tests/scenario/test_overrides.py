"""Values that flags and Python put in place of a file's."""

from __future__ import annotations

import pytest

from optviz.errors import OptvizError
from optviz.scenario import loads
from optviz.scenario.overrides import racers_of_flags, setting, split
from tests.cli import SMALL


def test_the_text_kept_in_the_film_is_what_was_raced() -> None:
    plain = loads(SMALL, overrides={"output": ["a.gif"]})
    changed = loads(SMALL, overrides={"output": ["a.gif"], "steps": 9})
    assert plain.source_text == SMALL
    assert loads(changed.source_text).resolved() == changed.resolved()


@pytest.mark.parametrize(
    ("text", "racers"),
    [
        ("adam", [{"adam": {}}]),
        ("adam,amsgrad:lr=1,label=Ours,sgd", [{"adam": {}}, {"amsgrad": {"lr": 1, "label": "Ours"}}, {"sgd": {}}]),
        ("adam:lr=0.1/sqrt(t),bias_correction=no", [{"adam": {"lr": "0.1/sqrt(t)", "bias_correction": "no"}}]),
        ("lookahead:base={adam: {lr: 1}},k=3", [{"lookahead": {"base": {"adam": {"lr": 1}}, "k": 3}}]),
        ("adam:label='a, b: c',lr=1e-3", [{"adam": {"label": "a, b: c", "lr": 1e-3}}]),
        ("adam:label=7", [{"adam": {"label": "7"}}]),
        (" adam : lr = 0.1 ", [{"adam": {"lr": 0.1}}]),
        ("adam:", [{"adam": {}}]),
    ],
)  # fmt: skip
def test_racers_on_the_command_line(text: str, racers: list[object]) -> None:
    assert racers_of_flags([text])[0].value == racers


def test_commas_inside_brackets_and_quotes_do_not_separate() -> None:
    assert split("a,b={c, [d, e]},'f,g',\"h'i,j\",,k") == ["a", "b={c, [d, e]}", "'f,g'", '"h\'i,j"', "k"]


@pytest.mark.parametrize(("text", "value"), [("a=1e-3", 1e-3), ("a.b=no", "no"), ("a=", None), ("a.label=1", "1")])
def test_values_are_read_as_in_a_file(text: str, value: object) -> None:
    assert setting(text).value == value


def test_overrides_from_python_have_the_path_for_a_place() -> None:
    with pytest.raises(OptvizError) as caught:
        loads(SMALL, overrides={"optimizers[5].adam": {}})
    assert str(caught.value) == "optimizers[5].adam: there is no [5], the last one is [1]"


LEARNT = "function: beale\nsteps: 9\noptimizers: [sgd: {lr: 0.01}]\nrender: {fps: 10, lesson: It creeps.}\n"


@pytest.mark.parametrize(
    ("changes", "lesson"),
    [
        ({}, "It creeps."),
        ({"render.fps": 20, "title": "Other", "output": "x.gif"}, "It creeps."),
        ({"steps": 20}, ""),
        ({"optimizers[0].sgd.lr": 0.1, "render.fps": 20}, ""),
        ({"steps": 20, "render.lesson": "It leaps."}, "It leaps."),
    ],
)
def test_a_lesson_belongs_to_the_race_of_its_file(changes: dict[str, object], lesson: str) -> None:
    scenario = loads(LEARNT, overrides=changes)
    assert scenario.render.lesson == lesson
    assert loads(scenario.source_text).render.lesson == lesson
