"""Tells of which formulas a point that floats lose is computed once more, with wide exponents."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.formula.graph import CONDITIONS, Node, topological_order

POWERS = {"power", "python_power", "exp", "sinh", "cosh"}  # what overflows floats
DEEPEST_RESCUE = 20  # powers in one another: of deeper ones the infinities of floats are true, and wide numbers slow
# What makes an ordinary number of one that floats cannot hold; a polynomial stays infinite or NaN.
RETURNS = {"/", "%", "power", "sqrt", "log", "log10", "log2", "atan", "atan2", "tanh", "sign", *CONDITIONS}


def is_rescued(roots: Sequence[Node]) -> bool:
    """Tell whether floats may overflow, at finite points, on the way to finite values of the roots.

    The answer is one for all who compute them: single runs, batches and pages.
    """
    return nested_powers(roots) <= DEEPEST_RESCUE and any(map(_may_return, topological_order(roots)))


def nested_powers(roots: Sequence[Node]) -> int:
    """Count how many powers and exponentials stand in one another where they are nested deepest."""
    depth: dict[Node, int] = {}
    for node in topological_order(roots):
        depth[node] = (node.op in POWERS) + max((depth[arg] for arg in node.args), default=0)
    return max((depth[root] for root in roots), default=0)


def _may_return(node: Node) -> bool:
    """Tell whether an operation may make an ordinary number of one that is beyond floats, or of its reciprocal."""
    if node.op in {"exp", "sinh", "cosh"}:  # times 0, with a slope of the same kind
        return True
    if node.op not in RETURNS or (node.op == "power" and _exponent(node) >= 1):
        return False
    given = node.args[1:] if node.op == "/" else node.args
    return any(_grows(one) for one in topological_order(given))


def _grows(node: Node) -> bool:
    """Tell whether an operation's result may be far beyond all its arguments."""
    varying = [arg for arg in node.args if arg.op != "number"]
    return (
        node.op in {*POWERS, "tan"}
        or (node.op == "*" and len(varying) > 1)
        or (node.op == "/" and node.args[1].op != "number")
    )


def _exponent(power: Node) -> float:
    """Return the exponent of a power; 0 where it varies."""
    return power.args[1].constant or 0.0
