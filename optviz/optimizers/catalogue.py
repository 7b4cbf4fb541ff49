"""Every update rule, by name. One more optimizer: its rule in its family's file, and its name here."""

from __future__ import annotations

from optviz.optimizers.adam import ADAM, ADAMW, AMSGRAD, AMSGRADW
from optviz.optimizers.adamax import ADAMAX
from optviz.optimizers.adaptive import ADADELTA, ADAGRAD, RMSPROP
from optviz.optimizers.gradient import MOMENTUM, NESTEROV, SGD
from optviz.optimizers.nadam import NADAM, NADAMAX
from optviz.optimizers.rule import Rule

OPTIMIZERS: dict[str, Rule] = {
    "sgd": SGD,
    "momentum": MOMENTUM,
    "nesterov": NESTEROV,
    "adagrad": ADAGRAD,
    "rmsprop": RMSPROP,
    "adadelta": ADADELTA,
    "adam": ADAM,
    "adamw": ADAMW,
    "amsgrad": AMSGRAD,
    "amsgradw": AMSGRADW,
    "adamax": ADAMAX,
    "nadam": NADAM,
    "nadamax": NADAMAX,
}
