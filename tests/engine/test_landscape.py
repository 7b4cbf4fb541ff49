"""The plane through the paths of networks, against NumPy's singular values and the network itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from optviz.engine.landscape import (
    MOST_ITERATES,
    Landscape,
    Plane,
    cut_landscape,
    filter_normalised,
    plane_of_paths,
    random_plane,
)
from optviz.engine.result import Result
from optviz.problems import from_network
from optviz.scenario.models import NetworkSettings
from tests.engine import compete

RNG = np.random.default_rng(5)
PATHS = [np.cumsum(RNG.standard_normal((steps, 30)), axis=0) for steps in (7, 12, 20)]


def trained(*racers: tuple[str, str, dict[str, object]]) -> Result:
    problem = from_network(NetworkSettings(layers=(3, 4, 1), samples=12), 1)
    return compete(problem, problem.start, 15, list(racers))


@pytest.fixture(scope="module")
def result() -> Result:
    return trained(("Adam", "adam", {"lr": 0.05}), ("SGD", "sgd", {"lr": 0.1}))


def svd(paths: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    iterates = np.concatenate(paths)
    _, values, directions = np.linalg.svd(iterates - iterates.mean(axis=0), full_matrices=False)
    return values**2 / (values**2).sum(), directions


def test_the_plane_of_the_paths_is_that_of_the_singular_vectors() -> None:
    plane = plane_of_paths(PATHS, 0)
    shares, directions = svd(PATHS)
    np.testing.assert_allclose(plane.shares, shares[:2], rtol=1e-10)
    np.testing.assert_allclose(plane.share, shares[:2].sum(), rtol=1e-10)
    np.testing.assert_allclose(np.abs(plane.directions @ directions[:2].T), np.eye(2), atol=1e-9)
    np.testing.assert_allclose(plane.origin, np.concatenate(PATHS).mean(axis=0), rtol=1e-12)
    assert plane.iterates == plane.of == 39


def test_together_the_paths_go_forwards_along_both_directions() -> None:
    plane = plane_of_paths(PATHS, 0)
    ways = sum(plane.places(path[-1:] - path[:1] + plane.origin)[0] for path in PATHS)
    assert (ways >= 0).all()


def test_long_paths_are_thinned_evenly_and_their_ends_count() -> None:
    long = np.cumsum(np.random.default_rng(2).standard_normal((2 * MOST_ITERATES + 5, 4)), axis=0)
    plane = plane_of_paths([long], 0)
    assert (plane.iterates, plane.of) == (535, 1605)
    np.testing.assert_allclose(plane.shares, svd([long[::-3]])[0][:2], rtol=1e-10)


@pytest.mark.parametrize("rank", [0, 1])
def test_paths_on_a_line_or_a_point_lie_in_their_plane_as_a_whole(rank: int) -> None:
    path = np.outer(np.arange(5.0), np.ones(6)) * rank + 1.0
    plane = plane_of_paths([path], 3)
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)
    assert plane.share == pytest.approx(1.0)
    np.testing.assert_allclose(plane.points(plane.places(path)).T, path, atol=1e-12)


def test_places_are_the_nearest_of_the_plane_also_in_a_skewed_one() -> None:
    plane = Plane(np.ones(3), np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0]]), (0.0, 0.0), 1, 1)
    np.testing.assert_allclose(plane.places(np.array([[4.0, 2.0, 9.0]])), [[1.0, 1.0]])
    np.testing.assert_allclose(plane.points(np.array([[1.0, 1.0]])), [[4.0], [2.0], [1.0]])


def test_each_filter_of_a_random_direction_is_as_long_as_that_of_the_weights(result: Result) -> None:
    network = result.problem.network
    assert network is not None
    weights = result.racers[0].x[-1]
    direction = filter_normalised(np.random.default_rng(0).standard_normal(network.dim), weights, network.filters)
    first, second = (one[:12].reshape(3, 4) for one in (direction, weights))
    np.testing.assert_allclose(np.linalg.norm(first, axis=0), np.linalg.norm(second, axis=0))  # into a hidden unit
    assert np.linalg.norm(direction[16:20]) == pytest.approx(np.linalg.norm(weights[16:20]))  # into the output
    assert (direction[[*range(12, 16), 20]] == 0).all()  # biases


def test_a_random_plane_lies_at_the_last_iterate_of_the_first_place_and_holds_little(result: Result) -> None:
    paths = [racer.x for racer in result.racers]
    plane = random_plane(result, paths, 4)
    np.testing.assert_array_equal(plane.origin, result.racers[result.order[0]].x[-1])
    again, other = random_plane(result, paths, 4), random_plane(result, paths, 5)
    np.testing.assert_array_equal(plane.directions, again.directions)
    assert (plane.directions != other.directions).any()
    iterates = np.concatenate(paths)
    spread, (axes, _) = iterates - iterates.mean(axis=0), np.linalg.qr(plane.directions.T)
    assert plane.share == pytest.approx(((spread @ axes) ** 2).sum() / (spread**2).sum())
    assert plane.share < plane_of_paths(paths, 4).share


@pytest.mark.parametrize("name", ["paths", "random"])
def test_the_loss_in_the_plane_is_the_networks_at_that_point(result: Result, name: str) -> None:
    landscape = cut_landscape(result, name, 11, 0)
    plane, problem = landscape.plane, result.problem
    for racer, path, losses in zip(result.racers, landscape.paths, landscape.losses, strict=True):
        nearest = plane.origin + path @ plane.directions
        np.testing.assert_allclose(losses, problem.value(nearest.T, 1.0), rtol=1e-12)
        assert np.abs((racer.x - nearest) @ plane.directions.T).max() < 1e-9  # what is left out is perpendicular
    rows = landscape.rows(problem, slice(3, 5))
    x, y = landscape.axes
    at = plane.origin + x[7] * plane.directions[0] + y[4] * plane.directions[1]
    assert rows.shape == (2, 11)
    assert rows[1, 7] == pytest.approx(float(problem.value(at, 1.0)), rel=1e-12)
    low, high = np.transpose(landscape.window)
    assert all(((path >= low) & (path <= high)).all() for path in landscape.paths)


def test_between_the_places_of_the_grid_the_loss_is_that_of_its_neighbours(result: Result) -> None:
    landscape = replace(cut_landscape(result, "paths", 11, 0), heights=np.add.outer(np.arange(11.0), np.zeros(11)))
    (left, right), (low, high) = landscape.window
    places = np.array([[left, low], [right, high], [(left + right) / 2, low + 0.25 * (high - low)], [0, high + 9]])
    np.testing.assert_allclose(landscape.between(places), [0, 10, 2.5, 10])


def test_who_diverges_lays_no_plane() -> None:
    wild = trained(("Adam", "adam", {"lr": 0.05}), ("Wild", "sgd", {"lr": 1e12}))
    assert wild.racers[1].outcome == "diverged"
    calm = trained(("Adam", "adam", {"lr": 0.05}))
    np.testing.assert_array_equal(
        cut_landscape(wild, "paths", 11, 0).plane.directions, cut_landscape(calm, "paths", 11, 0).plane.directions
    )
    assert cut_landscape(wild, "paths", 11, 0).left_out == ("Wild",)
    assert cut_landscape(calm, "random", 11, 0).left_out == ()
    alone = cut_landscape(trained(("Wild", "sgd", {"lr": 1e12})), "paths", 11, 0)
    assert np.isfinite(alone.window).all()


def test_a_race_in_the_plane_keeps_the_true_loss(result: Result) -> None:
    landscape: Landscape = cut_landscape(result, "paths", 11, 0)
    flat = landscape.flat(result)
    assert flat.problem.dim == 2
    assert flat.ranking == result.ranking
    for racer, true, path in zip(flat.racers, result.racers, landscape.paths, strict=True):
        np.testing.assert_array_equal(racer.f, true.f)
        np.testing.assert_array_equal(racer.x, path)
    values = flat.problem.value(landscape.paths[0].T, 1.0)
    np.testing.assert_allclose(values, landscape.losses[0], rtol=1e-12)
