"""The page of test functions."""

from __future__ import annotations

from optviz.cli.listing import list_functions
from optviz.problems import FUNCTIONS

_INTRODUCTION = """Functions

  function: beale                                            # as it is known
  function: {name: beale, window: [[-0.4, 4.2], [-1.6, 2]]}  # another part

optviz show NAME tells minima and source. Your own: optviz help formulas.
"""


def text() -> str:
    """Return the page."""
    formulas = "\n".join(f"{name}\n  {function.formula}" for name, function in FUNCTIONS.items())
    return f"{_INTRODUCTION}\n{list_functions()}\n\nTheir formulas\n\n{formulas}"
