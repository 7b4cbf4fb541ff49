"""Points and boxes of coordinates, and whether they fit a problem's dimension."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from optviz.errors import Issue, OptvizError

Point: TypeAlias = tuple[float, ...]
Bounds: TypeAlias = tuple[tuple[float, float], ...]  # (low, high) of each coordinate
GivenPoint: TypeAlias = float | Sequence[float]
GivenBounds: TypeAlias = Sequence[Sequence[float]]

AXES = {1: "one coordinate (x)", 2: "two coordinates (x, y)"}


class Checks:
    """Reads boxes and points that must fit a dimension and collects every mistake."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.issues: list[Issue] = []

    def bounds(self, path: str, given: GivenBounds | None) -> Bounds | None:
        """Read ranges [low, high], one for each coordinate."""
        if given is None:
            return None
        if len(given) != self.dim or any(len(pair) != 2 for pair in given):
            self._report_misfit(path, len(given), "[[x0, x1]]" if self.dim == 1 else "[[x0, x1], [y0, y1]]")
            return None
        made = tuple((float(low), float(high)) for low, high in given)
        if not all(math.isfinite(low) and math.isfinite(high) and low < high for low, high in made):
            self.issues.append(Issue(f"needs finite ranges that rise, not {list(map(list, made))}", path))
        return made

    def point(self, path: str, given: GivenPoint) -> Point:
        """Read one finite number for each coordinate."""
        point = tuple(map(float, given)) if isinstance(given, Sequence) else (float(given),)
        if len(point) != self.dim:
            self._report_misfit(path, len(point), "a number" if self.dim == 1 else "[x, y]")
        elif not all(map(math.isfinite, point)):
            self.issues.append(Issue(f"must be finite, not {list(point)}", path))
        return point

    def raise_issues(self) -> None:
        """Raise OptvizError when anything was wrong."""
        if self.issues:
            raise OptvizError(self.issues)

    def _report_misfit(self, path: str, count: int, shape: str) -> None:
        name = path.rpartition(".")[2]
        self.issues.append(Issue(f"the function has {AXES[self.dim]}, {name} has {count}", path, f"write {shape}"))


def contains(bounds: Bounds, point: Point) -> bool:
    """Return whether a point lies inside a box or on its edge."""
    return all(low <= coordinate <= high for (low, high), coordinate in zip(bounds, point, strict=True))


def intersection(a: Bounds, b: Bounds) -> Bounds | None:
    """Return the box that two boxes share, None where it is empty or flat."""
    shared = tuple(
        (max(a_low, b_low), min(a_high, b_high)) for (a_low, a_high), (b_low, b_high) in zip(a, b, strict=True)
    )
    return shared if all(low < high for low, high in shared) else None
