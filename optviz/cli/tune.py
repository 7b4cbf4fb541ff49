"""``optviz tune``: searches hyperparameters on one budget for all racers, and shows which values work."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optviz.cli.console import LOST, errors_printed
from optviz.cli.options import taking
from optviz.cli.scenarios import input_of
from optviz.cli.study import CellOptions, load_study, study_run
from optviz.cli.tables import table
from optviz.errors import Issue, OptvizError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optviz.engine.tuning import Tuning
    from optviz.engine.tuning_study import TuningStudy
    from optviz.frames import DrawnFilm

Widen = Annotated[
    bool, typer.Option("--widen", help="Widen ranges, for every racer, until no best value lies at their edge.")
]
Write = Annotated[
    str | None, typer.Option("--write", metavar="PATH", help="Also write the scenario with the values found (.yaml).")
]


@dataclass(frozen=True, kw_only=True)
class TuneOptions(CellOptions):
    """Every flag of ``optviz tune``."""

    widen: Widen = False
    write: Write = None


@taking(TuneOptions, without={"table": "-o numbers.csv"})
def tune(options: TuneOptions) -> None:
    """Search hyperparameters on one budget for all racers.

    A hyperparameter written {tune: [low, high]} is searched: the same number of
    trials from the same starts for every racer (see tuning in the scenario). The
    picture has the result of every value tried, and the best of k trials with 95 %
    bands; as a film it tries one value after the other.

    \b
    optviz tune race.yaml
    optviz tune race.yaml --widen --write tuned.yaml
    optviz tune race.yaml -o tuning.png -o trials.csv -o tuning.json
    optviz tune race.yaml --set 'common.lr={tune: [0.0001, 1]}'
    optviz tune race.yaml --set tuning.trials=4096 --resume outputs/cells
    """
    with errors_printed():
        scenario = load_study(options, "tuning.png")
        target = _target(options.write, options.scenarios)
        with study_run(scenario, options, "tuning") as run:
            from optviz.pipeline.tune import study_tuning, write_tuned

            study = study_tuning(scenario, run.line.count, widen=options.widen, workshop=options.workshop)

            def draw() -> DrawnFilm:
                from optviz.picture.fair.tuning import tuning_film

                return tuning_film(study, scenario)

            run.write(draw, study)
            if target is not None:
                write_tuned(target, scenario, study)
                run.files += ((str(target), target.stat().st_size),)
        facts = {label: one.facts() for label, one in study.tunings.items()}
        run.report(_table(study), {"tuning": facts}, _warnings(study), study.failed)


def _target(path: str | None, sources: Sequence[str] | None) -> Path | None:
    """Return where the tuned scenario is written. Raises OptvizError for a scenario that is read, or another suffix."""
    from optviz.output.paths import check_losses, check_outputs

    if path is None:
        return None
    target = Path(os.path.expanduser(path))
    where = f"--write {path}"
    if target.suffix.lower() not in (".yaml", ".yml"):
        raise OptvizError(Issue("a scenario ends in .yaml", where=where))
    issues = check_losses([str(target)], {name: input_of(name) for name in sources or ()}, [str(target)])
    issues = issues or list(check_outputs([str(target)]).values())
    if issues:
        raise OptvizError(replace(issue, where=where) for issue in issues)
    return target


def _table(study: TuningStudy) -> str:
    """Lay out what was kept, a line for each racer and hyperparameter; the best racer first."""
    from optviz.engine.tuning import MEASURES

    measure = MEASURES[next(iter(study.tunings.values())).metric]
    heads = ("racer", "tuned", "over", "value", "default", measure, "trials", "gradients")
    lines = []
    for label, one in sorted(study.tunings.items(), key=lambda item: float(item[1].scores.min())):
        for name, value in one.values.items():
            over, score = one.ranges[name], _score(one)
            default = one.default_of(name)
            lines.append(
                (
                    label,
                    name,
                    f"{over.low:g} to {over.high:g}",
                    f"{value:.6g}",
                    default,
                    score,
                    str(one.trials),
                    str(one.evaluations),
                )
            )
    return table(heads, lines)


def _score(one: Tuning) -> str:
    """Return what the value kept gave."""
    score = float(one.scores[one.best])
    return f"{score:.6g}" if isfinite(score) else "never" if one.metric == "target" else "diverged"


def _warnings(study: TuningStudy) -> list[str]:
    """Say whose best value lies at the edge of its range, and where the metric told nothing."""
    said = []
    for label, one in study.tunings.items():
        for name, end in one.edges.items():
            over = one.ranges[name]
            where = f"lies at the {end} end of {over.low:g} to {over.high:g}"
            said.append(
                f"{label}: the best {name}, {one.values[name]:.4g}, {where}; --widen extends the range for everyone"
            )
        if one.decided_by != one.metric:
            said.append(f"{label}: in no trial half of the runs arrive; the lowest median final f was kept")
        if one.is_lost:
            said.append(f"{label}: {LOST}")
    return said
