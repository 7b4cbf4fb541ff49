"""Makes the cells of a league: a rule on a function. What computes them is here, without all that scenarios need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from optviz.engine.league import Columns, Player, follow, play
from optviz.engine.noise import GradientNoise
from optviz.engine.profiles import TARGETS
from optviz.engine.tuning import Course
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

    @property
    def dim(self) -> int:
        """How many variables the function has."""
        return len(self.starts[0])


@lru_cache(maxsize=FIELDS_KEPT)
def course_on(field: Field) -> tuple[Course, Finish]:
    """Return problem, starts and noise, and the finish line."""
    problem = from_catalogue(field.function)
    noise = GradientNoise(field.noise, field.seed)
    return Course(problem, np.array(field.starts).T, noise), default_finish(problem)


def match_of(label: str, player: Player, field: Field) -> Cell:
    """Return the cell of a rule on a function with every rate."""
    content = _content("play", player, field) | {"rates": player.rates.tolist()}
    point_steps = len(player.rates) * len(field.starts) * field.budget
    return Cell(named(label, field), content, point_steps, partial(_play, player, field), f"{label}, {field.dim}")


def pursuit_of(label: str, player: Player, field: Field, rates: int) -> Cell:
    """Return the cell of a rule on a function with one rate of many, which tells when targets were reached."""
    content = _content("follow", player, field) | {"rate": float(player.rates[0]), "targets": TARGETS.tolist()}
    work = partial(_follow, player, field, rates)
    return Cell(f"{named(label, field)}: targets", content, 4 * len(field.starts) * field.budget, work, label)


def named(label: str, field: Field) -> str:
    """Return the name of a match."""
    return f"{label} on {field.function}"


def _content(kind: str, player: Player, field: Field) -> dict[str, object]:
    return {
        "kind": kind,
        **rule_content(player.rule),
        "function": field.function,
        "starts": field.starts,
        "noise": None if field.noise is None else field.noise.written,
        "seed": field.seed,
    }


def _play(player: Player, field: Field) -> Columns:
    return play(player, *course_on(field))


def _follow(player: Player, field: Field, rates: int) -> Columns:
    return follow(player, *course_on(field), rates)
