"""Networks in training: tiles of decision regions."""

import numpy as np

from optviz.frames import Box
from optviz.picture.layout.theme import LABEL_PT
from optviz.picture.views.network import RegionsView
from optviz.picture.views.tiles import BADGE_ROOM_PX, write_names
from tests.picture.races import scene_of, view_of
from tests.picture.views.scenarios import MOONS, REGIONS, SMALL, TEN


def test_tiles_show_what_the_network_decides() -> None:
    scene = scene_of(REGIONS.replace("steps: 30", "steps: 150"))
    view = view_of(scene)
    assert isinstance(view, RegionsView)
    tile = view._regions(0, 150)[..., :3].astype(float) / 255
    (x0, x1), (y0, y1) = view.plane.window
    points = np.array([(x0 + 0.1, y1 - 0.1), (x1 - 0.1, y0 + 0.1), (x0 + 0.1, y0 + 0.1)])
    expected = view.network.decisions(scene.result.racers[0].trajectory.x[150], points)
    for (x, y), label in zip(points, expected, strict=True):
        row = int((y1 - y) / (y1 - y0) * view.plane.height)
        column = int((x - x0) / (x1 - x0) * view.plane.width)
        away = np.abs(tile[row, column] - view.tones).sum(axis=1)
        assert int(np.argmin(away)) == label


def test_a_name_over_a_tile_is_set_smaller_before_it_is_cut() -> None:
    scene = scene_of(
        f"{MOONS}optimizers: [sgd: {{label: Gradient descent}}, adam]\n{SMALL}}}".replace("426x240", "480x270")
    )
    page, name = scene.page, "Gradient descent"
    small, large = (page.width_of(name, size) for size in (page.smallest, LABEL_PT))
    for room, is_whole in (((small + large) / 2, True), (small - 5, False)):
        tiles = [Box(100, left, 200, left + round(page.scale * (BADGE_ROOM_PX + 30 + room))) for left in (0, 200)]
        write_names(page, tiles, [name, "Adam"], 30.0)
        long, short = page.figure.texts[-2:]
        assert (long.get_text() == name) == is_whole
        assert is_whole or long.get_text().endswith("…")
        assert page.smallest <= long.get_fontsize() == short.get_fontsize() < LABEL_PT


def test_tiles_are_of_one_size_and_apart() -> None:
    names = ", ".join(TEN)
    view = view_of(scene_of(f"{MOONS}common: {{lr: 0.01}}\noptimizers: [{names}]\n{SMALL}}}"))
    assert isinstance(view, RegionsView)
    assert len({(tile.bottom - tile.top, tile.right - tile.left) for tile in view.tiles}) == 1
    assert not any(a.meets(b) for n, a in enumerate(view.tiles) for b in view.tiles[:n])
