"""Draws one number a step from the seed, by whole numbers that every engine computes alike.

Floats, arrays, compiled code and a page must all see the same draws, at any step and in any order. So they are not
taken from a generator that moves on: the step itself is enciphered, in arithmetic that is exact below 2^53.
"""

from __future__ import annotations

import numpy as np

from optviz.formula.graph import Graph, Node

# Rounds of s <- (s + key)^3 mod PRIME, which is MiMC (Albrecht, Grassi, Rechberger, Roy & Tiessen, ASIACRYPT 2016) in a
# small field. Cubing permutes the numbers below PRIME, as 3 does not divide PRIME - 1; their products are below 2^52.
PRIME = 2**26 - 5
ROUNDS = 6
STREAM = 7  # apart from those of problems/rng.py
_FIRST_NEGATIVE_SEED = 2**64  # as there


def round_keys(seed: int) -> tuple[int, ...]:
    """Return the keys of a seed."""
    words = np.random.SeedSequence([STREAM, seed if seed >= 0 else _FIRST_NEGATIVE_SEED - seed])
    return tuple(int(word) % PRIME for word in words.generate_state(ROUNDS, np.uint64))


def drawn(graph: Graph, t: Node, seed: int) -> Node:
    """Return what is drawn at step t: evenly from 0.5, 1.5, ... PRIME - 0.5."""
    prime, state = graph.node(float(PRIME)), graph.apply("%", t, graph.node(float(PRIME)))
    for key in round_keys(seed):
        root = graph.apply("%", graph.apply("+", state, graph.node(float(key))), prime)
        square = graph.apply("%", graph.apply("*", root, root), prime)
        state = graph.apply("%", graph.apply("*", square, root), prime)
    return graph.apply("+", state, graph.node(0.5))


def chance(graph: Graph, t: Node, probability: Node, seed: int) -> Node:
    """Return the condition that holds with a probability: always at 1, never at 0."""
    return graph.apply("<", drawn(graph, t, seed), graph.apply("*", probability, graph.node(float(PRIME))))
