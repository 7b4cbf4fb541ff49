"""The terrain in space: projection, and what hides what."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.picture.views.surface.terrain import (
    HEIGHT,
    PLINTH,
    Camera,
    Terrain,
    fit_viewport,
    sampled,
    turned,
    visible_share,
)

WIDTH, TALL = 240, 180
PAGE = np.array([255, 255, 255, 255], np.uint8)
WALLS = np.array([[1, 1, 1, 255], [2, 2, 2, 255]], np.uint8)
CORNERS = np.array([(u, v, h) for u in (-0.5, 0.5) for v in (-0.5, 0.5) for h in (-PLINTH, HEIGHT)])

cameras = st.builds(Camera, st.floats(-180, 180), st.floats(5, 90))


def terrain_of(height: Callable[[np.ndarray, np.ndarray], object]) -> Terrain:
    """A terrain of a height that follows from u and v; its quarters are painted 50, 100, 150 and 200."""
    u, v = np.meshgrid(*[np.linspace(-0.5, 0.5, 101)] * 2)
    z = np.asarray(height(u, v), np.float32) * np.ones_like(u, np.float32)
    colours = np.full((400, 400, 4), 255, np.uint8)
    colours[..., :3] = (50 * (1 + (np.arange(400) >= 200)[None] + 2 * (np.arange(400) >= 200)[:, None]))[..., None]
    return Terrain(z, colours, WALLS, PAGE)


def bowl(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return HEIGHT * 2 * (u**2 + v**2)


def ridge(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return HEIGHT * np.exp(-((u / 0.05) ** 2))


def test_from_above_the_land_is_the_map() -> None:
    points = np.random.default_rng(0).uniform(-0.5, 0.5, (20, 3))
    across, up, _ = Camera(-90, 90).project(points)
    np.testing.assert_allclose(across, points[:, 0], atol=1e-12)
    np.testing.assert_allclose(up, points[:, 1], atol=1e-12)


@given(cameras)
def test_projection_keeps_lengths_across_and_heights_up(camera: Camera) -> None:
    origin, higher, farther = np.array([[0, 0, 0], [0, 0, 0.1], [*camera.away, 0]])
    across, up, away = camera.project(np.array([origin, higher, farther]))
    np.testing.assert_allclose(across, 0, atol=1e-12)
    assert up[1] == pytest.approx(0.1 * np.cos(np.radians(camera.elevation)))
    assert up[2] == pytest.approx(np.sin(np.radians(camera.elevation)))
    assert away[2] == pytest.approx(1)


@given(cameras, st.integers(100, 900), st.integers(100, 900))
def test_the_block_fills_its_stage_and_stays_on_it(camera: Camera, width: int, height: int) -> None:
    where = fit_viewport(width, height, [camera], 10)
    places = where.pixels(*camera.project(CORNERS)[:2])
    assert (places >= 10 - 1e-6).all()
    assert (places <= np.array([width, height]) - 10 + 1e-6).all()
    slack = np.array([width, height]) - 20 - np.ptp(places, axis=0)
    assert slack.min() == pytest.approx(0, abs=1e-6)


@given(st.floats(-1000, 1000), st.floats(-720, 720))
def test_turning_keeps_azimuths_within_a_full_turn(azimuth: float, degrees: float) -> None:
    camera = turned(Camera(azimuth, 40), degrees)
    assert -180 - 1e-9 <= camera.azimuth <= 180 + 1e-9
    assert np.cos(np.radians(camera.azimuth - azimuth - degrees)) == pytest.approx(1)


@given(cameras)
def test_on_a_plain_everything_is_seen(camera: Camera) -> None:
    terrain = terrain_of(lambda u, v: 0 * u)
    points = terrain.on_terrain(np.random.default_rng(1).uniform(-0.49, 0.49, (50, 2)))
    where = fit_viewport(WIDTH, TALL, [camera], 5)
    assert terrain.slices(camera, where).see(camera, where, points).all()


def test_a_ridge_hides_what_lies_behind_it() -> None:
    terrain = terrain_of(ridge)
    left, right = (terrain.on_terrain(np.column_stack([np.full(9, u), np.linspace(-0.4, 0.4, 9)])) for u in (-0.2, 0.2))
    for camera, front, back in ((Camera(0, 20), right, left), (Camera(180, 20), left, right)):
        where = fit_viewport(WIDTH, TALL, [camera], 5)
        slices = terrain.slices(camera, where)
        assert slices.see(camera, where, front).all()
        assert not slices.see(camera, where, back).any()


@pytest.mark.parametrize("camera", [Camera(-60, 40), Camera(20, 15), Camera(130, 65)])
def test_what_is_seen_agrees_with_walking_towards_the_camera(camera: Camera) -> None:
    """Brute force: a point is hidden when, on the way to the camera, the terrain rises above the line of sight."""
    terrain = terrain_of(lambda u, v: HEIGHT * (0.5 + 0.5 * np.sin(9 * u) * np.cos(11 * v)))
    points = terrain.on_terrain(np.random.default_rng(2).uniform(-0.49, 0.49, (400, 2)))
    where = fit_viewport(600, 450, [camera], 5)
    seen = terrain.slices(camera, where).see(camera, where, points)
    clear = clearance(terrain, points, camera)
    sure = np.abs(clear) > 0.012  # nearer to a horizon, half a pixel decides
    np.testing.assert_array_equal(seen[sure], clear[sure] > 0)
    assert seen.mean() > 0.2
    assert camera.elevation > 60 or seen.mean() < 1


def clearance(terrain: Terrain, points: np.ndarray, camera: Camera) -> np.ndarray:
    """How far the line of sight stays above the terrain, at its lowest; negative where the terrain hides the point."""
    way = np.linspace(0.02, 1.6, 800)[:, None]
    rise = camera.tilt[0] / camera.tilt[1]
    u, v = (points[:, axis] - way * camera.away[axis] for axis in (0, 1))
    inside = (np.abs(u) <= 0.5) & (np.abs(v) <= 0.5)
    ground = sampled(terrain.heights, u.astype(np.float32), v.astype(np.float32))
    return np.where(inside, points[:, 2] + way * rise - ground, 1.0).min(axis=0)


def test_pixels_show_the_land_that_is_there() -> None:
    terrain, camera = terrain_of(bowl), Camera(-60, 50)
    where = fit_viewport(WIDTH, TALL, [camera], 5)
    slices = terrain.slices(camera, where)
    picture = terrain.picture(slices, camera, where)
    points = terrain.on_terrain(np.array([(u, v) for u in (-0.2, 0.2) for v in (-0.2, 0.2)]))
    assert slices.see(camera, where, points).all()
    for (x, y), (u, v, _) in zip(where.pixels(*camera.project(points)[:2]), points, strict=True):
        assert picture[TALL - 1 - int(y), int(x), 0] == 50 * (1 + (u > 0) + 2 * (v > 0))


def test_around_the_block_is_the_page_and_below_it_two_walls() -> None:
    terrain, camera = terrain_of(bowl), Camera(-60, 40)
    where = fit_viewport(WIDTH, TALL, [camera], 12)
    picture = terrain.picture(terrain.slices(camera, where), camera, where)
    assert picture.shape == (TALL, WIDTH, 4)
    assert (picture[..., 3] == 255).all()
    assert (picture[:8] == PAGE).all()
    assert (picture[-8:] == PAGE).all()
    kinds = set(np.unique(picture[..., 0]).tolist())
    assert {1, 2, 50, 100, 150, 200, 255} <= kinds


def test_an_edge_is_drawn_where_nothing_is_filled() -> None:
    terrain, camera = terrain_of(bowl), Camera(-60, 40)
    white = Terrain(terrain.heights, np.full_like(terrain.colours, 255), np.full_like(WALLS, 255), PAGE, PAGE // 5)
    where = fit_viewport(WIDTH, TALL, [camera], 12)
    picture = white.picture(white.slices(camera, where), camera, where)
    dark = (picture[..., 0] < 200).mean()
    assert 0.005 < dark < 0.08


def test_from_higher_up_more_of_a_bowl_is_seen() -> None:
    terrain = terrain_of(bowl)
    points = terrain.on_terrain(np.random.default_rng(3).uniform(-0.49, 0.49, (300, 2)))
    shares = [visible_share(points, terrain, Camera(-45, elevation)) for elevation in (10, 30, 50, 80)]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert visible_share(points[:0], terrain, Camera(0, 40)) == 1
