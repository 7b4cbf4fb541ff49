"""Names at the heads: apart, inside, steady."""

import numpy as np

from optviz.frames import Box
from optviz.picture.frame_state import FrameState
from optviz.picture.overlays.name_tags import SHORTEST_FRAMES, NameTags
from tests.picture.races import MAP, RACES, scene_of, view_of

LARGE = MAP.replace("size: 480x270", "size: 1280x720, panels: []")


def _apart(boxes: list[Box]) -> bool:
    return not any(a.meets(b) for number, a in enumerate(boxes) for b in boxes[:number])


def test_names_meet_neither_one_another_nor_the_edge() -> None:
    scene = scene_of(LARGE)
    view = view_of(scene)
    tags = NameTags(scene, view)
    for frame, step in enumerate(scene.steps):
        boxes = [placed.box for placed in tags.sprites(FrameState(int(step), frame))]
        assert _apart(boxes)
        assert all(box.left >= view.frame.x0 - 1 and box.right <= view.frame.x1 + 1 for box in boxes)


def test_no_name_flashes_up() -> None:
    scene = scene_of(LARGE.replace("frames: 25", "frames: 60"))
    spots = NameTags(scene, view_of(scene)).spots
    for column in spots.T:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], column >= 0, [False]])))
        assert all(end - first >= SHORTEST_FRAMES for first, end in zip(edges[::2], edges[1::2], strict=True))
    assert (spots >= 0).any()


def test_a_racer_alone_needs_no_name() -> None:
    scene = scene_of(RACES["curve"])
    assert list(NameTags(scene, view_of(scene)).sprites(FrameState(0, 0))) == []
