"""Cuts polylines into short straight strokes, in the order in which they are drawn.

A stroke is drawn whole or not at all, and always in the same order; so drawing from step 0 to k at once gives the
same pixels as drawing frame by frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NONE = np.empty(0, np.int64)

GRAIN_PX = 0.35  # pixels: movement below this is not worth a stroke
LEAST_SHARED = 9.0  # times the width within which paths hide one another, that they do so in a row: else they cross
AWHILE = 14.0  # times that width along a path, after which it comes back to where it was
MARGIN_CELLS = 3  # around the lattice in which paths meet, none of which another path's reach
MOST_SAMPLES = 100_000  # samples of a path when it is compared with others
LEFT_OUT, DIMMED, WHOLE = 0, 1, 2  # tones of a stroke; a dimmed one has no halo
BEAD_WIDTHS, DOT_PX = 2.6, 0.02  # of its line's width, a bead's; length of the stroke whose round caps are a dot
REACH_PICTURES = 4.0  # a path is followed at most this many picture widths beyond the picture


@dataclass(frozen=True)
class Strokes:
    """Every line's strokes, n in all, sorted by the step that draws them.

    In pixels from the lower left corner, widths in points.
    """

    segments: Floats  # (n, 2, 2)
    steps: NDArray[np.int64]  # (n,) the step that a stroke leads to
    owners: NDArray[np.int64]  # (n,) the line that a stroke or its halo belongs to
    colours: Floats  # (n, 4)
    widths: Floats  # (n,)
    caps: NDArray[np.str_]  # (n,) round for lines; butt for halos, which would else eat into the stroke before
    shares: Floats  # (n, 2) of its line's way to that step: where a stroke begins and ends
    memory: int | None = field(default=None, kw_only=True)  # steps that a stroke stays; None: for good

    def of(self, owners: Sequence[int]) -> Strokes:
        """Return the strokes of some of the lines."""
        return self.only(np.isin(self.owners, owners))

    def only(self, flags: Flags) -> Strokes:
        """Return those of the strokes that are flagged, (n,)."""
        return Strokes(*(column[flags] for column in self._columns), memory=self.memory)

    def seen_at(self, step: int) -> slice:
        """Return the strokes that are on the picture after ``step``."""
        return self.between(0 if self.memory is None else step - self.memory, step)

    def begun(self, step: int, share: float) -> list[tuple[int, Strokes]]:
        """Return the ``share`` (0 to 1) of every line's way to the step after ``step`` that is gone, by its number."""
        part = self.between(step, step + 1)
        begun = []
        for owner in np.unique(self.owners[part]).tolist():
            drawn = (self.owners[part] == owner) & (self.shares[part, 0] < share)
            begun.append((owner, self._cut_at(part.start + np.flatnonzero(drawn), share)))
        return begun

    def _cut_at(self, numbers: NDArray[np.int64], share: float) -> Strokes:
        """Return some strokes that begin before a ``share`` of the way, cut where it ends."""
        _, *looks = self._columns
        begins, ends = self.shares[numbers].T
        parts = np.minimum((share - begins) / np.maximum(ends - begins, 1e-9), 1.0)[:, None]
        starts, stops = self.segments[numbers, 0], self.segments[numbers, 1]
        return Strokes(
            np.stack([starts, starts + parts * (stops - starts)], axis=1), *(look[numbers] for look in looks)
        )

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        return self.segments, self.steps, self.owners, self.colours, self.widths, self.caps, self.shares

    def between(self, first: int, last: int) -> slice:
        """Return the strokes drawn after step ``first``, up to and including step ``last``."""
        low, high = np.searchsorted(self.steps, (first, last), side="right")
        return slice(int(low), int(high))


Dash = tuple[float, float, float]  # begin, end, period


@dataclass(frozen=True)
class Cover:
    """What a path lies on: (n,) intervals along it that begin at ``edges``, in pixels."""

    edges: Floats
    ranks: NDArray[np.int64]  # how many other lines were drawn there before
    crowded: NDArray[np.bool_]  # whether lines are so near that a halo would erase them
    slot: float  # pixels along the path; of four in a row, some belong to each of the lines

    @property
    def is_clear(self) -> bool:
        """Whether it lies on nothing and near nothing."""
        return not self.ranks.any() and not self.crowded.any()

    def interval(self, at: Floats) -> NDArray[np.int64]:
        """Return the interval of each place along the path."""
        return np.asarray(np.clip(np.searchsorted(self.edges, at, side="right") - 1, 0, len(self.edges) - 1))

    def rank_at(self, at: Floats) -> NDArray[np.int64]:
        """Return how many lines lie below each place along the path."""
        return np.asarray(self.ranks[self.interval(at)])


@dataclass(frozen=True)
class Polyline:
    """A racer's path on the picture: ``points`` (n, 2) in pixels, one for each step where ``steps`` is None.

    ``dash`` is in pixels along the path: of every period that part is drawn; None draws all. Where ``cover`` says that
    it lies on other lines, it is drawn in slots between which those are seen.
    """

    points: Floats
    colour: str
    width: float
    dash: Dash | None = None
    cover: Cover | None = None
    steps: NDArray[np.int64] | None = None  # (n,) the step at which each point is reached, never falling
    tones: NDArray[np.int8] | None = None  # (n,) LEFT_OUT, DIMMED or WHOLE: how the stroke to each point is drawn
    dimmed: str = ""  # the colour of dimmed strokes
    beads: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))  # see string_beads


def cut_strokes(
    lines: Iterable[Polyline], halo: str | None, halo_width: float, size: tuple[int, int], memory: int | None = None
) -> Strokes:
    """Cut all ``lines`` into strokes: within a step first every halo, then lines, then beads, in their order.

    halo: its colour, None for none, and ``halo_width`` points on either side. size: (width, height) of the picture in
    pixels. memory: steps that a stroke stays; None for good.
    """
    pieces = [piece for rank, line in enumerate(lines) for piece in _pieces(rank, line, halo, halo_width, size)]
    if not pieces:
        return Strokes(
            np.empty((0, 2, 2)), _NONE, _NONE, np.empty((0, 4)), np.empty(0), np.empty(0, str), np.empty((0, 2))
        )
    columns = [np.concatenate(column) for column in zip(*(piece for _, piece in pieces), strict=True)]
    kind = np.concatenate([np.full(len(piece[1]), at) for at, piece in pieces])
    _, steps, owners, *_ = columns
    order = np.lexsort((owners, kind, steps))
    return Strokes(*(column[order] for column in columns), memory=memory)


_Piece = tuple[Floats, NDArray[np.int64], NDArray[np.int64], Floats, Floats, NDArray[np.str_], Floats]


def _pieces(
    rank: int, line: Polyline, halo: str | None, halo_width: float, size: tuple[int, int]
) -> Iterator[tuple[int, _Piece]]:
    """Yield the strokes of the halo, of the line and of its beads: 0, 1 or 2, and the columns of Strokes."""
    segments, reached, crowded, shares = _cut(line, size)
    steps, whole, drawn, paints = _looks(line, reached)
    if halo is not None:
        ground = np.tile(to_rgba(halo), (len(reached), 1))
        width = line.width + 2 * halo_width
        yield 0, _piece(rank, segments, steps, ground, width, "butt", shares, whole & ~crowded)
    yield 1, _piece(rank, segments, steps, paints, line.width, "round", shares, drawn)
    if len(line.beads):
        dots = _brought_near(line.points[line.beads[:, 0]], size)
        _, _, seen, colours = _looks(line, line.beads[:, 0])
        strung, *_ = _looks(line, line.beads[:, 1])
        beads, whole_way = np.stack([dots, dots + DOT_PX], axis=1), np.ones((len(dots), 2))
        yield 2, _piece(rank, beads, strung, colours, BEAD_WIDTHS * line.width, "round", whole_way, seen)


def _looks(line: Polyline, reached: NDArray[np.int64]) -> tuple[NDArray[np.int64], Flags, Flags, Floats]:
    """Return the steps at which a line's points are reached, which are whole, which are drawn, and their colours."""
    steps = reached if line.steps is None else line.steps[reached]
    tones = np.full(len(reached), WHOLE) if line.tones is None else line.tones[reached]
    whole = tones == WHOLE
    paints = np.where(whole[:, None], to_rgba(line.colour), to_rgba(line.dimmed or line.colour))
    return steps, whole, tones != LEFT_OUT, paints


def string_beads(points: Floats, steps: NDArray[np.int64], every: int, apart: float) -> NDArray[np.int64]:
    """Return (beads, 2) the numbers of the points that have a bead, one each ``every`` steps, and from which on.

    A bead is drawn when the line is ``apart`` pixels farther, so that its halo does not cut the bead; it is left out
    where it would lie within ``apart`` of the bead before. steps: (n,) at which each point is reached.
    """
    wanted = np.arange(every, steps[-1] + 1, every)
    numbers = np.searchsorted(steps, wanted, side="right") - 1
    kept, last = [], points[0]
    for number in numbers[steps[numbers] == wanted].tolist():
        left = np.hypot(*(points[number:] - points[number]).T) >= apart
        if left.any() and np.hypot(*(points[number] - last)) >= apart:
            kept.append((number, number + int(left.argmax())))
            last = points[number]
    return np.array(kept, np.int64).reshape(-1, 2)


def _piece(
    rank: int,
    segments: Floats,
    steps: NDArray[np.int64],
    colours: Floats,
    width: float,
    cap: str,
    shares: Floats,
    kept: NDArray[np.bool_],
) -> _Piece:
    count = int(kept.sum())
    columns = np.full(count, rank), colours[kept], np.full(count, width), np.full(count, cap), shares[kept]
    return segments[kept], steps[kept], *columns


def _cut(line: Polyline, size: tuple[int, int]) -> tuple[Floats, NDArray[np.int64], Flags, Floats]:
    """Return the segments (n, 2, 2) of a line, the number of the point each leads to, and whether it is crowded.

    Last come (n, 2) where on the way to its step each begins and ends, as shares of that way.
    """
    points, numbers = _thin(_brought_near(line.points, size))
    along = _along(points)
    if len(points) < 2 or (line.dash is None and (line.cover is None or line.cover.is_clear)):
        segments, ends = np.stack([points[:-1], points[1:]], axis=1), np.column_stack([along[:-1], along[1:]])
        reached, crowded = numbers[1:], np.zeros(len(numbers) - 1, bool)
    else:
        segments, ends, reached, crowded = _dashed(points, numbers, line.dash, line.cover)
    steps = numbers if line.steps is None else line.steps[numbers]
    first, last = (
        along[np.maximum(np.searchsorted(steps, steps[np.searchsorted(numbers, reached)], side=side) - 1, 0)][:, None]
        for side in ("left", "right")
    )
    return segments, reached, crowded, (ends - first) / np.maximum(last - first, 1e-9)


def _brought_near(points: Floats, size: tuple[int, int]) -> Floats:
    """Return points (n, 2), those far away brought nearer, still out of sight: Agg counts in 24 bits."""
    reach = REACH_PICTURES * max(size)
    return np.clip(points, -reach, reach)


def _thin(points: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Keep only the points where the path enters another cell of a fine lattice; return them and their numbers.

    Of a path that runs from left to right, such as a million noisy steps over time, only what can be seen of each of
    the lattice's columns: its first, lowest, highest and last point.
    """
    cells = np.floor(points / GRAIN_PX)
    kept = np.flatnonzero(np.concatenate([[True], np.any(np.diff(cells, axis=0) != 0, axis=1)]))
    columns = cells[kept, 0]
    if (np.diff(columns) >= 0).all():
        kept = kept[_outermost(columns, points[kept, 1])]
    return points[kept], kept


def _outermost(columns: Floats, heights: Floats) -> NDArray[np.int64]:
    """Return the first, lowest, highest and last point in each of the rising ``columns``, in their own order."""
    edges = np.flatnonzero(np.diff(columns)) + 1
    firsts, lasts = np.concatenate([[0], edges]), np.concatenate([edges, [len(columns)]]) - 1
    by_height = np.lexsort((heights, columns))
    return np.unique(np.concatenate([firsts, lasts, by_height[firsts], by_height[lasts]]))


def _dashed(
    points: Floats, numbers: NDArray[np.int64], dash: Dash | None, cover: Cover | None
) -> tuple[Floats, Floats, NDArray[np.int64], Flags]:
    """Return a path's visible pieces, where along it they lie, the number of the point each leads to, the crowded ones.

    Where a path lies on one, two or more others it is seen for two, one and one of every four slots.
    """
    along = _along(points)
    cuts = [along]
    if cover is not None:
        marks = np.arange(0.0, along[-1], cover.slot)
        cuts += [cover.edges, marks[cover.rank_at(marks) > 0]]
    if dash is not None:
        periods = np.arange(0.0, along[-1], dash[2])
        cuts += [periods + dash[0], periods + dash[1]]
    at = np.unique(np.concatenate(cuts))
    at = at[at <= along[-1]]
    places = np.column_stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)])
    middle = (at[:-1] + at[1:]) / 2
    seen = np.full(len(middle), True)
    crowded = ~seen
    if dash is not None:
        seen &= (middle % dash[2] >= dash[0]) & (middle % dash[2] < dash[1])
    if cover is not None:
        rank, slot = cover.rank_at(middle), np.floor(middle / cover.slot).astype(int) % 4
        seen &= (rank == 0) | ((rank == 1) & (slot % 2 == 1)) | (slot == np.minimum(rank, 3)) & (rank > 1)
        crowded = cover.crowded[cover.interval(middle)]
    reached = numbers[np.searchsorted(along, at[1:], side="left")]
    pieces, ends = np.stack([places[:-1], places[1:]], axis=1), np.column_stack([at[:-1], at[1:]])
    return pieces[seen], ends[seen], reached[seen], crowded[seen]


def covers(
    paths: list[Floats], near: float, size: tuple[int, int], steps: list[NDArray[np.int64]], whose: Sequence[int]
) -> list[Cover]:
    """Return for each path where it lies on others that were drawn before it gets there.

    Two paths hide one another within ``near`` pixels, for at least ``LEAST_SHARED`` of that in a row. steps: at which
    each path's points are reached. whose: its owner; a path does not hide another of the same owner, but crowds it.
    """
    if not paths:  # of racers that all diverge before they have any
        return []
    shape = int(size[1] / near) + 3 + 2 * MARGIN_CELLS, int(size[0] / near) + 3 + 2 * MARGIN_CELLS
    sampled = [_sampled(path, reached, near, size, shape) for path, reached in zip(paths, steps, strict=True)]
    ground, places = np.full(shape[0] * shape[1], np.inf), [one.cells for one in sampled]
    close, around = (
        [_least_around(ground, shape[1], *one.entries, away, places) for one in sampled] for away in (1, 2)
    )  # of each path, when it first comes by the places of each
    found = []
    for path, (at, step, cells, (entered, _), since) in enumerate(sampled):
        before = np.arange(len(paths)) < path  # of two that come at once, the earlier in the race is drawn first
        others = np.array([owner != whose[path] for owner in whose])
        here, wide = (np.stack([first[path] for first in firsts]) for firsts in (close, around))
        under = ((here < step) | ((here == step) & before[:, None])) & others[:, None]
        under &= _lasting(under.any(axis=0), at, LEAST_SHARED * near)
        beside = (((wide < step) | ((wide == step) & before[:, None])) & others[:, None]).any(axis=0)
        beside = _lasting(beside, at, LEAST_SHARED * near)
        (early,) = _least_around(ground, shape[1], entered, since, 2, [cells])
        returns = at - early > AWHILE * near  # to where it has been a while before
        found.append(_cover(at, under.sum(axis=0), beside | returns, 4 * near))
    return found


class _Sampled(NamedTuple):
    """Places along a path, at most half a cell apart, in a lattice of cells with a margin."""

    at: Floats  # (n,) along the path
    steps: NDArray[np.int64]  # (n,) at which they are reached
    cells: NDArray[np.int64]  # (n,) their numbers, 0 for all that are off the picture
    entries: tuple[NDArray[np.int64], NDArray[np.int64]]  # the cells on the picture in turn, and the steps
    since: NDArray[np.float32]  # where along the path each of those is entered


def _sampled(
    path: Floats, reached: NDArray[np.int64], near: float, size: tuple[int, int], shape: tuple[int, int]
) -> _Sampled:
    """Return places along a path whose points are reached at those steps, and their cells of side ``near``."""
    points, numbers = _thin(_brought_near(path, size))
    along = _along(points)
    at = np.linspace(0.0, along[-1], min(int(along[-1] / near * 2) + 2, MOST_SAMPLES))
    steps = reached[numbers[np.minimum(np.searchsorted(along, at), len(numbers) - 1)]]
    column, row = (np.floor(np.interp(at, along, points[:, axis]) / near).astype(np.int64) for axis in (0, 1))
    height, width = shape[0] - 2 * MARGIN_CELLS, shape[1] - 2 * MARGIN_CELLS
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    cells = np.where(inside, (row + MARGIN_CELLS) * shape[1] + column + MARGIN_CELLS, 0)
    entries = np.flatnonzero((np.diff(cells, prepend=0) != 0) & inside)
    return _Sampled(at, steps, cells, (cells[entries], steps[entries]), at[entries].astype(np.float32))


def _least_around(
    ground: Floats,
    width: int,
    cells: NDArray[np.int64],
    numbers: NDArray[Any],
    reach: int,
    asked: list[NDArray[np.int64]],
) -> list[Floats]:
    """Return for each of the ``asked`` cells the least of the ``numbers`` at ``cells`` up to ``reach`` away.

    ground: a lattice of that width, infinite everywhere and so again at the end.
    """
    near = np.arange(-reach, reach + 1)
    spread = (cells[:, None] + (near[:, None] * width + near).ravel()).ravel()
    np.minimum.at(ground, spread, np.repeat(numbers.astype(float), len(near) ** 2))
    found = [ground[some] for some in asked]
    ground[spread] = np.inf
    return found


def _lasting(flags: NDArray[np.bool_], at: Floats, least: float) -> NDArray[np.bool_]:
    """Return ``flags`` without the runs that are shorter than ``least`` along the path."""
    kept = flags.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if at[end - 1] - at[begin] < least:
            kept[begin:end] = False
    return kept


def _cover(at: Floats, ranks: NDArray[np.int64], crowded: NDArray[np.bool_], slot: float) -> Cover:
    """Sum samples up to intervals of one kind."""
    changes = np.flatnonzero((np.diff(ranks) != 0) | np.diff(crowded)) + 1
    starts = np.concatenate([[0], changes])
    return Cover(at[starts], ranks[starts], crowded[starts], slot)


def _along(points: Floats) -> Floats:
    """Return (n,) the way along a path up to each of its points."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
