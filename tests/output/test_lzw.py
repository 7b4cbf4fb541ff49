"""The run-leaping coder says what any GIF decoder reads back."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from optviz.frames import Box
from optviz.output import gif
from optviz.output.gif import lzw
from optviz.output.patches import Patch

Indices = NDArray[np.uint8]


def decoded(picture: Indices, block: bytes) -> Indices:
    height, width = picture.shape
    screen = width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\xf7\0\0"
    greys = np.repeat(np.arange(256, dtype=np.uint8), 3).tobytes()
    with Image.open(io.BytesIO(b"GIF89a" + screen + greys + block + b";")) as image:
        return np.asarray(image.convert("L"))


def runs_of(picture: Indices) -> Iterator[tuple[int, int]]:
    return ((int(pixel), len(list(same))) for pixel, same in groupby(picture.ravel()))


def block_of(picture: Indices, coded: bytes) -> bytes:
    height, width = picture.shape
    box = struct.pack("<cHHHHB", b",", 0, 0, width, height, 0)
    return box + bytes([lzw.CODE_SIZE]) + gif._sub_blocks(coded)


RANDOM = np.random.default_rng(7)
PICTURES = {
    "one pixel": np.array([[3]]),
    "all transparent": np.zeros((900, 1400)),
    "two colours in turn": np.indices((40, 61)).sum(axis=0) % 2,
    "noise that fills the table again and again": RANDOM.integers(0, 256, (120, 90)),
    "sparse dots": np.where(RANDOM.random((300, 400)) < 0.002, RANDOM.integers(1, 256, (300, 400)), 0),
    "long stripes": np.repeat(RANDOM.integers(0, 4, (50, 30)), 20, axis=1),
}


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_coded_is_what_is_decoded(name: str) -> None:
    picture = PICTURES[name].astype(np.uint8)
    assert np.array_equal(decoded(picture, block_of(picture, lzw.encode(runs_of(picture)))), picture)


@pytest.mark.parametrize("name", PICTURES)
def test_whichever_coder_is_the_quicker(tmp_path: Path, name: str) -> None:
    picture = PICTURES[name].astype(np.uint8)
    block = gif._block(Patch(Box(0, 0, *picture.shape), picture), 5, tmp_path)
    assert np.array_equal(decoded(picture, block[8:]), picture)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 400)), min_size=1, max_size=60))
def test_any_runs_survive(runs: list[tuple[int, int]]) -> None:
    picture = np.repeat([pixel for pixel, _ in runs], [count for _, count in runs]).astype(np.uint8)[None, :]
    assert np.array_equal(decoded(picture, block_of(picture, lzw.encode(runs_of(picture)))), picture)


def test_it_is_as_small_as_an_ordinary_coder() -> None:
    picture = PICTURES["sparse dots"].astype(np.uint8)
    ordinary = Image.fromarray(picture).tobytes("gif", "L", 8, 0)
    assert len(gif._sub_blocks(lzw.encode(runs_of(picture)))) <= len(ordinary) + 1  # the end of the blocks


def test_the_table_is_cleared_before_codes_outgrow_twelve_bits() -> None:
    segments = lzw._codes((int(pixel), 1) for pixel in RANDOM.permutation(256).repeat(30))
    assert all(max(segment) < lzw.FULL for segment in segments)
