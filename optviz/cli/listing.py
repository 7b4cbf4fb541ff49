"""``optviz list``: lists what a scenario can name."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

from optviz.cli import options
from optviz.cli.console import print_json
from optviz.cli.tables import point, table
from optviz.cli.terminal import say


class Catalogue(StrEnum):
    """What can be listed."""

    optimizers = "optimizers"
    functions = "functions"
    scenarios = "scenarios"
    words = "words"


def list_(
    catalogue: Annotated[
        Catalogue | None,
        typer.Argument(
            metavar="WHAT",
            help="optimizers, functions, scenarios or words (default: all but words).",
            show_default=False,
        ),
    ] = None,
    json: options.Json = False,
) -> None:
    """List optimizers, functions, scenarios and the words of pictures.

    \b
    optviz list optimizers
    optviz list functions
    optviz list scenarios
    optviz list words
    optviz list optimizers --json
    """
    if json:
        lists = {kind.value: facts() for kind, facts in _facts().items() if catalogue in (None, kind)}
        print_json(lists if catalogue is None else lists[catalogue])
        return
    tables = {
        Catalogue.optimizers: list_optimizers,
        Catalogue.functions: list_functions,
        Catalogue.scenarios: list_scenarios,
        Catalogue.words: list_words,
    }
    shown = [catalogue] if catalogue else [kind for kind in tables if kind != Catalogue.words]  # those are many
    say("\n\n".join(tables[kind]() for kind in shown))


def list_optimizers() -> str:
    """List every optimizer's name, label and hyperparameters with their defaults."""
    from optviz.optimizers import OPTIMIZERS

    rows = []
    for rule in OPTIMIZERS.values():
        defaults = [f"{name} {parameter.default_text}" for name, parameter in rule.parameters.items()]
        rows.append((rule.name, rule.label, ", ".join(defaults)))
    return table(("name", "label", "defaults"), rows)


def list_functions() -> str:
    """List every test function's name, title, dimension and start."""
    from optviz.problems import FUNCTIONS, from_catalogue

    problems = [from_catalogue(name) for name in FUNCTIONS]
    rows = [(problem.name, problem.title, str(problem.dim), point(problem.start)) for problem in problems]
    return table(("name", "title", "dim", "start"), rows)


def list_scenarios() -> str:
    """List every shipped scenario's name and title."""
    from optviz.scenario import load
    from optviz.scenario.shipped import shipped_names

    return table(("name", "title"), [(name, load(name).title) for name in shipped_names()])


def list_words() -> str:
    """List every word of a picture, a column a language; ``words`` replaces single ones by the English."""
    from optviz.words import CATALOGUE, LANGUAGES

    return table(LANGUAGES, [tuple(row.values()) for row in CATALOGUE.values()])


def _facts() -> dict[Catalogue, Callable[[], list[dict[str, Any]]]]:
    """Return what makes each list for scripts."""
    from optviz.cli.describe import function_facts, rule_facts
    from optviz.optimizers import OPTIMIZERS
    from optviz.problems import FUNCTIONS, from_catalogue
    from optviz.scenario import load
    from optviz.scenario.shipped import shipped_names
    from optviz.words import CATALOGUE

    return {
        Catalogue.optimizers: lambda: [rule_facts(rule) for rule in OPTIMIZERS.values()],
        Catalogue.functions: lambda: [function_facts(from_catalogue(name)) for name in FUNCTIONS],
        Catalogue.scenarios: lambda: [{"name": name, "title": load(name).title} for name in shipped_names()],
        Catalogue.words: lambda: [dict(row.items()) for row in CATALOGUE.values()],
    }
