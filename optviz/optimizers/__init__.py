"""How to minimise: every rule as its equations, by name in OPTIMIZERS."""

from optviz.optimizers.catalogue import OPTIMIZERS
from optviz.optimizers.hyperparameters import check_hyperparameters, check_schedules, complete, state_size
from optviz.optimizers.rule import Parameter, Rule

__all__ = [
    "OPTIMIZERS",
    "Parameter",
    "Rule",
    "check_hyperparameters",
    "check_schedules",
    "complete",
    "state_size",
]
