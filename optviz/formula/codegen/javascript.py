"""Write a formula's graph as JavaScript of plain numbers.

The source is written from the graph's own nodes, never from the user's text, and needs nothing but ``PRELUDE``: it runs
where no code may be made from text. Its arithmetic, square roots, ``%``, ``floor`` and comparisons have the bits of the
Python code; powers that are no small integers, exponentials and angles are those of the browser.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from optviz.formula.codegen.straight_line import straight_line
from optviz.formula.graph import Node

INFIX = {op: op for op in ("+", "-", "*", "/", "<", "<=", ">", ">=")}
INFIX |= {"==": "===", "!=": "!==", "and": "&&", "or": "||"}
BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "number": 3}  # the tighter, the more; equal ones from the left
BRACKETED = {"neg": "(-{})", "not": "(!{})"}
OWN_NAMES = {  # where JavaScript's function is called otherwise, or means something else
    "%": "mod",
    "absolute": "abs",
    "minimum": "min_",
    "maximum": "max_",
    "power": "pow_",
    "python_power": "pow_",
}

# The functions that the source calls. Math.min and Math.max tell 0 from -0, % keeps the sign of the left side, and a
# power of 1 may be NaN: not so here.
PRELUDE = (
    "const{abs,acos,asin,atan,atan2,ceil,cos,cosh,exp,floor,log,log10,log2,sin,sinh,sqrt,tan,tanh}=Math,"
    "sign=z=>z>0?1:z<0?-1:z===0?0:z,"
    "min_=(a,b)=>a<=b||a!==a?a:b,"
    "max_=(a,b)=>a>=b||a!==a?a:b,"
    "pow_=(a,b)=>a===1||a===-1&&abs(b)===1/0?1:Math.pow(a,b),"
    "mod=(a,b)=>{const r=a%b;return r&&r<0!==b<0?r+b:r};"
)


def function(roots: Sequence[Node], variables: Sequence[str], *, listed: bool = False) -> str:
    """Return the source of a function of the variables: an array of all values, or the value if there is but one.

    listed: an array of that one too.
    """
    program = straight_line(roots, expression)
    declared = ",".join(f"{name}={text}" for name, text in program.assignments)
    body = f"const {declared};" if declared else ""
    result = f"[{','.join(program.results)}]" if listed or len(roots) > 1 else program.results[0]
    return f"({','.join(variables)})=>{{{body}return {result}}}"


def expression(node: Node, args: Sequence[str]) -> str:
    """Return the expression of a node from those of its arguments."""
    if node.op == "variable":
        return node.name
    if node.op == "number":
        return literal(node.constant)
    if node.op in INFIX:
        left, right = (_inside(node, side, text) for side, text in enumerate(args))
        return f"({left}{INFIX[node.op]}{right})"
    if node.op == "where":
        condition, *choices = args
        return f"({condition}?{':'.join(map(_alone, node.args[1:], choices))})"
    if node.op in BRACKETED:
        return BRACKETED[node.op].format(*args)
    return f"{OWN_NAMES.get(node.op, node.op)}({','.join(map(bare, args))})"


def bare(text: str) -> str:
    """Return an expression without the brackets around the whole of it."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return text[1:-1] if sign == ")" and at == len(text) - 1 and text[0] == "(" else text
    return text


def _inside(node: Node, side: int, text: str) -> str:
    """Return one side of an operation, without brackets where it binds as tightly without."""
    inner, outer = BINDING.get(node.args[side].op, 0), BINDING.get(node.op, 0)
    needed = not outer or inner < outer + side or (side and bare(text).startswith("-"))
    return text if needed else bare(text)


def _alone(node: Node, text: str) -> str:
    """Return what stands between a choice's signs, without brackets around arithmetic."""
    return bare(text) if node.op in BINDING else text


def literal(number: float | bool | None) -> str:
    """Return a constant that reads back with every bit."""
    if isinstance(number, bool):
        return "true" if number else "false"
    value = 0.0 if number is None else float(number)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "(1/0)" if value > 0 else "(-1/0)"
    text = repr(value).removesuffix(".0")
    return f"({text})" if math.copysign(1.0, value) < 0 else text
