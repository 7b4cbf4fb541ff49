"""Every MP4 is decoded again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from optviz.frames import Film, Pixels
from optviz.output.video import MP4, VideoWriter
from tests.output.films import SQUARES, film, psnr, square_box, write_animation


def written(whole: Film, folder: Path) -> Path:
    path = folder / "race.mp4"
    write_animation(path, whole)
    return path


def pictures(path: Path) -> list[Pixels]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def times(path: Path) -> list[float]:
    """When each picture begins, and when the last one ends, in seconds."""
    with av.open(str(path)) as container:
        (stream,) = container.streams.video
        if stream.duration is not None:  # Matroska tells the whole file's alone
            assert stream.duration * stream.time_base == Fraction(container.duration, av.time_base)
        return [frame.time for frame in container.decode(stream)] + [container.duration / av.time_base]


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
@pytest.mark.parametrize("hold", [0.0, 0.04, 0.08, 600.0])
def test_a_hold_is_one_long_picture(tmp_path: Path, suffix: str, hold: float) -> None:
    whole = replace(film(32, 32, frames=10, fps=25), hold=hold)
    path = tmp_path / f"race{suffix}"
    write_animation(path, whole)
    end = 10 / 25 + hold
    again = [end - 0.04] if hold else []  # the picture once more: of the last one players do not keep the time
    assert times(path) == pytest.approx([frame / 25 for frame in range(10)] + again + [end], abs=0.0006)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
@pytest.mark.parametrize(
    ("still", "shown"),
    [
        (range(3, 9), [0, 1, 2, 9, 10, 11]),
        (range(1, 5), [0, 5, 6, 7, 8, 9, 10, 11]),
        (range(8, 12), [0, 1, 2, 3, 4, 5, 6, 7, 11]),
        (range(1, 12), [0, 11]),
    ],
)
def test_a_pause_is_one_long_picture(tmp_path: Path, suffix: str, still: range, shown: list[int]) -> None:
    whole = replace(film(frames=12, fps=25, still=lambda frame: frame in still), hold=0.0)
    path = tmp_path / f"race{suffix}"
    write_animation(path, whole)
    assert times(path) == pytest.approx([frame / 25 for frame in [*shown, 12]], abs=0.0006)
    drawn = [frame.pixels[..., :3].copy() for frame in whole.draw()]
    for number, picture in zip(shown, pictures(path), strict=True):
        assert psnr(picture, drawn[number]) > 28


class Hoarder(VideoWriter):
    """Keeps what it should encode, by reference, as an encoder that looks ahead may do."""

    def __init__(self, path: Path, film: Film) -> None:
        super().__init__(path, film, MP4, seconds_per_key=4)
        self.kept: list[av.VideoFrame] = []
        self._graph = av.filter.Graph()
        source = self._graph.add_buffer(width=film.width, height=film.height, format="yuv420p", time_base=Fraction(1))
        self._graph.link_nodes(source, self._graph.add("buffersink")).configure()

    def _encode(self, picture: av.VideoFrame | None) -> None:
        super()._encode(picture)
        if picture is not None:
            self._graph.push(picture)
            self.kept.append(self._graph.pull())


def test_a_picture_that_is_still_looked_at_is_not_filled_again(tmp_path: Path) -> None:
    whole = film(frames=20)
    writer = Hoarder(tmp_path / "race.mp4", whole)
    drawn = []
    for frame in whole.draw():
        writer.add(frame)
        drawn.append(frame.pixels[..., :3].copy())
    writer.finish()
    for picture, expected in zip(writer.kept, [*drawn, drawn[-1]], strict=True):
        assert psnr(picture.to_ndarray(format="rgb24")[:48], expected[:48]) > 28


def test_every_frame_is_near(tmp_path: Path) -> None:
    whole = film(frames=12, fps=25)
    shown = pictures(written(whole, tmp_path))
    assert len(shown) == 12 + 1
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
        assert stream.base_rate == 24
        assert stream.frames == 30 + 1
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
