"""Every key of a scenario file."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticUndefined

from optviz.cli.describe import hanging, written
from optviz.scenario import models
from optviz.scenario.schema import schema

# Where each model's keys stand in a file.
SECTIONS = {
    "Scenario": "the top level",
    "Function": "function:",
    "Network": "network:",
    "Noise": "noise:",
    "FinishSettings": "finish:",
    "Render": "render:",
    "Camera": "render: camera:",
    "Caption": "render: captions: a list of",
    "Pause": "render: pauses: a list of",
}
_INTRODUCTION = """A scenario is one YAML file: what is minimised, from where, by whom, and how it is drawn.

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

`optviz new` writes one with comments to begin with, `optviz check` finds every mistake in it. Only function (or
network) and optimizers are required. Numbers may be written 1e-3; text that looks like a number needs no quotes under
title and label.
"""


def page() -> str:
    whole = schema()
    parts = {"Scenario": whole, **whole["$defs"]}
    sections = [_section(name, heading, parts[name]) for name, heading in SECTIONS.items() if name in parts]
    return "\n".join([_INTRODUCTION, *sections])


def _section(name: str, heading: str, part: dict[str, Any]) -> str:
    fields = getattr(models, name).model_fields
    width = max(map(len, part["properties"])) + 4
    lines = [heading]
    for key, value in part["properties"].items():
        default = _default(fields[key].get_default(call_default_factory=True), value.get("minimum"))
        terms = "; ".join(filter(None, [_values(value), default]))
        lines += [hanging(f"  {key}".ljust(width), f"{value['description']}\n{terms}")]
    return "\n".join(lines) + "\n"


def _default(value: Any, least: float | None) -> str:
    """Only what is the same for every scenario; what depends on other keys is part of the meaning."""
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, bool):
        return f"default {str(value).lower()}"
    if value in (None, "", (), {}) or isinstance(value, models.Render) or (value == 0 and least == 1):
        return ""
    if isinstance(value, tuple):
        return "default [" + ", ".join(map(str, value)) + "]"
    return f"default {written(value)}"


def _values(value: dict[str, Any]) -> str:
    """What a key takes, from its schema."""
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(filter(None, map(_values, value["anyOf"]))))
    if "enum" in value:
        return " ".join(map(_word, value["enum"])) if len(value["enum"]) <= _MOST_LISTED else "a name"
    if "$ref" in value:
        return "a mapping"
    if value["type"] == "array":
        return "a list"
    return _number(value) if value["type"] in ("integer", "number") else _KINDS.get(str(value["type"]), "text")


_MOST_LISTED = 9
_KINDS = {"object": "a mapping", "null": "", "boolean": "true false"}


def _word(value: object) -> str:
    """As YAML writes it."""
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _number(value: dict[str, Any]) -> str:
    kind = "whole number" if value["type"] == "integer" else "number"
    if "maximum" in value:
        return f"{kind}, {value.get('minimum', 1):g} to " + f"{value['maximum']:,}".replace(",", " ")
    if "minimum" in value:
        return f"{kind} from {value['minimum']:g}"
    return f"{kind} above 0" if "exclusiveMinimum" in value else kind
