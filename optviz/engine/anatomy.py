"""Takes a racer's steps apart: the terms that its rule computes on the way, with their numbers, from the rule's trace.

The graph of one update is evaluated from the start on, in plain floats, so that its points are those of the run to the
last bit, also where a rule keeps numbers that no run records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from optviz.engine.judge import Array
from optviz.engine.result import Racer, Result
from optviz.formula.codegen.python import compile_kernel
from optviz.optimizers import BoundRule
from optviz.optimizers.trace import Update, compute_quietly, trace

Kind: TypeAlias = Literal["slope", "memory", "size", "rate", "step"]
Described: TypeAlias = tuple[str, str, Kind]  # symbols, words, kind

SECOND_SLOPE, RATE, STEP = "g₂", "rate", "Δ"
MOST_OF_CUSTOM = 4  # terms of a rule that nobody described


@dataclass(frozen=True)
class Term:
    """One quantity of a step, as the rule calls it, and what it is."""

    symbol: str
    words: str
    kind: Kind
    values: Array  # (steps, dim)


@dataclass(frozen=True)
class Anatomy:
    """All steps of a racer, taken apart; row t - 1 is of step t."""

    racer: Racer
    x: Array  # (steps + 1, dim)
    every: Mapping[str, Array]  # all that the rule computes on its way, by name: (steps, dim)
    before: Mapping[str, Array]  # the recorded state before the step
    rate: Array | None  # (steps, dim) the factor in front of gradient or moment

    @property
    def steps(self) -> int:
        """The steps that are known."""
        return len(self.x) - 1

    def terms(self) -> list[Term]:
        """Return what is worth showing, in the order of the rule: the slope first, the step last."""
        slope = "slope now" if self.racer.rule.clip is None else "slope now, clipped"
        named: list[Described] = [("g", slope, "slope"), *described(self.racer.rule, self.every)]
        shown = [Term(symbol, words, kind, self.every[symbol]) for symbol, words, kind in named]
        if self.rate is not None:
            shown.append(Term(RATE, "effective learning rate", "rate", self.rate))
        return [*shown, Term(STEP, "the step", "step", self.every[STEP])]

    def held(self, step: int) -> list[str]:
        """Return the running maxima that a step left as they were, in every coordinate."""
        maxima = [name for name in self.before if name.endswith("max")]
        return [name for name in maxima if np.array_equal(self.before[name][step - 1], self.every[name][step - 1])]


def dissect(racer: Racer, result: Result, steps: int | None = None) -> Anatomy:
    """Take a racer's first ``steps`` apart, None for all that it kept.

    Raises TraceError, an OptvizError, for a rule in Python that does what no graph can hold.
    """
    dim, steps = result.problem.dim, racer.trajectory.steps if steps is None else steps
    update = trace(replace(racer.rule, clip=None), dim, domain=result.problem.domain)  # g is what it is given
    seen, x = _replay(update, racer, result, steps)
    named = {**update.terms, **({} if update.rate is None else {RATE: update.rate})}
    with np.errstate(all="ignore"):
        kernel = compile_kernel([node for nodes in named.values() for node in nodes], list(seen))
        columns = [np.broadcast_to(column, steps) for column in kernel(*seen.values())]
    every = {
        name: np.stack([columns.pop(0) for _ in nodes] * (dim // len(nodes)), axis=1) for name, nodes in named.items()
    }
    if len(update.gradients) > 1:
        every[SECOND_SLOPE] = np.stack([seen[name] for name in update.gradient_variables(1)], axis=1)
    before = {
        name: np.stack([seen[variable] for variable in variables], axis=1)
        for name, variables in zip(racer.rule.state, update.state, strict=True)
        if name is not None and all(variable in seen for variable in variables)
    }
    return Anatomy(racer, x, every, before, every.pop(RATE, None))


def _replay(update: Update, racer: Racer, result: Result, steps: int) -> tuple[dict[str, Array], Array]:
    """Return (steps,) for every variable of the update what it is at each step, and the points (steps + 1, dim)."""
    moving = [*(f"x_{i}" for i in range(update.dim)), *update.next]
    table = update.table.rows(racer.rule.steps)[:steps]
    names = [*moving, *update.table.columns]
    asked = []
    for call, at in enumerate(update.gradients):
        asked.append(compile_kernel(list(at), names))
        names = [*names, *update.gradient_variables(call)]
    move = compile_kernel([*update.x, *update.next.values()], names)
    state, rows, clip = _before_step_1(update, racer), [], racer.rule.clip
    with np.errstate(all="ignore"):  # divergence is an outcome
        for t, row in enumerate(table.tolist(), 1):
            values = [*state, *row]
            for place in asked:
                g = result.problem.gradient(np.array(compute_quietly(place, values)), float(t))
                g = g if result.noise is None else g + result.noise[t - 1]
                values += np.asarray(g if clip is None else clip(g)).tolist()
            rows.append(values)
            state = compute_quietly(move, values)
    seen = np.array(rows, dtype=np.float64).reshape(steps, len(names))
    x = np.concatenate([seen[:, : update.dim], [state[: update.dim]]])
    return dict(zip(names, seen.T, strict=True)), x


def _before_step_1(update: Update, racer: Racer) -> tuple[float, ...]:
    """Return the start, and the state there."""
    start = tuple(racer.x[0].tolist())
    inputs = {name: float(np.ravel(value)[0]) for name, value in update.table.inputs.items()}
    names = [*(f"x_{i}" for i in range(update.dim)), *inputs]
    return start + compile_kernel(list(update.begin.values()), names)(*start, *inputs.values())


# --- what is worth showing ------------------------------------------------------------------------

_M: Described = ("m̂|m", "slope remembered, {beta1}", "memory")
_ROOT_V: Described = ("√v̂|√v|v̂|v", "size of the slopes remembered, {beta2}", "size")
_U: Described = ("u", "largest slope remembered, {beta2}", "size")
_ADAM: tuple[Described, ...] = (_M, _ROOT_V)

# For each rule, between its slope and its effective rate: terms, the first of those named that it computes.
TERMS: dict[str, tuple[Described, ...]] = {
    "sgd": (),
    "momentum": (("b", "velocity: slopes added up, {momentum}", "memory"),),
    "nesterov": (
        ("b", "velocity: slopes added up, {momentum}", "size"),
        ("ahead", "one velocity further: look ahead", "memory"),
    ),
    "adagrad": (("√G|G", "root of all squared slopes", "size"),),
    "rmsprop": (
        ("√v|v", "size of the slopes remembered, {alpha}", "size"),
        ("u", "slope over its size", "memory"),
        ("b", "velocity", "memory"),
    ),
    "adadelta": (
        ("v", "squared slopes remembered, {rho}", "size"),
        ("u", "squared moves remembered, {rho}", "size"),
        ("d", "slope over its size, times that of moves", "memory"),
    ),
    "rprop": (
        ("agreement", "does the slope keep its sign?", "size"),
        ("step", "length of a step, longer or shorter", "size"),
    ),
    "adam": _ADAM,
    "adamw": _ADAM,
    "amsgrad": (
        _M,
        ("v", "squared slopes remembered, {beta2}", "size"),
        ("vmax", "the most that it ever was", "size"),
    ),
    "adamax": (_M, _U),
    "nadam": (("m̃", "memory, looking one step ahead", "memory"), _ROOT_V),
    "nadamax": (("m̃", "memory, looking one step ahead", "memory"), _U),
    "radam": _ADAM,
    "adabound": (_M, _ROOT_V),
    "adabelief": (_M, ("√ŝ|√s|ŝ|s", "size of the surprise g − m, {beta2}", "size")),
    "yogi": _ADAM,
    "lion": (
        ("m", "slope remembered, {beta2}", "size"),
        ("mixed", "memory and slope mixed", "memory"),
        ("direction", "its sign alone", "size"),
    ),
    "adan": (
        _M,
        ("v̂|v", "how the slope changes, remembered", "memory"),
        ("√n̂|√n", "size remembered, {beta3}", "size"),
    ),
    "qhadam": (("mixed", "memory and slope mixed", "memory"), _ROOT_V),
    "ademamix": (
        ("m̂1|m1", "slope remembered, {beta1}", "memory"),
        ("m2", "slope remembered far longer, {beta3}", "memory"),
        _ROOT_V,
    ),
    "adopt": (
        ("v", "squared slopes remembered, {beta2}", "size"),
        ("m", "scaled slopes remembered, {beta1}", "memory"),
    ),
    "lamb": (_M, _ROOT_V, ("u", "direction, before its length", "memory")),
    "signsgd": (("direction", "the slope's sign alone", "size"),),
    "prodigy": (("m", "scaled slope remembered, {beta1}", "memory"), ("√v", "its size, {beta2}", "size"),
                ("d", "distance still to go, estimated", "size")),
    "schedule_free_sgd": (("z", "the fast point that the average follows", "size"),),
    "schedule_free_adamw": (_ROOT_V, ("z", "the fast point that the average follows", "size")),
    "lookahead": (("slow", "the slow point", "size"),),
    "sam": ((SECOND_SLOPE, "slope a little uphill", "memory"),),
}  # fmt: skip
for _rule, _like in (("amsgradw", "amsgrad"), ("amsbound", "amsgrad")):
    TERMS[_rule] = TERMS[_like]


def most_terms(rule: BoundRule) -> int:
    """Return how many terms a rule's anatomy shows at most."""
    described = MOST_OF_CUSTOM if rule.rule.custom else len(TERMS[rule.name])
    return described + (3 if rule.base is None else most_terms(rule.base))  # slope, rate and step


def described(
    rule: BoundRule, names: Collection[str], fill: Callable[[str, BoundRule], str] | None = None
) -> list[Described]:
    """Return symbol, words and kind of the terms worth showing, of these names; a rule around another has its too.

    fill: puts lengths of memories into the words of a rule, or of its base.
    """
    if rule.rule.custom:
        own = [name for name in names if name not in ("g", STEP, RATE)][:MOST_OF_CUSTOM]
        return [(name, "", "size") for name in own]
    found: list[Described] = [] if rule.base is None else described(rule.base, names, fill)
    for symbols, words, kind in TERMS[rule.name]:
        symbol = next((one for one in symbols.split("|") if one in names), None)
        if symbol is not None:
            found.append((symbol, (fill or filled)(words, rule), kind))
    return found


def filled(words: str, rule: BoundRule) -> str:
    """Put the length of a memory in the place of its hyperparameter: 0.9 forgets in about 10 steps."""
    for name, value in rule.values.items():
        if f"{{{name}}}" in words:
            lasts = f"{round(1 / (1 - value))} steps" if isinstance(value, float) and value < 1 else "for good"
            return words.replace(f"{{{name}}}", lasts)
    return words
