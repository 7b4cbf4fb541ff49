"""``optviz race``: runs scenarios and writes their animations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from optviz.cli.console import errors_printed
from optviz.cli.options import RenderOptions, ScenarioOptions, taking
from optviz.cli.outputs import aim
from optviz.cli.render import render
from optviz.cli.scenarios import load_scenarios
from optviz.cli.stdout import refuse_several_files, standard_output_as_file
from optviz.cli.watch import follow

Watch = Annotated[
    bool, typer.Option("--watch", help="Render again whenever the scenario is saved, as optviz watch does.")
]


@dataclass(frozen=True, kw_only=True)
class RaceOptions(RenderOptions, ScenarioOptions):
    """Every flag of ``optviz race``."""

    watch: Watch = False


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
    """
    if options.watch:
        with errors_printed(as_json=options.json):
            follow(options)
        return
    with errors_printed(as_json=options.json), standard_output_as_file(options) as asked:
        loaded = load_scenarios(asked)
        refuse_several_files(loaded, options)
        render(aim(loaded, asked, named=asked.output), asked)
