"""Mistakes lie over a picture."""

from __future__ import annotations

import numpy as np

from optviz.picture.banner import with_banner


def test_a_banner_covers_the_upper_part_and_nothing_else() -> None:
    picture = np.full((360, 640, 4), 255, np.uint8)
    picture[..., :3] = np.arange(640)[:, None] % 251
    shown = with_banner(picture, ["a.yaml:3:7: label: $x^2 is no mathematics, 漢"])
    assert shown.shape == picture.shape
    rows = (shown != picture).any(axis=(1, 2))
    assert rows[:40].any()
    assert not rows[60:].any()


def test_sentences_without_room_are_counted() -> None:
    picture = np.full((160, 160, 4), 255, np.uint8)
    one = with_banner(picture, ["wrong " * 200, "more"])
    other = with_banner(picture, ["wrong " * 200, "more", "and more"])
    assert not np.array_equal(one, other)
