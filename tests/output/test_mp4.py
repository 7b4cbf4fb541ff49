"""Every MP4 is decoded again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from optviz.frames import Film, Pixels
from tests.output.films import SQUARES, film, psnr, square_box, write_animation


def written(whole: Film, folder: Path) -> Path:
    path = folder / "race.mp4"
    write_animation(path, whole)
    return path


def pictures(path: Path) -> list[Pixels]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_every_frame_is_near_and_the_hold_is_frames(tmp_path: Path) -> None:
    whole = film(frames=12, fps=25)
    shown = pictures(written(whole, tmp_path))
    assert len(shown) == 12 + 12  # half a second of hold, rounded to whole frames
    for frame, expected in zip(shown, whole.draw(), strict=False):
        assert psnr(frame[:48], expected.pixels[:48, :, :3]) > 28  # 4:2:0 blurs the squares' odd edges
    assert psnr(shown[-1], shown[11]) > 45


def test_flat_colours_keep_their_hue(tmp_path: Path) -> None:
    whole = film(frames=4)
    shown = pictures(written(whole, tmp_path))
    for step in range(4):
        inner = square_box(2, step, whole.width, whole.height)
        middle = shown[step][inner.top + 3 : inner.bottom - 3, inner.left + 3 : inner.right - 3]
        assert np.abs(middle.astype(int) - SQUARES[2]).max() <= 20


def test_what_players_ask_for(tmp_path: Path) -> None:
    whole = film(frames=30, fps=24)
    with av.open(str(written(whole, tmp_path))) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.width, context.height) == (whole.width, whole.height)
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        assert stream.average_rate == 24
        assert stream.frames == 30 + 12
        assert stream.start_time == 0
        assert container.metadata["title"] == whole.title
        assert "creation_time" not in container.metadata


def test_the_index_stands_before_the_pictures(tmp_path: Path) -> None:
    content = written(film(), tmp_path).read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_seeking_finds_a_key_frame_every_few_seconds(tmp_path: Path) -> None:
    with av.open(str(written(film(32, 32, frames=23, fps=2), tmp_path))) as container:
        keys = [number for number, packet in enumerate(container.demux(video=0)) if packet.is_keyframe]
    assert len(keys) >= 3
    assert np.diff(keys).max() <= 8  # four seconds at two frames each


@pytest.mark.parametrize("fps", [1, 24, 25, 30, 59, 60])
@pytest.mark.parametrize("hold", [0.0, 1.5])
def test_it_lasts_as_long_as_the_film(tmp_path: Path, fps: int, hold: float) -> None:
    whole = replace(film(32, 32, frames=10, fps=fps), hold=hold)
    with av.open(str(written(whole, tmp_path))) as container:
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(10 / fps + hold, abs=0.5 / fps + 0.002)
