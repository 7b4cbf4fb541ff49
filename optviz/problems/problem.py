"""What is minimised: a function with its exact gradient and all that is known about it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.formula import NO_CONSTANTS, Objective, PointFunction, Symbols, compile_formula
from optviz.formula.arithmetic import Array, Number
from optviz.formula.intervals import is_continuous
from optviz.formula.pretty import pretty
from optviz.problems.bounds import Bounds, Checks, GivenBounds, GivenPoint, Point, contains, intersection
from optviz.problems.catalogue import FUNCTIONS
from optviz.problems.custom import CustomFunction, UnfinishedSearchWarning, warn_user
from optviz.problems.datasets import DATASETS
from optviz.problems.lowest import Sought, enclosed, suspects
from optviz.problems.minima import SAME_VALUE, Calls, is_lower, look_outwards, polished_values, search_minima
from optviz.problems.module import GivenModule, ModuleNetwork, loss_name
from optviz.problems.network import LOSSES, Network, NetworkLike, build_network

ROUNDING_ULPS = 4  # by which a value at a minimum may differ from f_min
PROOF_BOXES = 4000  # into which a window is cut to see whether a lower minimum was missed
MOST_CALLS = 40_000  # of a Python function at one point, to choose a box, and to find the minima in it
REWRITTEN_SHARE = 0.01  # of the window's side: how far a minimum may lie from where it was written

# what was found is remembered: pictures ask more than once, and a scenario is read again while it is written
_searched, _looked = lru_cache(maxsize=64)(search_minima), lru_cache(maxsize=64)(look_outwards)


@dataclass(frozen=True, repr=False)
class Problem:
    """A function to be minimised, perhaps one that changes with the step t (an online problem)."""

    name: str  # its name in the catalogue, or "formula" or "network"
    dim: int
    value: PointFunction  # f(x, t): (dim, *batch), t -> (*batch); a float -> a float when dim is 1
    gradient: PointFunction  # ∇f(x, t): (dim, *batch), t -> (dim, *batch); a float -> a float when dim is 1
    formula: str  # as written
    latex: str  # of the right-hand side, in the author's order, for Matplotlib's mathtext
    title: str
    window: Bounds | None = None  # what is drawn
    domain: Bounds | None = None  # iterates are projected back into it
    start: Point | None = None
    minima: tuple[Point, ...] = ()  # the lowest of those given or found; several where they are equally low
    local_minima: tuple[Point, ...] = ()  # the others
    minima_found: bool = False  # searched for numerically, not given
    f_min: float | None = None  # the value at the lowest minima
    lower: Point | None = None  # a minimum lower than these, found outside the box in which they were searched for
    searched: Bounds | None = None  # that box, where neither window nor domain said where to look
    online: bool = False  # f depends on t
    by_chance: bool = False  # and on the seed
    source: str = ""  # where it was published
    about: str = ""  # what there is to see, in a sentence
    network: Network | ModuleNetwork | None = None  # where x is the weights of one
    recorded: bool = False  # nothing is known but losses that were recorded elsewhere: x is the loss
    symbols: Symbols | None = None  # the formula as a graph, where there is one
    custom: bool = False  # the user's own Python, which may mind how often it is called, and by which thread
    calls: tuple[int, int] = (0, 0)  # of it at each point, for f and for ∇f; none where it takes arrays of points

    def __repr__(self) -> str:
        """Return the title and the formula, without the functions."""
        return f"<Problem {self.title}: {self.formula or 'given in Python'}, {self.dim}-D>"

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: of a formula its text, in the place of what was compiled from it."""
        kept = dict(vars(self))
        if self.symbols is not None:
            kept |= {"value": None, "gradient": None, "symbols": self.symbols.written}
        return kept

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Take what was pickled, and compile a formula again."""
        if kept["symbols"] is not None:
            objective = compile_formula(*kept["symbols"])
            kept |= {name: getattr(objective, name) for name in ("value", "gradient", "symbols")}
        vars(self).update(kept)

    @property
    def has_land(self) -> bool:
        """Whether there is a function of few variables, with minima that can be searched for."""
        return self.network is None and not self.recorded

    def above_least(self, f: Array) -> Array:
        """Return f - f_min, or f where that is not known; a difference that is rounding alone is 0."""
        if self.f_min is None:
            return f
        gap = f - self.f_min
        rounding = ROUNDING_ULPS * np.spacing(np.maximum(np.abs(f), abs(self.f_min)))
        return np.where(np.abs(gap) <= rounding, 0.0, gap)


# --- makers ---------------------------------------------------------------------------------------


def from_catalogue(
    name: str,
    *,
    constants: Mapping[str, float] = NO_CONSTANTS,
    window: GivenBounds | None = None,
    domain: GivenBounds | None = None,
    minima: Sequence[GivenPoint] | None = None,
    start: GivenPoint | None = None,
    search: bool = True,
) -> Problem:
    """Make the problem of a test function; what is given replaces what the catalogue knows.

    Other constants, or a domain without any of the known minima, have them searched for as in ``from_formula``.
    Raises OptvizError with every mistake found; an issue's path is the name of the argument, or empty for ``name``.
    """
    problem = _as_catalogued(name)
    changed = _changed_constants(name, constants)
    if changed:
        objective = compile_formula(problem.formula, {**FUNCTIONS[name].constants, **changed})
        problem = replace(
            problem,
            value=objective.value,
            gradient=objective.gradient,
            symbols=objective.symbols,
            minima=(),
            local_minima=(),
            f_min=None,
        )
    if changed or window or domain or minima is not None or start is not None:
        return _with_knowledge(problem, window, domain, minima, start, unknown=bool(changed), search=search)
    return problem


@cache
def _as_catalogued(name: str) -> Problem:
    if name not in FUNCTIONS:
        raise OptvizError(Issue(f"unknown function {name}", hint=did_you_mean(name, FUNCTIONS)))
    entry = FUNCTIONS[name]
    objective = compile_formula(entry.formula, entry.constants)
    problem = _of_objective(objective, name, entry.formula, entry.title)
    problem = replace(
        problem,
        window=entry.window,
        start=entry.start,
        source=entry.source,
        about=entry.about,
    )
    return _with_minima(problem, entry.minima)


def _changed_constants(name: str, given: Mapping[str, float]) -> dict[str, float]:
    """Return those that differ from the catalogue's. Raises OptvizError for constants that the function has not."""
    known = FUNCTIONS[name].constants
    issues = [
        Issue(
            f"{name} has no constant {constant}",
            f"constants.{constant}",
            did_you_mean(constant, known) if known else "its formula has none",
        )
        for constant in given
        if constant not in known
    ]
    if issues:
        raise OptvizError(issues)
    return {constant: value for constant, value in given.items() if value != known[constant]}


def from_formula(
    formula: str,
    *,
    constants: Mapping[str, float] = NO_CONSTANTS,
    seed: int = 0,
    window: GivenBounds | None = None,
    domain: GivenBounds | None = None,
    minima: Sequence[GivenPoint] | None = None,
    start: GivenPoint | None = None,
    search: bool = True,
) -> Problem:
    """Make a problem of the user's own formula; ``seed`` decides what it leaves to chance.

    Without ``minima`` they are searched for inside the window (and the domain), unless ``search`` is False; without a
    window see ``find_minima``. Raises OptvizError with every mistake found. An issue of the formula's text has a
    ``column`` and no path; the others have the argument's name as their path.
    """
    problem = _of_objective(compile_formula(formula, constants, seed), "formula", formula, pretty(formula))
    return _with_knowledge(problem, window, domain, minima, start, unknown=True, search=search)


def from_callables(
    function: CustomFunction,
    *,
    window: GivenBounds | None = None,
    domain: GivenBounds | None = None,
    minima: Sequence[GivenPoint] | None = None,
    start: GivenPoint | None = None,
    search: bool = True,
) -> Problem:
    """Make a problem of a Python function and its gradient; all else is as in ``from_formula``."""
    problem = _of_objective(function.objective(), "formula", function.formula, function.formula)
    problem = replace(problem, custom=True, calls=function.calls)
    return _with_knowledge(problem, window, domain, minima, start, unknown=True, search=search)


def from_network(settings: NetworkLike, seed: int) -> Problem:
    """Make a problem of training a network: x holds its weights, f is the loss on all samples.

    The step t picks the mini-batch of the gradient; the start is the network's first weights.
    Raises OptvizError; an issue's path is a key of ``network``.
    """
    network = build_network(settings, seed)
    return Problem(
        name="network",
        dim=network.dim,
        value=network.value,
        gradient=network.gradient,
        formula=f"{network.loss} of a {network} network",
        latex=LOSSES[network.loss].latex,
        title=f"{DATASETS[network.data].title} ({network} network)",
        start=tuple(network.first_weights.tolist()),
        source=DATASETS[network.data].source,
        network=network,
    )


def from_module(given: GivenModule, batch: int | Literal["full"], seed: int) -> Problem:
    """Make a problem of training a module of PyTorch's: x holds its parameters, f is the loss on all samples.

    Raises OptvizError; an issue's path is a key of ``network``.
    """
    if batch != "full" and batch > given.samples:
        message = f"must be at most the samples, {given.samples}, got {batch}"
        raise OptvizError(Issue(message, "batch", "batch: full uses all of them"))
    network = ModuleNetwork(given, given.samples if batch == "full" else batch, seed)
    name = loss_name(given.loss)
    return Problem(
        name="network",
        dim=network.dim,
        value=network.value,
        gradient=network.gradient,
        formula=f"{name} of a {given.name}",
        latex=rf"\mathrm{{{name}}}".replace("_", r"\_"),
        title=str(network),
        start=tuple(network.first_weights.tolist()),
        network=network,
        custom=True,
    )


def from_losses() -> Problem:
    """Make a problem of recorded losses alone: x is the loss, and so is f."""
    return Problem(
        name="recorded",
        dim=1,
        value=_as_it_is,
        gradient=_one,
        formula="",
        latex="",
        title="recorded losses",
        start=(0.0,),
        recorded=True,
    )


def _as_it_is(x: Number, t: Number = 1.0) -> Number:
    return x if isinstance(x, float) else x[0]


def _one(x: Number, t: Number = 1.0) -> Number:
    return 1.0 if isinstance(x, float) else np.ones_like(x)


# --- what they share ------------------------------------------------------------------------------


def _of_objective(objective: Objective, name: str, formula: str, title: str) -> Problem:
    """Return a problem of which no more is known than its function."""
    return Problem(
        name=name,
        dim=objective.dim,
        value=objective.value,
        gradient=objective.gradient,
        formula=formula,
        latex=objective.latex,
        title=title,
        online=objective.online,
        by_chance=objective.by_chance,
        symbols=objective.symbols,
    )


def _with_knowledge(
    problem: Problem,
    window: GivenBounds | None,
    domain: GivenBounds | None,
    minima: Sequence[GivenPoint] | None,
    start: GivenPoint | None,
    *,
    unknown: bool,
    search: bool,
) -> Problem:
    """Return the problem with what is given about it; ``unknown`` minima are searched for where none are given."""
    checks = Checks(problem.dim)
    box = checks.bounds("window", window) or problem.window
    inside = checks.bounds("domain", domain) or problem.domain
    given = tuple(checks.point(f"minima[{index}]", point) for index, point in enumerate(minima or ()))
    first = problem.start if start is None else checks.point("start", start)
    checks.raise_issues()
    problem = replace(problem, window=box, domain=inside, start=first)
    if minima is not None:
        return replace(_with_minima(problem, given), minima_found=False)
    listed = (*problem.minima, *problem.local_minima)
    known = tuple(point for point in listed if inside is None or contains(inside, point))
    unknown = unknown or len(known) < len(listed)
    problem = _with_minima(problem, known)
    if not unknown or known or box is None or problem.online:
        return problem
    return _with_found_minima(problem, box) if search else replace(problem, minima_found=True)


def _with_minima(problem: Problem, points: Sequence[Point]) -> Problem:
    """Return the problem with these minima, the lowest told apart from the local ones.

    Values decide that are reached from the points as they are written, perhaps with few digits. An online problem has
    no value to compare.
    """
    if problem.online or not points:
        return replace(problem, minima=tuple(points), local_minima=(), f_min=None, lower=None)
    points = [tuple(value + 0.0 for value in point) for point in points]  # -0 to 0
    sides = [high - low for low, high in problem.window] if problem.window else np.abs(points).max(axis=0).clip(1)
    reach = REWRITTEN_SHARE * np.array(sides)
    values = polished_values(problem.value, problem.gradient, np.array(points).T, reach, problem.domain)
    f_min = float(values.min())
    lowest = values <= f_min + SAME_VALUE * (1 + abs(f_min))
    return replace(
        problem,
        minima=tuple(point for point, is_lowest in zip(points, lowest, strict=True) if is_lowest),
        local_minima=tuple(point for point, is_lowest in zip(points, lowest, strict=True) if not is_lowest),
        f_min=f_min,
    )


def start_issues(problem: Problem, start: ArrayLike) -> list[Issue]:
    """List what is wrong with a start of the right dimension: the function is not finite there at t = 1."""
    point = np.array(start, dtype=np.float64)
    f = float(problem.value(point, 1.0))
    if np.isfinite(point).all() and np.isfinite(f):
        return []
    return [Issue(f"the function must be finite there, got {f} at {point.tolist()}", "start")]


def _with_found_minima(problem: Problem, window: Bounds) -> Problem:
    """Return the problem with the minima found inside a window and its domain; an online problem stays as it is.

    A lower one outside the window is looked for too, but where a Python function would be asked for each value.
    """
    if problem.online:
        return problem
    problem = replace(_with_minima(problem, find_minima(problem, window)), minima_found=True)
    return problem if problem.custom else replace(problem, lower=_lower_outside(problem, window))


def _lower_outside(problem: Problem, window: Bounds) -> Point | None:
    """Return a minimum outside the window, but inside the domain, that is lower than all known ones.

    It is the lowest; where lower and lower ones lie farther and farther out, the first of them.
    """
    if problem.domain is not None:
        points, ends = find_minima(problem, problem.domain)[:1], True
    else:
        found, ends = _looked(problem.value, problem.gradient, window)
        points = tuple(point for _, point in found)
    known = math.inf if problem.f_min is None else problem.f_min
    lower = [
        point
        for point in points
        if not contains(window, point) and is_lower(float(problem.value(np.array(point))), known)
    ]
    return lower[-1 if ends else 0] if lower else None


def with_minima_around(problem: Problem, start: Sequence[float]) -> Problem:
    """Return the problem with the minima found inside its domain, or without one in a box around the start.

    The box, which holds the origin too, is doubled until no lower minimum appears in it. Where lower and lower ones
    appear without an end, the smallest box that has any counts, and ``lower`` names one outside. Nothing but the
    function and the start decides what is found.
    """
    if problem.online:
        return problem
    if problem.domain is not None:
        return replace(_with_minima(problem, find_minima(problem, problem.domain)), minima_found=True)
    reach = max(1.0, *map(abs, start))
    around = tuple((value - reach, value + reach) for value in start)
    if problem.custom:
        calls = _calls_of(problem)
        found, ends = look_outwards(problem.value, problem.gradient, around, calls)
        _tell_if_over(problem, calls)
    else:
        found, ends = _looked(problem.value, problem.gradient, around)
    if not found:
        return replace(problem, minima_found=True)
    lower = None if ends else found[1][1]
    for box, _ in found[::-1] if ends else found[:1]:  # the first has some, unless a coarser grid than its saw them
        if minima := find_minima(problem, box):
            break
    return replace(_with_minima(problem, minima), minima_found=True, lower=lower, searched=box)


def find_minima(problem: Problem, window: Bounds) -> tuple[Point, ...]:
    """Search a window, or its part inside the domain, for isolated minima, lowest first; an online problem has none."""
    region = window if problem.domain is None else intersection(window, problem.domain)
    if problem.online or region is None:
        return ()
    if problem.custom:
        calls = _calls_of(problem)
        found = search_minima(problem.value, problem.gradient, region, problem.domain, calls=calls)
        _tell_if_over(problem, calls)
        return found
    return _found(problem.value, problem.gradient, problem.symbols, region, problem.domain)


def _calls_of(problem: Problem) -> Calls:
    """Return the calls of its Python that a search may make: as many as it likes where points go in as arrays."""
    return Calls(*problem.calls, MOST_CALLS) if any(problem.calls) else Calls()


def _tell_if_over(problem: Problem, calls: Calls) -> None:
    """Warn, at the caller's own line, that a search for minima gave up."""
    if calls.are_over:
        said = f"the search for minima of {problem.formula} gave up after some {MOST_CALLS} calls, one for each point: "
        said += "there may be more; name them in minima, or let the function take NumPy arrays"
        warn_user(said, UnfinishedSearchWarning)


@lru_cache(maxsize=64)
def _found(
    value: PointFunction, gradient: PointFunction, symbols: Symbols | None, region: Bounds, domain: Bounds | None
) -> tuple[Point, ...]:
    """Search a region as ``search_minima`` does, and again where arithmetic with intervals does not exclude others."""
    found = search_minima(value, gradient, region, domain)
    missed = [] if symbols is None else _suspects(value, gradient, symbols, region, domain, found)
    return search_minima(value, gradient, region, domain, starts=missed) if missed else found


def local_minima_in(problem: Problem, window: Bounds) -> tuple[Point, ...]:
    """Return the minima inside a window that are not the lowest: those known, else those that a search finds.

    None are searched for online, in networks and in a Python function, nor where a search has made those known.
    """
    if problem.local_minima or problem.minima_found or problem.online or problem.network or problem.custom:
        return tuple(point for point in problem.local_minima if contains(window, point))
    found = _searched(problem.value, problem.gradient, window, problem.domain)
    lowest = math.inf if problem.f_min is None else problem.f_min
    return tuple(point for point in found if is_lower(lowest, float(problem.value(np.array(point)))))


def _suspects(
    value: PointFunction,
    gradient: PointFunction,
    symbols: Symbols,
    region: Bounds,
    domain: Bounds | None,
    found: Sequence[Point],
) -> list[Point]:
    """Return points near which interval arithmetic does not exclude a minimum lower than all those found."""

    def enclosure(low: Array, high: Array) -> tuple[Array, Array, Array]:
        return enclosed(symbols, low, high, np.array([1.0]))

    lowest = float(value(np.array(found[0]))) if found else math.inf
    jumps = not is_continuous(symbols.value, symbols.arguments[:-1])
    sought = Sought(value, gradient, region, PROOF_BOXES, enclosure, jumps)
    return suspects(sought, lowest - SAME_VALUE * (1 + abs(lowest)) if found else lowest, domain)
