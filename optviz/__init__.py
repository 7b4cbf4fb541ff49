"""Exact trajectories of optimizers, raced and drawn.

>>> import optviz
>>> race = optviz.run(optviz.load("race"))
>>> race.ranking[0], race["Adam"].x[-1]
>>> race.save("race.gif")

``optviz help python`` has more of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optviz._version import __version__

if TYPE_CHECKING:
    from optviz.errors import OptvizError, OutputError
    from optviz.pipeline.race import Race
    from optviz.pipeline.run import run
    from optviz.problems import NumericalGradientWarning, UnfinishedSearchWarning
    from optviz.scenario import Scenario, build, load, loads

__all__ = [
    "NumericalGradientWarning",
    "OptvizError",
    "OutputError",
    "Race",
    "Scenario",
    "UnfinishedSearchWarning",
    "__version__",
    "build",
    "load",
    "loads",
    "run",
]

# The module of each public name; it is imported when first asked for, so that importing optviz costs nothing.
_MODULES = {
    "NumericalGradientWarning": "optviz.problems",
    "OptvizError": "optviz.errors",
    "OutputError": "optviz.errors",
    "Race": "optviz.pipeline.race",
    "Scenario": "optviz.scenario",
    "UnfinishedSearchWarning": "optviz.problems",
    "build": "optviz.scenario",
    "load": "optviz.scenario",
    "loads": "optviz.scenario",
    "run": "optviz.pipeline.run",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'optviz' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook the cell magic ``%%optviz``, after ``%load_ext optviz``."""
    from optviz.pipeline.magic import register

    register(shell)


def __dir__() -> list[str]:
    return __all__
