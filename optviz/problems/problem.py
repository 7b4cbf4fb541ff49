"""What is minimised: a function with its exact gradient and all that is known about it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeAlias

import numpy as np

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.formula import NO_CONSTANTS, Objective, compile_formula
from optviz.formula.codegen.python import PointFunction
from optviz.problems import minima as search
from optviz.problems.catalogue import FUNCTIONS
from optviz.problems.custom import OwnFunction
from optviz.problems.datasets import DATASETS
from optviz.problems.network import LOSSES, Network, NetworkSettings, network_of

Box: TypeAlias = tuple[tuple[float, float], ...]
Point: TypeAlias = tuple[float, ...]


@dataclass(frozen=True)
class Problem:
    """A function to be minimised, perhaps one that changes with the step t (an online problem)."""

    name: str  # its name in the catalogue, or "formula" or "network"
    dim: int
    value: PointFunction  # f(x, t): (dim, *batch), t -> (*batch); a float -> a float when dim is 1
    gradient: PointFunction  # ∇f(x, t): (dim, *batch), t -> (dim, *batch); a float -> a float when dim is 1
    formula: str  # as written
    latex: str  # of the right-hand side, in the author's order, for Matplotlib's mathtext
    title: str
    window: Box | None
    start: Point | None
    minima: tuple[Point, ...]  # known or found, possibly none
    minima_found: bool  # searched for numerically, not given
    f_min: float | None  # the value at the best of the minima
    domain: Box | None  # iterates are projected back into it
    online: bool  # the formula has t
    source: str  # where it was published
    network: Network | None = None  # where x is the weights of one
    own: bool = False  # in Python of the user's own, which may mind how often it is asked, and by which thread


@cache
def from_catalogue(name: str) -> Problem:
    """The test function of that name. Raises OptvizError with the nearest name when there is none."""
    if name not in FUNCTIONS:
        raise OptvizError(Issue(f"unknown function {name}", hint=did_you_mean(name, FUNCTIONS)))
    entry = FUNCTIONS[name]
    compiled = compile_formula(entry.formula, entry.constants)
    return Problem(
        name=name,
        dim=compiled.dim,
        value=compiled.value,
        gradient=compiled.gradient,
        formula=entry.formula,
        latex=compiled.latex,
        title=entry.title,
        window=entry.window,
        start=entry.start,
        minima=entry.minima,
        minima_found=False,
        f_min=_lowest(compiled, entry.minima),
        domain=None,
        online=compiled.online,
        source=entry.source,
    )


def from_formula(
    formula: str,
    *,
    constants: Mapping[str, float] = NO_CONSTANTS,
    window: Sequence[Sequence[float]] | None = None,
    domain: Sequence[Sequence[float]] | None = None,
    minima: Sequence[float | Sequence[float]] | None = None,
    start: float | Sequence[float] | None = None,
) -> Problem:
    """A problem in the author's own formula.

    Without ``minima``, they are searched for inside the window (and the domain); without a window see
    ``find_minima``. Raises OptvizError with every mistake found. An issue of the formula's text has a
    ``column`` and no path; the others have the argument's name as their path.
    """
    compiled = compile_formula(formula, constants)
    return _problem(compiled, formula, written_out(formula), window, domain, minima, start)


def from_callables(
    own: OwnFunction,
    *,
    window: Sequence[Sequence[float]] | None = None,
    domain: Sequence[Sequence[float]] | None = None,
    minima: Sequence[float | Sequence[float]] | None = None,
    start: float | Sequence[float] | None = None,
) -> Problem:
    """A problem given in Python: all else is as in ``from_formula``."""
    return replace(_problem(own.compiled(), own.formula, own.formula, window, domain, minima, start), own=True)


def _problem(
    compiled: Objective,
    formula: str,
    title: str,
    window: Sequence[Sequence[float]] | None,
    domain: Sequence[Sequence[float]] | None,
    minima: Sequence[float | Sequence[float]] | None,
    start: float | Sequence[float] | None,
) -> Problem:
    checks = Checks(compiled.dim)
    box, bounds = checks.box("window", window), checks.box("domain", domain)
    given = tuple(checks.point(f"minima[{index}]", point) for index, point in enumerate(minima or ()))
    first = None if start is None else checks.point("start", start)
    checks.settle()
    searched = minima is None and box is not None and not compiled.online
    lowest = _found(compiled, box, bounds) if searched and box else given
    return Problem(
        name="formula",
        dim=compiled.dim,
        value=compiled.value,
        gradient=compiled.gradient,
        formula=formula,
        latex=compiled.latex,
        title=title,
        window=box,
        start=first,
        minima=lowest,
        minima_found=searched,
        f_min=_lowest(compiled, lowest),
        domain=bounds,
        online=compiled.online,
        source="",
    )


def from_network(settings: NetworkSettings, seed: int) -> Problem:
    """The training of a network: x holds its weights, f is the loss on all samples, t picks the mini-batch of ∇f.

    The start is the network's first weights. Raises OptvizError; the issues' paths are keys of ``network``.
    """
    network = network_of(settings, seed)
    return Problem(
        name="network",
        dim=network.dim,
        value=network.value,
        gradient=network.gradient,
        formula=f"{network.loss} of a {network} network",
        latex=LOSSES[network.loss].latex,
        title=f"{DATASETS[network.data].title} ({network} network)",
        window=None,
        start=tuple(network.first_weights.tolist()),
        minima=(),
        minima_found=False,
        f_min=None,
        domain=None,
        online=False,
        source=DATASETS[network.data].source,
        network=network,
    )


def find_minima(problem: Problem, window: Box) -> tuple[Point, ...]:
    """The isolated minima inside the window, lowest first; none for an online problem."""
    return () if problem.online else search.find_minima(problem.value, problem.gradient, window)


def _found(compiled: Objective, window: Box, domain: Box | None) -> tuple[Point, ...]:
    pairs = zip(window, domain or window, strict=True)
    shared = [(max(a, c), min(b, d)) for (a, b), (c, d) in pairs]
    if any(low >= high for low, high in shared):
        return ()
    return search.find_minima(compiled.value, compiled.gradient, shared)


def _lowest(compiled: Objective, minima: Sequence[Point]) -> float | None:
    if compiled.online or not minima:
        return None
    return min(float(compiled.value(np.array(point))) for point in minima)


def written_out(formula: str) -> str:
    """A formula as plain text for a title: x - x³ for x - x**3."""
    text = re.sub(r"\s*\*\*\s*(\d+)(?![\d.eE])", lambda power: power[1].translate(SUPERSCRIPTS), formula)
    return re.sub(r"\s+", " ", re.sub(r"(?<!\*)\s*\*(?!\*)\s*", "·", text)).strip()


SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Checks:
    """Boxes and points that must fit the formula's dimension; collects every mistake."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.issues: list[Issue] = []

    def box(self, path: str, given: Sequence[Sequence[float]] | None) -> Box | None:
        """Ranges [low, high], one for each coordinate."""
        if given is None:
            return None
        if len(given) != self.dim or any(len(pair) != 2 for pair in given):
            shape = "[[x0, x1]]" if self.dim == 1 else "[[x0, x1], [y0, y1]]"
            self.issues.append(Issue(f"{path} does not fit a formula in {self._names}", path, f"write {shape}"))
            return None
        made = tuple((float(low), float(high)) for low, high in given)
        if not all(math.isfinite(low) and math.isfinite(high) and low < high for low, high in made):
            self.issues.append(Issue(f"{path} needs finite ranges that rise, not {list(map(list, made))}", path))
        return made

    def point(self, path: str, given: float | Sequence[float]) -> Point:
        """One finite number for each coordinate."""
        point = tuple(map(float, given)) if isinstance(given, Sequence) else (float(given),)
        if len(point) != self.dim:
            shape = "a number" if self.dim == 1 else "[x, y]"
            self.issues.append(Issue(f"{path} does not fit a formula in {self._names}", path, f"write {shape}"))
        elif not all(map(math.isfinite, point)):
            self.issues.append(Issue(f"{path} must be finite, not {list(point)}", path))
        return point

    def settle(self) -> None:
        """Raises OptvizError when anything was wrong."""
        if self.issues:
            raise OptvizError(self.issues)

    @property
    def _names(self) -> str:
        return "x alone" if self.dim == 1 else "x and y"
