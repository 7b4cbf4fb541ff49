from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import get_args

import pytest
import yaml

import optviz
from optviz.picture.layout.theme import THEMES
from optviz.picture.panels import PANELS
from optviz.picture.views import VIEWS
from optviz.scenario import load, loads, problem_of, render

SHORTEST = "function: beale\noptimizers: [adam]\n"

VALLEY = """\
title: Adam, AMSGrad and Adamax in the post's valley
function:
  formula: 2*x**2 + 2*x*y + 2*y**2 - 6*x
  window: [[-1, 4], [-4, 2]]
  minima: [[2, -1]]
start: [1, 0]
steps: 400
common: {lr: 0.05}
optimizers:
  - adam
  - amsgrad: {bias_correction: first_moment}
  - adamax: {beta2: 0.99, label: "Adamax, short memory"}
output: outputs/valley.gif
"""

EVERYTHING = """\
function: {formula: 'where(t % 3 == 1, C*x, -x)', constants: {C: 3}, domain: [[-1, 1]], window: [[-1, 1]]}
start: 0.5
steps: 1e3
seed: -7
noise: {std: 0.1, spike_every: 7, spike_std: 5}
common: {beta1: 0}
optimizers:
  - adam: {lr: 1e-3, bias_correction: no}
  - amsgrad: {label: no}
  - nadam: {momentum_decay: none}
render:
  size: [640, 360]
  fps: 50
  frames: 30
  pace: log
  hold: 0
  loop: 3
  view: curve
  panels: loss
  theme: dark
  trail: 20
  captions: [{at: 3, text: here}]
  pauses: [{at: 3, seconds: 1.5}]
output: [a.gif, b.json]
"""


def test_the_shortest_scenario_has_every_default_of_the_contract() -> None:
    scenario = loads(SHORTEST, name="dir/short.yaml")
    assert scenario.title == "Adam on Beale"
    assert scenario.start == problem_of(scenario).start
    assert (scenario.steps, scenario.seed, scenario.noise, scenario.common) == (300, 0, None, {})
    assert scenario.output == ("outputs/short.gif",)
    assert scenario.finish is not None
    assert scenario.finish.distance == pytest.approx(0.01 * (9**2 + 9**2) ** 0.5)
    render = scenario.render
    assert (render.size, render.fps, render.frames, render.pace) == ((1280, 720), 25, 240, "linear")
    assert (render.hold, render.loop, render.plays, render.view) == (2, True, 0, "map")
    assert (render.panels, render.theme, render.trail) == (("loss", "ranking"), "light", "full")
    assert (render.camera, render.captions, render.pauses) == (None, (), ())
    assert (render.lesson, render.podium) == ("", True)


def test_a_race_is_held_four_seconds_one_racer_two() -> None:
    assert loads("function: beale\noptimizers: [adam, sgd]\n").render.hold == 4
    assert loads("function: beale\noptimizers: [adam]\nrender: {hold: 0}\n").render.hold == 0


def test_the_contracts_example() -> None:
    scenario = loads(VALLEY)
    assert [racer.label for racer in scenario.optimizers] == ["Adam", "AMSGrad", "Adamax, short memory"]
    assert [racer.hyperparameters["lr"] for racer in scenario.optimizers] == [0.05] * 3
    assert scenario.optimizers[1].hyperparameters["bias_correction"] == "first_moment"
    assert scenario.render.frames == 240
    assert problem_of(scenario).minima == ((2, -1),)


def test_everything_that_can_be_said_is_kept() -> None:
    scenario = loads(EVERYTHING)
    assert (scenario.steps, scenario.seed, scenario.start) == (1000, -7, (0.5,))
    assert scenario.render.plays == 3
    assert scenario.render.panels == ("loss",)
    adam, amsgrad, nadam = scenario.optimizers
    assert (adam.hyperparameters["bias_correction"], adam.hyperparameters["beta1"]) == (False, 0)
    assert amsgrad.label == "no"
    assert nadam.hyperparameters["momentum_decay"] is None


@pytest.mark.parametrize("text", [SHORTEST, VALLEY, EVERYTHING])
def test_the_resolved_scenario_is_a_scenario_that_says_the_same(text: str) -> None:
    resolved = loads(text).resolved()
    again = loads(yaml.safe_dump(json.loads(json.dumps(resolved)), allow_unicode=True))
    assert again.resolved() == resolved


@pytest.mark.parametrize(
    ("written", "size"),
    [("4k", (3840, 2160)), ("480p", (854, 480)), ("640x360", (640, 360)), ("[160, 7680]", (160, 7680))],
)
def test_sizes(written: str, size: tuple[int, int]) -> None:
    assert loads(SHORTEST + f"render: {{size: {written}}}\n").render.size == size


@pytest.mark.parametrize(("loop", "plays"), [("true", 0), ("false", 1), ("1", 1), ("7", 7)])
def test_loops(loop: str, plays: int) -> None:
    assert loads(SHORTEST + f"render: {{loop: {loop}}}\n").render.plays == plays


@pytest.mark.parametrize(
    ("racers", "labels"),
    [
        ("[adam, adamax]", ["Adam", "Adamax"]),
        ("[adam, adam]", ["Adam", "Adam 2"]),
        ("[adam: {lr: 0.1}, adam: {lr: 0.01}]", ["Adam lr 0.1", "Adam lr 0.01"]),
        ("[adam, adam: {lr: 1e-2}]", ["Adam lr 0.001", "Adam lr 0.01"]),
        (
            "[adam: {lr: 0.1}, adam: {lr: 0.1}, adam: {lr: 1}]",
            ["Adam lr 0.1", "Adam lr 0.1 2", "Adam lr 1"],
        ),
        (
            "[adam: {lr: 1, beta1: 0}, adam: {bias_correction: no}]",
            ["Adam", "Adam 2"],
        ),
        ("[adam, adam: {bias_correction: no}]", ["Adam bias_correction yes", "Adam bias_correction no"]),
        ("[adam, adam: {label: Mine}]", ["Adam", "Mine"]),
        ("[adam, sgd: {label: Adam}]", ["Adam 2", "Adam"]),
        ("[adam: {lr: 0.1/sqrt(t)}, adam: {lr: 0.1}]", ["Adam lr 0.1/sqrt(t)", "Adam lr 0.1"]),
        ("[adam: {label: 7}, sgd: {label: 1e3}]", ["7", "1e3"]),
    ],
)
def test_no_two_racers_share_a_label(racers: str, labels: list[str]) -> None:
    scenario = loads(f"function: beale\noptimizers: {racers}\n")
    assert [racer.label for racer in scenario.optimizers] == labels


@pytest.mark.parametrize(
    ("racers", "title"),
    [
        ("[adam]", "Adam on Beale"),
        ("[adam, adamax]", "Adam and Adamax on Beale"),
        ("[adam, adamax, sgd]", "Adam, Adamax and SGD on Beale"),
        ("[adam, adamax, sgd, nadam]", "4 optimizers on Beale"),
    ],
)
def test_titles(racers: str, title: str) -> None:
    assert loads(f"function: beale\noptimizers: {racers}\n").title == title


def test_common_reaches_those_who_have_it() -> None:
    scenario = loads(
        "function: beale\ncommon: {lr: 0.5, beta1: 0.5}\noptimizers: [adam, sgd, adam: {lr: 1, label: b}]\n"
    )
    adam, sgd, own = (racer.hyperparameters for racer in scenario.optimizers)
    assert (adam["lr"], adam["beta1"], sgd["lr"], own["lr"]) == (0.5, 0.5, 0.5, 1)
    assert "beta1" not in sgd


def test_a_catalogue_function_may_be_seen_through_another_window() -> None:
    scenario = loads("function: {name: beale, window: [[0, 4], [0, 4]]}\noptimizers: [adam]\n")
    assert problem_of(scenario).window == ((0, 4), (0, 4))
    assert scenario.resolved()["function"] == {"name": "beale", "window": [[0, 4], [0, 4]], "domain": None}


def test_empty_sections_are_as_good_as_left_out() -> None:
    assert loads(SHORTEST + "render:\ncommon:\nnoise:\n").resolved() == loads(SHORTEST).resolved()


def test_a_scenario_keeps_its_name_and_its_text(tmp_path: Path) -> None:
    path = tmp_path / "my race.yaml"
    path.write_text(SHORTEST)
    scenario = load(path)
    assert (scenario.name, scenario.source_text) == ("my race", SHORTEST)
    assert scenario.output == ("outputs/my race.gif",)


def test_text_of_several_lines_is_a_scenario_itself() -> None:
    assert load(SHORTEST).resolved() == loads(SHORTEST).resolved()


def test_overrides_replace_what_the_file_says() -> None:
    scenario = loads(SHORTEST, overrides={"render.fps": 10, "steps": 5, "output": ["a.mp4", "b.gif"]})
    assert (scenario.render.fps, scenario.steps, scenario.output) == (10, 5, ("a.mp4", "b.gif"))


CONTRACT = {
    "render.view": (set(get_args(render.ViewName)) - {"auto"}, set(VIEWS)),
    "render.panels": (set(get_args(render.PanelName)), set(PANELS)),
    "render.theme": (set(get_args(render.ThemeName)), set(THEMES)),
}


@pytest.mark.parametrize("key", CONTRACT)
def test_what_can_be_named_can_be_drawn(key: str) -> None:
    named, drawn = CONTRACT[key]
    assert named == drawn


def test_the_version_is_that_of_the_package() -> None:
    root = Path(__file__).parents[2]
    source = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["hatch"]["version"]["path"]
    assert f'\n__version__ = "{optviz.__version__}"\n' in (root / source).read_text()


def test_shipped_scenarios_are_loaded_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load("race").name == "race"


# --- a catalogue function with something else -----------------------------------------------------

NAMED = "function: {{name: michalewicz, {keys}}}\nstart: [2, 2]\noptimizers: [adam]\n"


@pytest.mark.parametrize(
    "keys", ["constants: {m: 1}", "minima: [[2, 1]]", "domain: [[1, 2], [1, 2]]", "window: [[0, 2], [0, 2]]"]
)
def test_a_named_function_with_something_else_is_written_as_given(keys: str) -> None:
    scenario = loads(NAMED.format(keys=keys))
    written = scenario.resolved()["function"]
    assert written["name"] == "michalewicz"
    key, value = keys.split(": ", 1)
    assert written[key] == yaml.safe_load(value)
    again = loads(yaml.safe_dump(scenario.resolved()))
    assert again.resolved() == scenario.resolved()
    problem = problem_of(scenario)
    assert problem.title == "Michalewicz"
    assert problem.minima_found == ("window" not in keys and "minima" not in keys)
    assert scenario.finish is not None
