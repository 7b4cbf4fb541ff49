"""Renders scenarios as a command asks, with progress on a terminal, and prints what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

import typer

from optviz.cli.console import print_forecast, print_issues, print_json, print_result, print_results
from optviz.cli.outputs import refuse_shared_files
from optviz.cli.progress import progress_lines
from optviz.cli.scenarios import mistakes, valid
from optviz.cli.startup import import_matplotlib
from optviz.cli.terminal import say
from optviz.cli.viewer import open_file
from optviz.errors import WRONG_CALL, OptvizError
from optviz.pipeline.presets import preset_of
from optviz.pipeline.sizes import parse_bytes

if TYPE_CHECKING:
    from optviz.cli.options import RenderOptions
    from optviz.cli.scenarios import Loaded
    from optviz.pipeline.cells import Workshop
    from optviz.pipeline.render import FileOptions, Rendered
    from optviz.scenario import Scenario


def render(loaded: Loaded, options: RenderOptions, workshop: Workshop | None = None) -> None:
    """Render one scenario here or several in parallel, and print the results; --dry-run estimates them instead.

    workshop: where they are rendered and kept, if not by this command's own processes. Raises OptvizError for a single
    scenario and for estimates; failures among several are printed and end the command with their code.
    """
    wrong = mistakes(loaded)
    if wrong and (options.dry_run or len(loaded) == 1):
        raise OptvizError(wrong)
    if options.dry_run:
        _estimate(valid(loaded), options)
    elif len(loaded) == 1 and workshop is None:
        ((name, scenario),) = valid(loaded).items()
        _render_one(name, scenario, options)
    else:
        _render_several(loaded, options, workshop)


def file_options(options: RenderOptions) -> FileOptions:
    """Return what still images show and how many bytes an animation may have. Raises OptvizError."""
    from optviz.frames import Paper, StillRequest
    from optviz.pipeline.render import FileOptions

    limit = preset_of(options.target).limit if options.target else None
    paper: Paper = options.paper.value
    still = StillRequest(options.at, options.sheet or 0, options.columns, paper, options.svg_text)
    return FileOptions(still, parse_bytes(options.max_size) if options.max_size else limit)


def _estimate(scenarios: dict[str, Scenario], options: RenderOptions) -> None:
    from optviz.pipeline.forecast import forecast

    limit = file_options(options).limit
    import_matplotlib()
    forecasts = [forecast(scenario, name, limit) for name, scenario in scenarios.items()]
    if options.json:
        print_json([one.to_dict() for one in forecasts] if len(forecasts) > 1 else forecasts[0].to_dict())
    else:
        for one in forecasts:
            print_forecast(one)


def _render_one(name: str, scenario: Scenario, options: RenderOptions) -> None:
    from optviz.pipeline.files import kinds_of
    from optviz.pipeline.render import Rendered, render, unchanged

    files = file_options(options)
    result = unchanged(scenario, name, files) if options.changed else scenario
    if not isinstance(result, Rendered):
        with progress_lines([", ".join(result.output)], quiet=options.quiet) as (line,):
            line.stage("starting")
            if kinds_of(result.output) - {"data"}:
                import_matplotlib()
            result = render(result, line, name, files)
    if options.json:
        print_json(result.to_dict())
    elif not options.quiet:
        print_result(result, options.table_as)
    _print_embeddings([result], options)
    if options.open:
        open_file(result.files[0][0])


def _render_several(loaded: Loaded, options: RenderOptions, workshop: Workshop | None) -> None:
    from optviz.parallel import cores
    from optviz.pipeline.batch import render_all
    from optviz.pipeline.render import Rendered, unchanged

    files = file_options(options)
    scenarios = valid(loaded)
    refuse_shared_files(scenarios)
    results = {
        name: Rendered(name, issues=error.issues, exit_code=error.exit_code)
        for name, error in loaded.items()
        if isinstance(error, OptvizError)
    }
    due = {name: unchanged(one, name, files) if options.changed else one for name, one in scenarios.items()}
    results |= {name: one for name, one in due.items() if isinstance(one, Rendered)}
    scenarios = {name: one for name, one in due.items() if not isinstance(one, Rendered)}
    if workshop is None:
        with progress_lines(list(scenarios), quiet=options.quiet) as lines:
            results |= render_all(scenarios, lines, options.jobs or cores(), files)
    else:
        results |= _render_anywhere(scenarios, options, files, workshop)
    _print([results[name] for name in loaded], options)


def _render_anywhere(
    scenarios: dict[str, Scenario], options: RenderOptions, files: FileOptions, workshop: Workshop
) -> dict[str, Rendered]:
    from optviz.pipeline.renders import render_anywhere

    with progress_lines([f"{len(scenarios)} scenarios"], quiet=options.quiet) as (line,):
        line.stage("rendering")
        return render_anywhere(scenarios, files, workshop, options.jobs, line.count)


def _print(results: Sequence[Rendered], options: RenderOptions) -> None:
    """Print several results and end with the gravest of their exit codes."""
    if options.json:
        print_json([result.to_dict() for result in results])
    elif options.quiet:
        print_issues(issue for result in results for issue in result.issues)
    else:
        print_results(results, options.table_as)
    _print_embeddings(results, options)
    codes = {result.exit_code for result in results} - {0}
    if codes:
        raise typer.Exit(WRONG_CALL if WRONG_CALL in codes else codes.pop())


def _print_embeddings(results: Sequence[Rendered], options: RenderOptions) -> None:
    """Print what another site needs to show each page, where that is asked for."""
    if not options.embed:
        return
    from optviz.output.html import embedding

    for result in results:
        for path, _ in result.files:
            if PurePath(path).suffix.lower() == ".html":
                say(embedding(PurePath(path).name, result.title))
