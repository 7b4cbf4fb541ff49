"""Lays a race out as a page: numbers and colours as data, the function and the rules as JavaScript."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.engine.export import as_written, jsonable
from optviz.engine.result import Racer, Result
from optviz.engine.window import MOST_GROWTH, shown_window
from optviz.formula.codegen.python import compile_kernel
from optviz.formula.pretty import pretty
from optviz.formula.typography import minus
from optviz.frames import Pixels
from optviz.optimizers import OPTIMIZERS, BoundRule, bind
from optviz.optimizers.trace import TraceError, Update
from optviz.output.html import Page
from optviz.picture.layout.theme import THEMES, Theme, identity, paints
from optviz.picture.overlays.captions import lesson_over
from optviz.picture.panels.coordinates import MEDIAN, NORM, RMS, Part, parts
from optviz.picture.panels.ranking import rate_of
from optviz.picture.scene import LEAST_LOG_STEPS
from optviz.picture.terms import bead_every, footer_terms, has_beads
from optviz.picture.views.contours import height_map
from optviz.picture.views.curve import values_shown
from optviz.picture.views.landscape import holds, land_of
from optviz.picture.views.time import coordinate_range
from optviz.pipeline.alt_text import alt_text
from optviz.pipeline.page_rules import Printer, float32
from optviz.problems import Problem, local_minima_in
from optviz.problems.bounds import Bounds, Point
from optviz.scenario import Scenario
from optviz.scenario.models import RacerSpec

Array = NDArray[np.float64]

MOST_RECORDED_ROWS = 2_000  # of one racer; a longer run is thinned
LAND_SIDE, CURVE_SAMPLES = 120, 1200  # heights of a function that is not printed
MOST_SWARM_STARTS = 400
DOT_BETWEEN_LETTERS = re.compile(
    r"(?:(?<=[\d)])|(?<=\b[A-Za-z])|(?<=[a-z][⁰¹²³⁴⁵⁶⁷⁸⁹]))·(?=[a-z](?![A-Za-z0-9_]|\()|\()"
)
WIDE_AND_TALL = (2.2, 0.7)  # width / height of the map
IDENTITIES = 24  # colours and markers for racers that a reader adds

_VIEWS = {
    "map": "map",
    "surface": "map",
    "grid": "map",
    "curve": "curve",
    "time": "time",
    "effective_lr": "time",
    "network": "loss",
    "landscape": "map",
    "losses": "loss",
}


def page_of(scenario: Scenario, result: Result, poster: Pixels | None) -> Page:
    """Return the page of a race; ``poster`` is the picture of its end, for where scripts do not run."""
    printer = Printer(scenario, result.problem, len(result.racers))
    words, small_print = alt_text(scenario, result), "  ·  ".join(footer_terms(scenario, result))
    if result.landscape is not None:
        result = result.landscape.flat(result)
    looks = _looks(scenario)
    racers = [
        _racer(printer, racer, spec, look)
        for racer, spec, look in zip(result.racers, scenario.optimizers, looks, strict=True)
    ]
    if result.landscape is not None:
        for racer, losses in zip(racers, result.landscape.losses, strict=True):
            racer["inPlane"] = float32(losses[_kept_rows(len(losses) - 1)])
    rules = list(_rules(printer)) if any(racer["kernel"] is not None for racer in racers) else []
    return Page(
        title=scenario.title,
        scenario=scenario.source_text,
        recipe=scenario.recipe,
        words=words,
        document={
            **_document(scenario, result),
            "smallPrint": small_print,
            "own": _own_code(result),
            **printer.document,
            "racers": racers,
            "rules": rules,
        },
        code=printer.code,
        poster=poster,
    )


def _document(scenario: Scenario, result: Result) -> dict[str, Any]:
    """Return what the page must know of the scenario, the problem and the look."""
    render, problem = scenario.render, result.problem
    view = _VIEWS[render.view]
    return {
        "title": " ".join(scenario.title.split()),
        "steps": result.steps,
        "seconds": render.frames / render.fps,
        "loop": render.loop is not False,
        "logSteps": render.pace == "log" and result.steps >= LEAST_LOG_STEPS,
        "view": view,
        "note": _note(scenario, result),
        "lesson": lesson_over(result, scenario),
        "start": result.racers[0].x[0].tolist() if problem.has_land else [],
        "problem": _problem(scenario, result, view),
        "finish": {"distance": result.finish.distance, "gap": result.finish.gap},
        **_land(scenario, result, view),
        "equal": view == "map"
        and render.aspect == "equal"
        and problem.symbols is not None
        and _is_roundish(_window(scenario, result)),
        "swarm": _swarm(result),
        "panels": [name for name in render.panels if not (name == "loss" and view == "loss")],
        "focus": None if render.focus is None else [one.label for one in scenario.optimizers].index(render.focus),
        "beads": bead_every(result.steps) if has_beads(scenario, result) else 0,
        "podium": render.podium,
        "trail": None if render.trail == "full" else 0 if render.trail == "none" else render.trail,
        "themes": {"light": _theme(THEMES["light"]), "dark": _theme(THEMES["dark"]), "paper": _theme(THEMES["paper"])},
        "scheme": None if render.themes[0] == "light" else render.themes[0],
        "palette": [_paint(index) for index in range(IDENTITIES)],
        "captions": [{"at": one.at, "until": getattr(one, "until", None), "text": one.text} for one in render.written],
        "pauses": [{"at": one.at, "seconds": one.seconds, "text": one.text} for one in render.pauses],
        "scenario": _lean(scenario, result),
    }


def _own_code(result: Result) -> str:
    """Return a comment that names what no file holds, above a scenario that is copied from the page."""
    rules = [one.label for one in result.racers if one.rule.is_custom and not one.rule.rule.library]
    own = [*rules, *([result.problem.title] if result.problem.custom and not result.problem.recorded else [])]
    return f"# Python's own, which no file holds: {' '.join(', '.join(own).split())}\n" if own else ""


def _note(scenario: Scenario, result: Result) -> str:
    """Say where the page is not the film."""
    view, runs = scenario.render.view, result.racers[0].runs
    notes = {
        "Seen from above here; the film shows it in space.": view == "surface",
        "All on one map here; the film shows one a racer.": view == "grid",
        "A network is not trained in the page: its racers are played from what was recorded.": view == "network",
        _held(scenario, result): result.landscape is not None,
        "The ranking here is that of the race from the median start; the swarm is drawn as a cloud.": bool(runs),
        "The film takes steps apart, which the page leaves out.": bool(scenario.render.anatomy),
    }
    return " ".join(note for note, holds in notes.items() if holds)


def _held(scenario: Scenario, result: Result) -> str:
    """Say what the plane of a landscape holds, and that the page plays the race on it."""
    if result.landscape is None:
        return ""
    sentence, *_ = holds(result.landscape, scenario.say)
    return f"{sentence[0].upper()}{sentence[1:]}. A network is not trained in the page: land and paths are recorded."


def _swarm(result: Result) -> list[list[float]]:
    """Return the starts of a swarm, no more than the page runs at once."""
    runs, network = result.racers[0].runs, result.problem.network
    return [] if runs is None or network else runs.courses[0].starts.T[:MOST_SWARM_STARTS].tolist()


def _window(scenario: Scenario, result: Result, aspect: float | None = None) -> Bounds:
    """Return the part of the function's plane that the film shows, whatever the shape of the page unless given."""
    if result.landscape is not None:
        return result.landscape.window
    given = scenario.function is not None and scenario.function.window is not None
    return shown_window(result, given=given, aspect=aspect)


def _is_roundish(window: Bounds) -> bool:
    """Return whether equal scales leave room for paths on a page."""
    (left, right), (bottom, top) = window
    return max((right - left) / (top - bottom), (top - bottom) / (right - left)) <= MOST_GROWTH


def _problem(scenario: Scenario, result: Result, view: str) -> dict[str, Any]:
    problem = result.problem
    best = result.best_fixed_point
    window: Any = None if view == "loss" else _window(scenario, result)
    if view == "time":
        window = [coordinate_range(result, axis) for axis in range(problem.dim)]
    return {
        "dim": problem.dim if problem.has_land else 1,  # what stands for all weights is one number
        "title": "" if problem.name == "formula" else problem.title,
        "formula": _formula(problem) if problem.has_land and problem.formula else "",
        "window": window,
        "domain": problem.domain,
        "minima": problem.minima,
        "localMinima": problem.local_minima,
        "stars": _stars(scenario, result) if view in ("map", "curve") and problem.has_land else (),
        "fMin": problem.f_min,
        "online": problem.online,
        "network": not problem.has_land,
        "best": None if best is None else best.tolist(),
        "judgedIn": problem.window,
    }


def _stars(scenario: Scenario, result: Result) -> Sequence[Point]:
    """Return the local minima of the land that a page shows, wide or tall."""
    if result.problem.dim == 1:
        return local_minima_in(result.problem, _window(scenario, result))
    sides = zip(*(_window(scenario, result, aspect) for aspect in WIDE_AND_TALL), strict=True)
    return local_minima_in(result.problem, tuple((min(a[0], b[0]), max(a[1], b[1])) for a, b in sides))


def _formula(problem: Problem) -> str:
    """Return the formula as the film has it, one letter right after another: f(x, y) = 2x + xy²."""
    value = {1: "f(x)", 2: "f(x, y)"}.get(problem.dim, "f")
    return f"{value} = {DOT_BETWEEN_LETTERS.sub('', minus(pretty(problem.formula)))}"


def _land(scenario: Scenario, result: Result, view: str) -> dict[str, Any]:
    """Return how the function is drawn: the levels of a map, the vertical axis of a curve, heights where needed."""
    problem, found = result.problem, {"levels": [], "lines": True, "values": None, "land": None}
    if view == "map" and result.landscape is not None:
        heights = land_of(result.landscape, scenario.render.levels)
        found |= {"levels": heights.levels.heights.tolist(), "lines": heights.lines}
        found["land"] = {"size": result.landscape.grid, "z": float32(heights.z)}
    elif view == "map":
        heights = height_map(problem, _window(scenario, result), scenario.render.levels)
        found |= {"levels": heights.levels.heights.tolist(), "lines": heights.lines}
        if problem.symbols is None:
            coarse = height_map(problem, _window(scenario, result), scenario.render.levels, LAND_SIDE)
            found["land"] = {"size": LAND_SIDE, "z": float32(coarse.z)}
    if view == "curve":
        ((low, high),) = _window(scenario, result)
        with np.errstate(all="ignore"):  # a formula may have no value in a part of its window
            y = np.asarray(problem.value(np.linspace(low, high, CURVE_SAMPLES)[None], 1.0), float)
        found["values"] = scenario.render.values or values_shown(y)
        if problem.symbols is None:
            found["land"] = {"size": CURVE_SAMPLES, "z": float32(y)}
    return found


def _theme(theme: Theme) -> dict[str, Any]:
    names = ("page", "ink", "quiet", "faint", "land", "contour", "curve", "line")
    return {name: getattr(theme, name) for name in names}


def _paint(index: int) -> dict[str, Any]:
    """Return the colours, by theme, and the marker of the racer at that place."""
    colour, marker = identity(index)
    return {"colours": {name: theme.racers[colour] for name, theme in THEMES.items()}, "marker": marker}


def _looks(scenario: Scenario) -> list[dict[str, Any]]:
    """Return every racer's colours, by theme, and its marker."""
    drawn = {name: paints(scenario.optimizers, theme) for name, theme in THEMES.items()}
    return [
        {"colours": {name: looks[racer][0] for name, looks in drawn.items()}, "marker": drawn["light"][racer][1]}
        for racer in range(len(scenario.optimizers))
    ]


_NOT_COPIED = {"output", "optimizers", "common", "tuning", "table"}  # what the page has in other words


def _lean(scenario: Scenario, result: Result) -> dict[str, Any]:
    """Return the scenario without defaults, racers and output, with what was found out: title, minima, finish."""
    lean = scenario.model_dump(mode="json", exclude=_NOT_COPIED, exclude_defaults=True)
    lean |= {"title": scenario.title, "steps": scenario.steps}
    for key in ("function", "finish"):
        if isinstance(lean.get(key), dict):
            lean[key] = {name: value for name, value in lean[key].items() if value is not None}
    if result.problem.minima_found and result.problem.minima and "function" in lean:
        found = [*result.problem.minima, *result.problem.local_minima]
        lean["function"]["minima"] = [list(point) if len(point) > 1 else point[0] for point in found]
    written: dict[str, Any] = as_written(jsonable(lean))
    return written


# --- racers and rules -----------------------------------------------------------------------------


def _racer(printer: Printer, racer: Racer, spec: RacerSpec, look: dict[str, Any]) -> dict[str, Any]:
    why, printed = printer.obstacle, None
    if not why:
        try:
            update = printer.trace(racer.rule)
            if racer.rule.is_custom and not _agrees(update, racer):
                why = "recorded: it does not always do the same at the same point"
            else:
                printed = printer.print(racer.rule, update)
        except TraceError as error:
            why = f"recorded: {error.issues[0].message}"
    return {
        "label": racer.label,
        "rule": racer.rule.name,
        **look,
        "rate": rate_of(racer),
        "written": _written(spec.model_copy(update={"rule": racer.rule})),
        **(_NOTHING if printed is None else printed),
        "recorded": _recorded(racer) if printed is None else None,
        "why": why,
    }


_NOTHING: Mapping[str, Any] = {"kernel": None, "h": [], "knobs": []}


def _rules(printer: Printer) -> Iterator[dict[str, Any]]:
    """Yield every rule of the catalogue with its defaults, for racers that a reader adds."""
    for rule in OPTIMIZERS.values():
        bound = bind(rule, {}, printer.steps)
        yield {"name": rule.name, "label": rule.label, **printer.print(bound, printer.trace(bound), races=False)}


def _written(spec: RacerSpec) -> dict[str, Any]:
    """Return a racer as a scenario writes it, without what is the default anyway."""
    ((name, keys),) = spec.model_dump(mode="json").items()
    others = {key: value for key, value in keys.items() if key not in spec.hyperparameters}
    if others["label"] == spec.rule.rule.label:
        del others["label"]
    return {name: {**_without_defaults(spec.rule), **as_written(others)}}


def _without_defaults(bound: BoundRule) -> dict[str, Any]:
    if bound.rule.library:  # which hyperparameters are defaults there is for the library to say
        return {}
    defaults = bind(bound.rule, {}, bound.steps).hyperparameters
    return {
        name: {value.name: _without_defaults(value)} if isinstance(value, BoundRule) else as_written(spelled)
        for (name, spelled), value in zip(bound.hyperparameters.items(), bound.values.values(), strict=True)
        if spelled != defaults[name]
    }


def _agrees(update: Update, racer: Racer) -> bool:
    """Return whether a traced rule of the user's takes every recorded step: what is traced once may have a memory.

    Only a rule without noise or clipping whose one gradient is taken where it stands can be held to its record.
    """
    path, axes = racer.trajectory, range(update.dim)
    stands = tuple(node.name for node in update.gradients[0]) == tuple(f"x_{i}" for i in axes)
    noisy = any(node.name.startswith(("factor", "noise")) for node in update.table.columns.values())
    if len(update.gradients) > 1 or not stands or update.next or noisy or racer.rule.clip is not None:
        return False
    names = [*(f"x_{i}" for i in axes), *update.gradient_variables(0), *update.table.columns]
    columns = update.table.rows(path.steps) if path.steps else np.empty((0, len(update.table.columns)))
    with np.errstate(all="ignore"):
        moved = compile_kernel(update.x, names)(*path.x[:-1].T, *path.gradient.T, *columns.T)
    return all(np.array_equal(np.broadcast_to(new, path.steps), path.x[1:, i]) for i, new in enumerate(moved))


def _recorded(racer: Racer) -> dict[str, Any]:
    """Return a racer's track, thinned where it is long: a row a step of point, gradient, effective rate, states.

    Of a network's weights, those are not a number each, but what panels show: norm, median, root mean square.
    """
    trajectory = racer.trajectory
    chosen = _kept_rows(trajectory.steps)
    gradient = trajectory.gradient if len(trajectory.gradient) else np.full_like(trajectory.x[1:], np.nan)
    rate, states = trajectory.effective_lr, trajectory.state.values()
    quantities = [
        (gradient, NORM),
        *((one, MEDIAN) for one in [rate] if one is not None),
        *((one, RMS) for one in states),
    ]
    columns = [_summed(trajectory.x, NORM), *(_from_one(_summed(one, summary)) for one, summary in quantities)]
    return {
        "rows": float32(np.concatenate(columns, axis=1)[chosen]),
        "f": float32(trajectory.f[chosen]),
        "divergedAt": trajectory.diverged_at,
        "every": _every(trajectory.steps),
        "kept": trajectory.steps,
        "stays": racer.judgement.stays.tolist(),
        "stoppedAt": racer.stopped_at,
        "states": list(trajectory.state),
        "effective": rate is not None,
    }


def _summed(column: Array, summary: Part) -> Array:
    """Return (steps, dim) numbers of few coordinates as they are, of many what stands for all of them."""
    return np.stack([part.of(column) for part in parts(column.shape[1], summary)], axis=1)


def _every(steps: int) -> int:
    """Return from how many steps a recorded track keeps one."""
    return math.ceil((steps + 1) / MOST_RECORDED_ROWS)


def _kept_rows(steps: int) -> list[int]:
    return [*range(0, steps, _every(steps)), steps]


def _from_one(column: Array) -> Array:
    """Return a column that begins at step 1 with a row for the start, which has none."""
    return np.concatenate([np.full((1, *column.shape[1:]), np.nan), column])
