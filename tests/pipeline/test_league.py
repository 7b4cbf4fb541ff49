"""Leagues from a scenario: who plays where, the files, the numbers of single races, what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from optviz.engine.league import Player
from optviz.engine.league_study import LeagueStudy
from optviz.engine.rulesets import RULESETS
from optviz.errors import OptvizError
from optviz.pipeline import league as recipe
from optviz.pipeline import matches
from optviz.pipeline.cells import Workshop
from optviz.pipeline.league import study_league
from optviz.pipeline.run import run
from optviz.problems import FUNCTIONS
from optviz.scenario import Scenario, build, load, loads

TEXT = """function: beale
steps: 20
optimizers: [sgd, adam: {beta1: 0.8}, sam]
league: {functions: [sphere, forrester, beale], rates: 5, starts: {random: 4, seed: 2}}
"""


@pytest.fixture(scope="module")
def study() -> LeagueStudy:
    return study_league(loads(TEXT))[0]


def test_the_gap_of_a_run_is_that_of_the_race_from_its_start(study: LeagueStudy) -> None:
    league = study.league
    rate = float(league.rates[2])
    race = loads(
        "function: beale\nsteps: 20\nstarts: {random: 4, seed: 2}\n"
        f"optimizers: [adam: {{lr: {rate!r}, beta1: 0.8}}]\n"
    )
    (racer,) = run(race).result.racers
    last = [path.f[-1] for path, _ in racer.runs.single()]
    assert league.final[1, 2, 2].tolist() == last


def test_the_terms_tell_the_protocol(study: LeagueStudy) -> None:
    said = " ".join(study.terms)
    assert "180 runs: 5 learning rates from 10⁻⁴ to 10 for every rule" in said
    assert "the same 4 random starts (seed 2)" in said
    assert "20 gradients each" in said
    assert "SAM: 2 a step, so 10 steps" in said
    assert "starts drawn again 10 000 times (seed 0)" in said


def test_the_data_have_a_row_a_cell_and_every_run(study: LeagueStudy) -> None:
    heads, *rows = study.csv_rows()
    assert [row[:2] for row in rows[:3]] == [("SGD", "sphere"), ("SGD", "forrester"), ("SGD", "beale")]
    assert len(rows) == 9
    assert all(len(row) == len(heads) for row in rows)
    assert study.arrays()["final"].shape == (3, 3, 5, 4)
    document = study.document()
    assert list(document["rulesets"]) == list(RULESETS)
    for facts in document["rulesets"].values():
        assert [row["place"] for row in facts["ranking"]] == sorted(row["place"] for row in facts["ranking"])
    assert set(document["profile_areas_without"]["SGD"]) == {"Adam", "SAM"}


def test_curves_rise_within_their_bands(study: LeagueStudy) -> None:
    for curves in (study.profile, study.ecdf):
        assert (np.diff(curves.y, axis=1) >= 0).all()
        assert (curves.low <= curves.y + 1e-12).all()
        assert (curves.y <= curves.high + 1e-12).all()


def test_bands_are_percentiles_of_curves_of_starts_drawn_again(study: LeagueStudy) -> None:
    points = [0, 20, 80]
    for curves, shares in (
        (study.profile, (study.ratios[..., np.newaxis] <= study.profile.x[points]).astype(float)),
        (study.ecdf, np.array([[(own[:, :, np.newaxis] <= study.ecdf.x[[0, 9, 19]]).mean(axis=0) for own in rule]
                               for rule in study.league.hits])),
    ):  # fmt: skip
        drawn = [
            [np.repeat(shares[:, f], times.astype(int), axis=1).mean(axis=1) for f, times in enumerate(draw)]
            for draw in np.moveaxis(study.times, 2, 0)[:2000]
        ]
        samples = np.mean(drawn, axis=1)
        at = points if curves is study.profile else [0, 9, 19]
        for end, place in ((curves.low, 49), (curves.high, 1949)):
            ordered = np.sort(samples, axis=0)  # equal but for rounding, in any order: the next ranks enclose it
            assert (ordered[place - 4] - 1e-12 <= end[:, at]).all()
            assert (end[:, at] <= ordered[place + 4] + 1e-12).all()


def test_a_profile_without_a_rule_is_that_of_the_others_alone(study: LeagueStudy) -> None:
    alone, _ = study_league(loads(TEXT.replace("[sgd, ", "[")))
    areas = study.left_out["SGD"]
    assert areas == alone_areas(alone)


def alone_areas(study: LeagueStudy) -> dict[str, float]:
    from optviz.engine.league_study import areas_of

    return dict(zip(study.league.labels, areas_of(study.ratios).tolist(), strict=True))


def test_all_rules_and_all_functions_are_those_that_have_a_lowest_minimum_once() -> None:
    scenario = loads(TEXT, overrides={"league.rules": ["all"], "league.functions": ["all"]})
    assert scenario.league is not None
    names = [field.function for field in recipe._fields(scenario, scenario.league)]
    assert "saddle" not in names
    assert (
        len({id(FUNCTIONS[name]) for name in names})
        == len(names)
        == len({id(entry) for entry in FUNCTIONS.values() if entry.minima})
    )
    racers = recipe._racers(scenario, scenario.league)
    assert [racer.rule.values["beta1"] for racer in racers if racer.rule.name == "adam"] == [0.8]
    assert len({racer.label for racer in racers}) == len(racers) > 30


def test_a_rule_of_which_a_cell_fails_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(player: Player, field: matches.Field) -> object:
        if player.rule.name == "adam" and field.function == "beale":
            raise FloatingPointError("no luck")
        return play(player, field)

    play = matches._play
    monkeypatch.setattr(matches, "_play", broken)
    monkeypatch.setattr("optviz.pipeline.cells.cores", lambda: 1)
    study, played = study_league(loads(TEXT))
    assert study.failed == {"Adam on beale": "FloatingPointError: no luck"}
    assert study.league.labels == ("SGD", "SAM")
    assert [racer.label for racer in played.optimizers] == ["SGD", "SAM"]
    assert "without Adam, of which a cell failed" in study.terms
    with pytest.raises(OptvizError, match="Adam on beale: FloatingPointError"):
        study_league(loads(TEXT, overrides={"league.rules": ["adam"]}))


def test_leagues_of_other_rules_and_functions_share_finished_cells(tmp_path: Path) -> None:
    workshop = Workshop(resume=tmp_path)
    study_league(loads(TEXT, overrides={"league.functions": ["sphere"]}), workshop)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    study_league(loads(TEXT, overrides={"league.functions": ["sphere", "booth"], "league.rules": ["sgd"]}), workshop)
    assert len(before) == 6
    assert {path: path.stat().st_mtime_ns for path in before} == before
    with pytest.raises(OptvizError, match="another protocol: rates is 5 there and 6 here"):
        study_league(loads(TEXT, overrides={"league.rates": 6}), workshop)


@pytest.mark.thorough
def test_who_computes_cells_imports_no_scenario() -> None:
    text = "import sys, optviz.pipeline.matches; print([name for name in sys.modules if name == 'optviz.scenario'])"
    assert subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout == "[]\n"


REFUSED = [
    ({"optimizers": [{"adam": {"lr": "0.1/sqrt(t)"}}]}, "optimizers.0.: the league gives every rule its own learning"),
    ({"noise": {"draws": [[0.1, 0.1]] * 20}}, "noise: draws do not fit functions of one and of two variables"),
    ({"league.starts": {"grid": 3}}, "league.starts: a grid has fewer starts in 1-D than in 2-D"),
    ({"league.starts": {"random": 3, "seeds": 2}}, "league.starts.seeds: a league runs each start once; remove it"),
    ({"league.rates": 10_000, "league.starts": {"random": 10_000}}, "180 000 000 000|900 000 000 runs .* need about"),
]


@pytest.mark.parametrize(("changes", "said"), REFUSED)
def test_what_cannot_be_compared_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(OptvizError, match=said):
        study_league(loads(TEXT, overrides=changes))


WRONG = [
    ({"functions": ["bealle"]}, "league.functions.*: no such function: bealle; did you mean beale?"),
    ({"functions": ["saddle"]}, "league.functions.*: saddle has no lowest minimum: nothing to arrive at; leave it out"),
    ({"functions": ["beale", "beale"]}, "beale is named twice"),
    ({"rules": ["adamm"]}, "league.rules.*: no such optimizer: adamm; did you mean adam?"),
    ({"lr": [0, 1]}, "league.lr: learning rates lie above 0, got 0"),
    ({"rates": 1}, "league.rates: must be at least 2"),
    ({"starts": [[1, 2]]}, "league.starts: points do not fit every function"),
    ({"starts": {"random": 2}}, "league.starts: a league needs at least 3 starts"),
    ({"ruleset": "olympic"}, "league.ruleset"),
    ({"rulset": "coco"}, "league.rulset: unknown key; did you mean ruleset?"),
]


@pytest.mark.parametrize(("league", "said"), WRONG)
def test_a_wrong_league_is_told(league: dict[str, object], said: str) -> None:
    with pytest.raises(OptvizError, match=said):
        build(function="beale", optimizers=["adam"], league=league)


@pytest.mark.slow
def test_the_table_in_the_readme_is_that_of_the_league_that_ships() -> None:
    root = Path(__file__).parents[2]
    study, _ = study_league(load(root / "configs" / "fair" / "ranking.yaml"))
    readme = (root / "README.md").read_text()
    for i, label in enumerate(study.league.labels):
        places = " | ".join(str(one.places[i]) for one in study.standings.values())
        assert f"| {label} | {places} |\n" in readme
    chances = " | ".join(f"{100 * one.first[one.places == 1].sum():.0f} %" for one in study.standings.values())
    assert f"starts are drawn again | {chances} |\n" in readme


def test_a_league_written_again_is_the_same() -> None:
    scenario: Scenario = loads(TEXT)
    assert build(**scenario.resolved()).league == scenario.league
