"""Rules and functions in plain text, for ``optviz list`` and ``optviz show``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from optviz.optimizers import OPTIMIZERS, Parameter, Rule
from optviz.problems import FUNCTIONS, Problem, from_catalogue

if TYPE_CHECKING:
    from optviz.engine.result import ResultRow

WIDTH = 96


def list_optimizers() -> str:
    """Every rule's name, label and defaults, one line each."""
    rows = [(rule.name, rule.label, _defaults(rule)) for rule in OPTIMIZERS.values()]
    return table(("name", "label", "defaults"), rows)


def list_functions() -> str:
    """Every catalogue function's name, title, dimension and start, one line each."""
    problems = [from_catalogue(name) for name in FUNCTIONS]
    rows = [(problem.name, problem.title, str(problem.dim), _point(problem.start)) for problem in problems]
    return table(("name", "title", "dim", "start"), rows)


def list_scenarios() -> str:
    """Every shipped scenario's name and title, one line each."""
    from optviz.scenario import load
    from optviz.scenario.shipped import shipped_names

    return table(("name", "title"), [(name, load(name).title) for name in shipped_names()])


def describe_rule(rule: Rule) -> str:
    """The equations, hyperparameters, source and kinship of one rule."""
    facts = [
        ("state", ", ".join(rule.state) or "none"),
        ("source", rule.source),
        ("equals", "\n".join(rule.equals) or "no library's rule that is known here"),
        ("differs", rule.differs),
    ]
    return "\n\n".join(
        [
            f"{rule.label} ({rule.name})",
            _indented([*rule.equations, "", hanging("", _legend(rule))]),
            "hyperparameters\n" + parameters(rule),
            _facts(facts),
            f"in a scenario\n  optimizers:\n    - {rule.name}: {{{_example(rule)}}}",
        ]
    )


def parameters(rule: Rule) -> str:
    """Name, default, allowed values and meaning of each hyperparameter, one line each."""
    rows = [_parameter(*item) for item in rule.parameters.items()]
    widths = [max(map(len, column)) for column in zip(*(row[:3] for row in rows), strict=True)]
    heads = ["  ".join(map(str.ljust, row[:3], widths)) + "  " for row in rows]
    return _indented(hanging(head, row[3]) for head, row in zip(heads, rows, strict=True))


def describe_function(problem: Problem) -> str:
    """The formula, window, start and minima of one catalogue function."""
    facts = [
        ("formula", problem.formula),
        ("window", " x ".join(f"[{low:g}, {high:g}]" for low, high in problem.window or ())),
        ("start", _point(problem.start)),
        ("minima", "\n".join(_point(minimum) for minimum in problem.minima) or "none known"),
        ("minimum", "" if problem.f_min is None else f"{problem.f_min:.12g}"),
        ("source", problem.source),
    ]
    title = f"{problem.title} ({problem.name}), {problem.dim}-D"
    return "\n\n".join([title, _facts(facts), f"in a scenario\n  function: {problem.name}"])


def ranking(places: Sequence[ResultRow], measure: str) -> str:
    """Return the result as a table, one racer a line, the winner first; ``measure`` heads the last column."""
    outcomes = [row.outcome if row.step is None else f"{row.outcome} at step {row.step}" for row in places]
    rows = [(str(row.place), row.label, said, f"{row.f:.6g}") for row, said in zip(places, outcomes, strict=True)]
    return table(("", "racer", "outcome", measure), rows)


# --- layout ---------------------------------------------------------------------------------------


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as they need, under their heads."""
    return "\n".join(_aligned([heads, *rows]))


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    """``name  text``, the text wrapped and hanging; empty ones are left out."""
    width = max(len(name) for name, _ in facts) + 2
    return "\n".join(hanging(name.ljust(width), text) for name, text in facts if text)


def hanging(head: str, text: str) -> str:
    """The text wrapped to lines that all begin behind the head."""
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, WIDTH - len(head))]
    return head + ("\n" + " " * len(head)).join(lines)


def _indented(lines: Iterable[str]) -> str:
    return textwrap.indent("\n".join(lines), "  ")


def _point(point: Sequence[float] | None) -> str:
    if point is None:
        return ""
    coordinates = ", ".join(f"{coordinate:.10g}" for coordinate in point)
    return coordinates if len(point) == 1 else f"({coordinates})"


# --- rules ----------------------------------------------------------------------------------------


def _defaults(rule: Rule) -> str:
    return ", ".join(f"{name} {parameter.default_text}" for name, parameter in rule.parameters.items())


def _parameter(name: str, parameter: Parameter) -> tuple[str, str, str, str]:
    allowed = "a choice" if parameter.choices else str(parameter.bounds or "")
    choices = f"\n{' | '.join(parameter.choices)}" if parameter.choices else ""
    allowed = "yes | no" if parameter.is_switch else allowed
    return (
        name,
        parameter.default_text,
        allowed + (" | none" if parameter.optional else ""),
        parameter.meaning + choices,
    )


def _example(rule: Rule) -> str:
    name, parameter = next(iter(rule.parameters.items()))
    return f"{name}: {parameter.default_text}"


def _legend(rule: Rule) -> str:
    """``where η = lr, m̂ = m/(1−β₁ᵗ)``"""
    return "where " + ", ".join(f"{symbol} = {meaning}" for symbol, meaning in rule.legend.items())
