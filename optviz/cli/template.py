"""A new scenario as text, with the comments that get its author going."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

import yaml

from optviz.errors import Issue, OptvizError, OutputError, did_you_mean
from optviz.optimizers import OPTIMIZERS
from optviz.problems import FUNCTIONS
from optviz.scenario.loading import from_keys
from optviz.scenario.models import FunctionSettings, Scenario
from optviz.scenario.overrides import Override, function_flag, racers_of_flags
from optviz.scenario.shipped import schema_file, shipped, shipped_names

DEFAULT_RACERS = ("adam:lr=0.1", "amsgrad:lr=0.1", "adamax:lr=0.2")
_SCHEMA_COMMENT = "# yaml-language-server: $schema="
_TEXT = """{schema}
# {title}
#
#   optviz race {file} --preview --open    a quick look, small and with few frames
#   optviz race {file}                     the film
#   optviz check {file}                    every mistake, with its line
#
# Keys behind a # stand at their defaults; optviz help scenario explains them all.

# title: {quoted}
{function}
start: {start}
steps: {steps}

# common: {{lr: 0.1}}                 # hyperparameters for all whose rule has them
optimizers:                         # optviz list optimizers
{racers}

# finish: {finish}
# noise: {{std: 0.1}}                 # on every gradient, the same draws for all
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
  # window: {window:24}# what is drawn; without it the paths say
  # minima: {minima:24}# without it they are searched for"""
_EXAMPLES = {1: {"window": "[[-2, 2]]", "minima": "[1]"}, 2: {"window": "[[-2, 2], [-1, 3]]", "minima": "[[1, 1]]"}}


def new_scenario(name: str, origin: str, racers: Sequence[str]) -> str:
    """The text of a new scenario file. Raises OptvizError for what --from and --with say wrongly."""
    file = file_of(name)
    if origin in shipped_names() and origin not in FUNCTIONS:
        return _copied(origin, racers)
    scenario = _resolved(origin, racers)
    return _TEXT.format(
        schema=_SCHEMA_COMMENT + schema_file().as_uri(),
        title=scenario.title,
        quoted=_flow(scenario.title),
        file=file,
        stem=PurePath(file).stem,
        function=_function(scenario),
        start=_point(scenario),
        steps=scenario.steps,
        racers="\n".join(_racers(scenario, racers)),
        finish=_finish(scenario),
        frames=scenario.render.frames,
    )


def file_of(name: str) -> str:
    """``my-race`` is ``my-race.yaml``"""
    return name if name.endswith((".yaml", ".yml")) or name == "-" else f"{name}.yaml"


def write_new(name: str, text: str) -> str:
    """Write the file where there is none yet; returns its path. Raises OutputError."""
    path = Path(file_of(name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError(Issue("exists already and is left as it is", hint="name another", where=str(path))) from None
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from None
    return str(path)


def _copied(origin: str, racers: Sequence[str]) -> str:
    if racers:
        hint = f"take the racers of {origin}, or begin --from a function"
        raise OptvizError(Issue("goes with a function, not with a whole scenario", hint=hint, where="--with"))
    path = shipped(origin)
    assert path is not None  # it is one of shipped_names
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    if not first.startswith(_SCHEMA_COMMENT):
        rest = f"{first}\n{rest}"
    return f"{_SCHEMA_COMMENT}{schema_file().as_uri()}\n{rest}"


def _resolved(origin: str, racers: Sequence[str]) -> Scenario:
    """The scenario that the flags ask for; wrong ones are told in their own words."""
    function = function_flag(origin, "--from")
    if isinstance(function.value, str) and function.value not in FUNCTIONS:
        hint = did_you_mean(origin, [*FUNCTIONS, *shipped_names()])
        raise OptvizError(Issue("no such function or scenario", hint=hint, where=f"--from {origin}"))
    changes = [function, *racers_of_flags(racers or DEFAULT_RACERS, "--with")]
    if isinstance(function.value, dict):
        changes.append(Override("start", _somewhere(function)))
    return from_keys({}, overrides=changes)


def _somewhere(function: Override) -> list[float]:
    """A start for a formula, to be moved by its author."""
    from optviz.formula import compile_formula

    formula: Any = function.value
    try:
        return [1.0] * compile_formula(formula["formula"]).dim
    except OptvizError as error:
        raise OptvizError(
            Issue(issue.message, "", issue.hint, where=function.where) for issue in error.issues
        ) from None


def _function(scenario: Scenario) -> str:
    function = scenario.function or FunctionSettings(name="beale")
    if function.name is not None:
        return _NAMED.format(line=f"function: {function.name}")
    return _FORMULA.format(formula=_flow(function.formula), **_EXAMPLES[len(scenario.start or ())])


def _point(scenario: Scenario) -> str:
    point = [f"{value:.12g}" for value in scenario.start or ()]
    return point[0] if len(point) == 1 else f"[{', '.join(point)}]"


def _finish(scenario: Scenario) -> str:
    distance = scenario.finish.distance if scenario.finish else None
    return f"{{distance: {distance or 0.1:.3g}}}".ljust(26) + "# of a minimum"


def _racers(scenario: Scenario, written_racers: Sequence[str]) -> list[str]:
    """Each racer as it was written, and behind it what else could be."""
    changes = racers_of_flags(written_racers or DEFAULT_RACERS)[1:]
    given: list[Any] = [change.value for change in changes]
    return [_racer(name, settings) for racer in given for name, settings in racer.items()]


def _racer(name: str, settings: dict[str, object]) -> str:
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
