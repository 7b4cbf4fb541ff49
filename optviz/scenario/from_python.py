"""A scenario's keys from Python: NumPy's numbers made plain, callables kept apart under their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from pathlib import PurePath
from typing import Any

import numpy as np
import yaml

from optviz.errors import Issue, OptvizError, join, misfit
from optviz.optimizers.custom import custom_rule
from optviz.optimizers.libraries import LIBRARIES
from optviz.optimizers.rule import Rule
from optviz.problems import CustomFunction, differentiable, given_module, is_module
from optviz.problems.module import SUCH_AS
from optviz.scenario.document import LONGEST_INTEGER, Custom, Document, Origin
from optviz.scenario.messages import said
from optviz.scenario.models import Scenario

BESIDE = ("label", "color", "marker", "clip", "noise")  # keys of a racer that are no arguments of its optimizer


def document_of(keys: Mapping[str, object], name: str) -> Document:
    """Return the keys as if they stood in a file, except that nothing has a line. Raises OptvizError."""
    custom = Custom()
    named = {**keys}
    if "function" in keys:
        start = keys.get("start", 0.0)
        dim = len(start) if isinstance(start, list | tuple) else np.size(np.asarray(start))
        named["function"] = _function(keys["function"], dim, custom)
    if is_module(network := keys.get("network")):
        raise OptvizError(Issue("a module of PyTorch's is trained on data", "network", SUCH_AS))
    if isinstance(network, Mapping) and not isinstance(network.get("module", ""), str):
        named["network"] = _module(network, custom)
    if isinstance(racers := keys.get("optimizers"), list | tuple):
        named["optimizers"] = [_racer(racer, custom) for racer in racers]
    data: dict[str, Any] = _plain(named)
    origins = {key: Origin("", key) for key in (*Scenario.model_fields, *data)}
    return Document(name, data=data, replaced=origins, custom=custom)


def as_text(data: Mapping[str, object]) -> str:
    """Return the keys as YAML, for the file's metadata."""
    text: str = yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=100)
    return text


def _plain(value: Any, path: str = "") -> Any:
    """Return lists for tuples and arrays, Python's numbers for NumPy's, text for paths. Raises OptvizError."""
    match value:
        case np.ndarray() | np.generic():
            return value.tolist()
        case Mapping():
            return {_plain(str(key)): _plain(item, join(path, str(key))) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, join(path, place)) for place, item in enumerate(value)]
        case int() if abs(value) >= 10**LONGEST_INTEGER:
            return inf if value > 0 else -inf  # as it is read from a file
        case None | bool() | int() | float():
            return value
        case PurePath() | str() if str(value).encode("utf-8", "ignore").decode("utf-8") == str(value):
            return str(value)
    raise OptvizError(Issue(f"{_kind(value)} cannot stand in a scenario", path, "texts, numbers, lists, mappings can"))


def _kind(value: object) -> str:
    """Name an object by its class, without the address that its text may hold; a text, a number as they are."""
    if callable(value) and hasattr(value, "__name__"):
        return f"the {'class' if isinstance(value, type) else 'function'} {value.__name__}"
    return said(value) if isinstance(value, str | int | float) else f"an object of {type(value).__name__}"


def _function(given: Any, dim: int, custom: Custom) -> Any:
    """Keep a callable, alone or in a mapping with its gradient, and return what stands for it in a file.

    dim: the coordinates of the start, for a loss that takes the point as one vector.
    """
    if is_module(given):
        raise OptvizError(Issue("a module of PyTorch's is trained on data", "function", SUCH_AS))
    if callable(given):
        given = {"formula": given}
    if not isinstance(given, Mapping):
        return given
    gradient = given.get("gradient")
    if not callable(given.get("formula")):
        if callable(gradient):
            said = "belongs to a function of Python's; a formula is differentiated exactly"
            raise OptvizError(Issue(said, "function.gradient", "remove it, or give a function as formula"))
        return given
    if gradient is not None and not callable(gradient):
        raise misfit("must be a function", gradient, "leave it out, and it is found numerically", "function.gradient")
    rest = {key: value for key, value in given.items() if key not in ("formula", "gradient")}
    custom.function = None if "gradient" in given else differentiable(given["formula"], dim)
    if custom.function is None:
        custom.function = CustomFunction(given["formula"], given.get("gradient"))
        custom.function.warn()
    return {"formula": custom.function.formula, **rest}


def _module(given: Mapping[str, Any], custom: Custom) -> dict[str, Any]:
    """Keep a module with its loss and data, and return what stands for it in a file. Raises OptvizError."""
    if not is_module(given["module"]):
        raise OptvizError(Issue(f"must be a torch.nn.Module, got {_kind(given['module'])}", "network.module", SUCH_AS))
    try:
        custom.module = given_module(given)
    except OptvizError as error:
        raise OptvizError([replace(issue, path=join("network", issue.path)) for issue in error.issues]) from error
    return {"module": custom.module.name, **{key: given[key] for key in ("batch",) if key in given}}


def _racer(given: Any, custom: Custom) -> Any:
    """Keep the class, function or Rule in ``Mine`` or ``{Mine: {"lr": 0.1}}``, and return its name in its place.

    It may also be the base of another: ``{"lookahead": {"base": Mine}}``.
    """
    if isinstance(given, Mapping):
        if len(given) == 1 and (theirs := _of_library(*next(iter(given.items())), custom)):
            return theirs
        return {_racer(name, custom): _settings(settings, custom) for name, settings in given.items()}
    if theirs := _of_library(given, None, custom):
        return theirs
    if hasattr(given, "step") and not isinstance(given, type | Rule):
        name = type(given).__name__
        hint = f"give the class, with its settings: {{{name}: {{'lr': 0.1}}}}"
        raise OptvizError(Issue(f"an object of {name} has taken its settings already", "optimizers", hint))
    if not callable(given) and not isinstance(given, Rule):
        return given
    rule = custom_rule(given)
    custom.rules[rule.name] = rule
    return rule.name


def _of_library(given: Any, settings: Any, custom: Custom) -> dict[str, Any] | None:
    """Keep another library's class or instance, and return the racer that stands for it in a file."""
    for library in LIBRARIES.values():
        taken = None if isinstance(given, str) else library.taken(given)
        if taken is not None:
            name = taken.name
            while custom.makers.get((library.name, name), taken.make) is not taken.make:
                name += "_"
            custom.makers[library.name, name] = taken.make
            arguments = {**taken.arguments, **(settings or {})}
            beside = {key: arguments.pop(key) for key in BESIDE if key in arguments}
            return {library.name: {name: _plain(arguments), **beside}}
    return None


def _settings(given: Any, custom: Custom) -> Any:
    if not isinstance(given, Mapping):
        return given
    return {name: _racer(value, custom) if name == "base" else value for name, value in given.items()}
