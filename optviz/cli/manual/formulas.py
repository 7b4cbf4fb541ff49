"""The page of the formula language."""

from __future__ import annotations

from optviz.cli.tables import pairs
from optviz.formula.language import FORMULA_FUNCTIONS, NUMBERS, VARIABLES, WORDS

_PAGE = """Formulas

A function of your own in a scenario:

  function:
    formula: (a - x)**2 + b*(y - x**2)**2
    constants: {{a: 1, b: 100}}
    window: [[-2, 2], [-1, 3]]      # part shown; default: what paths need
    minima: [[1, 1]]                # default: searched for
  start: [-1.5, 2]

and in a call: --function "(1 - x)**2 + 100*(y - x**2)**2" --start=-1.5,2

{language}

A comparison used as a number is 1 or 0. where(condition, a, b) chooses; min and
max take any number of arguments. Value and gradient are exact; at a kink the
gradient is a finite subgradient, and where floats overflow on the way to a
finite number (1/(1 + exp(-x)) at -800; not in a polynomial) it is computed with
wider exponents.

With t (the step, from 1) the function changes at every step:

  formula: where(t % 3 == 1, C*x, -x)
  constants: {{C: 3}}
  domain: [[-1, 1]]

chance(p) holds with probability p, so that where(chance(1/3), C*x, -x) changes
by chance. There is one draw a step, from the scenario's seed, the same for all
racers: where(chance(0.2), a, where(chance(0.5), b, c)) takes a in 20 % of the
steps, b in 30 %.

Hyperparameters may be formulas in t and steps, which makes schedules:
lr: 0.1/sqrt(t), lr: 0.1*(1 - t/steps). Wherever a number stands, arithmetic of
constants may: start: [1/3, pi].
"""


def text() -> str:
    """Return the page."""
    language = [
        ("names", " ".join([*VARIABLES, *NUMBERS]) + ", and the constants; with x alone it is 1-D"),
        ("operators", f"+ - * / % **  < <= > >= == !=  {' '.join(WORDS)}  ( )"),
        ("functions", " ".join(FORMULA_FUNCTIONS)),
    ]
    return _PAGE.format(language=pairs(language, "  "))
