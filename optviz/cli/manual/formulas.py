"""The formula language."""

from __future__ import annotations

from optviz.formula.language import FORMULA_FUNCTIONS, NUMBERS, VARIABLES, WORDS

_PAGE = """Formulas

A function of your own stands in a scenario as

  function:
    formula: (a - x)**2 + b*(y - x**2)**2
    constants: {{a: 1, b: 100}}
    window: [[-2, 2], [-1, 3]]        # what is drawn; without it the paths say
    minima: [[1, 1]]                  # without it they are searched for
  start: [-1.5, 2]

and in a call as --function "(1 - x)**2 + 100*(y - x**2)**2" --start=-1.5,2.

  names        {names}, and the constants; x alone makes it 1-D
  operators    + - * / % **   < <= > >= == !=   {words}   ( )
  functions    {functions}

A comparison used as a number is 1 or 0. where(condition, a, b) chooses; min and max take any number of arguments.
Value and gradient are exact; at a kink the gradient is one of the subgradients and finite.

With t (the step, from 1) the function changes at every step:

  formula: where(t % 3 == 1, C*x, -x)
  constants: {{C: 3}}
  domain: [[-1, 1]]

Hyperparameters may be formulas in t too, which makes schedules: lr: 0.1/sqrt(t), lr: 0.1*0.99**t.
"""


def page() -> str:
    names = " ".join([*VARIABLES, *NUMBERS])
    functions = list(FORMULA_FUNCTIONS)
    half = len(functions) // 2
    listed = " ".join(functions[:half]) + "\n" + " " * 15 + " ".join(functions[half:])
    return _PAGE.format(names=names, words=" ".join(WORDS), functions=listed)
