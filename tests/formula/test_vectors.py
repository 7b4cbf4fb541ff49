"""A kernel whose coordinates are computed alike and each by itself is a kernel of one coordinate."""

from __future__ import annotations

from optviz.formula.codegen.kernel import Kernel
from optviz.formula.codegen.vectors import of_one_coordinate
from optviz.formula.graph import Graph, Node


def is_one(*results: Node, rows: str = "xyab") -> bool:
    """Whether one coordinate does for results over the rows of two vectors, x and y, a and b."""
    places = {name: row for row, name in enumerate(rows) if name.isalpha()}
    return of_one_coordinate(Kernel(places, {"c": 0}, dict(enumerate(results)), dim=2)) is not None


def test_what_coordinates_do_not_do_alike_keeps_them_together() -> None:
    graph = Graph()
    x, y, a, b, c = map(graph.variable, "xyabc")
    assert is_one(c * (x + a), c * (y + b))
    assert is_one(x + a, y + b, x * a, y * b)
    assert is_one(x + 2.0, y + 2.0)
    assert not is_one(x + a, y + a)
    assert not is_one(x + b, y + a)
    assert not is_one(c * x, y * 2.0)
    assert not is_one(x + 1.0, y + 2.0)
    assert not is_one(x + a, x + a)
    assert not is_one(y + b, x + a)
    assert not is_one(x + a)
    assert not is_one(x * x + y * y, x * x + y * y)
    assert not is_one(x + a, y + b, rows="x yab")
