"""APNG and WebP: every pixel of every frame is read back, and how long it stays."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from optviz.frames import Box, Film, Pixels
from optviz.output.apng import LONGEST_DELAY, _expressible
from tests.output.films import film, never, write_animation

SUFFIXES = [".apng", ".webp"]


@dataclass
class Shown:
    """A file, decoded."""

    pictures: list[Pixels] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    loop: int = -1


def decoded(whole: Film, folder: Path, suffix: str) -> Shown:
    path = folder / f"race{suffix}"
    write_animation(path, whole)
    shown = Shown()
    with Image.open(path) as image:
        shown.loop = image.info["loop"]
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            shown.pictures.append(np.asarray(image.convert("RGB")))
            shown.seconds.append(float(image.info["duration"]) / 1000)
    return shown


def chunks(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Of a PNG."""
    data, at = path.read_bytes(), 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind, data[at + 8 : at + 8 + size]
        at += 12 + size


def riff(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a WebP, whose length at the head is the file's."""
    data = path.read_bytes()
    assert data[:4] + data[8:12] == b"RIFFWEBP"
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    at = 12
    while at < len(data):
        kind, size = struct.unpack("<4sI", data[at : at + 8])
        yield kind, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_pixel_of_every_frame(tmp_path: Path, suffix: str) -> None:
    whole = film()
    shown = decoded(whole, tmp_path, suffix)
    assert len(shown.pictures) == whole.frames
    for picture, frame in zip(shown.pictures, whole.draw(), strict=True):
        assert np.array_equal(picture, frame.pixels[..., :3])


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("fps", [1, 7, 24, 25, 30, 59, 60])
def test_the_clock_keeps_time(tmp_path: Path, suffix: str, fps: int) -> None:
    shown = decoded(replace(film(32, 32, 20, fps), hold=0.7), tmp_path, suffix)
    starts = np.cumsum([0.0, *shown.seconds])
    assert np.abs(starts[:-1] - np.arange(20) / fps).max() < 0.00051
    assert starts[-1] == pytest.approx(20 / fps + 0.7, abs=0.00051)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("loop", [0, 1, 3])
def test_how_often_it_plays(tmp_path: Path, suffix: str, loop: int) -> None:
    assert decoded(replace(film(frames=2), loop=loop), tmp_path, suffix).loop == loop


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_frame_without_change_prolongs_the_one_before(tmp_path: Path, suffix: str) -> None:
    shown = decoded(film(frames=12, still=lambda frame: frame % 3 != 0), tmp_path, suffix)
    assert shown.seconds == pytest.approx([0.12, 0.12, 0.12, 0.12 + 0.5])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_single_frame(tmp_path: Path, suffix: str) -> None:
    write_animation(tmp_path / f"race{suffix}", film(frames=1, still=never))
    with Image.open(tmp_path / f"race{suffix}") as image:
        assert image.size == (96, 64)
        assert getattr(image, "n_frames", 1) == 1


def test_apng_says_exactly_what_changed_for_how_long(tmp_path: Path) -> None:
    path = tmp_path / "race.apng"
    write_animation(path, replace(film(96, 64, 12, fps=30), hold=0.7))
    found = list(chunks(path))
    controls = [struct.unpack(">IIIIIHHBB", content) for kind, content in found if kind == b"fcTL"]
    assert [Fraction(c[5], c[6]) for c in controls] == [Fraction(1, 30)] * 11 + [Fraction(1, 30) + Fraction(7, 10)]
    boxes = [Box(y, x, y + height, x + width) for _, width, height, x, y, *_ in controls]
    assert boxes[0] == Box(0, 0, 64, 96)
    assert all(box.bottom <= 56 for box in boxes[1:])  # the shaded strip never changes
    numbers = [struct.unpack(">I", content[:4])[0] for kind, content in found if kind in (b"fcTL", b"fdAT")]
    assert numbers == list(range(23))
    assert [content for kind, content in found if kind == b"acTL"] == [struct.pack(">II", 12, 0)]
    assert found[-1] == (b"IEND", b"")


@pytest.mark.parametrize("delay", [Fraction(70001, 1000), Fraction(3_600_001, 59_000), Fraction(10**6)])
def test_a_delay_too_long_to_be_said_exactly(delay: Fraction) -> None:
    said = _expressible(delay)
    assert said.numerator <= LONGEST_DELAY
    assert said == pytest.approx(float(min(delay, Fraction(LONGEST_DELAY))), rel=1e-4)


def test_webp_images_are_even_rectangles_of_what_changed(tmp_path: Path) -> None:
    path = tmp_path / "race.webp"
    write_animation(path, film())
    found = list(riff(path))
    assert [kind for kind, _ in found] == [b"VP8X", b"ANIM", *[b"ANMF"] * 12, b"XMP "]
    places = [[int.from_bytes(content[k : k + 3], "little") for k in (0, 3, 6, 9)] for _, content in found[2:-1]]
    assert places[0] == [0, 0, 95, 63]
    assert all(2 * y + height + 1 <= 56 for _, y, _, height in places[1:])
