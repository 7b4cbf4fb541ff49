"""Replays a run that was recorded elsewhere as if a rule took its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.optimizers.bound_rule import BoundRule
from optviz.optimizers.parameters import Parameter
from optviz.optimizers.rule import Grad, H, Rule, State, X

RECORDED = "recorded"  # the library that recorded runs stand under
PARAMETERS = {
    "file": Parameter("", "what holds the run"),
    "run": Parameter(None, "which of the runs in it"),
    "steps": Parameter(None, "instead of the file: the steps of its rows; 0, 1, 2 ... without them"),
    "losses": Parameter(None, "instead of the file: the losses"),
    "points": Parameter(None, "instead of the file: the points"),
}


@dataclass(frozen=True, eq=False)
class RecordedStep:
    """Moves to the next recorded point, wherever the racer is."""

    points: NDArray[np.float64]  # (steps + 1, dim)

    def __call__(self, h: H, t: int, grad: Grad, x: X, *state: Any) -> State:
        point = self.points[t]
        return (np.array(point) if isinstance(x, np.ndarray) else float(point[0]),)


def recorded_rule(label: str, points: NDArray[np.float64], steps: int | None, where: Mapping[str, Any]) -> BoundRule:
    """Return the rule that goes through ``points``, (rows, dim), a row a step, as far as ``steps`` where given.

    where: values of PARAMETERS, for the data.
    """
    last = len(points) - 1 if steps is None else min(len(points) - 1, steps)
    rule = Rule(
        name=RECORDED,
        label=label,
        parameters=PARAMETERS,
        step=RecordedStep(points),
        source="recorded",
        library=RECORDED,
        begins=points[0],
        coordinatewise=False,
        custom=True,
    )
    return BoundRule(rule, dict(where), last)
