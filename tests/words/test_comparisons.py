"""The pictures of comparisons speak the language of their scenario; their data do not change with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from optviz.picture.fair.basins import basin_film
from optviz.picture.fair.league import league_film
from optviz.picture.fair.sheet import SheetFilm
from optviz.picture.fair.sweep import curve_film, dive_film, map_film
from optviz.picture.fair.tuning import tuning_film
from optviz.pipeline.basins import study_basins
from optviz.pipeline.league import study_league
from optviz.pipeline.sweep import axes_of, study_dive, study_sweep
from optviz.pipeline.tune import study_tuning
from optviz.scenario import Scenario, loads
from optviz.words import LANGUAGES
from tests import few
from tests.words.test_catalogue import LEFT, Nobodys

Drawn: TypeAlias = tuple[Any, SheetFilm]

TEXT = """title: T1
function: styblinski_tang
steps: 12
seed: 3
noise: {std: 0.01}
optimizers: [adam: {label: A1}, sgd: {lr: 0.02, label: B2}]
render: {size: 1280x720, frames: 3}
"""
NAMES = {
    "inf",
    "Styblinski",
    "Tang",
    "Halton",
    "DKW",
    "Wilson",
    "AlgoPerf",
    "DeepOBS",
    "COCO",
    "beale",
    "booth",
    "beta2",
}
MAPPED = ("lr=1e-2:100:log:6", "beta2=0.5:0.999:logit:6")


def tuned(scenario: Scenario) -> Drawn:
    study = study_tuning(scenario)
    return study, tuning_film(study, scenario)


def swept(scenario: Scenario) -> Drawn:
    study = study_sweep(scenario, axes_of(("lr=1e-3:100:log:9",), scenario))
    return study, curve_film(study, scenario)


def mapped(scenario: Scenario) -> Drawn:
    study = study_sweep(scenario, axes_of(MAPPED, scenario), measure="outcome")
    return study, map_film(study, scenario)


def shaded(scenario: Scenario) -> Drawn:
    study = study_sweep(scenario, axes_of(MAPPED, scenario), measure="steps")
    return study, map_film(study, scenario)


def dived(scenario: Scenario) -> Drawn:
    axes = axes_of(("lr=1e-2:10:log:20", "momentum=0.1:0.9:linear:3"), scenario)
    study, found = study_dive(scenario, axes, (0.1, 0.5), 1)
    return study, dive_film(study, found, scenario)


def filled(scenario: Scenario) -> Drawn:
    study = study_basins(scenario, 24)
    return study, basin_film(study, scenario)


def played(scenario: Scenario) -> Drawn:
    study, kept = study_league(scenario)
    return study, league_film(study, kept)


TRIALS = {"trials": 5, "starts": {"random": 3}, "seeds": 2, "metric": "target"}
DRAWN: list[tuple[Callable[[Scenario], Drawn], dict[str, Any]]] = [
    (tuned, {"common": {"lr": {"tune": [1e-3, 1]}}, "tuning": TRIALS}),
    (swept, {}),
    (mapped, {}),
    (shaded, {}),
    (dived, {"optimizers": [{"momentum": {"lr": 0.01, "label": "A1"}}], "render.frames": 2}),
    (filled, {}),
    (played, {"league": {"functions": ["beale", "booth"], "rates": 3, "starts": {"random": 12}}}),
]


def texts_of(film: SheetFilm) -> list[str]:
    figure = film.board._figure
    inside = [text for axes in figure.axes for text in (*axes.texts, axes.xaxis.label, axes.yaxis.label)]
    return [text.get_text() for text in (*figure.texts, *inside)]


@pytest.mark.parametrize(("draw", "given"), few(DRAWN, 2))
def test_no_word_of_a_comparison_is_missing_in_the_catalogue(
    draw: Callable[[Scenario], Drawn], given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = loads(TEXT, overrides=given)
    monkeypatch.setattr(type(scenario), "say", property(lambda _: Nobodys()))
    study, film = draw(scenario)
    for text in [*texts_of(film), study.title, *study.small_print, study.alt_text]:
        own = re.sub(r"\$[^$]*\$|f\(x(, y)?\) = .*|1e-8", "", text)  # mathematics
        assert not {*re.findall("[A-Za-z][A-Za-z0-9]+", own)} - LEFT - NAMES - {"T1", "A1", "B2"}, text


@pytest.mark.parametrize(("draw", "given"), few(DRAWN, 2))
@pytest.mark.thorough
def test_data_are_the_same_in_every_language(draw: Callable[[Scenario], Drawn], given: dict[str, Any]) -> None:
    english, _ = draw(loads(TEXT, overrides=given))
    for language in LANGUAGES[1:]:
        study, film = draw(loads(TEXT, overrides={**given, "language": language}))
        assert study.small_print != study.terms == english.terms == english.small_print
        assert re.match(r".*[.?] [A-Z]", study.alt_text)
        theirs, ours = (one.document() for one in (english, study))
        assert str({**ours, "scenario": 0}) == str({**theirs, "scenario": 0})
        assert [*study.csv_rows()] == [*english.csv_rows()]
        assert not [text for text in texts_of(film) if "…" in text]  # nothing is cut, small print neither
