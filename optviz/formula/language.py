"""Names of the formula language, and what to write instead of the names and signs of other languages."""

from __future__ import annotations

import math
from typing import NamedTuple


class Signature(NamedTuple):
    """Names the operation that a function stands for, and how many arguments it takes."""

    op: str  # a name in graph.OPERATIONS
    least: int = 1
    most: int | None = 1  # None: any number


CHANCE = "chance"  # of one draw a step, in a function alone
FORMULA_FUNCTIONS = {
    "sin": Signature("sin"),
    "cos": Signature("cos"),
    "tan": Signature("tan"),
    "asin": Signature("asin"),
    "acos": Signature("acos"),
    "atan": Signature("atan"),
    "atan2": Signature("atan2", 2, 2),
    "sinh": Signature("sinh"),
    "cosh": Signature("cosh"),
    "tanh": Signature("tanh"),
    "exp": Signature("exp"),
    "log": Signature("log"),
    "log10": Signature("log10"),
    "log2": Signature("log2"),
    "sqrt": Signature("sqrt"),
    "abs": Signature("absolute"),
    "sign": Signature("sign"),
    "floor": Signature("floor"),
    "ceil": Signature("ceil"),
    "min": Signature("minimum", 2, None),
    "max": Signature("maximum", 2, None),
    "where": Signature("where", 3, 3),
    CHANCE: Signature(CHANCE),  # no operation: parse.py writes it in others
}
NUMBERS = {"pi": math.pi, "e": math.e}
VARIABLES = ("x", "y", "t")
WORDS = ("and", "or", "not")

FUNCTION_HINTS = {
    "ln": "log is the natural logarithm",
    "arcsin": "write asin",
    "arccos": "write acos",
    "arctan": "write atan",
    "arctan2": "write atan2",
    "pow": "write a**b",
    "power": "write a**b",
    "sgn": "write sign",
    "mod": "write a % b",
    "fabs": "write abs",
    "iff": "write where(condition, a, b)",
    "sum": "write the terms out: x**2 + y**2",
    "random": "write chance(p), which is 1 with probability p, else 0",
    "rand": "write chance(p), which is 1 with probability p, else 0",
    "cot": "write 1/tan(x)",
    "sec": "write 1/cos(x)",
    "csc": "write 1/sin(x)",
}
# Signs and words of other languages, and what they are in this one. The linter reads on as if that stood there.
REPLACEMENTS = {
    "^": "**",
    "//": "/",
    "[": "(",
    "]": ")",
    "{": "(",
    "}": ")",
    "=": "==",
    "&": "and",
    "&&": "and",
    "||": "or",
    "~": "not",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "∗": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "π": "pi",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    **{digit: f"**{exponent}" for exponent, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    "True": "1",
    "False": "0",
    "is": "==",
}
# What to write where the replacement does not say it, or where there is none.
HINTS = {
    "^": "write ** for a power",
    "//": "write floor(a/b)",
    "=": "write == to compare",
    "−": "write - (the minus of the keyboard)",
    "–": "write - (the minus of the keyboard)",
    "!": "write not, or != to compare",
    "|": "write abs(x), or the word or",
    "√": "write sqrt(x)",
    ".": "functions stand alone: sin(x), not np.sin(x)",
    "if": "write where(condition, a, b)",
    "else": "write where(condition, a, b)",
    "lambda": "write the expression alone",
    "\N{LEFT DOUBLE QUOTATION MARK}": "quotes of YAML are straight",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "quotes of YAML are straight",
}
