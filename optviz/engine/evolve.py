"""Moves a batch of points through their steps in blocks, by compiled stages; points that can change no more leave.

Nobody leaves because it seems to have arrived: a point leaves when it has diverged, or when a step left every bit of it
and of its state as it was and nothing else will change. What becomes of it is then known to the end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.engine.stages import Plan, Stage
from optviz.formula.codegen.in_place import compile_in_place
from optviz.formula.codegen.lanes import (
    compile_lanes,
    driver,
    is_available,
    is_kept,
    source,
    width_of,
)
from optviz.formula.codegen.vector_math import LANES
from optviz.parallel import cores, ordered

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Advance: TypeAlias = Callable[[Array, int, int], None]  # blocks (blocks, rows, points), first step, step after the last

CHUNK_STEPS = 64  # between two looks at who can leave
LEAVING_SHARE = 0.25  # of the points, below which those who leave stay on for the sake of the others
POINTS_PER_CORE = 2048  # fewer do not repay a thread of their own


class Target(Protocol):
    """What runs stages."""

    width: int  # points in a block
    multiple: int  # which a block's width is one of

    def prepare(self, stages: Sequence[Stage]) -> Advance:
        """Compile the stages to a function that moves blocks through steps."""


class InPlace:
    """Runs stages by NumPy calls that write into memory at hand."""

    width = 32_768  # narrower blocks have calls so short that two threads wait for one another more than they work
    multiple = 1

    def prepare(self, stages: Sequence[Stage]) -> Advance:
        """Compile the stages to calls."""
        compiled = [compile_in_place(stage.kernel) for stage in stages]
        floats, masks = (max((getattr(one, kind) for one in compiled), default=0) for kind in ("floats", "masks"))

        def advance(blocks: Array, begin: int, end: int) -> None:
            points = blocks.shape[2]
            work, flags = np.empty((floats, points)), np.empty((masks, points), dtype=bool)
            with np.errstate(all="ignore"):  # which holds for one thread
                for rows in blocks:
                    views = [list(rows[stage.first :]) for stage in stages]
                    for t in range(begin, end):
                        for one, own, stage in zip(compiled, views, stages, strict=True):
                            numbers = [stage.table[t, place, ...] for place in range(stage.table.shape[1])]
                            picks = None if stage.picks is None else stage.picks[t]
                            one.call(own, numbers, picks, work, flags)

        return advance


class Lanes:
    """Runs stages compiled to machine code."""

    width = 128
    multiple = LANES

    def prepare(self, stages: Sequence[Stage]) -> Advance:
        """Compile the stages, or load them from the cache folder."""
        tables = [_numbers(stage) for stage in stages]
        columns = [8 * column for column in np.cumsum([0, *(table.shape[1] for table in tables[:-1])])]
        table = np.ascontiguousarray(np.concatenate(tables, axis=1))
        codes, firsts = [compile_lanes(source(stage.kernel)) for stage in stages], [stage.first for stage in stages]
        drive = driver()

        def advance(blocks: Array, begin: int, end: int) -> None:
            count, rows, width = blocks.shape
            entries = np.array([codes, [8 * width * first for first in firsts], columns], dtype=np.int64).T.copy()
            drive(
                *(blocks.ctypes.data, count, 8 * rows * width, width, begin, end),
                *(entries.ctypes.data, len(entries), table.ctypes.data, table.shape[1]),
            )

        return advance


def _numbers(stage: Stage) -> Array:
    """A stage's table, and what its points pick from."""
    own = stage.table[:, : width_of(stage.kernel)]
    return own if stage.picks is None else np.concatenate([own, stage.picks], axis=1)


COMPILING_S, STARTING_S = 0.04, 0.2  # a kernel; LLVM itself
GAIN_S, GAIN_A_STEP_S = 8e-8, 1e-4  # of compiled stages over calls, a point and step, and a step
LATER_USES = 3  # of a kernel that is kept, by which its compiling repays too
LEAST_WORK, LEAST_STEPS = 5_000, 100  # points times steps, and steps, below which the rule's own code is as fast


def choose_target(plan: Plan, points: int, expect: int = 1) -> Target | None:
    """Return what runs a plan fastest for so many points, compiling included; None for the rule's own code.

    expect: how many such runs there will be.
    """
    work = points * plan.steps
    if work < LEAST_WORK and plan.steps < LEAST_STEPS:
        return None
    gain = (GAIN_S * work + GAIN_A_STEP_S * plan.steps) * (expect + LATER_USES)
    if not is_available() or ("llvmlite" not in sys.modules and gain < STARTING_S):
        return InPlace()
    sources = {source(stage.kernel) for t in (1, plan.steps) for stage in plan.step(t)}
    cost = COMPILING_S * sum(not is_kept(text) for text in sources)
    return Lanes() if cost < gain else InPlace()


def evolve(
    plan: Plan,
    start: Array,
    target: Target,
    moments: Iterable[int] = (),
    known: Mapping[str, Array] = MappingProxyType({}),
) -> Iterator[tuple[int, Array]]:
    """Move the starts (dim, n) through all steps; yield the rows (rows, n) of ``plan.rows`` at moments and at the end.

    Nobody leaves before the last moment. known: what the rows of these names begin with.
    """
    moments = set(moments)
    last = max(moments, default=0)
    done, places = plan.begin(start, known), np.arange(start.shape[1])
    blocks = _blocks(done, target)
    for advance, begin, end in _chunks(plan, target, moments):
        look = end > last and 1 < end <= plan.steps
        gone = _advance(plan, blocks, advance, begin, end, look)[: len(places)]
        if end - 1 in moments:
            yield end - 1, _flat(blocks, len(places))
        if look and gone.mean() > LEAVING_SHARE:
            rows = _flat(blocks, len(places))
            done[:, places[gone]] = plan.last_rows(rows[:, gone], end - 1)
            places, blocks = places[~gone], _blocks(rows[:, ~gone], target)
            if not len(places):
                break
    done[:, places] = _flat(blocks, len(places))
    yield plan.steps, done


def _chunks(plan: Plan, target: Target, moments: Iterable[int]) -> Iterator[tuple[Advance, int, int]]:
    """The steps in portions, each with what runs it: up to every moment, to the tail, and to a look at who leaves."""
    yield target.prepare(plan.before()), 0, 1
    tail = plan.tally.tail_from if plan.tally else 0
    ends = {1, *(moment + 1 for moment in moments), max(1, tail), *range(1, plan.steps, CHUNK_STEPS), plan.steps + 1}
    runs: dict[bool, Advance] = {}
    for begin, end in pairwise(sorted(ends)):
        late = begin >= tail
        if late not in runs:
            runs[late] = target.prepare(plan.step(begin))
        yield runs[late], begin, end


def _advance(plan: Plan, blocks: Array, advance: Advance, begin: int, end: int, look: bool) -> Flags:
    """Move all blocks, in as many threads as it repays; return who can change no more, where it is looked for."""
    gone = np.zeros((len(blocks), blocks.shape[2]), dtype=bool)
    if not look or plan.settled_from >= end:
        _in_threads(advance, blocks, begin, end)
    else:
        if begin < end - 1:
            _in_threads(advance, blocks, begin, end - 1)
        before = blocks[:, plan.moving].view(np.int64)
        _in_threads(advance, blocks, end - 1, end)
        gone |= (blocks[:, plan.moving].view(np.int64) == before).all(axis=1)
    if look and plan.tally is not None:
        gone |= blocks[:, plan.rows["kept"]] < end
    return gone.ravel()


def _in_threads(advance: Advance, blocks: Array, begin: int, end: int) -> None:
    most = min(len(blocks), len(blocks) * blocks.shape[2] // POINTS_PER_CORE)
    count = min(cores(), most) if most > 1 else 1
    if count == 1:
        advance(blocks, begin, end)
        return
    ends = [len(blocks) * number // count for number in range(count + 1)]
    parts = [blocks[first:last] for first, last in pairwise(ends)]
    for _ in ordered(lambda part: advance(part, begin, end), parts, ahead=count):
        pass


def _blocks(rows: Array, target: Target) -> Array:
    """(rows, n) laid out as (blocks, rows, width); the last block is filled up with its last point."""
    count = rows.shape[1]
    width = -(-max(1, min(target.width, count)) // target.multiple) * target.multiple
    missing = -count % width
    padded = np.concatenate([rows, np.repeat(rows[:, -1:], missing, axis=1)], axis=1) if missing else rows
    return np.ascontiguousarray(padded.reshape(len(rows), -1, width).transpose(1, 0, 2))


def _flat(blocks: Array, count: int) -> Array:
    """(blocks, rows, width) laid out as (rows, count)."""
    return blocks.transpose(1, 0, 2).reshape(blocks.shape[1], -1)[:, :count].copy()
