"""Flags in place of a file and on top of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli import SMALL, optviz_says

pytestmark = pytest.mark.usefixtures("small")


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


@pytest.mark.thorough
def test_without_a_file_the_function_names_the_output(folder: Path) -> None:
    arguments = ("--function", "beale", "--optimizer", "adam", "--steps", "2", "--preview", "-q")
    assert optviz_says("race", *arguments).exit_code == 0
    assert (
        optviz_says("race", "--function", "x**2", "--start", "1", "--optimizer", "sgd:lr=0.1", *arguments[4:]).exit_code
        == 0
    )
    assert sorted(path.name for path in (folder / "outputs").iterdir()) == ["beale.preview.gif", "formula.preview.gif"]


def test_flags_on_top_of_a_file_replace_what_it_says(folder: Path) -> None:
    scenario = raced(
        folder, "small.yaml", "--steps", "2*2", "--set", "optimizers[1].sgd.lr=1e-3", "--set", "title=2024"
    )
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
    assert result.stderr == (
        "<stdin>:1:11: function: no such function: baele; did you mean beale?\n  function: baele\n            ^^^^^\n"
    )
    assert optviz_says("check", "-", given=SMALL).stdout == "ok -: 2 racers on Beale, 5 steps\n"


def test_the_flags_that_people_try_exist(folder: Path) -> None:
    flags = (
        "--theme",
        "dark",
        "--size",
        "480p",
        "--fps",
        "20",
        "--title",
        "2024",
        "--seed",
        "3",
        "--lr",
        "0.1/sqrt(t)",
    )
    scenario = raced(folder, "small.yaml", *flags, "--window", "-2,2,-1,3")
    render = scenario["render"]
    assert (render["theme"], render["size"], render["fps"]) == ("dark", [854, 480], 20)
    assert (scenario["title"], scenario["seed"]) == ("2024", 3)
    assert scenario["function"]["window"] == [[-2, 2], [-1, 3]]
    assert {racer["lr"] for entry in scenario["optimizers"] for racer in entry.values()} == {"0.1/sqrt(t)"}


def test_a_rate_given_as_a_flag_holds_for_all(folder: Path) -> None:
    text = "function: beale\nsteps: 5\noptimizers: [adam: {lr: 3, eps: 1e-5}, sgd]\n"
    adam, sgd = raced(folder, "-", "--lr", "0.25", given=text)["optimizers"]
    assert (adam["adam"]["lr"], adam["adam"]["eps"], sgd["sgd"]["lr"]) == (0.25, 1e-5, 0.25)


def test_a_function_alone_is_raced(folder: Path) -> None:
    scenario = raced(folder, "rosenbrock", "--steps", "3")
    assert scenario["function"] == "rosenbrock"
    assert [name for entry in scenario["optimizers"] for name in entry] == ["adam", "amsgrad", "adamax"]
    assert optviz_says("check", "rosenbrock").stdout == "ok rosenbrock: 3 racers on Rosenbrock, 300 steps\n"


def test_a_function_may_be_a_formula(folder: Path) -> None:
    assert raced(folder, "small.yaml", "--set", "function=x**2 + 2*y**2", "--start", "1,2")["function"]["formula"]


MISTAKES = [
    (["--lr", "foo"], "--lr foo: unknown name foo; allowed: t, pi, e, steps"),
    (["--window", "1,0"],
     "--window 1,0: [0]: the low end must lie below the high end, got [1, 0]; did you mean [0, 1]?"),
    (["--theme", "drak"], "--theme drak: must be light, dark or paper, got 'drak'; did you mean dark?"),
    (["--format", "gfi"], "--format gfi: no such format; did you mean gif?"),
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
    (["--steps", "2*0.3"], "--steps 2*0.3: must be a whole number, got '2*0.3'"),
    (["--steps", "many"], "--steps many: must be a whole number, got 'many'"),
    (["--start", "1"], "--start 1: the function has two coordinates (x, y), start has 1; such as start: [1, 0]"),
    (["--start", "1,b"], "--start 1,b: [1]: must be a number, got 'b'"),
    (["--function", "beal"], "--function beal: no such function: beal; did you mean beale?"),
    (["--function", "x^2"], "--function x^2: ^ is not part of a formula; write ** for a power"),
    (["--optimizer", "adm"], "--optimizer adm: no such optimizer; did you mean adam?"),
    (["--optimizer", "sgd:lr"], "--optimizer sgd:lr: lr is no KEY=VALUE; such as --optimizer adam:lr=0.1,beta2=0.99"),
    (["--optimizer", "sgd:lr=1,lr=2"], "--optimizer sgd:lr=1,lr=2: gives lr twice; keep one of them"),
    (["--optimizer", "adam:lr=-1"], "--optimizer adam:lr=-1: lr: must be >= 0, got -1"),
    (["--optimizer", "sgd:m=2"],
     "--optimizer sgd:m=2: m: sgd has no hyperparameter 'm'; allowed: lr, weight_decay, decoupled"),
    (["-o", "x.gfi"], "-o x.gfi: no such format: .gfi; did you mean .gif?"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), MISTAKES)
def test_a_mistake_names_its_flag(folder: Path, arguments: list[str], said: str) -> None:
    result = optviz_says("race", "small.yaml", *arguments)
    first, *quoted = result.stderr.splitlines()
    assert (result.exit_code, result.stdout, first) == (2, "", said)
    assert all(line.startswith("  ") for line in quoted)
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]


@pytest.mark.parametrize(
    ("arguments", "flag", "token"),
    [
        (["--function", "x*2 + foo(y, 1)"], "--function x*2 + foo(y, 1)", "foo"),
        (["--set", "function={formula: x^2}"], "--set function={formula: x^2}", "^"),
        (["--optimizer", "adam:lr=0.1/sqrt(q),label=Ours"], "--optimizer adam:lr=0.1/sqrt(q),label=Ours", "q"),
        (["--set", "optimizers[1].sgd.lr=1+*t"], "--set optimizers[1].sgd.lr=1+*t", "*"),
    ],
)
def test_a_formula_in_a_flag_is_underlined(arguments: list[str], flag: str, token: str) -> None:
    _, source, carets = optviz_says("race", "small.yaml", *arguments).stderr.splitlines()
    assert source == f"  {flag}"
    assert source[carets.index("^") : len(carets)] == token


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["--function", "beale"], "--optimizer"),
        (["--set", "function.formula=x**2"], "--optimizer"),
        (["--set", "network.layers=[2, 8, 1]"], "--optimizer"),
        (["--optimizer", "adam"], "--function"),
    ],
)
def test_without_a_file_function_and_racers_are_needed(arguments: list[str], missing: str) -> None:
    result = optviz_says("race", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{missing}: required without a scenario file; for example {missing} ")


@pytest.mark.parametrize(
    "what", ["network={layers: [2, 3, 1], data: two_moons, loss: cross_entropy}", "function.name=beale"]
)
def test_without_a_file_a_setting_may_say_what_is_minimised(what: str) -> None:
    result = optviz_says("race", "--set", what, "--optimizer", "adam", "--steps", "2", "-o", "a.csv")
    assert (result.exit_code, result.stderr) == (0, "")
