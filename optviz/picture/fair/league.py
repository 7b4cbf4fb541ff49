"""Draws a league: the rankings by all protocols side by side, performance profiles, and the targets reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from optviz.engine.league_study import Curves, LeagueStudy
from optviz.engine.rulesets import RULESETS, Standings
from optviz.picture.fair.chart import Axis, Chart
from optviz.picture.fair.lines import Lines
from optviz.picture.fair.sheet import Sheet, SheetFilm, is_narrow, sheet_film
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import LABEL_PT, NAME_PT, SMALL_PT
from optviz.picture.machine.fonts import Face
from optviz.picture.machine.style import own_style
from optviz.picture.machine.text import broken
from optviz.scenario import Scenario

Floats = NDArray[np.float64]

MOST_LIT = 12  # rules in their colours; of more those that come first somewhere, the others are grey
LEFT_SHARE, GUTTER_PX = 0.54, 60.0  # of the width, for the rankings; the gap to what stands beside them
MOST_SHARE = 0.6  # of the height, for the rankings where nothing stands beside them
TITLE_PX, FOOT_PX = 22.0, 44.0  # above and below axes
HEADS_PX, HEAD_GAP_PX = 40.0, 8.0  # the heads of the rankings; between two of them
WORD_GAP_PX = 5.0  # between the small words below two of them
ROW_PX, LEAST_ROW_PX = 33.0, 12.0  # the most that a row of them takes; the least next to notes
NAME_GAP_PX, PLACE_PX = 26.0, 26.0  # between a head and its name; for the numbers of the places
BARS_PX, BAR_GAP_PX = 40.0, 3.4  # of the bars that say which places are possible: all of a column, and each
NOTE_LINE_PX, NOTE_GAP_PX = 14.0, 12.0  # of the lines that say what each protocol does; over them
BEND_POINTS = 24  # of a line between two rankings
LINE_WIDTH, GREY_WIDTH, BAR_WIDTH = 1.3, 0.8, 1.5
BAND_ALPHA, BAR_ALPHA = 0.08, 0.4
SHARES = Axis(0.0, 1.0, "linear")


@own_style()
def league_film(study: LeagueStudy, scenario: Scenario) -> SheetFilm:
    """Return the picture of a league; as a film its lines grow, one ranking after the other.

    scenario: with the rules that played as its racers.
    """
    played = scenario.say("on {names}", names=", ".join(study.league.functions))
    rules = len(study.league.labels)
    sheet = Sheet(
        *(scenario, study.title, played, study.small_print), counts=False, places=lambda inner: _places(inner, rules)
    )
    frames = scenario.render.frames
    lit = _lit(study)
    rankings, profile, targets = _places(sheet.inner, rules)
    sheet.layers += [
        _rankings(sheet, study, rankings, lit, frames),
        _profile(sheet, study.profile, profile, lit, frames),
        _targets(sheet, study.ecdf, targets, lit, frames),
    ]
    return sheet_film(sheet, scenario, study.title, range(1, frames + 1))


def _lit(study: LeagueStudy) -> list[int]:
    """Return the rules that have their colours: all, or of many those with the best places, the last drawn first."""
    best = np.min([one.places for one in study.standings.values()], axis=0)
    order = np.lexsort((study.chosen.places, best))
    return [int(rule) for rule in order[:MOST_LIT][::-1]]


def _places(inner: Rect, rules: int) -> tuple[Rect, Rect, Rect]:
    """Return the places of the rankings, of the profiles and of the targets: side by side, or stacked."""
    if is_narrow(inner):
        room = inner.height - 2 * (TITLE_PX + FOOT_PX)
        rankings = Rect(inner.left, inner.top, inner.width, min(HEADS_PX + ROW_PX * rules, MOST_SHARE * room))
        height = (room - rankings.height) / 2
        upper = Rect(inner.left, rankings.bottom + TITLE_PX, inner.width, height)
        return rankings, upper, replace(upper, top=upper.bottom + FOOT_PX + TITLE_PX)
    width = LEFT_SHARE * inner.width
    left = inner.left + width + GUTTER_PX
    height = (inner.height - 2 * TITLE_PX - 1.5 * FOOT_PX) / 2
    upper = Rect(left, inner.top + TITLE_PX, inner.right - left, height)
    lower = Rect(left, upper.bottom + FOOT_PX + TITLE_PX, inner.right - left, height)
    return Rect(inner.left, inner.top, width, inner.height), upper, lower


# --- rankings -------------------------------------------------------------------------------------


def _rankings(sheet: Sheet, study: LeagueStudy, rect: Rect, lit: Sequence[int], frames: int) -> Lines:
    """Draw a column of places for each protocol, and a line for each rule through its places."""
    page, labels, standings = sheet.page, study.league.labels, list(study.standings.values())
    notes = _notes(sheet, rect.width)
    room = rect.height - HEADS_PX
    notes_px = NOTE_LINE_PX * len(notes) + NOTE_GAP_PX
    if room - notes_px < LEAST_ROW_PX * len(labels):  # the manual says it too
        notes, notes_px = [], 0.0
    row = min(ROW_PX, (room - notes_px) / len(labels))
    size = max(SMALL_PT, (NAME_PT - 0.5) * min(1.0, row / 20))
    names = max(page.width_of(label, size) for label in labels) + NAME_GAP_PX
    heads = max(page.width_of(one.ruleset.titled(page.say), SMALL_PT) for one in standings) + HEAD_GAP_PX
    left, right = rect.left + PLACE_PX + names, rect.right - names
    is_named_twice = right - left >= heads * (len(standings) - 1)  # else the marks tell at the right
    across = np.linspace(left, right if is_named_twice else rect.right - heads / 2, len(standings))
    down: Floats = rect.top + HEADS_PX + row * (np.arange(len(labels), dtype=np.float64) + 0.5)
    _head_columns(sheet, study, across, rect.top)
    for place, y in enumerate(down.tolist(), 1):
        page.words(rect.left + PLACE_PX - 8, y + 4, str(place), SMALL_PT, page.theme.quiet, ha="right")
    for number, note in enumerate(notes):
        below = NOTE_GAP_PX + NOTE_LINE_PX * (number + 0.7)
        page.words(rect.left, float(down[-1]) + row / 2 + below, note, SMALL_PT, page.theme.quiet)
    axes = page.axes(rect)
    axes.set(xlim=(rect.left, rect.right), ylim=(rect.bottom, rect.top))
    axes.set_axis_off()
    _bars(sheet, axes, standings, across, down, lit)
    paths = {}
    for rule in [*set(range(len(labels))) - set(lit), *lit]:
        y = down[[one.order.index(rule) for one in standings]]
        ends = [(across[0], y[0]), (across[-1], y[-1])] if is_named_twice else [(across[0], y[0])]
        _name(sheet, labels[rule], rule in lit, size, ends)
        if rule in lit:
            paths[rule] = axes.transData.transform(_bent(across, y))
        else:
            axes.plot(*_bent(across, y).T, color=page.theme.faint, linewidth=GREY_WIDTH)
    steps = {rule: np.rint(np.linspace(1, frames, len(path))).astype(np.int64) for rule, path in paths.items()}
    stations = {rule: path[::BEND_POINTS] for rule, path in paths.items()}
    return Lines(sheet, paths, steps, width=LINE_WIDTH, stations=stations)


def _bars(
    sheet: Sheet, axes: Axes, standings: Sequence[Standings], across: Floats, down: Floats, lit: Sequence[int]
) -> None:
    """Draw behind each column the places that each rule may have, the rules from left to right as they are placed."""
    rows = len(down)
    reach = 0.3 * (down[-1] - down[0]) / max(1, rows - 1)
    for x, one in zip(across, standings, strict=True):
        for rule in lit:
            top, bottom = down[one.first_place[rule] - 1] - reach, down[one.last_place[rule] - 1] + reach
            at = x + (one.order.index(rule) - (rows - 1) / 2) * min(BAR_GAP_PX, BARS_PX / rows)
            colour = sheet.paint(rule)[0]
            axes.plot([at, at], [top, bottom], color=colour, alpha=BAR_ALPHA, linewidth=BAR_WIDTH, zorder=0)


def _bent(x: Floats, y: Floats) -> Floats:
    """Return a line through points (x, y) that is level at each of them; every BEND_POINTS-th of its points is one."""
    bend = np.linspace(0, 1, BEND_POINTS, endpoint=False)
    along = x[:-1, np.newaxis] + np.outer(np.diff(x), bend)
    up = y[:-1, np.newaxis] + np.outer(np.diff(y), bend * bend * (3 - 2 * bend))
    return np.column_stack([np.append(along.ravel(), x[-1]), np.append(up.ravel(), y[-1])])


def _notes(sheet: Sheet, room: float) -> list[str]:
    """Return what each protocol does, and what the bars are, broken into lines."""
    letters, most = sheet.page.lettering(SMALL_PT, sheet.page.theme.quiet), room * sheet.page.scale
    say = sheet.page.say
    said = [f"{one.titled(say)}: {say(one.says)}." for one in RULESETS.values()]
    said.append(
        say("Bars: places possible (95 %), and the probability that the first is first, if starts are drawn again.")
    )
    return [line for text in said for line in broken(text, most, letters.width)]


def _name(sheet: Sheet, label: str, is_lit: bool, size: float, ends: Sequence[tuple[float, float]]) -> None:
    """Write a rule's name to the left of its line's first end, and to the right of its last one if it is given."""
    page = sheet.page
    colour = page.theme.ink if is_lit else page.theme.quiet
    lower = 0.26 * size * 100 / 72
    (x, y), *last = ends
    page.words(x - NAME_GAP_PX, y + lower, label, size, colour, ha="right")
    for x, y in last:
        page.words(x + NAME_GAP_PX, y + lower, label, size, colour)


def _head_columns(sheet: Sheet, study: LeagueStudy, across: Floats, top: float) -> None:
    """Write over each column its protocol, and how probable it is that the first is the first."""
    page, column = sheet.page, float(across[1] - across[0])
    titles = [one.ruleset.titled(page.say) for one in study.standings.values()]
    widths = {size: max(page.width_of(title, size, "bold") for title in titles) for size in (LABEL_PT, SMALL_PT)}
    size = (
        LABEL_PT if widths[LABEL_PT] + HEAD_GAP_PX <= column else SMALL_PT * min(1.0, column / (widths[SMALL_PT] + 2))
    )
    shares = [f"{100 * one.first[one.places == 1].sum():.0f}" for one in study.standings.values()]
    told = [page.say("first: {share} %", share=share) for share in shares]
    wide = [page.width_of(said, SMALL_PT) for said in told]
    if max((left + right) / 2 for left, right in pairwise(wide)) > column - WORD_GAP_PX:
        told = [f"{share} %" for share in shares]
    for x, name, title, said in zip(across, study.standings, titles, told, strict=True):
        face: Face = "bold" if name == study.ruleset else "regular"
        page.words(x, top + 8, title, size, page.theme.ink, face=face, ha="center")
        page.words(x, top + 24, said, SMALL_PT, page.theme.quiet, ha="center")


# --- curves ---------------------------------------------------------------------------------------


def _profile(sheet: Sheet, curves: Curves, rect: Rect, lit: Sequence[int], frames: int) -> Lines:
    """Draw the performance profiles with their bands."""
    title = sheet.page.say("share arrived: performance profiles with 95 % bands")
    chart = Chart(
        sheet.page,
        rect,
        _counts(curves),
        _shares(curves),
        title,
        sheet.page.say("times the fastest rule's gradients"),
    )
    return _curves(sheet, chart, curves, lit, frames)


def _targets(sheet: Sheet, curves: Curves, rect: Rect, lit: Sequence[int], frames: int) -> Lines:
    """Draw the shares of targets reached with their bands."""
    title, below = (
        sheet.page.say("share of 51 targets reached, one rate for all functions"),
        sheet.page.say("gradients"),
    )
    chart = Chart(sheet.page, rect, _counts(curves), _shares(curves), title, below)
    return _curves(sheet, chart, curves, lit, frames)


def _counts(curves: Curves) -> Axis:
    """Return the axis of counts from 1, where one step is all there is too."""
    return Axis(1, max(2.0, float(curves.x[-1])), "count")


def _shares(curves: Curves) -> Axis:
    """Return the axis of shares, as high as the curves and their bands need."""
    return Axis(0.0, min(1.0, float(np.ceil(20 * curves.high.max() + 0.2) / 20)), "linear")


def _curves(sheet: Sheet, chart: Chart, curves: Curves, lit: Sequence[int], frames: int) -> Lines:
    theme = sheet.page.theme
    across = chart.x.places(curves.x)
    paths, steps = {}, {}
    for rule in set(range(len(curves.y))) - set(lit):
        chart.axes.plot(across, chart.y.places(curves.y[rule]), color=theme.faint, linewidth=GREY_WIDTH)
    for rule in lit:
        low, high = (chart.y.places(ends[rule]) for ends in (curves.low, curves.high))
        colour = sheet.paint(rule)[0]
        chart.axes.fill_between(across, low, high, color=colour, alpha=BAND_ALPHA, linewidth=0)
        paths[rule] = chart.pixels(curves.x, curves.y[rule])
        steps[rule] = np.maximum(1, np.rint(across * frames)).astype(np.int64)
    return Lines(sheet, paths, steps, width=LINE_WIDTH)
