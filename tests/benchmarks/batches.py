"""Batches: what the equations' other engines cost, in CPU seconds of the work alone, each in a process of its own.

``python -m tests.benchmarks.batches NAME SIZE...`` prints a JSON object: seconds of the processor and of the clock, and
a digest of the points where the work ended.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from tests.benchmarks.batch_parts import calls_of, floor_of, kernel_seconds, steps_of, sweep_parts

TEN = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "nadam", "adamax", "amsgrad")
ADAM = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
RATES, STARTS = 64, 25  # of the sweep
AHEAD = 32  # pairs in the making or made, before those whose turn it is


def measured(work: Callable[[], Any], parts: Mapping[str, float] | None = None) -> None:
    """Print what the work costs, after it has been done once for its compilers' sake by the caller.

    parts: CPU seconds of its parts, which the work fills in.
    """
    cpu, wall = time.process_time(), time.perf_counter()
    ended = work()
    cost: dict[str, Any] = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    if parts is not None:
        cost["parts"] = {**parts, "the rest": cost["cpu"] - sum(parts.values())}
    points = hashlib.sha256(b"".join(np.ascontiguousarray(one).tobytes() for one in ended)).hexdigest()
    print(json.dumps(cost | {"digest": points}))


def grid(window: Any, side: int) -> Any:
    """(2, side²) starts all over a window."""
    lines = [np.linspace(low, high, side) for low, high in window]
    return np.stack([axis.ravel() for axis in np.meshgrid(*lines)])


def use(target: str) -> None:
    """Have the engine run batches on one target: the rules' own ``code``, ``in_place`` or ``lanes``."""
    from optviz.engine import evolve

    chosen = {"code": lambda: None, "in_place": evolve.InPlace, "lanes": evolve.Lanes}[target]()
    setattr(evolve, "choose_target", lambda plan, points: chosen)  # noqa: B010  # what a run looks up


def adam(target: str, side: str, steps: str) -> None:
    """Adam on Himmelblau, from side² starts."""
    from optviz.problems import from_catalogue

    use(target)
    problem = from_catalogue("himmelblau")
    start = grid(problem.window, int(side))
    ends("adam", ADAM, problem, start, int(steps))  # as the others are warmed: by the whole work
    measured(lambda: [ends("adam", ADAM, problem, start, int(steps))])


def ends(rule: str, given: dict[str, Any], problem: Any, start: Any, steps: int) -> Any:
    from optviz.engine.run import run
    from optviz.optimizers import OPTIMIZERS, bind

    return run(bind(OPTIMIZERS[rule], given, steps), problem, start, record="last").x[-1]


def chosen(names: str) -> Sequence[str]:
    """The names of all rules, of the ten, or of one."""
    from optviz.optimizers import OPTIMIZERS

    return {"all": tuple(OPTIMIZERS), "ten": TEN}.get(names, (names,))


def rules(target: str, names: str, starts: str, steps: str, rate: str = "") -> None:
    """All rules, or the ten, on Beale, one after the other, compiled before."""
    from optviz.problems import from_catalogue

    use(target)
    problem = from_catalogue("beale")
    start = np.random.default_rng(0).uniform(-1, 1, (2, int(starts)))
    given = {"lr": float(rate)} if rate else {}
    for name in chosen(names):
        ends(name, given, problem, start[:, :300], int(steps))
    measured(lambda: [ends(name, given, problem, start, int(steps)) for name in chosen(names)])


def floor(names: str, function: str, starts: str, steps: str) -> None:
    """The divisions and roots of rules and a function for each point and step, and nothing else."""
    works = [floor_of(steps_of(name, {}, function, int(starts), int(steps))) for name in chosen(names)]
    for work in works:
        work()
    measured(lambda: [work() for work in works])


def calls(names: str, function: str, starts: str, steps: str) -> None:
    """As many of NumPy's calls on one strip as wide, and nothing else."""
    works = [calls_of(steps_of(name, {}, function, int(starts), int(steps))) for name in chosen(names)]
    measured(lambda: [work() for work in works])


def profile(names: str, function: str, starts: str, steps: str) -> None:
    """What rules do in machine code on one core; before it, the kernels alone for as many steps."""
    from optviz.parallel import limit_cores
    from optviz.problems import from_catalogue

    limit_cores(1)
    use("lanes")
    parts: Counter[str] = Counter()
    problem, given = from_catalogue(function), ADAM if names == "adam" else {}
    start = np.random.default_rng(0).uniform(-1, 1, (2, int(starts)))
    for name in chosen(names):
        ends(name, given, problem, start[:, :300], int(steps))
        parts.update(kernel_seconds(steps_of(name, given, function, int(starts), int(steps))))
    measured(lambda: [ends(name, given, problem, start, int(steps)) for name in chosen(names)], parts)


def sweep(workers: str, rules: str, functions: str, steps: str) -> None:
    """Rules x functions x learning rates x starts, each summed up; the pairs side by side on so many cores."""
    from optviz.engine.batch import run_batch
    from optviz.optimizers import OPTIMIZERS, bind
    from optviz.parallel import limit_cores, ordered
    from optviz.problems import FUNCTIONS, default_finish, from_catalogue

    limit_cores(int(workers))
    parts = sweep_parts() if workers == "1" else None
    rates = np.geomspace(1e-4, 1, RATES)

    def pairs() -> Iterator[tuple[Any, Any]]:
        for name in list(OPTIMIZERS)[: int(rules)]:
            rate = {"lr": rates} if "lr" in OPTIMIZERS[name].parameters else {"base": {"adam": {"lr": rates}}}
            rule = bind(OPTIMIZERS[name], rate, int(steps))
            for function in list(FUNCTIONS)[: int(functions)]:
                yield rule, from_catalogue(function, search=False)

    @cache
    def starts_of(problem: Any) -> Any:
        low, high = np.array(problem.window, dtype=float).T
        return np.random.default_rng(0).uniform(low, high, (STARTS, problem.dim)).T[:, :, np.newaxis]

    def summed(pair: tuple[Any, Any]) -> Any:
        rule, problem = pair
        finish, expect = default_finish(problem), int(rules) * int(functions)
        found = run_batch(rule, problem, starts_of(problem), finish=finish, expect=expect)
        return np.concatenate([found.x.ravel(), found.closest_f.ravel(), found.arrived_at.ravel()])

    # some pairs take ten times as long as others: nobody waits for one of them while there are results to hold
    measured(lambda: list(ordered(summed, pairs(), ahead=AHEAD)), parts)


# --- what others make of the same work ------------------------------------------------------------


def adam_jax(side: str, steps: str) -> None:
    """jit of a scan over steps of a vmap over starts, in double precision."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def f(x: Any) -> Any:
        return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2

    gradient = jax.vmap(jax.grad(f), in_axes=1, out_axes=1)

    def step(state: Any, t: Any) -> Any:
        x, m, v = state
        g = gradient(x)
        m = ADAM["beta1"] * m + (1 - ADAM["beta1"]) * g
        v = ADAM["beta2"] * v + (1 - ADAM["beta2"]) * g * g
        ahead = m / (1 - ADAM["beta1"] ** t) / (jnp.sqrt(v / (1 - ADAM["beta2"] ** t)) + ADAM["eps"])
        return (x - ADAM["lr"] * ahead, m, v), None

    def all_steps(x: Any) -> Any:
        zeros = jnp.zeros_like(x)
        return jax.lax.scan(step, (x, zeros, zeros), jnp.arange(1.0, int(steps) + 1))[0][0]

    run = jax.jit(all_steps)
    start = jnp.asarray(grid(((-6, 6), (-6, 6)), int(side)))
    run(start).block_until_ready()
    measured(lambda: [np.asarray(run(start).block_until_ready())])


def adam_torch(side: str, steps: str) -> None:
    """torch.compile of a step, its gradient by hand, in double precision."""
    import torch

    def step(x: Any, m: Any, v: Any, c1: Any, c2: Any) -> Any:
        a, b = x[0] * x[0] + x[1] - 11, x[0] + x[1] * x[1] - 7
        g = torch.stack([4 * x[0] * a + 2 * b, 2 * a + 4 * x[1] * b])
        m = ADAM["beta1"] * m + (1 - ADAM["beta1"]) * g
        v = ADAM["beta2"] * v + (1 - ADAM["beta2"]) * g * g
        return x - ADAM["lr"] * (m / c1) / (torch.sqrt(v / c2) + ADAM["eps"]), m, v

    compiled = torch.compile(step)
    start = torch.from_numpy(grid(((-6, 6), (-6, 6)), int(side)))

    def run(count: int) -> Any:
        x, m, v = start, torch.zeros_like(start), torch.zeros_like(start)
        for t in range(1, count + 1):
            c1, c2 = (torch.tensor(1 - ADAM[beta] ** t, dtype=torch.float64) for beta in ("beta1", "beta2"))
            x, m, v = compiled(x, m, v, c1, c2)
        return x

    with torch.no_grad():
        run(3)
        measured(lambda: [run(int(steps)).numpy()])


def ten_torch(starts: str, steps: str) -> None:
    """The ten rules by hand on one tensor of all starts, the gradient of Beale by hand too."""
    import torch

    from tests.benchmarks.torch_rules import RULES, gradient

    start = torch.from_numpy(np.random.default_rng(0).uniform(-1, 1, (2, int(starts))))

    def run(rule: Any, start: Any) -> Any:
        x, state = start.clone(), rule.state(start)
        for t in range(1, int(steps) + 1):
            rule.step(x, gradient(x), state, t)
        return x.numpy()

    with torch.no_grad():
        measured(lambda: [run(rule, start) for rule in RULES])


WORKS: dict[str, Callable[..., None]] = {
    "adam": adam,
    "rules": rules,
    "floor": floor,
    "calls": calls,
    "profile": profile,
    "sweep": sweep,
    "adam_jax": adam_jax,
    "adam_torch": adam_torch,
    "ten_torch": ten_torch,
}

if __name__ == "__main__":
    WORKS[sys.argv[1]](*sys.argv[2:])
