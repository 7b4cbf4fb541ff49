"""A scenario with starts: its data, its words, its picture."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import optviz
from optviz.errors import OptvizError
from optviz.frames import Frame
from optviz.picture.board_film import BoardFilm
from optviz.picture.film import film
from optviz.picture.frame_state import FrameState
from optviz.picture.views.cloud import OPACITY, Dots
from optviz.picture.views.map import MapView
from optviz.picture.views.view import View
from optviz.scenario import loads

TEXT = """function: himmelblau
steps: 12
starts: {random: 9, seed: 4}
optimizers: [adam: {lr: 0.3}, sgd: {lr: 0.01}, sgd: {lr: 5, label: Wild}]
render: {size: 480x270, frames: 5, panels: [loss, distance, ranking]}
"""


@pytest.fixture(scope="module")
def race() -> optviz.Race:
    return optviz.run(loads(TEXT))


def test_the_json_holds_each_run_as_a_race_of_its_own(race: optviz.Race) -> None:
    document = race.to_dict()
    for racer in document["racers"]:
        assert len(racer["runs"]) == racer["swarm"]["count"] == 9
        assert sum(racer["swarm"]["outcomes"].values()) == 9
    adam = document["racers"][0]
    start = adam["runs"][3]["x"][0]
    text = TEXT.replace("starts: {random: 9, seed: 4}", f"start: {start!r}")
    alone = optviz.run(loads(text)).to_dict()["racers"][0]
    assert adam["runs"][3] == {key: alone[key] for key in adam["runs"][3]}
    assert adam["x"][0] == np.median([one["x"][0] for one in adam["runs"]], axis=0).tolist()


def test_arrays_are_run_step_coordinate(race: optviz.Race) -> None:
    arrays = race.export().arrays()
    assert arrays["Adam/x"].shape == (9, 13, 2)
    assert arrays["Adam/f"].shape == (9, 13)
    assert arrays["Adam/state/m"].shape == (9, 12, 2)
    assert np.isnan(arrays["Wild/x"][:, -1]).all()
    np.testing.assert_array_equal(arrays["Adam/x"][:, 0], np.transpose(race["Adam"].runs.courses[0].starts))


def test_the_csv_has_a_row_for_each_run_and_step(race: optviz.Race, tmp_path: Path) -> None:
    race.save(tmp_path / "a.csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    adam = [row for row in rows if row["racer"] == "Adam"]
    assert len(adam) == 9 * 13
    assert {row["run"] for row in adam} == set("012345678")


def test_the_words_tell_starts_and_medians(race: optviz.Race) -> None:
    assert "from each of the same 9 random starts (seed 4)" in race.in_words()
    assert "Wild: 0 of 9 arrived, 9 diverged." in race.in_words()


def test_the_resolved_scenario_gives_the_same_swarm(race: optviz.Race) -> None:
    again = optviz.run(optviz.build(**race.scenario.resolved()))
    np.testing.assert_array_equal(again["SGD"].runs.x, race["SGD"].runs.x)


def dots_of(drawn: BoardFilm, state: FrameState) -> list[Dots]:
    view = next(layer for layer in drawn.board._layers if isinstance(layer, View))
    return [placed.sprite for placed in view.sprites(state) if isinstance(placed.sprite, Dots)]


@pytest.mark.thorough
def test_a_dot_for_every_run_that_is_in_view(race: optviz.Race) -> None:
    drawn = film(race.result, race.scenario)
    view = next(layer for layer in drawn.board._layers if isinstance(layer, MapView))
    for state in (drawn.shown[0], drawn.shown[-1]):
        dots = dots_of(drawn, state)
        seen = np.array([len(one.centres) for one in dots])
        assert seen.max() == 9
        assert len(dots) == (3 if state.step == 0 else 2)  # the wild ones have left
    placed = view.cloud._centres(0, drawn.shown[0])
    places = view.axes.transData.transform(race["Adam"].runs.x[0].T)
    np.testing.assert_array_equal(placed[:, 1], np.floor(places[:, 0]).astype(int))


@pytest.mark.thorough
def test_a_film_of_clouds_is_the_same_drawn_at_once(race: optviz.Race) -> None:
    drawn = film(race.result, race.scenario)
    frames: list[Frame] = [Frame(frame.pixels.copy(), frame.boxes) for frame in drawn.draw()]
    for number in (0, 2, len(frames) - 1):
        assert np.array_equal(drawn.board.still(drawn.shown[number]), frames[number].pixels)


@pytest.mark.thorough
def test_clouds_are_vectors_too(race: optviz.Race, tmp_path: Path) -> None:
    drawn = film(race.result, race.scenario)
    dots = dots_of(drawn, drawn.shown[-1])
    race.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text().count(f"opacity: {OPACITY}") == sum(len(one.centres) for one in dots) == 18


@pytest.mark.thorough
def test_a_curve_has_its_swarm_on_it() -> None:
    text = "function: {formula: x**4 - 3*x**2, window: [[-2, 2]]}\nsteps: 5\nstarts: {grid: 6}\n"
    race = optviz.run(loads(text + "optimizers: [sgd, adam]\nrender: {size: 480x270, frames: 3}\n"))
    drawn = film(race.result, race.scenario)
    first, second = dots_of(drawn, drawn.shown[0])
    assert len(first.centres) == 6
    np.testing.assert_array_equal(first.centres, second.centres)  # both racers start there


REFUSED = [
    ("starts: {random: 5}\nstart: [1, 1]\n", "start: start and starts exclude each other; keep one of them"),
    ("starts: {random: 5, grid: 3}\n", "starts: needs one of grid, random and points; such as {random: 200}"),
    ("starts: {grid: 3, seed: 3}\n", "starts: seed belongs to random starts; remove seed"),
    (
        "starts: {random: 5}\nrender: {view: surface}\n",
        "render.view: surface shows one start; remove starts, or take map",
    ),
    ("starts: {random: 5}\nrender: {panels: [state]}\n", "render.panels[0]: state has nothing to show: of a swarm"),
    ("starts: [[1, 2, 3]]\n", "starts.points[0]: must be a number or [x, y], got 3 numbers"),
    ("starts: {random: 10000}\nsteps: 100000\n", "starts: 10000 runs x 100000 steps x 1 racers are too many numbers"),
]


@pytest.mark.parametrize(("keys", "said"), REFUSED)
def test_what_a_swarm_cannot_have(keys: str, said: str) -> None:
    with pytest.raises(OptvizError) as caught:
        loads(f"function: beale\noptimizers: [adam]\n{keys}", name="x.yaml")
    assert any(said in str(issue) for issue in caught.value.issues), caught.value.issues


def test_a_formula_without_a_window_lists_its_starts() -> None:
    with pytest.raises(OptvizError, match="no window over which starts could be spread"):
        loads("function: {formula: x**2 + y**2}\nstarts: {random: 3}\noptimizers: [adam]\n")
    race = optviz.run(loads("function: {formula: x**2 + y**2}\nstarts: [[1, 2], [3, -4]]\noptimizers: [adam]\n"))
    assert race["Adam"].runs.count == 2
