"""The picture of basins: pixels have the colour of their end, and take it when their start arrives."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from optviz.engine.basins import BasinStudy
from optviz.picture.fair.basins import BasinMap, FlowMap, basin_film, tile_rects
from optviz.picture.fair.sheet import SheetFilm
from optviz.picture.layout.page import Rect
from optviz.pipeline.basins import study_basins
from optviz.scenario import Scenario, loads

TEXT = """function: himmelblau
steps: 60
optimizers: [sgd: {lr: 0.01}, adam: {lr: 0.2}, sgd: {lr: 0.2, label: Wild}]
render: {size: 480x270, frames: 7}
"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return loads(TEXT)


@pytest.fixture(scope="module")
def study(scenario: Scenario) -> BasinStudy:
    return study_basins(scenario, 24)


@pytest.fixture(scope="module")
def film(study: BasinStudy, scenario: Scenario) -> SheetFilm:
    return basin_film(study, scenario)


@pytest.mark.thorough
def test_a_pixel_has_the_colour_of_its_end(study: BasinStudy, film: SheetFilm) -> None:
    layer = next(layer for layer in film.board._layers if isinstance(layer, BasinMap))
    one = study.maps[0]
    page = np.array(to_rgb("#f4f7fb")) * 255
    for code in range(4):
        where = np.argwhere(one.codes == code)
        earliest = where[np.argsort(one.steps[tuple(where.T)], kind="stable")[:20]]  # which are not pale
        height, width = layer.full.shape[:2]
        down, right = (earliest + 0.5).T / 24
        pixels = layer.full[np.rint((1 - down) * height).astype(int), np.rint(right * width).astype(int), :3]
        own = np.array(to_rgb(film_colour(code))) * 255
        off = np.abs(pixels - own).max(axis=1).min()  # of one that no line covers
        assert off < 0.2 * np.abs(page - own).max()


def film_colour(code: int) -> str:
    from optviz.picture.layout.theme import LIGHT

    return LIGHT.racers[code]


def test_the_maps_fill_step_by_step_and_the_last_frame_shows_all(film: SheetFilm) -> None:
    layer = next(layer for layer in film.board._layers if isinstance(layer, BasinMap))
    shares = []
    for state in film.shown:
        (placed,) = layer.sprites(state)
        shares.append((placed.sprite.pixels == layer.full).all(axis=2).mean())
        left = layer.when > state.step
        assert (placed.sprite.pixels[left] == layer.empty[left]).all() or state is film.shown[-1]
    assert shares == sorted(shares)
    assert shares[0] < 0.4
    assert shares[-1] == 1
    frames = [frame.pixels.copy() for frame in film.draw()]
    assert len(frames) == 7
    assert np.array_equal(frames[-1], film.still(None))
    assert np.array_equal(frames[3], film.still(film.shown[3].step))


def test_words_tell_areas_terms_and_ends(film: SheetFilm) -> None:
    figure = film.board._figure
    words = " ".join(text.get_text() for text in figure.texts)
    assert "576 starts each on a grid of 24 × 24" in words
    assert "minimum" in words
    assert "diverged" in words
    assert "Wild" in words
    assert "not there yet" in words


def test_areas_are_told_with_their_intervals() -> None:
    scenario = loads(
        "function: himmelblau\nsteps: 60\noptimizers: [sgd: {lr: 0.01}]\nrender: {size: 540x540, frames: 2}\n"
    )
    study = study_basins(scenario, 24)
    texts = [text.get_text() for text in basin_film(study, scenario).board._figure.texts]
    said = [text.removesuffix(" %").split(" ± ") for text in texts if text.endswith(" %")]
    assert len(said) == len(study.codes) == 4
    for (share, reach), code in zip(said, study.codes, strict=True):
        own, low, high = study.maps[0].area(code)
        assert float(share) == pytest.approx(100 * own, abs=0.5)
        assert float(reach) == pytest.approx(100 * max(own - low, high - own), abs=0.5)


@pytest.mark.thorough
def test_the_flow_moves_every_start(scenario: Scenario) -> None:
    study = study_basins(scenario, 24, flow=True)
    film = basin_film(study, scenario)
    assert film.frames == scenario.render.frames
    assert [moment.step for moment in film.shown] == list(study.shown)
    layer = next(layer for layer in film.board._layers if isinstance(layer, FlowMap))
    (first,), (last,) = layer.sprites(film.shown[0]), layer.sprites(film.shown[-1])
    moved = [(one.sprite.pixels[..., :3] != layer.fills.empty[..., :3]).any(axis=2).sum() for one in (first, last)]
    assert moved[0] > 3 * moved[1] > 0  # spread out at first, in four places at the end


@pytest.mark.parametrize("settings", ["{size: 240x426, theme: dark}"])
def test_it_fits_other_pages(study: BasinStudy, settings: str) -> None:
    scenario = loads(TEXT.replace("{size: 480x270, frames: 7}", settings))
    width, height = scenario.render.size
    assert basin_film(study, scenario).still(None).shape == (height, width, 4)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 9, 24])
@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
def test_tiles_stand_in_the_room_and_apart(count: int, aspect: float) -> None:
    room = Rect(64, 100, 1184, 520)
    tiles = tile_rects(room, count, aspect, 26, 42)
    for tile in tiles:
        assert tile.left >= room.left - 1e-9
        assert tile.right <= room.right + 1e-6
        assert tile.top >= room.top + 26 - 1e-9
        assert tile.bottom + 42 <= room.bottom + 1e-6
        assert tile.width == pytest.approx(aspect * tile.height)
    for number, one in enumerate(tiles):
        for other in tiles[:number]:
            apart = (
                one.left >= other.right or other.left >= one.right or one.top >= other.bottom or other.top >= one.bottom
            )
            assert apart
