"""Makes the cells of a league: a rule on a function. What computes them is here, without all that scenarios need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.engine.league import Columns, follow, play
from optviz.engine.noise import GradientNoise
from optviz.engine.profiles import TARGETS
from optviz.engine.tuning import Course
from optviz.optimizers import BoundRule
from optviz.optimizers.noise import NoiseSettings
from optviz.pipeline.cells import Cell, rule_content
from optviz.problems import Finish, default_finish, from_catalogue

FIELDS_KEPT = 64  # of those that a process has played on


@dataclass(frozen=True)
class Field:
    """A function and what is the same for all rules on it."""

    function: str
    starts: tuple[tuple[float, ...], ...]
    noise: NoiseSettings | None  # of every rule without noise of its own
    seed: int
    budget: int


@lru_cache(maxsize=FIELDS_KEPT)
def course_on(field: Field) -> tuple[Course, Finish]:
    """Return problem, starts and noise, and the finish line."""
    problem = from_catalogue(field.function)
    noise = GradientNoise(field.noise, field.seed)
    return Course(problem, np.array(field.starts).T, noise), default_finish(problem)


def match_of(label: str, rule: BoundRule, field: Field, rates: NDArray[Any], cost: int) -> Cell:
    """Return the cell of a rule on a function with every rate."""
    content = _content("play", rule, field) | {"rates": rates.tolist()}
    work = partial(_play, rule, field, rates, cost)
    return Cell(named(label, field), content, len(rates) * len(field.starts) * field.budget, work, field.function)


def pursuit_of(label: str, rule: BoundRule, field: Field, rate: float, cost: int, rates: int) -> Cell:
    """Return the cell of a rule on a function with one rate, which tells when targets were reached."""
    content = _content("follow", rule, field) | {"rate": rate, "targets": TARGETS.tolist()}
    work = partial(_follow, rule, field, rate, cost, rates)
    return Cell(f"{named(label, field)}: targets", content, 4 * len(field.starts) * field.budget, work, field.function)


def named(label: str, field: Field) -> str:
    """Return the name of a match."""
    return f"{label} on {field.function}"


def _content(kind: str, rule: BoundRule, field: Field) -> dict[str, object]:
    return {
        "kind": kind,
        **rule_content(rule),
        "function": field.function,
        "starts": field.starts,
        "noise": None if field.noise is None else field.noise.written,
        "seed": field.seed,
    }


def _play(rule: BoundRule, field: Field, rates: NDArray[Any], cost: int) -> Columns:
    return play(rule, *course_on(field), rates, cost)


def _follow(rule: BoundRule, field: Field, rate: float, cost: int, rates: int) -> Columns:
    return follow(rule, *course_on(field), rate, cost, rates)
