"""``optviz race``: runs scenarios and writes their animations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from optviz.cli.console import errors_printed
from optviz.cli.options import RenderOptions, ScenarioOptions, taking
from optviz.cli.outputs import aim
from optviz.cli.render import render
from optviz.cli.scenarios import load_scenarios, valid
from optviz.cli.stdout import refuse_several_files, standard_output_as_file
from optviz.cli.tables import ranking
from optviz.cli.terminal import say
from optviz.errors import Issue, OptvizError

Watch = Annotated[
    bool, typer.Option("--watch", help="Render again whenever the scenario is saved, as optviz watch does.")
]
Show = Annotated[
    bool, typer.Option("--show", help="Play it in this terminal; a file is written only where -o names one.")
]


@dataclass(frozen=True, kw_only=True)
class RaceOptions(RenderOptions, ScenarioOptions):
    """Every flag of ``optviz race``."""

    watch: Watch = False
    show: Show = False


@taking(RaceOptions)
def race(options: RaceOptions) -> None:
    """Run scenarios and write their animations.

    Without FILE it runs the race that ships with optviz, or what --function and
    --optimizer describe. The scenario names its outputs, or -o does; the race is
    computed and drawn once for all of them. Flags replace what the file says.
    Several scenarios are rendered in parallel on all cores.

    \b
    optviz race
    optviz race my.yaml -o film.mp4 -o film.gif -o numbers.json
    optviz race my.yaml --steps 500 --set render.theme=dark --preview --open
    optviz race --function beale --start 3,4 --optimizer adam --optimizer sgd
    optviz race my.yaml --optimizer adam --optimizer amsgrad:lr=0.1,label=Ours
    optviz race one.yaml two.yaml three.yaml --to films
    optviz race my.yaml -o start.pdf --at 10
    optviz race my.yaml -o handout.pdf --sheet 6 --paper letter
    optviz race my.yaml --poster --alt
    optviz race my.yaml --table f,effective_lr --table-as markdown
    optviz race my.yaml --max-size 5MB
    optviz race my.yaml --for github --dry-run
    optviz race my.yaml -o - --format gif > film.gif
    optviz race my.yaml --show
    """
    if options.show:
        with errors_printed(as_json=options.json):
            _play(options)
        return
    if options.watch:
        from optviz.cli.watch import follow

        with errors_printed(as_json=options.json):
            follow(options)
        return
    with errors_printed(as_json=options.json), standard_output_as_file(options) as asked:
        loaded = load_scenarios(asked)
        refuse_several_files(loaded, options)
        render(aim(loaded, asked, named=asked.output), asked)


def _play(options: RaceOptions) -> None:
    """Play one scenario in the terminal, print its ranking, and write the files that -o names. Raises OptvizError."""
    from optviz.cli.player import refuse_no_terminal, show
    from optviz.cli.startup import import_matplotlib
    from optviz.pipeline.letters import refuse_missing_font
    from optviz.pipeline.run import run

    idle = (("--json", options.json), ("--dry-run", options.dry_run), ("--watch", options.watch))
    wrong = [Issue("does not go together with --show", where=flag) for flag, given in idle if given]
    if wrong:
        raise OptvizError(wrong)
    refuse_no_terminal()
    loaded = load_scenarios(options)
    if len(loaded) > 1:
        raise OptvizError(Issue("plays one scenario at a time", where="--show"))
    ((_, scenario),) = valid(loaded).items()
    refuse_missing_font(scenario)
    aimed = aim(loaded, options, named=options.output) if options.output else {}
    import_matplotlib()
    race = run(scenario)
    show(race)
    if aimed:
        render(aimed, options)
    elif not options.quiet:
        say(ranking(race.table(), race.result.measure))
