"""Splits off what an update computes the same for all points, and what only one hyperparameter of a batch decides."""

from __future__ import annotations

from optviz.formula.graph import Graph, Node, Point, topological_order


class Cut:
    """Rewrites nodes so that each largest part which is the same for all points becomes a column of the table.

    The largest parts that raise a batch's hyperparameter to a power, and depend on no other, become picks.
    """

    def __init__(self, graph: Graph, same_for_all: set[str], batches: set[str]) -> None:
        self.graph, self.same_for_all, self.batches = graph, same_for_all, batches
        self.columns: dict[str, Node] = {}
        self.picks: dict[str, tuple[str, Node]] = {}
        self.owners: dict[Node, set[str]] = {}  # what a node depends on besides what is the same for all
        self.is_costly: dict[Node, bool] = {}  # whether a power of such is part of it
        self.made: dict[Node, Node] = {}
        self.is_shared: dict[Node, bool] = {}

    def point(self, nodes: Point) -> Point:
        """Rewrite every coordinate of a point."""
        return tuple(map(self, nodes))

    def __call__(self, root: Node) -> Node:
        """Rewrite a node."""
        for node in topological_order([root]):
            if node not in self.is_shared:
                shared = all(self.is_shared[arg] for arg in node.args)
                self.is_shared[node] = shared and (node.op != "variable" or node.name in self.same_for_all)
                own = {node.name} - {""} - self.same_for_all
                self.owners[node] = own.union(*(self.owners[arg] for arg in node.args))
                is_power = node.op in ("power", "python_power") and len(self.owners[node]) > 0
                self.is_costly[node] = is_power or any(self.is_costly[arg] for arg in node.args)
        return self.rewritten(root)

    def rewritten(self, node: Node) -> Node:
        if node not in self.made:
            if node.constant is not None:
                self.made[node] = node
            elif self.is_shared[node]:
                self.made[node] = self.column(node)
            elif self.is_costly[node] and len(self.owners[node]) == 1 and self.owners[node] <= self.batches:
                self.made[node] = self.pick(node)
            else:
                args = [self.rewritten(arg) for arg in node.args]
                self.made[node] = self.graph.apply(node.op, *args) if args else node
        return self.made[node]

    def pick(self, node: Node) -> Node:
        variable = f"k{len(self.picks)}"
        self.picks[variable] = min(self.owners[node]), self.graph.as_number(node)
        picked = self.graph.variable(variable)
        return self.graph.as_condition(picked) if node.is_condition else picked

    def column(self, node: Node) -> Node:
        variable = f"c{len(self.columns)}"
        self.columns[variable] = self.graph.as_number(node)
        column = self.graph.variable(variable)
        return self.graph.as_condition(column) if node.is_condition else column
