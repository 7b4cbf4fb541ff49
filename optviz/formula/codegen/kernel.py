"""Describe what is computed at every point of a batch, for the targets that run on many points at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from optviz.formula.graph import Node


@dataclass(frozen=True, eq=False)
class Kernel:
    """Rows of a batch's array, computed from its rows and from numbers that all points share.

    Every row is read before any is written. Kernels are compared by identity, so that each is compiled once.
    """

    rows: Mapping[str, int]  # variable -> the row that has its value for each point
    numbers: Mapping[str, int]  # variable -> its place among the shared numbers
    results: Mapping[int, Node]  # row -> what to write there
    spent: frozenset[int] = frozenset()  # rows that nobody reads afterwards
    # variable -> the row that has for each point a place among numbers to pick from, and what to add to it
    picked: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    dim: int = 1  # how many neighbouring rows the coordinates of a vector are
