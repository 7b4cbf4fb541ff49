"""What several keys of a scenario must agree on. Each check reads keys that are sound by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from optviz.errors import did_you_mean
from optviz.output import FORMATS
from optviz.scenario.document import Document
from optviz.scenario.models import Caption, Pause, Scenario

if TYPE_CHECKING:
    from optviz.problems import Problem

OBJECTIVE = (
    "function.name",
    "function.formula",
    "function.constants",
    "network",
    "seed",
)  # what a problem is built from
VIEWS_BY_DIMENSION = {1: ("curve", "time"), 2: ("map", "surface", "time")}
MOST_RECORDED = 50_000_000  # weights along all paths; x, the gradient and each state keep 400 MB of them
_AXES = {1: "one coordinate (x)", 2: "two coordinates (x, y)"}


def check_all(document: Document, scenario: Scenario, problem: Problem | None) -> None:
    """Report every disagreement whose keys are sound by themselves."""
    for keys, check in _CHECKS:
        if not document.broken(*keys):
            check(document, scenario)
    for keys, agree in _CHECKS_WITH_PROBLEM:
        if problem is not None and not document.broken(*keys):
            agree(document, scenario, problem)


def auto_view(problem: Problem) -> str:
    """What ``view: auto`` means."""
    return "time" if problem.online else _fitting_views(problem)[0]


def _fitting_views(problem: Problem) -> tuple[str, ...]:
    return ("network",) if problem.network is not None else VIEWS_BY_DIMENSION[problem.dim]


def _objective(document: Document, scenario: Scenario) -> None:
    if scenario.function is None and scenario.network is None:
        document.report("function", "is required", "such as function: beale")
    if scenario.function is not None and scenario.network is not None:
        document.report("network", "function and network exclude each other", "keep one of them", at_key=True)


def _panels(document: Document, scenario: Scenario) -> None:
    _refuse_twice(document, _at_paths(document, "render.panels", scenario.render.panels))


def _captions(document: Document, scenario: Scenario) -> None:
    _check_marks(document, "render.captions", scenario.render.captions, scenario.steps)


def _pauses(document: Document, scenario: Scenario) -> None:
    _check_marks(document, "render.pauses", scenario.render.pauses, scenario.steps)


def _outputs(document: Document, scenario: Scenario) -> None:
    outputs = list(_at_paths(document, "output", scenario.output))
    for path, output in outputs:
        _check_suffix(document, path, output)
    _refuse_twice(document, outputs)


def _check_suffix(document: Document, path: str, output: str) -> None:
    suffix = PurePath(output).suffix.lower()
    *most, last = FORMATS
    if not suffix:
        hint = f"end it in {', '.join(most)} or {last}"
        document.report(path, f"{output} has no suffix to pick the format by", hint)
    elif suffix not in FORMATS:
        document.report(path, f"no such format: {suffix}", did_you_mean(suffix, FORMATS))


def _start(document: Document, scenario: Scenario, problem: Problem) -> None:
    if problem.network is not None:
        if scenario.start is not None:
            message = "a network sets out from first weights that the seed decides"
            document.report("start", message, "leave start out", at_key=True)
    elif scenario.start is None:
        if problem.start is None:
            document.report("start", "is required for a formula", _EXAMPLE_START[problem.dim])
    elif len(scenario.start) != problem.dim:
        message = f"the function has {_AXES[problem.dim]}, start has {len(scenario.start)}"
        document.report("start", message, _EXAMPLE_START[problem.dim])


_EXAMPLE_START = {1: "such as start: -1", 2: "such as start: [1, 0]"}


def _boxes(document: Document, scenario: Scenario, problem: Problem) -> None:
    function = scenario.function
    if function is None or function.name is None:
        return  # problems looks at a formula's own
    for key, box in (("window", function.window), ("domain", function.domain)):
        if box is not None and len(box) != problem.dim:
            message = f"{function.name} has {_AXES[problem.dim]}, {key} has {len(box)}"
            document.report(f"function.{key}", message, _EXAMPLE_BOX[problem.dim])


_EXAMPLE_BOX = {1: "write [[x0, x1]]", 2: "write [[x0, x1], [y0, y1]]"}


def _view_fits(document: Document, scenario: Scenario, problem: Problem) -> None:
    view, fitting = scenario.render.view, _fitting_views(problem)
    if view not in ("auto", *fitting):
        what = "a network" if problem.network is not None else f"a function of {_AXES[problem.dim]}"
        document.report("render.view", f"{view} does not fit {what}", f"did you mean {fitting[0]}?")


def _finish(document: Document, scenario: Scenario, problem: Problem) -> None:
    if scenario.finish is not None and problem.online:
        document.report("finish", "a formula with t has no resting minimum to reach", "leave finish out", at_key=True)
    if scenario.finish is not None and scenario.finish.distance is not None and problem.network is not None:
        hint = "a gap is the loss to reach, such as finish: {gap: 0.05}"
        document.report("finish.distance", "no minimum of a network is known", hint)


def _recording(document: Document, scenario: Scenario, problem: Problem) -> None:
    numbers = scenario.steps * problem.dim * len(scenario.optimizers)
    if problem.network is not None and numbers > MOST_RECORDED:
        message = f"{scenario.steps} x {problem.dim} weights x {len(scenario.optimizers)} racers are too many numbers"
        document.report("steps", message, f"at most {MOST_RECORDED // 1_000_000} million are kept, several of each")


def _panels_fit(document: Document, scenario: Scenario, problem: Problem) -> None:
    for path, panel in _at_paths(document, "render.panels", scenario.render.panels):
        misfit = _MISFITS[panel](scenario, problem) if panel in _MISFITS else ""
        if misfit:
            document.report(path, f"{panel} has nothing to show: {misfit}")


def _no_minimum(scenario: Scenario, problem: Problem) -> str:
    function = scenario.function
    searched = function is not None and function.formula is not None and function.minima is None and not problem.online
    return "" if problem.minima or searched else "no minimum is known"


def _no_regret(_: Scenario, problem: Problem) -> str:
    if not problem.online:
        return "regret belongs to a formula with t"
    return "" if problem.domain else "the best fixed point needs a domain"


def _no_effective_lr(scenario: Scenario, _: Problem) -> str:
    rules = [racer.rule for racer in scenario.optimizers]
    return "" if any(rule.effective_lr for rule in rules) else "no racer's rule has an effective learning rate"


def _no_state(scenario: Scenario, _: Problem) -> str:
    rules = [racer.rule for racer in scenario.optimizers]
    keeps = any(rule.state or any(part.is_base for part in rule.parameters.values()) for rule in rules)
    return "" if keeps else "no racer's rule keeps a state"


# Why a panel would stay empty; "" where it would not.
_MISFITS: dict[str, Callable[[Scenario, Problem], str]] = {
    "distance": _no_minimum,
    "regret": _no_regret,
    "effective_lr": _no_effective_lr,
    "state": _no_state,
}


def _refuse_twice(document: Document, used: Iterable[tuple[str, str]]) -> None:
    seen: set[str] = set()
    for path, name in used:
        if name in seen:
            document.report(path, f"{name} is named twice", "keep one of them")
        seen.add(name)


def _check_marks(document: Document, path: str, marks: Sequence[Caption | Pause], steps: int) -> None:
    seen: set[int] = set()
    for i, mark in enumerate(marks):
        if mark.at > steps:
            document.report(f"{path}[{i}].at", f"must be at most steps, {steps}, got {mark.at}")
        if mark.at in seen:
            document.report(f"{path}[{i}].at", f"step {mark.at} has one already", "keep one of them")
        seen.add(mark.at)


def _at_paths(document: Document, path: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each name with its path: that of the key itself where one name stands without brackets."""
    in_brackets = f"{path}[0]" in document.values or f"{path}[0]" in document.replaced
    return ((f"{path}[{i}]" if in_brackets else path, name) for i, name in enumerate(names))


# Which keys each check reads; it is left out when one of them is known to be wrong.
_CHECKS: tuple[tuple[tuple[str, ...], Callable[[Document, Scenario], None]], ...] = (
    (("function", "network"), _objective),
    (("render.panels",), _panels),
    (("render.captions", "steps"), _captions),
    (("render.pauses", "steps"), _pauses),
    (("output",), _outputs),
)
_CHECKS_WITH_PROBLEM: tuple[tuple[tuple[str, ...], Callable[[Document, Scenario, Problem], None]], ...] = (
    (("start",), _start),
    (("function.window", "function.domain"), _boxes),
    (("render.view",), _view_fits),
    (("finish",), _finish),
    (("steps", "optimizers"), _recording),
    (("render.panels", "optimizers", "function.minima"), _panels_fit),
)
