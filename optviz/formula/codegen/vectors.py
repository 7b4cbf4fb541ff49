"""Find the vectors in a kernel: nodes that are the same to all coordinates, whose values can be neighbouring rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from optviz.formula.codegen.kernel import Kernel
from optviz.formula.codegen.straight_line import products_for_powers
from optviz.formula.graph import Node, topological_order

Unit: TypeAlias = tuple[Node, ...]  # the coordinates of a vector, or a node alone


def shared_nodes(kernel: Kernel, roots: Sequence[Node]) -> list[Node]:
    """Return the nodes that are the same for all points, arguments before what uses them."""
    found: dict[Node, None] = {}
    for node in topological_order(roots):
        if node.name not in kernel.rows and node.name not in kernel.picked and all(arg in found for arg in node.args):
            found[node] = None
    return list(found)


def units_of(kernel: Kernel, roots: Sequence[Node], shared: Collection[Node]) -> list[Unit]:
    """Return all nodes that the roots depend on, coordinates together, arguments before what uses them.

    roots: what is written to the kernel's results. shared: nodes that are the same for all points.
    """
    height: dict[Node, int] = {}  # the operations of the longest way to a leaf
    for node in topological_order(roots):
        height[node] = 1 + max((height[arg] for arg in node.args), default=-1)
    vectors = _vectors(kernel, roots, shared, height)
    return _ordered([vectors.get(root, (root,)) for root in roots], vectors, height)


def alike(unit: Unit, shared: Collection[Node], units: Mapping[Node, Unit]) -> list[Unit] | None:
    """Return what all coordinates take alike: vectors, and nodes that all points share; None where they differ."""
    found = []
    for args in zip(*(node.args for node in unit), strict=True):
        if args[0] in shared and len({*args}) == 1:
            found.append(args[:1])
        elif units.get(args[0]) == args:
            found.append(args)
        else:
            return None
    return found


def of_one_coordinate(kernel: Kernel) -> Kernel | None:
    """Return the kernel of the first coordinate of every vector, where all others are computed alike, each by itself.

    Run over ``dim`` times the points of a row, it computes them all: their rows are neighbours.
    """
    roots = products_for_powers(kernel.results.values())
    shared = dict.fromkeys(shared_nodes(kernel, roots))
    vectors = [unit for unit in units_of(kernel, roots, shared) if unit[0] not in shared]
    units = {node: unit for unit in vectors for node in unit}
    first = {row: root for row, root in zip(kernel.results, roots, strict=True) if units.get(root, ())[:1] == (root,)}
    places = {row + i: node for row, root in first.items() for i, node in enumerate(units[root])}
    are_apart = all(len(unit) == kernel.dim and alike(unit, shared, units) is not None for unit in vectors)
    if kernel.dim == 1 or not are_apart or places != dict(zip(kernel.results, roots, strict=True)):
        return None
    needed = {node.name for node in topological_order(first.values())}
    rows = {name: row for name, row in kernel.rows.items() if name in needed}
    return replace(kernel, rows=rows, results={row: kernel.results[row] for row in first})


def _vectors(
    kernel: Kernel, roots: Sequence[Node], shared: Collection[Node], height: Mapping[Node, int]
) -> dict[Node, Unit]:
    """Return by node the vector that it belongs to: the results in neighbouring rows, and what they are made of alike.

    All coordinates have one height, so that no vector depends on itself.
    """
    found: dict[Node, Unit] = {}
    written = dict(zip(kernel.results, roots, strict=True))
    rows = [range(row, row + kernel.dim) for row in sorted(kernel.results)]
    waiting = [tuple(written[row] for row in some) for some in rows[::-1] if written.keys() >= {*some}]
    while waiting:
        nodes = waiting.pop()
        is_new = len({*nodes}) == kernel.dim > 1 and not any(node in found or node in shared for node in nodes)
        is_alike = len({(node.op, height[node]) for node in nodes}) == 1
        if is_new and is_alike and (nodes[0].args or _are_neighbours(nodes, kernel.rows)):
            found |= dict.fromkeys(nodes, nodes)
            waiting += list(zip(*(_matched(node, nodes[0], height) for node in nodes), strict=True))[::-1]
    return found


def _are_neighbours(nodes: Unit, rows: Mapping[str, int]) -> bool:
    """Return whether the rows of variables follow one another."""
    first = rows.get(nodes[0].name)
    return first is not None and all(rows.get(node.name) == first + i for i, node in enumerate(nodes))


def _matched(node: Node, pattern: Node, height: Mapping[Node, int]) -> Unit:
    """Return the arguments of a sum or product in the order in which they are like those of another."""
    kinds, like = ([(arg.op, height[arg]) for arg in one.args] for one in (node, pattern))
    return node.args[::-1] if node.op in ("+", "*") and kinds != like == kinds[::-1] else node.args


def _ordered(roots: Sequence[Unit], vectors: Mapping[Node, Unit], height: Mapping[Node, int]) -> list[Unit]:
    """Return all units, each when it is needed, the highest argument first: little else then waits in memory."""
    done: dict[Unit, None] = {}
    waiting = list(roots)[::-1]
    while waiting:
        args = dict.fromkeys(vectors.get(arg, (arg,)) for node in waiting[-1] for arg in node.args)
        needed = [arg for arg in args if arg not in done]
        if needed:
            waiting += sorted(needed, key=lambda arg: height[arg[0]])
        else:
            done[waiting.pop()] = None
    return list(done)
