"""Decides which files a command writes: names them as the flags say, and refuses those that must not be written."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from optviz.cli.scenarios import inputs_of, mistakes, valid
from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.pipeline.presets import fit_to_preset
from optviz.pipeline.themes import in_themes

if TYPE_CHECKING:
    from optviz.cli.options import RenderOptions
    from optviz.cli.scenarios import Loaded
    from optviz.scenario import Scenario


def aim(loaded: Loaded, options: RenderOptions, named: Sequence[str] | None = None) -> Loaded:
    """Set the outputs of every scenario, and the size of a preview. Raises OptvizError for what cannot be written.

    named: the outputs given with -o.
    """
    aimed = {
        name: scenario if isinstance(scenario, OptvizError) else _aimed(scenario, name, options, named)
        for name, scenario in loaded.items()
    }
    _refuse_losses(aimed)
    return aimed


def refuse_shared_files(scenarios: Mapping[str, Scenario]) -> None:
    """Raise OptvizError if two scenarios would write the same file."""
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


def _aimed(scenario: Scenario, name: str, options: RenderOptions, named: Sequence[str] | None) -> Scenario:
    from optviz.pipeline.preview import preview
    from optviz.scenario.loading import with_render

    if options.format is not None:
        scenario = scenario.model_copy(update={"output": (_in_format(scenario, options.format, named),)})
    if options.to is not None:
        paths = tuple(
            str(_inside(os.path.expanduser(options.to), name or scenario.name, path)) for path in scenario.output
        )
        scenario = scenario.model_copy(update={"output": paths})
    if options.target is not None:
        scenario = fit_to_preset(scenario, options.target, named)
    if options.sheet and scenario.render.text is None and not _has_film(scenario):
        scenario = with_render(scenario, text="large")  # each picture is a part of a page
    if options.preview:
        scenario = preview(scenario, beside=not named)
    scenario = scenario.model_copy(update={"output": (*scenario.output, *_companions(scenario.output, options))})
    _refuse_idle_flags(scenario, options)
    return _in_every_theme(scenario)


def _has_film(scenario: Scenario) -> bool:
    from optviz.output import format_of

    return any(format_of(path).kind == "animation" for path in scenario.output)


def _in_every_theme(scenario: Scenario) -> Scenario:
    """Return the scenario with a path for each of its themes in the place of every picture's."""
    themes = scenario.render.themes
    if len(themes) == 1:
        return scenario
    output, named = tuple(in_themes(scenario.output, themes)), frozenset(in_themes(scenario.named, themes))
    return scenario.model_copy(update={"output": output}).with_provenance(named_outputs=named)


def _in_format(scenario: Scenario, asked: str, named: Sequence[str] | None) -> str:
    """Return the scenario's first output with the suffix that ``--format`` names. Raises OptvizError."""
    from optviz.output import FORMATS

    suffix, names = f".{asked.lower().removeprefix('.')}", [known.removeprefix(".") for known in FORMATS]
    if suffix not in FORMATS:
        raise OptvizError(Issue("no such format", hint=did_you_mean(asked, names), where=f"--format {asked}"))
    if named:
        raise OptvizError(Issue("the suffix of -o says it already", hint="leave it out", where=f"--format {asked}"))
    return str(PurePath(scenario.output[0]).with_suffix(suffix))


def _inside(folder: str, name: str, path: str) -> PurePath:
    """``post/adamax-1d`` in folder films is ``films/post/adamax-1d.gif``; a file keeps its output's name."""
    from optviz.scenario.shipped import shipped

    own = PurePath(path)
    return PurePath(folder, name).with_suffix(own.suffix) if shipped(name) else PurePath(folder, own.name)


def _companions(paths: Sequence[str], options: RenderOptions) -> list[str]:
    """Return the poster and the description next to every animation, where they are asked for."""
    from optviz.output import NUMBERED, format_of

    wanted = [suffix for suffix, asked in ((".png", options.poster), (".txt", options.alt)) if asked]
    forms = {path: format_of(path) for path in paths}
    animations = [PurePath(path) for path, form in forms.items() if form.kind == "animation" and form is not NUMBERED]
    companions = dict.fromkeys(str(path.with_suffix(suffix)) for path in animations for suffix in wanted)
    return [path for path in companions if path not in paths]


def _refuse_idle_flags(scenario: Scenario, options: RenderOptions) -> None:
    """Raise OptvizError for flags that apply to nothing: no still image, no contact sheet, no page, no such step."""
    from optviz.frames import StillRequest
    from optviz.output import format_of

    flags = {f"--at {options.at}": options.at, f"--sheet {options.sheet}": options.sheet}
    given = [flag for flag, value in flags.items() if value is not None]
    issues = []
    if len(given) == 2:
        issues.append(Issue("a still image shows one step or is a contact sheet, not both", where=" ".join(given)))
    if given and not any(format_of(path).kind == "still" for path in scenario.output):
        issues.append(Issue("no output is a still image", hint="add one, such as -o picture.png", where=given[0]))
    if options.columns is not None and options.sheet is None:
        hint = "add --sheet, such as --sheet 6"
        issues.append(Issue("only a contact sheet has columns", hint=hint, where=f"--columns {options.columns}"))
    if options.svg_text and not any(PurePath(path).suffix.lower() == ".svg" for path in scenario.output):
        issues.append(Issue("no output is an SVG", hint="add one, such as -o picture.svg", where="--svg-text"))
    if options.embed and not any(format_of(path).kind == "page" for path in scenario.output):
        issues.append(Issue("no output is a page", hint="add one, such as -o race.html", where="--embed"))
    if options.at is not None and options.at > scenario.steps:
        issues.append(Issue(f"the race has {scenario.steps} steps", where=f"--at {options.at}"))
    if options.sheet is not None:
        try:
            StillRequest(sheet=options.sheet, columns=options.columns).refuse_too_large(*scenario.render.size)
        except OptvizError as error:
            issues += [replace(issue, where=f"--sheet {options.sheet}") for issue in error.issues]
    if issues:
        raise OptvizError(issues)


def _refuse_losses(loaded: Loaded) -> None:
    """Raise OptvizError, with every mistake known so far, for outputs that are inputs or that others made.

    A file that optviz did not make is replaced only where -o names it.
    """
    from optviz.pipeline.files import losses_of

    inputs = inputs_of(loaded)
    losses = {name: losses_of(one, inputs) for name, one in valid(loaded).items()}
    if any(losses.values()):
        alone = len(loaded) == 1
        told = [
            issue if issue.where or alone else replace(issue, where=name)
            for name, found in losses.items()
            for issue in found
        ]
        raise OptvizError([*mistakes(loaded), *told])
