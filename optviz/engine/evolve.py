"""Moves a batch of points through their steps in blocks, by compiled stages; points that can change no more leave.

Nobody leaves because it seems to have arrived: a point leaves when it has diverged, or when a step left every bit of it
and of its state as it was and nothing else will change. What becomes of it is then known to the end.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from types import MappingProxyType
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.engine.stages import Plan, Stage
from optviz.formula.codegen.in_place import compile_in_place
from optviz.formula.codegen.lanes import (
    compile_lanes,
    driver,
    has_other_bits,
    is_available,
    is_kept,
    numbers_of,
    source,
)
from optviz.formula.codegen.vector_math import LANES
from optviz.parallel import cores, ordered

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
# blocks (blocks, rows, points), first step, step after the last, and where their first rows are kept after each step
Advance: TypeAlias = Callable[[Array, int, int, Array | None], None]

CACHE_LINE_BYTES = 64
CHUNK_STEPS = 100  # between two looks at who can leave
LONGEST_WORK = 1 << 26  # points times steps in one call where nobody can leave: a quarter of a second
LEAST_LOOK_WORK = 1 << 18  # points times steps, of which a quarter takes little longer than the look
SAMPLE_BLOCKS = 16  # looked at first: where few of their points can leave, the others need no look
LEAVING_SHARE = 0.25  # of the points, below which those who leave stay on for the sake of the others
WORK_PER_CORE = 130_000  # points times steps, of which fewer do not repay a thread of their own


class Target(Protocol):
    """What runs stages."""

    width: int  # most points in a block
    multiple: int  # which a block's width is one of
    in_threads: bool  # whether blocks are shared out among the cores

    def prepare(self, programs: Sequence[Sequence[Stage]]) -> list[Advance]:
        """Compile programs, stages that follow one another, to functions that move blocks through steps."""


class InPlace:
    """Runs stages by NumPy calls that write into memory at hand.

    In one thread: the calls are so short that two threads wait for the interpreter's lock more than they gain, and one
    takes less time on the clock than two do with the rule's own code.
    """

    width = 16_384
    multiple = CACHE_LINE_BYTES // 8  # each row begins where a line of the cache does: a fifth less time for most calls
    in_threads = False

    def prepare(self, programs: Sequence[Sequence[Stage]]) -> list[Advance]:
        """Compile the stages to calls."""
        return list(map(self.compiled, programs))

    @staticmethod
    def compiled(stages: Sequence[Stage]) -> Advance:
        """Compile a program."""
        compiled = [compile_in_place(stage.kernel) for stage in stages]
        floats, masks = (max((getattr(one, kind) for one in compiled), default=0) for kind in ("floats", "masks"))

        def advance(blocks: Array, begin: int, end: int, path: Array | None) -> None:
            points = blocks.shape[2]
            work, flags = _aligned((floats, points)), np.empty((masks, points), dtype=bool)
            numbers = [np.empty(stage.table.shape[1]) for stage in stages]
            with np.errstate(all="ignore"):  # which holds for one thread
                for number, rows in enumerate(blocks):
                    calls = [
                        one.bind(rows[stage.first :], own, work, flags)
                        for one, stage, own in zip(compiled, stages, numbers, strict=True)
                    ]
                    for t in range(begin, end):
                        for call, stage, own in zip(calls, stages, numbers, strict=True):
                            own[:] = stage.table[t]
                            call(None if stage.picks is None else stage.picks[t])
                        if path is not None:
                            path[number, t] = rows[: path.shape[2]]

        return advance


class Lanes:
    """Runs stages compiled to machine code."""

    width = 192  # at most a dozen rows of them fit into the nearest cache
    multiple = LANES
    in_threads = True

    def prepare(self, programs: Sequence[Sequence[Stage]]) -> list[Advance]:
        """Compile the stages, or load them from the cache folder; all share one table."""
        parts: list[Array] = []
        entries: dict[int, tuple[int, int, int]] = {}  # by stage: where its code is, its first row and first column
        columns = 0
        for stage in chain(*programs):
            if id(stage) not in entries:
                entries[id(stage)] = compile_lanes(source(stage.kernel)), stage.first, columns
                parts += (own := numbers_of(stage.kernel, stage.table, stage.picks))
                columns += sum(part.shape[1] for part in own)
        table = np.concatenate(parts, axis=1)
        return [_driven(np.array([entries[id(stage)] for stage in stages]), table) for stages in programs]


def _driven(entries: NDArray[np.int64], table: Array) -> Advance:
    """Return what drives blocks through kernels, given by their code, their first row and their first column."""
    drive, numbers = driver(), table.ctypes.data  # of a table that lives as long as what follows

    def advance(blocks: Array, begin: int, end: int, path: Array | None) -> None:
        count, rows, width = blocks.shape
        own = entries * [1, 8 * width, 8]
        drive(
            *(blocks.ctypes.data, count, 8 * rows * width, width, begin, end),
            *(own.ctypes.data, len(own), numbers, table.shape[1]),
            *((None, 0, 0) if path is None else (path.ctypes.data, *path.strides[:2])),
        )

    return advance


COMPILING_S, STARTING_S = 0.04, 0.2  # a kernel; LLVM itself
GAIN_S, GAIN_A_STEP_S = 8e-8, 1e-4  # of compiled stages over calls, a point and step, and a step
LATER_USES = 3  # of a kernel that is kept, by which its compiling repays too
LEAST_WORK, LEAST_STEPS = 5_000, 100  # points times steps, and steps, below which the rule's own code is as fast


def choose_target(plan: Plan, points: int, expect: int = 1) -> Target | None:
    """Return what runs a plan fastest for a number of points, compiling included; None for the rule's own code.

    expect: how many such runs there will be. Where compiled stages have other last bits than calls, neither what this
    process has imported nor what is kept decides: a run has the same bits wherever it is computed.
    """
    work = points * plan.steps
    if work < LEAST_WORK and plan.steps < LEAST_STEPS:
        return None
    gain = (GAIN_S * work + GAIN_A_STEP_S * plan.steps) * (expect + LATER_USES)
    if not is_available() or ("llvmlite" not in sys.modules and gain < STARTING_S):
        return InPlace()
    sources = {source(stage.kernel) for t in (1, plan.steps) for stage in plan.step(t)}
    if any(map(has_other_bits, sources)):
        return Lanes() if gain >= max(STARTING_S, COMPILING_S * len(sources)) else InPlace()
    cost = COMPILING_S * sum(not is_kept(text) for text in sources)
    return Lanes() if cost < gain else InPlace()


def evolve(
    plan: Plan,
    start: Array,
    target: Target,
    moments: Iterable[int] = (),
    known: Mapping[str, Array] = MappingProxyType({}),
    path: Array | None = None,
) -> Iterator[tuple[int, Mapping[str, Array]]]:
    """Move the starts (dim, n) through all steps; yield columns (n,) by name: all at moments, then ``plan.lasting``.

    Columns of a moment are there until the next one, and nobody leaves before the last moment. known: what the columns
    of these names begin with. path: (steps + 1, rows, n) to be filled with the first rows after every step; then nobody
    leaves at all.
    """
    moments = set(moments)
    last, places = max(moments, default=0), np.arange(start.shape[1])
    blocks = blocks_of(plan.begin(start, known), len(places), target)
    first = plan.rows[plan.lasting[0]]
    lasting = slice(first, first + len(plan.lasting))  # they stand side by side
    done: Array | None = None  # the lasting rows of all, once some have left
    kept = None if path is None else np.empty((len(blocks), *path.shape[:2], blocks.shape[2]))
    may_leave = kept is None and (plan.tally is not None or plan.settled_from <= plan.steps)
    portion = CHUNK_STEPS if may_leave else max(CHUNK_STEPS, LONGEST_WORK // len(places))
    for advance, begin, end in _chunks(plan, target, moments, portion):
        repays = len(places) * (end - begin) >= LEAST_LOOK_WORK
        looks = may_leave and repays and begin > max(last, 1) and _some_may_leave(plan, blocks, advance, begin)
        if looks:
            gone = _advance_and_look(plan, blocks, advance, begin)[: len(places)]
            if np.count_nonzero(gone) > LEAVING_SHARE * len(gone):
                done = np.empty((len(plan.lasting), start.shape[1])) if done is None else done
                rows = rows_of(blocks, len(places))
                done[:, places[gone]] = plan.settled(rows[lasting, gone], begin)
                places, rows = places[~gone], rows[:, ~gone]
                if not len(places):
                    break
                blocks = blocks_of(list(rows), len(places), target)
        advance(blocks, begin + looks, end, kept)
        if end - 1 in moments:
            yield end - 1, _Columns(blocks, plan.rows, len(places))
    if path is not None and kept is not None:
        path[:] = np.moveaxis(kept, 0, 2).reshape(*path.shape[:2], -1)[..., : len(places)]
    if done is None:
        done = rows_of(blocks[:, lasting], len(places))
    elif len(places):
        done[:, places] = rows_of(blocks[:, lasting], len(places))
    yield plan.steps, dict(zip(plan.lasting, done, strict=True))


def _chunks(plan: Plan, target: Target, moments: Iterable[int], portion: int) -> Iterator[tuple[Advance, int, int]]:
    """Yield the steps in portions, each with what runs it: up to a moment, to the tail, or to a look at who leaves."""
    tail = (plan.tally.tail_from if plan.tally else None) or 1
    programs = [plan.before(), plan.step(1), plan.step(plan.steps)]
    before, early, late = (_in_threads(target, advance) for advance in target.prepare(programs))
    yield before, 0, 1
    ends = {1, *(moment + 1 for moment in moments), tail, *range(1, plan.steps, portion), plan.steps + 1}
    for begin, end in pairwise(sorted(ends)):
        yield late if plan.is_late(begin) else early, begin, end


def _some_may_leave(plan: Plan, blocks: Array, advance: Advance, t: int) -> bool:
    """Try step t on copies of a few blocks, where there are many: whether enough of their points can change no more."""
    if len(blocks) <= SAMPLE_BLOCKS:
        return True
    gone = _advance_and_look(plan, blocks[:: len(blocks) // SAMPLE_BLOCKS].copy(), advance, t)
    return bool(np.count_nonzero(gone) > LEAVING_SHARE * len(gone))


def _advance_and_look(plan: Plan, blocks: Array, advance: Advance, t: int) -> Flags:
    """Move blocks through step t; return whose points can change no more."""
    gone = np.zeros((len(blocks), blocks.shape[2]), dtype=bool)
    before = blocks[:, plan.moving].view(np.int64) if plan.settled_from <= t else None
    advance(blocks, t, t + 1, None)
    if before is not None:
        gone |= (blocks[:, plan.moving].view(np.int64) == before).all(axis=1)
    if plan.tally is not None:
        gone |= blocks[:, plan.rows["kept"]] <= t
    return gone.ravel()


def _in_threads(target: Target, advance: Advance) -> Advance:
    """Return a function that moves blocks in as many threads as it repays."""

    def advance_all(blocks: Array, begin: int, end: int, path: Array | None) -> None:
        work = len(blocks) * blocks.shape[2] * (end - begin)
        most = min(len(blocks), work // WORK_PER_CORE)
        count = min(cores(), most) if target.in_threads and most > 1 else 1
        if begin == end:
            return
        if count == 1:
            advance(blocks, begin, end, path)
            return
        ends = [len(blocks) * number // count for number in range(count + 1)]
        parts = [slice(*pair) for pair in pairwise(ends)]
        for _ in ordered(
            lambda part: advance(blocks[part], begin, end, None if path is None else path[part]), parts, ahead=count
        ):
            pass

    return advance_all


def blocks_of(rows: Sequence[Array | float], count: int, target: Target, further: int = 0) -> Array:
    """Lay rows, numbers or (count,), out as (blocks, rows, width); the last block is filled up with its last point.

    further: rows after them, with anything in them.
    """
    most = -(-target.width // target.multiple) * target.multiple
    number = -(-count // most)
    width = -(-count // (number * target.multiple)) * target.multiple
    blocks = _aligned((number, len(rows) + further, width))
    full = (number - 1) * width  # points in all blocks but the last
    for place, row in enumerate(rows):
        if isinstance(row, np.ndarray):
            blocks[:-1, place] = row[:full].reshape(-1, width)
            blocks[-1, place, : count - full] = row[full:]
        else:
            blocks[:, place] = row
    blocks[-1, :, count - full :] = blocks[-1, :, count - full - 1, np.newaxis]
    return blocks


def rows_of(blocks: Array, count: int) -> Array:
    """Return the rows of all blocks, (rows, count)."""
    return blocks.swapaxes(0, 1).reshape(blocks.shape[1], -1)[:, :count]


def _aligned(shape: tuple[int, ...]) -> Array:
    """Make an array that begins where a line of the cache does: no vector of points then lies in two."""
    size = math.prod(shape)
    memory = np.empty(size + CACHE_LINE_BYTES // 8)
    first = -memory.ctypes.data % CACHE_LINE_BYTES // 8
    return memory[first : first + size].reshape(shape)


@dataclass(frozen=True)
class _Columns(Mapping[str, Array]):
    """The rows of all blocks as columns (count,), each copied when it is asked for."""

    blocks: Array
    rows: Mapping[str, int]
    count: int

    def __getitem__(self, name: str) -> Array:
        return self.blocks[:, self.rows[name]].flatten()[: self.count]

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)
