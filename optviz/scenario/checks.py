"""Checks of what several keys of a scenario must agree on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Any, TypeVar, cast

from optviz.errors import did_you_mean, join, legible
from optviz.optimizers.recorded import RECORDED
from optviz.optimizers.spellings import rule_hint
from optviz.output import FORMATS
from optviz.problems import AXES, FUNCTIONS, Problem, start_issues
from optviz.scenario.columns import columns_of
from optviz.scenario.comparison import ALL, LEAST_LEAGUE_STARTS, StartsSettings
from optviz.scenario.document import Document
from optviz.scenario.habits import suffix_hint
from optviz.scenario.messages import said
from optviz.scenario.models import Scenario
from optviz.scenario.racers import known_rules
from optviz.scenario.render import AnatomySettings, Caption, PanelName, Pause, ViewName
from optviz.words import CATALOGUE, holes, longest

# What a problem is built from.
OBJECTIVE = ("function.name", "function.formula", "function.constants", "network", "seed")
VIEWS_BY_DIMENSION: dict[int, tuple[ViewName, ...]] = {
    1: ("curve", "time", "effective_lr"),
    2: ("map", "surface", "time", "grid"),
}
ANATOMY_VIEWS: dict[int, tuple[ViewName, ...]] = {1: ("curve", "time"), 2: ("map",)}
SWARM_VIEWS: tuple[ViewName, ...] = ("map", "curve", "time")
MOST_RECORDED = 50_000_000  # weights along all paths; x, the gradient and each state keep 400 MB of them
_Name = TypeVar("_Name", bound=str)
_EXAMPLE_START = {1: "such as start: -1", 2: "such as start: [1, 0]"}


def check_all(document: Document, scenario: Scenario, problem: Problem | None) -> None:
    """Report every disagreement between keys that are sound by themselves.

    problem: what the scenario minimises; None where that is known to be wrong.
    """

    def sound(*keys: str) -> bool:
        return not document.broken(*keys)

    render, steps = scenario.render, scenario.steps
    if sound("function", "network"):
        _check_objective(document, scenario)
    if sound("render.panels"):
        _refuse_twice(document, at_paths(document, "render.panels", render.panels))
    if sound("render.theme"):
        _refuse_twice(document, at_paths(document, "render.theme", render.themes))
    for key, moments in (("captions", render.written), ("pauses", render.pauses), ("anatomy", render.anatomy)):
        if sound(f"render.{key}", "steps"):
            _check_moments(document, f"render.{key}", moments, steps)
    if sound("render.pace", "steps"):
        _check_stretches(document, scenario)
    if sound("render.focus", "optimizers"):
        _check_focus(document, scenario)
    if sound("words"):
        _check_words(document, scenario)
    if sound("output"):
        _check_suffixes(document, scenario)
    if problem is None:
        return
    for keys, check in _CHECKS_WITH_PROBLEM.items():
        if sound(*keys):
            check(document, scenario, problem)


def auto_view(problem: Problem) -> ViewName:
    """Return what ``view: auto`` means."""
    return "time" if problem.online else _fitting_views(problem)[0]


def _fitting_views(problem: Problem) -> tuple[ViewName, ...]:
    if problem.recorded:
        return ("losses",)
    return ("network", "landscape") if problem.network is not None else VIEWS_BY_DIMENSION[problem.dim]


# --- without the problem --------------------------------------------------------------------------


def _check_objective(document: Document, scenario: Scenario) -> None:
    if scenario.function is None and scenario.network is None:
        given = document.data.get("optimizers")
        entries = given if isinstance(given, list) else [given]
        names = [next(iter(one), None) if isinstance(one, dict) else one for one in entries]
        if names and all(name == RECORDED for name in names):
            return
        document.report("function", "is required", "such as function: beale")
    if scenario.network is not None and scenario.network.module is not None and scenario.network.custom is None:
        hint = "optviz.build(network={'module': net, 'loss': loss, 'data': (inputs, targets)}, ...)"
        document.report("network.module", "a module comes from Python alone", hint, at_key=True)
    if scenario.function is not None and scenario.network is not None:
        document.report("network", "function and network exclude each other", "keep one of them", at_key=True)


def _check_moments(
    document: Document, path: str, moments: Sequence[Caption | Pause | AnatomySettings], steps: int
) -> None:
    """Refuse captions, pauses or anatomies behind the last step, and two at the same one."""
    seen: set[int] = set()
    for i, moment in enumerate(moments):
        if moment.at > steps:
            document.report(f"{path}[{i}].at", f"must be at most steps, {steps}, got {moment.at}")
        if isinstance(moment, Caption) and moment.until is not None and moment.until <= moment.at:
            document.report(f"{path}[{i}].until", f"must be after at, step {moment.at}, got {moment.until}")
        if moment.at in seen:
            document.report(f"{path}[{i}].at", f"step {moment.at} has one already", "keep one of them")
        seen.add(moment.at)


def _check_stretches(document: Document, scenario: Scenario) -> None:
    """Refuse stretches of the film that end behind the last step, or that share steps."""
    pace = () if isinstance(scenario.render.pace, str) else scenario.render.pace
    for i, one in enumerate(pace):
        if one.to > scenario.steps:
            document.report(f"render.pace[{i}].to", f"must be at most steps, {scenario.steps}, got {one.to}")
        if shared := [other for other in pace[:i] if one.begin < other.to and other.begin < one.to]:
            message = f"shares steps with the stretch from {shared[0].begin} to {shared[0].to}"
            document.report(f"render.pace[{i}].from", message, "one speed for each step")


def _check_focus(document: Document, scenario: Scenario) -> None:
    focus, labels = scenario.render.focus, [racer.label for racer in scenario.optimizers]
    if focus is not None and focus not in labels:
        document.report("render.focus", f"no racer is called {focus}", did_you_mean(focus, labels))


def _check_words(document: Document, scenario: Scenario) -> None:
    """Refuse words that no picture has, and braces that the words replaced do not have."""
    for key, text in scenario.words.items():
        path = join("words", key)
        if key not in CATALOGUE:
            near = did_you_mean(key, CATALOGUE)
            hint = near if near.endswith("?") else "optviz list words prints all"
            document.report(path, "no picture has these words", hint, at_key=True)
            continue
        if len(text) > longest(key):
            document.report(path, f"must be at most {longest(key)} characters, got {len(text)}")
            continue
        try:
            foreign = holes(text) - holes(key)
        except ValueError:
            document.report(
                path, "braces must be closed and hold a name alone", "write {{ and }} for braces themselves"
            )
            continue
        if foreign:
            allowed = ", ".join(f"{{{name}}}" for name in sorted(holes(key)))
            hint = f"these words may hold {allowed}" if allowed else "write {{ and }} for braces themselves"
            document.report(path, f"nothing is known to put in {{{min(foreign)}}}", hint)


def _check_league(document: Document, scenario: Scenario, problem: Problem) -> None:
    """Refuse functions and rules that there are not, or that cannot be compared, and too few starts."""
    league = scenario.league
    if league is None:
        return
    functions = list(at_paths(document, "league.functions", league.functions))
    rules = list(at_paths(document, "league.rules", league.rules))
    known = known_rules(document)
    for path, name in functions:
        if name != ALL and name not in FUNCTIONS:
            document.report(path, f"no such function: {legible(name)}", did_you_mean(name, [ALL, *FUNCTIONS]))
        elif name != ALL and not FUNCTIONS[name].minima:
            document.report(path, f"{name} has no lowest minimum: nothing to arrive at", "leave it out")
    for path, name in rules:
        if name != ALL and name not in known:
            document.report(path, f"no such optimizer: {legible(name)}", rule_hint(name, known))
    _refuse_twice(document, functions)
    _refuse_twice(document, rules)
    if league.lr[0] <= 0:
        document.report("league.lr", f"learning rates lie above 0, got {league.lr[0]:g}", "such as lr: [1.0e-4, 10]")
    if league.rates < 2:
        document.report("league.rates", "must be at least 2")
    if league.starts.points is not None:
        hint = "write {random: 25} or {grid: 5}: each function has a window of its own"
        document.report("league.starts", "points do not fit every function", hint)
    elif league.starts.count(1) < LEAST_LEAGUE_STARTS:
        document.report("league.starts", f"a league needs at least {LEAST_LEAGUE_STARTS} starts, one a study")


def _check_suffixes(document: Document, scenario: Scenario) -> None:
    outputs = list(at_paths(document, "output", scenario.output))
    *most, last = FORMATS
    for path, output in outputs:
        suffix = PurePath(output).suffix.lower()
        if "://" in output:
            document.report(path, f"{output} is an address", "name a file of this machine")
        elif not suffix and (output.endswith("/") or os.path.isdir(os.path.expanduser(output))):
            document.report(path, f"{output} is a folder", f"name a file in it: {PurePath(output) / 'race.gif'}")
        elif not suffix:
            hint = f"end it in {', '.join(most)} or {last}"
            document.report(path, f"{output} has no suffix to pick the format by", hint)
        elif suffix not in FORMATS:
            document.report(path, f"no such format: {suffix}", suffix_hint(suffix, FORMATS))
    _refuse_twice(document, outputs)


def _refuse_twice(document: Document, used: Iterable[tuple[str, str]]) -> None:
    seen: set[str] = set()
    for path, name in used:
        if name in seen:
            document.report(path, f"{name} is named twice", "keep one of them")
        seen.add(name)


def at_paths(document: Document, path: str, names: Sequence[_Name]) -> Iterator[tuple[str, _Name]]:
    """Yield the path of each name, and the name: the key itself where one name stands without brackets."""
    in_brackets = f"{path}[0]" in document.values or f"{path}[0]" in document.replaced
    return ((f"{path}[{i}]" if in_brackets else path, name) for i, name in enumerate(names))


# --- with the problem -----------------------------------------------------------------------------


def _check_start(document: Document, scenario: Scenario, problem: Problem) -> None:
    if problem.recorded:
        if scenario.start is not None:
            document.report("start", "recorded runs begin where they began", "remove start", at_key=True)
    elif problem.network is not None:
        if scenario.start is not None:
            document.report("start", _first_weights(scenario), "remove start", at_key=True)
        _check_own_start(document, "network", problem)
    elif scenario.start is None:
        if problem.start is None and scenario.starts is None:
            document.report("start", "is required for a formula", _EXAMPLE_START[problem.dim])
        elif scenario.starts is None:
            _check_own_start(document, "function", problem)
    elif len(scenario.start) != problem.dim:
        message = f"the function has {AXES[problem.dim]}, start has {len(scenario.start)}"
        document.report("start", message, _EXAMPLE_START[problem.dim])
    elif "start" in document.data:  # else it is a recorded run's
        for issue in start_issues(problem, scenario.start):
            document.report(issue.path, issue.message)


def _first_weights(scenario: Scenario) -> str:
    if scenario.network is not None and scenario.network.module is not None:
        return "a module begins with the parameters that it has"
    return "a network's initial weights come from the seed"


def _check_own_start(document: Document, path: str, problem: Problem) -> None:
    """Refuse a network or a function that is not finite at its own start."""
    if start_issues(problem, problem.start or ()):
        place = "the initial weights" if problem.network is not None else f"its own start {list(problem.start or ())}"
        document.report(path, f"is not finite at {place}", at_key=True)


def _check_draws(document: Document, scenario: Scenario, problem: Problem) -> None:
    named = [next(iter(item)) for item in cast(list[Any], document.data["optimizers"])]  # a name alone gives a letter
    paths = [f"{join(f'optimizers[{i}]', str(name))}.noise" for i, name in enumerate(named)]
    own = zip(paths, (racer.rule.noise for racer in scenario.optimizers), strict=True)
    for path, noise in [("noise", scenario.noise), *own]:
        if noise is None or noise.draws is None or len(noise.draws[0]) == problem.dim:
            continue
        columns = "1 column" if len(noise.draws[0]) == 1 else f"{len(noise.draws[0])} columns"
        has = f"the function has {AXES[problem.dim]}" if problem.network is None else f"there are {problem.dim} weights"
        key = "file" if path in document.drawn else "draws"
        document.report(f"{path}.{key}", f"{columns}, {has}", "a column a coordinate")


def _check_starts(document: Document, scenario: Scenario, problem: Problem) -> None:
    """Check the starts of a swarm and those of tuning."""
    most = MOST_RECORDED // (scenario.steps * problem.dim * max(1, len(scenario.optimizers)))
    if scenario.starts is not None and scenario.starts.count(problem.dim) > most:
        runs, racers = scenario.starts.count(problem.dim), len(scenario.optimizers)
        message = f"{runs} runs x {scenario.steps} steps x {racers} racers are too many numbers"
        document.report("starts", message, f"at most {most} runs of that many steps fit into memory", at_key=True)
    if scenario.starts is not None and scenario.start is not None:
        document.report("start", "start and starts exclude each other", "keep one of them", at_key=True)
    places = {"starts": scenario.starts, "tuning.starts": scenario.tuning.starts if scenario.tuning else None}
    for path, starts in places.items():
        if starts is None:
            continue
        if problem.network is not None:
            document.report(path, _first_weights(scenario), f"remove {path}", at_key=True)
        elif starts.points is None and problem.domain is None and problem.window is None:
            hint = "give the function a window, or list the starts"
            document.report(path, "a formula has no window over which starts could be spread", hint, at_key=True)
        else:
            _check_points(document, path, starts, problem)


def _check_points(document: Document, path: str, starts: StartsSettings, problem: Problem) -> None:
    """Refuse starts of another dimension, and those where the function is not finite."""
    at = f"{path}.points" if f"{path}.points" in document.values else path
    for i, point in enumerate(starts.points or ()):
        if len(point) != problem.dim:
            message = f"the function has {AXES[problem.dim]}, this start has {len(point)}"
            document.report(f"{at}[{i}]", message, _EXAMPLE_START[problem.dim])
        else:
            for issue in start_issues(problem, point):
                document.report(f"{at}[{i}]", issue.message)


def _check_tuning(document: Document, scenario: Scenario, problem: Problem) -> None:
    if scenario.tuning is None:
        return
    if not any(racer.rule.ranges for racer in scenario.optimizers):
        hint = "write a hyperparameter as {tune: [0.001, 1]}, or remove tuning"
        document.report("tuning", "no hyperparameter is tuned", hint, at_key=True)
    if scenario.tuning.metric == "target" and problem.network is not None and scenario.finish is None:
        hint = "name the loss to reach, such as finish: {gap: 0.05}"
        document.report("tuning.metric", "there is no finish line to arrive at", hint)
    if scenario.tuning.metric == "target" and problem.online:
        document.report("tuning.metric", "an online problem has no finish line", "tune by metric: final")


def _check_view(document: Document, scenario: Scenario, problem: Problem) -> None:
    view, fitting = scenario.render.view, _fitting_views(problem)
    if scenario.starts is not None and view not in ("auto", *SWARM_VIEWS):
        document.report("render.view", f"{view} shows one start", f"remove starts, or take {auto_view(problem)}")
    elif view not in ("auto", *fitting):
        what = "recorded losses" if problem.recorded else "a network"
        if problem.has_land:
            what = f"a function of {AXES[problem.dim]}"
        hint = f"did you mean {fitting[0]}?"
        if view == "landscape":
            hint = f"it is a plane through the weights of networks; {fitting[0]} shows the function itself"
        document.report("render.view", f"{view} does not fit {what}", hint)
    elif view == "effective_lr" and not any(racer.rule.has_effective_lr for racer in scenario.optimizers):
        document.report("render.view", "no racer has an effective learning rate", f"did you mean {fitting[0]}?")


def _check_table(document: Document, scenario: Scenario, problem: Problem) -> None:
    if scenario.table is None:
        return
    _refuse_twice(document, at_paths(document, "table.columns", scenario.table.columns))
    for path, name in at_paths(document, "table.columns", scenario.table.columns):
        try:
            columns_of(name, scenario.optimizers, problem)
        except ValueError as error:
            document.report(path, *error.args)
    for i, step in enumerate(scenario.table.steps):
        if step > scenario.steps:
            document.report(f"table.steps[{i}]", f"must be at most steps, {scenario.steps}, got {step}")


def _check_finish(document: Document, scenario: Scenario, problem: Problem) -> None:
    if scenario.finish is not None and problem.online:
        message = "an online problem (a formula with t) has no fixed minimum"
        document.report("finish", message, "remove finish", at_key=True)
    if scenario.finish is not None and scenario.finish.distance is not None and not problem.has_land:
        hint = "a gap is the loss to reach, such as finish: {gap: 0.05}"
        of = "recorded losses" if problem.recorded else "a network"
        document.report("finish.distance", f"no minimum of {of} is known", hint)
    gap = None if scenario.finish is None else scenario.finish.gap
    if gap is not None and gap <= 0 and not problem.recorded:  # what was recorded may be below 0
        document.report("finish.gap", f"must be greater than 0, got {said(gap)}")


def _check_recorded(document: Document, scenario: Scenario, problem: Problem) -> None:
    """Refuse recorded runs of another dimension, and what would need the code that made them."""
    runs = [(i, one) for i, one in enumerate(scenario.optimizers) if one.rule.name == RECORDED]
    for i, one in runs:
        begins = one.rule.rule.begins
        columns = 0 if begins is None else begins.size
        if problem.network is not None:
            document.report(f"optimizers[{i}]", "a network's weights cannot be replayed", "remove the network")
        elif not problem.recorded and columns != problem.dim:
            has = f"the function has {AXES[problem.dim]}"
            document.report(f"optimizers[{i}].recorded.file", f"its points have {AXES[columns]}, {has}")
        elif not problem.recorded and begins is not None and start_issues(problem, begins):
            lost = f"begins at {begins.tolist()}, where the function is not finite"
            document.report(f"optimizers[{i}].recorded.file", lost, "leave its first rows out")
    if runs and len(runs) == len(scenario.optimizers) and not any(one.rule.steps for _, one in runs):
        document.report("optimizers", "no recorded run goes on after step 0", "a race needs one step at least")
    for key, given in (("starts", scenario.starts), ("noise", scenario.noise if problem.recorded else None)):
        if runs and given is not None:
            document.report(key, "what was recorded cannot be run again", f"remove {key}", at_key=True)


def _check_stop(document: Document, scenario: Scenario, problem: Problem) -> None:
    """Refuse to stop racers where nobody can arrive, or where a racer has many runs."""
    if scenario.stop is None:
        return
    if scenario.starts is not None:
        document.report("stop", "runs of a swarm are judged by all their steps", "remove stop", at_key=True)
    elif problem.online or (not problem.has_land and scenario.finish is None):
        document.report("stop", "there is no finish line to stop at", "remove stop, or name a finish", at_key=True)


def _check_memory(document: Document, scenario: Scenario, problem: Problem) -> None:
    steps, racers = scenario.steps, len(scenario.optimizers)
    if problem.network is not None and steps * problem.dim * racers > MOST_RECORDED:
        message = f"{steps} x {problem.dim} weights x {racers} racers are too many numbers"
        document.report("steps", message, f"at most {MOST_RECORDED // 1_000_000} million are kept, several of each")


def _check_panels(document: Document, scenario: Scenario, problem: Problem) -> None:
    empty = _empty_panels(scenario, problem)
    for path, panel in at_paths(document, "render.panels", scenario.render.panels):
        if panel in empty:
            document.report(path, f"{panel} has nothing to show: {empty[panel]}")


def _check_anatomy(document: Document, scenario: Scenario, problem: Problem) -> None:
    """Refuse to take a step apart where there is no one step, no place for its arrows or no room for its bars."""
    render, racers = scenario.render, scenario.optimizers
    if not render.anatomy:
        return
    view = auto_view(problem) if render.view == "auto" else render.view
    if problem.network is not None:
        _refuse(document, "the weights of a network have no place on its view", "take panels: [step] instead")
    elif scenario.starts is not None:
        _refuse(document, "a swarm has many paths, and no one step", "write start for starts, or remove anatomy")
    elif view not in ANATOMY_VIEWS[problem.dim]:
        _refuse(
            document, f"{view} has no place for the arrows of a step", f"take view: {ANATOMY_VIEWS[problem.dim][0]}"
        )
    if len(racers) > 1 and render.focus is None:
        _refuse(document, "it takes the steps of a single racer apart", f"name one, such as focus: {racers[0].label}")
    if not render.panels:
        _refuse(document, "without panels there is no room for its bars", "such as panels: [step]")


def _refuse(document: Document, message: str, hint: str) -> None:
    document.report("render.anatomy", message, hint, at_key=True)


def _empty_panels(scenario: Scenario, problem: Problem) -> dict[PanelName, str]:
    """Return the panels that would stay empty, and why."""
    function, rules = scenario.function, [racer.rule for racer in scenario.optimizers]
    searched = function is not None and function.formula is not None and function.minima is None and not problem.online
    empty: dict[PanelName, str] = {}
    if scenario.starts is not None:
        alone: tuple[PanelName, ...] = ("gradient", "effective_lr", "state", "regret", "step")
        return dict.fromkeys(alone, "of a swarm there are medians of f and of the distance alone")
    if len(rules) > 1 and scenario.render.focus is None:
        empty["step"] = "it takes the steps of a single racer apart: name one in render.focus"
    if not problem.minima and not searched:
        empty["distance"] = "no minimum is known"
    if not problem.domain:
        empty["regret"] = "the best fixed point needs a domain"
    if not problem.online:
        empty["regret"] = "regret belongs to a formula with t"
    if not any(rule.has_effective_lr for rule in rules):
        empty["effective_lr"] = "no racer's rule has an effective learning rate"
    if not any(rule.state_size for rule in rules):
        empty["state"] = "no racer's rule keeps a state"
    return empty


# What must be sound before each check: it looks at the problem that these keys meet.
_CHECKS_WITH_PROBLEM: dict[tuple[str, ...], Callable[[Document, Scenario, Problem], None]] = {
    ("start",): _check_start,
    ("starts", "tuning", "function", "steps", "optimizers"): _check_starts,
    ("tuning", "optimizers"): _check_tuning,
    ("render.view",): _check_view,
    ("noise", "optimizers", "common"): _check_draws,
    ("table", "steps", "optimizers"): _check_table,
    ("league",): _check_league,
    ("finish",): _check_finish,
    ("steps", "optimizers"): _check_memory,
    ("render.panels", "optimizers", "function.minima"): _check_panels,
    ("render.anatomy", "render.view", "render.panels", "render.focus", "optimizers", "starts"): _check_anatomy,
    ("optimizers", "starts", "noise"): _check_recorded,
    ("stop", "starts", "finish"): _check_stop,
}
