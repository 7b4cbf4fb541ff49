"""Words the terms of a race: from where, with how many gradients, which settings, what noise, to which finish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from optviz.engine.result import Result
from optviz.engine.tuning import MEASURES, Tuning
from optviz.formula.typography import minus, number, short
from optviz.optimizers import BoundRule
from optviz.optimizers.rule import SYMBOLS
from optviz.problems import Finish, Problem
from optviz.scenario import Scenario
from optviz.scenario.models import Noise

LONGEST_LISTED = 12  # characters of a learning rate that a panel has room for
DIGITS = 6  # of a setting: betas tell by their last ones
CLIPPED = {"norm": "gradient clipped to norm", "value": "gradient clipped to ±"}
BETAS = {name: SYMBOLS[name] for name in ("beta1", "beta2", "beta3")}  # the others are called as a scenario calls them


def terms(scenario: Scenario, result: Result) -> list[str]:
    """Return the terms, each a few words, what racers alone have last; settings are told where no default holds."""
    listed = {"ranking", "rates"} & set(scenario.render.panels)  # panels with a column of learning rates
    shared, own = _settings(result, lr_listed=bool(listed))
    constants = scenario.function.constants if scenario.function else {}
    said = [
        _start(scenario, result),
        _gradients(result),
        *shared,
        *(f"{name} = {number(value, DIGITS)}" for name, value in constants.items()),
        _noise(scenario.noise),
        f"batches of {scenario.network.batch}" if scenario.network and scenario.network.batch != "full" else "",
        f"seed {scenario.seed}" if _is_random(scenario) else "",
        _domain(result.problem),
        tuning_terms([racer.tuning for racer in result.racers if racer.tuning is not None]),
        finish_words(result.finish, result.problem),
        *own,
    ]
    return [part for part in said if part]


def _start(scenario: Scenario, result: Result) -> str:
    if scenario.starts is not None:
        return scenario.starts.in_words(result.problem.dim, scenario.seed) + ", trails: their medians"
    same = "same " if len(result.racers) > 1 else ""
    start = result.racers[0].x[0]
    if len(start) > 2:
        return f"{same}initial weights"
    return f"{same}start ({', '.join(number(value, DIGITS) for value in start)})"


def _gradients(result: Result) -> str:
    counts = {racer.trajectory.gradient_evaluations for racer in result.racers if racer.outcome != "diverged"}
    if len(counts) != 1:
        return f"{result.steps} steps each"
    return f"{counts.pop()} gradients" + (" each" if len(result.racers) > 1 else "")


# --- settings -------------------------------------------------------------------------------------


def _settings(result: Result, *, lr_listed: bool) -> tuple[list[str], list[str]]:
    """Return the settings that all racers share whose rule has them, and those of single racers."""
    racers = result.racers
    rates = {racer.label: _value(racer.hyperparameters["lr"]) for racer in racers if "lr" in racer.hyperparameters}
    changed = {racer.label: _changed(racer.rule) for racer in racers}
    holders = {
        name: [one.label for one in racers if name in one.hyperparameters or name in CLIPPED.values()]
        for name in dict.fromkeys(name for settings in changed.values() for name in settings)
    }
    shared = {
        name: changed[labels[0]][name]
        for name, labels in holders.items()
        if (len(labels) > 1 or len(racers) == 1)
        and len({changed[label].get(name, "") for label in labels}) == 1
        and name in changed[labels[0]]
    }
    told = [f"learning rate {rate}" for rate in set(rates.values())] if len(set(rates.values())) == 1 else []
    if len(set(rates.values())) > 1 and lr_listed:
        told = ["learning rates as listed"]
    own = []
    for label, settings in changed.items():
        alone = {name: text for name, text in settings.items() if name not in shared}
        if label in rates and (not told or (len(rates[label]) > LONGEST_LISTED and len(set(rates.values())) > 1)):
            alone = {"lr": rates[label], **alone}
        if alone:
            own.append(f"{label}: {_worded(alone)}")
    return [*told, *([_worded(shared)] if shared else [])], own


def tuning_terms(tunings: Sequence[Tuning]) -> str:
    """Return how hyperparameters were tuned: which, over what, with how many trials; nothing where none was."""
    searched = {(name, found.low, found.high) for one in tunings for name, found in one.ranges.items()}
    if not searched:
        return ""
    what = ", ".join(f"{name} over {short(low)} to {short(high)}" for name, low, high in sorted(searched))
    one = tunings[0]
    runs = f"{one.trials} trials" + (f" of {one.runs} runs" if one.runs > 1 else "")
    at_edge = sum(bool(each.edges) for each in tunings)
    edge = f" ({at_edge} at the edge)" if at_edge else ""
    return f"tuned: {what}{edge}, {runs} each, by {'median ' if one.runs > 1 else ''}{MEASURES[one.metric]}"


def _changed(rule: BoundRule) -> dict[str, str]:
    """Return what differs from the rule's defaults, by name; the learning rate apart."""
    clip = {} if rule.clip is None else {CLIPPED[kind]: _value(most) for kind, most in rule.clip.written.items()}
    return {**{name: text for name, text in _differences(rule) if name != "lr"}, **clip}


def _differences(rule: BoundRule) -> Iterator[tuple[str, str]]:
    for name, value in rule.values.items():
        default = rule.rule.parameters[name].default
        if isinstance(value, BoundRule):
            inside = _worded(dict(_differences(value)))
            if inside or value.name not in default:
                yield name, value.name + (f" ({inside})" if inside else "")
        elif rule.hyperparameters[name] != default:
            yield name, _value(rule.hyperparameters[name])


def _worded(settings: Mapping[str, str]) -> str:
    return ", ".join(f"{BETAS.get(name, name)} {text}" for name, text in settings.items()).replace("± ", "±")


def _value(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return number(value, DIGITS) if isfinite(value) else "inf"
    return short(value)


# --- the problem ----------------------------------------------------------------------------------


def _noise(noise: Noise | None) -> str:
    if noise is None:
        return ""
    if noise.draws is not None:
        return "gradient noise as given"
    spikes = f", {_value(noise.spike_std)} every {noise.spike_every} steps" if noise.spike_every else ""
    return f"gradient noise of standard deviation {_value(noise.std)}{spikes}" if noise.std or spikes else ""


def _is_random(scenario: Scenario) -> bool:
    formula = scenario.function.formula if scenario.function else None
    is_drawn = scenario.noise is not None and scenario.noise.draws is None and bool(_noise(scenario.noise))
    has_chance = "chance(" in (formula or "").replace(" ", "")
    return is_drawn or scenario.network is not None or has_chance


def _domain(problem: Problem) -> str:
    if problem.domain is None:
        return ""
    sides = (f"[{number(low, DIGITS)}, {number(high, DIGITS)}]" for low, high in problem.domain)
    return minus(f"clipped to {' × '.join(sides)}")


def finish_words(finish: Finish, problem: Problem) -> str:
    """Say where the finish lies; nothing where there is none."""
    if finish.distance is not None and problem.minima:
        which = "the minimum" if len(problem.minima) == 1 else "a lowest minimum"
        return f"finish: within {number(finish.distance)} of {which}"
    if finish.gap is None:
        return ""
    if problem.network is not None:
        return f"finish: a loss of {number(finish.gap)}"
    return f"finish: f within {number(finish.gap)} of the minimum"
