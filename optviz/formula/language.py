"""The formula language: its names, and what people write who know another."""

from __future__ import annotations

import math
from typing import NamedTuple


class Function(NamedTuple):
    """A function of the language: what it becomes, and how many arguments it takes."""

    op: str
    least: int = 1
    most: int | None = 1  # None: any number


FUNCTIONS = {
    "sin": Function("sin"),
    "cos": Function("cos"),
    "tan": Function("tan"),
    "asin": Function("asin"),
    "acos": Function("acos"),
    "atan": Function("atan"),
    "atan2": Function("atan2", 2, 2),
    "sinh": Function("sinh"),
    "cosh": Function("cosh"),
    "tanh": Function("tanh"),
    "exp": Function("exp"),
    "log": Function("log"),
    "log10": Function("log10"),
    "log2": Function("log2"),
    "sqrt": Function("sqrt"),
    "abs": Function("absolute"),
    "sign": Function("sign"),
    "floor": Function("floor"),
    "ceil": Function("ceil"),
    "min": Function("minimum", 2, None),
    "max": Function("maximum", 2, None),
    "where": Function("where", 3, 3),
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
    "cot": "write 1/tan(x)",
    "sec": "write 1/cos(x)",
    "csc": "write 1/sin(x)",
}
KEYWORD_HINTS = {
    "if": "write where(condition, a, b)",
    "else": "write where(condition, a, b)",
    "True": "write 1",
    "False": "write 0",
    "is": "write ==",
    "lambda": "write the expression alone",
}
CHARACTER_HINTS = {
    "^": "write ** for a power",
    "[": "write ( )",
    "]": "write ( )",
    "{": "write ( )",
    "}": "write ( )",
    "=": "write == to compare",
    "!": "write not, or != to compare",
    "&": "write and",
    "|": "write abs(x), or the word or",
    "~": "write not",
    "×": "write *",
    "·": "write *",
    "⋅": "write *",
    "∗": "write *",
    "÷": "write /",
    "−": "write - (the minus of the keyboard)",
    "–": "write - (the minus of the keyboard)",
    "√": "write sqrt(x)",
    "π": "write pi",
    "²": "write **2",
    "³": "write **3",
    "⁴": "write **4",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    ".": "functions stand alone: sin(x), not np.sin(x)",
}
