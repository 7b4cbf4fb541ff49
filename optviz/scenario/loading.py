"""Loads a scenario: from YAML text or keys to one in which every default is filled in, or to all its mistakes."""

from __future__ import annotations

import inspect
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any, Unpack, cast

from pydantic import ValidationError

from optviz.errors import Issue, OptvizError, did_you_mean, join, legible, misfit, told_briefly
from optviz.formula import compile_formula
from optviz.formula.typography import minus
from optviz.logs import Log
from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.recorded import RECORDED
from optviz.optimizers.spellings import HYPERPARAMETERS
from optviz.problems import (
    FUNCTIONS,
    Problem,
    default_finish,
    from_callables,
    from_catalogue,
    from_formula,
    from_losses,
    from_module,
    from_network,
)
from optviz.scenario import comparison, fields, habits, models, render
from optviz.scenario.checks import OBJECTIVE, at_paths, auto_view, check_all
from optviz.scenario.comparison import TuningSettings
from optviz.scenario.document import MAX_BYTES, Document, decode, read_document
from optviz.scenario.draws import embed, with_draws
from optviz.scenario.from_python import as_text, document_of
from optviz.scenario.gradient import GRADIENT_KEYS
from optviz.scenario.keys import Keys
from optviz.scenario.messages import NO_MAPPING, shape_error
from optviz.scenario.models import FinishSettings, RacerSpec, Scenario
from optviz.scenario.overrides import Override, Overrides, listed, override
from optviz.scenario.racers import racers_of
from optviz.scenario.recorded import hold
from optviz.scenario.render import LandscapeSettings, PanelName, ViewName
from optviz.scenario.shipped import shipped, shipped_names
from optviz.words import Words

MOST_FRAMES_BY_DEFAULT = 240
NOT_THE_RACE = ("title", "render", "table", "language", "words", "output")  # keys that change nothing of what happens
# the panels unless a scenario names others: titles of a grid say who is who and how far; a view of losses has them
PANELS_BESIDE: dict[ViewName, tuple[PanelName, ...]] = {"grid": (), "losses": ("ranking",)}
HOLD_S = {True: 4.0, False: 2.0}  # of a race, and of one racer alone
_MOST_NAMES_IN_TITLE = 3
_IN_CASES = re.compile(r"\bwhere\b|[<>=]")  # in a formula that would be code in a title; it stands below as mathematics


@told_briefly
def load(source: str | Path, overrides: Overrides = None, *, allow_import: bool = False) -> Scenario:
    """Read a scenario file, or one that ships, by its name; a text of several lines is the scenario itself.

    ``overrides`` maps dotted paths to values that replace the file's: ``{"render.fps": 50}``; ``allow_import`` lets it
    run code that it names. Raises OptvizError with every mistake found.
    """
    if not isinstance(source, str | os.PathLike):
        raise misfit("load takes a file or the name of a scenario", source, "optviz.build takes the keys of one")
    if isinstance(source, str) and "\n" in source:
        return loads(source, overrides=overrides, allow_import=allow_import)
    path = file_of(source)
    document = read_document(_read(path), str(source))
    document.allow_import = allow_import
    document.folder = path.absolute().parent
    return _read_all(document, listed(overrides)).with_provenance(path=path.absolute())


def file_of(source: str | Path) -> Path:
    """Return the file that ``load`` reads: the one at that path, else the one that ships under that name."""
    path = Path(source)
    return path if path.exists() else shipped(str(source)) or path


@told_briefly
def loads(text: str, name: str = "<text>", overrides: Overrides = None, *, allow_import: bool = False) -> Scenario:
    """Read a scenario from YAML text like ``load``; ``name`` stands for the file in messages. Raises OptvizError."""
    if not isinstance(text, str):
        raise misfit("loads takes the text of a scenario", text, "optviz.load reads a file")
    document = read_document(text, str(name))
    document.allow_import = allow_import
    return _read_all(document, listed(overrides))


@told_briefly
def build(**keys: Unpack[Keys]) -> Scenario:
    """Build a scenario from the keys of a scenario file, completed in the same way.

    Python may give callables: a function where a file has a formula (``{"formula": f, "gradient": df}``), a class or
    a function where it has an optimizer's name. Raises OptvizError with every mistake found.
    """
    return from_keys(keys)


def _document_keys() -> None:
    """Let ``help(build)`` and notebooks show each key and its meaning, which the models know."""
    meanings = [f"{name}: {field.description}" for name, field in Scenario.model_fields.items()]
    build.__doc__ = "\n\n".join([inspect.cleandoc(build.__doc__ or ""), *meanings])
    keys = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=...) for name in Scenario.model_fields]
    vars(build)["__signature__"] = inspect.Signature(keys, return_annotation=Scenario)


_document_keys()


def from_keys(
    keys: Mapping[str, object],
    overrides: Overrides = None,
    name: str = "scenario",
    logs: Mapping[Path, list[Log]] | None = None,
) -> Scenario:
    """Build a scenario like ``build``; ``name`` names the default output. Raises OptvizError.

    logs: recorded runs that were read already, by file.
    """
    document = document_of(keys, name)
    document.logs.update(logs or {})
    return _read_all(document, listed(overrides))


def with_render(scenario: Scenario, **render: object) -> Scenario:
    """Return the scenario with other keys of ``render``, which must be valid; its text says so."""
    changed = scenario.model_copy(update={"render": scenario.render.model_copy(update=render)})
    return changed.with_provenance(text=as_text(changed.resolved()))


def _read_all(document: Document, changes: Sequence[Override]) -> Scenario:
    for change in changes:
        override(document, change)
    _forget_lesson(document, {change.path for change in changes})
    draft = _draft(document)
    constants = draft.function.constants if draft.function else {}
    draft = draft.model_copy(update={"optimizers": racers_of(document, constants, draft.steps)})
    if _is_replay(draft) and "steps" not in document.data:
        draft = draft.model_copy(update={"steps": max(1, *(one.rule.steps for one in draft.optimizers))})
    if draft.noise is not None and not document.broken("noise", "steps"):
        draft = draft.model_copy(update={"noise": with_draws(document, draft.noise, draft.steps)})
    problem = _problem(document, draft)
    if problem is not None and problem.has_land and _is_replay(draft) and draft.start is None:
        begins = draft.optimizers[0].rule.rule.begins
        if begins is not None and begins.size == problem.dim:
            draft = draft.model_copy(update={"start": tuple(begins.tolist())})
    check_all(document, draft, problem)
    document.stop_if_broken()
    scenario = _complete(draft, cast(Problem, problem), document)  # without a problem something was reported
    if "noise" in document.drawn and scenario.noise is not None:
        embed(document, scenario.noise)
    hold(document, [racer.rule for racer in scenario.optimizers])
    as_in_file = document.text and all(change.path.startswith("output") for change in changes)
    if not as_in_file or (text := document.text_without("output")) is None:
        text = as_text({key: value for key, value in document.data.items() if key != "output"})
    return scenario.with_provenance(
        name=_name_of(document),
        called=document.name if document.text else "",
        text=text,
        draws=tuple(document.drawn.values()),
        logs=tuple(document.logs),
        named_outputs=frozenset(path for i, path in enumerate(draft.output) if document.origin(f"output[{i}]")),
        outputs_at={
            path: document.placed(Issue("", path=at))
            for at, path in at_paths(document, "output", draft.output)
            if "output" in document.keys and not document.origin(at)
        },
    )


def _is_replay(scenario: Scenario) -> bool:
    """Return whether all racers were recorded elsewhere."""
    return bool(scenario.optimizers) and all(one.rule.name == RECORDED for one in scenario.optimizers)


def problem_of(scenario: Scenario, *, search: bool = True) -> Problem:
    """Build what the scenario minimises, with its own window, domain, minima and start. Raises OptvizError.

    search: look for minima that are not known, which takes a moment.
    """
    if scenario.network is not None and scenario.network.custom is not None:
        return from_module(scenario.network.custom, scenario.network.batch, scenario.seed)
    if scenario.network is not None:
        return from_network(scenario.network, scenario.seed)
    if scenario.function is None:
        return from_losses()
    function = scenario.function
    known: dict[str, Any] = {
        "window": function.window,
        "domain": function.domain,
        "minima": function.minima,
        "start": scenario.start,
        "search": search,
    }
    if function.custom is not None:
        return from_callables(function.custom, **known)
    if function.name is not None:
        return from_catalogue(function.name, constants=function.constants, **known)
    return from_formula(cast(str, function.formula), constants=function.constants, seed=scenario.seed, **known)


def _forget_lesson(document: Document, changed: set[str]) -> None:
    """Take out the file's own lesson where the race is no longer the file's: it may hold no more."""
    render = document.data.get("render")
    is_other_race = any(re.split(r"[.\[]", path)[0] not in NOT_THE_RACE for path in changed)
    if is_other_race and isinstance(render, dict) and not changed & {"render", "render.lesson"}:
        document.data["render"] = {key: value for key, value in render.items() if key != "lesson"}


# --- reading --------------------------------------------------------------------------------------


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return decode(file.read(MAX_BYTES + 1), str(path))
    except FileNotFoundError:
        raise OptvizError(Issue("no such file", hint=_nearest_file(path), where=str(path))) from None
    except IsADirectoryError:
        hint = f"optviz gallery {path} renders those in it"
        raise OptvizError(Issue("is a folder, not a scenario file", hint=hint, where=str(path))) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OptvizError(Issue(f"cannot be read: {reason}", where=legible(path))) from None


def _nearest_file(path: Path) -> str:
    """Return a hint that names the most alike file in the folder where ``path`` should be, or what ships."""
    if path.name.lower() in OPTIMIZERS:
        return f"it is an optimizer: --optimizer {path.name.lower()}"
    if _is_formula(str(path)):
        return f"it is a formula: --function {shlex.quote(str(path))}"
    ships, names = [*shipped_names(), *FUNCTIONS], []
    if path.stem in ships and path.suffix:
        return f"did you mean {path.stem}, which ships with optviz?"
    if within := [name for name in ships if name.startswith(f"{path}/")]:
        return f"did you mean {' or '.join(within[:2])}?"
    is_there = path.parent.is_dir()
    with suppress(OSError):
        names = [str(path.parent / file) for file in os.listdir(path.parent)]
    near = get_close_matches(str(path), [*ships, *names], n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else "" if is_there else f"there is no folder {path.parent} either"


def _is_formula(text: str) -> bool:
    """Tell whether a text reads as a formula with an operator, and so is no name of a file."""
    try:
        compile_formula(text)
    except OptvizError:
        return False
    return re.search(r"[-+*(]", text) is not None


# --- shapes ---------------------------------------------------------------------------------------

# Which model's keys belong at which path.
KEYS: dict[str, type[fields.Part]] = {
    "": Scenario,
    "function": models.FunctionSettings,
    "network": models.NetworkSettings,
    "noise": models.Noise,
    "starts": comparison.StartsSettings,
    "tuning": comparison.TuningSettings,
    "tuning.starts": comparison.StartsSettings,
    "league": comparison.LeagueSettings,
    "league.starts": comparison.StartsSettings,
    "finish": models.FinishSettings,
    "stop": models.StopSettings,
    "table": models.TableSettings,
    "render": render.Render,
    "render.camera": render.CameraSettings,
    "render.landscape": render.LandscapeSettings,
    "render.captions": render.Caption,
    "render.pauses": render.Pause,
    "render.anatomy": render.AnatomySettings,
    "render.pace": render.Stretch,
}


def _draft(document: Document) -> Scenario:
    """Return the scenario as far as its keys are sound by themselves; each that is not is reported and left out.

    The racers follow later: what may stand under ``optimizers`` and ``common`` is up to the rules.
    """
    data: dict[str, Any] = {**document.data, "optimizers": ()}
    if not isinstance(data.get("common"), dict):
        data.pop("common", None)
    scenario, errors = _validated(data)
    if sums := [found for found in errors if _is_arithmetic(found)]:
        data = deepcopy(data)
        for found in sums:
            _put(data, found["loc"], fields.computed(found["input"]))
        scenario, errors = _validated(data)
    for found in errors:
        _report_shape(document, found)
    while scenario is None:  # what is reported only now follows from what was taken out, and is no news
        data = deepcopy(data)
        for found in errors:
            _remove(data, found["loc"])
        scenario, errors = _validated(data)
    if scenario.network is not None:
        scenario = scenario.model_copy(update={"network": scenario.network.with_module(document.custom.module)})
    if scenario.function is None:
        return scenario
    return scenario.model_copy(update={"function": scenario.function.with_callables(document.custom.function)})


def _validated(data: dict[str, object]) -> tuple[Scenario | None, list[dict[str, Any]]]:
    try:
        return Scenario.model_validate(data), []
    except ValidationError as error:
        return None, cast(list[dict[str, Any]], error.errors(include_url=False))


def _is_arithmetic(error: dict[str, Any]) -> bool:
    """Tell whether a text such as ``1/3`` stands where a number must."""
    return error["type"] == "float_type" and isinstance(fields.computed(error["input"]), float)


def _put(data: Any, loc: Sequence[str | int], value: object) -> None:
    """Put a value at ``loc``, or in place of what stands there without the brackets that it may leave out."""
    for part in loc[:-1]:
        if not isinstance(data[part], dict | list | tuple):
            data[part] = value
            return
        if isinstance(data[part], tuple):  # from Python
            data[part] = list(data[part])
        data = data[part]
    data[loc[-1]] = value


def _remove(data: dict[str, Any], loc: Sequence[str | int]) -> None:
    """Take out the key at ``loc``, or what holds it where that is no mapping."""
    for part, next_part in pairwise([*loc, None]):
        inside = data.get(str(part))
        if not isinstance(inside, dict) or next_part not in inside:
            data.pop(str(part), None)
            return
        data = inside


def _report_shape(document: Document, error: dict[str, Any]) -> None:
    path = ""
    for part in error["loc"]:
        path = join(path, part)
    if error["type"] == "extra_forbidden":
        hint = "write an anchor where it is used first: no key holds it alone"
        document.report(
            path, "unknown key", hint if _is_anchored(document, path) else _unknown_key_hint(error["loc"]), at_key=True
        )
    else:
        message, hint = shape_error(error)
        if error["type"] in NO_MAPPING and path in KEYS and path != "function":  # which is a name more often
            hint = f"such as {error['loc'][-1]}: {{{next(iter(KEYS[path].model_fields))}: ...}}"
        document.report(path, message, hint)


def _is_anchored(document: Document, path: str) -> bool:
    """Say whether a value is there to be referred to, as in ``base: &base {lr: 0.1}``."""
    place = document.values.get(path)
    line = document.lines[place.line - 1] if place and place.line <= len(document.lines) else ""
    return place is not None and line[place.column - 1 :].startswith("&")


def _unknown_key_hint(loc: tuple[str | int, ...]) -> str:
    """Return a hint that names the nearest known key, or where a key of this name belongs."""
    *inside, key = loc
    at, name = ".".join(part for part in inside if isinstance(part, str)), str(key)
    if not at and (name in HYPERPARAMETERS or any(name in rule.parameters for rule in OPTIMIZERS.values())):
        return f"common: {{{HYPERPARAMETERS.get(name, (name,))[0]}: ...}} gives it to every racer"
    if not at and name in GRADIENT_KEYS:
        return f"it belongs to a racer, such as adam: {{{name}: ...}}"
    homes = [path for path, model in KEYS.items() if key in model.model_fields and path != at]
    hint = habits.key_hint(name, at)
    if homes and not hint.startswith("it is"):
        return f"{key} belongs under {homes[0]}" if homes[0] else f"{key} belongs at the top level"
    known = [field.alias or name for name, field in KEYS[at].model_fields.items()]
    return hint or did_you_mean(name, known)


# --- the problem ----------------------------------------------------------------------------------


def _problem(document: Document, draft: Scenario) -> Problem | None:
    """Return the problem, if the scenario names one that can be built."""
    is_one = (draft.function is None) != (draft.network is None) or (draft.function is None and _is_replay(draft))
    if not is_one or document.broken(*OBJECTIVE):
        return None
    name = draft.function.name if draft.function is not None else None
    if name is not None and name not in FUNCTIONS:
        hint = habits.function_hint(name, FUNCTIONS)
        document.report(_path_in_function(document, "name"), f"no such function: {legible(name)}", hint)
        return None
    draft = draft.model_copy(update={"start": None})  # checks.py looks at it
    try:
        return problem_of(draft, search=False)
    except OptvizError as error:
        for issue in error.issues:
            path = join("network", issue.path) if draft.network else _path_in_function(document, issue.path)
            document.report(
                path, issue.message, issue.hint, offset=issue.column, width=issue.width, source=issue.source
            )
    misfits = [key for key in ("window", "domain", "minima") if document.broken(f"function.{key}")]
    if draft.function is None or not misfits or document.broken(*OBJECTIVE):
        return None
    function = draft.function.model_copy(update=dict.fromkeys(misfits))
    return problem_of(draft.model_copy(update={"function": function}), search=False)  # so that the rest is checked too


def _path_in_function(document: Document, path: str) -> str:
    """Return where a mistake in the function stands; a name or a formula alone is ``function`` itself."""
    is_alone = isinstance(document.data["function"], str)
    return "function" if is_alone else join("function", path or "formula")


# --- defaults -------------------------------------------------------------------------------------


def _complete(draft: Scenario, problem: Problem, document: Document) -> Scenario:
    """Return the draft with everything filled in that depends on other keys."""
    function, render = draft.function, draft.render
    custom = function is not None and function.name is None
    will_search = problem.minima_found or (custom and function is not None and function.minima is None)
    view = auto_view(problem) if render.view == "auto" else render.view
    panels = render.panels if "panels" in render.model_fields_set else PANELS_BESIDE.get(view, render.panels)
    render = render.model_copy(
        update={
            "panels": panels,
            "frames": render.frames or min(draft.steps, MOST_FRAMES_BY_DEFAULT),
            "view": view,
            "aspect": render.aspect or ("fill" if function is None or function.window else "equal"),
            "landscape": render.landscape or (LandscapeSettings() if view == "landscape" else None),
            "hold": render.hold if render.hold >= 0 else HOLD_S[len(draft.optimizers) > 1],
        }
    )
    return draft.model_copy(
        update={
            "title": draft.title or default_title(problem, draft.optimizers, draft.say),
            "start": draft.start or (problem.start if problem.has_land and draft.starts is None else None),
            "tuning": draft.tuning or (TuningSettings() if any(one.rule.ranges for one in draft.optimizers) else None),
            "finish": draft.finish or FinishSettings.of(default_finish(problem, expect_minima=will_search)),
            "render": render,
            "output": draft.output or (f"outputs/{_name_of(document)}.gif",),
        }
    )


def _name_of(document: Document) -> str:
    return "scenario" if document.name.startswith("<") else Path(document.name).stem


def default_title(problem: Problem, racers: Sequence[RacerSpec], say: Words) -> str:
    """Return ``Adam, AMSGrad and Adamax on Beale``, or how many race if the names would be too many."""
    names = [racer.label for racer in racers]
    if problem.recorded:
        return (
            say("{count} recorded runs", count=len(names)) if len(names) > _MOST_NAMES_IN_TITLE else say.listed(names)
        )
    title = problem.title
    if problem.name == "formula":
        title = "f" if _IN_CASES.search(problem.formula) else minus(title)
    if len(names) > _MOST_NAMES_IN_TITLE:
        return say("{count} optimizers on {problem}", count=len(names), problem=title)
    return say("{who} on {problem}", who=say.listed(names), problem=title)
