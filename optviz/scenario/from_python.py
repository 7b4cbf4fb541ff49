"""A scenario's keys as Python gives them: numpy's numbers made plain, callables set aside under their names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import PurePath
from typing import Any

import numpy as np
import yaml

from optviz.errors import Issue, OptvizError
from optviz.optimizers.custom import own_rule
from optviz.optimizers.rule import Rule
from optviz.problems.custom import OwnFunction
from optviz.scenario.document import Document, Origin, Own
from optviz.scenario.models import Scenario


def document_of(keys: Mapping[str, object], name: str) -> Document:
    """The keys as if they stood in a file, except that nothing has a line. Raises OptvizError."""
    own = Own()
    readers = {"function": partial(_function, own=own), "optimizers": partial(_racers, own=own)}
    data = {key: readers.get(key, _plain)(value) for key, value in keys.items()}
    origins = {key: Origin("", key) for key in (*Scenario.model_fields, *data)}
    return Document(name, data=data, replaced=origins, own=own)


def as_text(data: Mapping[str, object]) -> str:
    """The keys as YAML, for the file's metadata."""
    text: str = yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=100)
    return text


def _plain(value: Any) -> Any:
    """Lists for tuples and arrays, Python's numbers for numpy's, text for paths; what is none of these stays."""
    match value:
        case np.ndarray() | np.generic():
            return value.tolist()
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case PurePath():
            return str(value)
        case None | str() | bool() | int() | float():
            return value
    raise OptvizError(Issue(f"{value!r} cannot stand in a scenario", hint="texts, numbers, lists and mappings can"))


def _function(given: Any, own: Own) -> Any:
    """A callable, or a mapping with callables under ``formula`` and ``gradient``."""
    if callable(given):
        given = {"formula": given}
    if not isinstance(given, Mapping) or not callable(given.get("formula")):
        return _plain(given)
    rest = {key: value for key, value in given.items() if key not in ("formula", "gradient")}
    own.function = OwnFunction(given["formula"], given.get("gradient"))
    own.function.warn()
    return {"formula": own.function.formula, **_plain(rest)}


def _racers(given: Any, own: Own) -> Any:
    if not isinstance(given, list | tuple):
        return _plain(given)
    return [_racer(item, own) for item in given]


def _racer(given: Any, own: Own) -> Any:
    """``adam``, ``{"adam": {"lr": 0.1}}``, and either with a class, a function or a Rule for the name."""
    if not isinstance(given, Mapping):
        return _name(given, own)
    return {_name(key, own): _plain(settings) for key, settings in given.items()}


def _name(given: Any, own: Own) -> Any:
    if not callable(given) and not isinstance(given, Rule):
        return _plain(given)
    rule = own_rule(given)
    own.rules[rule.name] = rule
    return rule.name
