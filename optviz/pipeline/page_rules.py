"""Prints the rules of a page as JavaScript, each once, with all that the page must know of their numbers."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.engine.anatomy import SECOND_SLOPE, described, filled
from optviz.engine.export import jsonable
from optviz.engine.noise import draw_noise
from optviz.formula.codegen import javascript
from optviz.formula.codegen.python import compile_kernel
from optviz.formula.graph import Point
from optviz.formula.typography import minus
from optviz.optimizers import BoundRule
from optviz.optimizers.bound_rule import Schedule
from optviz.optimizers.javascript import GRADIENT, SLOPES, RuleScript, formula_code, rule_script
from optviz.optimizers.parameters import Parameter
from optviz.optimizers.trace import TraceError, Update, trace
from optviz.pipeline.settle import noise_of
from optviz.problems import Problem
from optviz.scenario import Scenario

Array = NDArray[np.float64]

MOST_LIVE_ROWS = 3_000_000  # steps of all racers: beyond it a browser would need gigabytes
LONGEST_INTEGER_BITS = 200  # of the products from which powers are rounded


@dataclass
class Printer:
    """Prints rules, each once, and collects what the page needs to run them."""

    scenario: Scenario
    problem: Problem
    racers: int
    kernels: dict[tuple[str, tuple[int, ...], bool], RuleScript] = field(default_factory=dict)  # see ``print``
    terms: list[tuple[str, str, bool]] = field(default_factory=list)  # of a step: symbol, words, whether a memory
    fixes: dict[float, list[int]] = field(default_factory=dict)  # by base of a power
    knobs: list[list[Any]] = field(default_factory=list)  # what a slider must know of a hyperparameter, each once

    @property
    def steps(self) -> int:
        """The steps of the race."""
        return self.scenario.steps

    @property
    def obstacle(self) -> str:
        """Why no racer can be live; nothing if they can."""
        if self.problem.recorded:
            return "recorded elsewhere"
        if self.problem.network is not None:
            return "recorded: a network is not trained in the page"
        if self.problem.symbols is None:
            return "recorded: the function is Python's own"
        return "recorded: more steps than a page can hold" * (self.steps * self.racers > MOST_LIVE_ROWS)

    @cached_property
    def noise(self) -> dict[str, Array]:
        """The noise of all racers without their own, by its variable; (steps,) each."""
        common = noise_of(self.scenario).common
        drawn = None if common is None else draw_noise(common, self.scenario.seed, self.steps, self.problem.dim)
        return {} if drawn is None else dict(drawn.columns())

    @property
    def document(self) -> dict[str, Any]:
        """What the page must know of the kernels."""
        noise = list(self.noise.values())
        return {
            "noise": float64(np.column_stack(noise)) if noise and not self.obstacle else None,
            "knobs": self.knobs,
            "fixes": [[base, *fixes] for base, fixes in self.fixes.items() if fixes],
            "terms": self.terms,
            "kernels": [
                {"states": one.states, "effective": one.effective, "noise": shares, "terms": terms}
                for (_, terms, shares), one in self.kernels.items()
            ],
        }

    @property
    def code(self) -> str:
        """The script that sets ``optvizCode``: a point's value f, its gradient g, and the rules' kernels."""
        symbols, kernels = self.problem.symbols, ",\n".join(one.source for one in self.kernels.values())
        declared, f = "", "f:null,g:null"
        if symbols is not None:
            declared = formula_code(symbols)
            f = f"f,g:(x,y,t)=>({GRADIENT}(x,y,t),[...{SLOPES}])"
        return f'"use strict";{{{javascript.PRELUDE}{declared}globalThis.optvizCode={{{f},kernels:[{kernels}]}}}}'

    def trace(self, bound: BoundRule) -> Update:
        """Trace a rule in the problem's dimension, noise and domain. Raises TraceError."""
        draws = noise_of(self.scenario).draw(bound, self.problem.dim)
        traced = partial(trace, bound, self.problem.dim, noise=draws, domain=self.problem.domain)
        try:
            return traced(every_number=True)
        except TraceError:  # a rule of the user's may count to a whole number
            return traced()

    def print(self, bound: BoundRule, update: Update, *, races: bool = True) -> dict[str, Any]:
        """Print a traced rule, fast if it races; return which kernel it is, and its hyperparameters."""
        shown = self.terms_of(bound, update)
        script = partial(rule_script, bound, update, [point for _, point in shown])
        written, shared = script(), self.noise if bound.noise is None else {}
        key = written.source, tuple(number for number, _ in shown), bool(shared)
        if key not in self.kernels:
            self.kernels[key] = script(self.problem.symbols) if races else written
        own = {name: value for name, value in update.table.inputs.items() if name not in shared}
        inputs = [np.asarray(value, dtype=np.float64) for value in own.values()]
        return {
            "kernel": list(self.kernels).index(key),
            "h": jsonable([float(value.ravel()[0]) for value in inputs]),  # null: infinite
            "knobs": self.knob_numbers(bound, list(own)),
            **_if_any("schedules", {str(at): float64(value) for at, value in enumerate(inputs) if value.ndim}),
            **_if_any("columns", self.columns(written, update)),
        }

    def terms_of(self, bound: BoundRule, update: Update) -> list[tuple[int, Point]]:
        """Return the terms between slope and step that are worth showing: number in ``terms``, and nodes."""
        inputs = list(update.table.inputs)

        def fill(words: str, rule: BoundRule) -> str:
            """Put a number of ``inputs`` in a hyperparameter's place, for the page to say how long it lasts."""
            prefix = "h" if rule is bound else "h_base"
            numbers = {name: inputs.index(f"{prefix}_{name}") for name in rule.values if f"{prefix}_{name}" in inputs}
            numbered = words
            for name, number in numbers.items():
                numbered = numbered.replace(f"{{{name}}}", f"{{{number}}}")
            return numbered if numbered != words else filled(words, rule)

        nodes = dict(update.terms)
        if len(update.gradients) > 1:
            graph = update.x[0].graph
            nodes[SECOND_SLOPE] = tuple(map(graph.variable, update.gradient_variables(1)))
        found = []
        for symbol, words, kind, _ in described(bound, nodes, fill):
            term = symbol, words, kind == "memory"
            if term not in self.terms:
                self.terms.append(term)
            found.append((self.terms.index(term), nodes[symbol]))
        return found

    def knob_numbers(self, bound: BoundRule, inputs: list[str], prefix: str = "h", path: str = "") -> list[list[int]]:
        """Return which numbers a slider may move, those of a base too: a place in ``knobs`` and one in ``inputs``."""
        found: list[list[int]] = []
        for name, value in bound.values.items():
            variable, parameter = f"{prefix}_{name}", bound.rule.parameters[name]
            if isinstance(value, BoundRule):
                found += self.knob_numbers(value, inputs, variable, f"{path}{name}.{value.name}.")
            elif variable in inputs and not isinstance(value, Schedule) and parameter.bounds:
                knob = _knob(f"{path}{name}", parameter)
                if knob not in self.knobs:
                    self.knobs.append(knob)
                found.append([self.knobs.index(knob), inputs.index(variable)])
        return found

    def columns(self, written: RuleScript, update: Update) -> dict[str, str]:
        """Return the last digits of powers that browsers compute in their own ways; note those of others in ``fixes``.

        A browser's power errs by an ulp or two, so that the last four bits tell which number the C library has.
        """
        if not written.powers:
            return {}
        names = [*update.table.inputs, "t"]
        nodes = compile_kernel([node for pair in written.powers for node in pair], names)
        t = np.arange(1.0, self.steps + 1)
        given = [np.broadcast_to(np.asarray(value, float), self.steps) for value in update.table.inputs.values()]
        rows = [np.broadcast_to(np.asarray(value, float), self.steps) for value in nodes(*given, t)]
        shipped = {}
        for number, (base, exponent) in enumerate(zip(rows[::2], rows[1::2], strict=True)):
            beyond = exponent[0] - 1
            if (base == base[0]).all() and 0 <= base[0] < 1 and (exponent == t + beyond).all() and beyond in (-1, 0, 1):
                self.note_fixes(float(base[0]))
            else:
                powers = np.array([b**e for b, e in zip(base.tolist(), exponent.tolist(), strict=True)])
                shipped[str(number)] = "".join(f"{bits:x}" for bits in (powers.view(np.uint64) & 15).tolist())
        return shipped

    def note_fixes(self, base: float) -> None:
        """Note at which steps the C library's power is not the nearest number: negative where it is below."""
        if base not in self.fixes:
            last = self.steps + 1
            pairs = enumerate(zip(_rounded_powers(base, last), (base**t for t in range(1, last + 1)), strict=True), 1)
            self.fixes[base] = [t if power > nearest else -t for t, (nearest, power) in pairs if power != nearest]


def _rounded_powers(base: float, last: int) -> Iterator[float]:
    """Yield base^1 ... base^last, each rounded to the nearest float, from products of whole numbers."""
    mantissa, exponent = math.frexp(base)
    factor, shift = int(math.ldexp(mantissa, 53)), exponent - 53
    product, scale = 1, 0
    for _ in range(last):
        product, scale = product * factor, scale + shift
        extra = max(0, product.bit_length() - LONGEST_INTEGER_BITS)
        product, scale = product >> extra, scale + extra
        yield math.ldexp(float(product), scale)


def _knob(name: str, parameter: Parameter) -> list[Any]:
    """Return name, default, meaning, bounds (null: none) and flags: 1 low end excluded, 2 high end too, 4 whole."""
    bounds, default = parameter.bounds, parameter.default
    assert bounds is not None  # every number has bounds
    known = isinstance(default, int | float) and math.isfinite(default)
    ends = [end if math.isfinite(end) else None for end in (bounds.low, bounds.high)]
    flags = bounds.low_open + 2 * bounds.high_open + 4 * parameter.integer
    return [name, default if known else None, minus(parameter.meaning), *ends, flags]


def _if_any(name: str, given: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    return {name: given} if given else {}


def float64(numbers: Array) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers, "<f8").tobytes()).decode()


def float32(numbers: Array) -> str:
    with np.errstate(over="ignore"):  # beyond what a picture can show
        return base64.b64encode(np.ascontiguousarray(numbers, "<f4").tobytes()).decode()
