"""The rows about batches of starts, in CPU seconds of the work alone: compiling, imports and other processes left out.

Below what is measured stands its floor, and where the time goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from tests.benchmarks.batch_parts import STEPS
from tests.benchmarks.process import PYTHON, cost
from tests.benchmarks.table import Effort, Row, seconds

Found: TypeAlias = dict[str, Any] | str  # what was measured, or what is not installed for it
RIVALS = {"jax": "jax.jit, scan of vmap", "torch": "torch.compile"}
FLOOR = "  its floor: what divisions and roots take alone"
CALLS = "  its floor: as many calls of NumPy's on one strip as wide"
SWEEP_FLOOR = "  its floor: the machine code alone, on two cores"


def batch(effort: Effort, folder: Path) -> Iterator[Row]:
    """Batches of starts."""
    yield from _adam(effort)
    yield from _rules(effort)
    yield from _sweep(effort, folder)


def _adam(effort: Effort) -> Iterator[Row]:
    side, steps = effort.of(400, 40), effort.of(300, 30)
    work = f"Adam, Himmelblau, {side} x {side} starts x {steps} steps"
    code, in_place = (_batch("adam", target, side, steps, effort=effort) for target in ("code", "in_place"))
    yield _share(f"{work}, NumPy", "the rule's own code", in_place, code, 0.45, same_bits=True)
    calls = _batch("calls", "adam", "himmelblau", side * side, steps, effort=effort)
    yield from _parts([(CALLS, calls)], code)
    lanes = _batch("adam", "lanes", side, steps, effort=effort, needs=("llvmlite",))
    yield _share(f"{work}, fast", "the rule's own code", lanes, code, 0.12, same_bits=True)
    floor = _batch("floor", "adam", "himmelblau", side * side, steps, effort=effort, needs=("llvmlite",))
    yield from _parts([(FLOOR, floor)], code)
    for package, against in RIVALS.items():
        theirs = _batch(f"adam_{package}", side, steps, effort=effort, needs=(package,))
        yield _share(f"{work}, fast", against, lanes, theirs, 0.25)
        yield from _parts([(FLOOR, floor)], theirs)
    yield from _profile(_batch("profile", "adam", "himmelblau", side * side, steps, effort=effort, needs=("llvmlite",)))


def _rules(effort: Effort) -> Iterator[Row]:
    starts, steps = effort.of(40_000, 1000), effort.of(200, 20)
    code = _batch("rules", "code", "all", starts, steps, effort=effort)
    lanes = _batch("rules", "lanes", "all", starts, steps, effort=effort, needs=("llvmlite",))
    work = f"31 rules, Beale, {starts} starts x {steps} steps, fast"
    yield _share(work, "their own code", lanes, code, 0.1, same_bits=True)
    yield from _parts(
        [(FLOOR, _batch("floor", "all", "beale", starts, steps, effort=effort, needs=("llvmlite",)))], code
    )
    yield from _profile(_batch("profile", "all", "beale", starts, steps, effort=effort, needs=("llvmlite",)))
    starts = effort.of(100_000, 1000)
    ten = _batch("rules", "lanes", "ten", starts, steps, 1e-4, effort=effort, needs=("llvmlite",))
    torch = _batch("ten_torch", starts, steps, effort=effort, needs=("torch",))
    yield _share(f"ten rules, Beale, {starts} starts x {steps} steps, fast", "torch by hand", ten, torch, 1 / 5)


def _batch(name: str, *arguments: object, effort: Effort, needs: tuple[str, ...] = ()) -> Found:
    """The least CPU seconds of some rounds of one of ``tests.benchmarks.batches``, or what is not installed for it."""
    missing = [package for package in needs if find_spec(package) is None]
    if missing:
        return f"{missing[0]} not installed"
    command = [PYTHON, "-m", "tests.benchmarks.batches", name, *map(str, arguments)]
    found: list[dict[str, Any]] = [json.loads(cost(command).printed.splitlines()[-1]) for _ in range(effort.of(2, 1))]
    return min(found, key=_cpu)


def _cpu(found: dict[str, Any]) -> float:
    return float(found["cpu"])


def _share(work: str, against: str, ours: Found, theirs: Found, ask: float, *, same_bits: bool = False) -> Row:
    """Our CPU seconds as a share of theirs."""
    asked = f"<= {ask:g}x"
    if isinstance(ours, str) or isinstance(theirs, str):
        here, there = ("" if isinstance(one, str) else seconds(_cpu(one)) for one in (ours, theirs))
        why = next(one for one in (ours, theirs) if isinstance(one, str))
        return Row(work, against, here, there, "", asked, None, why)
    ratio = _cpu(ours) / _cpu(theirs)
    equal = not same_bits or ours["digest"] == theirs["digest"]
    bits = f", bits {'equal' if equal else 'NOT equal'}" if same_bits else ""
    note = f"CPU seconds{bits}; {seconds(ours['wall'])} against {seconds(theirs['wall'])} on the clock"
    sides = seconds(_cpu(ours)), seconds(_cpu(theirs)), f"{ratio:.3f}x"
    return Row(work, against, *sides, asked, ratio <= ask and equal, note)


def _parts(parts: list[tuple[str, Found]], whole: Found) -> Iterator[Row]:
    """Parts of a work, as shares of another's CPU seconds."""
    for name, found in parts:
        if not isinstance(found, str) and not isinstance(whole, str):
            yield Row(name, "", seconds(_cpu(found)), "", f"{_cpu(found) / _cpu(whole):.3f}x", "", None)


def _profile(found: Found) -> Iterator[Row]:
    """Where a work's CPU seconds go."""
    if not isinstance(found, str):
        for name, cpu in found["parts"].items():
            yield Row(f"  {name}", "", seconds(cpu), "", f"{cpu / _cpu(found):.0%}", "", None)


def _sweep(effort: Effort, folder: Path) -> Iterator[Row]:
    """The sweep of learning rates, as a whole process with a cache folder of its own: the first time, then again."""
    rules, functions, steps = effort.of(31, 2), effort.of(1000, 2), effort.of(300, 30)
    digests = set()
    for again, workers, ask in ((False, 2, 30), (True, 2, 10), (True, 1, None)):
        command = [PYTHON, "-m", "tests.benchmarks.batches", "sweep", *map(str, (workers, rules, functions, steps))]
        whole = cost(["env", f"XDG_CACHE_HOME={folder}", *command])
        found = json.loads(whole.printed.splitlines()[-1])
        digests.add(found["digest"])
        when = "kernels kept" if again else "first time"
        work = f"sweep of all rules, functions and rates, {workers} workers, {when}"
        note = f"{seconds(whole.cpu)} CPU, {'bits equal' if len(digests) == 1 else 'bits NOT equal'}"
        met = None if ask is None else whole.wall <= ask and len(digests) == 1
        yield Row(work, "", seconds(whole.wall), "", "", "" if ask is None else f"<= {ask} s", met, note)
    steps = found["parts"].get(STEPS, 0.0)  # no lock of the interpreter's is held in machine code
    rest = f"the rest takes {seconds(_cpu(found) - steps)}, nearly all of it one thread at a time"
    yield Row(SWEEP_FLOOR, "", seconds(steps / 2), "", f"{steps / 2 / found['wall']:.3f}x", "", None, rest)
    yield from _profile(found)
