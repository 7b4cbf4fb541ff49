"""What batches consist of: the least that their arithmetic takes, their kernels alone, the parts of a sweep."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from itertools import cycle
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Steps:
    """The stages of a step, and blocks of points to run them on."""

    stages: list[Any]
    blocks: Any
    count: int


def steps_of(rule: str, given: dict[str, Any], function: str, starts: int, steps: int) -> Steps:
    """Prepare a rule on a function as a run to its last points does."""
    from optviz.engine.evolve import Lanes
    from optviz.engine.judge import finish_line
    from optviz.engine.run import RunSettings
    from optviz.engine.stages import plan_of
    from optviz.optimizers import OPTIMIZERS, bind
    from optviz.problems import Finish, from_catalogue

    problem = from_catalogue(function)
    start = np.random.default_rng(0).uniform(1, 2, (problem.dim, starts))
    settings = RunSettings(bind(OPTIMIZERS[rule], given, steps), problem, start, None, "last")
    plan = plan_of(settings, None, finish_line(problem, Finish()))
    assert plan is not None
    width = Lanes.width
    return Steps(
        plan.step(1), np.random.default_rng(0).uniform(1, 2, (-(-starts // width), len(plan.rows), width)), steps
    )


def floor_of(steps: Steps) -> Callable[[], Any]:
    """Return what does the divisions and roots of all stages, but those that are products with a reciprocal."""
    from optviz.engine.evolve import Lanes
    from optviz.engine.stages import Stage
    from optviz.formula.codegen.kernel import Kernel
    from optviz.formula.codegen.lanes import divisors
    from optviz.formula.codegen.straight_line import products_for_powers
    from optviz.formula.graph import Graph, topological_order

    found: Counter[str] = Counter()
    for kernel in (stage.kernel for stage in steps.stages):
        nodes = topological_order(products_for_powers(kernel.results.values()))
        known = {*divisors(kernel)}
        found.update(node.op for node in nodes if node.op == "sqrt")
        found.update(node.op for node in nodes if node.op == "/" and not _is_known(node.args[1], known))
    graph = Graph()
    a, b, c, d = map(graph.variable, "abcd")
    chains = [a, c]  # of which one waits for the other no more than two coordinates do
    for op, place in zip([*["sqrt"] * found["sqrt"], *["/"] * found["/"]], cycle((0, 1)), strict=False):
        chains[place] = graph.apply(op, *([chains[place]] if op == "sqrt" else [(b, d)[place], chains[place]]))
    kernel = Kernel({name: row for row, name in enumerate("abcd")}, {}, {4: chains[0], 5: chains[1]})
    blocks = np.random.default_rng(0).uniform(1, 2, (len(steps.blocks), 6, steps.blocks.shape[2]))
    (advance,) = Lanes().prepare([[Stage(kernel, 0, np.zeros((steps.count, 1)))]])

    def work() -> Any:
        advance(blocks, 0, steps.count, None)
        return blocks[:, 4:]

    return work


def _is_known(divisor: Any, names: set[str]) -> bool:
    return divisor.constant is not None or divisor.name in names


def calls_of(steps: Steps) -> Callable[[], Any]:
    """Return what calls NumPy as the stages do in place, but on one strip as wide, which no call changes."""
    from optviz.engine.evolve import InPlace
    from optviz.formula.codegen.in_place import compile_in_place

    calls: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
    for line in (line for stage in steps.stages for line in compile_in_place(stage.kernel).lines):
        name, *args, out = line.rstrip(")").replace("(", ", ").split(", ")
        strip, neutral = strips_of(out, InPlace.width, 1.0), float(name in ("np_multiply", "np_divide"))
        arguments: tuple[Any, ...] = strip, strip
        if len(args) == 2:
            is_shared = any(arg[0] not in "rw" for arg in args)  # a number, which has no axes
            arguments = strip, np.array(neutral) if is_shared else strips_of(out, InPlace.width, neutral), strip
        calls.append((getattr(np, name.removeprefix("np_")), arguments))
    count = -(-steps.blocks.shape[0] * steps.blocks.shape[2] // InPlace.width)

    def work() -> Any:
        for _ in range(count * steps.count):
            for call, arguments in calls:
                call(*arguments)
        return strip

    return work


@cache
def strips_of(rows: str, width: int, value: float) -> Any:
    """An array that is as long as some rows, ``w0`` or ``w0_2``, and begins where a line of the cache does."""
    size = width * int(rows.partition("_")[2] or 1)
    memory = np.full(size + 8, value)
    return memory[-memory.ctypes.data % 64 // 8 :][:size]


def kernel_seconds(steps: Steps) -> dict[str, float]:
    """Return the CPU seconds of a rule's kernels alone, and of the function's."""
    from optviz.engine.evolve import Lanes

    *rule, function = steps.stages
    own = [stage for stage in rule if stage.first == 0]
    slopes = [function, *(stage for stage in rule if stage.first > 0)]
    found = {}
    for name, stages in (("the rule's kernels", own), ("the function's kernel", slopes)):
        (advance,), blocks = Lanes().prepare([stages]), steps.blocks.copy()
        advance(blocks, 1, 2, None)
        begun = time.process_time()
        advance(blocks, 1, steps.count + 1, None)
        found[name] = time.process_time() - begun
    return found


STEPS = "machine code"
SWEEP_PARTS = {
    "plan_of": "tracing and tables",
    "choose_target": "tracing and tables",
    "_kinds": "naming places of rest",
    "_counted_in_python": "points that need wide exponents",
    "_counted": "laying out and looking who leaves",
}


def sweep_parts() -> dict[str, float]:
    """Have the engine count the CPU seconds of a sweep's parts, each without those inside it, in one thread."""
    from optviz.engine import batch, evolve

    parts: dict[str, float] = {}
    inside = [0.0]

    def counted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        def count(*arguments: Any, **options: Any) -> Any:
            inside.append(0.0)
            begun = time.process_time()
            try:
                return work(*arguments, **options)
            finally:
                taken = time.process_time() - begun
                parts[name] = parts.get(name, 0.0) + taken - inside.pop()
                inside[-1] += taken

        return count

    prepare = evolve.Lanes.prepare
    setattr(evolve.Lanes, "prepare", lambda *given: [counted(STEPS, advance) for advance in prepare(*given)])  # noqa: B010  # methods cannot be assigned
    for name, part in SWEEP_PARTS.items():
        setattr(batch, name, counted(part, getattr(batch, name)))
    return parts
