"""NumPy calls that write into memory at hand give what the same graph gives on arrays of its own."""

from __future__ import annotations

import random
from functools import reduce
from typing import Any

import numpy as np
import pytest

from optviz.formula.codegen.in_place import compile_in_place
from optviz.formula.codegen.kernel import Kernel
from optviz.formula.codegen.python import compile_kernel
from optviz.formula.graph import Graph, Node

POINTS, VECTORS = 5, 4
INFIX = ["+", "-", "*", "/", "<", "minimum"]


def vectors(graph: Graph, draw: random.Random, dim: int) -> list[list[Node]]:
    """Vectors made of one another: most alike in all coordinates, some turned round, some of a number for each."""
    made = [[graph.variable(f"v{i}_{j}") for j in range(dim)] for i in range(VECTORS)]
    for _ in range(draw.randrange(1, 12)):
        a, b, c = (draw.choice(made) for _ in range(3))
        b = draw.choice([b, b, b[::-1], [reduce(graph.sum, b)] * dim, [graph.node(float(i + 2)) for i in range(dim)]])
        b = draw.choice([b, b, [graph.variable("n0")] * dim])
        op = draw.choice([*INFIX, "where", "sqrt", "square"])
        if op == "square":
            made.append([graph.apply("power", one, graph.node(2.0)) for one in a])
        elif op == "sqrt":
            made.append([graph.apply("sqrt", one) for one in a])
        elif op in ("where", "<"):
            flags = [graph.apply("<", *pair) for pair in zip(a, b, strict=True)]
            made.append([graph.apply("where", *each) for each in zip(flags, c, a, strict=True)])
        else:
            made.append([graph.apply(op, *pair) for pair in zip(a, b, strict=True)])
    return made


def kernel(draw: random.Random) -> Kernel:
    """A kernel whose results are written over its own rows, some to others than they were read from."""
    graph, dim = Graph(), draw.choice([1, 2, 2, 3])
    made = vectors(graph, draw, dim)
    rows = {f"v{i}_{j}": i * dim + j for i in range(VECTORS) for j in range(dim)}
    results: dict[int, Node] = {}
    for i in draw.sample(range(VECTORS), draw.randrange(1, VECTORS + 1)):
        vector = draw.choice(made[-4:])
        results |= {i * dim + j: node for j, node in enumerate(draw.choice([vector, vector, vector[::-1]]))}
    spent = frozenset(draw.sample(range(VECTORS * dim), draw.randrange(3)))
    return Kernel(rows, {"n0": 0}, results, spent, dim=dim)


def assert_agrees(number: int) -> None:
    draw = random.Random(number)
    given = kernel(draw)
    rows = np.random.default_rng(number).uniform(-2, 2, (len(given.rows), POINTS))
    with np.errstate(all="ignore"):
        expected: Any = compile_kernel(list(given.results.values()), [*given.rows, "n0"])(*rows.copy(), 1.5)
        compiled, found = compile_in_place(given), rows.copy()
        memory = np.full((compiled.floats, POINTS), np.nan), np.ones((compiled.masks, POINTS), dtype=bool)
        compiled.bind(found, np.array([1.5]), *memory)(None)
    for row in range(len(rows)):
        if row in given.results:
            np.testing.assert_array_equal(found[row], expected[[*given.results].index(row)], str(number))
        elif row not in given.spent:
            np.testing.assert_array_equal(found[row], rows[row], str(number))


def test_results_of_any_kernel() -> None:
    for number in range(100):
        assert_agrees(number)


@pytest.mark.slow
def test_results_of_many_kernels() -> None:
    for number in range(100, 20_000):
        assert_agrees(number)
