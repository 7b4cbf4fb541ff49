"""The page of a scenario's keys."""

from __future__ import annotations

from typing import Any

from annotated_types import Ge
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from optviz.cli.tables import hanging
from optviz.scenario.fields import Part
from optviz.scenario.loading import KEYS
from optviz.scenario.messages import spaced
from optviz.scenario.schema import schema

# Where each model's keys stand in a file.
SECTIONS = {
    "Scenario": "the top level",
    "FunctionSettings": "function:",
    "NetworkSettings": "network:",
    "Noise": "noise:",
    "StartsSettings": "starts:, tuning: starts: and league: starts:",
    "TuningSettings": "tuning:",
    "LeagueSettings": "league:",
    "FinishSettings": "finish:",
    "StopSettings": "stop:",
    "TableSettings": "table:",
    "Render": "render:",
    "CameraSettings": "render: camera:",
    "LandscapeSettings": "render: landscape:",
    "Caption": "render: captions: a list of",
    "Pause": "render: pauses: a list of",
    "AnatomySettings": "render: anatomy: a list of",
    "Stretch": "render: pace: a list of",
}
_INTRODUCTION = """A scenario is one YAML file: what is minimised, from where, by which
optimizers, and how it is drawn.

  function: beale
  start: [3, 4]
  steps: 400
  common: {lr: 0.05}
  optimizers:
    - adam
    - amsgrad: {bias_correction: first_moment}
    - adamax: {beta2: 0.99, label: "Adamax, short memory"}
  render: {size: 1080p, theme: dark}
  output: [race.mp4, race.json]

`optviz new` writes one with comments to begin with; `optviz check` reports all
errors in it. Only function (or network) and optimizers are required. Numbers
may be written 1e-3; text that looks like a number needs no quotes under title
and label.
"""


def text() -> str:
    """Return the page: every key with its meaning, what it takes and its default."""
    whole = schema()
    parts = {"Scenario": whole, **whole["$defs"]}
    models = {model.__name__: model for model in KEYS.values()}
    return "\n".join([_INTRODUCTION, *(_section(name, models[name], parts[name]) for name in SECTIONS)])


def _section(name: str, model: type[Part], part: dict[str, Any]) -> str:
    fields = {field.alias or key: field for key, field in model.model_fields.items()}
    width = max(map(len, fields)) + 4
    lines = [SECTIONS[name]]
    for key, value in part["properties"].items():
        terms = "; ".join(filter(None, [_values(value), _default(fields[key])]))
        lines.append(hanging(f"  {key}".ljust(width), f"{value['description']}\n{terms}"))
    return "\n".join(lines) + "\n"


def _default(field: FieldInfo) -> str:
    """Only what is the same for every scenario; what depends on other keys is part of the meaning."""
    value = field.default
    if field.is_required():
        return "required"
    if value is PydanticUndefined or value in (None, "", (), {}) or _is_unset(field):
        return ""
    if isinstance(value, tuple):
        return "default [" + ", ".join(map(str, value)) + "]"
    return f"default {f'{value:g}' if isinstance(value, float) else _word(value)}"


def _is_unset(field: FieldInfo) -> bool:
    """Return whether the default stands outside the key's own bounds: it is filled in later."""
    return any(isinstance(bound, Ge) and field.default < bound.ge for bound in field.metadata)


def _values(value: dict[str, Any]) -> str:
    """Return what a key takes, from its schema."""
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(filter(None, map(_values, value["anyOf"]))))
    if "enum" in value:
        return " ".join(map(_word, value["enum"])) if len(value["enum"]) <= _MOST_LISTED else "a name"
    if "const" in value:
        return _word(value["const"])
    if "$ref" in value:
        return "a mapping"
    kind = value["type"]
    return _number(value) if kind in ("integer", "number") else _KINDS.get(str(kind), "text")


_MOST_LISTED = 9
_KINDS = {"object": "a mapping", "null": "", "array": "a list"}


def _word(value: object) -> str:
    """Write it as YAML does."""
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _number(value: dict[str, Any]) -> str:
    kind = "whole number" if value["type"] == "integer" else "number"
    least, most = value.get("minimum"), value.get("maximum")
    if least is not None and most is not None:
        return f"{kind}, {spaced(least)} to {spaced(most)}"
    from_ = f"{kind} above 0" if "exclusiveMinimum" in value else kind if least is None else f"{kind} from {least}"
    return from_ if most is None else f"{from_}, at most {spaced(most)}"
