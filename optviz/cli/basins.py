"""``optviz basins``: maps where each start of a grid ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from optviz.cli.console import errors_printed
from optviz.cli.options import number, taking
from optviz.cli.study import CellOptions, load_study, study_run
from optviz.cli.tables import table
from optviz.errors import Issue, OptvizError

if TYPE_CHECKING:
    from optviz.engine.basins import BasinStudy
    from optviz.frames import DrawnFilm

DEFAULT_GRID = 200
Flow = Annotated[
    bool, typer.Option("--flow", help="Film the starts themselves as they move, each in the colour of its end.")
]
Grid = Annotated[
    int,
    typer.Option("--grid", metavar="COUNT", parser=number("--grid"), help="Starts a side: COUNT x COUNT in all."),
]


@dataclass(frozen=True, kw_only=True)
class BasinOptions(CellOptions):
    """Every flag of ``optviz basins``."""

    grid: Grid = DEFAULT_GRID
    flow: Flow = False


@taking(BasinOptions, without={"table": "-o numbers.csv"})
def basins(options: BasinOptions) -> None:
    """Map where each start ends: which minimum, and when.

    Every pixel is a start, coloured by the minimum that it reaches, pale where it
    arrives late; greys tell of starts that stop elsewhere, still move or diverge. A
    map a racer, with the areas, basin entropy and the boundary's dimension. As a
    film the maps fill: a pixel takes its colour at the step of its arrival.

    \b
    optviz basins himmelblau
    optviz basins my.yaml --grid 400 -o basins.png -o basins.mp4
    optviz basins my.yaml --flow -o flow.mp4
    optviz basins my.yaml -o basins.json -o ends.csv -o ends.npz
    optviz basins my.yaml --grid 4000 --resume outputs/cells
    """
    with errors_printed():
        from optviz.pipeline.files import kinds_of

        scenario = load_study(options, "flow.mp4" if options.flow else "basins.png")
        if options.flow and not kinds_of(scenario.output) - {"data"}:
            raise OptvizError(Issue("no output shows it", hint="add one, such as -o flow.mp4", where="--flow"))
        with study_run(scenario, options, "mapping") as run:
            from optviz.pipeline.basins import study_basins

            study = study_basins(scenario, options.grid, run.line.count, flow=options.flow, workshop=options.workshop)

            def draw() -> DrawnFilm:
                from optviz.picture.fair.basins import basin_film

                return basin_film(study, scenario)

            run.write(draw, study)
        document = study.document()
        run.report(_table(study), {"grid": study.grid, "racers": document["racers"]}, [], study.failed)


def _table(study: BasinStudy) -> str:
    """Lay out the areas with their intervals, a line for each racer and end."""
    from optviz.engine.statistics import LEAST_GRID

    heads = ("racer", "end", "area", "95 % interval", "entropy", "boundary dimension")
    lines = []
    for one in study.maps:
        shape = one.shape
        entropy = "" if shape.entropy is None else f"{shape.entropy:.3g}"
        dimension = f"from --grid {LEAST_GRID}" if study.grid < LEAST_GRID else ""
        if shape.dimension is not None:
            dimension = f"{shape.dimension:.3f} +- {shape.dimension_error:.1g}"
        for code in study.codes:
            share, low, high = one.area(code)
            interval = f"{100 * low:.2f} to {100 * high:.2f} %"
            lines.append((one.label, study.name_of(code), f"{100 * share:.2f} %", interval, entropy, dimension))
            entropy = dimension = ""
    return table(heads, lines)
