"""What is minimised: test functions, the user's own formulas and callables, and networks to train.

Other rooms import from here and from no module inside.
"""

from optviz.problems.autograd import differentiable
from optviz.problems.bounds import AXES, Bounds, Point, contains, intersection
from optviz.problems.catalogue import ALIASES, FUNCTIONS, TestFunction, names_of
from optviz.problems.custom import CustomFunction, NumericalGradientWarning, UnfinishedSearchWarning
from optviz.problems.finish import Finish, default_finish
from optviz.problems.lowest import Enclosure, Sought, enclosed, lowest_point
from optviz.problems.minima import SAME_VALUE, is_lower
from optviz.problems.module import GivenModule, given_module, is_module
from optviz.problems.network import Network
from optviz.problems.problem import (
    Problem,
    find_minima,
    from_callables,
    from_catalogue,
    from_formula,
    from_losses,
    from_module,
    from_network,
    local_minima_in,
    start_issues,
    with_minima_around,
)
from optviz.problems.starts import grid_points, spread_starts

__all__ = [
    "ALIASES",
    "AXES",
    "FUNCTIONS",
    "SAME_VALUE",
    "Bounds",
    "CustomFunction",
    "Enclosure",
    "Finish",
    "GivenModule",
    "Network",
    "NumericalGradientWarning",
    "Point",
    "Problem",
    "Sought",
    "TestFunction",
    "UnfinishedSearchWarning",
    "contains",
    "default_finish",
    "differentiable",
    "enclosed",
    "find_minima",
    "from_callables",
    "from_catalogue",
    "from_formula",
    "from_losses",
    "from_module",
    "from_network",
    "given_module",
    "grid_points",
    "intersection",
    "is_lower",
    "is_module",
    "local_minima_in",
    "lowest_point",
    "names_of",
    "spread_starts",
    "start_issues",
    "with_minima_around",
]
