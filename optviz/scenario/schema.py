"""The JSON Schema of a scenario, made of the models and the catalogues, for editors.

It says what can be said of each key by itself; what keys must agree on only ``optviz check`` knows.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, TypeAlias

from pydantic.json_schema import GenerateJsonSchema

from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.rule import Interval, Parameter, Rule
from optviz.output import FORMATS
from optviz.problems import FUNCTIONS
from optviz.scenario.descriptions import MEANINGS
from optviz.scenario.document import TEXT_KEYS
from optviz.scenario.fields import SIZES
from optviz.scenario.models import MOST_RACERS, Scenario

Json: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SCALAR = ["string", "number", "boolean"]  # what YAML may take a text for
_NUMBER: Json = {"type": "number"}
_POINT: Json = {"anyOf": [_NUMBER, {"type": "array", "items": _NUMBER, "minItems": 1, "maxItems": 2}]}
_INTERVAL: Json = {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}
_SIZE: Json = {
    "anyOf": [
        {"enum": list(SIZES)},
        {"type": "string", "pattern": "^[0-9]+ ?[xX×] ?[0-9]+$"},
        {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
    ]
}


def _count_or(*words: object, most: int | None = None) -> Json:
    count = {"type": "integer", "minimum": 1} | ({"maximum": most} if most else {})
    return {"anyOf": [{"enum": list(words)}, count]}


def _one_or_several(inner: Json) -> Json:
    return {"anyOf": [inner["items"], inner]}


def _or_nothing(inner: Json) -> Json:
    return {"anyOf": [inner, {"type": "null"}]}


# What each validator of values.py accepts: the schema of what it makes -> the schema of what it takes. The bounds
# of those that were made for a key stand in their closures, and follow here as keywords.
_TAKES: dict[str, Callable[..., Json]] = {
    "whole": lambda inner: {"type": "integer"},
    "number": lambda inner: _NUMBER,
    "text": lambda inner: {"type": "string", "minLength": 1},
    "text_or_nothing": lambda inner: {"type": "string"},
    "at_least.<locals>.check": lambda inner, low: {**inner, "minimum": low},
    "between.<locals>.check": lambda inner, low, high: {**inner, "minimum": low, "maximum": high},
    "positive": lambda inner: {**inner, "exclusiveMinimum": 0},
    "one_of.<locals>.check": lambda inner, **_: inner,
    "point": lambda inner: _POINT,
    "points": lambda inner: {"type": "array", "items": _POINT},
    "interval": lambda inner: _INTERVAL,
    "box": lambda inner: {"type": "array", "items": _INTERVAL, "minItems": 1, "maxItems": 2},
    "size": lambda inner: _SIZE,
    "trail": lambda inner: _count_or("full", "none"),
    "batch": lambda inner: _count_or("full"),
    "loop": lambda inner: _count_or(True, False, most=65535),
    "names": _one_or_several,
    "left_out": _or_nothing,
    "Render.<lambda>": _or_nothing,
    "Function._name_alone": lambda inner: inner,  # see _function
    "Function._name_or_formula": lambda inner: inner,
    "Network._fit_the_data": lambda inner: inner,
    "Noise._spikes_whole": lambda inner: inner,
    "FinishSettings._one": lambda inner: inner,
}


class _Generator(GenerateJsonSchema):
    """Asks our validators what they take, where pydantic can only tell what they make."""

    def function_before_schema(self, schema: Any) -> Json:
        return self._taken(schema)

    def function_after_schema(self, schema: Any) -> Json:
        return self._taken(schema)

    def _taken(self, schema: Any) -> Json:
        validator = inspect.unwrap(schema["function"]["function"])
        bounds = inspect.getclosurevars(validator).nonlocals if inspect.isfunction(validator) else {}
        taken = _TAKES[validator.__qualname__](self.generate_inner(schema["schema"]), **bounds)
        return deepcopy(taken)  # descriptions are written into it


def schema() -> Json:
    """The whole schema, JSON Schema 2020-12."""
    made: Json = Scenario.model_json_schema(schema_generator=_Generator, ref_template="#/$defs/{model}")
    parts: dict[str, Json] = made.pop("$defs")
    del parts["RacerSpec"]
    parts["Scenario"] = made
    for name, part in parts.items():
        _describe(name, part)
    _agree(parts)
    parts |= {"Schedule": _SCHEDULE, "Base": _base()}
    parts |= {rule.name: _hyperparameters(rule) for rule in OPTIMIZERS.values()}
    top = parts.pop("Scenario")
    return {"$schema": DIALECT, "title": "An optviz scenario", **top, "$defs": parts}


def schema_text() -> str:
    """As it is printed and shipped."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _describe(model: str, part: Json) -> None:
    part.pop("title", None)
    part["description"] = part["description"].replace("``", "")
    for key, value in part["properties"].items():
        value.pop("title", None)
        value.pop("default", None)  # most depend on other keys
        value["description"] = MEANINGS[model][key]
        if key in TEXT_KEYS and value.get("type") == "string":
            value["type"] = _SCALAR
        _without_null(value)


def _without_null(value: Json) -> None:
    """A key that may be left out is not written with nothing after it."""
    kinds = [kind for kind in value.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) == 1 and len(value["anyOf"]) == 2:
        del value["anyOf"]
        value |= kinds[0]


def _agree(parts: dict[str, Json]) -> None:
    """What the models check of several keys."""
    top = parts["Scenario"]["properties"]
    top["function"] = {"anyOf": [{"enum": list(FUNCTIONS)}, {"$ref": "#/$defs/Function"}], **_said(top["function"])}
    top["optimizers"] = {"type": "array", "items": _racer(), "minItems": 1, "maxItems": MOST_RACERS} | _said(
        top["optimizers"]
    )
    top["common"] = {**_common(), **_said(top["common"])}
    top["output"] = {**_one_or_several({"type": "array", "items": _output()}), **_said(top["output"])}
    parts["Scenario"]["oneOf"] = [{"required": ["function"]}, {"required": ["network"]}]
    parts["Function"]["oneOf"] = [{"required": ["name"]}, {"required": ["formula"]}]
    parts["Function"]["properties"]["name"] = {
        "enum": list(FUNCTIONS),
        **_said(parts["Function"]["properties"]["name"]),
    }
    parts["FinishSettings"]["oneOf"] = [{"required": ["distance"]}, {"required": ["gap"]}]
    parts["Noise"]["dependentRequired"] = {"spike_every": ["spike_std"], "spike_std": ["spike_every"]}


def _output() -> Json:
    """A path that ends in a suffix of FORMATS, upper or lower case."""
    suffixes = [suffix[1:] for suffix in FORMATS]
    either = ["".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in s) for s in suffixes]
    return {"type": "string", "pattern": rf"\.({'|'.join(either)})$"}


def _said(value: Json) -> Json:
    return {"description": value["description"]}


# --- racers ---------------------------------------------------------------------------------------


def _racer() -> Json:
    """A name, or one name with hyperparameters."""
    rules = {name: {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]} for name in OPTIMIZERS}
    with_settings = {"type": "object", "properties": rules, "additionalProperties": False}
    return {"anyOf": [{"enum": list(OPTIMIZERS)}, {**with_settings, "minProperties": 1, "maxProperties": 1}]}


def _base() -> Json:
    racer = {"description": "another rule, written as a racer", **_racer()}
    plain = [name for name, rule in OPTIMIZERS.items() if not any(part.is_base for part in rule.parameters.values())]
    racer["anyOf"][0]["enum"] = plain
    racer["anyOf"][1]["properties"] = {name: racer["anyOf"][1]["properties"][name] for name in plain}
    return racer


_SCHEDULE: Json = {"type": "string", "description": "a schedule: a formula in the step t, such as 0.1/sqrt(t)"}


def _hyperparameters(rule: Rule) -> Json:
    """What may stand under one rule's name."""
    properties = {name: _hyperparameter(parameter) for name, parameter in rule.parameters.items()}
    label = {"type": _SCALAR, "description": "its name on the picture"}
    return {
        "description": f"{rule.label}: {rule.source}",
        "type": "object",
        "properties": {**properties, "label": label},
        "additionalProperties": False,
    }


def _common() -> Json:
    """Every hyperparameter of every rule."""
    kinds: dict[str, list[Json]] = {}
    for rule in OPTIMIZERS.values():
        for name, parameter in rule.parameters.items():
            kind = _kind(parameter)
            if kind not in kinds.setdefault(name, []):
                kinds[name].append(kind)
    properties = {name: several[0] if len(several) == 1 else {"anyOf": several} for name, several in kinds.items()}
    return {"anyOf": [{"type": "object", "properties": properties, "additionalProperties": False}, {"type": "null"}]}


def _hyperparameter(parameter: Parameter) -> Json:
    from optviz.cli.describe import written

    return {**_kind(parameter), "description": f"{parameter.meaning}; {written(parameter.default)}"}


def _kind(parameter: Parameter) -> Json:
    if parameter.is_base:
        return {"$ref": "#/$defs/Base"}
    if parameter.is_switch:
        return {"enum": [True, False, "yes", "no", "on", "off"]}
    if parameter.choices:
        return {"enum": [*parameter.choices, *([None] if "none" in parameter.choices else [])]}
    kinds: list[Json] = [{"type": "integer" if parameter.integer else "number", **_bounds(parameter.bounds)}]
    if not parameter.integer:
        kinds.append({"$ref": "#/$defs/Schedule"})
    if parameter.optional:
        kinds.append({"enum": ["none", None]})
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _bounds(bounds: Interval | None) -> Mapping[str, float]:
    if bounds is None:
        return {}
    ends = {
        "exclusiveMinimum" if bounds.low_open else "minimum": bounds.low,
        "exclusiveMaximum" if bounds.high_open else "maximum": bounds.high,
    }
    return {word: end for word, end in ends.items() if abs(end) != float("inf")}
