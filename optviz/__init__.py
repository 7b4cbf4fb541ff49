"""Exact trajectories of optimizers, raced and drawn.

>>> import optviz
>>> race = optviz.load("race").run()
>>> race.ranking[0], race["Adam"].x[-1]
>>> race.save("race.gif")

``optviz help python`` has more of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optviz.engine.result import Race
    from optviz.errors import OptvizError, OutputError
    from optviz.pipeline.run import run
    from optviz.problems.custom import NumericalGradientWarning
    from optviz.scenario import Scenario, load, loads

__version__ = "0.1.0"
__all__ = [
    "NumericalGradientWarning",
    "OptvizError",
    "OutputError",
    "Race",
    "Scenario",
    "__version__",
    "load",
    "loads",
    "run",
]

# Where each public name lives; it is imported when first asked for, so that importing optviz costs nothing.
_ROOMS = {
    "NumericalGradientWarning": "optviz.problems.custom",
    "OptvizError": "optviz.errors",
    "OutputError": "optviz.errors",
    "Race": "optviz.engine.result",
    "Scenario": "optviz.scenario",
    "load": "optviz.scenario",
    "loads": "optviz.scenario",
    "run": "optviz.pipeline.run",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'optviz' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    return __all__
