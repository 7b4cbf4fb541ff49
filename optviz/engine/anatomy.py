"""Takes a racer's steps apart: the terms that its rule computes on the way, with their numbers, from the rule's trace.

The graph of one update is evaluated from the start on, in plain floats, so that its points are those of the run to the
last bit, also where a rule keeps numbers that no run records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from optviz.engine.judge import Array
from optviz.engine.result import Racer, Result
from optviz.formula.codegen.python import compile_kernel
from optviz.optimizers import BoundRule
from optviz.optimizers.noise import Draws
from optviz.optimizers.trace import Update, compute_quietly, trace
from optviz.words import ENGLISH, Words

# slopes and memories have the slope's unit, a direction and a size have their own, a point is a place
Kind: TypeAlias = Literal["slope", "memory", "direction", "size", "point", "rate", "step"]

SECOND_SLOPE, RATE, STEP = "g₂", "rate", "Δ"


class Described(NamedTuple):
    """A term worth showing: its symbols, the first of those named counts; what it is; what its arrow is called."""

    symbols: str
    words: str
    kind: Kind
    arrow: str = ""  # nothing where it has no arrow of its own


MOST_OF_CUSTOM = 4  # terms of a rule that nobody described


@dataclass(frozen=True)
class Term:
    """One quantity of a step, as the rule calls it, and what it is."""

    symbol: str
    words: str
    kind: Kind
    values: Array  # (steps, dim)


@dataclass(frozen=True)
class Arrow:
    """What points from the iterate where a step moves or might have moved; a point is where it is."""

    symbol: str  # of its term
    words: str
    kind: Kind
    values: Array  # (steps, dim) downhill: the term's, its sign turned


@dataclass(frozen=True)
class Reach:
    """How far a step goes along each coordinate: the half axes of an ellipse or a box around the iterate.

    An ellipse: where the step would end if what its rate multiplies pointed elsewhere, as long as it is.
    """

    half: Array  # (dim,)
    is_box: bool
    unheld: Array | None  # (dim,) the same had the rule forgotten its maximum


@dataclass(frozen=True)
class Anatomy:
    """All steps of a racer, taken apart; row t - 1 is of step t."""

    racer: Racer
    x: Array  # (steps + 1, dim)
    every: Mapping[str, Array]  # all that the rule computes on its way, by name: (steps, dim)
    before: Mapping[str, Array]  # the recorded state before the step
    rate: Array | None  # (steps, dim) the factor in front of gradient or moment
    unheld: Array | None  # (steps, dim) the same had the running maxima been forgotten

    @property
    def steps(self) -> int:
        """The steps that are known."""
        return len(self.x) - 1

    def terms(self, say: Words = ENGLISH) -> list[Term]:
        """Return what is worth showing, in the order of the rule: the slope first, the step last."""
        slope = say("slope now" if self.racer.rule.clip is None else "slope now, clipped")
        own = described(self.racer.rule, self.every, lambda words, rule: filled(words, rule, say))
        named = [Described("g", slope, "slope"), *own]
        shown = [Term(symbol, words, kind, self.every[symbol]) for symbol, words, kind, _ in named]
        if self.rate is not None:
            shown.append(Term(RATE, say("effective learning rate"), "rate", self.rate))
        return [*shown, Term(STEP, say("the step"), "step", self.every[STEP])]

    def arrows(self) -> list[Arrow]:
        """Return what points somewhere, in the order of the terms: downhill first, the step last."""
        named = [Described("g", "", "slope", "downhill now"), *described(self.racer.rule, self.every)]
        return [
            *(
                Arrow(symbol, words, kind, self.every[symbol] if kind == "point" else -self.every[symbol])
                for symbol, _, kind, words in named
                if words
            ),
            Arrow(STEP, "step", "step", self.every[STEP]),
        ]

    def reach(self, step: int) -> Reach | None:
        """Return how far the step goes along each coordinate; None for a rule without rate or length of its own."""
        half = self._box(step)
        if half is not None:
            return Reach(half, True, None)
        if self.rate is None:
            return None
        rate, moved = self.rate[step - 1], self.every[STEP][step - 1]
        with np.errstate(all="ignore"):
            length = float(np.hypot.reduce(np.where(moved == 0, 0.0, moved / rate)))
        if not np.isfinite(length) or not (rate > 0).all():
            return None
        unheld = None if self.unheld is None else self.unheld[step - 1]
        if unheld is not None and (np.array_equal(unheld, rate) or not np.isfinite(unheld).all()):
            unheld = None
        return Reach(rate * length, False, None if unheld is None else unheld * length)

    def unheld_step(self, step: int) -> Array | None:
        """Return (dim,) the step had the rule forgotten its maximum; None where that makes no difference."""
        reach = self.reach(step)
        if reach is None or reach.unheld is None or self.rate is None or self.unheld is None:
            return None
        return np.asarray(self.every[STEP][step - 1] / self.rate[step - 1] * self.unheld[step - 1])

    def _box(self, step: int) -> Array | None:
        """Return (dim,) the length along each coordinate of a rule that takes signs alone."""
        name = BOXES.get(self.racer.rule.name)
        if name is None:
            return None
        if name in self.every:
            return np.asarray(self.every[name][step - 1])
        h = vars(self.racer.rule.numeric(lambda schedule: schedule.values[step - 1]).h)
        return np.full(self.x.shape[1], float(h[name]))

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
        unheld = _unheld(update, racer, seen, steps)
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
    return Anatomy(racer, x, every, before, every.pop(RATE, None), unheld)


def _unheld(update: Update, racer: Racer, seen: Mapping[str, Array], steps: int) -> Array | None:
    """Return (steps, dim) the rate of each step had the rule's running maxima been 0 before it; None without any."""
    maxima = [names for name, names in zip(racer.rule.state, update.state, strict=True) if name in MAXIMA]
    if not maxima or update.rate is None:
        return None
    forgotten = {**seen, **{name: np.zeros(steps) for names in maxima for name in names}}
    columns = compile_kernel(list(update.rate), list(seen))(*forgotten.values())
    return np.stack([np.broadcast_to(column, steps) for column in columns], axis=1)


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
    noise = result.noise.draw(racer.rule, update.dim) or Draws()
    with np.errstate(all="ignore"):  # divergence is an outcome
        for t, row in enumerate(table.tolist(), 1):
            values = [*state, *row]
            for place in asked:
                g = result.problem.gradient(np.array(compute_quietly(place, values)), float(t))
                g = g if noise.factors is None else g * noise.factors[t - 1]
                g = g if noise.added is None else g + noise.added[t - 1]
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

_D = Described
_M = _D("m̂|m", "slope remembered, {beta1}", "memory", "memory")
_ROOT_V = _D("√v̂|√v|v̂|v", "size of the slopes remembered, {beta2}", "size")
_U = _D("u", "largest slope remembered, {beta2}", "size")
_V = _D("v", "squared slopes remembered, {beta2}", "size")
_AHEAD = _D("m̃", "memory, looking one step ahead", "memory", "memory, one step ahead")
_ADAM = (_M, _ROOT_V)

# For each rule, between its slope and its effective rate: terms, the first of those named that it computes.
TERMS: dict[str, tuple[Described, ...]] = {
    "sgd": (),
    "momentum": (_D("b", "velocity: slopes added up, {momentum}", "memory", "velocity"),),
    "nesterov": (
        _D("b", "velocity: slopes added up, {momentum}", "memory", "velocity"),
        _D("ahead", "one velocity further: look ahead", "memory", "look-ahead"),
    ),
    "adagrad": (_D("√G|G", "root of all squared slopes", "size"),),
    "rmsprop": (
        _D("√v|v", "size of the slopes remembered, {alpha}", "size"),
        _D("u", "slope over its size", "direction"),
        _D("b", "velocity", "direction", "velocity"),
    ),
    "adadelta": (
        _D("v", "squared slopes remembered, {rho}", "size"),
        _D("u", "squared moves remembered, {rho}", "size"),
        _D("d", "slope over its size, times that of moves", "direction"),
    ),
    "rprop": (
        _D("agreement", "does the slope keep its sign?", "size"),
        _D("step", "length of a step, longer or shorter", "size"),
    ),
    "adam": _ADAM,
    "adamw": _ADAM,
    "amsgrad": (_M, _V, _D("vmax", "the most that it ever was", "size")),
    "adamax": (_M, _U),
    "nadam": (_AHEAD, _ROOT_V),
    "nadamax": (_AHEAD, _U),
    "radam": _ADAM,
    "adabound": _ADAM,
    "adabelief": (_M, _D("√ŝ|√s|ŝ|s", "size of the surprise g − m, {beta2}", "size")),
    "yogi": _ADAM,
    "lion": (
        _D("m", "slope remembered, {beta2}", "memory"),
        _D("mixed", "memory and slope mixed", "memory", "memory and slope"),
        _D("direction", "its sign alone", "direction"),
    ),
    "adan": (
        _M,
        _D("v̂|v", "how the slope changes, remembered", "memory", "change of slope"),
        _D("√n̂|√n", "size remembered, {beta3}", "size"),
    ),
    "qhadam": (_D("mixed", "memory and slope mixed", "memory", "memory and slope"), _ROOT_V),
    "ademamix": (
        _D("m̂1|m1", "slope remembered, {beta1}", "memory", "memory"),
        _D("m2", "slope remembered far longer, {beta3}", "memory", "long memory"),
        _ROOT_V,
    ),
    "adopt": (_V, _D("m", "scaled slopes remembered, {beta1}", "direction", "memory")),
    "lamb": (_M, _ROOT_V, _D("u", "direction, before its length", "direction")),
    "signsgd": (_D("direction", "the slope's sign alone", "direction"),),
    "prodigy": (
        _D("m", "scaled slope remembered, {beta1}", "direction", "memory"),
        _D("√v", "its size, {beta2}", "size"),
        _D("d", "distance still to go, estimated", "size"),
    ),
    "schedule_free_sgd": (_D("z", "the fast point that the average follows", "point", "fast point"),),
    "schedule_free_adamw": (_ROOT_V, _D("z", "the fast point that the average follows", "point", "fast point")),
    "lookahead": (_D("slow", "the slow point", "point", "slow point"),),
    "sam": (_D(SECOND_SLOPE, "slope a little uphill", "memory", "downhill, from a little uphill"),),
}
BOXES = {"signsgd": "lr", "lion": "lr", "rprop": "step"}  # rules that take signs alone: a term or a hyperparameter
MAXIMA = {"vmax"}  # states that are running maxima
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
        return [Described(name, "", "size") for name in own]
    found: list[Described] = [] if rule.base is None else described(rule.base, names, fill)
    for one in TERMS[rule.name]:
        symbol = next((symbol for symbol in one.symbols.split("|") if symbol in names), None)
        if symbol is not None:
            found.append(one._replace(symbols=symbol, words=(fill or filled)(one.words, rule)))
    return found


def filled(words: str, rule: BoundRule, say: Words = ENGLISH) -> str:
    """Put the length of a memory in the place of its hyperparameter: 0.9 forgets in about 10 steps."""
    for name, value in rule.values.items():
        if f"{{{name}}}" in words:
            is_short = isinstance(value, float) and value < 1
            lasts = say("{count} steps", count=round(1 / (1 - value))) if is_short else say("for good")
            return say(words, **{name: lasts})
    return say(words)
