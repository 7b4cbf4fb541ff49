"""Writes a new scenario with comments that explain its keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, cast

import yaml

from optviz.errors import Issue, OptvizError, OutputError, did_you_mean
from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.recorded import RECORDED
from optviz.problems import FUNCTIONS
from optviz.scenario import fields
from optviz.scenario.document import read_document
from optviz.scenario.loading import from_keys, load
from optviz.scenario.models import FunctionSettings, Scenario
from optviz.scenario.overrides import Override, function_flag, racers_of_flags
from optviz.scenario.shipped import shipped, shipped_names

DEFAULT_STEM = "my-race"
DEFAULT_RACERS = ("adam:lr=0.1", "amsgrad:lr=0.1", "adamax:lr=0.2")
SCHEMA_COMMENT = "# yaml-language-server: $schema="
SCHEMA_LINE = f"{SCHEMA_COMMENT}scenario.schema.json"  # beside the file, on any machine: optviz schema prints it
_TEXT = """{schema}
# {title}
#
#   optviz race {file} --preview --open    a quick look, small and with few frames
#   optviz race {file}                     the animation
#   optviz check {file}                    every error, with its line
#   optviz schema > scenario.schema.json   lets editors complete keys, by the line above
#
# Keys after a # have their defaults; optviz help scenario explains all keys.

# title: {quoted}
{function}
start: {start}
steps: {steps}

# common: {{lr: 0.1}}                 # hyperparameters for every rule that has them
optimizers:                         # optviz list optimizers
{racers}

# finish: {finish}
# noise: {{std: 0.1}}                 # on every gradient, the same for all racers
# seed: 0

# render:
#   size: 720p                      # or 1080p, 4k, 1280x720
#   fps: 25
#   frames: {frames}
#   pace: linear                    # log shows the early steps slower
#   theme: light                    # dark, paper
#   panels: [loss, ranking]

output: outputs/{stem}.gif          # or a list: [race.mp4, race.json]
"""
_NAMED = """{line:36}# optviz list functions; or one of your own:
# function:
#   formula: (1 - x)**2 + 100*(y - x**2)**2
#   window: [[-2, 2], [-1, 3]]"""
_FORMULA = """function:
  formula: {formula}
  # window: {window:24}# part shown; default: fits the trajectories
  # minima: {minima:24}# default: searched for"""
_EXAMPLES = {1: {"window": "[[-2, 2]]", "minima": "[1]"}, 2: {"window": "[[-2, 2], [-1, 3]]", "minima": "[[1, 1]]"}}


def new_scenario(name: str, origin: str, racers: Sequence[str]) -> str:
    """Return the text of a new scenario file.

    origin: a test function, a formula, or a shipped scenario, which is copied. racers: as ``--with`` takes them. Raises
    OptvizError for a wrong one.
    """
    file = file_of(name)
    if origin in shipped_names() and origin not in FUNCTIONS:
        return _copied(name, origin, racers)
    scenario = _resolved(origin, racers)
    function = scenario.function or FunctionSettings(name="beale")
    described = _NAMED.format(line=f"function: {function.name}")
    if function.name is None:
        described = _FORMULA.format(formula=_flow(function.formula), **_EXAMPLES[len(scenario.start or ())])
    start = [f"{coordinate:.12g}" for coordinate in scenario.start or ()]
    distance = scenario.finish.distance if scenario.finish else None
    added = racers_of_flags(racers or DEFAULT_RACERS)[1:]
    return _TEXT.format(
        schema=SCHEMA_LINE,
        title=scenario.title,
        quoted=_flow(scenario.title),
        file=file,
        stem=_stem(name),
        function=described,
        start=start[0] if len(start) == 1 else f"[{', '.join(start)}]",
        steps=scenario.steps,
        racers="\n".join(_racer(cast(dict[str, Any], change.value)) for change in added),
        finish=f"{{distance: {distance or 0.1:.3g}}}".ljust(26) + "# of a lowest minimum",
        frames=scenario.render.frames,
    )


def file_of(name: str) -> str:
    """Return the path that a name stands for: ``my-race`` is ``my-race.yaml``."""
    return name if name.endswith((".yaml", ".yml")) or name == "-" else f"{name}.yaml"


def write_new(name: str, text: str) -> str:
    """Write a new file and return its path. Raises OutputError, also if the file exists."""
    path = Path(file_of(name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            try:
                file.write(text)
                file.flush()
            except OSError:
                path.unlink()  # nothing half written
                raise
    except FileExistsError:
        raise OutputError(
            Issue("the file exists; it was not changed", hint="choose another name", where=str(path))
        ) from None
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from None
    return str(path)


def _copied(name: str, origin: str, racers: Sequence[str]) -> str:
    if racers:
        hint = f"leave it out to copy {origin}, or name a function with --from"
        raise OptvizError(Issue("needs a function, not a shipped scenario", hint=hint, where="--with"))
    path = shipped(origin)
    assert path is not None  # it is one of shipped_names
    document, scenario = read_document(path.read_text(encoding="utf-8"), str(path)), load(path)
    if scenario.draws or any(racer.rule.name == RECORDED for racer in scenario.optimizers):
        document = read_document(scenario.source_text, str(path))  # it holds draws and runs, whose files do not move
    first, _, rest = (document.text_without("output") or document.text).partition("\n")
    if not first.startswith(SCHEMA_COMMENT):
        rest = f"{first}\n{rest}"
    rest = rest.replace(f"configs/{origin}.yaml", file_of(name))  # in its comments
    suffixes = [PurePath(output).suffix for output in scenario.output]
    outputs = [f"outputs/{_stem(name)}{suffix}" for suffix in suffixes]
    written = outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]"
    return f"{SCHEMA_LINE}\n{rest.rstrip()}\noutput: {written}\n"


def _stem(name: str) -> str:
    """Return what the outputs of a new scenario are called."""
    return DEFAULT_STEM if name == "-" else PurePath(file_of(name)).stem


def _resolved(origin: str, racers: Sequence[str]) -> Scenario:
    """Return the scenario that the flags describe."""
    function = function_flag(origin, "--from")
    changes = [function, *racers_of_flags(racers or DEFAULT_RACERS, "--with")]
    is_formula = not fields.is_function_name(origin)
    if not is_formula and origin.strip() not in FUNCTIONS:
        near = did_you_mean(origin, [*FUNCTIONS, *shipped_names()])
        hint = near if near.startswith("did you mean") else "see optviz list"
        raise OptvizError(Issue("no such function or scenario", hint=hint, where=function.where))
    if is_formula:
        changes.append(Override("start", _first_start(origin, function.where)))
    return from_keys({}, overrides=changes)


def _first_start(formula: str, where: str) -> list[float]:
    """Return a start for a formula, for its author to move."""
    from optviz.formula import compile_formula

    try:
        return [1.0] * compile_formula(formula).dim
    except OptvizError as error:
        raise OptvizError(replace(issue, path="").in_flag(where) for issue in error.issues) from None


def _racer(entry: dict[str, Any]) -> str:
    """Return a racer as its flag describes it, its other hyperparameters in a comment."""
    ((name, settings),) = entry.items()
    line = f"  - {name}: {_flow(settings)}" if settings else f"  - {name}"
    others = [
        f"{key} {parameter.default_text}"
        for key, parameter in OPTIMIZERS[name].parameters.items()
        if key not in settings
    ]
    return f"{line:36}# {', '.join(others)}" if others else line


def _flow(value: object) -> str:
    """YAML on one line."""
    text: str = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False, allow_unicode=True)
    return text.removesuffix("\n...\n").strip()
