"""What is minimised: the catalogue of test functions, and the user's own formulas."""

from optviz.problems.catalogue import FUNCTIONS
from optviz.problems.problem import Problem, find_minima, from_catalogue, from_formula

__all__ = ["FUNCTIONS", "Problem", "find_minima", "from_catalogue", "from_formula"]
