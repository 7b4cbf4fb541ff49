"""Counts what a summary of a point needs, step by step: one text for arrays and for the graph of a compiled kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

from optviz.engine.judge import FinishLine, is_inside
from optviz.formula.arithmetic import maximum, minimum, where

Part: TypeAlias = Callable[..., dict[str, Any]]  # t, x, f, slopes, columns, line -> the columns that change

NEVER = -1
INF, NAN = float("inf"), float("nan")


@dataclass(frozen=True)
class Tally:
    """What is counted: the columns of numbers for each point, and how a step changes them."""

    dim: int
    has_path: bool  # the box of the whole path is needed
    has_line: bool  # there is a finish line
    tail_from: int  # the step from which on a point at rest stays in one place

    def begin(self, x: Any) -> dict[str, Any]:
        """Return the columns before the start x has been counted: a row of numbers, or one for all."""
        points = {f"{name}_{i}": x[i] for name in ("last", "lowest") for i in range(self.dim)}
        numbers = {"last_f": NAN, "lowest_f": INF, "diverged": NEVER, "slope": 0.0}
        numbers |= {"entered": INF, "outside": NEVER} if self.has_line else {}
        corners = {f"{name}_{i}": value for name, value in self.corners for i in range(self.dim)}
        return points | numbers | corners

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.begin([0.0] * self.dim))

    @property
    def corners(self) -> list[tuple[str, float]]:
        """The boxes that are kept, and what their corners begin with."""
        boxes = ("path", "tail") if self.has_path else ("tail",)
        return [(f"{box}_{side}", value) for box in boxes for side, value in (("low", INF), ("high", -INF))]

    def count(self, t: Any, x: Any, f: Any, slopes: Any, known: Mapping[str, Any], line: FinishLine) -> dict[str, Any]:
        """Return all columns after step t, which led to x with the value f; slopes: the gradient there."""
        columns = dict(known)
        for part in self.parts(t):
            columns |= part(t, x, f, slopes, columns, line)
        return columns

    def parts(self, t: int) -> list[Part]:
        """Return what is counted at step t, one after the other; each sees the columns that the ones before left."""
        boxes = [self.enclose_path] * self.has_path + [self.enclose_tail] * (t >= self.tail_from)
        return [self.follow, self.compare, *boxes]

    def follow(self, t: Any, x: Any, f: Any, slopes: Any, known: Mapping[str, Any], line: FinishLine) -> dict[str, Any]:
        """Keep the last point as long as all is finite: the point, its value, and the gradient that led to it."""
        running = known["diverged"] == NEVER
        finite = [z - z == 0.0 for z in (*x, f)] + [known["slope"] == 0.0]
        live = reduce(lambda a, b: a & b, finite, running)
        new = {f"last_{i}": where(live, x[i], known[f"last_{i}"]) for i in range(self.dim)}
        new["last_f"] = where(live, f, known["last_f"])
        new["diverged"] = where(live, NEVER, where(running, t, known["diverged"]))
        new["slope"] = reduce(lambda a, b: a + b, [g - g for g in slopes])  # 0, or NaN where one is not finite
        return new

    def compare(
        self, t: Any, x: Any, f: Any, slopes: Any, known: Mapping[str, Any], line: FinishLine
    ) -> dict[str, Any]:
        """Keep the lowest point, and when the last one came within the finish and was outside it."""
        lower = known["last_f"] < known["lowest_f"]
        new = {f"lowest_{i}": where(lower, known[f"last_{i}"], known[f"lowest_{i}"]) for i in range(self.dim)}
        new["lowest_f"] = where(lower, known["last_f"], known["lowest_f"])
        inside = is_inside([known[f"last_{i}"] for i in range(self.dim)], known["last_f"], line)
        if inside is not None:
            inside = inside & (known["diverged"] == NEVER)
            new["entered"] = where(inside, minimum(known["entered"], t), known["entered"])
            new["outside"] = where(inside, known["outside"], t)
        return new

    def enclose_path(self, t: Any, x: Any, f: Any, slopes: Any, known: Mapping[str, Any], line: Any) -> dict[str, Any]:
        """Widen the box of all points to the last one."""
        return self.enclose("path", known)

    def enclose_tail(self, t: Any, x: Any, f: Any, slopes: Any, known: Mapping[str, Any], line: Any) -> dict[str, Any]:
        """Widen the box of the points of the end to the last one."""
        return self.enclose("tail", known)

    def enclose(self, box: str, known: Mapping[str, Any]) -> dict[str, Any]:
        """Widen a box to the last point."""
        low, high = f"{box}_low", f"{box}_high"
        new = {f"{low}_{i}": minimum(known[f"{low}_{i}"], known[f"last_{i}"]) for i in range(self.dim)}
        return new | {f"{high}_{i}": maximum(known[f"{high}_{i}"], known[f"last_{i}"]) for i in range(self.dim)}

    def settle(self, columns: Mapping[str, Any], step: int, steps: int) -> None:
        """Bring the columns of points that change no more after ``step`` to the last step."""
        if self.has_line:
            outside = columns["outside"]
            outside[outside == step] = steps
        if step < self.tail_from:
            for i in range(self.dim):
                columns[f"tail_low_{i}"][:] = columns[f"tail_high_{i}"][:] = columns[f"last_{i}"]


@dataclass(frozen=True)
class Approach(Tally):
    """Measures how far the points of the end lie from a goal, in place of all else that a tally counts.

    The goal stands in the columns of the tail's low corner, the square of the largest distance in the first one of its
    high corner: the rows of a batch are those of a tally, and so are its kernels.
    """

    def parts(self, t: int) -> list[Part]:
        """Return what is counted at step t."""
        return [self.follow, *[self.measure] * (t >= self.tail_from)]

    def measure(self, t: Any, x: Any, f: Any, slopes: Any, known: Mapping[str, Any], line: Any) -> dict[str, Any]:
        """Keep the largest distance of the last point from the goal."""
        differences = [known[f"last_{i}"] - known[f"tail_low_{i}"] for i in range(self.dim)]
        square = reduce(lambda a, b: a + b, [z * z for z in differences])
        return {"tail_high_0": maximum(known["tail_high_0"], square)}

    def settle(self, columns: Mapping[str, Any], step: int, steps: int) -> None:
        """Measure points that change no more after ``step``, if the end had not begun."""
        if step < self.tail_from:
            columns["tail_high_0"][:] = self.measure(step, (), 0.0, (), columns, None)["tail_high_0"]
