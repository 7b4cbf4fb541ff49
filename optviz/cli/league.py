"""``optviz league``: plays every rule on every function with every learning rate, and ranks them by five protocols."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from optviz.cli import completion
from optviz.cli.console import errors_printed
from optviz.cli.options import taking
from optviz.cli.study import CellOptions, load_study, study_run
from optviz.cli.tables import table
from optviz.pipeline.executor import begin_imports

if TYPE_CHECKING:
    from optviz.engine.league_study import LeagueStudy
    from optviz.frames import DrawnFilm
    from optviz.scenario.overrides import Override

DEFAULT_LEAGUE = "fair/ranking"
PRELOAD = ("optviz.pipeline.matches", "llvmlite.binding")  # what the processes that play need
OF_ONE_RACE = {
    "function": "--functions NAME,...",
    "optimizer": "--rules NAME,...",
    "lr": "--set league.lr=[LOW,HIGH]",
    "start": "--set league.starts={random: COUNT}",
    "window": "",
    "table": "-o numbers.csv",
}
Functions = Annotated[
    str | None,
    typer.Option(metavar="NAME,...", help="Functions that are played, or all.", autocompletion=completion.functions),
]
Rules = Annotated[
    str | None,
    typer.Option(metavar="NAME,...", help="Rules that play, or all.", autocompletion=completion.optimizers),
]
Protocol = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Protocol of the table: final, target, algoperf, deepobs or coco."),
]


@dataclass(frozen=True, kw_only=True)
class LeagueOptions(CellOptions):
    """Every flag of ``optviz league``."""

    functions: Functions = None
    rules: Rules = None
    ruleset: Protocol = None


@taking(LeagueOptions, without=OF_ONE_RACE)
def league(options: LeagueOptions) -> None:
    """Play every rule on many functions; rank them by five protocols.

    Every rule has the same learning rates, starts and gradients. The same runs
    are scored by five protocols, with 95 % intervals, places and the probability
    of being first; the picture has the rankings side by side, performance
    profiles and the targets reached. league in the scenario says what is played.

    \b
    optviz league
    optviz league my.yaml --ruleset coco -o league.png -o league.csv
    optviz league --rules adam,amsgrad,adamax --functions beale,rosenbrock
    optviz league --rules all --functions all --resume outputs/cells
    """
    with errors_printed():
        if options.scheduler is None:
            begin_imports(PRELOAD)
        scenario = load_study(options, "league.png", DEFAULT_LEAGUE, list(_changes(options)))
        with study_run(scenario, options, "playing") as run:
            from optviz.pipeline.league import study_league

            is_other = not options.scenarios and (options.functions or options.rules)  # than the one that ships
            made_title = bool(is_other and not options.title)
            study, played = study_league(scenario, options.workshop, run.line.count, made_title=made_title)

            def draw() -> DrawnFilm:
                from optviz.picture.fair.league import league_film

                return league_film(study, played)

            run.write(draw, study)
        facts = {name: study.facts(name) for name in study.standings}
        document = {"ruleset": study.ruleset, "rulesets": facts}
        run.report("\n".join(_report(study)), document, list(_warnings(study)), study.failed)


def _changes(options: LeagueOptions) -> Iterator[Override]:
    from optviz.scenario.overrides import Override, names_flag

    for key, text in (("functions", options.functions), ("rules", options.rules)):
        if text is not None:
            yield from names_flag(f"league.{key}", f"--{key}", text)
    if options.ruleset is not None:
        yield Override("league.ruleset", options.ruleset, f"--ruleset {options.ruleset}")


def _report(study: LeagueStudy) -> Iterator[str]:
    """Yield the ranking by the protocol that was asked for, the places by all, and who is first by which."""
    from optviz.engine.rulesets import RULESETS

    chosen, labels = study.chosen, study.league.labels
    yield f"{chosen.ruleset.title}: {chosen.ruleset.says}\n"
    lines = []
    for i in chosen.order:
        places = [str(one.places[i]) for one in study.standings.values()]
        interval = f"{chosen.low[i]:.3g} to {chosen.high[i]:.3g}"
        between = f"{chosen.first_place[i]} to {chosen.last_place[i]}"
        numbers = (f"{chosen.scores.value[i]:.3g}", interval, f"{100 * chosen.first[i]:.0f} %")
        lines.append(
            (str(chosen.places[i]), between, labels[i], *numbers, f"{100 * chosen.scores.solved[i]:.0f} %", *places)
        )
    heads = ("place", "95 %", "rule", chosen.ruleset.measure, "95 % interval", "first", "solved", *RULESETS)
    yield table(heads, lines)
    for name, winners in study.winners.items():
        yield f"first by {name}: {' and '.join(winners)}"


def _warnings(study: LeagueStudy) -> Iterator[str]:
    """Say whose learning rates lie at the edge of the range."""
    functions = len(study.league.functions)
    for label, count in study.at_edge().items():
        if 2 * count >= functions:
            where = f"on {count} of {functions} functions the best learning rate lies at the edge"
            yield f"{label}: {where}; widen league.lr"
