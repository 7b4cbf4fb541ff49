"""A race with a landscape: its tiles, its data, its picture, its page."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pytest

import optviz
from optviz.engine.landscape import Landscape
from optviz.picture.film import draw_layers
from optviz.picture.views.landscape import LandscapeView, holds, percent
from optviz.pipeline.page import page_of
from optviz.problems.network import Network
from tests.picture.races import scene_of

TEXT = """
network: {layers: [3, 4, 1], samples: 12}
steps: 12
optimizers: [adam: {lr: 0.05}, sgd: {lr: 0.1}]
render: {view: landscape, landscape: {grid: 12}, size: 640x360, frames: 4, panels: [loss]}
"""


@pytest.fixture(scope="module")
def race() -> optviz.Race:
    return optviz.run(optviz.loads(TEXT))


@pytest.fixture(scope="module")
def landscape(race: optviz.Race) -> Landscape:
    assert race.result.landscape is not None
    return race.result.landscape


def test_tiles_are_kept_and_a_damaged_or_missing_one_is_computed_again(
    race: optviz.Race, landscape: Landscape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tiles"
    optviz.run(race.scenario, tiles=folder)
    tiles = sorted(folder.glob("*.npz"))
    assert len(tiles) == 12
    before = {tile.name: tile.read_bytes() for tile in tiles}
    tiles[0].write_bytes(b"broken")
    tiles[1].unlink()
    counted = []
    rows = Landscape.rows
    monkeypatch.setattr(Landscape, "rows", lambda self, *given: counted.append(given) or rows(self, *given))
    again = optviz.run(race.scenario, tiles=str(folder)).result.landscape
    assert again is not None
    np.testing.assert_array_equal(again.heights, landscape.heights)
    assert len(counted) == 2
    assert {tile.name: tile.read_bytes() for tile in folder.glob("*.npz")} == before


def test_tiles_of_another_loss_are_not_taken(race: optviz.Race, tmp_path: Path) -> None:
    optviz.run(race.scenario, tiles=tmp_path / "tiles")
    other = optviz.run(optviz.loads(TEXT.replace("samples: 12", "samples: 11")), tiles=tmp_path / "tiles")
    plain = optviz.run(other.scenario)
    assert other.result.landscape is not None
    assert plain.result.landscape is not None
    np.testing.assert_array_equal(other.result.landscape.heights, plain.result.landscape.heights)


def test_a_folder_of_something_else_is_refused(race: optviz.Race, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(optviz.OptvizError, match=re.escape(f"tiles {tmp_path}: holds other files; name an empty")):
        optviz.run(race.scenario, tiles=tmp_path)


def test_data_carry_the_plane(race: optviz.Race, landscape: Landscape) -> None:
    plane, document, arrays = landscape.plane, race.to_dict(), race.arrays()
    told = document["landscape"]
    assert told["plane"] == "paths"
    assert told["variance_share"] == plane.share
    np.testing.assert_array_equal(told["directions"], plane.directions)
    np.testing.assert_array_equal(arrays["landscape_origin"], plane.origin)
    np.testing.assert_array_equal(arrays["landscape_f"], landscape.heights)
    header, *rows = race.export().csv_rows()
    for number, racer in enumerate(race.racers):
        nearest = plane.origin + landscape.paths[number] @ plane.directions
        np.testing.assert_allclose(arrays[f"{racer.label}/plane_f"], race.problem.value(nearest.T, 1.0), rtol=1e-12)
        np.testing.assert_array_equal(document["racers"][number]["plane_x"], landscape.paths[number])
        own = [row[-3:] for row in rows if row[0] == racer.label]
        np.testing.assert_array_equal(own, np.column_stack([landscape.paths[number], landscape.losses[number]]))
    assert header[-3:] == ("plane0", "plane1", "plane_f")
    assert "landscape" not in optviz.run(optviz.load("two-moons", {"steps": 2})).to_dict()


def test_the_loss_panel_has_a_dashed_curve_for_each_loss_in_the_plane(landscape: Landscape) -> None:
    scene = scene_of(TEXT)
    _, *others = draw_layers(scene)
    view = next(one for one in others if isinstance(one, LandscapeView))
    panel = next(one for one in others if hasattr(one, "places"))
    assert sorted(panel.places) == [0, 1]  # the racers' own
    top, bottom = (panel.axes.transData.transform((0, f))[1] for f in (landscape.losses[0].max(), 0.0))
    assert bottom < top <= panel.clip.y1  # those in the plane are inside the scale too
    assert view.axes.get_xlim() == pytest.approx(landscape.window[0])
    assert view.axes.get_ylim() == pytest.approx(landscape.window[1])


def test_a_plane_that_no_path_lays_holds_no_share() -> None:
    text = TEXT.replace("[adam: {lr: 0.05}, sgd: {lr: 0.1}]", "[sgd: {lr: 1e12}]")
    race = optviz.run(optviz.loads(text))
    landscape = race.result.landscape
    assert landscape is not None
    assert race["SGD"].outcome == "diverged"
    assert holds(landscape, race.scenario.say) == ("no path stays near this plane",)
    assert race.to_dict()["landscape"]["variance_share"] is None


def test_tiles_of_no_landscape_are_refused(race: optviz.Race, tmp_path: Path) -> None:
    other = optviz.loads(TEXT.replace("view: landscape, ", "view: network, "))
    with pytest.raises(optviz.OptvizError, match="tiles are of a landscape, and none is shown"):
        optviz.run(other, tiles=tmp_path)


@pytest.mark.parametrize(
    ("share", "said"), [(0.834, "83"), (0.0123, "1.2"), (0.9973, "99.73"), (1.0, "100"), (0.99999, "100")]
)
def test_a_share_is_told_in_two_digits_and_near_the_whole_in_more(share: float, said: str) -> None:
    assert percent(share) == said


def test_the_page_plays_it_from_data_and_says_so(race: optviz.Race, landscape: Landscape) -> None:
    document = page_of(race.scenario, race.result, None).document
    assert document["view"] == "map"
    assert document["land"]["size"] == 12
    assert document["problem"]["window"] == landscape.window
    assert "% of the paths' variance" in document["note"]
    assert "land and paths are recorded" in document["note"]
    assert [one["why"] for one in document["racers"]] == ["recorded: a network is not trained in the page"] * 2
    for one, losses in zip(document["racers"], landscape.losses, strict=True):
        np.testing.assert_allclose(np.frombuffer(base64.b64decode(one["inPlane"]), "<f4"), losses, rtol=1e-6)


def test_the_description_says_what_is_seen_and_in_which_plane(race: optviz.Race) -> None:
    words = race.in_words()
    assert "A contour map of the loss on a plane through the networks' weights" in words
    assert "plane of the paths' two principal components; loss at 12 × 12 places" in words


def test_many_weight_vectors_have_the_losses_that_each_has_alone() -> None:
    network = optviz.run(optviz.load("two-moons", {"steps": 1})).problem.network
    assert isinstance(network, Network)
    points = np.random.default_rng(0).standard_normal((network.dim, 7))
    alone = [float(network.value(point)) for point in points.T]
    np.testing.assert_allclose(network.value(points), alone, rtol=1e-12)
