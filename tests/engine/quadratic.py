"""A small race for the tests of results."""

from __future__ import annotations

from optviz.engine.result import Result
from optviz.problems import Finish, from_catalogue
from tests.engine import Spec, compete

QUADRATIC = from_catalogue("post_2d", window=[[-1, 4], [-4, 2]])  # minimum -6 at (2, -1), window 5 by 6
SPECS: list[Spec] = [
    ("slow", "sgd", {"lr": 1e-4}),
    ("lost", "sgd", {"lr": 5.0}),
    ("steady", "sgd", {"lr": 0.05}),
    ("lost sooner", "sgd", {"lr": 50.0}),
    ("fast", "momentum", {"lr": 0.05}),
    ("slower", "sgd", {"lr": 1e-5}),
]
ORDER = ["steady", "fast", "slow", "slower", "lost", "lost sooner"]


def race(specs: list[Spec] = SPECS, steps: int = 200, finish: Finish | None = None) -> Result:
    return compete(QUADRATIC, [1, 0], steps, specs, finish)
