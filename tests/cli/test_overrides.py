"""Flags in place of a file and on top of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optviz.errors import OptvizError
from optviz.scenario import loads
from optviz.scenario.overrides import racers_of_flags, setting, split
from tests.cli import SMALL, optviz_says


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


def raced(folder: Path, *arguments: str, given: str = "") -> dict:
    """The scenario as it was resolved, from the numbers of the race."""
    result = optviz_says("race", *arguments, "-o", "x.json", given=given)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads((folder / "x.json").read_text())["scenario"]


def test_a_race_without_a_file(folder: Path) -> None:
    scenario = raced(
        folder,
        *("--function", "beale", "--start", "3,4", "--optimizer", "adam", "--steps", "7"),
        *("--optimizer", "amsgrad:lr=0.1,label=Ours", "--set", "render.theme=dark"),
    )
    assert (scenario["function"], scenario["start"], scenario["steps"]) == ("beale", [3, 4], 7)
    assert scenario["render"]["theme"] == "dark"
    (adam, amsgrad) = scenario["optimizers"]
    assert (adam["adam"]["label"], amsgrad["amsgrad"]["label"], amsgrad["amsgrad"]["lr"]) == ("Adam", "Ours", 0.1)


def test_without_a_file_the_function_names_the_output(folder: Path) -> None:
    arguments = ("--function", "beale", "--optimizer", "adam", "--steps", "2", "--preview", "-q")
    assert optviz_says("race", *arguments).exit_code == 0
    assert (
        optviz_says("race", "--function", "x**2", "--start", "1", "--optimizer", "sgd:lr=0.1", *arguments[4:]).exit_code
        == 0
    )
    assert sorted(path.name for path in (folder / "outputs").iterdir()) == ["beale.preview.gif", "formula.preview.gif"]


def test_flags_on_top_of_a_file_replace_what_it_says(folder: Path) -> None:
    scenario = raced(folder, "small.yaml", "--steps", "4", "--set", "optimizers[1].sgd.lr=1e-3", "--set", "title=2024")
    assert (scenario["steps"], scenario["title"], len(scenario["optimizers"])) == (4, "2024", 2)
    assert scenario["optimizers"][1]["sgd"]["lr"] == 1e-3
    assert raced(folder, "small.yaml", "--function", "x**2 + y**2", "--start=-1,2")["start"] == [-1, 2]


def test_a_name_that_stands_for_a_mapping_opens_to_keys(folder: Path) -> None:
    scenario = raced(folder, "small.yaml", "--set", "function.window=[[-1, 1], [-1, 1]]", "--set", "noise.std=0.1")
    assert scenario["function"] == {"name": "beale", "window": [[-1, 1], [-1, 1]], "domain": None}
    assert scenario["noise"]["std"] == 0.1


def test_standard_input_is_a_file(folder: Path) -> None:
    assert raced(folder, "-", given=SMALL)["steps"] == 5
    result = optviz_says("race", "-", given="function: baele\noptimizers: [adam]\n")
    assert result.stderr == "<stdin>:1:11: function: no such function: baele; did you mean beale?\n"
    assert optviz_says("check", "-", given=SMALL).stdout == "ok -: 2 racers on Beale, 5 steps\n"


def test_the_text_kept_in_the_film_is_what_was_raced() -> None:
    plain = loads(SMALL, overrides={"output": ["a.gif"]})
    changed = loads(SMALL, overrides={"output": ["a.gif"], "steps": 9})
    assert plain.source_text == SMALL
    assert loads(changed.source_text).resolved() == changed.resolved()


MISTAKES = [
    (["--set", "render.them=dark"], "--set render.them=dark: unknown key; did you mean theme?"),
    (["--set", "render.fps=99"], "--set render.fps=99: must be at most 60, got 99"),
    (["--set", "render={fps: 99}"], "--set render={fps: 99}: fps: must be at most 60, got 99"),
    (["--set", "render.fps"], "--set render.fps: must be KEY=VALUE; such as --set render.theme=dark"),
    (["--set", "a..b=3"], "--set a..b=3: a..b is no path of keys; such as render.fps"),
    (["--set", "render.fps.x=3"], "--set render.fps.x=3: must be a whole number, got a mapping"),
    (["--set", "steps.x=3"], "--set steps.x=3: steps is 5 and has no keys"),
    (["--set", "optimizers.adam.lr=3"], "--set optimizers.adam.lr=3: adam does not fit, there is a list: write [0]"),
    (["--set", "render[0]=3"], "--set render[0]=3: 0 does not fit, there is no list"),
    (["--set", "optimizers[2].adam.lr=3"], "--set optimizers[2].adam.lr=3: there is no [2], the last one is [1]"),
    (["--set", "optimizers[1].adam.lr=3"], "--set optimizers[1].adam.lr=3: that racer is sgd, not adam"),
    (["--set", "optimizers[1].sgd.lr=-1"], "--set optimizers[1].sgd.lr=-1: must be >= 0, got -1"),
    (["--set", "title=[1"], "--set title=[1: this [ is not closed; write ] at its end, commas between"),
    (["--steps", "0"], "--steps 0: must be at least 1, got 0"),
    (["--start", "1"], "--start 1: the function has two coordinates (x, y), start has 1; such as start: [1, 0]"),
    (["--start", "1,b"], "--start 1,b: [1]: must be a number, got 'b'"),
    (["--function", "beal"], "--function beal: no such function: beal; did you mean beale?"),
    (["--function", "x^2"], "--function x^2: ^ is not part of a formula; write ** for a power"),
    (["--optimizer", "adm"], "--optimizer adm: no such optimizer; did you mean adam?"),
    (["--optimizer", "sgd:lr"], "--optimizer sgd:lr: lr is no KEY=VALUE; such as --optimizer adam:lr=0.1,beta2=0.99"),
    (["--optimizer", "adam:lr=-1"], "--optimizer adam:lr=-1: lr: must be >= 0, got -1"),
    (["--optimizer", "sgd:m=2"], "--optimizer sgd:m=2: m: sgd has no hyperparameter 'm'; allowed: lr, weight_decay"),
    (["-o", "x.gfi"], "-o x.gfi: no such format: .gfi; did you mean .gif?"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), MISTAKES)
def test_a_mistake_names_its_flag(folder: Path, arguments: list[str], said: str) -> None:
    result = optviz_says("race", "small.yaml", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", said + "\n")
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]


@pytest.mark.parametrize(
    ("arguments", "missing"), [(["--function", "beale"], "--optimizer"), (["--optimizer", "adam"], "--function")]
)
def test_without_a_file_function_and_racers_are_needed(arguments: list[str], missing: str) -> None:
    result = optviz_says("race", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{missing}: is required, since there is no FILE; such as {missing} ")


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
