"""Words the terms of a race: from where, with how many gradients, which settings, what noise, to which finish."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import isfinite

from optviz.engine.landscape import Landscape
from optviz.engine.result import Result
from optviz.engine.tuning import MEASURES, Tuning
from optviz.formula.typography import minus, number, short
from optviz.optimizers import BoundRule
from optviz.optimizers.noise import NoiseSettings
from optviz.optimizers.recorded import RECORDED
from optviz.optimizers.rule import SYMBOLS
from optviz.problems import Finish, Problem
from optviz.scenario import Scenario
from optviz.words import ENGLISH, Words

MOST_BEADS = 30  # on a trail
BEAD_STEPS: tuple[int, ...] = tuple(m * 10**power for power in range(7) for m in (1, 2, 5))  # from one to the next
LONGEST_LISTED = 12  # characters of a learning rate that a panel has room for
DIGITS = 6  # of a setting: betas tell by their last ones
CLIPPED = {"norm": "gradient clipped to norm", "value": "gradient clipped to ±"}
NOISE = "noise"  # of a racer's own, whose words need no name before them
BETAS = {name: SYMBOLS[name] for name in ("beta1", "beta2", "beta3")}  # the others are called as a scenario calls them


def footer_terms(scenario: Scenario, result: Result) -> list[str]:
    """Return the terms and, before those of single racers, how beads are strung."""
    said = terms(scenario, result)
    if has_beads(scenario, result):
        every = bead_every(result.steps)
        beads = scenario.say("a bead every {count} steps", count=every) if every > 1 else scenario.say("a bead a step")
        said.insert(1 + (not is_replay(result)), beads)  # after the start and the gradients, or after the files
    return said


def bead_every(steps: int) -> int:
    """Return how many steps lie between two beads on a trail, a round number: near beads tell a slow racer."""
    return next((every for every in BEAD_STEPS if MOST_BEADS * every >= steps), BEAD_STEPS[-1])


def has_beads(scenario: Scenario, result: Result) -> bool:
    """Return whether the view draws trails on which beads are strung."""
    render, alone = scenario.render, len(result.racers) == 1
    turns = render.camera is not None and render.camera.turn != 0
    view = (
        render.view in ("map", "landscape")
        or (render.view == "surface" and not turns)
        or (render.view == "curve" and alone)
    )
    return view and render.trail != "none" and result.steps > 1


def terms(scenario: Scenario, result: Result) -> list[str]:
    """Return the terms, each a few words, what racers alone have last; settings are told where no default holds."""
    listed, say = {"ranking", "rates"} & set(scenario.render.panels), scenario.say  # panels with learning rates
    shared, own = _settings(result, say, lr_listed=bool(listed))
    constants = scenario.function.constants if scenario.function else {}
    noise = None if scenario.noise is None else scenario.noise.settings
    is_noisy = any(one is not None and one.is_drawn for one in (noise, *(racer.rule.noise for racer in result.racers)))
    is_random = scenario.network is not None or result.problem.by_chance or is_noisy
    said = [
        _start(scenario, result),
        _gradients(result, say),
        *shared,
        *(f"{name} = {number(value, DIGITS)}" for name, value in constants.items()),
        noise_words(noise, say),
        say("batches of {count}", count=scenario.network.batch)
        if scenario.network and scenario.network.batch != "full"
        else "",
        *_plane(result.landscape, say),
        say("seed {seed}", seed=scenario.seed) if is_random else "",
        _domain(result.problem, say),
        tuning_terms([racer.tuning for racer in result.racers if racer.tuning is not None], say),
        finish_words(result.finish, result.problem, say),
        say("each ends after {count} steps inside", count=scenario.stop.inside) if scenario.stop else "",
        *own,
        "" if is_replay(result) else _recordings(result, say),
    ]
    return [part for part in said if part]


def is_replay(result: Result) -> bool:
    """Return whether all racers were recorded elsewhere."""
    return all(racer.rule.name == RECORDED for racer in result.racers)


def _recordings(result: Result, say: Words) -> str:
    """Return which racers were recorded, and in what files; without names where all were."""
    recorded = [racer for racer in result.racers if racer.rule.name == RECORDED]
    if not recorded:
        return ""
    files = list(dict.fromkeys(str(racer.hyperparameters["file"]) for racer in recorded))
    said = say("recorded in {files}", files=say.listed(files))
    return said if is_replay(result) else f"{say.listed([racer.label for racer in recorded])}: {said}"


def _start(scenario: Scenario, result: Result) -> str:
    say = scenario.say
    if is_replay(result):
        return _recordings(result, say)
    if scenario.starts is not None:
        starts = scenario.starts.in_words(result.problem.dim, scenario.seed, say)
        return f"{starts}, {say('trails: their medians')}"
    ran = [racer for racer in result.racers if racer.rule.name != RECORDED]
    several, start = len(ran) > 1, ran[0].x[0]
    if result.problem.network is not None:
        return say("same initial weights" if several else "initial weights")
    place = ", ".join(number(value, DIGITS) for value in start)
    return say("same start ({place})" if several else "start ({place})", place=place)


def _gradients(result: Result, say: Words) -> str:
    ran = [racer for racer in result.racers if racer.rule.name != RECORDED]
    if not ran:
        return ""
    counts = {racer.trajectory.gradient_evaluations for racer in ran if racer.outcome != "diverged"}
    if len(counts) != 1:
        return say("{count} steps each", count=result.steps)
    return say("{count} gradients each" if len(ran) > 1 else "{count} gradients", count=counts.pop())


# --- settings -------------------------------------------------------------------------------------


def _settings(result: Result, say: Words, *, lr_listed: bool) -> tuple[list[str], list[str]]:
    """Return the settings that all racers share whose rule has them, and those of single racers."""
    racers = result.racers
    rates = {racer.label: _value(racer.hyperparameters["lr"], say) for racer in racers if "lr" in racer.hyperparameters}
    changed = {racer.label: {} if racer.rule.name == RECORDED else _changed(racer.rule, say) for racer in racers}
    holders = {
        name: [one.label for one in racers if name in one.hyperparameters or name in (NOISE, *CLIPPED.values())]
        for name in dict.fromkeys(name for settings in changed.values() for name in settings)
    }
    shared = {
        name: changed[labels[0]][name]
        for name, labels in holders.items()
        if (len(labels) > 1 or len(racers) == 1)
        and len({changed[label].get(name, "") for label in labels}) == 1
        and name in changed[labels[0]]
    }
    told = (
        [say("learning rate {rate}", rate=rate) for rate in set(rates.values())]
        if len(set(rates.values())) == 1
        else []
    )
    if len(set(rates.values())) > 1 and lr_listed:
        told = [say("learning rates as listed")]
    own = []
    for label, settings in changed.items():
        alone = {name: text for name, text in settings.items() if name not in shared}
        if label in rates and (not told or (len(rates[label]) > LONGEST_LISTED and len(set(rates.values())) > 1)):
            alone = {"lr": rates[label], **alone}
        if alone:
            own.append(f"{label}: {_worded(alone, say)}")
    return [*told, *([_worded(shared, say)] if shared else [])], own


def tuning_terms(tunings: Sequence[Tuning], say: Words = ENGLISH) -> str:
    """Return how hyperparameters were tuned: which, over what, with how many trials; nothing where none was."""
    searched = {(name, found.low, found.high) for one in tunings for name, found in one.ranges.items()}
    if not searched:
        return ""
    what = ", ".join(
        say("{name} over {low} to {high}", name=name, low=short(low), high=short(high))
        for name, low, high in sorted(searched)
    )
    one, at_edge = tunings[0], sum(bool(each.edges) for each in tunings)
    runs = say("{count} trials of {runs} runs" if one.runs > 1 else "{count} trials", count=one.trials, runs=one.runs)
    edge = f" ({say('{count} at the edge', count=at_edge)})" if at_edge else ""
    measure = say(MEASURES[one.metric])
    measure = say("median {measure}", measure=measure) if one.runs > 1 else measure
    return say("tuned: {what}, {runs} each, by {measure}", what=f"{what}{edge}", runs=runs, measure=measure)


def _changed(rule: BoundRule, say: Words) -> dict[str, str]:
    """Return what differs from the rule's defaults, by name; the learning rate apart."""
    return {**{name: text for name, text in _differences(rule, say) if name != "lr"}, **_received(rule, say)}


def _received(rule: BoundRule, say: Words) -> dict[str, str]:
    """Return what is done to the gradient that a racer is given, by name."""
    clip = {} if rule.clip is None else {CLIPPED[kind]: _value(most, say) for kind, most in rule.clip.written.items()}
    noise = {} if rule.noise is None else {NOISE: noise_words(rule.noise, say) or say("no gradient noise")}
    return {**clip, **noise}


def gradient_terms(scenario: Scenario, labels: Collection[str], say: Words = ENGLISH) -> list[str]:
    """Return what is done to gradients: to those of all racers, then to those of each of these that differs."""
    common = "" if scenario.noise is None else noise_words(scenario.noise.settings, say)
    done = {one.label: _received(one.rule, say) for one in scenario.optimizers if one.label in labels}
    own = [f"{label}: {_worded(settings, say)}" for label, settings in done.items() if settings]
    noises = (scenario.noise.settings if scenario.noise else None, *(one.rule.noise for one in scenario.optimizers))
    is_drawn = any(noise is not None and noise.is_drawn for noise in noises)
    seed = say("seed {seed}", seed=scenario.seed) if is_drawn else ""
    return [*filter(None, [common, seed]), *own]


def _differences(rule: BoundRule, say: Words) -> Iterator[tuple[str, str]]:
    for name, value in rule.values.items():
        default = rule.rule.parameters[name].default
        if isinstance(value, BoundRule):
            inside = _worded(dict(_differences(value, say)), say)
            if inside or value.name not in default:
                yield name, value.name + (f" ({inside})" if inside else "")
        elif rule.hyperparameters[name] != default:
            yield name, _value(rule.hyperparameters[name], say)


def _worded(settings: Mapping[str, str], say: Words) -> str:
    names = {**BETAS, **{key: say(key) for key in CLIPPED.values()}, NOISE: ""}
    return ", ".join(f"{names.get(name, name)} {text}".strip() for name, text in settings.items()).replace("± ", "±")


def _value(value: object, say: Words) -> str:
    match value:
        case None:
            return say("none")
        case bool():
            return say("yes" if value else "no")
        case int() | float():
            return number(value, DIGITS) if isfinite(value) else "inf"
    return short(value)


# --- the problem ----------------------------------------------------------------------------------


def noise_words(noise: NoiseSettings | None, say: Words = ENGLISH) -> str:
    """Return the noise on gradients in words; nothing for none."""
    if noise is None:
        return ""
    if noise.draws is not None:
        return say("gradient noise as given")
    said = []
    if noise.relative_std:
        said.append(say("gradient noise in proportion, {std}", std=_value(noise.relative_std, say)))
    if noise.std or noise.spike_every:
        said.append(say("gradient noise of standard deviation {std}", std=_value(noise.std, say)))
    if noise.spike_every:
        said.append(say("{std} every {count} steps", std=_value(noise.spike_std, say), count=noise.spike_every))
    return ", ".join(said)


def _plane(landscape: Landscape | None, say: Words) -> Iterator[str]:
    """Yield which plane a landscape lies in, by how many iterates, and how finely the loss was computed."""
    if landscape is None:
        return
    words = {
        "paths": "plane of the paths' two principal components",
        "random": "plane of two random directions, filter-normalised",
    }
    plane = landscape.plane
    thinned = [say("by {used} of {count} iterates", used=plane.iterates, count=plane.of)]
    without = [say("without {names}", names=say.listed(landscape.left_out))] if landscape.left_out else []
    yield ", ".join([say(words[landscape.name]), *without, *thinned * (plane.iterates < plane.of)])
    yield say("loss at {count} × {count} places", count=landscape.grid)


def _domain(problem: Problem, say: Words) -> str:
    if problem.domain is None:
        return ""
    sides = (f"[{number(low, DIGITS)}, {number(high, DIGITS)}]" for low, high in problem.domain)
    return say("clipped to {box}", box=minus(" × ".join(sides)))


def finish_words(finish: Finish, problem: Problem, say: Words = ENGLISH) -> str:
    """Say where the finish lies; nothing where there is none."""
    if finish.distance is not None and problem.minima:
        one, several = "finish: within {distance} of the minimum", "finish: within {distance} of a lowest minimum"
        return say(one if len(problem.minima) == 1 else several, distance=number(finish.distance))
    if finish.gap is None:
        return ""
    if not problem.has_land:
        return say("finish: a loss of {gap}", gap=number(finish.gap))
    return say("finish: f within {gap} of the minimum", gap=number(finish.gap))
