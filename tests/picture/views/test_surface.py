"""The view in space: what is hidden, who left, a camera that turns."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from optviz.parallel import limit_cores
from optviz.picture.film import draw_layers
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.board import Board
from optviz.picture.views.surface import StillView, TurningView
from optviz.picture.views.surface.terrain import HEIGHT, PLINTH, Camera, visible_share
from tests import few
from tests.picture.races import board_of, scene_of, view_of
from tests.picture.views.scenarios import SMALL, SURFACE, TURNING


@pytest.mark.thorough
def test_hidden_parts_of_a_trail_are_dimmed_and_have_no_halo() -> None:
    scene = scene_of(
        SURFACE.replace("beale", "ackley").replace("view: surface", "view: surface, camera: {elevation: 8}")
    )
    view = view_of(scene)
    assert isinstance(view, StillView)
    assert view.strokes is not None
    hidden = [to_rgba(colour) for colour in view.surface.block.hidden_colour]
    dimmed = np.array([tuple(colour) in hidden for colour in view.strokes.colours])
    lines = view.strokes.caps == "round"
    assert dimmed.any()
    assert not dimmed.all()
    assert lines[dimmed].all()
    assert (~lines).any()
    assert (~lines).sum() <= (lines & ~dimmed).sum()  # fewer where trails run side by side


@pytest.mark.parametrize("camera", few(["", ", camera: {turn: 90}"], 2))
@pytest.mark.thorough
def test_whoever_leaves_the_land_has_an_arrow_and_no_name(camera: str) -> None:
    text = "function: {formula: x**2 - y**2, window: [[-2, 2], [-2, 2]]}\nstart: [1, 0.5]\nsteps: 20\n"
    scene = scene_of(f"{text}optimizers: [adam: {{lr: 0.01}}, sgd: {{lr: 0.2}}]\n{SMALL}, view: surface{camera}}}")
    view = view_of(scene)
    ends = view.marks.centres(FrameState(20, 8))
    assert np.isfinite(ends[0]).all()
    assert np.isnan(ends[1]).all()
    board_of(scene).still(FrameState(20, 8))


def test_a_turning_camera_turns_by_what_was_asked() -> None:
    view = view_of(scene_of(TURNING))
    assert isinstance(view, TurningView)
    first, last = view.surface.camera_at(0), view.surface.camera_at(8)
    assert (last.azimuth - first.azimuth) % 360 == pytest.approx(200)
    assert first.elevation == last.elevation


@pytest.mark.thorough
def test_the_number_of_cores_leaves_no_trace() -> None:
    pictures = []
    for count in (1, 3):
        scene = scene_of(TURNING)
        drawn = draw_layers(scene)
        view = drawn[1]
        assert isinstance(view, TurningView)
        limit_cores(count)
        board = Board(scene.page.figure, drawn)
        moments = [FrameState(int(step), frame) for frame, step in enumerate(scene.steps)]
        pictures.append([frame.pixels.copy() for frame in board.film(moments)])
    limit_cores(None)
    np.testing.assert_array_equal(*pictures)


# --- nothing in a pit is hidden ---------------------------------------------------------------------

PITS = "function: himmelblau\nstart: [-0.2, -0.9]\nsteps: 60\noptimizers: [sgd: {lr: 0.01}, adam: {lr: 0.1}]\n"


def still(camera: str = "") -> StillView:
    view = view_of(scene_of(PITS + "render: {view: surface, frames: 2, size: 480x270" + camera + "}\n"))
    assert isinstance(view, StillView)
    return view


@pytest.mark.thorough
def test_the_camera_stands_where_most_ends_are_seen() -> None:
    surface = still().surface
    block = surface.block
    assert len(block.ends) >= 3
    others = [Camera(azimuth, elevation) for azimuth in (-60, 30, 120) for elevation in (25, 40, 48)]
    shares = [visible_share(block.ends, block.terrain, camera) for camera in (surface.camera, *others)]
    assert shares[0] == max(shares) > 0.8
    assert shares[1] < shares[0]


@pytest.mark.parametrize(
    ("camera", "azimuth", "elevation"), [("azimuth: 10, elevation: 20", 10, 20), ("azimuth: 10", 10, None)]
)
@pytest.mark.thorough
def test_a_camera_that_is_asked_for_stands_there(camera: str, azimuth: float, elevation: float | None) -> None:
    chosen = still(f", camera: {{{camera}}}").surface.camera
    assert chosen.azimuth == azimuth
    assert elevation is None or chosen.elevation == elevation


def test_heads_keep_their_colour_where_the_land_hides_them() -> None:
    view = still(", camera: {azimuth: -60, elevation: 8}")
    own = [np.rint(255 * np.array(to_rgba(colour)[:3])) for colour, _ in view.surface.scene.paints]
    heads = [placed.sprite.colour[..., :3].reshape(-1, 3) for placed in view.sprites(FrameState(60))]
    for racer, head in zip(view.surface.scene.stacked(60), heads, strict=True):
        assert (np.abs(head - own[racer]).max(axis=1) <= 1).any()


def test_the_block_and_its_words_fill_the_view_of_a_small_picture() -> None:
    scene = scene_of(SURFACE, view="surface", size="854x480", frames=9)
    view = view_of(scene)
    assert isinstance(view, StillView)
    block, camera, viewport = view.surface.block, view.surface.camera, view.surface.viewport
    corners = np.array([(u, v, h) for u in (-0.5, 0.5) for v in (-0.5, 0.5) for h in (-PLINTH, HEIGHT)])
    places = viewport.project(corners, camera)
    words = np.array([label.at(viewport) for label in block.labels(camera)])
    assert np.ptp(places[:, 1]) > 0.8 * viewport.height
    for some in (places, words):
        assert (some > 0).all()
        assert (some < [viewport.width, viewport.height]).all()
