"""The page of test functions."""

from __future__ import annotations

from optviz.cli.listing import list_functions
from optviz.problems import ALIASES, FUNCTIONS, names_of

_INTRODUCTION = """Functions

  function: beale                                            # as it is known
  function: {name: beale, window: [[-0.4, 4.2], [-1.6, 2]]}  # another part
  function: {name: michalewicz, constants: {m: 1}}           # gentler; minima and domain can be given too

optviz show NAME tells minima and source. Your own: optviz help formulas.
"""


def text() -> str:
    """Return the page."""
    known = {name: function for name, function in FUNCTIONS.items() if name not in ALIASES}
    entries = "\n".join(
        f"{', '.join(names_of(name))}\n  {function.formula}\n  {function.about}" for name, function in known.items()
    )
    return f"{_INTRODUCTION}\n{list_functions()}\n\nTheir formulas, and what there is to see\n\n{entries}"
