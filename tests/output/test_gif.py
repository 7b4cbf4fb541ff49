"""Every GIF is read back, block by block and picture by picture."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from optviz.frames import Box, Film, Frame, Pixels
from optviz.output.gif.palette import codes_of
from optviz.output.metadata import metadata_of
from tests import few
from tests.output.films import (
    BOARD,
    SQUARES,
    GifFile,
    film,
    never,
    opaque,
    picture,
    psnr,
    read_gif,
    replayed,
    write_animation,
)


def written(whole: Film, folder: Path) -> Path:
    path = folder / "race.gif"
    write_animation(path, whole)
    return path


def pictures(path: Path) -> list[Pixels]:
    with Image.open(path) as image:
        shown = []
        for number in range(image.n_frames):
            image.seek(number)
            shown.append(np.asarray(image.convert("RGB")))
        return shown


def parsed(whole: Film, folder: Path) -> GifFile:
    return read_gif(written(whole, folder))


def test_every_frame_is_exact_when_the_colours_fit(tmp_path: Path) -> None:
    whole = film()
    shown = pictures(written(whole, tmp_path))
    assert len(shown) == whole.frames
    for frame, expected in zip(shown, whole.draw(), strict=True):
        assert np.array_equal(frame, expected.pixels[..., :3])


def noisy(width: int = 96, height: int = 64, frames: int = 5) -> Film:
    """More colours than a palette holds, in smooth shades, under the squares."""
    down, along = np.mgrid[0:height, 0:width]
    shades = np.stack([180 + down // 2, 150 + along, 255 - down - along], axis=-1).astype(np.uint8)

    def still(step: int) -> Pixels:
        flat = picture(step, width, height)
        return np.where((flat == BOARD).all(axis=-1, keepdims=True), shades, flat)

    everything = (Box(0, 0, height, width),)
    return replayed(
        film(width, height, frames),
        lambda: (Frame(opaque(still(step)), everything) for step in range(frames)),
        [opaque(still(0)), opaque(still(frames - 1))],
    )


def test_shades_are_near_and_flat_colours_exact(tmp_path: Path) -> None:
    whole = noisy()
    assert len(np.unique(codes_of(whole.samples()[0]))) > 255
    for frame, expected in zip(pictures(written(whole, tmp_path)), whole.draw(), strict=True):
        assert psnr(frame, expected.pixels[..., :3]) > 40
        for colour in SQUARES:
            flat = (expected.pixels[..., :3] == colour).all(axis=-1)
            assert flat.any()
            assert (frame[flat] == colour).all()


def test_one_palette_and_only_what_changed(tmp_path: Path) -> None:
    whole = film()
    gif = parsed(whole, tmp_path)
    assert gif.size == (whole.width, whole.height)
    assert gif.local_palettes == 0
    assert gif.boxes[0] == Box(0, 0, whole.height, whole.width)
    assert all(box.bottom < whole.height - 8 for box in gif.boxes[1:])  # the shaded strip never changes


@pytest.mark.parametrize("fps", few(range(1, 61), 7))
def test_the_clock_keeps_time(tmp_path: Path, fps: int) -> None:
    frames, hold = 31, 0.7
    gif = parsed(replace(film(24, 32, frames, fps), hold=hold), tmp_path)
    assert abs(sum(gif.delays) - 100 * (frames / fps + hold)) <= 0.501
    assert min(gif.delays) >= 2
    if fps <= 50:
        starts = np.cumsum([0, *gif.delays[:-1]])
        assert np.abs(starts - 100 * np.arange(frames) / fps).max() <= 0.501


@pytest.mark.parametrize("fps", [51, 55, 59, 60])
def test_too_brief_frames_are_left_out_but_not_what_they_changed(tmp_path: Path, fps: int) -> None:
    whole = replace(film(frames=31, fps=fps), hold=0.0)
    path = written(whole, tmp_path)
    gif, shown = read_gif(path), pictures(path)
    ends = np.cumsum(gif.delays)
    assert len(shown) < whole.frames
    for frame, end in zip(shown, ends, strict=True):
        assert np.array_equal(frame, picture(min(round(end * fps / 100), whole.frames) - 1, 96, 64))
    assert np.array_equal(shown[-1], picture(whole.frames - 1, 96, 64))


@pytest.mark.parametrize("still", [lambda frame: frame % 3 != 0, lambda frame: True])
def test_a_frame_without_change_prolongs_the_one_before(tmp_path: Path, still: Callable[[int], bool]) -> None:
    whole = film(frames=12, still=still)
    gif = parsed(whole, tmp_path)
    assert len(gif.boxes) == len(gif.delays) == 1 + sum(not still(frame) for frame in range(1, 12))
    assert sum(gif.delays) == 4 * 12 + 50


def test_a_hold_longer_than_a_delay_can_say(tmp_path: Path) -> None:
    gif = parsed(replace(film(frames=2), hold=1500.0), tmp_path)
    assert sum(gif.delays) == 150_000 + 8
    assert max(gif.delays) <= 65535
    assert gif.boxes[-1] == Box(0, 0, 1, 1)


@pytest.mark.parametrize(("loop", "repeats"), [(0, 0), (1, None), (2, 1), (5, 4)])
def test_how_often_it_plays(tmp_path: Path, loop: int, repeats: int | None) -> None:
    assert parsed(replace(film(frames=2), loop=loop), tmp_path).repeats == repeats


def test_the_comment_holds_title_and_scenario(tmp_path: Path) -> None:
    whole = replace(film(frames=2), scenario="steps: 3\n" * 200)
    assert parsed(whole, tmp_path).comment == metadata_of(whole).as_text()


def test_a_single_frame(tmp_path: Path) -> None:
    assert parsed(film(frames=1, still=never), tmp_path).delays == [54]


def test_no_other_folder_than_the_films_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "there is none"))
    write_animation(tmp_path / "race.gif", film())
    assert os.listdir(tmp_path) == ["race.gif"]
