"""Draws a terrain in three dimensions, pixel by pixel, with nothing but arrays.

The camera is orthographic and its up is up, so that every column of pixels sees one vertical slice of the terrain.
Walking along all slices at once, from near to far, the terrain appears wherever it rises above all that came before:
the floating horizon of Wright (1973), "A two-space solution to the hidden line problem for plotting functions of two
variables". What a pixel shows is then looked up in a picture of the terrain from above.

World coordinates: u and v from -1/2 to 1/2 over the window, height h from 0 to ``HEIGHT``. Single precision is a
hundredth of a pixel and twice as fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, cos, floor, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from optviz.frames import Pixels

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Whole = NDArray[np.int32]

HEIGHT = 0.42  # of the highest point above the lowest, in window widths
PLINTH = 0.05  # height of the block below the lowest point, in window widths
SKY, LAND = 0, 3  # kinds of what a pixel shows; the walls are 1 and 2
OVERSAMPLING = 2  # pixels a side that are drawn and averaged for each one of the picture
STRIDE_FINE = 3.0  # fine pixels between two places on a slice; between them the terrain is straight
LIGHT = (-0.45, -0.25, 0.86)  # the direction to the light, in u, v, h
RIDGE_DEPTH = 0.03  # how much farther away the next pixel up lies behind a ridge, in window widths
SCALE_HALVINGS = 40  # by which the largest scale is found
SLACK_PX = 2.5  # real pixels by which a point on the terrain may lie behind its horizon and still be seen


@dataclass(frozen=True)
class Camera:
    """A direction of view in degrees: azimuth counter-clockwise from the u axis, elevation above the ground.

    The same angles as Matplotlib's mplot3d.
    """

    azimuth: float
    elevation: float

    @cached_property
    def right(self) -> tuple[float, float]:
        """The direction across the picture, on the ground."""
        return -sin(radians(self.azimuth)), cos(radians(self.azimuth))

    @cached_property
    def away(self) -> tuple[float, float]:
        """The direction away from the camera, on the ground."""
        return -cos(radians(self.azimuth)), -sin(radians(self.azimuth))

    @cached_property
    def tilt(self) -> tuple[float, float]:
        """How far up the picture a point moves with a unit away, and with a unit of height."""
        return sin(radians(self.elevation)), cos(radians(self.elevation))

    def project(self, world: Floats) -> tuple[Floats, Floats, Floats]:
        """Return across, up and distance away (n,) of points (n, 3)."""
        u, v, h = world.T
        away = u * self.away[0] + v * self.away[1]
        return u * self.right[0] + v * self.right[1], away * self.tilt[0] + h * self.tilt[1], away


@dataclass(frozen=True)
class Viewport:
    """Maps a camera's plane to a picture of ``width`` x ``height`` pixels."""

    width: int
    height: int
    scale: float  # pixels for a unit of the camera's plane
    centre: tuple[float, float]  # of the plane's origin, in pixels from the lower left

    def pixels(self, across: Floats, up: Floats) -> Floats:
        """Return (n, 2) pixels from the picture's lower left corner of places on the camera's plane."""
        return np.column_stack([self.centre[0] + self.scale * across, self.centre[1] + self.scale * up])

    def project(self, world: Floats, camera: Camera) -> Floats:
        """Return (n, 2) pixels from the picture's lower left corner of world places (n, 3)."""
        return self.pixels(*camera.project(world)[:2])


def fit_viewport(width: int, height: int, cameras: list[Camera], margin: float, hung: Floats | None = None) -> Viewport:
    """Return the viewport in which the block is as large as it can be for every one of ``cameras``.

    margin: around the block, in pixels. hung: (n, 6) what else must be in the picture: places (across, up) on the
    camera's plane and how far the words at each reach from it to the left, down, right and up, in pixels.
    """
    corners = np.array([(u, v, h) for u in (-0.5, 0.5) for v in (-0.5, 0.5) for h in (-PLINTH, HEIGHT)])
    places = np.concatenate([np.column_stack(camera.project(corners)[:2]) for camera in cameras])
    reach = np.full((len(places), 4), margin)
    if hung is not None:
        places, reach = np.concatenate([places, hung[:, :2]]), np.concatenate([reach, hung[:, 2:]])
    room, smallest, largest = np.array([width, height]), 1.0, float(width + height)
    for _ in range(SCALE_HALVINGS):
        scale = (smallest + largest) / 2
        low, high = _extent(scale * places, reach)
        smallest, largest = (scale, largest) if (high - low <= room).all() else (smallest, scale)
    low, high = _extent(smallest * places, reach)
    middle = (room - low - high) / 2
    return Viewport(width, height, smallest, (float(middle[0]), float(middle[1])))


def _extent(places: Floats, reach: Floats) -> tuple[Floats, Floats]:
    """Return the lower left and the upper right corner of places (n, 2) with what reaches beyond each (n, 4)."""
    return (places - reach[:, :2]).min(axis=0), (places + reach[:, 2:]).max(axis=0)


@dataclass(frozen=True)
class Terrain:
    """Heights (n, n) in world units, rows along v, and colours seen from above, (m, m, 4)."""

    heights: Singles
    colours: Pixels
    walls: Pixels  # (2, 4) of the walls that look along u and along v
    page: Pixels  # (4,)
    edge: Pixels | None = None  # (4,) of a line around every shape, where nothing is filled

    def on_terrain(self, points: Floats) -> Floats:
        """Return world places (n, 3) on the terrain of points (n, 2) on the ground."""
        single = points.astype(np.float32)
        return np.column_stack([points, sampled(self.heights, single[:, 0], single[:, 1])])

    def slices(self, camera: Camera, viewport: Viewport, fine: int = OVERSAMPLING) -> ColumnSlices:
        """Return the terrain along every column of pixels, ``fine`` columns for each."""
        columns = (np.arange(viewport.width * fine) + 0.5) / fine
        across, near, far, facing_u = _ends((columns - viewport.centre[0]) / viewport.scale, camera)
        places = ceil(sqrt(2) * viewport.scale * fine / STRIDE_FINE)
        up = near + np.linspace(0, 1, places, dtype=np.float32)[:, None] * (far - near)
        u = up * np.float32(camera.away[0]) + across * np.float32(camera.right[0])
        v = up * np.float32(camera.away[1]) + across * np.float32(camera.right[1])
        up *= np.float32(camera.tilt[0])
        up += sampled(self.heights, u, v) * np.float32(camera.tilt[1])
        return ColumnSlices(across, near, far, facing_u, up, np.maximum.accumulate(up, axis=0))

    def picture(self, slices: ColumnSlices, camera: Camera, viewport: Viewport) -> Pixels:
        """Draw the block as (height, width, 4) opaque pixels, from ``slices`` of ``OVERSAMPLING`` columns a pixel."""
        pixels = np.empty((viewport.height, viewport.width, 4), np.uint8)
        pixels[...] = self.page
        levels = (
            viewport.height - (np.arange(viewport.height * OVERSAMPLING) + 0.5) / OVERSAMPLING - viewport.centre[1]
        ) / viewport.scale
        rows = _pixels_around((levels <= slices.horizon[-1].max()) & (levels >= slices.foot(camera).min()))
        columns = _pixels_around(slices.hit)
        part, seen = slices.part(_fine(columns)), levels[_fine(rows)]
        pixels[rows, columns] = _averaged(self._block(part, seen, camera))
        return pixels

    def _block(self, slices: ColumnSlices, levels: Floats, camera: Camera) -> Whole:
        """Draw the fine picture (r, c) of the block at each of the falling ``levels`` (r,)."""
        index = slices.reached(levels)
        away = slices.away(levels, index)
        fine = _packed(self.colours).ravel().take(_places(slices, away, camera, len(self.colours)))
        kinds = slices.kinds(levels, index, camera)
        for kind, colour in enumerate(_packed(np.vstack([self.page[None], self.walls]))):
            np.copyto(fine, colour, where=kinds == kind)
        if self.edge is not None:
            fine[_outline(kinds, away)] = _packed(self.edge)
        return fine


@dataclass(frozen=True)
class ColumnSlices:
    """The terrain along c columns, each at d places from its near end to its far end."""

    across: Singles  # (c,)
    near: Singles  # (c,) distance away at which a column enters the window; far = near where it misses it
    far: Singles  # (c,)
    facing_u: NDArray[np.bool_]  # (c,) whether the wall at the near end looks along u
    up: Singles  # (d, c) where the terrain is on the camera's plane
    horizon: Singles  # (d, c) the highest of it so far

    @property
    def hit(self) -> NDArray[np.bool_]:
        """(c,) whether a column meets the window at all."""
        return self.far > self.near

    def part(self, columns: slice) -> ColumnSlices:
        """Return some of the columns."""
        across, near, far = (row[columns] for row in (self.across, self.near, self.far))
        up, horizon = (np.ascontiguousarray(grid[:, columns]) for grid in (self.up, self.horizon))
        return ColumnSlices(across, near, far, self.facing_u[columns], up, horizon)

    def foot(self, camera: Camera) -> Singles:
        """Return (c,) where the block begins on the camera's plane."""
        return np.asarray(self.near * np.float32(camera.tilt[0]) - np.float32(PLINTH * camera.tilt[1]))

    def reached(self, levels: Floats) -> Whole:
        """Return (r, c) the first place of each column whose horizon reaches each of the falling ``levels`` (r,).

        0 is in front of the terrain, d is above it.
        """
        rows, columns = len(levels), len(self.across)
        gap = levels[0] - levels[1]
        above = np.clip((self.horizon - np.float32(levels[-1])) / np.float32(gap) + 1, 0, rows).astype(np.int32)
        above *= columns
        above += np.arange(columns, dtype=np.int32)
        left_behind = np.bincount(above.ravel(), minlength=(rows + 1) * columns).reshape(-1, columns)
        index = np.cumsum(left_behind[:rows], axis=0, dtype=np.int32)[::-1]
        index[:, ~self.hit] = 0
        return index

    def kinds(self, levels: Floats, index: Whole, camera: Camera) -> NDArray[np.int8]:
        """Return (r, c) what is seen at each of ``levels``: SKY, a wall that looks along u or v, or LAND."""
        kinds = np.full(index.shape, LAND, np.int8)
        kinds[index == len(self.up)] = SKY
        walls = np.where(self.facing_u, np.int8(1), np.int8(2)) * self.hit
        np.copyto(kinds, (levels[:, None] >= self.foot(camera)) * walls, where=index == 0)
        return kinds

    def away(self, levels: Floats, index: Whole) -> Singles:
        """Return (r, c) how far away the terrain is at each of ``levels``, between the places before and reached."""
        columns, steps = len(self.across), len(self.up) - 1
        after: Whole = np.clip(index, 1, steps)
        after *= columns
        after += np.arange(columns, dtype=np.int32)
        high, low = self.up.ravel().take(after), self.up.ravel().take(after - columns)
        share = (levels[:, None].astype(np.float32) - low) / np.maximum(high - low, np.float32(1e-9))
        place: Singles = np.clip(share, 0, 1)
        place += index
        place -= 1
        place *= (self.far - self.near) / np.float32(steps)
        place += self.near
        return place

    def see(self, camera: Camera, viewport: Viewport, world: Floats) -> NDArray[np.bool_]:
        """Return (n,) whether nothing nearer hides each of the points (n, 3) of the terrain."""
        across, up, away = camera.project(world)
        column = np.clip(np.searchsorted(self.across, across), 0, len(self.across) - 1)
        length = np.maximum(self.far - self.near, np.float32(1e-9))[column]
        steps = len(self.up) - 1
        before = np.clip(np.floor((away - self.near[column]) / length * steps).astype(int) - 1, 0, steps)
        return np.asarray(self.horizon[before, column] <= up + SLACK_PX / viewport.scale)


def sampled(grid: Singles, u: Singles, v: Singles) -> Singles:
    """Read a grid (n, n) over the window, rows along v, between its points; outside, its edge goes on."""
    last = len(grid) - 1
    across, along = (np.clip((place + np.float32(0.5)) * np.float32(last), 0, last) for place in (u, v))
    column, row = (np.minimum(place.astype(np.int32), last - 1) for place in (across, along))
    across -= column
    along -= row
    flat, at = grid.ravel(), row * np.int32(last + 1) + column
    low = flat.take(at)
    low += across * (flat.take(at + 1) - low)
    at += last + 1
    high = flat.take(at)
    high += across * (flat.take(at + 1) - high)
    return np.asarray(low + along * (high - low))


def brightness(heights: Singles, depth: float) -> Floats:
    """Return how brightly each place of the grid is lit: 1 facing the light, 1 - ``depth`` turned away from it."""
    slope = np.gradient(heights.astype(float), 1 / (len(heights) - 1))
    normal = np.stack([-slope[1], -slope[0], np.ones(heights.shape)])
    light = np.array(LIGHT) / np.linalg.norm(LIGHT)
    lit = np.tensordot(light, normal / np.linalg.norm(normal, axis=0), axes=1)
    return np.asarray(1 - depth * (1 - np.clip(lit, 0, 1)))


def _ends(across: Floats, camera: Camera) -> tuple[Singles, Singles, Singles, NDArray[np.bool_]]:
    """Return the columns, where they enter and leave the window, and whether through a wall that looks along u."""
    entries, exits = [], []
    with np.errstate(all="ignore"):  # a slice along a wall never meets that wall
        for right, away in zip(camera.right, camera.away, strict=True):
            one, other = ((side - across * right) / away for side in (-0.5, 0.5))
            entries.append(np.minimum(one, other))
            exits.append(np.maximum(one, other))
    near, far = np.maximum(*entries), np.minimum(*exits)
    hit = far > near
    near, far = (np.where(hit, end, 0.0).astype(np.float32) for end in (near, far))
    return across.astype(np.float32), near, far, np.asarray(entries[0] >= entries[1])


def _places(slices: ColumnSlices, away: Singles, camera: Camera, count: int) -> Whole:
    """Return where in the picture from above, ``count`` x ``count`` pixels, the terrain that far away is found."""
    half, last = np.float32(0.5), np.float32(count - 0.5)
    flat = []
    for axis in (1, 0):
        place = away * np.float32(camera.away[axis] * count)
        place += (slices.across * np.float32(camera.right[axis]) + half) * np.float32(count)
        flat.append(np.clip(place, 0, last, out=place).astype(np.int32))
    flat[0] *= count
    flat[0] += flat[1]
    return flat[0]


def _outline(kinds: NDArray[np.int8], away: Singles) -> NDArray[np.bool_]:
    """Return the fine pixels, two in a row, where another shape begins: behind a ridge, at the sky, at a wall."""
    edge = np.zeros(kinds.shape, bool)
    ridge = (away[:-1] - away[1:] > RIDGE_DEPTH) & (kinds[:-1] == LAND)
    upright = ridge | (kinds[:-1] != kinds[1:])
    edge[:-1] |= upright
    edge[1:] |= upright
    across = kinds[:, :-1] != kinds[:, 1:]
    edge[:, :-1] |= across
    edge[:, 1:] |= across
    return edge


def _pixels_around(seen: NDArray[np.bool_]) -> slice:
    """Return the pixels around all fine ones that are ``seen``, and one more on either side."""
    numbers = np.flatnonzero(seen) // OVERSAMPLING
    return slice(max(int(numbers[0]) - 1, 0), min(int(numbers[-1]) + 2, len(seen) // OVERSAMPLING))


def _fine(pixels: slice) -> slice:
    return slice(pixels.start * OVERSAMPLING, pixels.stop * OVERSAMPLING)


def _packed(colours: Pixels) -> Whole:
    """Return four bytes as one number, which is looked up and copied in one go."""
    return np.ascontiguousarray(colours).view(np.int32)[..., 0]


def _averaged(fine: Whole) -> Pixels:
    """Average every ``OVERSAMPLING`` x ``OVERSAMPLING`` fine pixels."""
    rows, columns = fine.shape
    parts = fine.view(np.uint8).reshape(rows, columns, 4)
    total = np.zeros((rows // OVERSAMPLING, columns // OVERSAMPLING, 4), np.uint16)
    for down in range(OVERSAMPLING):
        for right in range(OVERSAMPLING):
            total += parts[down::OVERSAMPLING, right::OVERSAMPLING]
    return ((total + OVERSAMPLING * OVERSAMPLING // 2) // (OVERSAMPLING * OVERSAMPLING)).astype(np.uint8)


def visible_share(points: Floats, terrain: Terrain, camera: Camera) -> float:
    """Return how much of ``points`` (n, 3) on the terrain that camera sees, 0 to 1, judged by a small picture."""
    small = fit_viewport(160, 120, [camera], 0)
    return float(terrain.slices(camera, small, 1).see(camera, small, points).mean()) if len(points) else 1.0


def turned(camera: Camera, degrees: float) -> Camera:
    """Return the camera moved round the terrain, its azimuth within a full turn."""
    azimuth = camera.azimuth + degrees
    return Camera(azimuth - 360 * floor(azimuth / 360 + 0.5), camera.elevation)
