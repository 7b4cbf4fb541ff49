"""Cuts polylines into short straight strokes, in the order in which they are drawn.

A stroke is drawn whole or not at all, and always in the same order; so drawing from step 0 to k at once gives the
same pixels as drawing frame by frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GRAIN_PX = 0.35  # pixels: movement below this is not worth a stroke
HIDING_SHARE = 0.6  # of the longer path's length, for two paths to count as hiding one another
MOST_SAMPLES = 100_000  # samples of a path when it is compared with others
LEFT_OUT, DIMMED, WHOLE = 0, 1, 2  # tones of a stroke; a dimmed one has no halo
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
    memory: int | None = None  # steps that a stroke stays; None: for good

    def of(self, owners: Sequence[int]) -> Strokes:
        """Return the strokes of some of the lines."""
        mine = np.isin(self.owners, owners)
        segments, steps, whose = self.segments[mine], self.steps[mine], self.owners[mine]
        return Strokes(segments, steps, whose, self.colours[mine], self.widths[mine], self.caps[mine], self.memory)

    def seen_at(self, step: int) -> slice:
        """Return the strokes that are on the picture after ``step``."""
        return self.between(0 if self.memory is None else step - self.memory, step)

    def begun(self, step: int, share: float) -> list[tuple[int, Strokes]]:
        """Return the ``share`` (0 to 1) of every line's way to the step after ``step`` that is gone, by its number."""
        part = self.between(step, step + 1)
        begun = []
        for owner in np.unique(self.owners[part]).tolist():
            mine = part.start + np.flatnonzero(self.owners[part] == owner)
            kinds = [mine[self.caps[mine] == cap] for cap in ("butt", "round")]  # halo, then line
            begun.append((owner, self._joined([self._first(kind, share) for kind in kinds if len(kind)])))
        return begun

    def _first(self, numbers: NDArray[np.int64], share: float) -> tuple[NDArray[np.int64], Floats]:
        """Return those of strokes in a row that a ``share`` of their length reaches, and their segments, cut there."""
        segments = self.segments[numbers]
        lengths = np.hypot(*(segments[:, 1] - segments[:, 0]).T)
        left = share * lengths.sum() - (np.cumsum(lengths) - lengths)
        drawn = left > 0
        parts = np.minimum(left[drawn] / np.maximum(lengths[drawn], 1e-9), 1.0)[:, None]
        begins, ends = segments[drawn, 0], segments[drawn, 1]
        return numbers[drawn], np.stack([begins, begins + parts * (ends - begins)], axis=1)

    def _joined(self, pieces: list[tuple[NDArray[np.int64], Floats]]) -> Strokes:
        numbers = np.concatenate([piece[0] for piece in pieces])
        looks = (self.steps, self.owners, self.colours, self.widths, self.caps)
        return Strokes(np.concatenate([piece[1] for piece in pieces]), *(look[numbers] for look in looks))

    def between(self, first: int, last: int) -> slice:
        """Return the strokes drawn after step ``first``, up to and including step ``last``."""
        low, high = np.searchsorted(self.steps, (first, last), side="right")
        return slice(int(low), int(high))


@dataclass(frozen=True)
class Polyline:
    """A racer's path on the picture: ``points`` (n, 2) in pixels, one for each step where ``steps`` is None.

    ``dash`` is (begin, end, period) in pixels along the path: of every period that part is drawn; None draws all.
    """

    points: Floats
    colour: str
    width: float
    dash: tuple[float, float, float] | None = None
    steps: NDArray[np.int64] | None = None  # (n,) the step at which each point is reached, never falling
    tones: NDArray[np.int8] | None = None  # (n,) LEFT_OUT, DIMMED or WHOLE: how the stroke to each point is drawn
    dimmed: str = ""  # the colour of dimmed strokes


def cut_strokes(
    lines: Iterable[Polyline], halo: str | None, halo_width: float, size: tuple[int, int], memory: int | None = None
) -> Strokes:
    """Cut all ``lines`` into strokes: within a step first every halo, then every line, in the racers' order.

    halo: its colour, None for none, and ``halo_width`` points on either side. size: (width, height) of the picture in
    pixels. memory: steps that a stroke stays; None for good.
    """
    pieces = [_pieces(rank, line, halo, halo_width, size) for rank, line in enumerate(lines)]
    if not pieces:
        return Strokes(np.empty((0, 2, 2)), _NONE, _NONE, np.empty((0, 4)), np.empty(0), np.empty(0, str))
    columns = [np.concatenate(column) for column in zip(*(piece for pair in pieces for piece in pair), strict=True)]
    is_line = np.concatenate([np.full(len(p[1]), at) for pair in pieces for at, p in enumerate(pair, 2 - len(pair))])
    _, steps, owners, *_ = columns
    order = np.lexsort((owners, is_line, steps))
    segments, steps, owners, colours, widths, caps = (column[order] for column in columns)
    return Strokes(segments, steps, owners, colours, widths, caps, memory)


_NONE = np.empty(0, np.int64)
_Piece = tuple[Floats, NDArray[np.int64], NDArray[np.int64], Floats, Floats, NDArray[np.str_]]


def _pieces(rank: int, line: Polyline, halo: str | None, halo_width: float, size: tuple[int, int]) -> list[_Piece]:
    """Return the halo's strokes, where there is one, and the line's, each as the columns of Strokes."""
    segments, reached = _cut(line, size)
    steps = reached if line.steps is None else line.steps[reached]
    tones = np.full(len(reached), WHOLE) if line.tones is None else line.tones[reached]
    whole, drawn = tones == WHOLE, tones != LEFT_OUT
    paints = np.where(whole[:, None], to_rgba(line.colour), to_rgba(line.dimmed or line.colour))
    pieces = []
    if halo is not None:
        ground = np.tile(to_rgba(halo), (len(reached), 1))
        pieces.append(_piece(rank, segments, steps, ground, line.width + 2 * halo_width, "butt", whole))
    return [*pieces, _piece(rank, segments, steps, paints, line.width, "round", drawn)]


def _piece(
    rank: int,
    segments: Floats,
    steps: NDArray[np.int64],
    colours: Floats,
    width: float,
    cap: str,
    kept: NDArray[np.bool_],
) -> _Piece:
    count = int(kept.sum())
    columns = np.full(count, rank), colours[kept], np.full(count, width), np.full(count, cap)
    return segments[kept], steps[kept], *columns


def _cut(line: Polyline, size: tuple[int, int]) -> tuple[Floats, NDArray[np.int64]]:
    """Return the segments (n, 2, 2) of a line and the number of the point each leads to (n,)."""
    reach = REACH_PICTURES * max(size)  # beyond it points are brought nearer, still out of sight: Agg counts in 24 bits
    points, numbers = _thin(np.clip(line.points, -reach, reach))
    if line.dash is None or len(points) < 2:
        return np.stack([points[:-1], points[1:]], axis=1), numbers[1:]
    return _dashed(points, numbers, line.dash)


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
    points: Floats, numbers: NDArray[np.int64], dash: tuple[float, float, float]
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the visible pieces of a dashed path; a piece belongs to the point at which it has been reached."""
    begin, end, period = dash
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    periods = np.arange(0.0, along[-1], period)
    cuts = np.unique(np.concatenate([along, periods + begin, periods + end]))
    cuts = cuts[cuts <= along[-1]]
    places = np.column_stack([np.interp(cuts, along, points[:, axis]) for axis in (0, 1)])
    phase = (cuts[:-1] + cuts[1:]) / 2 % period
    seen = (phase >= begin) & (phase < end)
    reached = numbers[np.searchsorted(along, cuts[1:], side="left")]
    return np.stack([places[:-1], places[1:]], axis=1)[seen], reached[seen]


def bundles(paths: list[Floats], near: float, size: tuple[int, int]) -> list[list[int]]:
    """Group the paths, by number, that hide one another: most of one lies within ``near`` pixels of the other."""
    traces = [_cells(np.clip(path, 0, size), near) for path in paths]
    reach = [{(x + dx, y + dy) for x, y in trace for dx in (-1, 0, 1) for dy in (-1, 0, 1)} for trace in traces]
    groups: list[list[int]] = []
    for number, trace in enumerate(traces):
        for group in groups:
            if any(len(trace & reach[other]) > HIDING_SHARE * max(len(trace), len(traces[other])) for other in group):
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def _cells(path: Floats, near: float) -> set[tuple[int, int]]:
    """Return the lattice cells of side ``near`` that a path passes through."""
    points, _ = _thin(path)
    if len(points) < 2:
        return {tuple(cell) for cell in np.floor(points / near).astype(int).tolist()}
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0.0, length[-1], min(int(length[-1] / near * 2) + 2, MOST_SAMPLES))
    dense = np.column_stack([np.interp(at, length, points[:, axis]) for axis in (0, 1)])
    return {tuple(cell) for cell in np.floor(dense / near).astype(int).tolist()}
