"""The page of optimizers and their hyperparameters."""

from __future__ import annotations

from optviz.cli.describe import parameters
from optviz.optimizers import OPTIMIZERS

_INTRODUCTION = """Optimizers

In a scenario, with hyperparameters where they differ from the defaults; a rule
may race several times:

  common: {lr: 0.05}                  # for every rule that has it
  optimizers:
    - adam
    - adam: {lr: 0.1/sqrt(t), label: "Adam, decaying rate"}
    - lookahead: {base: {adam: {lr: 0.1}}, k: 5}

and in a call: --optimizer adam --optimizer "adam:lr=0.1/sqrt(t),label=decaying"

clip: {norm: 1} of a racer shortens the gradient it is given, noise included, to
length 1 where it is longer; clip: {value: 1} holds each coordinate within -1
and 1. noise: {std: 0.1} gives a racer noise of its own instead of the race's,
from the same draws (optviz help scenario). The small print and the data say so.

Optimizers of other libraries race by their own code, with their own names of
arguments; the table says how far they are from our rule:

    - torch: {Adam: {lr: 0.01, amsgrad: true}, label: "PyTorch's"}
    - optax: {lion: {learning_rate: 0.001}}
    - pytorch_optimizer: {Lion: {}}
    - keras: {RMSprop: {rho: 0.95}}

They need pip install 'optviz[torch]' or 'optviz[optax]'; Keras, with torch or
JAX, too. A class of your own is
torch: {my_module.MyOptimizer: {}}, and runs with --allow-import alone.

A run that was logged elsewhere races from its file; without a function the
losses are raced (optviz help replay):

    - recorded: {file: run.csv, run: Adam, label: "Last year's"}

A number may be a formula in the step t (optviz help formulas). optviz show NAME
prints a rule's equations, its source and the libraries whose rule it equals.

The effective learning rate (panel effective_lr, and in the data) is what stands
in front of the gradient, or of the first moment corrected as the rule corrects
it, one number a coordinate: lr for gradient descent and momentum,
lr / (sqrt(.) + eps) for adagrad, rmsprop and adam, lr / (u + eps) for adamax,
for adabound the rate that its bounds hold. Where all gradients are 1, those of
Adam and Adamax are lr. Rules without such a factor (lion, adopt) have none.
"""


def text() -> str:
    """Return the page."""
    sections = [f"{rule.name}: {rule.label}\n{parameters(rule)}\n" for rule in OPTIMIZERS.values()]
    return "\n".join([_INTRODUCTION, *sections])
