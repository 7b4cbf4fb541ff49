"""Write a formula in LaTeX for Matplotlib's mathtext, in the author's own order.

Mathtext is a small LaTeX: no environments such as ``cases`` and no ``\\bmod``, hence words in roman type.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import NamedTuple

from optviz.formula.parse import OPERATORS, fold, name_called


class Binds(IntEnum):
    """Ranks how tightly a piece holds together; a looser piece gets brackets inside a tighter one."""

    CHOICE = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    MODULO = 5
    SUM = 6
    SIGN = 7
    PRODUCT = 8
    POWER = 9
    ATOM = 10


class Tex(NamedTuple):
    """Holds a piece of mathtext, and of a call the two halves between which an exponent goes."""

    text: str
    binds: Binds = Binds.ATOM
    halves: tuple[str, str] | None = None


GREEK = re.findall(
    r"\w+",
    """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi
    psi omega pi Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega""",
)
RELATIONS = {"<": "<", "<=": r"\leq", ">": ">", ">=": r"\geq", "==": "=", "!=": r"\neq"}
COMMANDS = {  # where it is not a backslash and the name
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
    "log": r"\ln",
    "log10": r"\log_{10}",
    "log2": r"\log_{2}",
    "atan2": r"\mathrm{atan2}",
    "sign": r"\mathrm{sgn}",
    "chance": r"\mathrm{chance}",
}
FENCES = {"abs": ("|", "|"), "floor": (r"\lfloor ", r" \rfloor"), "ceil": (r"\lceil ", r" \rceil")}


def latex(tree: ast.expr) -> str:
    """Return the mathtext of a formula, without dollar signs."""
    return fold(tree, lambda node, parts: WRITERS[type(node)](node, parts)).text


def _within(piece: Tex, least: Binds) -> str:
    """Return the piece, in brackets where it binds more loosely than ``least``."""
    return piece.text if piece.binds >= least else _fenced("(", piece.text, ")")


def _fenced(left: str, text: str, right: str) -> str:
    """Return the text between delimiters as tall as it is."""
    tall = r"\frac" in text or (left.strip() == "|" and "|" in text)
    return rf"\left{left}{text}\right{right.strip()}" if tall else f"{left}{text}{right}"


def _constant(node: ast.Constant, parts: Sequence[Tex]) -> Tex:
    mantissa, _, exponent = repr(node.value).partition("e")
    mantissa = mantissa.removesuffix(".0")
    if not exponent:
        return Tex(mantissa)
    power = f"10^{{{int(exponent)}}}"
    return Tex(power, Binds.POWER) if mantissa == "1" else Tex(rf"{mantissa} \cdot {power}", Binds.PRODUCT)


def _name(node: ast.Name, parts: Sequence[Tex]) -> Tex:
    stem = node.id.rstrip("0123456789")
    letters, digits = stem.removesuffix("_"), node.id[len(stem) :]
    plain = letters.replace("_", r"\_")
    base = rf"\{letters}" if letters in GREEK else plain if len(letters) == 1 else rf"\mathrm{{{plain}}}"
    return Tex(f"{base}_{{{digits}}}" if digits else base)


def _unary(node: ast.UnaryOp, parts: Sequence[Tex]) -> Tex:
    op = OPERATORS[type(node.op)]
    if op == "not":
        return Tex(rf"\mathrm{{not}}\ {_within(parts[0], Binds.NOT)}", Binds.NOT)
    return Tex(f"{op}{_within(parts[0], Binds.PRODUCT)}", Binds.SIGN)


def _sum(op: str) -> Callable[[Tex, Tex], Tex]:
    return lambda a, b: Tex(f"{_within(a, Binds.SUM)} {op} {_within(b, Binds.PRODUCT)}", Binds.SUM)


def _product(a: Tex, b: Tex) -> Tex:
    left, right = _within(a, Binds.SIGN), _within(b, Binds.PRODUCT)
    mixed = left[-1].isdigit() and right.startswith(r"\frac")  # 2 1/3 would be read as a sum
    dot = r" \cdot " if right[0].isdigit() or mixed else " "
    return Tex(f"{left}{dot}{right}", min(a.binds, Binds.PRODUCT) if a.binds >= Binds.SIGN else Binds.PRODUCT)


def _power(a: Tex, b: Tex) -> Tex:
    if a.halves and b.binds >= Binds.PRODUCT:  # not sin^{-1}, which means something else
        return Tex(f"{a.halves[0]}^{{{b.text}}}{a.halves[1]}", Binds.POWER)
    return Tex(f"{_within(a, Binds.ATOM)}^{{{b.text}}}", Binds.POWER)


BINARY: dict[str, Callable[[Tex, Tex], Tex]] = {
    "+": _sum("+"),
    "-": _sum("-"),
    "*": _product,
    "/": lambda a, b: Tex(rf"\frac{{{a.text}}}{{{b.text}}}", Binds.POWER),
    "%": lambda a, b: Tex(rf"{_within(a, Binds.PRODUCT)}\ \mathrm{{mod}}\ {_within(b, Binds.POWER)}", Binds.MODULO),
    "**": _power,
}


def _logic(node: ast.BoolOp, parts: Sequence[Tex]) -> Tex:
    word = OPERATORS[type(node.op)]
    binds = Binds.AND if word == "and" else Binds.OR
    texts = [_within(part, Binds(binds + 1)) for part in parts]
    return Tex(rf"\ \mathrm{{{word}}}\ ".join(texts), binds)


def _comparison(node: ast.Compare, parts: Sequence[Tex]) -> Tex:
    texts = [_within(part, Binds.MODULO) for part in parts]
    pairs = zip(node.ops, texts[1:], strict=True)
    return Tex(texts[0] + "".join(f" {RELATIONS[OPERATORS[type(op)]]} {text}" for op, text in pairs), Binds.COMPARISON)


def _call(node: ast.Call, parts: Sequence[Tex]) -> Tex:
    name = name_called(node)
    if name == "sqrt":
        return Tex(rf"\sqrt{{{parts[0].text}}}", Binds.POWER)
    if name == "where":
        a, b = (_within(part, Binds.OR) for part in parts[1:])
        return Tex(rf"{a}\ \mathrm{{if}}\ {parts[0].text},\ \mathrm{{else}}\ {b}", Binds.CHOICE)
    if name in FENCES:
        left, right = FENCES[name]
        return Tex(_fenced(left, parts[0].text, right))
    head, arguments = COMMANDS.get(name, rf"\{name}"), ", ".join(part.text for part in parts)
    tail = _fenced("(", arguments, ")")
    return Tex(head + tail, Binds.POWER, None if "_" in head else (head, tail))


WRITERS: dict[type[ast.AST], Callable[..., Tex]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.UnaryOp: _unary,
    ast.BinOp: lambda node, parts: BINARY[OPERATORS[type(node.op)]](*parts),
    ast.BoolOp: _logic,
    ast.Compare: _comparison,
    ast.Call: _call,
}
