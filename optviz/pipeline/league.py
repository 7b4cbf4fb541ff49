"""Plays the league of a scenario: its rules on functions of the catalogue, in cells that are computed anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.engine.league import League, Player, best_for_all, gather, gradients_a_step, paid_for
from optviz.engine.league_study import BAND_COUNT, LeagueStudy
from optviz.engine.resampling import COUNT
from optviz.errors import Issue, OptvizError
from optviz.formula.typography import number
from optviz.optimizers import OPTIMIZERS, Range, bind
from optviz.optimizers.bound_rule import Schedule
from optviz.picture.terms import gradient_terms
from optviz.pipeline.cells import HERE, PROCESSES_FROM, Cell, Columns, Computed, Crew, Progress, Workshop
from optviz.pipeline.matches import Field, match_of, named, pursuit_of
from optviz.pipeline.memory import memory_bytes, refuse_more_than
from optviz.pipeline.study import titled
from optviz.pipeline.tiles import processes_from, refuse_foreign
from optviz.problems import FUNCTIONS, from_catalogue, spread_starts
from optviz.scenario import Scenario
from optviz.scenario.comparison import ALL, LeagueSettings
from optviz.scenario.messages import spaced
from optviz.scenario.models import RacerSpec
from optviz.scenario.racers import distinct_labels
from optviz.words import ENGLISH, Words

BYTES_PER_RUN = 48  # five numbers and a copy while they are scored
BYTES_PER_DRAW = 8  # of the bootstrap, for each function, start and resample


def study_league(
    scenario: Scenario, workshop: Workshop = HERE, progress: Progress | None = None, *, made_title: bool = False
) -> tuple[LeagueStudy, Scenario]:
    """Play the league; return it, and the scenario with the rules that played as its racers. Raises OptvizError.

    made_title: whether it is called by how many play, even where the scenario has a title.
    A rule of which a cell fails is left out and named; if none is left that is the error.
    """
    settings = scenario.league or LeagueSettings()
    _refuse_misfits(scenario, settings)
    racers, fields = _racers(scenario, settings), _fields(scenario, settings)
    whole = Range(*settings.lr, "log")
    rates = whole.at(np.linspace(0, 1, settings.rates))
    _refuse_too_many(racers, fields, settings)
    costs = {one.label: gradients_a_step(one.rule, from_catalogue("sphere")) for one in racers}
    rules = {one.label: paid_for(one.rule, scenario.steps, costs[one.label]) for one in racers}
    starts = len(fields[0].starts)
    players = {label: Player(rule, costs[label], rates, starts) for label, rule in rules.items()}
    protocol, sphere = _protocol(scenario, settings), from_catalogue("sphere")
    refuse_foreign(rules, sphere, workshop)
    repaid = min(PROCESSES_FROM, processes_from(rules.values(), sphere))
    with Crew(workshop, protocol, repaid) as crew:
        done = _compute(crew, players, fields, progress)
    labels, functions = _whole(list(players), fields, done), [one.function for one in fields]
    columns = {
        (label, one.function): {**done.columns[named(label, one)], **done.columns[f"{named(label, one)}: targets"]}
        for label in labels
        for one in fields
    }
    kept_costs = [costs[label] for label in labels]
    league = gather(labels, functions, rates, scenario.steps, kept_costs, columns, scenario.seed)
    kept = [racer for racer in racers if racer.label in labels]
    study = _study(scenario, settings, league, done.failed)
    if not made_title:
        study = replace(study, title=titled(scenario, study.title))
    return study, scenario.model_copy(update={"optimizers": tuple(kept)})


# --- cells ----------------------------------------------------------------------------------------


def _compute(crew: Crew, players: Mapping[str, Player], fields: Sequence[Field], progress: Progress | None) -> Computed:
    """Play all matches, and pursue targets with each rule's rate that is best for all when its matches are there."""
    pairs = {named(label, one): (label, one) for label, one in _pairs(players, fields)}
    lowest: dict[str, list[NDArray[Any]]] = {label: [] for label in players}

    def pursuits(name: str, columns: Columns) -> Iterator[Cell]:
        if name not in pairs:  # a pursuit itself
            return
        label, _ = pairs[name]
        player, own = players[label], lowest[label]
        own.append(columns["lowest"])
        if len(own) == len(fields):
            best = replace(player, rates=player.rates[best_for_all(np.stack(own)[np.newaxis])])
            yield from (pursuit_of(label, best, one, len(player.rates)) for _, one in _pairs([label], fields))

    matches = [match_of(label, players[label], one) for label, one in pairs.values()]
    return crew.compute(matches, progress and (lambda done, _: progress(done, 2 * len(matches))), pursuits)


def _pairs(labels: Iterable[str], fields: Sequence[Field]) -> list[tuple[str, Field]]:
    """Return every rule with every function: a rule on all functions of one dimension, those of most before the others.

    What a rule is laid out to, and its code, serve all of these functions.
    """
    dims = sorted({one.dim for one in fields}, reverse=True)
    return [(label, one) for dim in dims for label in labels for one in fields if one.dim == dim]


def _whole(labels: Sequence[str], fields: Sequence[Field], computed: Computed) -> list[str]:
    """Return the rules of which no cell failed. Raises OptvizError with all failures if none is left."""
    broken = {label for label in labels for one in fields for name in computed.failed
              if name.removesuffix(": targets") == named(label, one)}  # fmt: skip
    if len(broken) == len(labels):
        raise OptvizError(Issue(reason, where=name) for name, reason in computed.failed.items())
    return [label for label in labels if label not in broken]


# --- who plays, and where -------------------------------------------------------------------------


def _racers(scenario: Scenario, settings: LeagueSettings) -> list[RacerSpec]:
    """Return the rules that play: those that are named, as the scenario's racers have them where one has."""
    if not settings.rules:
        return list(scenario.optimizers)
    names = list(OPTIMIZERS) if ALL in settings.rules else list(settings.rules)
    found: list[RacerSpec] = []
    for name in names:
        own = [racer for racer in scenario.optimizers if racer.rule.name == name]
        rule = OPTIMIZERS.get(name)
        if not own and rule is not None:
            bound = bind(rule, {}, scenario.steps, common=scenario.common)
            own = [RacerSpec.model_construct(label="", rule=bound)]
        found += own
    labels = distinct_labels([racer.label or None for racer in found], [racer.rule for racer in found])
    return [racer.model_copy(update={"label": label}) for racer, label in zip(found, labels, strict=True)]


def _fields(scenario: Scenario, settings: LeagueSettings) -> list[Field]:
    """Return the functions that are played; of two names of one function, where all are, the first."""
    names: list[str] = list(settings.functions)
    if ALL in names:
        entries = {id(entry): name for name, entry in reversed(FUNCTIONS.items()) if entry.minima}
        names = [name for name, entry in FUNCTIONS.items() if entries.get(id(entry)) == name]
    noise = None if scenario.noise is None else scenario.noise.settings
    starts = {name: spread_starts(settings.starts, FUNCTIONS[name].window, scenario.seed).T.tolist() for name in names}
    return [Field(name, tuple(map(tuple, own)), noise, scenario.seed, scenario.steps) for name, own in starts.items()]


def _refuse_misfits(scenario: Scenario, settings: LeagueSettings) -> None:
    """Raise OptvizError for what a league cannot compare."""
    issues = []
    for index, racer in enumerate(scenario.optimizers):
        if isinstance(racer.rule.lr, Schedule) and not settings.rules:
            said = f"the league gives every rule its own learning rates, and {racer.label} has a formula"
            issues.append(Issue(said, f"optimizers[{index}]", "leave lr out", where=scenario.called))
    own = {f"optimizers[{i}]": racer.rule.noise for i, racer in enumerate(scenario.optimizers)}
    for path, noise in {"noise": scenario.noise, **own}.items():
        if noise is not None and noise.draws is not None:
            said, hint = "draws do not fit functions of one and of two variables", "write {std: 0.1}"
            issues.append(Issue(said, path, hint, where=scenario.called))
    if settings.starts.seeds > 1:
        issues.append(Issue("a league runs each start once", "league.starts.seeds", "remove it", where=scenario.called))
    if settings.starts.grid is not None and len({len(field.starts) for field in _fields(scenario, settings)}) > 1:
        hint = "write {random: 25}"
        said = "a grid has fewer starts in 1-D than in 2-D, and the functions are of both"
        issues.append(Issue(said, "league.starts", hint, where=scenario.called))
    if issues:
        raise OptvizError(issues)


def _refuse_too_many(racers: Sequence[RacerSpec], fields: Sequence[Field], settings: LeagueSettings) -> None:
    """Raise OptvizError for a league that would not fit into memory."""
    starts = [len(field.starts) for field in fields]
    runs = len(racers) * sum(starts) * settings.rates
    need = runs * BYTES_PER_RUN + len(fields) * max(starts) * COUNT * BYTES_PER_DRAW
    what = f"{spaced(runs)} runs of {len(racers)} rules on {len(fields)} functions"
    refuse_more_than(memory_bytes(), need, what, "league", "fewer rates or starts (--set league.rates=16) fit")


def _protocol(scenario: Scenario, settings: LeagueSettings) -> dict[str, object]:
    """Return what all cells of a league have in common; rules and functions may come and go."""
    return {
        "command": "league",
        "steps": scenario.steps,
        "seed": scenario.seed,
        "noise": None if scenario.noise is None else scenario.noise.model_dump(mode="json"),
        "lr": list(settings.lr),
        "rates": settings.rates,
        "starts": settings.starts.model_dump(mode="json"),
    }


# --- words ----------------------------------------------------------------------------------------


def _study(scenario: Scenario, settings: LeagueSettings, league: League, failed: dict[str, str]) -> LeagueStudy:
    rules, functions = len(league.labels), str(len(league.functions))
    asked = "{rules} rules on {functions} functions: who is first?"
    if functions == "1":
        asked, functions = "{rules} rules on {functions}: who is first?", from_catalogue(league.functions[0]).title
    return LeagueStudy(
        title=scenario.say(asked, rules=rules, functions=functions),
        league=league,
        ruleset=settings.ruleset,
        scenario=scenario.resolved(),
        terms=tuple(_terms(scenario, settings, league, failed, ENGLISH)),
        small_print=tuple(_terms(scenario, settings, league, failed, scenario.say)),
        say=scenario.say,
        failed=failed,
        indices=tuple(range(rules)),
    )


def _terms(
    scenario: Scenario, settings: LeagueSettings, league: League, failed: dict[str, str], say: Words
) -> Iterator[str]:
    """Yield the terms of the league, each a few words."""
    low, high = map(number, settings.lr)
    rates = "{runs} runs: {count} learning rates from {low} to {high} for every rule"
    yield say(rates, runs=spaced(league.runs), count=settings.rates, low=low, high=high)
    dims = {len(FUNCTIONS[name].window) for name in league.functions}
    starts = settings.starts.in_words(max(dims), scenario.seed, say)
    yield say("{starts} on each function, over its window", starts=starts)
    yield say("{count} gradients each", count=scenario.steps)
    for label, cost in zip(league.labels, league.costs, strict=True):
        if cost > 1:
            yield say("{name}: {cost} a step, so {count} steps", name=label, cost=cost, count=scenario.steps // cost)
    yield from gradient_terms(scenario, league.labels, say)
    yield say("finish: within 1 % of the window's diagonal of a lowest minimum")
    again = "95 % intervals: starts drawn again {count} times (seed {seed}); bands: {bands} times"
    yield say(again, count=spaced(COUNT), seed=scenario.seed, bands=spaced(BAND_COUNT))
    lost = sorted({name.partition(" on ")[0] for name in failed})
    if lost:
        yield say("without {names}, of which a cell failed", names=", ".join(lost))
