"""``optviz race`` and ``optviz gallery``: scenarios in, films out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from optviz.cli import options
from optviz.cli.console import (
    mistakes_in_words,
    print_forecast,
    print_issues,
    print_json,
    print_result,
    print_results,
)
from optviz.errors import WRONG_CALL, Issue, OptvizError, OutputError, did_you_mean
from optviz.pipeline.presets import fit_to_preset, preset_of
from optviz.pipeline.sizes import parse_bytes

if TYPE_CHECKING:
    from optviz.pipeline.render import Rendered, Terms
    from optviz.scenario import Scenario
    from optviz.scenario.overrides import Override

DEFAULT_RACE = "race"
GALLERY = "outputs/gallery"


@dataclass(frozen=True)
class Wish:
    """How it is to be done, whatever is raced."""

    preview: bool
    open: bool
    json: bool
    quiet: bool
    jobs: int | None
    at: int | None = None  # step that stills show
    sheet: int | None = None  # pictures on a contact sheet
    poster: bool = False
    alt: bool = False
    max_size: str | None = None
    place: str | None = None  # that the files are for
    dry_run: bool = False

    @property
    def terms(self) -> Terms:
        """What stills show, and how many bytes a film may have. Raises OptvizError."""
        from optviz.frames import StillRequest
        from optviz.pipeline.render import Terms

        limit = preset_of(self.place).limit if self.place else None
        return Terms(StillRequest(self.at, self.sheet or 0), parse_bytes(self.max_size) if self.max_size else limit)


def race(
    scenarios: options.Scenarios = None,
    output: options.Output = None,
    to: options.To = None,
    function: options.Function = None,
    start: options.Start = None,
    optimizer: options.Racers = None,
    steps: options.Steps = None,
    at: options.At = None,
    sheet: options.Sheet = None,
    poster: options.Poster = False,
    alt: options.Alt = False,
    set_: options.Settings = None,
    max_size: options.MaxSize = None,
    for_: options.For = None,
    dry_run: options.DryRun = False,
    preview: options.Preview = False,
    open_: options.Open = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    jobs: options.Jobs = None,
) -> None:
    """Run scenarios and write their animations.

    Without FILE it runs the race that ships with optviz, or what --function and --optimizer say. The outputs
    are those the scenario names, or those given with -o; a race is computed and drawn once for all of them.
    Flags replace what the file says. Several scenarios run side by side on all cores.

    \b
    optviz race
    optviz race my.yaml -o film.mp4 -o film.gif -o numbers.json
    optviz race my.yaml --steps 500 --set render.theme=dark --preview --open
    optviz race --function beale --start 3,4 --optimizer adam --optimizer amsgrad:lr=0.1,label=Ours
    optviz race one.yaml two.yaml three.yaml --to films
    optviz race my.yaml -o start.pdf --at 10
    optviz race my.yaml -o handout.png --sheet 6
    optviz race my.yaml --poster --alt
    optviz race my.yaml --max-size 5MB
    optviz race my.yaml --for github --dry-run
    """
    with mistakes_in_words():
        wish = Wish(preview, open_, json, quiet, jobs, at, sheet, poster, alt, max_size, for_, dry_run)
        changes = list(_changes(function, start, optimizer, steps, set_, output))
        _refuse_crowd_in_one_file(scenarios or [], output or [])
        loaded = _loaded(scenarios or [], changes)
        _carry_out({name: _aimed(scenario, name, to, wish, output) for name, scenario in loaded.items()}, wish)


def gallery(
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="This one alone. Repeatable.", autocompletion=options.complete_shipped),
    ] = None,
    to: Annotated[str, typer.Option("--to", metavar="FOLDER", help="Where to.")] = GALLERY,
    preview: options.Preview = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    jobs: options.Jobs = None,
) -> None:
    """Render every scenario that ships with optviz.

    \b
    optviz gallery
    optviz gallery --only race --only post/adamax-1d --to films --jobs 2
    """
    from optviz.scenario.shipped import shipped_names

    with mistakes_in_words():
        wish = Wish(preview, False, json, quiet, jobs)
        names = shipped_names()
        unknown = [
            Issue("no such scenario", hint=did_you_mean(name, names), where=f"--only {name}")
            for name in only or []
            if name not in names
        ]
        if unknown:
            raise OptvizError(unknown)
        loaded = _loaded(list(only or names), [])
        _carry_out({name: _aimed(scenario, name, to, wish, None) for name, scenario in loaded.items()}, wish)


# --- what is asked for ----------------------------------------------------------------------------


def _changes(
    function: str | None,
    start: str | None,
    racers: Sequence[str] | None,
    steps: int | None,
    settings: Sequence[str] | None,
    outputs: Sequence[str] | None,
) -> Iterator[Override]:
    """Every flag as a change of the scenario, --set last: it may refine what the others say."""
    from optviz.scenario.overrides import Override, function_flag, racers_of_flags, setting, start_flag

    if function is not None:
        yield function_flag(function)
    if start is not None:
        yield start_flag(start)
    if racers:
        yield from racers_of_flags(racers)
    if steps is not None:
        yield Override("steps", steps, f"--steps {steps}")
    for text in settings or []:
        yield setting(text)
    if outputs:
        yield Override("output", list(outputs))
        yield from (Override(f"output[{i}]", path, f"-o {path}") for i, path in enumerate(outputs))


def _loaded(sources: Sequence[str], changes: Sequence[Override]) -> dict[str, Scenario | OptvizError]:
    """Each scenario under the name it was asked for by; one that is wrong does not keep the others from racing."""
    if not sources and any(change.path in ("function", "optimizers") for change in changes):
        return {"": _from_flags(changes)}
    sources = sources or [DEFAULT_RACE]
    if len(sources) == 1:
        return {sources[0]: options.read(sources[0], changes)}
    loaded: dict[str, Scenario | OptvizError] = {}
    for source in sources:
        try:
            loaded[source] = options.read(source, changes)
        except OptvizError as error:
            loaded[source] = error
    return loaded


def _from_flags(changes: Sequence[Override]) -> Scenario:
    from optviz.scenario.loading import from_keys

    given = {change.path: change.value for change in changes}
    missing = [
        Issue("is required, since there is no FILE", hint=f"such as {flag} {example}", where=flag)
        for key, flag, example in (("function", "--function", "beale"), ("optimizers", "--optimizer", "adam"))
        if key not in given
    ]
    if missing:
        raise OptvizError(missing)
    function = given["function"]
    return from_keys({}, overrides=changes, name=function if isinstance(function, str) else "formula")


def _refuse_crowd_in_one_file(sources: Sequence[str], outputs: Sequence[str]) -> None:
    if len(sources) > 1 and outputs:
        hint = "--to FOLDER puts the files of all scenarios into one folder"
        raise OptvizError(Issue("names the files of one scenario, not of several", hint=hint, where=f"-o {outputs[0]}"))


def _aimed(
    scenario: Scenario | OptvizError, name: str, to: str | None, wish: Wish, outputs: Sequence[str] | None
) -> Scenario | OptvizError:
    """The scenario with its outputs where they shall go, small if only a look is wanted."""
    from optviz.pipeline.preview import preview

    if isinstance(scenario, OptvizError):
        return scenario
    if to is not None:
        paths = tuple(str(_into(to, name or scenario.name, path)) for path in scenario.output)
        scenario = scenario.model_copy(update={"output": paths})
    if wish.place is not None:
        scenario = fit_to_preset(scenario, wish.place, outputs)
    scenario = preview(scenario, beside=not outputs) if wish.preview else scenario
    scenario = scenario.model_copy(update={"output": (*scenario.output, *_beside(scenario.output, wish))})
    _refuse_idle_stills(scenario, wish)
    return scenario


def _beside(paths: Sequence[str], wish: Wish) -> list[str]:
    """The poster and the text that every film leaves beside it."""
    from optviz.output import format_of

    wanted = [suffix for suffix, asked in ((".png", wish.poster), (".txt", wish.alt)) if asked]
    films = [PurePath(path) for path in paths if format_of(path).kind == "animation"]
    beside = dict.fromkeys(str(film.with_suffix(suffix)) for film in films for suffix in wanted)
    return [path for path in beside if path not in paths]


def _refuse_idle_stills(scenario: Scenario, wish: Wish) -> None:
    """--at and --sheet must have a still to speak of, and a step of the race."""
    from optviz.output import format_of

    flags = {f"--at {wish.at}": wish.at, f"--sheet {wish.sheet}": wish.sheet}
    given = [flag for flag, value in flags.items() if value is not None]
    issues = []
    if len(given) == 2:
        issues.append(Issue("a still shows one step or a contact sheet, not both", where=" ".join(given)))
    if given and not any(format_of(path).kind == "still" for path in scenario.output):
        issues.append(Issue("no output is a still", hint="add one, such as -o picture.png", where=given[0]))
    if wish.at is not None and wish.at > scenario.steps:
        issues.append(Issue(f"the race has {scenario.steps} steps", where=f"--at {wish.at}"))
    if issues:
        raise OptvizError(issues)


def _into(folder: str, name: str, path: str) -> PurePath:
    """``post/adamax-1d`` in folder films is ``films/post/adamax-1d.gif``; a file keeps its output's name."""
    from optviz.scenario.shipped import shipped

    own = PurePath(path)
    return PurePath(folder, name).with_suffix(own.suffix) if shipped(name) else PurePath(folder, own.name)


# --- doing it -------------------------------------------------------------------------------------


def _carry_out(wanted: Mapping[str, Scenario | OptvizError], wish: Wish) -> None:
    _refuse_losses(wanted)
    if wish.dry_run:
        _foretell(wanted, wish)
    elif len(wanted) == 1:
        ((name, scenario),) = wanted.items()
        if isinstance(scenario, OptvizError):
            raise scenario
        _one(name, scenario, wish)
    else:
        _several(wanted, wish)


def _refuse_losses(wanted: Mapping[str, Scenario | OptvizError]) -> None:
    """No output may be any of the files that are read, nor replace what somebody else made, unless it is named."""
    from optviz.output.paths import check_losses

    inputs = {name: options.place_of(name) for name in wanted if name}
    sound = {name: scenario for name, scenario in wanted.items() if not isinstance(scenario, OptvizError)}
    losses = {name: check_losses(scenario.output, inputs, scenario.named) for name, scenario in sound.items()}
    if any(losses.values()):
        mistakes = [issue for error in wanted.values() if isinstance(error, OptvizError) for issue in error.issues]
        told = [
            replace(issue, where=name if len(wanted) > 1 else "") for name, found in losses.items() for issue in found
        ]
        raise OptvizError([*mistakes, *told])


def _foretell(wanted: Mapping[str, Scenario | OptvizError], wish: Wish) -> None:
    from optviz.pipeline.forecast import forecast

    forecasts = []
    for name, scenario in wanted.items():
        if isinstance(scenario, OptvizError):
            raise scenario
        forecasts.append(forecast(scenario, name, wish.terms.limit))
    if wish.json:
        print_json([one.to_dict() for one in forecasts] if len(forecasts) > 1 else forecasts[0].to_dict())
    else:
        for one in forecasts:
            print_forecast(one)


def _one(name: str, scenario: Scenario, wish: Wish) -> None:
    from optviz.cli.progress import Task, shown
    from optviz.pipeline.render import render

    task = Task(", ".join(scenario.output))
    with shown([task], quiet=wish.quiet) as look:

        def doing(what: str) -> None:
            task.doing = what
            look()

        def counting(done: int, total: int) -> None:
            task.count(done, total)
            look()

        result = render(scenario, doing, counting, name, wish.terms)
    if wish.json:
        print_json(result.to_dict())
    elif not wish.quiet:
        print_result(result)
    if wish.open:
        _open(result.files[0][0])


def _open(path: str) -> None:
    if typer.launch(path) != 0:
        raise OutputError(Issue("written, but no viewer could be started", hint="open it yourself", where=path))


def _several(wanted: Mapping[str, Scenario | OptvizError], wish: Wish) -> None:
    from optviz.pipeline.render import Rendered

    results = {
        name: Rendered(name, issues=error.issues, exit_code=error.exit_code)
        for name, error in wanted.items()
        if isinstance(error, OptvizError)
    }
    sound = {name: scenario for name, scenario in wanted.items() if not isinstance(scenario, OptvizError)}
    _refuse_shared_files(sound)
    results |= _side_by_side(sound, wish)
    _tell([results[name] for name in wanted], wish)


def _refuse_shared_files(scenarios: Mapping[str, Scenario]) -> None:
    owners: dict[str, str] = {}
    issues = []
    for name, scenario in scenarios.items():
        for path in scenario.output:
            owner = owners.setdefault(os.path.realpath(path), name)
            if owner != name:
                hint = "name another output in one of them, or race them one after the other"
                issues.append(Issue(f"{path} is also the output of {owner}", hint=hint, where=name))
    if issues:
        raise OptvizError(issues)


def _side_by_side(scenarios: Mapping[str, Scenario], wish: Wish) -> dict[str, Rendered]:
    from optviz.cli.progress import Shown, Task, shown
    from optviz.parallel import cores
    from optviz.pipeline.batch import render_all

    tasks = [Task(name) for name in scenarios]
    with shown(tasks, quiet=wish.quiet) as look:
        listeners = [Shown(task, look) for task in tasks]
        return render_all(scenarios, listeners, wish.jobs or cores(), wish.terms)


def _tell(results: Sequence[Rendered], wish: Wish) -> None:
    if wish.json:
        print_json([result.to_dict() for result in results])
    elif wish.quiet:
        print_issues(issue for result in results for issue in result.issues)
    else:
        print_results(results)
    codes = {result.exit_code for result in results} - {0}
    if codes:
        raise typer.Exit(WRONG_CALL if WRONG_CALL in codes else codes.pop())
