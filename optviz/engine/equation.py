"""Puts a step's numbers in the places of the symbols of its rule's equations, as a teacher writes them on a board."""

from __future__ import annotations

import re
from collections.abc import Mapping

from optviz.engine.anatomy import Anatomy
from optviz.formula.typography import number, superscript
from optviz.optimizers import BoundRule
from optviz.optimizers.rule import SYMBOLS

UNSURE = re.compile(r"[;:,=⟨‖ₜ∞]| where | one step |clip|Σ|½")  # more than one case, or more than numbers
MAXIMUM = re.compile(r"max\([^()]*\)")  # whose comma separates no cases
EITHER = re.compile(r"(.*),  (\w+): (.*)")  # one form, and another where a switch is on
NOTHING, ROOT = re.compile(r" \+ 0(?= |\)|$)"), re.compile(r"√\((\d[\d.]*)\)")
FIRST = re.compile(r"^\((−[^()]*)\)")  # and what else a board would leave out
TOKEN = re.compile(r"[α-ω](?:_root|[₀-₉₊₋])?|[A-Za-z][\u0302\u0303]?[A-Za-z0-9_]*[₀-₉]?|.", re.DOTALL)
WORDS = {"sign", "max"}
AFTER_NUMBER = tuple(")0123456789⁰¹²³⁴⁵⁶⁷⁸⁹")
ARROW = " ← "


def used(equation: str, rule: BoundRule) -> str:
    """Return the part of an equation that holds for the rule's hyperparameters: of several cases one."""
    form = rule.values.get("bias_correction")
    if found := EITHER.fullmatch(equation):
        return found[3] if rule.values.get(found[2]) else found[1]
    parts = [part.strip() for part in equation.split(";")]
    for part in parts:
        case, is_case, core = part.partition(": ")
        if is_case and form in case.split(", "):
            return core
    return parts[0]


def move_of(rule: BoundRule) -> str:
    """Return the equation by which the rule moves its point, in the form that is used; nothing where it has none."""
    moves = (used(line, rule) for line in reversed(rule.rule.equations))
    return next((move for move in moves if move.startswith("x ← ")), "")


def filled(anatomy: Anatomy, equation: str, step: int, coordinate: int, digits: int) -> str:
    """Return what stands right of the arrow with the numbers of a step; nothing where it is not one sum of numbers.

    equation: one of the rule's, in the form that is used. Of numbers at most ``digits`` digits are written.
    """
    rule, (left, arrow, right) = anatomy.racer.rule, equation.partition(ARROW)
    new = {name: values[step - 1] for name, values in anatomy.every.items()} | {"x": anatomy.x[step]}
    if not arrow or UNSURE.search(MAXIMUM.sub("", equation)) or left not in new or left == "g":
        return ""
    order = [used(line, rule).partition(ARROW)[0] for line in rule.rule.equations if _holds(line, rule)]
    if order.count(left) > 1 or (left == "x" and rule.values.get("decoupled")) or rule.values.get("eps_in_max"):
        return ""  # it is computed in parts, or otherwise
    later = order[order.index(left) :]
    known = {**new, "x": anatomy.x[step - 1]}
    known |= {name: values[step - 1] for name, values in anatomy.before.items() if name in later}
    h = vars(rule.numeric(lambda schedule: schedule.values[step - 1]).h)
    settings = {SYMBOLS.get(name, name): value for name, value in h.items() if type(value) in (int, float)}
    numbers = {**settings, **{name: values[coordinate] for name, values in known.items()}}
    text = _written(right.replace("ᵗ", superscript(str(step))), numbers, digits)
    return FIRST.sub(r"\1", ROOT.sub(r"√\1", NOTHING.sub("", text)))


def _holds(line: str, rule: BoundRule) -> bool:
    """Return whether an equation is not of another case than that of the rule's bias correction."""
    case, is_case, _ = line.partition(": ")
    return not is_case or ARROW in case or used(line, rule) != line


def _written(text: str, numbers: Mapping[str, float], digits: int) -> str:
    """Put numbers in the places of symbols, a dot between factors; nothing where a symbol is not known."""
    written = ""
    for token in TOKEN.findall(text):
        if token in numbers:
            said = number(float(numbers[token]), digits)
            said = f"({said})" if said.startswith("−") or "·" in said else said
            written = written.rstrip() if written.rstrip()[-1:] in AFTER_NUMBER else written
            written += f"·{said}" if written[-1:] in AFTER_NUMBER else said
        elif token[0].isalpha() and token not in WORDS:
            return ""
        else:
            written += "·" * (token in "(√" and written[-1:] in AFTER_NUMBER[:11]) + token
    return written
