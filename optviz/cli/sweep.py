"""``optviz sweep``: runs every value of one or two hyperparameters, and dives into the boundary of divergence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from optviz.cli.console import errors_printed
from optviz.cli.options import number, taking
from optviz.cli.study import CellOptions, StudyRun, load_study, study_run
from optviz.cli.tables import table
from optviz.errors import Issue, OptvizError, did_you_mean

if TYPE_CHECKING:
    from optviz.engine.sweep import Measure, SweepAxis, SweepStudy
    from optviz.frames import DrawnFilm

DEFAULT_DECADES = 6.0
Over = Annotated[
    list[str] | None,
    typer.Option(
        "--over",
        metavar="NAME=LOW:HIGH[:SCALE[:COUNT]]",
        help="An axis, such as lr=1e-4:1:log:200; scale log, logit or linear. Once or twice.",
    ),
]
Zoom = Annotated[
    str | None,
    typer.Option("--zoom", metavar="X,Y", help="Film a dive into the boundary of divergence, from these values on."),
]
Decades = Annotated[
    float | None,
    typer.Option(
        "--decades",
        metavar="COUNT",
        parser=number("--decades", 0.1, 12, float),
        help=f"How many powers of ten to zoom (default: {DEFAULT_DECADES:g}).",
    ),
]


MeasureOf = Annotated[
    str, typer.Option("--measure", metavar="NAME", help="What pictures show: final (f), steps (to arrive) or outcome.")
]


@dataclass(frozen=True, kw_only=True)
class SweepOptions(CellOptions):
    """Every flag of ``optviz sweep``."""

    over: Over = None
    zoom: Zoom = None
    decades: Decades = None
    measure: MeasureOf = "final"


@taking(SweepOptions, without={"table": "-o numbers.csv"})
def sweep(options: SweepOptions) -> None:
    """Run every value of one or two hyperparameters.

    Over one axis: a curve a racer of what each value gives, and a bar of where it
    works, with its default and the value it has. Over two: a map a racer. As a film
    it goes through the steps. --zoom dives into the boundary between learning and
    divergence instead.

    \b
    optviz sweep race --over lr=1e-4:10
    optviz sweep my.yaml --over lr=1e-4:1:log:200 --over beta2=0.9:0.9999
    optviz sweep my.yaml --over lr=1e-4:1 -o sweep.png -o sweep.csv -o sweep.mp4
    optviz sweep my.yaml --over lr=0.001:1 --over beta1=0.1:0.99 --zoom 0.3,0.9
    optviz sweep my.yaml --over lr=1e-4:1 -o sweep.png --resume outputs/cells
    """
    with errors_printed():
        scenario = load_study(options, "zoom.mp4" if options.zoom else "sweep.png")
        from optviz.pipeline.sweep import axes_of

        axes = axes_of(options.over or [], scenario)
        centre = _centre(options.zoom, axes)
        measure = _measure_of(options)
        if centre is None and options.decades is not None:
            where = f"--decades {options.decades:g}"
            raise OptvizError(Issue("only a dive has them", hint="say where to with --zoom X,Y", where=where))
        with study_run(scenario, options, "sweeping" if centre is None else "diving") as run:
            study = _swept(run, axes, measure, options) if centre is None else _dived(run, axes, centre, options)
        facts = [{key: value for key, value in one.items() if key not in SERIES} for one in study.document()["racers"]]
        run.report(_table(study), {"racers": facts}, [], study.failed)


SERIES = ("final_f", "arrived_at", "arrived", "survived", "outcome", "works")  # of a document, too long for a terminal


def _swept(run: StudyRun, axes: list[SweepAxis], measure: Measure, options: SweepOptions) -> SweepStudy:
    from optviz.pipeline.files import animation_suffixes
    from optviz.pipeline.sweep import study_sweep

    scenario = run.scenario
    is_film = bool(animation_suffixes(scenario.output)) or options.at is not None
    study = study_sweep(scenario, axes, run.line.count, film=is_film, measure=measure, workshop=options.workshop)

    def draw() -> DrawnFilm:
        from optviz.picture.fair.sweep import curve_film, map_film

        return (curve_film if len(axes) == 1 else map_film)(study, scenario)

    run.write(draw, study)
    return study


def _dived(run: StudyRun, axes: list[SweepAxis], centre: tuple[float, float], options: SweepOptions) -> SweepStudy:
    from optviz.pipeline.sweep import study_dive

    decades = DEFAULT_DECADES if options.decades is None else options.decades
    study, found = study_dive(run.scenario, axes, centre, decades, run.line.count, options.workshop)

    def draw() -> DrawnFilm:
        from optviz.picture.fair.sweep import dive_film

        return dive_film(study, found, run.scenario)

    run.write(draw, study)
    return study


def _measure_of(options: SweepOptions) -> Measure:
    """Read ``--measure``. Raises OptvizError."""
    from optviz.engine.sweep import MEASURES

    where = f"--measure {options.measure}"
    if options.zoom is not None and options.measure != "final":
        raise OptvizError(Issue("a dive shows f", hint="leave it out", where=where))
    for known in MEASURES:
        if known == options.measure:
            return known
    raise OptvizError(Issue("no such measure", hint=did_you_mean(options.measure, MEASURES), where=where))


def _centre(text: str | None, axes: list[SweepAxis]) -> tuple[float, float] | None:
    """Read ``--zoom 0.02,0.9``. Raises OptvizError."""
    from optviz.formula import number_in

    if text is None:
        return None
    where = f"--zoom {text}"
    values = [value for part in text.split(",") if not isinstance(value := number_in(part), str)]
    if len(values) != 2 or text.count(",") != 1:
        raise OptvizError(Issue("must be two numbers", hint="such as --zoom 0.02,0.9", where=where))
    x, y = values
    if len(axes) != 2:
        raise OptvizError(Issue("a dive has two axes", hint="name the other with --over", where=where))
    issues = [
        Issue(f"{value:g} lies outside {axis.name}, {axis.range.low:g} to {axis.range.high:g}", where=where)
        for value, axis in zip((x, y), axes, strict=True)
        if not axis.range.low <= value <= axis.range.high
    ]
    if issues:
        raise OptvizError(issues)
    return x, y


def _table(study: SweepStudy) -> str:
    """Lay out over how much each racer works and what is best, the widest first."""
    names = [axis.name for axis in study.axes]
    lines = []
    for one in sorted(study.sweeps, key=lambda one: -one.share):
        decades = study.decades(one)
        reach = f"{100 * one.share:.1f} %" if decades is None else f"{decades:.2f} decades"
        values = [f"{value:.6g}" for value in study.value_at(one.best).values()]
        lines.append((one.label, reach, *values, f"{one.final[one.best]:.6g}"))
    return table(("racer", "works over", *(f"best {name}" for name in names), "final f"), lines)
