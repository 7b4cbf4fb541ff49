"""Lays a race out as a page: numbers and colours as data, the function and the rules as JavaScript."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.engine.anatomy import SECOND_SLOPE, described, filled
from optviz.engine.export import as_written, jsonable
from optviz.engine.result import Racer, Result
from optviz.engine.window import MOST_GROWTH, shown_window
from optviz.formula.codegen import javascript
from optviz.formula.codegen.python import compile_kernel
from optviz.formula.pretty import pretty
from optviz.formula.typography import minus
from optviz.frames import Pixels
from optviz.optimizers import OPTIMIZERS, BoundRule, bind
from optviz.optimizers.bound_rule import Schedule
from optviz.optimizers.javascript import GRADIENT, SLOPES, RuleScript, formula_code, rule_script
from optviz.optimizers.parameters import Parameter
from optviz.optimizers.trace import Point, TraceError, Update, trace
from optviz.output.html import Page
from optviz.picture.layout.theme import THEMES, Theme, identity, paints
from optviz.picture.overlays.captions import lesson_over
from optviz.picture.panels.ranking import rate_of
from optviz.picture.terms import terms
from optviz.picture.views.contours import height_map
from optviz.picture.views.curve import values_shown
from optviz.picture.views.time import coordinate_range
from optviz.pipeline.alt_text import alt_text
from optviz.problems import Problem, draw_noise
from optviz.problems.bounds import Bounds
from optviz.scenario import Scenario
from optviz.scenario.models import RacerSpec

Array = NDArray[np.float64]

MOST_LIVE_ROWS = 3_000_000  # steps of all racers: beyond it a browser would need gigabytes
MOST_RECORDED_ROWS = 2_000  # of one racer; a longer run is thinned
LAND_SIDE, CURVE_SAMPLES = 120, 1200  # heights of a function that is not printed
MOST_SWARM_STARTS = 400
IDENTITIES = 24  # colours and markers for racers that a reader adds
LONGEST_INTEGER_BITS = 200  # of the products from which powers are rounded

_VIEWS = {
    "map": "map",
    "surface": "map",
    "grid": "map",
    "curve": "curve",
    "time": "time",
    "network": "loss",
    "losses": "loss",
}


def page_of(scenario: Scenario, result: Result, poster: Pixels | None) -> Page:
    """Return the page of a race; ``poster`` is the picture of its end, for where scripts do not run."""
    printer = _Printer(scenario, result.problem, len(result.racers))
    looks = _looks(scenario)
    racers = [
        _racer(printer, racer, spec, look)
        for racer, spec, look in zip(result.racers, scenario.optimizers, looks, strict=True)
    ]
    rules = list(_rules(printer)) if any(racer["kernel"] is not None for racer in racers) else []
    return Page(
        title=scenario.title,
        scenario=scenario.source_text,
        words=alt_text(scenario, result),
        document={**_document(scenario, result), **printer.document, "racers": racers, "rules": rules},
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
        "view": view,
        "note": _note(scenario, result),
        "smallPrint": "  ·  ".join(terms(scenario, result)),
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
        "trail": None if render.trail == "full" else 0 if render.trail == "none" else render.trail,
        "themes": {"light": _theme(THEMES["light"]), "dark": _theme(THEMES["dark"]), "paper": _theme(THEMES["paper"])},
        "scheme": None if render.themes[0] == "light" else render.themes[0],
        "palette": [_paint(index) for index in range(IDENTITIES)],
        "captions": [{"at": one.at, "until": getattr(one, "until", None), "text": one.text} for one in render.captions],
        "pauses": [{"at": one.at, "seconds": one.seconds, "text": one.text} for one in render.pauses],
        "scenario": _lean(scenario, result),
    }


def _note(scenario: Scenario, result: Result) -> str:
    """Say where the page is not the film."""
    view, runs = scenario.render.view, result.racers[0].runs
    notes = {
        "Seen from above here; the film shows it in space.": view == "surface",
        "All on one map here; the film shows one a racer.": view == "grid",
        "A network is not trained in the page: its racers are played from what was recorded.": view == "network",
        "The ranking here is that of the race from the median start; the swarm is drawn as a cloud.": bool(runs),
        "The film takes steps apart, which the page leaves out.": bool(scenario.render.anatomy),
    }
    return " ".join(note for note, holds in notes.items() if holds)


def _swarm(result: Result) -> list[list[float]]:
    """Return the starts of a swarm, no more than the page runs at once."""
    runs, network = result.racers[0].runs, result.problem.network
    return [] if runs is None or network else runs.courses[0].starts.T[:MOST_SWARM_STARTS].tolist()


def _window(scenario: Scenario, result: Result) -> Bounds:
    """Return the part of the function's plane that the film shows, whatever the shape of the page."""
    return shown_window(result, given=scenario.function is not None and scenario.function.window is not None)


def _is_roundish(window: Bounds) -> bool:
    """Whether equal scales leave room for paths on a page."""
    (left, right), (bottom, top) = window
    return max((right - left) / (top - bottom), (top - bottom) / (right - left)) <= MOST_GROWTH


def _problem(scenario: Scenario, result: Result, view: str) -> dict[str, Any]:
    problem = result.problem
    best = result.best_fixed_point
    window: Any = None if view == "loss" else _window(scenario, result)
    if view == "time":
        window = [coordinate_range(result, axis) for axis in range(problem.dim)]
    return {
        "dim": problem.dim,
        "title": "" if problem.name == "formula" else problem.title,
        "formula": minus(pretty(problem.formula)) if problem.has_land else "",
        "window": window,
        "domain": problem.domain,
        "minima": problem.minima,
        "localMinima": problem.local_minima,
        "fMin": problem.f_min,
        "online": problem.online,
        "network": not problem.has_land,
        "best": None if best is None else best.tolist(),
        "judgedIn": problem.window,
    }


def _land(scenario: Scenario, result: Result, view: str) -> dict[str, Any]:
    """Return how the function is drawn: the levels of a map, the vertical axis of a curve, heights where needed."""
    problem, found = result.problem, {"levels": [], "lines": True, "values": None, "land": None}
    if view == "map":
        heights = height_map(problem, _window(scenario, result), scenario.render.levels)
        found |= {"levels": heights.levels.heights.tolist(), "lines": heights.lines}
        if problem.symbols is None:
            coarse = height_map(problem, _window(scenario, result), scenario.render.levels, LAND_SIDE)
            found["land"] = {"size": LAND_SIDE, "z": _float32(coarse.z)}
    if view == "curve":
        ((low, high),) = _window(scenario, result)
        with np.errstate(all="ignore"):  # a formula may have no value in a part of its window
            y = np.asarray(problem.value(np.linspace(low, high, CURVE_SAMPLES)[None], 1.0), float)
        found["values"] = scenario.render.values or values_shown(y)
        if problem.symbols is None:
            found["land"] = {"size": CURVE_SAMPLES, "z": _float32(y)}
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


_NOT_COPIED = {"output", "optimizers", "common", "starts", "tuning", "table"}  # what the page has in other words


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


def _racer(printer: _Printer, racer: Racer, spec: RacerSpec, look: dict[str, Any]) -> dict[str, Any]:
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


def _rules(printer: _Printer) -> Iterator[dict[str, Any]]:
    """Yield every rule of the catalogue with its defaults, for racers that a reader adds."""
    for rule in OPTIMIZERS.values():
        bound = bind(rule, {}, printer.steps)
        yield {"name": rule.name, "label": rule.label, **printer.print(bound, printer.trace(bound))}


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
    """Whether a traced rule of the user's takes every recorded step: what is traced once may have a memory.

    Only a rule without noise or clipping whose one gradient is taken where it stands can be held to its record.
    """
    path, axes = racer.trajectory, range(update.dim)
    stands = tuple(node.name for node in update.gradients[0]) == tuple(f"x_{i}" for i in axes)
    noisy = any(node.name.startswith("noise") for node in update.table.columns.values())
    if len(update.gradients) > 1 or not stands or update.next or noisy or racer.rule.clip is not None:
        return False
    names = [*(f"x_{i}" for i in axes), *update.gradient_variables(0), *update.table.columns]
    columns = update.table.rows(path.steps) if path.steps else np.empty((0, len(update.table.columns)))
    with np.errstate(all="ignore"):
        moved = compile_kernel(update.x, names)(*path.x[:-1].T, *path.gradient.T, *columns.T)
    return all(np.array_equal(np.broadcast_to(new, path.steps), path.x[1:, i]) for i, new in enumerate(moved))


def _recorded(racer: Racer) -> dict[str, Any]:
    """Return a racer's track, thinned where it is long: a row a step of point, gradient, effective rate, states."""
    trajectory = racer.trajectory
    every = math.ceil((trajectory.steps + 1) / MOST_RECORDED_ROWS)
    chosen = [*range(0, trajectory.steps, every), trajectory.steps]
    gradient = trajectory.gradient if len(trajectory.gradient) else np.full_like(trajectory.x[1:], np.nan)
    columns = [] if racer.x.shape[1] > 2 else [trajectory.x, _from_one(gradient)]
    if columns and trajectory.effective_lr is not None:
        columns.append(_from_one(trajectory.effective_lr))
    columns += [_from_one(state) for state in trajectory.state.values()] if columns else []
    rows = np.concatenate(columns, axis=1)[chosen] if columns else np.empty(0)
    return {
        "rows": _float32(rows),
        "f": _float32(trajectory.f[chosen]),
        "divergedAt": trajectory.diverged_at,
        "every": every,
        "kept": trajectory.steps,
        "stays": racer.judgement.stays.tolist(),
        "stoppedAt": racer.stopped_at,
        "states": list(trajectory.state) if columns else [],
        "effective": bool(columns) and trajectory.effective_lr is not None,
    }


def _from_one(column: Array) -> Array:
    """Return a column that begins at step 1 with a row for the start, which has none."""
    return np.concatenate([np.full((1, *column.shape[1:]), np.nan), column])


@dataclass
class _Printer:
    """Prints rules, each once, and collects what the page needs to run them."""

    scenario: Scenario
    problem: Problem
    racers: int
    kernels: dict[tuple[str, tuple[int, ...]], RuleScript] = field(default_factory=dict)  # by source and terms
    terms: list[tuple[str, str, bool]] = field(default_factory=list)  # of a step: symbol, words, whether a memory
    fixes: dict[float, list[int]] = field(default_factory=dict)  # by base of a power
    knobs: list[list[Any]] = field(default_factory=list)  # what a slider must know of a hyperparameter, each once

    @property
    def steps(self) -> int:
        """The steps of the race."""
        return self.scenario.steps

    @property
    def obstacle(self) -> str:
        """Why no racer can be live; nothing if they can."""
        if self.problem.recorded:
            return "recorded elsewhere"
        if self.problem.network is not None:
            return "recorded: a network is not trained in the page"
        if self.problem.symbols is None:
            return "recorded: the function is Python's own"
        return "recorded: more steps than a page can hold" * (self.steps * self.racers > MOST_LIVE_ROWS)

    @property
    def noise(self) -> Array | None:
        """The noise on the gradients, (steps, dim)."""
        settings = self.scenario.noise
        return None if settings is None else draw_noise(settings, self.scenario.seed, self.steps, self.problem.dim)

    @property
    def document(self) -> dict[str, Any]:
        """What the page must know of the kernels."""
        noise = self.noise
        return {
            "noise": None if noise is None or self.obstacle else _float64(noise),
            "knobs": self.knobs,
            "fixes": [[base, *fixes] for base, fixes in self.fixes.items() if fixes],
            "terms": self.terms,
            "kernels": [
                {"states": one.states, "effective": one.effective, "noise": noise is not None, "terms": terms}
                for (_, terms), one in self.kernels.items()
            ],
        }

    @property
    def code(self) -> str:
        """The script that sets ``optvizCode``: a point's value f, its gradient g, and the rules' kernels."""
        symbols, kernels = self.problem.symbols, ",\n".join(source for source, _ in self.kernels)
        declared, f = "", "f:null,g:null"
        if symbols is not None:
            declared = formula_code(symbols)
            f = f"f,g:(x,y,t)=>({GRADIENT}(x,y,t),[...{SLOPES}])"
        return f'"use strict";{{{javascript.PRELUDE}{declared}globalThis.optvizCode={{{f},kernels:[{kernels}]}}}}'

    def trace(self, bound: BoundRule) -> Update:
        """Trace a rule in the problem's dimension, noise and domain. Raises TraceError."""
        traced = partial(
            trace, bound, self.problem.dim, noise=self.scenario.noise is not None, domain=self.problem.domain
        )
        try:
            return traced(every_number=True)
        except TraceError:  # a rule of the user's may count to a whole number
            return traced()

    def print(self, bound: BoundRule, update: Update) -> dict[str, Any]:
        """Print a traced rule; return which kernel it is, and its hyperparameters."""
        shown = self.terms_of(bound, update)
        written = rule_script(bound, update, self.scenario.noise is not None, [point for _, point in shown])
        key = written.source, tuple(number for number, _ in shown)
        self.kernels.setdefault(key, written)
        inputs = [np.asarray(value, dtype=np.float64) for value in update.table.inputs.values()]
        return {
            "kernel": list(self.kernels).index(key),
            "h": jsonable([float(value.ravel()[0]) for value in inputs]),  # null: infinite
            "knobs": self.knob_numbers(bound, list(update.table.inputs)),
            **_if_any("schedules", {str(at): _float64(value) for at, value in enumerate(inputs) if value.ndim}),
            **_if_any("columns", self.columns(written, update)),
        }

    def terms_of(self, bound: BoundRule, update: Update) -> list[tuple[int, Point]]:
        """Return the terms between slope and step that are worth showing: number in ``terms``, and nodes."""
        inputs = list(update.table.inputs)

        def fill(words: str, rule: BoundRule) -> str:
            """Put a number of ``inputs`` in a hyperparameter's place, for the page to say how long it lasts."""
            prefix = "h" if rule is bound else "h_base"
            numbers = {name: inputs.index(f"{prefix}_{name}") for name in rule.values if f"{prefix}_{name}" in inputs}
            numbered = words
            for name, number in numbers.items():
                numbered = numbered.replace(f"{{{name}}}", f"{{{number}}}")
            return numbered if numbered != words else filled(words, rule)

        nodes = dict(update.terms)
        if len(update.gradients) > 1:
            graph = update.x[0].graph
            nodes[SECOND_SLOPE] = tuple(map(graph.variable, update.gradient_variables(1)))
        found = []
        for symbol, words, kind, _ in described(bound, nodes, fill):
            term = symbol, words, kind == "memory"
            if term not in self.terms:
                self.terms.append(term)
            found.append((self.terms.index(term), nodes[symbol]))
        return found

    def knob_numbers(self, bound: BoundRule, inputs: list[str], prefix: str = "h", path: str = "") -> list[list[int]]:
        """Return which numbers a slider may move, those of a base too: a place in ``knobs`` and one in ``inputs``."""
        found: list[list[int]] = []
        for name, value in bound.values.items():
            variable, parameter = f"{prefix}_{name}", bound.rule.parameters[name]
            if isinstance(value, BoundRule):
                found += self.knob_numbers(value, inputs, variable, f"{path}{name}.{value.name}.")
            elif variable in inputs and not isinstance(value, Schedule) and parameter.bounds:
                knob = _knob(f"{path}{name}", parameter)
                if knob not in self.knobs:
                    self.knobs.append(knob)
                found.append([self.knobs.index(knob), inputs.index(variable)])
        return found

    def columns(self, written: RuleScript, update: Update) -> dict[str, str]:
        """Return the last digits of powers that browsers compute in their own ways; note those of others in ``fixes``.

        A browser's power errs by an ulp or two, so that the last four bits tell which number the C library has.
        """
        if not written.powers:
            return {}
        names = [*update.table.inputs, "t"]
        nodes = compile_kernel([node for pair in written.powers for node in pair], names)
        t = np.arange(1.0, self.steps + 1)
        given = [np.broadcast_to(np.asarray(value, float), self.steps) for value in update.table.inputs.values()]
        rows = [np.broadcast_to(np.asarray(value, float), self.steps) for value in nodes(*given, t)]
        shipped = {}
        for number, (base, exponent) in enumerate(zip(rows[::2], rows[1::2], strict=True)):
            beyond = exponent[0] - 1
            if (base == base[0]).all() and 0 <= base[0] < 1 and (exponent == t + beyond).all() and beyond in (-1, 0, 1):
                self.note_fixes(float(base[0]))
            else:
                powers = np.array([b**e for b, e in zip(base.tolist(), exponent.tolist(), strict=True)])
                shipped[str(number)] = "".join(f"{bits:x}" for bits in (powers.view(np.uint64) & 15).tolist())
        return shipped

    def note_fixes(self, base: float) -> None:
        """Note at which steps the C library's power is not the nearest number: negative where it is below."""
        if base not in self.fixes:
            last = self.steps + 1
            pairs = enumerate(zip(_rounded_powers(base, last), (base**t for t in range(1, last + 1)), strict=True), 1)
            self.fixes[base] = [t if power > nearest else -t for t, (nearest, power) in pairs if power != nearest]


def _rounded_powers(base: float, last: int) -> Iterator[float]:
    """Yield base^1 ... base^last, each rounded to the nearest float, from products of whole numbers."""
    mantissa, exponent = math.frexp(base)
    factor, shift = int(math.ldexp(mantissa, 53)), exponent - 53
    product, scale = 1, 0
    for _ in range(last):
        product, scale = product * factor, scale + shift
        extra = max(0, product.bit_length() - LONGEST_INTEGER_BITS)
        product, scale = product >> extra, scale + extra
        yield math.ldexp(float(product), scale)


def _knob(name: str, parameter: Parameter) -> list[Any]:
    """Return name, default, meaning, bounds (null: none) and flags: 1 low end excluded, 2 high end too, 4 whole."""
    bounds, default = parameter.bounds, parameter.default
    assert bounds is not None  # every number has bounds
    known = isinstance(default, int | float) and math.isfinite(default)
    ends = [end if math.isfinite(end) else None for end in (bounds.low, bounds.high)]
    flags = bounds.low_open + 2 * bounds.high_open + 4 * parameter.integer
    return [name, default if known else None, minus(parameter.meaning), *ends, flags]


def _if_any(name: str, given: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    return {name: given} if given else {}


def _float64(numbers: Array) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers, "<f8").tobytes()).decode()


def _float32(numbers: Array) -> str:
    with np.errstate(over="ignore"):  # beyond what a picture can show
        return base64.b64encode(np.ascontiguousarray(numbers, "<f4").tobytes()).decode()
