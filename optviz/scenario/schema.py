"""The JSON Schema of a scenario for editors: pydantic's of the models, and the racers of the catalogue.

It says what can be said of each key by itself; what keys must agree on only ``optviz check`` knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeAlias, get_args

from pydantic.json_schema import GenerateJsonSchema

from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.libraries import LIBRARIES
from optviz.optimizers.parameters import Interval, Parameter
from optviz.optimizers.recorded import PARAMETERS, RECORDED
from optviz.optimizers.rule import Rule
from optviz.scenario.fields import SwitchWord
from optviz.scenario.models import MOST_RACERS, ClipSettings, Scenario
from optviz.scenario.paint import MARKERS

Json: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ARITHMETIC = r"^[-+*/%(). \da-z]*(\d|pi)[-+*/%(). \da-z]*$"  # such as 1/3 or 2*pi
_SCHEDULE: Json = {"type": "string", "description": "a schedule: a formula in the step t, such as 0.1/sqrt(t)"}


_TUNE: Json = {
    "description": "a range in which the value is searched before the race, with the budget under tuning",
    "type": "object",
    "properties": {
        "tune": {
            "description": "[low, high]",
            "type": "array",
            "items": {"type": ["number", "string"]},
            "minItems": 2,
            "maxItems": 2,
        }
    },
    "required": ["tune"],
    "additionalProperties": False,
}


class _Generator(GenerateJsonSchema):
    """Leaves out titles that repeat the key, and defaults, most of which depend on other keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: Any) -> Json:
        return self.generate_inner(schema["schema"])


def schema() -> Json:
    """Return the whole schema, JSON Schema 2020-12."""
    top: Json = Scenario.model_json_schema(schema_generator=_Generator, ref_template="#/$defs/{model}")
    parts: dict[str, Json] = top.pop("$defs")
    del parts["RacerSpec"]  # what a racer becomes; how it is written follows
    parts["ClipSettings"] = ClipSettings.model_json_schema(schema_generator=_Generator)
    for part in (top, *parts.values()):
        del part["title"]
        part["description"] = part["description"].replace("``", "")
    racer = _racer([*OPTIMIZERS, *LIBRARIES, RECORDED])
    top["properties"]["optimizers"] |= {"items": racer, "minItems": 1, "maxItems": MOST_RACERS}
    top["properties"]["common"] = {"description": top["properties"]["common"]["description"], **_common()}
    plain = [name for name, rule in OPTIMIZERS.items() if not any(part.is_base for part in rule.parameters.values())]
    parts["Schedule"], parts["Tune"] = _SCHEDULE, _TUNE
    parts["Base"] = {"description": "another rule, written as a racer", **_racer(plain)}
    parts |= {rule.name: _hyperparameters(rule) for rule in OPTIMIZERS.values()}
    parts |= {library: _foreign(library) for library in LIBRARIES}
    parts[RECORDED] = _recorded()
    return {"$schema": DIALECT, "title": "An optviz scenario", **top, "$defs": parts}


def schema_text() -> str:
    """Return the schema as it is printed and shipped."""
    return json.dumps(_with_arithmetic(schema()), indent=1, ensure_ascii=False) + "\n"


def _with_arithmetic(part: Any) -> Any:
    """Return the schema with arithmetic wherever a number may be; hyperparameters, which may be formulas, say it."""
    if isinstance(part, list):
        return [_with_arithmetic(one) for one in part]
    if not isinstance(part, dict):
        return part
    written = {key: _with_arithmetic(value) for key, value in part.items()}
    return {**written, "type": ["number", "string"], "pattern": ARITHMETIC} if part.get("type") == "number" else written


def _racer(names: Iterable[str]) -> Json:
    """Return the schema of a racer: a name, or one name with hyperparameters."""
    rules = {name: {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]} for name in names}
    with_settings = {"type": "object", "properties": rules, "additionalProperties": False}
    return {"anyOf": [{"enum": list(rules)}, {**with_settings, "minProperties": 1, "maxProperties": 1}]}


def _hyperparameters(rule: Rule) -> Json:
    """Return the schema of what may stand under one rule's name."""
    properties = {
        name: {**_kind(parameter), "description": f"{parameter.meaning}; {parameter.default_text}"}
        for name, parameter in rule.parameters.items()
    }
    return {
        "description": f"{rule.label}: {rule.source}",
        "type": "object",
        "properties": {**properties, **_beside()},
        "additionalProperties": False,
    }


def _foreign(library: str) -> Json:
    """Return the schema of what may stand under the name of another library."""
    return {
        "description": f"an optimizer of {library} with its own arguments, run by its own code",
        "anyOf": [
            {"type": "string"},
            {"type": "object", "properties": _beside(), "additionalProperties": {"type": ["object", "null"]}},
        ],
    }


def _recorded() -> Json:
    """Return the schema of a run from a file."""
    looks = {key: kind for key, kind in _beside().items() if key not in ("clip", "noise")}
    run = {"type": ["string", "number"], "description": PARAMETERS["run"].meaning}
    own = {"file": {"type": "string", "description": PARAMETERS["file"].meaning}, "run": run}
    rows = {
        key: {"type": "array", "items": {"type": kind}, "description": PARAMETERS[key].meaning}
        for key, kind in (("steps", "integer"), ("losses", "number"), ("points", "array"))
    }
    settings = {"type": "object", "properties": {**own, **rows, **looks}, "additionalProperties": False}
    return {"description": "a run that was logged elsewhere", "anyOf": [{"type": "string"}, settings]}


def _beside() -> Json:
    """Return the schema of what any racer may have besides hyperparameters."""
    return {
        "label": {"type": ["string", "number", "boolean"], "description": "its name on the picture"},
        "color": {
            "type": ["string", "number"],
            "description": "its colour on the picture: any of CSS or Matplotlib",
        },
        "marker": {"enum": list(MARKERS), "description": "its shape on the picture"},
        "clip": {"$ref": "#/$defs/ClipSettings", "description": "how the gradient it is given is clipped"},
        "noise": {"$ref": "#/$defs/Noise", "description": "noise on its gradients, instead of the race's"},
    }


def _common() -> Json:
    """Return the schema of ``common``: every hyperparameter of every rule."""
    kinds: dict[str, list[Json]] = {}
    for rule in OPTIMIZERS.values():
        for name, parameter in rule.parameters.items():
            kind = _kind(parameter)
            if kind not in kinds.setdefault(name, []):
                kinds[name].append(kind)
    properties = {name: several[0] if len(several) == 1 else {"anyOf": several} for name, several in kinds.items()}
    return {"anyOf": [{"type": "object", "properties": properties, "additionalProperties": False}, {"type": "null"}]}


def _kind(parameter: Parameter) -> Json:
    if parameter.is_base:
        return {"$ref": "#/$defs/Base"}
    if parameter.is_switch:
        return {"enum": [*get_args(SwitchWord), *parameter.choices]}
    if parameter.choices:
        return {"enum": [*parameter.choices, *([None] if "none" in parameter.choices else [])]}
    kinds: list[Json] = [{"type": "integer" if parameter.integer else "number", **_ends(parameter.bounds)}]
    if not parameter.integer:
        kinds += [{"$ref": "#/$defs/Schedule"}, {"$ref": "#/$defs/Tune"}]
    if parameter.optional:
        kinds.append({"enum": ["none", None]})
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _ends(bounds: Interval | None) -> dict[str, float]:
    if bounds is None:
        return {}
    ends = {
        "exclusiveMinimum" if bounds.low_open else "minimum": bounds.low,
        "exclusiveMaximum" if bounds.high_open else "maximum": bounds.high,
    }
    return {word: end for word, end in ends.items() if abs(end) != float("inf")}
