"""Every optimizer and its hyperparameters."""

from __future__ import annotations

from optviz.cli.describe import parameters
from optviz.optimizers import OPTIMIZERS, Rule

_INTRODUCTION = """Optimizers

In a scenario, with hyperparameters where they differ from the defaults; the same rule may race several times:

  common: {lr: 0.05}                  # for all whose rule has it
  optimizers:
    - adam
    - adam: {lr: 0.1/sqrt(t), label: "Adam, falling rate"}
    - lookahead: {base: {adam: {lr: 0.1}}, k: 5}

and in a call: --optimizer adam --optimizer "adam:lr=0.1/sqrt(t),label=falling". A number may be a formula in the step t
(optviz help formulas). optviz show NAME tells a rule's equations, its source and which library's it equals.
"""


def page() -> str:
    return "\n".join([_INTRODUCTION, *map(_rule, OPTIMIZERS.values())])


def _rule(rule: Rule) -> str:
    return f"{rule.name}: {rule.label}\n{parameters(rule)}\n"
