"""The lens: what it shows stays for long, and is the same drawn step by step or at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import optviz
from optviz.frames import Box
from optviz.picture.film import scene_of_film
from optviz.picture.overlays.names import Names
from optviz.picture.overlays.names.lens import _glided, _led
from optviz.picture.overlays.names.shots import COARSER, Shot, held
from optviz.picture.overlays.names.window import Disc, Window
from optviz.picture.views import VIEWS, map
from tests import few
from tests.picture.races import MAP, scene_of, view_of

RADIUS = 40
STAGES = [(4, 0.0), (5, 0.0), (5, 0.5), (9, 0.25), (12, 0.0), (20, 0.0), (20, 0.75)]
LOOKS = {"whole": "", "fading": "trail: 6, ", "lit": "focus: Adam, "}


def window_of(look: str) -> Window:
    scene = scene_of(MAP.replace("render: {", f"render: {{{LOOKS[look]}"))
    view = view_of(scene)
    assert view.marks is not None
    x, y = view.marks.paths[0][8].tolist()
    return Window(scene, view, view.marks.paths, RADIUS, (x, y), 4.0, (0, 30))


@pytest.mark.thorough
@pytest.mark.parametrize("look", few(LOOKS, 3))
def test_a_window_looks_the_same_drawn_on_or_at_once(look: str) -> None:
    going = window_of(look)
    bare, drawn = going.pixels.copy(), False
    for stage in STAGES:
        going.go_to(*stage)
        alone = window_of(look)
        alone.go_to(*stage)
        np.testing.assert_array_equal(going.pixels, alone.pixels)
        drawn |= (going.pixels != bare).any()
    assert drawn
    going.go_to(*STAGES[0])  # and back
    alone = window_of(look)
    alone.go_to(*STAGES[0])
    np.testing.assert_array_equal(going.pixels, alone.pixels)


@pytest.mark.parametrize("look", few(LOOKS, 3))
@pytest.mark.thorough
def test_what_a_stage_changes_lies_in_its_boxes(look: str) -> None:
    window = window_of(look)
    before = Disc(window, RADIUS, *STAGES[0])
    for stage in STAGES:
        after = Disc(window, RADIUS, *stage)
        old, new = np.zeros((2, 2 * RADIUS + 1, 2 * RADIUS + 1, 4), np.uint8)
        for disc, pixels in ((before, old), (after, new)):
            disc.put(pixels, window.whole, window.whole)
        boxes = after.changed_since(before)
        assert boxes is not None
        for box in boxes:
            seen = box.within(*new.shape[:2])
            old[seen.slices] = new[seen.slices]
        np.testing.assert_array_equal(old, new)
        before = after
    assert replace(before, radius=30).changed_since(before) is None


@pytest.mark.thorough
def test_a_disc_drawn_in_parts_is_the_whole_disc() -> None:
    window = window_of("whole")
    whole, parts = np.full((2, 2 * RADIUS + 1, 2 * RADIUS + 1, 4), 200, np.uint8)
    disc = Disc(window, RADIUS, 9, 0.0)
    disc.put(whole, window.whole, window.whole)
    for part in (Box(0, 0, 30, 81), Box(30, 0, 81, 17), Box(30, 17, 81, 81)):
        disc.put(parts, window.whole, part)
    np.testing.assert_array_equal(whole, parts)


def test_shots_in_a_row_show_one_place_where_it_serves() -> None:
    heads = np.zeros((90, 3, 2)) + np.array([(0.0, 0), (8, 0), (4, 6)])
    heads[30:60] += 3  # a little farther on
    heads[60:] += 40  # far away
    shots = [Shot(first, first + 30, (0, 1, 2), (0.0, 0.0), 8.0, 8.0) for first in (0, 30, 60)]
    first, second, third = held(shots, heads, 90.0)
    assert (first.centre, first.zoom) == (second.centre, second.zoom)
    assert third.centre != second.centre
    assert all(COARSER * shot.zoom >= shot.best for shot in (first, second, third))
    spread = np.abs(heads[:60].reshape(-1, 2) - first.centre).max() * first.zoom
    assert spread < 90.0


def test_a_lens_moves_only_around_its_jumps() -> None:
    target = np.repeat([[1.0], [3.0]], 20, axis=0)
    smooth = _glided(target, 3)[:, 0]
    assert (smooth[:17] == 1).all()
    assert (smooth[23:] == 3).all()
    assert (np.diff(smooth[16:24]) > 0).all()


def test_a_line_follows_its_head_late_but_never_far() -> None:
    heads = np.cumsum(np.full((40, 1, 2), 0.4), axis=0)
    ends = _led(heads, 3.0)
    assert np.hypot(*(ends - heads)[:, 0].T).max() <= 3.0
    assert len(np.unique(ends[:, 0, 0])) < 12


@pytest.mark.thorough
def test_a_lens_that_stands_still_costs_what_moves_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """From one frame to the next, most of what stands at the lens stays."""
    monkeypatch.setattr(map, "draw_contours", lambda *_: None)
    race = optviz.run(optviz.load("race", overrides={"render.frames": 120, "render.fps": 13}))
    scene = scene_of_film(race.result, race.scenario)
    names = Names(scene, VIEWS["map"](scene, scene.grid.view))
    first, end, *_ = names.plan.lens.runs[-1]
    assert first < end - 10
    assert len(np.unique(names.plan.lens.zoom[end - 10 : end])) == 1
    standing = [set(names.sprites(scene.moments[frame])) for frame in (end - 2, end - 1)]
    moved = [placed for placed in standing[1] - standing[0] if not isinstance(placed.sprite, Disc)]
    assert len(moved) < len(standing[1]) / 2
