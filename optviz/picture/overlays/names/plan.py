"""Decides for a whole film where the name of every racer stands. Pure: numbers in, numbers out.

A name is a box near its head. Its place is one of a lattice of slots around the head: close by on either side, above
and below, or farther out, in columns at one distance, where a thin line leads to it. From one look to the next a name
moves to a neighbouring slot at most, so that it never jumps; and since the film is known to its end, the cheapest way
through the slots is found by dynamic programming (Bellman 1957; Viterbi's algorithm). A slot costs more the farther out
it is, and so much where the name would lie on a head that it rather vanishes for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LOOK_FRAMES = 2  # from one look to the next
MOST_LOOKS = 4000  # in a film; in a longer one looks are farther apart
ROWS, ROW_SHARE = 12, 0.5  # of slots above and below the head, and their distance as a share of a name's height
COLUMNS_PX = (12.0, 24.0, 36.0, 48.0, 60.0, 76.0, 96.0)  # from a head to the near end of its name, beyond the nearest
SLIDES = tuple((number - 6) / 6 for number in range(13))  # of half a name's width that its middle is moved
COLUMN_PX = 36.0  # the distance at which names that are led to stand in a column
MOST_SAMPLES = 20_000  # of a trail, where what it covers is looked up
PAD_PX = 2.0  # between a name and a head that it must not touch

ATTEMPTS, GOOD_SHARE = 3, 0.97  # to plan all names, until each is shown for that share of the film

ON_HEAD, ON_WORDS, OUTSIDE = 1e6, 90.0, 1e7  # costs of a name that lies on a head, on other words, over the edge
ON_HEIGHT, ON_TRAIL = 6.0, 5.0  # on one of the land's numbers; wholly over trails
LED_OVER, OVER_WORDS = 4.0, 8.0  # a line that leads over a name; over words of the board
ON_LINE, LED_FROM_PX = (
    (0.1, 0.26, 0.42, 0.58, 0.74, 0.9),
    18.0,
)  # where lines are looked at; the shortest, from a head on
LED, PER_PX, BETWEEN = 2.0, 0.03, 1.0  # a name that is led to, for every pixel of its line, out of rows and columns
LEFT_SIDE, OVER_HEAD = 0.4, 0.8  # what is not at the head's right
MOVE = 1.0  # to a neighbouring slot
HIDDEN, HIDE = 24.0, 40.0  # for every look without a name; to vanish or to come


@dataclass(frozen=True)
class Obstacles:
    """Boxes in the way: ``boxes`` (frames, n, 4) left, bottom, right, top, NaN where one is not there."""

    boxes: Floats
    cost: float


@dataclass(frozen=True)
class Slots:
    """The lattice around a head, in pixels: a name's middle is at ``slide`` half widths + ``shift``, and ``rise``."""

    slide: Floats  # (c,)
    shift: Floats  # (c,)
    rise: Floats  # (r,)
    height: float  # of a name
    scale: float  # pixels of a design pixel

    def offset(self, row: NDArray[np.int64], column: NDArray[np.int64], width: Floats) -> Floats:
        """Return (n, 2) from the head to the middle of its name."""
        return np.column_stack([self.slide[column] * width / 2 + self.shift[column], self.rise[row]])


def slots(height: float, reach: float, scale: float) -> Slots:
    """Return the slots of names of that height whose near end stands ``reach`` pixels or more from the head."""
    far = [reach, *(length * scale for length in COLUMNS_PX if length * scale > reach + 2)]
    slide: Floats = np.array([-1.0] * (len(far) - 1) + list(SLIDES) + [1.0] * (len(far) - 1))
    shift: Floats = np.array([-length for length in far[:0:-1]] + [reach * side for side in SLIDES] + far[1:])
    rise: Floats = np.arange(-ROWS, ROWS + 1.0) * ROW_SHARE * height
    return Slots(slide, shift, rise, height, scale)


class Planner:
    """Plans names one after another, each out of the way of those before.

    heads: (frames, n, 2) the middle of every racer's mark, NaN where there is none; ``radius`` of the marks. area:
    left, bottom, right, top of where names may stand.
    """

    def __init__(
        self,
        heads: Floats,
        radius: float,
        area: tuple[float, float, float, float],
        grid: Slots,
        obstacles: list[Obstacles],
        trails: Trails | None = None,
        words: Floats | None = None,
    ) -> None:
        """Take what stands in the way: ``words`` (n, 4) are boxes over which no line should lead."""
        frames = len(heads)
        self.words: Floats = np.empty((0, 4)) if words is None else words
        self.heads, self.area, self.slots, self.trails = heads, area, grid, trails
        self.stride = max(LOOK_FRAMES, -(-frames // MOST_LOOKS)) if frames > 1 else 1
        self.looks = np.arange(0, frames, self.stride)
        around = np.concatenate([heads - radius - PAD_PX * grid.scale, heads + radius + PAD_PX * grid.scale], axis=2)
        self.obstacles = [Obstacles(around, ON_HEAD), *obstacles]
        self.names: list[Floats] = []  # (frames, 4) the boxes planned so far
        self.lines: list[Floats] = []  # (frames, points, 4) those on the lines to them, as boxes without size

    def plan(self, racer: int, widths: Floats, present: Flags, shortest: int) -> Floats:
        """Return (frames, 2) from the racer's head to the middle of its name, NaN where it has none.

        widths: (frames,) of the name. present: (frames,) whether it should have one. A name stays ``shortest`` frames.
        """
        row, column, shown = self._cheapest(racer, widths, present)
        frames = np.arange(len(self.heads))
        at = np.minimum(frames // self.stride, len(self.looks) - 1)
        share = np.clip(frames / self.stride - at, 0, 1)[:, None]
        following = np.minimum(at + 1, len(self.looks) - 1)
        following = np.where(shown[following], following, at)
        begin, end = (self.slots.offset(row[look], column[look], widths) for look in (at, following))
        between = begin + share * (end - begin)
        offsets = _smooth(between, shown[at])
        for stricter in (between, begin, np.full_like(begin, np.nan)):  # where a corner would be cut over a head
            touching = self._touches_head(racer, offsets, widths)
            offsets[touching] = stricter[touching]
        offsets[~(shown[at] & present)] = np.nan
        offsets[~lasting(np.isfinite(offsets[:, 0]), shortest)] = np.nan
        self.names.append(boxes_of(self.heads[:, racer] + offsets, widths, self.slots.height))
        self.lines.append(self._line(racer, self.names[-1]))
        return offsets

    def _line(self, racer: int, name: Floats) -> Floats:
        """Return (frames, points, 4) the points on the line from a head to its name, NaN where there is none."""
        head = self.heads[:, racer]
        near = np.clip(head, name[:, :2], name[:, 2:]) - head
        near[np.hypot(*near.T) < LED_FROM_PX * self.slots.scale] = np.nan
        points = head[:, None] + np.array(ON_LINE)[:, None] * near[:, None]
        return np.concatenate([points, points], axis=2)

    def _touches_head(self, racer: int, offsets: Floats, widths: Floats) -> Flags:
        pad = PAD_PX * self.slots.scale - 0.25
        box = boxes_of(self.heads[:, racer] + offsets, widths, self.slots.height)[:, None]
        heads = self.obstacles[0].boxes + np.array([pad, pad, -pad, -pad])
        with np.errstate(invalid="ignore"):
            met = (box[..., :2] < heads[..., 2:]).all(axis=2) & (box[..., 2:] > heads[..., :2]).all(axis=2)
        return np.asarray(met.any(axis=1))

    def _cheapest(
        self, racer: int, widths: Floats, present: Flags
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], Flags]:
        """Return (looks,) the row and the column of the cheapest way through the slots, and where the name is shown."""
        costs = self._costs(racer, widths)
        costs[~present[self.looks]] = np.inf
        nameless = np.where(present[self.looks], HIDDEN, 0.0)
        best, hidden = np.empty_like(costs), np.empty(len(costs))  # the cheapest way to each slot, and to no name
        best[0], hidden[0] = costs[0], nameless[0]
        for look in range(1, len(costs)):
            before, vanished = best[look - 1], hidden[look - 1]
            best[look] = costs[look] + np.minimum(_moved(_moved(before, 0), 1), vanished + HIDE)
            hidden[look] = nameless[look] + min(vanished, float(before.min()) + HIDE)
        return _traced(best, hidden)

    def _costs(self, racer: int, widths: Floats) -> Floats:
        """Return (looks, rows, columns) what it costs to stand in each slot."""
        grid, half = self.slots, self.slots.height / 2
        wide = widths[self.looks, None] / 2
        x, y = grid.slide * wide + grid.shift, np.broadcast_to(grid.rise, (len(self.looks), len(grid.rise)))
        near_x, near_y = np.clip(0, x - wide, x + wide), np.clip(0, y - half, y + half)  # of the box to the head
        costs = self._preference(near_x, near_y)
        head = self.heads[self.looks, racer]
        x, y = x + head[:, :1], y + head[:, 1:]
        for ahead in range(min(self.stride, LOOK_FRAMES)):  # the frames up to the next look too
            frames = np.minimum(self.looks + ahead, len(self.heads) - 1)
            moved = self.heads[frames, racer] - head
            costs += self._outside(x + moved[:, :1], y + moved[:, 1:], wide, half)
            costs += self._met(frames, x + moved[:, :1], y + moved[:, 1:], wide, half)
        costs += self._led_over(head, near_x, near_y)
        if self.trails is not None:
            costs += ON_TRAIL * self.trails.share(x, y, wide, half)
        costs[np.isnan(head[:, 0])] = OUTSIDE
        return costs

    def _preference(self, near_x: Floats, near_y: Floats) -> Floats:
        """Return (looks, rows, columns) what a slot costs where nothing is in the way."""
        grid = self.slots
        length = np.hypot(near_x[:, None, :], near_y[:, :, None]) / grid.scale
        led = length > 1.6 * COLUMNS_PX[0]
        level = (np.abs(grid.rise) < 1)[:, None]
        plain = np.where(level, 0.0, OVER_HEAD) + LEFT_SIDE * (grid.slide < 0)
        in_column = (np.abs(np.abs(grid.shift) - COLUMN_PX * grid.scale) < 1) & (np.abs(grid.slide) == 1)
        in_row = (np.arange(len(grid.rise)) - ROWS) % round(1 / ROW_SHARE) == 0
        tidy = in_row[:, None] & in_column
        led_cost = LED + PER_PX * length + BETWEEN * ~tidy
        return np.asarray(np.where(led, led_cost, plain + 0.02 * length))

    def _outside(self, x: Floats, y: Floats, wide: Floats, half: float) -> Floats:
        """Return (looks, rows, columns) the cost of names that lie over the area's edge."""
        left, bottom, right, top = self.area
        across, up = (x - wide < left) | (x + wide > right), (y - half < bottom) | (y + half > top)
        return np.asarray(OUTSIDE * (across[:, None] | up[:, :, None]))

    def _met(self, frames: NDArray[np.int64], x: Floats, y: Floats, wide: Floats, half: float) -> Floats:
        """Return (looks, rows, columns) the cost of all that a name meets in each slot.

        Boxes meet where their columns and their rows do: so two small matrices for each look are multiplied.
        """
        obstacles = [
            *self.obstacles,
            *(Obstacles(name[:, None], ON_WORDS) for name in self.names),
            *(Obstacles(line, LED_OVER) for line in self.lines),
        ]
        boxes = np.concatenate([obstacle.boxes[frames] for obstacle in obstacles], axis=1)
        costs = np.concatenate([np.full(obstacle.boxes.shape[1], obstacle.cost) for obstacle in obstacles])
        with np.errstate(invalid="ignore"):
            across = (x[:, None] - wide[:, None] < boxes[:, :, 2:3]) & (x[:, None] + wide[:, None] > boxes[:, :, :1])
            up = (y[:, None] - half < boxes[:, :, 3:]) & (y[:, None] + half > boxes[:, :, 1:2])
        rows = (up * costs[:, None]).astype(np.float32)
        return np.asarray(np.matmul(rows.transpose(0, 2, 1), across.astype(np.float32)), np.float64)

    def _led_over(self, head: Floats, near_x: Floats, near_y: Floats) -> Floats:
        """Return (looks, rows, columns) the cost of lines to names that lie over names planned before."""
        total = np.zeros((len(head), near_y.shape[1], near_x.shape[1]))
        if not self.names and not len(self.words):
            return total
        words = np.broadcast_to(self.words, (len(head), *self.words.shape))
        names = np.concatenate([words, *(name[self.looks, None] for name in self.names)], axis=1)
        cost = np.repeat([OVER_WORDS, LED_OVER], [len(self.words), len(self.names)]).astype(np.float32)[:, None]
        with np.errstate(invalid="ignore"):
            for share in ON_LINE:
                x, y = (head[:, :1] + share * near_x)[:, None], (head[:, 1:] + share * near_y)[:, None]
                across, up = (names[..., :1] < x) & (x < names[..., 2:3]), (names[..., 1:2] < y) & (y < names[..., 3:])
                total += np.matmul((up * cost).transpose(0, 2, 1), across.astype(np.float32))
        return total


def plan_all(planner: Planner, order: Sequence[int], widths: Floats, present: Flags, shortest: int) -> Floats:
    """Return (frames, racers, 2) from each head to the middle of its name, NaN where it has none.

    Those for whose names there was no room come first in another attempt; the best attempt counts.
    widths, present: (frames, racers).
    """
    best, least = np.full(planner.heads.shape, np.nan), -1.0
    for _ in range(ATTEMPTS):
        planner.names.clear()
        planner.lines.clear()
        offsets = np.full(planner.heads.shape, np.nan)
        for racer in order:
            offsets[:, racer] = planner.plan(racer, widths[:, racer], present[:, racer], shortest)
        named = (np.isfinite(offsets[..., 0]) | ~present).mean(axis=0)
        if named.min() > least:
            best, least = offsets, float(named.min())
        if least > GOOD_SHARE:
            break
        order = sorted(order, key=lambda racer: float(named[racer] > GOOD_SHARE))
    return best


@dataclass(frozen=True)
class Trails:
    """What trails cover: ``sums`` (h + 1, w + 1) over all cells left of and below each corner, of ``cell`` pixels."""

    sums: Floats
    cell: float

    def share(self, x: Floats, y: Floats, wide: Floats, half: float) -> Floats:
        """Return (looks, rows, columns) the share of each name's box that trails cover."""
        height, width = self.sums.shape
        left, right = (self._places(edge, width) for edge in (x - wide, x + wide))
        low, high = (self._places(edge, height) for edge in (y - half, y + half))
        corner = [self.sums[row[:, :, None], column[:, None]] for row in (low, high) for column in (left, right)]
        cells = np.maximum((right - left)[:, None] * (high - low)[:, :, None], 1)
        return np.asarray((corner[3] - corner[2] - corner[1] + corner[0]) / cells)

    def _places(self, edges: Floats, count: int) -> NDArray[np.int64]:
        return np.clip(np.nan_to_num(edges) / self.cell, 0, count - 1).astype(np.int64)


def summed(paths: list[Floats], size: tuple[int, int], cell: float) -> Trails:
    """Return what ``paths`` (n, 2) cover of a picture of ``size`` (width, height)."""
    width, height = (int(length / cell) + 1 for length in size)
    covered = np.zeros((height + 1, width + 1))
    for path in paths:
        thinned = path[np.linspace(0, len(path) - 1, min(len(path), MOST_SAMPLES)).astype(int)]
        inside = np.clip(thinned[np.isfinite(thinned).all(axis=1)], -1e4, 1e4)
        if not len(inside):
            continue
        steps = np.hypot(*np.diff(inside, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        at = np.linspace(0, along[-1], min(int(along[-1] / cell) + 2, MOST_SAMPLES))
        column, row = (np.floor(np.interp(at, along, inside[:, axis]) / cell).astype(int) for axis in (0, 1))
        seen = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        covered[row[seen] + 1, column[seen] + 1] = 1.0
    return Trails(covered.cumsum(axis=0).cumsum(axis=1), cell)


def boxes_of(middles: Floats, widths: Floats, height: float) -> Floats:
    """Return (frames, 4) left, bottom, right, top of names around ``middles`` (frames, 2)."""
    half = np.column_stack([widths / 2, np.full(len(widths), height / 2)])
    return np.concatenate([middles - half, middles + half], axis=1)


def lasting(shown: Flags, shortest: int) -> Flags:
    """Return (frames,) ``shown`` without the runs that are shorter than ``shortest`` frames or the film."""
    kept = shown.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shown, [False]])))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if end - first < min(shortest, len(shown)):
            kept[first:end] = False
    return kept


def _smooth(offsets: Floats, shown: Flags) -> Floats:
    """Round the corners of a name's way: each frame the mean of three, where it is shown in all of them."""
    middle = offsets.copy()
    inner = np.flatnonzero(shown[:-2] & shown[1:-1] & shown[2:]) + 1
    middle[inner] = (offsets[inner - 1] + offsets[inner] + offsets[inner + 1]) / 3
    return middle


def _moved(costs: Floats, axis: int) -> Floats:
    """Return the cheapest way to each slot from itself or a neighbour along one axis."""
    cheapest = costs.copy()
    here, there = np.s_[1:], np.s_[:-1]
    first, last = (here, there) if axis == 0 else ((np.s_[:], here), (np.s_[:], there))
    np.minimum(cheapest[first], costs[last] + MOVE, out=cheapest[first])
    np.minimum(cheapest[last], costs[first] + MOVE, out=cheapest[last])
    return cheapest


def _traced(best: Floats, hidden: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], Flags]:
    """Follow the cheapest way back from the last look: (looks,) row, column, and whether the name is shown.

    Where it is not, row and column are those at which it comes next.
    """
    looks, _, columns = best.shape
    row, column = divmod(int(best[-1].argmin()), columns)
    shown = bool(best[-1, row, column] <= hidden[-1])
    way, seen = np.zeros((looks, 2), np.int64), np.zeros(looks, bool)
    for look in range(looks - 1, -1, -1):
        way[look], seen[look] = (row, column), shown
        if not look:
            break
        before, vanished = best[look - 1], hidden[look - 1] + HIDE
        if not shown:
            shown = bool(before.min() + HIDE < hidden[look - 1])
            row, column = divmod(int(before.argmin()), columns) if shown else (row, column)
            continue
        top, left = max(row - 1, 0), max(column - 1, 0)
        near = before[top : row + 2, left : column + 2]
        moves = np.abs(np.arange(top, top + near.shape[0]) - row)[:, None]
        ways = near + MOVE * (moves + np.abs(np.arange(left, left + near.shape[1]) - column))
        shown = bool(ways.min() <= vanished)
        if shown:
            down, right = divmod(int(ways.argmin()), near.shape[1])
            row, column = top + down, left + right
    return way[:, 0], way[:, 1], seen
