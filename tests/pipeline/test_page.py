"""What a page holds of a race, whichever race it is."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.errors import OptvizError
from optviz.optimizers import OPTIMIZERS
from optviz.output.html import page_text
from optviz.pipeline.files import page_within
from optviz.pipeline.page import page_of
from tests.output.test_browser import races

SMALL = {"size": "480p", "frames": 5, "hold": 0}


def page(**keys: Any) -> Any:
    race = optviz.run(optviz.build(**keys))
    return page_of(race.scenario, race.result, None)


@pytest.mark.parametrize("name", races())
def test_every_kind_of_race_has_a_page_of_plain_data(name: str) -> None:
    made = page(**races()[name])
    document = json.loads(json.dumps(made.document, allow_nan=False))
    live = name not in ("network", "recorded")
    for racer in document["racers"]:
        assert (racer["kernel"] is not None) == (live and racer["label"] != "secretive")
        assert bool(racer["why"]) == (racer["kernel"] is None)
    assert len(document["rules"]) == (len(OPTIMIZERS) if live else 0)
    assert ("f:null" in made.code) == (not live)
    assert "/home" not in page_text(made)
    assert "eval(" not in made.code


def test_the_default_race_is_small() -> None:
    race = optviz.run(optviz.load("race"))
    made = page_of(race.scenario, race.result, None)
    assert len(page_text(made).encode()) <= 120_000


@pytest.mark.thorough
def test_a_limit_leaves_out_the_poster_then_refuses() -> None:
    race = optviz.run(optviz.build(**{**races()["curve"], "render": SMALL}))

    class Drawn:
        def still(self, step: int | None) -> Any:
            return np.random.default_rng(0).integers(0, 255, (300, 400, 4), dtype=np.uint8)

    film: Any = Drawn()
    whole = page_within(None, race.scenario, race.result, film)
    size = len(page_text(whole).encode())
    assert whole.poster is not None
    assert page_within(size, race.scenario, race.result, film).poster is not None
    assert page_within(size - 1, race.scenario, race.result, film).poster is None
    with pytest.raises(OptvizError, match=r"the page has \d+ kB even without its poster"):
        page_within(50_000, race.scenario, race.result, film)


def test_a_rule_that_cannot_be_traced_is_played_while_the_others_live() -> None:
    adam, own = page(**races()["mixed"]).document["racers"]
    assert adam["kernel"] is not None
    assert own["kernel"] is None
    assert own["why"].startswith("recorded: ")
    assert own["recorded"]["kept"] == 60


def test_a_rule_of_ones_own_is_live_where_it_can_be_traced() -> None:
    def plain(x: Any, g: Any, lr: float = 0.02) -> Any:
        return x - lr * g

    (own,) = page(**{**races()["race"], "render": SMALL, "optimizers": [plain]}).document["racers"]
    assert own["kernel"] is not None
    assert own["h"] == [0.02]


def test_a_rule_with_a_hidden_memory_is_not_taken_for_one_without() -> None:
    calls = []

    def remembering(x: Any, g: Any, lr: float = 0.02) -> Any:
        calls.append(1)
        return x - lr * g * (1.0 if len(calls) % 7 else 0.5)

    (own, _) = page(
        **{**races()["race"], "render": SMALL, "optimizers": [remembering, {"sgd": {"lr": 0.02}}]}
    ).document["racers"]
    assert own["kernel"] is None
    assert own["why"] == "recorded: it does not always do the same at the same point"


def numbers(rule: str) -> list[str]:
    """Return the names of a rule's hyperparameters that are numbers, those of its base too."""
    found = []
    for name, parameter in OPTIMIZERS[rule].parameters.items():
        if parameter.is_base:
            (base,) = parameter.default
            found += [f"{name}.{base}.{inner}" for inner in numbers(base)]
        elif parameter.bounds and parameter.default is not None:
            found.append(name)
    return found


def test_every_number_of_every_rule_has_a_slider() -> None:
    document = page(**races()["curve"]).document
    for rule in document["rules"]:
        assert [document["knobs"][knob][0] for knob, _ in rule["knobs"]] == numbers(rule["name"]), rule["name"]


# A value for each key of a racer that is no hyperparameter, and for keys of the picture.
OTHERS: dict[str, Any] = {
    "label": "Mine",
    "color": "#a1b2c3",
    "marker": "*",
    "clip": {"norm": 2.5},
    "noise": {"std": 0.1},
}
RENDER: dict[str, Any] = {"size": "480p", "frames": 5, "hold": 0.5, "loop": 3, "levels": "log", "theme": "paper"}
RENDER |= {"trail": 7, "focus": "Mine", "lens": False, "podium": False, "pace": "log", "lesson": "a lesson"}
RENDER |= {"captions": [{"at": 2, "text": "now: then"}], "pauses": [{"at": 3, "seconds": 1, "text": "a pause"}]}


@pytest.mark.thorough
def test_what_a_page_copies_is_the_scenario_with_every_key_of_a_racer() -> None:
    schema = json.loads((Path(optviz.__file__).parents[1] / "configs" / "scenario.schema.json").read_text())
    for name, rule in OPTIMIZERS.items():
        assert set(schema["$defs"][name]["properties"]) - set(rule.parameters) == set(OTHERS)
    racers = [
        {"adam": {"lr": 0.1, **OTHERS}},
        {"lookahead": {"base": {"momentum": {"lr": "0.1/t", "momentum": 0}}, "k": 3, "clip": {"value": 0.5}}},
        *({"sgd": {key: value}} for key, value in OTHERS.items() if key != "label"),
    ]
    keys = {"function": "beale", "start": [1, 1], "steps": 30, "optimizers": racers, "render": RENDER}
    keys |= {
        "seed": 4,
        "noise": {"std": 0.1},
        "finish": {"gap": 0.01},
        "common": {"weight_decay": 0.01},
        "title": "a: b",
    }
    race = optviz.run(optviz.build(**keys))
    document = page_of(race.scenario, race.result, None).document
    copied = {**document["scenario"], "start": document["start"]}
    copied["optimizers"] = [racer["written"] for racer in document["racers"]]
    again = optviz.run(optviz.build(**json.loads(json.dumps(copied))))
    wanted, found = race.scenario.resolved(), again.scenario.resolved()
    assert {key: value for key, value in found.items() if key != "common"} == {
        key: value for key, value in wanted.items() if key != "common"
    }
    for one, other in zip(race.racers, again.racers, strict=True):
        assert np.array_equal(one.x, other.x)


def test_a_copied_scenario_names_the_code_that_no_file_holds() -> None:
    assert page(**{**races()["mixed"], "render": SMALL}).document["own"] == (
        "# Python's own, which no file holds: secretive\n"
    )
    assert page(**races()["recorded"]).document["own"].endswith(": bowl(x, y)\n")
    assert page(**{**races()["curve"], "render": SMALL}).document["own"] == ""
    assert page(**races()["network"]).document["own"] == ""


def test_a_swarm_begins_as_a_cloud() -> None:
    keys = {key: value for key, value in races()["race"].items() if key != "start"}
    document = page(**{**keys, "starts": {"grid": 3}, "render": SMALL}).document
    assert len(document["swarm"]) == 9
    assert "swarm is drawn as a cloud" in document["note"]
    assert document["scenario"]["starts"] == {"grid": 3, "seeds": 1}


@pytest.mark.parametrize(("pace", "steps", "early"), [("log", 60, True), ("log", 20, False), ("linear", 60, False)])
def test_the_clock_of_a_page_and_its_axes_of_steps_are_the_films(pace: str, steps: int, early: bool) -> None:
    document = page(**{**races()["curve"], "steps": steps, "render": {**SMALL, "pace": pace}}).document
    assert document["logSteps"] is early


@pytest.mark.parametrize(
    ("theme", "root"),
    [("dark", '<html lang="en" class="dark">'), ("light", '<html lang="en">'), ("paper", ' class="light">')],
)
def test_the_first_paint_has_the_scheme_that_the_scenario_asks_for(theme: str, root: str) -> None:
    assert root in page_text(page(**{**races()["curve"], "render": {**SMALL, "theme": theme}}))[:60]


def test_a_notebook_shows_the_page_in_a_frame_of_its_own() -> None:
    shown = optviz.run(optviz.build(**races()["race"])).page()
    frame = shown._repr_html_()
    assert shown.html.startswith("<!doctype html>")
    assert 'id="poster"' not in shown.html
    assert re.match(
        r'<iframe title="&lt;script&gt;[^>]*" sandbox="allow-scripts allow-downloads" style="[^"]*" ', frame
    )
    assert frame.count("<iframe") == 1
    assert "<script" not in frame


def test_a_page_is_the_same_for_the_same_scenario(tmp_path: Path) -> None:
    made = [page_text(page(**races()["curve"])) for _ in range(2)]
    assert made[0] == made[1]


def test_a_network_brings_what_panels_show_of_all_its_weights() -> None:
    """A number each for gradient, effective rate and states, as in the film; the page computes none of them."""
    keys = races()["network"]
    race = optviz.run(optviz.build(**keys))
    document = page(**keys).document
    assert document["problem"]["dim"] == 1
    for racer, run in zip(document["racers"], race.racers, strict=True):
        kept = racer["recorded"]
        rows = np.frombuffer(base64.b64decode(kept["rows"]), np.float32).reshape(run.trajectory.steps + 1, -1)
        rate, states = run.trajectory.effective_lr, run.trajectory.state
        wanted = [np.linalg.norm(run.trajectory.gradient, axis=1)]
        wanted += [] if rate is None else [np.median(rate, axis=1)]
        wanted += [np.sqrt((states[name] ** 2).mean(axis=1)) for name in kept["states"]]
        assert kept["effective"] == (rate is not None)
        np.testing.assert_allclose(rows[1:, 1:].T, wanted, rtol=1e-6)
