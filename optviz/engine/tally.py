"""Counts what a summary of a point needs, step by step: one text for arrays and for the graph of a compiled kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import add
from typing import Any

from optviz.engine.judge import FinishLine, is_inside
from optviz.formula.arithmetic import absolute, maximum, minimum, where

NEVER = -1
INF, NAN = float("inf"), float("nan")


@dataclass(frozen=True)
class Tally:
    """What is counted: the columns of numbers for each point, and how a step changes them."""

    dim: int
    has_path: bool  # the box of the whole path is needed
    has_line: bool  # there is a finish line
    tail_from: int | None  # the step from which on a point at rest stays in one place; None where nobody asks for rest

    def begin(self, x: Any) -> dict[str, Any]:
        """Return the columns before the start x has been counted: a row of numbers, or one for all."""
        names = ["last"] + ["tail"] * self.has_tail
        points = {f"{name}_{i}": x[i] for name in names for i in range(self.dim)}
        numbers = {"last_f": NAN, "closest_f": INF, "calm": 0.0, "kept": 0.0}
        numbers |= {"entered": INF, "outside": NEVER} if self.has_line else {}
        corners = {f"{name}_{i}": value for name, value in self.corners for i in range(self.dim)}
        return points | numbers | corners

    @property
    def has_tail(self) -> bool:
        """Whether the end is looked at by itself."""
        return self.tail_from is not None

    def is_late(self, t: int) -> bool:
        """Return whether step t belongs to the tail."""
        return self.tail_from is not None and t >= self.tail_from

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.begin([0.0] * self.dim))

    @property
    def corners(self) -> list[tuple[str, float]]:
        """The boxes that are kept, and what their corners begin with."""
        boxes = ["path"] * self.has_path + ["tail"] * self.has_tail
        return [(f"{box}_{side}", value) for box in boxes for side, value in (("low", INF), ("high", -INF))]

    def count(
        self, t: Any, x: Any, f: Any, known: Mapping[str, Any], line: FinishLine, *, late: bool
    ) -> dict[str, Any]:
        """Return the columns that change by step t, which led to x with the value f; late: in the tail."""
        new, live = self.follow(t, x, f, known)
        closer = live & (absolute(f - line.target) < absolute(known["closest_f"] - line.target))
        new["closest_f"] = where(closer, f, known["closest_f"])
        inside = is_inside(x, f, line)
        if inside is not None:
            inside = inside & live
            new["entered"] = where(inside, minimum(known["entered"], t), known["entered"])
            new["outside"] = where(inside, known["outside"], t)
        for box in ["path"] * self.has_path + ["tail"] * late:
            new |= self.enclose(box, known, new)
        if late:  # where the tail begins
            begins = t <= self.tail_from
            new |= {f"tail_{i}": where(begins, x[i], known[f"tail_{i}"]) for i in range(self.dim)}
        return new

    def receive(self, gradient: Any, known: Mapping[str, Any]) -> dict[str, Any]:
        """Return what changes by the gradient that a step is given: what is not finite makes "calm" NaN for good."""
        return {"calm": reduce(add, [g * 0.0 for g in gradient], known["calm"])}

    def follow(self, t: Any, x: Any, f: Any, known: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
        """Keep the last point as long as all is finite: the point, its value, and the gradient that led to it.

        "kept" counts the steps until then, the start among them.
        """
        new = self.receive((*x, f), known)
        live = new["calm"] == 0.0
        new |= {f"last_{i}": where(live, x[i], known[f"last_{i}"]) for i in range(self.dim)}
        new["last_f"] = where(live, f, known["last_f"])
        new["kept"] = where(live, t + 1.0, known["kept"])
        return new, live

    def enclose(self, box: str, known: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
        """Widen a box to the last point."""
        found: dict[str, Any] = {}
        for i in range(self.dim):
            low, high, last = f"{box}_low_{i}", f"{box}_high_{i}", new[f"last_{i}"]
            found |= {low: minimum(known[low], last), high: maximum(known[high], last)}
        return found

    def settle(self, columns: Mapping[str, Any], step: int, steps: int) -> None:
        """Bring the columns of points that change no more after ``step`` to the last step."""
        kept = columns["kept"]
        kept[kept == step + 1] = steps + 1
        if self.has_line:
            outside = columns["outside"]
            outside[outside == step] = steps
        if self.has_tail and not self.is_late(step):
            for i, name in product(range(self.dim), ("tail", "tail_low", "tail_high")):
                columns[f"{name}_{i}"][:] = columns[f"last_{i}"]


@dataclass(frozen=True)
class Approach(Tally):
    """Measures how far the points of the end lie from a goal, in place of all else that a tally counts.

    The goal stands in the columns of the tail's low corner, the square of the largest distance in the first one of its
    high corner: the rows of a batch are those of a tally, and so are its kernels.
    """

    def count(
        self, t: Any, x: Any, f: Any, known: Mapping[str, Any], line: FinishLine, *, late: bool
    ) -> dict[str, Any]:
        """Return the columns that change by step t: the last point, and when it is late the distance."""
        new, _ = self.follow(t, x, f, known)
        return new | (self.measure(known, [new[f"last_{i}"] for i in range(self.dim)]) if late else {})

    def measure(self, known: Mapping[str, Any], last: Sequence[Any]) -> dict[str, Any]:
        """Keep the largest distance of the last point from the goal."""
        differences = [z - known[f"tail_low_{i}"] for i, z in enumerate(last)]
        square = reduce(add, [z * z for z in differences])
        return {"tail_high_0": maximum(known["tail_high_0"], square)}

    def settle(self, columns: Mapping[str, Any], step: int, steps: int) -> None:
        """Measure points that change no more after ``step``, if the end had not begun."""
        kept = columns["kept"]
        kept[kept == step + 1] = steps + 1
        if not self.is_late(step):
            columns["tail_high_0"][:] = self.measure(columns, [columns[f"last_{i}"] for i in range(self.dim)])[
                "tail_high_0"
            ]
