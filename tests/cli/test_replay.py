"""``optviz replay``: logs become races of losses, or of points on a function."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.engine.run import Record, run
from optviz.errors import OptvizError
from optviz.logs import read_logs
from optviz.optimizers.recorded import recorded_rule
from optviz.picture.terms import terms
from optviz.pipeline.alt_text import alt_text
from optviz.problems.problem import from_losses
from tests.cli import optviz_says

LOGGED = "step,fast,slow,lost\n0,4,4,4\n10,1,3,8\n20,0.05,2,nan\n40,0.01,1,9\n"
SMALL = ["--set", "render.size=240x160", "--set", "render.frames=3"]


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs.csv").write_text(LOGGED)
    return tmp_path


@pytest.mark.thorough
def test_a_race_of_losses_has_an_order_and_a_finish(runs: Path) -> None:
    said = optviz_says("replay", "runs.csv", "--target", "0.1", "-o", "a.json", "-o", "a.gif", "--json", *SMALL)
    assert said.exit_code == 0, said.stderr
    racers = {racer["label"]: racer for racer in json.loads(said.stdout)["racers"]}
    assert (racers["fast"]["outcome"], racers["fast"]["arrived_at"]) == ("arrived", 20)
    assert racers["slow"]["outcome"] == "moving"
    assert (racers["lost"]["outcome"], racers["lost"]["diverged_at"]) == ("diverged", 20)
    document = json.loads((runs / "a.json").read_text())
    assert document["ranking"] == ["fast", "slow", "lost"]
    rows = {"steps": [0, 10, 20, 40], "losses": [4, 3, 2, 1]}
    slow = {"recorded": {"file": "runs.csv", "run": "slow", **rows, "label": "slow"}}
    assert document["scenario"]["optimizers"][1] == slow
    (runs / "runs.csv").unlink()  # what was written holds its runs
    assert optviz.run(optviz.build(**document["scenario"])).ranking == ("fast", "slow", "lost")
    assert (runs / "a.gif").stat().st_size > 0


def test_a_loss_far_below_its_target_has_arrived(runs: Path) -> None:
    (runs / "likelihood.csv").write_text("step,loss\n0,2\n10,0.5\n20,-1\n40,-3\n")
    said = optviz_says("replay", "likelihood.csv", "--target", "0.1", "-o", "a.json", "--json")
    (racer,) = json.loads(said.stdout)["racers"]
    assert (racer["outcome"], racer["arrived_at"]) == ("arrived", 20)


@pytest.mark.parametrize(("target", "since"), [("-1", 20), ("-3", 40), ("0", 20)])
def test_a_target_may_be_a_loss_below_zero(target: str, since: int, runs: Path) -> None:
    (runs / "likelihood.csv").write_text("step,loss\n0,2\n10,0.5\n20,-1\n40,-3\n")
    said = optviz_says("replay", "likelihood.csv", "--target", target, "--set", "steps=80", "-o", "a.json", "--json")
    assert json.loads(said.stdout)["racers"][0]["entered_at"] == since


@pytest.mark.parametrize(
    ("target", "more", "said"),
    [
        ("nan", [], "--target nan: must be a finite number, got .nan\n"),
        ("-1", ["--function", "beale"], "--target -1: must be greater than 0, got -1\n"),
    ],
)
def test_a_target_that_is_none_is_told_by_its_flag(target: str, more: list[str], said: str, runs: Path) -> None:
    (runs / "points.csv").write_text("step,x,y,f\n0,1,1,4\n1,1,2,3\n")
    told = optviz_says("replay", "points.csv", "--target", target, *more, "-o", "a.json")
    assert (told.exit_code, told.stderr) == (2, said)


@pytest.mark.parametrize("text", ["step,loss\n0,3\n", "step,a,b\n0,1,\n0,2,\n"])
def test_runs_without_a_second_step_are_no_race(text: str, runs: Path) -> None:
    (runs / "one.csv").write_text(text)
    said = optviz_says("replay", "one.csv", "-o", "a.gif")
    assert said.exit_code == 2
    assert said.stderr == "optimizers: no recorded run goes on after step 0; a race needs one step at least\n"


def test_a_run_that_begins_with_no_number_is_no_race(runs: Path) -> None:
    (runs / "runs.csv").write_text("step,loss\n0,nan\n1,0.5\n")
    said = optviz_says("replay", "runs.csv", "-o", "a.png")
    told = "runs.csv: 'runs' begins with what is not finite, so there is no race; leave its first rows out"
    assert (said.exit_code, told in said.stderr) == (2, True)


def test_runs_of_a_folder_are_told_apart_by_their_files(runs: Path) -> None:
    for name in ("one", "two"):
        (runs / "logs" / name).mkdir(parents=True)
        (runs / "logs" / name / "loss.csv").write_text("step,run,loss\n0,a,1\n1,a,0.5\n")
    for named in (["logs"], ["logs/one/loss.csv", str(runs / "logs" / "two" / "loss.csv")]):
        said = optviz_says("replay", *named, "-o", "a.json", "--json")
        assert said.exit_code == 0, said.stderr
        assert [one["label"] for one in json.loads(said.stdout)["racers"]] == ["one/loss a", "two/loss a"]


@pytest.mark.parametrize(
    ("only", "labels"), [(["fast"], ["fast"]), (["[lx]o*"], ["lost"]), (["*o*"], ["slow", "lost"]), ([], None)]
)
def test_some_of_the_runs_are_picked(runs: Path, only: list[str], labels: list[str] | None) -> None:
    named = [word for name in only for word in ("--only", name)]
    said = optviz_says("replay", "runs.csv", *named, "-o", "a.json", "--json")
    found = sorted(one["label"] for one in json.loads(said.stdout)["racers"])
    assert found == sorted(labels or ["fast", "slow", "lost"])


def test_what_cannot_be_picked_is_told(runs: Path) -> None:
    said = optviz_says("replay", "runs.csv", "--only", "fats", "-o", "a.json")
    assert (said.exit_code, said.stderr) == (2, "--only fats: no such run; did you mean fast?\n")
    names = [f"r{number}" for number in range(200)]
    (runs / "many.csv").write_text(f"step,{','.join(names)}\n0,{','.join('1' * 200)}\n1,{','.join('1' * 200)}\n")
    said = optviz_says("replay", "many.csv", "-o", "a.json")
    assert "runs race, there are 200; --only picks some, such as --only r0" in said.stderr


@pytest.mark.parametrize("function", [[], ["--function", "beale"], ["--function", "x**2 + y**2"]])
def test_runs_alone_are_terms_enough_for_a_picture(runs: Path, function: list[str]) -> None:
    (runs / "points.csv").write_text("step,label,x,y,f\n0,mine,1,1,4\n1,mine,1,2,3\n")
    said = optviz_says("replay", "points.csv", *function, "--text", "large", "-o", "a.png", *SMALL)
    assert (said.exit_code, said.stderr) == (0, "")
    assert (runs / "a.png").stat().st_size > 0


def test_every_file_is_read_once(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr("optviz.logs.read_logs", lambda path: read.append(path) or read_logs(path))
    monkeypatch.setattr("optviz.scenario.recorded.read_logs", lambda path: read.append(path) or read_logs(path))
    assert optviz_says("replay", "runs.csv", "-o", "a.json").exit_code == 0
    assert read == [Path("runs.csv")]


def test_all_that_is_wrong_with_files_is_told_at_once(runs: Path) -> None:
    (runs / "broken.csv").write_text("step,loss\n0,one\n")
    said = optviz_says("replay", "runs.csv", "broken.csv", "missing.npz", "-o", "b.json")
    assert (said.exit_code, said.stderr.splitlines()) == (
        2,
        [
            "broken.csv: row 1 of 'loss' is no number: one",
            "missing.npz: cannot be read: No such file or directory",
        ],
    )


@pytest.mark.parametrize("record", ["all", "x", "last"])
@pytest.mark.parametrize("steps", [None, 2])
def test_losses_are_what_steps_through_them_would_give(steps: int | None, record: Record) -> None:
    losses = np.array([[4.0], [0.5], [np.inf], [1.0]])
    rule, problem = recorded_rule("a", losses, steps, {}), from_losses()
    taken = run(rule, problem, 0.0, record=record)
    stepped = run(rule, replace(problem, recorded=False), 0.0, record=record)
    assert taken.diverged_at == stepped.diverged_at
    for name in ("x", "f", "gradient", "evaluations"):
        assert np.array_equal(getattr(taken, name), getattr(stepped, name)), name


def test_no_output_may_be_a_log(runs: Path) -> None:
    said = optviz_says("replay", "runs.csv", "-o", "runs.csv")
    assert said.exit_code == 2
    assert "it is the recorded run" in said.stderr
    assert (runs / "runs.csv").read_text() == LOGGED


def test_points_run_over_a_function_and_are_what_was_recorded(runs: Path) -> None:
    race = optviz.run(optviz.build(function="beale", steps=8, optimizers=["adam"]))
    race.save("own.csv")
    keys: dict[str, Any] = {"function": "beale", "steps": 12, "start": [0, 0]}
    again = optviz.run(optviz.build(**keys, optimizers=[{"recorded": {"file": "own.csv", "label": "Then"}}, "adam"]))
    assert np.array_equal(again["Then"].x, race["Adam"].x)
    assert np.array_equal(again["Then"].f, race["Adam"].f)
    assert again["Adam"].x[0].tolist() == [0, 0]
    assert len(again["Adam"].x) == 13


@pytest.mark.parametrize(
    ("racer", "more", "said"),
    [
        ("nix.csv", {}, "nix.csv cannot be read: No such file or directory"),
        ("runs.csv", {}, "runs.csv holds 3 runs; name one, as run: fast, slow, lost"),
        ({"file": "runs.csv", "run": "fats"}, {}, "has no run 'fats'; did you mean fast?"),
        ({"file": "runs.csv", "run": "fast", "lr": 1}, {}, "recorded.lr: unknown key"),
        ({"run": "fast"}, {}, "recorded: names no file; such as"),
        ({"file": ["runs.csv"], "run": "fast"}, {}, "recorded.file: must name a file, got a list"),
        ({"file": "", "run": "fast"}, {}, "recorded.file: must name a file, got an empty text"),
        ({"file": "runs.csv", "run": "fast"}, {"common": {"lr": 1}}, "common.lr: no racer has such a hyperparameter"),
        ({"file": "log.csv"}, {"function": "log(x)"}, "begins at [-1.0], where the function is not finite"),
        ({"file": "runs.csv", "run": "fast"}, {"function": "beale"}, "has no points of 'fast'"),
        ({"file": "runs.csv", "run": "fast"}, {"start": 1}, "recorded runs begin where they began"),
        ({"file": "runs.csv", "run": "fast"}, {"finish": {"distance": 1}}, "no minimum of recorded losses is known"),
        ({"file": "runs.csv", "run": "fast"}, {"render": {"view": "map"}}, "map does not fit recorded losses"),
    ],
)
def test_mistakes_are_told(runs: Path, racer: object, more: dict[str, Any], said: str) -> None:
    (runs / "log.csv").write_text("x\n-1\n1\n")
    with pytest.raises(OptvizError) as error:
        optviz.build(optimizers=[{"recorded": racer}], **more)
    assert said in str(error.value)


@pytest.mark.parametrize("beside", ["adam", {"sgd": {"lr": 1}}])
def test_a_rule_beside_recorded_losses_needs_a_function(runs: Path, beside: object) -> None:
    with pytest.raises(OptvizError, match=r"^function: is required"):
        optviz.build(optimizers=[{"recorded": {"file": "runs.csv", "run": "fast"}}, beside])


def test_terms_say_what_was_recorded_where_and_how_the_others_ran(runs: Path) -> None:
    (runs / "points.csv").write_text("x\n-1\n1\n")
    recorded = [{"recorded": {"file": "points.csv", "label": label}} for label in ("Then", "Before")]
    race = optviz.run(optviz.build(function="x**2", start=[2], steps=3, optimizers=["adam", *recorded]))
    said = terms(race.scenario, race.result)
    assert said[:2] == ["start (2)", "3 gradients"]
    assert said[-1] == "Then and Before: recorded in points.csv"
    assert "3 optimizers take 3 steps on x². " in alt_text(race.scenario, race.result)  # not all of them from 2
    race = optviz.run(optviz.build(function="x**2", optimizers=recorded))
    assert terms(race.scenario, race.result)[0] == "recorded in points.csv"
    assert not any("gradient" in term for term in terms(race.scenario, race.result))
    assert "2 recorded runs of up to 1 steps." in alt_text(race.scenario, race.result)
    assert "Terms: recorded in points.csv; finish" in alt_text(race.scenario, race.result)


def test_the_shipped_training_is_replayed() -> None:
    race = optviz.run(optviz.load("replay/spirals"))
    assert race.ranking[0] == "Adam"
    assert race.result.steps == 3000
