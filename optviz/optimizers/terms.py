"""Names what a rule computes on its way, by the names of its state and of its own variables: m̂, √v̂, Δ."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from itertools import chain
from types import FrameType, FunctionType
from typing import Any

from optviz.formula.graph import Node, Point, topological_order, variables_of
from optviz.formula.symbol import Symbol
from optviz.optimizers.bound_rule import BoundRule

HAT, TILDE = "\u0302", "\u0303"


def files_of(bound: BoundRule) -> set[str]:
    """Return the files in which a rule and its base are written."""
    step = bound.rule.step
    function = step if isinstance(step, FunctionType) else type(step).__call__  # a rule of the user's is an object
    own = {function.__code__.co_filename}
    return own if bound.base is None else own | files_of(bound.base)


@contextmanager
def locals_kept(files: set[str]) -> Iterator[dict[str, Symbol]]:
    """Keep the symbols that functions of these files have in their variables as they return, by name."""
    kept: dict[str, Symbol] = {}

    def look(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code.co_filename in files:
            for name, value in frame.f_locals.items():
                if isinstance(value, Symbol):
                    kept.setdefault(name, value)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield kept
    finally:
        sys.setprofile(before)


def name_terms(
    x: Point, kept: Mapping[str, Point], states: Iterable[tuple[str, tuple[str, ...], Point]], same_for_all: Set[str]
) -> dict[str, Point]:
    """Name what a rule computes on its way: its gradient, state and variables, what comes of them, the step Δ.

    x: the new point. kept: the rule's variables. states: of those with coordinates the name, the variables before the
    step and the nodes after it. same_for_all: the names of the variables that no point has a say in.
    """
    graph, dim = x[0].graph, len(x)
    before, g = (tuple(graph.variable(f"{name}_{i}") for i in range(dim)) for name in ("x", "g1"))
    terms = {"g": kept.get("g", g)}
    terms |= {
        name: nodes
        for name, variables, nodes in states
        if any(node.op != "variable" or node.name not in variables for node in nodes)
    }
    every = topological_order(chain(x, *terms.values()))
    for name, nodes in list(terms.items()):
        hats = _users(every, nodes, lambda user: user.op == "/" and variables_of([user.args[1]]) <= same_for_all)
        for symbol, inside in ((name, nodes), (name[0] + HAT + name[1:], hats)):
            shifted = inside and _users(
                every, inside, lambda user: user.op == "+" and variables_of([user.args[1]]) <= same_for_all
            )
            roots = inside and (_roots(every, inside) or (_roots(every, shifted) if shifted else ()))
            terms |= {symbol: inside} | ({f"√{symbol}": roots} if roots else {}) if inside else {}
    known = {before, g, *terms.values()}
    for name, nodes in kept.items():
        differs = not variables_of(nodes) <= same_for_all
        if nodes not in known and differs and _lettered(name) not in (*terms, "x", "y", "point"):
            terms[_lettered(name)] = nodes
    return terms | {"Δ": tuple(graph.apply("-", new, old) for new, old in zip(x, before, strict=True))}


def _roots(every: list[Node], nodes: Point) -> Point:
    return _users(every, nodes, lambda user: user.op == "sqrt")


def _users(every: list[Node], nodes: Point, is_wanted: Callable[[Node], bool]) -> Point:
    """Return the node that is made from each of these as its first argument, () where there is none."""
    found = [next((user for user in every if user.args[:1] == (node,) and is_wanted(user)), None) for node in nodes]
    return () if None in found else tuple(node for node in found if node is not None)


def _lettered(name: str) -> str:
    """Write ``m_hat`` as m̂ and ``m_tilde`` as m̃."""
    for ending, mark in (("_hat", HAT), ("_tilde", TILDE)):
        if name.endswith(ending):
            return name[0] + mark + name[1:].removesuffix(ending)
    return name
