"""Describes one optimizer or one function in plain text, for ``optviz show``."""

from __future__ import annotations

from typing import Any

from optviz.cli.tables import hanging, indented, pairs, point
from optviz.optimizers import Parameter, Rule
from optviz.problems import Problem, names_of


def describe_rule(rule: Rule) -> str:
    """Describe a rule: equations, hyperparameters, source, and what other libraries do."""
    example = next(iter(rule.parameters))
    facts = [
        ("state", ", ".join(rule.state) or "none"),
        ("source", rule.source),
        ("equals", "\n".join(rule.equals) or "no library's rule that is known here"),
        ("differs", rule.differs),
    ]
    return "\n\n".join(
        [
            f"{rule.label} ({rule.name})",
            indented(rule.equations),
            _legend(rule),
            "hyperparameters\n" + parameters(rule),
            pairs(facts),
            f"in a scenario\n  optimizers:\n    - {rule.name}: {{{example}: {rule.parameters[example].default_text}}}",
        ]
    )


def rule_facts(rule: Rule) -> dict[str, Any]:
    """Return the same facts for scripts."""
    return {
        "name": rule.name,
        "label": rule.label,
        "equations": list(rule.equations),
        "legend": rule.legend,
        "hyperparameters": {
            name: {
                "default": parameter.default_text if parameter.is_base else parameter.default,
                "allowed": list(parameter.choices) or str(parameter.bounds or "") or None,
                "meaning": parameter.meaning,
            }
            for name, parameter in rule.parameters.items()
        },
        "state": list(rule.state),
        "source": rule.source,
        "equals": list(rule.equals),
        "differs": rule.differs,
    }


def function_facts(problem: Problem) -> dict[str, Any]:
    """Return what ``describe_function`` tells, for scripts."""
    return {
        "name": problem.name,
        "names": list(names_of(problem.name)),
        "title": problem.title,
        "about": problem.about,
        "dimension": problem.dim,
        "formula": problem.formula,
        "window": problem.window,
        "start": problem.start,
        "minima": problem.minima,
        "local_minima": problem.local_minima,
        "f_min": problem.f_min,
        "source": problem.source,
    }


def parameters(rule: Rule) -> str:
    """List the hyperparameters, one line each: name, default, allowed values, meaning."""
    rows = [_parameter(*item) for item in rule.parameters.items()]
    widths = [max(map(len, column)) for column in zip(*(row[:3] for row in rows), strict=True)]
    heads = ["  " + "  ".join(map(str.ljust, row[:3], widths)) + "  " for row in rows]
    return "\n".join(hanging(head, row[3]) for head, row in zip(heads, rows, strict=True))


def describe_function(problem: Problem) -> str:
    """Describe a test function: what there is to see, formula, window, start, minima, source."""
    facts = [
        ("formula", problem.formula),
        ("window", " x ".join(f"[{low:g}, {high:g}]" for low, high in problem.window or ())),
        ("start", point(problem.start)),
        ("minima", "\n".join(point(minimum) for minimum in problem.minima) or "none known"),
        ("local minima", "\n".join(point(minimum) for minimum in problem.local_minima)),
        ("minimum", "" if problem.f_min is None else f"{problem.f_min:.12g}"),
        ("source", problem.source),
    ]
    title = f"{problem.title} ({', '.join(names_of(problem.name))}), {problem.dim}-D"
    return "\n\n".join([title, problem.about, pairs(facts), f"in a scenario\n  function: {problem.name}"])


def _parameter(name: str, parameter: Parameter) -> tuple[str, str, str, str]:
    allowed = "a choice" if parameter.choices else str(parameter.bounds or "")
    choices = f"\n{' | '.join(parameter.choices)}" if parameter.choices else ""
    if parameter.is_switch:
        allowed, choices = " | ".join(("yes", "no", *parameter.choices)), ""
    return (
        name,
        parameter.default_text,
        allowed + (" | none" if parameter.optional else ""),
        parameter.meaning + choices,
    )


def _legend(rule: Rule) -> str:
    """``where η = lr, m̂ = m/(1−β₁ᵗ)``, wrapped between its parts."""
    space = "\N{NO-BREAK SPACE}"
    parts = [f"{symbol} = {meaning}".replace(" ", space) for symbol, meaning in rule.legend.items()]
    return hanging("  ", "where " + ", ".join(parts)).replace(space, " ")
