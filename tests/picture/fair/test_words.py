"""Words of comparisons on a small page: whole, inside it, and apart from one another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from matplotlib.text import Text

from optviz.picture.fair.league import league_film
from optviz.picture.fair.sheet import SheetFilm
from optviz.picture.fair.sweep import curve_film, map_film
from optviz.picture.fair.tuning import tuning_film
from optviz.pipeline.league import study_league
from optviz.pipeline.sweep import axes_of, study_sweep
from optviz.pipeline.tune import study_tuning
from optviz.scenario import loads

SIZES = ["480p", "480x854"]


def tuning(size: str) -> SheetFilm:
    racers = "[adam: {lr: {tune: [1.0e-3, 100]}}, sgd, momentum: {momentum: {tune: [0.3, 0.99]}}]"
    common = "common: {lr: {tune: [1.0e-3, 100]}}, tuning: {trials: 9, starts: {random: 3}}"
    scenario = loads(
        f"{{function: himmelblau, steps: 20, optimizers: {racers}, {common}, render: {{size: {size}, frames: 2}}}}"
    )
    return tuning_film(study_tuning(scenario), scenario)


def league(size: str) -> SheetFilm:
    racers = (
        "[sgd: {label: Gradient descent}, momentum, nesterov, adagrad, rmsprop, rprop, adam, amsgrad, adamax, lion]"
    )
    played = "league: {functions: [sphere, beale], rates: 5, starts: {random: 11}}"
    return league_film(
        *study_league(
            loads(f"{{function: beale, steps: 9, optimizers: {racers}, {played}, render: {{size: {size}, frames: 2}}}}")
        )
    )


def sweep(size: str, *over: str) -> SheetFilm:
    racers = "[momentum: {lr: 0.01}, rmsprop: {lr: 0.02, momentum: 0.2}]"
    scenario = loads(f"{{function: himmelblau, steps: 20, optimizers: {racers}, render: {{size: {size}, frames: 2}}}}")
    study = study_sweep(scenario, axes_of(list(over), scenario))
    return (curve_film if len(over) == 1 else map_film)(study, scenario)


def curves(size: str) -> SheetFilm:
    return sweep(size, "lr=1e-3:1:log:9")


def maps(size: str) -> SheetFilm:
    return sweep(size, "lr=1e-3:1:log:9", "momentum=0.1:0.9:linear:8")


@pytest.mark.thorough
@pytest.mark.parametrize("draw", [tuning, league, curves, maps])
@pytest.mark.parametrize("size", SIZES)
def test_words_are_inside_the_page_and_apart(draw: Callable[[str], SheetFilm], size: str) -> None:
    figure = draw(size).board._figure
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    boxes = {text: text.get_window_extent(figure.canvas.get_renderer()) for text in texts}
    for text, box in boxes.items():
        assert box.x0 >= 0, text
        assert box.x1 <= figure.bbox.width, text
    for (text, one), (other, two) in combinations(boxes.items(), 2):
        across = min(one.x1, two.x1) - max(one.x0, two.x0)
        up = min(one.y1, two.y1) - max(one.y0, two.y0)
        assert across <= 2 or up <= 0, (text, other)
