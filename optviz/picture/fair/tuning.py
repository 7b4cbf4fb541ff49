"""Draws a tuning: what each value tried gave, what was kept, and what the best of k trials would be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optviz.engine.tuning import MEASURES, Tuning
from optviz.engine.tuning_study import TuningStudy
from optviz.formula.typography import number
from optviz.picture.fair.chart import Axis, Chart, axis_of
from optviz.picture.fair.lines import Lines
from optviz.picture.fair.sheet import Marks, Sheet, SheetFilm, is_narrow, sheet_film
from optviz.picture.fair.table import HEAD_LINE_PX, LEAST_LINE_PX, draw_table, table_height
from optviz.picture.layout.page import Rect
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.style import own_style
from optviz.scenario import Scenario

Floats = NDArray[np.float64]

LEFT_SHARE, GUTTER_PX = 0.58, 70.0  # of the width, for the values tried; the gap to what stands beside them
TITLE_PX, FOOT_PX = 20.0, 34.0  # above and below axes
BELOW_PX = 12.0  # between the lowest axis' name and the small print
BAND_ALPHA = 0.07


@own_style()
def tuning_film(study: TuningStudy, scenario: Scenario) -> SheetFilm:
    """Return the picture of a tuning; as a film it tries one value after the other."""
    racers = len(study.tunings)
    sheet = Sheet(
        *(scenario, study.title, study.problem, study.small_print),
        counts=False,
        places=lambda inner: _places(inner, racers)[1:],
    )
    trials = max(one.trials for one in study.tunings.values())
    legend, tried, best = _places(sheet.inner, racers)
    badges = _legend(sheet, study, legend)
    sheet.layers += [*_tried(sheet, study, tried), *_best_of(sheet, study, best), Marks(badges)]
    return sheet_film(sheet, scenario, study.title, range(1, trials + 1))


def _places(inner: Rect, racers: int) -> tuple[Rect, Rect, Rect]:
    """Return the places of the table, of the values tried and of the best of k: side by side, or stacked."""
    inner = replace(inner, height=inner.height - BELOW_PX)
    if is_narrow(inner):
        legible = HEAD_LINE_PX + LEAST_LINE_PX * racers
        rows = min(table_height(racers), max(0.3 * inner.height, min(legible, 0.45 * inner.height)))
        left = inner.height - rows - 3 * TITLE_PX - FOOT_PX
        tried = Rect(inner.left, inner.top + rows + 2 * TITLE_PX, inner.width, LEFT_SHARE * left)
        top = tried.bottom + FOOT_PX + 1.5 * TITLE_PX
        return (
            Rect(inner.left, inner.top, inner.width, rows),
            tried,
            Rect(inner.left, top, inner.width, inner.bottom - top),
        )
    width = inner.width * LEFT_SHARE
    right = Rect(inner.left + width + GUTTER_PX, inner.top, inner.width - width - GUTTER_PX, inner.height)
    rows = min(table_height(racers), 0.55 * right.height)
    top = right.top + rows + 2 * TITLE_PX
    best = Rect(right.left, top, right.width, right.bottom - top)
    tried = Rect(inner.left, inner.top + TITLE_PX, width, inner.height - TITLE_PX)
    return Rect(right.left, right.top, right.width, rows), tried, best


def _legend(sheet: Sheet, study: TuningStudy, rect: Rect) -> list[PlacedSprite]:
    """Write what was kept of each racer: the values, what they gave, and whether they lie at an edge."""
    names = sorted(
        {name for one in study.tunings.values() for name in one.ranges}, key=lambda name: (name != "lr", name)
    )
    rows = []
    for label, one in study.tunings.items():
        values = [
            number(one.values[name], 4) + ("*" if name in one.edges else "") if name in one.values else ""
            for name in names
        ]
        rows.append((label, *values, _said(sheet, study, one)))
    metric = next(iter(study.tunings.values())).metric
    heads = ("", *names, sheet.page.say("steps") if metric == "target" else "f − min f")
    order = sorted(range(len(rows)), key=lambda row: float(list(study.tunings.values())[row].scores.min()))
    return draw_table(sheet, rect, heads, [rows[row] for row in order], [study.indices[row] for row in order])


def _said(sheet: Sheet, study: TuningStudy, one: Tuning) -> str:
    """Write what the value kept gave."""
    score = float(_score(study, one)[one.best])
    return number(score) if np.isfinite(score) else sheet.page.say("never" if one.metric == "target" else "diverged")


def _measure(sheet: Sheet, study: TuningStudy) -> str:
    """Return what the scores are called."""
    one, say = next(iter(study.tunings.values())), sheet.page.say
    name = say(MEASURES[one.metric])
    above = " − min f" if one.metric == "final" and study.problem.f_min is not None else ""
    return (say("median {measure}", measure=name) if one.runs > 1 else name) + above


def _score(study: TuningStudy, one: Tuning) -> Floats:
    """Return (trials,) the scores above the least that is possible, where that is known."""
    least = study.problem.f_min if one.metric == "final" else None
    return one.scores - (least or 0.0) if least is not None else one.scores


def _tried(sheet: Sheet, study: TuningStudy, rect: Rect) -> list[Layer]:
    """Draw the score of every value of the hyperparameter that most racers tune; of several as dots."""
    counts = Counter(name for one in study.tunings.values() for name in one.ranges)
    name = max(counts, key=lambda one: (counts[one], one == "lr"))
    shown = {index: one for index, one in zip(study.indices, study.tunings.values(), strict=True) if name in one.ranges}
    ranges = [one.ranges[name] for one in shown.values()]
    low, high, scale = min(one.low for one in ranges), max(one.high for one in ranges), ranges[0].scale
    scores = {racer: _score(study, one) for racer, one in shown.items()}
    y = axis_of(np.concatenate(list(scores.values())))
    say = sheet.page.say
    over = "" if all(np.isfinite(one).all() for one in scores.values()) else f"   ({say('top: diverged or never')})"
    title, below = _measure(sheet, study) + over, say("{name} tried", name=name)
    chart = Chart(sheet.page, rect, Axis(low, high, scale), y, title, below)
    paths, steps, rests = {}, {}, {}
    for racer, one in shown.items():
        points = chart.pixels(one.tried[name], scores[racer])
        rests[racer] = (float(points[one.best, 0]), float(points[one.best, 1]))
        if len(one.ranges) == 1:
            paths[racer], steps[racer] = points, np.arange(1, one.trials + 1)
        else:
            shares = chart.shares(one.tried[name], scores[racer])
            chart.axes.plot(*shares.T, ".", color=sheet.paint(racer)[0], alpha=0.5, markersize=7, markeredgewidth=0)
            paths[racer], steps[racer] = points[[one.best] * 2], np.array([1, one.trials])
    return [Lines(sheet, paths, steps, rests)]


def _best_of(sheet: Sheet, study: TuningStudy, rect: Rect) -> list[Layer]:
    """Draw the tuning curves: the best of k trials in the median, with bands."""
    least = study.least
    curves = {index: one.curve(least) for index, one in zip(study.indices, study.tunings.values(), strict=True)}
    shift = 0.0 if least == -np.inf else least
    y = axis_of(np.concatenate([curve.best - shift for curve in curves.values()]))
    trials = max(len(curve.trials) for curve in curves.values())
    chart = Chart(
        sheet.page,
        rect,
        Axis(1, max(trials, 2), "count"),
        y,
        sheet.page.say("best of k trials: {measure}, 95 % bands", measure=_measure(sheet, study)),
        sheet.page.say("k trials"),
    )
    paths, steps, rests = {}, {}, {}
    for racer, curve in curves.items():
        colour = sheet.paint(racer)[0]
        x = chart.x.places(curve.trials.astype(float))
        low, high = (chart.y.places(np.maximum(ends - shift, chart.y.low)) for ends in (curve.low, curve.high))
        chart.axes.fill_between(x, low, high, color=colour, alpha=BAND_ALPHA, linewidth=0)
        paths[racer] = chart.pixels(curve.trials.astype(float), curve.best - shift)
        steps[racer], rests[racer] = curve.trials, (float(paths[racer][-1, 0]), float(paths[racer][-1, 1]))
    return [Lines(sheet, paths, steps, rests)]
