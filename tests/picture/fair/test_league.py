"""The picture of a league: every ranking, its terms, and lines that grow."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.engine.league_study import LeagueStudy
from optviz.engine.rulesets import RULESETS
from optviz.picture.fair import league as drawing
from optviz.picture.fair.league import league_film
from optviz.pipeline.league import study_league
from optviz.scenario import Scenario, loads

TEXT = """function: beale
steps: 15
optimizers: [sgd, adam, adamax, rprop]
league: {functions: [sphere, beale], rates: 5, starts: {random: 4}}
render: {size: 640x360, frames: 5}
"""


@pytest.fixture(scope="module")
def played() -> tuple[LeagueStudy, Scenario]:
    return study_league(loads(TEXT))


@pytest.mark.thorough
def test_the_rankings_and_the_terms_are_on_the_page_and_lines_grow(played: tuple[LeagueStudy, Scenario]) -> None:
    study, scenario = played
    film = league_film(study, scenario)
    words = " ".join(text.get_text() for text in film.board._figure.texts)
    for one in RULESETS.values():
        assert one.title in words
    assert words.count("Rprop") == 2
    assert "160 runs: 5 learning rates" in words
    assert "on sphere, beale" in words
    frames = [frame.pixels.copy() for frame in film.draw()]
    assert len(frames) == 5
    assert not np.array_equal(frames[0], frames[-1])
    assert np.array_equal(frames[-1], film.still(None))
    rankings = film.board._layers[0]
    for protocol, one in enumerate(study.standings.values()):
        heights = {rule: path[protocol][1] for rule, path in rankings.stations.items()}
        assert sorted(heights, key=lambda rule: -heights[rule]) == one.order


@pytest.mark.thorough
def test_of_many_rules_those_that_come_first_somewhere_are_lit(
    played: tuple[LeagueStudy, Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "MOST_LIT", 2)
    study, scenario = played
    lit = drawing._lit(study)
    best = np.min([one.places for one in study.standings.values()], axis=0)
    assert len(lit) == 2
    assert best[lit].max() <= np.delete(best, lit).min()
    tall = scenario.model_copy(update={"render": scenario.render.model_copy(update={"size": (360, 640)})})
    assert league_film(study, tall).still(None).shape == (640, 360, 4)


@pytest.mark.thorough
def test_a_league_of_one_rule_and_one_step_is_drawn() -> None:
    text = TEXT.replace("steps: 15", "steps: 1").replace("[sgd, adam, adamax, rprop]", "[sgd]")
    study, played = study_league(loads(text))
    assert study.league.budget == 1
    profile = league_film(study, played).board._layers[1]
    (line,) = profile.paths.values()
    assert np.isfinite(line).all()
