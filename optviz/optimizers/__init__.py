"""How to minimise: every rule as its equations, by name in OPTIMIZERS."""

from optviz.optimizers.bound_rule import BoundRule
from optviz.optimizers.catalogue import OPTIMIZERS
from optviz.optimizers.hyperparameters import bind
from optviz.optimizers.parameters import Parameter
from optviz.optimizers.rule import Rule
from optviz.optimizers.search import Range

__all__ = ["OPTIMIZERS", "BoundRule", "Parameter", "Range", "Rule", "bind"]
