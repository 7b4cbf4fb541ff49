"""What is minimised: the catalogue of test functions, the user's own formulas, and networks to train."""

from optviz.problems.catalogue import FUNCTIONS
from optviz.problems.problem import Problem, find_minima, from_callables, from_catalogue, from_formula, from_network

__all__ = ["FUNCTIONS", "Problem", "find_minima", "from_callables", "from_catalogue", "from_formula", "from_network"]
