"""Loads the scenarios that a command names, with what its flags change in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from optviz.errors import Issue, OptvizError

if TYPE_CHECKING:
    from optviz.cli.options import ScenarioOptions
    from optviz.scenario import Scenario
    from optviz.scenario.overrides import Override

    Loaded: TypeAlias = dict[str, Scenario | OptvizError]  # by the name each was asked for

DEFAULT_SCENARIO = "race"
REQUIRED = "required without a scenario file"
DEFAULT_RACERS = [{"adam": {"lr": 0.1}}, {"amsgrad": {"lr": 0.1}}, {"adamax": {"lr": 0.2}}]  # of a function alone


def load_scenarios(options: ScenarioOptions, default: str = DEFAULT_SCENARIO, more: Sequence[Override] = ()) -> Loaded:
    """Load what the options name: files, shipped scenarios, or one that the flags alone describe (named "").

    default: what is loaded where nothing is named. more: changes by flags of one command alone. Raises OptvizError for
    wrong flags and for the only scenario; of several, each wrong one is its own error.
    """
    changes = [*changes_of(options), *more]
    sources = options.scenarios or []
    if len(sources) > 1 and options.output:
        hint = "--to FOLDER writes the files of all scenarios into one folder"
        raise OptvizError(Issue("names files for a single scenario", hint=hint, where=f"-o {options.output[0]}"))
    if not sources and any(_part(change) in ("function", "network", "optimizers") for change in changes):
        return {"": _from_flags(changes)}
    return load_all(sources or [default], changes, options.allow_import)


def load_all(sources: Sequence[str], changes: Sequence[Override] = (), allow_import: bool = False) -> Loaded:
    """Load each source; of several, a wrong one is its error. Raises the OptvizError of a single one."""
    if len(sources) == 1:
        return {sources[0]: read(sources[0], changes, allow_import)}
    loaded: Loaded = {}
    for source in sources:
        try:
            loaded[source] = read(source, changes, allow_import)
        except OptvizError as error:
            loaded[source] = error
    return loaded


def read(source: str, changes: Sequence[Override] = (), allow_import: bool = False) -> Scenario:
    """Load a file, a shipped scenario or a test function by its name, standard input for ``-``.

    allow_import: let it run code of its user's own, which it names. Raises OptvizError.
    """
    from optviz.problems import FUNCTIONS
    from optviz.scenario import load, loads
    from optviz.scenario.document import MAX_BYTES, decode
    from optviz.scenario.loading import file_of, from_keys

    if source == "-":
        text = decode(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>")
        return loads(text, name="<stdin>", overrides=changes, allow_import=allow_import)
    if source in FUNCTIONS and not file_of(source).exists():
        return from_keys({"function": source, "optimizers": DEFAULT_RACERS}, overrides=changes, name=source)
    return load(Path(source), overrides=changes, allow_import=allow_import)


def valid(loaded: Loaded) -> dict[str, Scenario]:
    """Return the scenarios that could be loaded."""
    return {name: scenario for name, scenario in loaded.items() if not isinstance(scenario, OptvizError)}


def mistakes(loaded: Loaded) -> list[Issue]:
    """Return every mistake in those that could not be loaded."""
    return [issue for error in loaded.values() if isinstance(error, OptvizError) for issue in error.issues]


def inputs_of(loaded: Loaded) -> dict[str, Path | int]:
    """Return what the scenarios are read from, by what a message calls it: their files, their noise, recorded runs."""
    inputs = {"standard input" if name == "-" else f"the scenario {name}": input_of(name) for name in loaded if name}
    for scenario in valid(loaded).values():
        inputs |= scenario.inputs
    return inputs


def input_of(source: str) -> Path | int:
    """Return what ``read`` reads: the path of a file, or the descriptor of standard input."""
    from optviz.scenario.loading import file_of

    return 0 if source == "-" else file_of(source)


def changes_of(options: ScenarioOptions) -> Iterator[Override]:
    """Yield every flag as a change of the scenario, --set last: it may refine what the others say."""
    from optviz.scenario.overrides import (
        Override,
        function_flag,
        racers_of_flags,
        rate_flag,
        setting,
        start_flag,
        table_flag,
        value_of,
        window_flag,
    )

    if options.function is not None:
        yield function_flag(options.function)
    if options.start is not None:
        yield start_flag(options.start)
    if options.optimizer:
        yield from racers_of_flags(options.optimizer)
    if options.lr is not None:
        yield rate_flag(options.lr)
    if options.window is not None:
        yield window_flag(options.window)
    for key in ("steps", "seed", "title", "render.theme", "render.size", "render.text", "render.fps"):
        flag = key.rpartition(".")[2]
        written = getattr(options, flag)
        if key == "render.theme" and "," in (written or "") and "[" not in written:
            yield Override(key, [name.strip() for name in written.split(",")], f"--{flag} {written}")
        elif written is not None:
            yield Override(key, value_of(flag, written, f"--{flag} {written}"), f"--{flag} {written}")
    for text in options.settings or []:
        yield setting(text)
    if options.table is not None:
        yield from table_flag(options.table)
    if options.output:
        yield Override("output", list(options.output))
        yield from (Override(f"output[{i}]", path, f"-o {path}") for i, path in enumerate(options.output))


def _from_flags(changes: Sequence[Override]) -> Scenario:
    from optviz.scenario.fields import is_function_name
    from optviz.scenario.loading import from_keys

    given = {_part(change): change.value for change in changes}
    example = "for example --optimizer adam"
    issues = [] if "optimizers" in given else [Issue(REQUIRED, hint=example, where="--optimizer")]
    if not given.keys() & {"function", "network"}:
        example = "for example --function beale, or --set network={layers: [2, 8, 1], data: two_moons}"
        issues.insert(0, Issue(REQUIRED, hint=example, where="--function"))
    if issues:
        raise OptvizError(issues)
    function = str(given.get("function", ""))
    name = "network" if "network" in given else function if is_function_name(function) else "formula"
    return from_keys({}, overrides=changes, name=name)


def _part(change: Override) -> str:
    """Return the path of a change; of what names what is minimised, such as network.layers, the first key alone."""
    key = change.path.partition(".")[0]
    return key if key == "network" or change.path in ("function.name", "function.formula") else change.path
